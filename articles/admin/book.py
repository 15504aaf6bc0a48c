"""Books that are promoted beside the articles."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import Book
from articles.widgets import thumbnail

from .desk import DeskAdmin


@admin.register(Book)
class BookAdmin(DeskAdmin):
    fields = [
        ("language", "is_promoted"),
        ("title", "title_language"),
        "author",
        "label",
        "description",
        ("publisher", "year"),
        "url",
        "button",
        "cover",
    ]
    list_display = ["cover_picture", "title", "author", "language", "is_promoted"]
    list_display_links = ["title"]
    list_filter = ["language", "is_promoted"]
    list_select_related = ["cover"]

    @admin.display(description=_("picture"))
    def cover_picture(self, book):
        return thumbnail(book.cover)
