"""Mails that are owed: one row each, so that a lost job is only a delay."""

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)

FIRST_DELAY = timedelta(minutes=5)
LONGEST_DELAY = timedelta(hours=6)
MAX_ATTEMPTS = 10  # about a day and a half


class OutgoingQuerySet(models.QuerySet):
    def due(self, *, overdue_by=timedelta()):
        """What should be sent now, or should have been so long ago."""
        return self.filter(state=self.model.State.PENDING, next_attempt_at__lte=timezone.now() - overdue_by)

    def requeue(self, *, overdue_by, limit=100):
        """Return the keys of rows whose job was lost, each at most once in that time."""
        overdue = self.due(overdue_by=overdue_by)
        keys = list(overdue.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
        # Asked again under the lock: a row that a worker has claimed meanwhile keeps its time.
        overdue.filter(pk__in=keys).update(next_attempt_at=timezone.now())
        return keys

    def settled(self):
        return self.exclude(state=self.model.State.PENDING)

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

    def fail(self, error):
        """Leave it for the next attempt, or give up: after the last one, or where no other can help."""
        log.warning(
            "%s %s, attempt %s: %s", type(self).__name__, self.pk, self.attempts, type(error).__name__
        )
        if self.attempts >= MAX_ATTEMPTS or is_refused(error):
            self.settle(self.State.FAILED)


def is_refused(error):
    """Whether the mail server says that this recipient will never be reached (RFC 5321: a 5yz reply)."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _reason in error.recipients.values())
