"""Addresses that were public once."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import Redirect

from .article import HEAVY
from .desk import AutocompleteRows, DeskAdmin


@admin.register(Redirect)
class RedirectAdmin(AutocompleteRows, DeskAdmin):
    fields = ["path", "article", "page", "url"]
    autocomplete_fields = ["article", "page"]
    list_display = ["path", "target"]
    search_fields = ["path", "url"]

    def get_queryset(self, request):
        articles = [f"article__{name}" for name in HEAVY]
        pages = [f"page__{name}" for name in ("body", "body_html", "body_text", "outline")]
        return super().get_queryset(request).select_related("article", "page").defer(*articles, *pages)

    @admin.display(description=_("leads to"))
    def target(self, redirect):
        return redirect.article or redirect.page or redirect.url
