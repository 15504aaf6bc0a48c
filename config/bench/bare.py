"""Plain Django: a view, the ORM, a template and Django's usual middleware; what our pages are held against.

`article`, `home` and `tag` are what a first version of a publication would be. The others show what our own
pages show, written in the same plain way, without anything stored, bounded or kept.
"""

import gzip
import re

from django.conf import settings
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed

from articles.edition.answers import LEVEL
from articles.feeds.formats import CONTENT, DUBLIN_CORE, MEDIA
from articles.models import Article, Book, Site, Tag
from newsletter.models import Newsletter

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.bench.bare.compressed",
    "config.bench.bare.own_addresses",
]
HEAVY = ["body", "body_text", "body_html", "search", "search_head", "desk_search", "keywords"]
LOCAL = re.compile('(href|src)="/')


def compressed(get_response):
    """Middleware: compress for readers who take it, at the level of our own pages; Django's takes longer."""

    def middleware(request):
        response = get_response(request)
        if request.headers.get("Accept-Encoding") == "gzip":
            response.content = gzip.compress(response.content, LEVEL)
            response.headers["Content-Encoding"] = "gzip"
        return response

    return middleware


def own_addresses(get_response):
    """Middleware: the addresses of this module instead of the site's."""

    def middleware(request):
        request.urlconf = __name__
        return get_response(request)

    return middleware


def published():
    return Article.objects.filter(
        status="published", language="en", published_at__lte=timezone.now(), draft_of=None
    ).order_by("-published_at")


def cards():
    return published().defer(*HEAVY).select_related("lead_image").prefetch_related("authors", "tagged__tag")


def frame():
    """What stands around each of our pages."""
    return {
        "site": Site.objects.prefetch_related("texts", "menu_items", "social_links").get(),
        "newsletter": Newsletter.objects.filter(language="en").first(),
        "book": Book.objects.select_related("cover").filter(language="en").first(),
    }


def article(request, slug):
    """Three queries: the article, its tags, four of the same kind."""
    found = get_object_or_404(
        published().defer("body", "body_text", "search", "search_head", "desk_search"), slug=slug
    )
    tags = Tag.objects.filter(tagged__content_object=found)
    related = published().defer(*HEAVY).filter(kind=found.kind).exclude(pk=found.pk)[:4]
    return render(request, "bench/article.html", {"article": found, "tags": tags, "related": related})


def home(request):
    return render(request, "bench/list.html", {"articles": cards()[:25]})


def tag(request, slug):
    found = get_object_or_404(Tag, slug=slug)
    page = Paginator(cards().filter(tagged__tag=found), 20).get_page(request.GET.get("page"))
    return render(request, "bench/list.html", {"tag": found, "articles": page, "page": page})


def whole_article(request, slug):
    articles = (
        published()
        .defer("body", "body_text", "search", "search_head", "desk_search")
        .select_related("lead_image")
    )
    found = get_object_or_404(articles.prefetch_related("authors__photo", "tagged__tag"), slug=slug)
    related = cards().filter(kind=found.kind).exclude(pk=found.pk)[:4]
    tags = [row.tag for row in found.tagged.all()]
    context = {"article": found, "tags": tags, "related": related, **frame()}
    return render(request, "bench/article.html", context)


def whole_home(request):
    articles = []
    for kind, count in (("analysis", 4), ("bulletin", 5), ("mention", 2), ("announcement", 3)):
        articles += cards().filter(kind=kind)[:count]
    return render(request, "bench/list.html", {"articles": articles, **frame()})


def whole_tag(request, slug):
    found = get_object_or_404(Tag, slug=slug)
    page = Paginator(cards().filter(tagged__tag=found), 20).get_page(request.GET.get("page"))
    return render(request, "bench/list.html", {"tag": found, "articles": page, "page": page, **frame()})


def search(request):
    query = SearchQuery(request.GET["q"], config="english", search_type="websearch")
    found = (
        cards()
        .filter(search=query)
        .annotate(
            rank=SearchRank(F("search"), query),
            snippet=SearchHeadline("body_text", query, config="english", max_fragments=2),
        )
        .order_by("-rank")
    )
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    return render(request, "bench/list.html", {"articles": page, "page": page, **frame()})


class WholeTexts(Rss201rev2Feed):
    """Django's RSS, and what ours says besides: the text, who wrote it, a picture."""

    def rss_attributes(self):
        spaces = {"xmlns:content": CONTENT, "xmlns:dc": DUBLIN_CORE, "xmlns:media": MEDIA}
        return super().rss_attributes() | spaces

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["names"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["text"])
        if item["picture"]:
            handler.addQuickElement("media:content", "", {"url": item["picture"], "medium": "image"})


class Everything(Feed):
    title, link, description = "The Bench", "/", "Ports and straits"
    feed_type = WholeTexts

    def items(self):
        articles = published().defer(*[name for name in HEAVY if name != "body_html"])
        return articles.select_related("lead_image").prefetch_related("authors", "tagged__tag")[:20]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.standfirst

    def item_link(self, item):
        return f"/articles/{item.slug}/"

    def item_pubdate(self, item):
        return item.published_at

    def item_categories(self, item):
        return [row.tag.name for row in item.tagged.all()]

    def item_extra_kwargs(self, item):
        text = render_to_string("bench/feed_item.html", {"article": item})
        return {
            "names": [author.name for author in item.authors.all()],
            "text": LOCAL.sub(rf'\1="{settings.SITE_URL}/', text),
            "picture": settings.SITE_URL + item.lead_image.file.url if item.lead_image else "",
        }


urlpatterns = [
    path("articles/<slug:slug>/", article, name="article"),
    path("", home, name="home"),
    path("tags/<slug:slug>/", tag, name="tag"),
    path("whole/articles/<slug:slug>/", whole_article),
    path("whole/", whole_home),
    path("whole/tags/<slug:slug>/", whole_tag),
    path("whole/search/", search),
    path("whole/feeds/", Everything()),
]
