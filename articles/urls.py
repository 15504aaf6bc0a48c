"""Addresses of the public site; under /ar/ and /he/ the same in those languages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import drafts, feeds, views


class UnicodeSlug(StringConverter):
    """Letters and digits of any script, hyphens and underscores."""

    regex = r"[-\w]{1,200}"


register_converter(UnicodeSlug, "uslug")

app_name = "articles"
urlpatterns = [
    path("", views.home, name="home"),
    path("articles/<uslug:slug>/", views.article, name="article"),
    path("drafts/<str:token>/", drafts.draft, name="draft"),
    path("kinds/<slug:kind>/", views.kind, name="kind"),
    path("tags/", views.tags, name="tags"),
    path("tags/<uslug:slug>/", views.tag, name="tag"),
    path("series/<uslug:slug>/", views.series, name="series"),
    path("corrections/", views.corrections, name="corrections"),
    path("authors/", views.authors, name="authors"),
    path("authors/<uslug:slug>/", views.author, name="author"),
    path("search/", views.search, name="search"),
    path("theme.css", views.theme, name="theme"),
    path("feeds/", views.public(feeds.Everything()), name="feed"),
    path("feeds/kinds/<slug:kind>/", views.public(feeds.OfKind()), name="kind-feed"),
    path("feeds/tags/<uslug:slug>/", views.public(feeds.OfTag()), name="tag-feed"),
    path("feeds/series/<uslug:slug>/", views.public(feeds.OfSeries()), name="series-feed"),
    path("feeds/authors/<uslug:slug>/", views.public(feeds.OfAuthor()), name="author-feed"),
    path("<uslug:slug>/", views.page, name="page"),
]
