"""Plain Django: a view, the ORM, a template and Django's usual middleware; what our pages are held against.

`article`, `home` and `tag` are what a first version of a publication would be. The others show what our own
pages show, written in the same plain way, without anything stored, bounded or kept.
"""

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone

from articles.models import Article, Book, Site, Tag
from newsletter.models import Newsletter

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.bench.bare.own_addresses",
]
HEAVY = ["body", "body_text", "body_html", "search", "search_head", "desk_search", "keywords"]


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


class Everything(Feed):
    title, link, description = "The Bench", "/", "Ports and straits"

    def items(self):
        return published().defer("body").prefetch_related("authors", "tagged__tag")[:20]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.body_html

    def item_link(self, item):
        return f"/articles/{item.slug}/"

    def item_pubdate(self, item):
        return item.published_at

    def item_categories(self, item):
        return [row.tag.name for row in item.tagged.all()]


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
