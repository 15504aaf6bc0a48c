"""The public pages: find, decide, render."""

import logging
import zoneinfo

from django.core.paginator import InvalidPage, Paginator
from django.db import DatabaseError
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi, gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from . import bibliography, cards, edition, reworks
from .lists import LongPaginator
from .models import Article, Author, Book, Correction, Page, Series, Tag
from .prepared import Prepared
from .related import related_articles
from .search.form import SearchForm
from .spelling import found_nothing

logger = logging.getLogger(__name__)
PER_PAGE = 20
ON_THE_FRONT = {
    Article.Kind.ANALYSIS: 4,
    Article.Kind.BULLETIN: 5,
    Article.Kind.MENTION: 2,
    Article.Kind.ANNOUNCEMENT: 3,
}
# Kept by any cache, and asked about at each visit.
public = cache_control(public=True, max_age=0, must_revalidate=True)


def readable():
    """The articles that readers of the active language may see."""
    return Article.objects.published().filter(language=get_language())


def paginate(request, rows, count=None):
    """Return the page of a list that ?page= asks for; a page that is not there is a 404.

    `rows` are a queryset, or a list. `count` is their number, where it is known; otherwise a long list is not
    counted to its end, and the page is `capped`.
    """
    asked = request.GET.get("page", "1")
    if isinstance(rows, list):
        paginator = Paginator(rows, PER_PAGE)
    else:
        paginator = LongPaginator(rows, PER_PAGE, asked, count)
    try:
        page = paginator.page(asked)
    except InvalidPage as error:
        raise Http404(str(error)) from error
    page.capped = isinstance(paginator, LongPaginator) and paginator.goes_on
    page.numbers = list(paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    if page.capped:
        page.numbers.append(paginator.ELLIPSIS)
    return page


@public
@require_safe
def home(request):
    # WordPress addresses its pages by number where nobody chose a better form. Who asks for one that is
    # unknown is told so: kept as this page, that answer would hide the addresses that have more parameters.
    if "p" in request.GET or "page_id" in request.GET:
        raise Http404
    latest = readable().latest_of_each_kind(ON_THE_FRONT).for_list()
    kinds = {kind: [] for kind in Article.Kind.values}
    for article in latest:
        kinds[article.kind].append(article)
    lead = kinds["analysis"].pop(0) if kinds["analysis"] else None
    book = Book.objects.promoted(get_language())
    return render(request, "articles/home.html", {"lead": lead, "kinds": kinds, "book": book})


_article_at = Prepared(
    lambda language, slug: Article.objects.published().filter(language=language, slug=slug).for_page()[:1]
)


def article_at(slug):
    """Return the article that readers of the active language see at an address, or None."""
    return next(iter(_article_at(language=get_language(), slug=slug)), None)


@public
@require_safe
def article(request, slug):
    found = find_article(slug)
    return render_article(request, found) if found else withdrawn(request, slug)


def find_article(slug):
    """Return the article at an address as readers see it now, or None; a rework that is due is applied."""
    found = article_at(slug)
    if (found is None or found.rework_is_due) and reworks.catch_up(get_language(), slug):
        found = article_at(slug)
    return found


def withdrawn(request, slug):
    """Say why an article is withdrawn, where it was public (410, RFC 9110, section 15.5.11); else a 404."""
    article = get_object_or_404(Article.objects.withdrawn(), language=get_language(), slug=slug)
    return render(request, "articles/withdrawn.html", {"article": article}, status=410)


def render_article(request, article, *, related=None, **context):
    """Render an article's page; the desk's preview says so in the context.

    `related` stands under “Read next”; None means what is found there.
    """
    notes = Correction.read_rows(article.public_notes)
    # The site's day: the zone is only active once something has asked for the site.
    today = timezone.localdate(edition.now(), timezone=zoneinfo.ZoneInfo(request.site.time_zone))
    context |= {
        "article": article,
        "latest_note": notes[0] if notes else None,
        # A bulletin grows by its updates, so they stand in its text; other kinds note them beneath.
        "updates": [note for note in notes if article.kind == "bulletin" and note.kind == "update"],
        "notes": [note for note in notes if article.kind != "bulletin" or note.kind == "correction"],
        "review_is_due": article.is_review_due(today),
        "related": related_articles(article) if related is None else related,
        "book": Book.objects.promoted(article.language),
        "section": reverse("articles:kind", args=[article.kind]),
    }
    return render(request, "articles/article.html", context)


@public
@require_safe
def card(request, slug):
    """The drawn picture that a social network shows of an article without one."""
    article = get_object_or_404(readable().for_list(), slug=slug)
    byline = gettext("By %(names)s") % {"names": article.byline_text} if article.byline_text else ""
    return drawn(request, title=article.title, byline=byline, kicker=article.get_kind_display())


@public
@require_safe
def site_card(request):
    """The drawn picture of every page that is a list."""
    site = request.site
    return drawn(request, title=site.local_name, byline=site.text.get("tagline", ""))


def drawn(request, **words):
    site = request.site
    look = {"accent": site.accent, "neatline": site.neatline, "rtl": get_language_bidi()}
    return HttpResponse(cards.card(site=site.local_name, **words, **look), content_type="image/png")


@public
@require_safe
def citation(request, slug, form):
    found = readable().for_list().filter(slug=slug).first()
    return bibliography.as_file(found, request.site, form) if found else withdrawn(request, slug)


@public
@require_safe
def kind(request, kind):
    if kind not in Article.Kind.values:
        raise Http404(gettext("There is no such kind of article."))
    page = paginate(request, readable().filter(kind=kind).latest().for_list())
    context = {"kind": Article.Kind(kind), "page": page, "section": request.path}
    return render(request, "articles/kind.html", context)


@public
@require_safe
def tags(request):
    return render(request, "articles/tags.html", {"tags": Tag.objects.in_use(readable())})


@public
@require_safe
def tag(request, slug):
    tag = Tag.objects.at(slug)
    if tag is None:
        raise Http404(gettext("Nothing has been published under this tag."))
    if tag.slug != slug:
        return HttpResponsePermanentRedirect(tag.get_absolute_url())
    page = paginate(request, readable().filter(tagged__tag=tag).latest().for_list())
    if not page.paginator.count:
        raise Http404(gettext("Nothing has been published under this tag."))
    return render(request, "articles/tag.html", {"tag": tag, "page": page})


@public
@require_safe
def series(request, slug):
    series = get_object_or_404(Series, language=get_language(), slug=slug)
    parts = readable().filter(series=series)
    page = paginate(request, parts.in_series_order().for_list(), parts.count())
    if not page.paginator.count:
        raise Http404(gettext("Nothing has been published in this series."))
    return render(request, "articles/series.html", {"series": series, "page": page})


@public
@require_safe
def corrections(request):
    page = paginate(request, Correction.objects.public(readable()).with_article())
    return render(request, "articles/corrections.html", {"page": page})


@public
@require_safe
def authors(request):
    authors = Author.objects.of(Article.objects.published()).in_language(get_language())
    authors = authors.select_related("photo")
    return render(request, "articles/authors.html", {"authors": authors})


@cache_control(private=True, no_store=True)
@require_safe
def search(request):
    form = SearchForm(request.GET if request.GET.get("q", "").strip() else None)
    context = {"form": form}
    if form.is_bound and not form.is_valid():
        return render(request, "articles/search.html", context, status=400)
    if form.is_bound:
        try:
            context["page"] = form.results(PER_PAGE)
        except DatabaseError:
            logger.exception("Postgres gave up on a search")
            return render(request, "articles/search.html", context | {"gave_up": True}, status=503)
        if not context["page"].object_list:
            context["meant"] = found_nothing(request, form)
    return render(request, "articles/search.html", context)


@public
@require_safe
def page(request, slug):
    page = get_object_or_404(Page.objects.published(), language=get_language(), slug=slug)
    return render(request, "articles/page.html", {"page": page})


@public
@require_safe
def theme(request):
    """The publisher's own colours, as a stylesheet of their own: pages carry no style attribute."""
    return HttpResponse(request.site.stylesheet, content_type="text/css; charset=utf-8")
