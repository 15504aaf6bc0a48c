"""The ledger of outside links: what is broken, where, and since when."""

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.models import LinkUse, OutboundLink

from .desk import DeskAdmin
from .paging import is_key

SHOWN = 3  # places named in the list
SHOWN_IN_FORM = 100


@admin.register(OutboundLink)
class OutboundLinkAdmin(DeskAdmin):
    fields = ["address", "state", "answer", "broken_since", "checked_at", "due_at", "places", "archived_url"]
    readonly_fields = ["address", "state", "answer", "broken_since", "checked_at", "due_at", "places"]
    list_display = [
        "short_address",
        "condition",
        "broken_since",
        "answer",
        "places",
        "checked_at",
        "archived",
    ]
    list_filter = ["state"]
    list_per_page = 40
    sortable_by = []  # broken ones first, the latest first
    search_fields = ["url"]
    search_help_text = _("A part of the address.")
    actions = ["check_now"]

    def get_queryset(self, request):
        uses = LinkUse.objects.filter(link=OuterRef("pk")).order_by().values("link")
        count = Subquery(uses.annotate(count=Count("pk")).values("count"))
        return super().get_queryset(request).in_use().annotate(use_count=count).prefetch_related(places())

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        # The rest of the row belongs to the checks, and one may have ended meanwhile.
        obj.save(update_fields=["archived_url"])

    @admin.display(description=_("address"), ordering="url")
    def short_address(self, link):
        shown = link.url.partition("://")[2].removeprefix("www.").rstrip("/")
        return shown if len(shown) <= 80 else f"{shown[:79]}…"

    @admin.display(description=_("address"))
    def address(self, link):
        return format_html('<a href="{0}" rel="noreferrer" dir="ltr">{0}</a>', link.url)

    @admin.display(description=_("state"), ordering="state")
    def condition(self, link):
        return format_html('<span class="desk-state link-{}">{}</span>', link.state, link.get_state_display())

    @admin.display(description=_("where"))
    def places(self, link):
        if link.use_count > len(link.shown_uses):
            return format_html("{} {}", listed(link), more(link.use_count - len(link.shown_uses)))
        return listed(link)

    @admin.display(description=_("archived copy"), boolean=True)
    def archived(self, link):
        return bool(link.archived_url)

    def get_object(self, request, object_id, from_field=None):
        with_all = self.get_queryset(request).prefetch_related(None).prefetch_related(places(SHOWN_IN_FORM))
        return with_all.filter(pk=object_id).first() if is_key(object_id) else None

    @admin.action(description=_("Check the chosen links now"), permissions=["change"])
    def check_now(self, request, queryset):
        if not settings.LINK_CHECKS:
            self.message_user(request, gettext("Links are not checked on this site."), messages.WARNING)
            return
        count = OutboundLink.objects.filter(pk__in=queryset.values("pk")).ask_now()
        words = ngettext(
            "%d link is checked in the next minutes.", "%d links are checked in the next minutes.", count
        )
        self.message_user(request, words % count)


def places(limit=SHOWN):
    """Return the prefetch of a link's first `limit` uses as `shown_uses`: one query for a whole list."""
    uses = LinkUse.objects.order_by("pk").select_related("article", "page")
    names = ["link", "article__id", "article__title", "page__id", "page__title"]
    return Prefetch("uses", uses.only(*names)[:limit], to_attr="shown_uses")


def listed(link):
    rows = [use.article or use.page for use in link.shown_uses]
    addresses = [
        (reverse(f"admin:articles_{row._meta.model_name}_change", args=[row.pk]), row) for row in rows
    ]
    return format_html_join(", ", '<a href="{}">{}</a>', addresses)


def more(count):
    return ngettext("and %d more", "and %d more", count) % count
