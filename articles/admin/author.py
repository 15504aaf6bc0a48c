"""The people who write."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, AuthorLink, AuthorTranslation
from articles.widgets import thumbnail

from .desk import DeskAdmin, OrderedInline


class AuthorLinkInline(OrderedInline):
    model = AuthorLink
    fields = ["label", "url", "position"]


class AuthorTranslationInline(admin.StackedInline):
    model = AuthorTranslation
    extra = 0


@admin.register(Author)
class AuthorAdmin(DeskAdmin):
    fields = ["name", "slug", "role", "bio", "email", "photo"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AuthorTranslationInline, AuthorLinkInline]
    list_display = ["face", "name", "role", "email"]
    list_display_links = ["name"]
    list_select_related = ["photo"]
    search_fields = ["name", "translations__name"]

    @admin.display(description=_("picture"))
    def face(self, author):
        return thumbnail(author.photo)

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if obj is None else {}

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change and (form.has_changed() or any(formset.has_changed() for formset in formsets)):
            Article.objects.filter(bylines__author=form.instance).index()
