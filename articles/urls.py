"""Addresses of the public site; under /ar/ and /he/ the same in those languages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import archives, author_pages, drafts, feeds, press, suggestions, twins, views


class UnicodeSlug(StringConverter):
    """Letters and digits of any script, hyphens and underscores."""

    regex = r"[-\w]{1,200}"


class OtherFormat(StringConverter):
    """A format of a feed beside RSS."""

    regex = "atom|json"


register_converter(UnicodeSlug, "uslug")
register_converter(OtherFormat, "format")


def in_each_format(route, view, name):
    """Return the addresses of a feed: RSS at the address itself, the other formats beneath it."""
    return [path(route, view, name=name), path(f"{route}<format:form>/", view, name=name)]


app_name = "articles"
urlpatterns = [
    path("", views.home, name="home"),
    path("articles/<uslug:slug>/", views.article, name="article"),
    path("articles/<uslug:slug>/index.md", twins.twin, name="markdown"),
    path("llms.txt", twins.llms, name="llms"),
    path("articles/<uslug:slug>/card.png", views.card, name="card"),
    path("card.png", views.site_card, name="site-card"),
    path("articles/<uslug:slug>/cite.bib", views.citation, {"form": "bib"}, name="bibtex"),
    path("articles/<uslug:slug>/cite.ris", views.citation, {"form": "ris"}, name="ris"),
    path("drafts/<str:token>/", drafts.draft, name="draft"),
    path("kinds/mention/", press.press),
    path("kinds/mention/<int:year>/", press.press, name="press-year"),
    path("kinds/mention/outlets/", press.outlets, name="press-outlets"),
    path("kinds/mention/outlets/<uslug:slug>/", press.press, name="press-outlet"),
    path("kinds/<slug:kind>/", views.kind, name="kind"),
    path("tags/", views.tags, name="tags"),
    path("tags/<uslug:slug>/", views.tag, name="tag"),
    path("series/<uslug:slug>/", views.series, name="series"),
    path("corrections/", views.corrections, name="corrections"),
    path("authors/", views.authors, name="authors"),
    path("authors/<uslug:slug>/", author_pages.author, name="author"),
    path("authors/<uslug:slug>/tags/<uslug:tag>/", author_pages.subject, name="subject"),
    path("archive/", archives.archive, name="archive"),
    path("archive/<int:year>/", archives.archive_of_year, name="archive-year"),
    path("archive/<int:year>/<int:month>/", archives.archive_of_month, name="archive-month"),
    path("search/", views.search, name="search"),
    path("search/suggest/", suggestions.suggest, name="suggest"),
    path("theme.css", views.theme, name="theme"),
    path("feeds/all/", feeds.listing, name="feeds"),
    path("feeds/podcast/", feeds.podcast, name="podcast"),
    *in_each_format("feeds/", feeds.everything, "feed"),
    *in_each_format("feeds/kinds/<slug:kind>/", feeds.of_kind, "kind-feed"),
    *in_each_format("feeds/tags/<uslug:slug>/", feeds.of_tag, "tag-feed"),
    *in_each_format("feeds/series/<uslug:slug>/", feeds.of_series, "series-feed"),
    *in_each_format("feeds/authors/<uslug:slug>/", feeds.of_author, "author-feed"),
    path("<uslug:slug>/", views.page, name="page"),
]
