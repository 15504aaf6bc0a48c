"""What a mention in the press drew on, in its form."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from articles.models import Article, DrawnOn
from articles.widgets import MODULE

from .desk import AutocompleteRows, OrderedInline, row_form


class DrawnOnForm(row_form("analysis")):
    def clean_analysis(self):
        analysis = self.cleaned_data["analysis"]
        if analysis and analysis.pk == self.instance.mention_id:
            raise ValidationError(_("A mention does not draw on itself."), code="itself")
        return analysis


class DrawnOnFormSet(forms.BaseInlineFormSet):
    def get_queryset(self):
        # Other kinds draw on nothing that readers are told of: their forms ask no question.
        if not self.is_bound and self.instance.kind != Article.Kind.MENTION:
            return DrawnOn.objects.none()
        return super().get_queryset()


class DrawnOnInline(AutocompleteRows, OrderedInline):
    """The articles of ours that a mention drew on."""

    model = DrawnOn
    form = DrawnOnForm
    formset = DrawnOnFormSet
    fk_name = "mention"
    fields = ["analysis", "position"]
    autocomplete_fields = ["analysis"]
    verbose_name_plural = _("For a mention: the articles that it drew on")

    def get_queryset(self, request):
        shown = ["mention", "position", "analysis__title"]
        return super().get_queryset(request).select_related("analysis").only(*shown)


class PressAdmin:
    """For use before the admin of articles: what is for mentions alone shows where there is one."""

    @property
    def media(self):
        return super().media + forms.Media(js=[forms.Script("admin-desk/press.js", **MODULE)])
