"""Addresses that must not be written to, kept as keyed hashes so that the list survives erasure."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SuppressionQuerySet(models.QuerySet):
    def is_final(self, email_hash):
        """Whether even a new sign-up with this address gets no answer by mail. Twin: Suppression.is_final."""
        return self.filter(email_hash=email_hash, reason__in=Suppression.FINAL).exists()

    def add(self, email_hash, reason):
        """Suppress a hash and return its row; a final reason is never replaced."""
        row, created = self.get_or_create(email_hash=email_hash, defaults={"reason": reason})
        if not created and not row.is_final and row.reason != reason:
            row.reason = reason
            row.save(update_fields=["reason"])
        return row


class Suppression(models.Model):
    class Reason(models.TextChoices):
        COMPLAINT = "complaint", _("complained")
        EDITOR = "editor", _("blocked by an editor")
        BOUNCE = "bounce", _("mail comes back")
        FORGOTTEN = "forgotten", _("asked to be forgotten")

    # Somebody who was forgotten, or whose mailbox was gone, may come back by confirming again.
    FINAL = [Reason.COMPLAINT, Reason.EDITOR]

    email_hash = models.CharField(_("keyed hash"), max_length=64, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, default=Reason.EDITOR)
    created = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email_hash__regex=r"^[0-9a-f]{64}$"),
                name="suppression_keeps_a_hash",
                violation_error_message=_("Only the keyed hash of an address is kept here."),
            )
        ]

    def __str__(self):
        return f"{self.email_hash[:12]}…"

    @property
    def is_final(self):
        return self.reason in self.FINAL
