"""The publisher: one row."""

import zoneinfo
from itertools import groupby

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.forms import DeskForm
from articles.models import MenuItem, Site, SiteText, SocialLink
from articles.widgets import ColourInput

from .desk import DeskAdmin, OrderedInline


def time_zones():
    """Return the IANA database's time zones as choices, grouped by region."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and name[0].isupper())
    names = [name for name in names if not name.startswith(("Etc/", "SystemV/", "US/"))]
    regions = groupby(names, lambda name: name.split("/")[0])
    return [
        ("UTC", "UTC"),
        *(
            (region, [(name, name.split("/", 1)[1].replace("_", " ")) for name in each])
            for region, each in regions
        ),
    ]


class SiteForm(DeskForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("All times, those of editors and those that readers see, are in this zone."),
    )

    class Meta:
        model = Site
        fields = ["name", "logo", "time_zone", "postal_address", "accent", "accent_dark", "neatline"]
        widgets = {"accent": ColourInput, "accent_dark": ColourInput}


class SiteTextInline(admin.StackedInline):
    model = SiteText
    extra = 0


class MenuItemInline(OrderedInline):
    model = MenuItem
    fields = ["language", "label", "path", "position"]


class SocialLinkInline(OrderedInline):
    model = SocialLink
    fields = ["label", "url", "position"]


@admin.register(Site)
class SiteAdmin(DeskAdmin):
    form = SiteForm
    fieldsets = [
        (None, {"fields": ["name", "logo", "time_zone", "postal_address"]}),
        (_("Look"), {"fields": [("accent", "accent_dark"), "neatline"]}),
    ]
    inlines = [SiteTextInline, MenuItemInline, SocialLinkInline]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.site.pk is None

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        """There is one site, so its list is its form."""
        site = Site.objects.first()
        if site is None and self.has_add_permission(request):
            return HttpResponseRedirect(reverse("admin:articles_site_add"))
        if site is not None and self.has_view_or_change_permission(request):
            return HttpResponseRedirect(reverse("admin:articles_site_change", args=[site.pk]))
        return super().changelist_view(request, extra_context)
