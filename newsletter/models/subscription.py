"""What one subscriber gets of one newsletter."""

import uuid

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .consent import ConsentEvent
from .newsletter import Newsletter
from .outgoing import WelcomeMail
from .subscriber import Subscriber
from .suppression import Suppression


class Blocked(Exception):
    """The address is suppressed for good; the sentence is for the person."""

    def __str__(self):
        return str(
            _("This address has been blocked after a complaint or by the editors. Please write to us.")
        )


class SubscriptionQuerySet(models.QuerySet):
    def active(self):
        return self.filter(status=Subscription.Status.ACTIVE)

    def purge_unconfirmed(self, before):
        """Delete those that were asked for before a moment, never confirmed and can no longer be."""
        self.filter(status=Subscription.Status.PENDING, created__lt=before, tokens=None).delete()
        Subscriber.objects.filter(created__lt=before, subscriptions=None, consent_events=None).delete()


class Subscription(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", _("waits for confirmation")
        ACTIVE = "active", _("subscribed")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        BOUNCED = "bounced", _("mail came back")
        COMPLAINED = "complained", _("complained")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    newsletter = models.ForeignKey(Newsletter, models.PROTECT, related_name="subscriptions")
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.PENDING, editable=False
    )
    created = models.DateTimeField(_("asked for"), db_default=Now(), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "newsletter"],
                name="one_subscription_per_newsletter",
                violation_error_message=_("This address has this newsletter already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status="active") | models.Q(confirmed_at__isnull=False),
                name="active_subscription_is_confirmed",
                violation_error_message=_("Nobody is subscribed without having confirmed."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["newsletter", "subscriber"],
                name="active_subscriptions",
                condition=models.Q(status="active"),
            ),
            models.Index(
                fields=["created"], name="unconfirmed_subscriptions", condition=models.Q(status="pending")
            ),
        ]

    def __str__(self):
        return f"{self.newsletter}: {self.get_status_display()}"

    @transaction.atomic
    def activate(self, *, method, **proof):
        """Subscribe by the person's own act and return whether that changed anything.

        `proof` is what the consent record keeps. Two at once are one. Raises Blocked where the address is
        suppressed for good; a suppression that the person may lift is lifted.
        """
        self._lock()
        if self.status == self.Status.ACTIVE:
            return False
        suppression = Suppression.objects.filter(email_hash=self.subscriber.email_hash).first()
        if suppression and suppression.is_final:
            raise Blocked
        if suppression:
            suppression.delete()
        self.status, self.confirmed_at, self.left_at = self.Status.ACTIVE, timezone.now(), None
        self.save(update_fields=["status", "confirmed_at", "left_at"])
        self._record(ConsentEvent.Action.GIVEN, method, **proof)
        return True

    @transaction.atomic
    def unsubscribe(self, *, method, status=Status.UNSUBSCRIBED, origin=None, page=""):
        """Stop this newsletter; a second time changes nothing. Links of older confirmations stop working."""
        try:
            self._lock()
        except Subscription.DoesNotExist:
            # Forgotten at this moment: nothing is left to stop.
            self.status = status
            return
        self.tokens.filter(used_at=None).delete()
        if self.status in {status, self.Status.PENDING}:
            return
        was_active = self.is_active
        self.status, self.left_at = status, timezone.now()
        self.save(update_fields=["status", "left_at"])
        if was_active:
            self._record(ConsentEvent.Action.WITHDRAWN, method, origin=origin, page=page)

    def welcome(self):
        """Put the welcome mail into the outbox and return its row."""
        return WelcomeMail.objects.create(subscription=self)

    def _lock(self):
        self.refresh_from_db(
            fields=["status"], from_queryset=Subscription.objects.select_for_update(of=["self"])
        )

    def _record(self, action, method, **proof):
        ConsentEvent.objects.create(
            subscriber=self.subscriber, newsletter=self.newsletter, action=action, method=method, **proof
        )

    @property
    def is_active(self):
        return self.status == self.Status.ACTIVE
