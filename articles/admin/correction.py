"""What readers are told of an article later: corrections, updates, and that it may be out of date."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import edition
from articles.forms import DeskForm
from articles.models import Correction
from articles.widgets import LabelledSplitDateTime


class CorrectionForm(DeskForm):
    noted_at = forms.SplitDateTimeField(
        label=_("When"), required=False, widget=LabelledSplitDateTime, help_text=_("Empty means now.")
    )

    class Meta:
        model = Correction
        fields = ["kind", "noted_at", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3, "cols": 60})}

    def has_changed(self):
        """A new row of which only the kind was looked at is still an empty row."""
        changed = set(self.changed_data)
        return bool(changed if self.instance.pk else changed - {"kind"})

    def clean_noted_at(self):
        moment, now = self.cleaned_data["noted_at"], edition.now()
        if moment is not None and moment > now:
            raise ValidationError(_("A note cannot be dated in the future."), code="future")
        return moment or self.instance.noted_at or now


class CorrectionRows(BaseInlineFormSet):
    """The notes under an article; a form that was opened before it was public has none."""

    def __init__(self, data=None, files=None, **kwargs):
        if data is not None and f"{kwargs.get('prefix')}-TOTAL_FORMS" not in data:
            nothing = {f"{kwargs.get('prefix')}-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
            data = data.copy()
            data.update(nothing)
        super().__init__(data, files, **kwargs)


class CorrectionInline(admin.TabularInline):
    model = Correction
    form = CorrectionForm
    formset = CorrectionRows
    fields = ["kind", "noted_at", "text"]
    extra = 0


class ReviewFilter(admin.SimpleListFilter):
    title = _("review")
    parameter_name = "review"

    def lookups(self, request, model_admin):
        return [("due", _("Review is due")), ("planned", _("Review is planned"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "due":
            return queryset.review_due(today)
        if self.value() == "planned":
            return queryset.published().filter(review_by__gte=today)
        return queryset


class CorrectionAdmin:
    """Notes under what was public, and the day on which an article has to be looked at again."""

    def get_inlines(self, request, obj):
        inlines = super().get_inlines(request, obj)
        was_public = obj and not obj.draft_of_id and obj.published_at and obj.published_at <= edition.now()
        return [*inlines, CorrectionInline] if was_public else inlines

    def get_ordering(self, request):
        """A list of reviews begins with the one that has waited longest."""
        return ["review_by", "pk"] if request.GET.get("review") else super().get_ordering(request)


def review_words(article):
    """Say in the list by when an article should have been looked at again."""
    return gettext("Review: was due by %(day)s") % {"day": date_format(article.review_by, "j M Y")}
