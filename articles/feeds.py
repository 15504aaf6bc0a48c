"""RSS 2.0 feeds of the newest articles: of everything, a kind, a tag, a series or an author, per language."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language

from .markup import excerpt
from .models import Article, Author, Series, Tag
from .models.article import ArticleQuerySet
from .views import readable

NEWEST = 20
# A feed is read elsewhere: addresses in its text must carry the site's name.
_LOCAL = re.compile(r'(\s(?:href|src)=")/(?!/)')
_SRCSET = re.compile(r'(\ssrcset=")([^"]*)')


def absolute(html):
    """Return HTML whose site-relative addresses are absolute."""
    html = _LOCAL.sub(rf"\1{settings.SITE_URL}/", html)
    return _SRCSET.sub(
        lambda match: match[1] + re.sub(r"(^|,\s*)/(?!/)", rf"\1{settings.SITE_URL}/", match[2]), html
    )


class FullTextFeed(Rss201rev2Feed):
    """RSS with the whole text in content:encoded (RSS 1.0 content module)."""

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["creators"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["content"])


@dataclass
class Subject:
    """What a feed is about; made for each request, since Django keeps one Feed for all of them."""

    title: str
    description: str
    page: str
    address: str
    articles: ArticleQuerySet


class Everything(Feed):
    feed_type = FullTextFeed

    def get_object(self, request):
        site = request.site
        tagline = site.text.get("tagline", "")
        return Subject(site.local_name, tagline, reverse("articles:home"), request.path, readable())

    def title(self, subject):
        return subject.title

    def description(self, subject):
        return subject.description or subject.title

    def link(self, subject):
        return settings.SITE_URL + subject.page

    def feed_url(self, subject):
        return settings.SITE_URL + subject.address

    def items(self, subject):
        return subject.articles.latest().for_feed()[:NEWEST]

    def item_title(self, article):
        return article.title

    def item_description(self, article):
        return article.standfirst or excerpt(article.body_text)

    def item_link(self, article):
        return settings.SITE_URL + article.get_absolute_url()

    def item_guid(self, article):
        return f"{settings.SITE_URL}/#article-{article.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, article):
        return article.published_at

    def item_categories(self, article):
        return [str(row.tag) for row in article.tagged.all()]

    def item_extra_kwargs(self, article):
        return {
            "content": absolute(article.body_html),
            "creators": [byline.local_name for byline in article.bylines.all()],
        }


def about(request, name, page, articles, description=""):
    """Return the subject of a feed that holds a part of the publication."""
    return Subject(f"{name} | {request.site.local_name}", description, page, request.path, articles)


class OfKind(Everything):
    def get_object(self, request, kind):
        if kind not in Article.Kind.values:
            raise Http404
        page = reverse("articles:kind", args=[kind])
        return about(request, Article.Kind(kind).plural, page, readable().filter(kind=kind))


class OfTag(Everything):
    def get_object(self, request, slug):
        tag = Tag.objects.at(slug)
        if tag is None:
            raise Http404
        articles = readable().filter(tagged__tag=tag)
        # A tag that only drafts have says what somebody is working on.
        if not articles.exists():
            raise Http404
        return about(request, tag.name, tag.get_absolute_url(), articles, tag.description)


class OfSeries(Everything):
    def get_object(self, request, slug):
        series = get_object_or_404(Series, language=get_language(), slug=slug)
        articles = readable().filter(series=series)
        return about(request, series.title, series.get_absolute_url(), articles, series.description)


class OfAuthor(Everything):
    def get_object(self, request, slug):
        author = get_object_or_404(Author.objects.in_language(get_language()), slug=slug)
        articles = readable().filter(bylines__author=author)
        return about(request, author.local_name, author.get_absolute_url(), articles, author.local_bio)
