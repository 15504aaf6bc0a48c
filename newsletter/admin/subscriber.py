"""Subscribers and the record of their consent."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from articles.admin.bulk import BulkAdmin, Words
from articles.admin.desk import ReadOnly
from articles.admin.paging import LongList
from newsletter import bulk
from newsletter.models import ConsentEvent, Subscriber, Subscription


class WithNewsletter(ReadOnly):
    """Rows that show their newsletter, in one query."""

    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("newsletter")


class SubscriptionInline(WithNewsletter, admin.TabularInline):
    model = Subscription
    fields = ["newsletter", "status", "created", "confirmed_at", "left_at"]
    readonly_fields = fields


class ConsentInline(WithNewsletter, admin.TabularInline):
    model = ConsentEvent
    fields = ["happened_at", "action", "method", "newsletter", "origin", "page"]
    readonly_fields = fields


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return Subscription.Status.choices

    def queryset(self, request, queryset):
        if self.value() not in Subscription.Status.values:
            return queryset
        return queryset.filter(pk__in=Subscription.objects.filter(status=self.value()).values("subscriber"))


class NoMoreMail(Words):
    def name(self, subscriber):
        return subscriber.email

    def done(self, count):
        return ngettext("%d address gets no more mail.", "%d addresses get no more mail.", count) % count

    def will(self, count):
        words = ngettext("%d address will get no more mail:", "%d addresses will get no more mail:", count)
        return words % count


class UnsubscribeWords(NoMoreMail):
    title = _("Unsubscribe these people from everything?")

    def button(self, count):
        return ngettext("Unsubscribe %d address", "Unsubscribe %d addresses", count) % count

    def already(self, count):
        return ngettext("%d is not subscribed:", "%d are not subscribed:", count) % count


class SuppressWords(NoMoreMail):
    title = _("Never write to these people again?")

    def button(self, count):
        return ngettext("Suppress %d address", "Suppress %d addresses", count) % count

    def already(self, count):
        return ngettext("%d is suppressed already:", "%d are suppressed already:", count) % count


@admin.register(Subscriber)
class SubscriberAdmin(BulkAdmin, LongList):
    """People join by confirming, so nobody is added here; the address is theirs. To delete is to forget."""

    list_display = ["email", "what", "language", "created"]
    list_filter = [StatusFilter, "language"]
    search_fields = ["email_key"]
    search_help_text = _("A part of the address.")
    readonly_fields = ["email", "created"]
    fields = ["email", "language", "created"]
    inlines = [SubscriptionInline, ConsentInline]
    actions = ["unsubscribe", "suppress"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("subscriptions__newsletter")

    def has_add_permission(self, request):
        return False

    def get_deleted_objects(self, objs, request):
        """Name the people alone: what of theirs stays, stays without their name."""
        return [subscriber.email for subscriber in objs], {}, set(), []

    def delete_model(self, request, obj):
        obj.forget()

    def delete_queryset(self, request, queryset):
        for subscriber in queryset:
            subscriber.forget()

    @admin.display(description=_("newsletters"))
    def what(self, subscriber):
        return "; ".join(str(subscription) for subscription in subscriber.subscriptions.all())

    @admin.action(description=_("Unsubscribe from everything"), permissions=["change"])
    def unsubscribe(self, request, queryset):
        return self.settle(request, queryset, bulk.Unsubscribe(request.user), UnsubscribeWords())

    @admin.action(description=_("Suppress: never write to them again"), permissions=["change"])
    def suppress(self, request, queryset):
        return self.settle(request, queryset, bulk.Suppress(request.user), SuppressWords())


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnly, LongList):
    list_display = ["happened_at", "action", "method", "address", "newsletter", "origin"]
    list_filter = ["action", "method", "newsletter"]
    list_select_related = ["subscriber", "newsletter"]
    search_fields = ["subscriber__email_key"]
    search_help_text = _("A part of the address.")

    @admin.display(description=_("address"))
    def address(self, event):
        return event.subscriber.email if event.subscriber else _("forgotten")
