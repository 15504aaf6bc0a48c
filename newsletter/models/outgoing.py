"""Mails that are owed: one row each, so that a lost job is only a delay."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Language
from newsletter.addresses import MAX_LENGTH

from .newsletter import Newsletter

FIRST_DELAY = timedelta(minutes=5)
LONGEST_DELAY = timedelta(hours=6)
MAX_ATTEMPTS = 10  # about a day and a half


class OutgoingQuerySet(models.QuerySet):
    def due(self, *, overdue_by=timedelta()):
        """What should be sent now, or should have been so long ago."""
        return self.filter(state=Outgoing.State.PENDING, next_attempt_at__lte=timezone.now() - overdue_by)

    def requeue(self, *, overdue_by, limit=100):
        """Return the keys of rows whose job was lost, each at most once in that time."""
        overdue = self.due(overdue_by=overdue_by)
        keys = list(overdue.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
        # Asked again under the lock: a row that a worker has claimed meanwhile keeps its time.
        overdue.filter(pk__in=keys).update(next_attempt_at=timezone.now())
        return keys

    def settled(self):
        return self.exclude(state=Outgoing.State.PENDING)

    def claim(self, pk):
        """Return the row for one attempt, or None where it is not due, is given up or another worker has it.

        Must run in a transaction. The next attempt is set before this one is made, so a worker that is killed
        afterwards leaves a row that falls due again by itself.
        """
        row = self.due().select_for_update(skip_locked=True, of=["self"]).filter(pk=pk).first()
        if row is None:
            return None
        if row.attempts >= MAX_ATTEMPTS:
            row.settle(row.State.FAILED)
            return None
        row.attempts += 1
        row.next_attempt_at = timezone.now() + min(FIRST_DELAY * 2 ** (row.attempts - 1), LONGEST_DELAY)
        row.save(update_fields=["attempts", "next_attempt_at"])
        return row


class Outgoing(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", _("waits")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("no mail is due")
        FAILED = "failed", _("given up")

    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    created = models.DateTimeField(_("asked for"), default=timezone.now)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="due_%(class)ss", condition=models.Q(state="pending")
            )
        ]

    def settle(self, state):
        """Write down how it ended; somebody who was forgotten meanwhile has taken the row along."""
        self.state = state
        type(self).objects.filter(pk=self.pk).update(state=state)

    def fail(self, *, for_good=False):
        """Leave it for the next attempt, or give up: after the last one, or where no other can help."""
        if for_good or self.attempts >= MAX_ATTEMPTS:
            self.settle(self.State.FAILED)


class SignupRequest(Outgoing):
    """Somebody typed an address into the form; the mail that answers is decided later, out of their sight."""

    email = models.CharField(_("address"), max_length=MAX_LENGTH)
    email_key = models.CharField(max_length=MAX_LENGTH, db_index=True)
    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    origin = models.GenericIPAddressField(_("from the network address"), null=True)
    page = models.CharField(_("page"), max_length=500)
    wording = models.TextField(_("exact wording"))

    def __str__(self):
        return f"{self.pk}, {self.get_state_display()}"


class WelcomeMail(Outgoing):
    """Somebody has confirmed."""

    subscription = models.ForeignKey("newsletter.Subscription", models.CASCADE, related_name="+")

    def __str__(self):
        return f"{self.pk}, {self.get_state_display()}"
