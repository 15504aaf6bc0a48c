"""What an outsider with a signed link gets: a draft as its readers will see it, and nothing that stays."""

from functools import wraps

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from .middleware import find_site
from .models import Article, DraftLink
from .views import render_article


def confidential(view):
    """Keep an answer out of caches and search engines, and its address out of other sites' logs."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return wrapped


@confidential
@require_safe
def draft(request, token):
    """Show what is saved of the draft; lead to the article's own address once readers see it there.

    Whatever else is the matter (expired, revoked, withdrawn, deleted, never signed by us), the answer is the
    same 404: who guesses or comes too late learns nothing (RFC 9110, section 15.5.5).
    """
    link = DraftLink.objects.open().find(token)
    article = link and Article.objects.for_page().filter(pk=link.article_id).first()
    if article is None or article.status == Article.Status.WITHDRAWN:
        return render(request, "articles/draft_closed.html", status=404)
    if article.is_published:
        return HttpResponseRedirect(article.get_absolute_url())
    date_as_published(article)
    with translation.override(article.language):
        request.site = SimpleLazyObject(find_site)
        response = render_article(request, article, draft_link=link)
    response.headers["Content-Language"] = article.language
    if request.method == "GET" and not is_ahead_of_time(request):
        DraftLink.objects.count_view(link)
    return response


def date_as_published(article):
    """Let what is shown of a rework bear the date that its article keeps."""
    if article.draft_of_id:
        dates = Article.objects.filter(pk=article.draft_of_id).values_list("published_at", flat=True)
        article.published_at = dates.first()


def is_ahead_of_time(request):
    """Whether a browser fetches a page that nobody has asked to see yet."""
    said = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    return "prefetch" in said.lower()
