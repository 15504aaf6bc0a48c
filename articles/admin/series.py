"""Series, and the order of their parts."""

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.forms.models import BaseInlineFormSet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Series

from .desk import DeskAdmin, OrderedForm, OrderedInline


class PartForm(OrderedForm):
    """A part's place, and nothing else of the article."""

    position = forms.IntegerField(label=_("position"), min_value=0, max_value=32767, required=False)

    class Meta:
        model = Article
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["position"] = self.instance.series_position


class PartRows(BaseInlineFormSet):
    def save_existing(self, form, obj, commit=True):
        """Write the place alone: nobody who has the article open is overtaken by its new place."""
        Article.objects.filter(pk=obj.pk).update(series_position=form.cleaned_data["position"])
        return obj


class PartInline(OrderedInline):
    model = Article
    form = PartForm
    formset = PartRows
    fk_name = "series"
    absolute_max = 5000
    fields = ["part", "state", "position"]
    readonly_fields = ["part", "state"]
    verbose_name = _("part")
    verbose_name_plural = _("parts in their order; an article is put into a series in its own form")
    can_delete = False

    def get_queryset(self, request):
        shown = ["title", "status", "published_at", "series", "series_position", "draft_of"]
        parts = super().get_queryset(request).filter(draft_of=None).visible_to(request.user)
        return parts.only(*shown).in_series_order()

    def has_add_permission(self, request, obj=None):
        return False

    @admin.display(description=_("article"))
    def part(self, article):
        return format_html('<a href="../../../article/{}/change/">{}</a>', article.pk, article.title)

    @admin.display(description=_("state"))
    def state(self, article):
        return article.state.label


@admin.register(Series)
class SeriesAdmin(DeskAdmin):
    fields = ["language", "title", "slug", "description"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PartInline]
    list_display = ["title", "part_count", "language"]
    list_filter = ["language"]
    search_fields = ["title"]

    def get_queryset(self, request):
        parts = Article.objects.filter(series=OuterRef("pk"), draft_of=None).order_by().values("series")
        counted = Coalesce(Subquery(parts.annotate(count=Count("pk")).values("count")), 0)
        return super().get_queryset(request).annotate(part_count=counted)

    @admin.display(description=_("parts"), ordering="part_count")
    def part_count(self, series):
        return series.part_count

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if obj is None else {}

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.number()
