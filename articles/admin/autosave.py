"""Nothing that was typed is lost: what is kept before it is saved, and who else has the article open."""

from functools import partial
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles import autosaves
from articles.models import Autosave, Presence
from articles.models.article import phrase

# Tells the page after a save whose crash copy in the browser has served.
SAVED_TAB = "desk_saved"
OFFERED = 5


class AutosaveAdmin:
    """What is typed is kept beside the article, offered again on return, and gone once it is saved."""

    def get_urls(self):
        methods = require_http_methods(["GET", "POST", "DELETE"])
        keep = never_cache(methods(partial(answer, self)))
        return [
            path("keep/", keep, name="articles_article_keep_new"),
            path("<int:pk>/keep/", keep, name="articles_article_keep"),
            *super().get_urls(),
        ]

    # What the page asks while the form is open

    def keep(self, request, article):
        """Answer a sign of life from an open form, and keep what it holds where it was sent along."""
        tab, entries = autosaves.read(request)
        # Without words it is the page that asks, not a person: a session may end meanwhile.
        request.is_unattended = not entries
        said = {}
        if entries:
            kept = Autosave.objects.keep(request.user, article, tab, entries)
            said["kept"] = kept.updated_at.isoformat()
        if article:
            Presence.objects.show(request.user, article)
            said["beside"] = beside(request.user, article)
        return said

    def tell(self, request, article):
        """Answer with what this editor typed here and did not save."""
        found = Autosave.objects.of(request.user, article)[:OFFERED]
        return {
            "unsaved": [
                {"tab": row.tab, "title": row.title, "at": row.updated_at.isoformat()} for row in found
            ]
        }

    def throw_away(self, request, article):
        """Delete what a tab's form held."""
        Autosave.objects.of(request.user, article).filter(tab=request.GET.get("tab", "")[:40]).delete()
        return {}

    # The form

    def taken_up(self, request, obj):
        """Return the autosave that the address asks for, once for a request, or None."""
        tab = request.GET.get("unsaved", "")
        if request.method != "GET" or not autosaves.is_tab(tab):
            return None
        if not hasattr(request, "taken_up"):
            request.taken_up = Autosave.objects.of(request.user, obj).filter(tab=tab).first()
        return request.taken_up

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        kept = self.taken_up(request, obj)
        return autosaves.form_taking_up(form, kept.data) if kept else form

    def get_formsets_with_inlines(self, request, obj=None):
        kept = self.taken_up(request, obj)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            yield (autosaves.formset_taking_up(formset, kept.data) if kept else formset), inline

    def render_change_form(self, request, context, *args, **kwargs):
        article = context.get("original")
        writes = self.has_change_permission(request, article) if article else self.has_add_permission(request)
        if writes and not context.get("is_popup"):
            kept, tab = self.taken_up(request, article), request.POST.get("tab", "")
            context["autosave"] = {
                "address": keep_address(article),
                "taken_up": kept,
                "tab": kept.tab if kept else tab if autosaves.is_tab(tab) else "",
                "changed": bool(kept) or request.method == "POST",
                "zone": timezone.get_current_timezone_name(),
                "now": timezone.now().isoformat(),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request, form, formsets, change):
        """With the save, delete what the tab had kept: on the server here, in the browser by its script."""
        super().save_related(request, form, formsets, change)
        tab = request.POST.get("tab", "")
        if autosaves.is_tab(tab):
            Autosave.objects.of(request.user, form.instance if change else None).filter(tab=tab).delete()
            request.saved_tab = tab

    def changeform_view(self, request, *args, **kwargs):
        response = super().changeform_view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.FOUND and hasattr(request, "saved_tab"):
            response.set_cookie(
                SAVED_TAB,
                request.saved_tab,
                max_age=24 * 3600,
                path=reverse("admin:index"),
                secure=request.is_secure(),
                samesite="Strict",
            )
        return response


def answer(model_admin, request, pk=None):
    """Answer with JSON throughout: 401 where the session has ended, so that the page can ask to log in."""
    if not model_admin.admin_site.has_permission(request):
        return refusal(gettext("You are logged out."), HTTPStatus.UNAUTHORIZED)
    does = {"GET": model_admin.tell, "POST": model_admin.keep, "DELETE": model_admin.throw_away}
    try:
        article = article_to_write(model_admin, request, pk)
        said = does[request.method](request, article)
    except autosaves.Unreadable as unreadable:
        return refusal(str(unreadable), unreadable.status)
    except PermissionDenied:
        return refusal(gettext("You may not change this article."), HTTPStatus.FORBIDDEN)
    except (Http404, IntegrityError):
        return refusal(gettext("This article was deleted meanwhile."), HTTPStatus.NOT_FOUND)
    now = timezone.now().isoformat()
    return JsonResponse({"now": now, "csrf": get_token(request), "user": request.user.pk, **said})


def refusal(sentence, status):
    return JsonResponse({"error": sentence}, status=status)


def article_to_write(model_admin, request, pk):
    """Return the article, or None for a new one. Raises Http404 and PermissionDenied."""
    article = get_object_or_404(model_admin.get_queryset(request), pk=pk) if pk else None
    may = (
        model_admin.has_change_permission(request, article)
        if article
        else model_admin.has_add_permission(request)
    )
    if not may:
        raise PermissionDenied
    return article


def keep_address(article):
    if article is None:
        return reverse("admin:articles_article_keep_new")
    return reverse("admin:articles_article_keep", args=[article.pk])


def beside(user, article):
    """Return a sentence that names who else has the article open, or nothing."""
    names = [str(row.user.get_full_name() or row.user) for row in Presence.objects.beside(user, article)]
    sentence = ngettext("%(names)s has this open too.", "%(names)s have this open too.", len(names))
    return sentence % {"names": phrase(names)} if names else ""
