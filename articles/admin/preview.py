"""The preview beside the form: the page at three widths, a search result, a social card, the newsletter."""

from urllib.parse import unquote

from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from articles import autosaves
from articles.checklist import TITLE_SHOWN
from articles.drafts import date_as_published
from articles.middleware import find_site
from articles.models import Article, Autosave
from articles.models.article import phrase
from articles.preview import Typed, overlay
from articles.templatetags.publication import lead_in
from articles.views import render_article
from articles.widgets import MODULE

from .revisions import typed_rows

DESCRIPTION_SHOWN = 155  # characters of a description that a search result has room for
SHEETS = {"search", "card", "letter"}


class PreviewAdmin:
    """For use before the admin of articles."""

    @property
    def media(self):
        sheet = {"all": ["admin-desk/preview.css"]}
        return super().media + forms.Media(css=sheet, js=[forms.Script("admin-desk/preview.js", **MODULE)])

    def get_urls(self):
        # Readers' pages play videos, the desk's own do not.
        preview = csp_update({"frame-src": settings.VIDEO_HOSTS})(require_safe(self.preview))
        return [
            path("<int:pk>/preview/", self.admin_site.admin_view(preview), name="articles_article_preview"),
            *super().get_urls(),
        ]

    def preview(self, request, pk):
        """Show the article as its readers will see it.

        `typed` in the address is for the pane beside the form: the key of the tab whose kept entries are
        shown in the place of what is saved. `as` chooses one of SHEETS instead of the page.
        """
        article = get_object_or_404(Article.objects.for_page(), pk=pk)
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        typed = self.typed(request, article)
        date_as_published(article)
        context = {"preview": reverse("admin:articles_article_change", args=[article.pk])}
        if "typed" in request.GET:
            context["in_pane"] = what_is_shown(typed)
        with translation.override(article.language):
            # The publisher's name and words, and no other query in the wrong language.
            request.site = SimpleLazyObject(find_site)
            request.site.pk  # noqa: B018
            if request.GET.get("as") not in SHEETS:
                response = render_article(request, article, related=typed.related, **context)
                response.headers["Content-Language"] = article.language
        if request.GET.get("as") in SHEETS:
            response = self.sheet(request, article, context)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def typed(self, request, article):
        """Return the article with what the editor's tab holds; as it is saved where it holds nothing."""
        tab = request.GET.get("typed", "")
        if not autosaves.is_tab(tab) or not self.has_change_permission(request, article):
            return Typed(article)
        kept = Autosave.objects.of(request.user, article).filter(tab=tab).first()
        if kept is None:
            return Typed(article)
        fields = flatten_fieldsets(self.get_fieldsets(request, article))
        form = self.get_form(request, article, change=True, fields=fields)
        rows = {}
        for formset_class, inline in self.get_formsets_with_inlines(request, article):
            prefix, queryset = formset_class.get_default_prefix(), inline.get_queryset(request)
            mine = queryset.filter(**{formset_class.fk.name: article}).values_list("pk", flat=True)
            if data := autosaves.rows(kept.data, prefix, set(mine)):
                formset = formset_class(data, instance=article, prefix=prefix, queryset=queryset)
                formset.full_clean()
                rows[prefix] = typed_rows(formset)
        return overlay(article, form(autosaves.query_dict(kept.data), instance=article), rows)

    def sheet(self, request, article, context):
        """Show how the article will look in a place that is not the site."""
        description = lead_in(article, 1000)
        context |= {
            "article": article,
            "sheet": request.GET["as"],
            "crumbs": unquote(settings.SITE_URL + article.get_absolute_url()).strip("/").split("/"),
            "title_shown": cut(article.title, TITLE_SHOWN),
            "title_limit": TITLE_SHOWN,
            "description": description,
            "description_shown": cut(description, DESCRIPTION_SHOWN),
            "description_limit": DESCRIPTION_SHOWN,
            "host": settings.SITE_URL.partition("://")[2],
        }
        return render(request, "admin/articles/article/preview_sheet.html", context)


def what_is_shown(typed):
    """Return a sentence for the pane where an entry cannot be shown; empty where all is as it was typed."""
    if not typed.left_out:
        return ""
    words = gettext("As saved, because what is typed there will not do: %(fields)s.")
    return words % {"fields": phrase(typed.left_out)}


def cut(text, length):
    """Return what a place with room for so many characters shows: whole words, and an ellipsis."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return f"{head.rpartition(' ')[0] or head}…"
