"""Pages that stand beside the articles."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.forms import PageForm
from articles.models import Page

from .desk import TextAdmin


@admin.register(Page)
class PageAdmin(TextAdmin):
    form = PageForm
    fieldsets = [
        (None, {"fields": ["language", "title", "slug", "standfirst", "body", "seen"]}),
        (_("Publication"), {"fields": ["is_published", ("in_footer", "position")]}),
    ]
    list_display = ["title", "language", "is_published", "in_footer", "position"]
    list_filter = ["language", "is_published"]
    search_fields = ["title", "slug"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("body", "body_html", "body_text", "outline")

    def view_on_site(self, page):
        return page.get_absolute_url() if page.is_published else None
