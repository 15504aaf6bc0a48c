"""Addresses that must not be written to."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.admin.paging import LongList
from newsletter.addresses import MAX_LENGTH, address_hash, validate_address
from newsletter.models import Subscriber, Suppression


class SuppressionForm(forms.ModelForm):
    address = forms.CharField(
        label=_("address"),
        max_length=MAX_LENGTH,
        validators=[validate_address],
        help_text=_("Only a keyed hash of it is kept, so it cannot be read here again."),
    )

    class Meta:
        model = Suppression
        fields = ["reason"]

    def clean_address(self):
        hashed = address_hash(self.cleaned_data["address"])
        if Suppression.objects.filter(email_hash=hashed).exists():
            raise forms.ValidationError(_("This address is suppressed already."))
        self.instance.email_hash = hashed
        return self.cleaned_data["address"]


@admin.register(Suppression)
class SuppressionAdmin(LongList):
    list_display = ["__str__", "reason", "created"]
    list_filter = ["reason"]
    search_fields = ["email_hash"]
    search_help_text = _("A whole address.")
    form = SuppressionForm
    fields = ["address", "reason"]

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return ["email_hash", "reason", "created"] if obj else self.fields

    def get_search_results(self, request, queryset, search_term):
        """An address is looked for by its hash: it is not there in any other form."""
        try:
            validate_address(search_term)
        except forms.ValidationError:
            return queryset.none() if search_term else queryset, False
        return queryset.filter(email_hash=address_hash(search_term)), False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for subscriber in Subscriber.objects.filter(email_hash=obj.email_hash):
            subscriber.suppress(obj.reason)
