"""Newsletters."""

from django.contrib import admin

from articles.admin.paging import LongList
from newsletter.models import Newsletter


@admin.register(Newsletter)
class NewsletterAdmin(LongList):
    list_display = ["title", "language", "sender_name", "sender_email", "is_default"]
    list_filter = ["language"]
    search_fields = ["title"]
    readonly_fields = ["list_id"]

    def has_delete_permission(self, request, obj=None):
        """Subscriptions and the consent record name it; it is taken off the pages instead."""
        return False
