"""Sitemaps (sitemaps.org, 0.9) with Google's modules for news and pictures, and with translations.

A file holds what has its keys in one range, so it stays what it was as more is published, and is found as
fast among many as among few.
"""

from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.views.decorators.http import require_safe

from . import edition
from .html_tree import plain
from .models import (
    Article,
    Author,
    Correction,
    Image,
    ImageUse,
    Language,
    Page,
    Series,
    SiteText,
    Tag,
    TaggedArticle,
)
from .views import public

BLOCK = 5_000  # keys in the range of one file
# Google's rules for news: nothing older, and no more.
NEWS_FOR, NEWS_MOST = timedelta(hours=48), 1_000
# Lists that are there in every language; the kinds and the front page come with their latest article.
LISTS = ["corrections", "authors", "tags"]
SPACES = {
    "": "http://www.sitemaps.org/schemas/sitemap/0.9",
    ":image": "http://www.google.com/schemas/sitemap-image/1.1",
    ":news": "http://www.google.com/schemas/sitemap-news/0.9",
    ":xhtml": "http://www.w3.org/1999/xhtml",
}


@public
@require_safe
def index(request):
    """All files that hold something."""
    published = Article.objects.published()
    names = [("sitemap-part", ["pages"])]
    if Author.objects.of(published).exists():
        names.append(("sitemap-part", ["authors"]))
    if news_articles().exists():
        names.append(("sitemap-part", ["news"]))
    names += [("sitemap-tags", [block]) for block in blocks(Tag.objects.filter(used()))]
    names += [("sitemap-articles", [block]) for block in blocks(published)]
    files = [f"<sitemap><loc>{address(reverse(name, args=args))}</loc></sitemap>" for name, args in names]
    return answer("sitemapindex", files)


@public
@require_safe
def articles(request, block):
    """The articles of one range, with their pictures and translations."""
    addresses = {language: Addresses("articles:article", language) for language in Language.values}
    url_of = Image._meta.get_field("file").storage.url
    entries = []
    for language, slug, published, noted, lead, shown, others in article_rows(in_block(block)):
        pictures = dict.fromkeys([*([lead] if lead else []), *shown])
        versions = sorted([(language, slug), *(tuple(pair.split("\n")) for pair in others)]) if others else []
        entries.append(
            entry(
                addresses[language].of(slug),
                max(published, noted or published),
                *(
                    f"<image:image><image:loc>{address(url_of(name))}</image:loc></image:image>"
                    for name in pictures
                ),
                *(
                    f'<xhtml:link rel="alternate" hreflang="{code}" href="{addresses[code].of(other)}"/>'
                    for code, other in versions
                ),
            )
        )
    return answer("urlset", entries, ":image", ":xhtml")


@public
@require_safe
def tags(request, block):
    """The pages of the tags of one range, in each language in which an article has the tag."""
    rows = Tag.objects.filter(used(), within(block)).order_by("pk")
    return answer("urlset", per_language(rows, "articles:tag", lambda language: used(language)))


@public
@require_safe
def part(request, name):
    """One of the files that are not of a range."""
    return {"pages": pages, "authors": authors, "news": news}[name](request)


def authors(request):
    written = Author.objects.of(Article.objects.published()).order_by("pk")
    return answer(
        "urlset",
        per_language(
            written,
            "articles:author",
            lambda language: Exists(
                Article.objects.published().filter(language=language, bylines__author=OuterRef("pk"))
            ),
        ),
    )


def pages(request):
    """Front pages and lists of the languages in use, the publisher's own pages, and series."""
    latest = latest_of_each_kind()
    entries = []
    for language in dict.fromkeys(["en", *(language for language, kind in latest)]):
        moments = {kind: moment for (code, kind), moment in latest.items() if code == language}
        with translation.override(language):
            entries.append(entry(address(reverse("articles:home")), max(moments.values(), default=None)))
            for kind in Article.Kind.values:
                if kind in moments:
                    entries.append(entry(address(reverse("articles:kind", args=[kind])), moments[kind]))
            entries += [entry(address(reverse(f"articles:{name}")), None) for name in LISTS]
    for page in Page.objects.published().only("language", "slug", "updated_at"):
        entries.append(entry(address(page.get_absolute_url()), page.updated_at))
    parts = Article.objects.published().filter(series=OuterRef("pk"), language=OuterRef("language"))
    for series in Series.objects.filter(Exists(parts)).only("language", "slug"):
        entries.append(entry(address(series.get_absolute_url()), None))
    return answer("urlset", entries)


