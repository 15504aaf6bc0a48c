"""What editors do to many subscribers at once; see articles.bulk for how."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from articles.bulk import Change

from .models import ConsentEvent, Subscriber, Subscription, Suppression


class SubscriberChange(Change):
    def rows(self):
        return Subscriber.objects.all()

    def log(self, subscriber, sentence):
        LogEntry.objects.log_actions(self.user.pk, [subscriber], CHANGE, sentence)


class Unsubscribe(SubscriberChange):
    def needed(self):
        """Also of those who could still confirm by a link that they were sent."""
        mailed = Q(status=Subscription.Status.ACTIVE) | Q(tokens__isnull=False, tokens__used_at=None)
        return Q(Exists(Subscription.objects.filter(mailed, subscriber=OuterRef("pk"))))

    def carry_out(self, subscriber):
        subscriber.unsubscribe(method=ConsentEvent.Method.EDITOR)
        self.log(subscriber, gettext("Unsubscribed from everything."))


class Suppress(SubscriberChange):
    def needed(self):
        final = Suppression.objects.filter(email_hash=OuterRef("email_hash"), reason__in=Suppression.FINAL)
        return ~Q(Exists(final))

    def carry_out(self, subscriber):
        subscriber.suppress(Suppression.Reason.EDITOR)
        self.log(subscriber, gettext("Suppressed."))
