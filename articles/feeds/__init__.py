"""Feeds as RSS 2.0, Atom 1.0 and JSON Feed 1.1: of everything, a kind, a tag, a series or an author.

Each language has its own. They hold whole texts, the newest first, and lead on to older ones.
"""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.models import Article, Author, Series, Tag
from articles.views import public, readable

from .contents import Subject, contents, feed_path, newest, spoken
from .formats import FORMATS, rss


def answer(request, subject, form):
    """Return a feed about a subject; where there must be articles and is none, raise Http404."""
    content_type, write = FORMATS[form]
    return HttpResponse(write(contents(request, subject, form)), content_type=content_type)


@public
@require_safe
def listing(request):
    """The page for people that names the feeds, but for those of tags: they stand on the tags' pages."""
    articles = readable()
    context = {
        "kinds": list(Article.Kind),
        "series": Series.objects.filter(Exists(articles.filter(series=OuterRef("pk")))),
        "authors": Author.objects.of(articles).in_language(get_language()),
    }
    return render(request, "articles/feeds.html", context)


@public
@require_safe
def everything(request, form="rss"):
    site = request.site
    about = site.text.get("tagline", "")
    home = reverse("articles:home")
    subject = Subject(site.local_name, about, home, "articles:feed", [], question=newest)
    return answer(request, subject, form)


@public
@require_safe
def podcast(request):
    """The articles that can be listened to, as RSS for podcast programs."""
    site = request.site
    subject = Subject(
        site.local_name,
        site.text.get("tagline", ""),
        reverse("articles:home"),
        "articles:podcast",
        [],
        question=spoken,
        forms=("rss",),
    )
    words = rss(contents(request, subject, "rss"), is_podcast=True)
    return HttpResponse(words, content_type=FORMATS["rss"][0])


@public
@require_safe
def of_kind(request, kind, form="rss"):
    if kind not in Article.Kind.values:
        raise Http404
    name, page = Article.Kind(kind).plural, reverse("articles:kind", args=[kind])
    return answer(request, Subject(name, "", page, "articles:kind-feed", [kind], {"kind": kind}), form)


@public
@require_safe
def of_tag(request, slug, form="rss"):
    tag = Tag.objects.at(slug)
    if tag is None:
        raise Http404
    if tag.slug != slug:
        return HttpResponsePermanentRedirect(feed_path("articles:tag-feed", [tag.slug], form))
    only, page = {"tagged__tag": tag.pk}, tag.get_absolute_url()
    # A tag or a series that only drafts have says what somebody is working on.
    subject = Subject(tag.name, tag.description, page, "articles:tag-feed", [slug], only, may_be_empty=False)
    return answer(request, subject, form)


@public
@require_safe
def of_series(request, slug, form="rss"):
    series = get_object_or_404(Series, language=get_language(), slug=slug)
    only, page = {"series": series.pk}, series.get_absolute_url()
    subject = Subject(
        series.title,
        series.description,
        page,
        "articles:series-feed",
        [slug],
        only,
        may_be_empty=False,
    )
    return answer(request, subject, form)


@public
@require_safe
def of_author(request, slug, form="rss"):
    author = get_object_or_404(Author.objects.in_language(get_language()), slug=slug)
    only, page = {"bylines__author": author.pk}, author.get_absolute_url()
    subject = Subject(author.local_name, author.local_bio, page, "articles:author-feed", [slug], only)
    return answer(request, subject, form)