def news(request):
    """What was published within two days, for news search."""
    own = dict(SiteText.objects.exclude(name="").values_list("language", "name"))
    names = {language: own.get(language) or request.site.name for language in Language.values}
    addresses = {language: Addresses("articles:article", language) for language in names}
    entries = []
    for language, slug, title, moment in news_articles().values_list(
        "language", "slug", "title", "published_at"
    ):
        entries.append(
            entry(
                addresses[language].of(slug),
                None,
                f"<news:news><news:publication><news:name>{said(names[language])}</news:name>"
                f"<news:language>{language}</news:language></news:publication>"
                f"<news:publication_date>{moment.isoformat()}</news:publication_date>"
                f"<news:title>{said(title)}</news:title></news:news>",
            )
        )
    return answer("urlset", entries, ":news")


def news_articles():
    since = edition.now() - NEWS_FOR
    return Article.objects.published().filter(published_at__gt=since).latest()[:NEWS_MOST]


def article_rows(articles):
    """Return (language, slug, publication, last note, lead picture, pictures, translations) of articles.

    Pictures are names of files; a translation is its language and slug, a line each.
    """
    notes = Correction.objects.filter(article=OuterRef("pk"), noted_at__lte=edition.now()).order_by(
        "-noted_at"
    )
    own = ImageUse.objects.filter(article=OuterRef("pk")).order_by("pk")
    others = Article.objects.published().filter(translation_group=OuterRef("translation_group"))
    others = others.exclude(pk=OuterRef("pk")).order_by("language")
    return (
        articles.annotate(
            noted=Subquery(notes.values("noted_at")[:1]),
            lead=file_name("lead_image", "wide"),
            shown=ArraySubquery(own.values(name=file_name("image", "natural"))),
            others=ArraySubquery(others.values(pair=pair())),
        )
        .order_by("pk")
        .values_list("language", "slug", "published_at", "noted", "lead", "shown", "others")
    )


def pair():
    return Concat("language", Value("\n"), "slug", output_field=TextField())


def file_name(image, shape):
    """Return an expression with the name of the file that a picture has for every reader."""
    fallback = KeyTransform("fallback", KeyTransform(shape, f"{image}__srcset"))
    return Coalesce(KeyTextTransform("0", fallback), Cast(f"{image}__file", TextField()))


def latest_of_each_kind():
    """Return {(language, kind): latest publication}, in one query that reads one row of each."""
    published = Article.objects.published()
    slices = [
        published.filter(language=language, kind=kind)
        .order_by("-published_at")
        .values_list("language", "kind", "published_at")[:1]
        for language in Language.values
        for kind in Article.Kind.values
    ]
    return {(language, kind): moment for language, kind, moment in slices[0].union(*slices[1:], all=True)}


def used(language=None):
    """Return the condition that a published article (of a language) has a tag."""
    articles = Article.objects.published()
    if language:
        articles = articles.filter(language=language)
    return Exists(TaggedArticle.objects.filter(tag=OuterRef("pk"), content_object__in=articles))


def per_language(rows, name, condition):
    """Return an entry for each row and language in which its condition is true."""
    flags = {f"in_{language}": condition(language) for language in Language.values}
    addresses = [Addresses(name, language) for language in Language.values]
    return [
        entry(place.of(slug), None)
        for slug, *found in rows.annotate(**flags).values_list("slug", *flags)
        for place, is_there in zip(addresses, found, strict=True)
        if is_there
    ]


def blocks(rows):
    """Return the numbers of the ranges of keys in which there are rows, in two queries."""
    last = rows.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return []
    first_rows = [
        rows.filter(within(block)).order_by().values_list("pk")[:1] for block in range(last // BLOCK + 1)
    ]
    found = first_rows[0].union(*first_rows[1:], all=True) if len(first_rows) > 1 else first_rows[0]
    return sorted(pk // BLOCK for (pk,) in found)


def within(block):
    return Q(pk__gte=block * BLOCK, pk__lt=(block + 1) * BLOCK)


def in_block(block):
    return Article.objects.published().filter(within(block))


class Addresses:
    """The addresses of one kind of page in a language; the pattern is asked for once, not for each."""

    def __init__(self, name, language):
        with translation.override(language):
            before, _slug, after = address(reverse(name, args=["-slug-"])).rpartition("-slug-")
        self.before, self.after = before, after

    def of(self, slug):
        return f"{self.before}{quote(slug)}{self.after}"


def address(path):
    """Return a path or an address as XML, with the site's name before a path."""
    return escape(settings.SITE_URL + path if path.startswith("/") else path)


def said(text):
    return escape(plain(text))


def entry(place, changed, *parts):
    """Return the entry of a page: its address, ready for XML, and its last change, where it is known."""
    told = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{place}</loc>{told}{''.join(parts)}</url>"


def answer(root, entries, *modules):
    """Return a file; one without entries would not be valid, so there is none."""
    if not entries:
        raise Http404
    spaces = "".join(f' xmlns{name}="{SPACES[name]}"' for name in ("", *modules))
    lines = "\n".join(entries)
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{spaces}>\n{lines}\n</{root}>\n',
        content_type="application/xml; charset=utf-8",
    )
