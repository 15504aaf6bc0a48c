"""What readers looked for in vain: subjects to write about, and other names for what is there."""

from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.models import MissedSearch

from .paging import LongList


@admin.register(MissedSearch)
class MissedSearchAdmin(LongList):
    fields = ["query", "language", "count", "last_at", "offered", "again"]
    readonly_fields = fields
    list_display = ["query", "count", "last_at", "language", "offered", "again"]
    list_filter = ["language"]
    ordering = ["-count", "-last_at"]
    search_fields = ["query"]
    search_help_text = _("A part of the words.")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("today"))
    def again(self, missed):
        with translation.override(missed.language):
            address = f"{reverse('articles:search')}?{urlencode({'q': missed.query})}"
        return format_html('<a href="{}">{}</a>', address, _("Search again"))
