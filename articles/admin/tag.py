"""Subjects."""

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Tag, TaggedArticle

from .desk import DeskAdmin


@admin.register(Tag)
class TagAdmin(DeskAdmin):
    fields = ["name", "slug", "description"]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "article_count", "description"]
    search_fields = ["name"]

    def get_queryset(self, request):
        rows = TaggedArticle.objects.filter(tag=OuterRef("pk")).order_by().values("tag")
        counted = Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)
        return super().get_queryset(request).annotate(article_count=counted)

    @admin.display(description=_("articles"), ordering="article_count")
    def article_count(self, tag):
        return tag.article_count

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if obj is None else {}

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change and "name" in form.changed_data:
            Article.objects.filter(tagged__tag=form.instance).index()
