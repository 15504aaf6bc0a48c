"""The link by which a person proves that an address is theirs."""

import hashlib
import secrets
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .consent import ConsentEvent
from .subscription import Subscription

LIFETIME = timedelta(days=7)


def token_hash(token):
    """Return the SHA-256 of a token, hexadecimal; the token itself is only ever in the mail."""
    return hashlib.sha256(token.encode()).hexdigest()


class ConfirmationTokenQuerySet(models.QuerySet):
    def issue(self, subscription, request):
        """Return a new token (32 random bytes, base64url) that answers a sign-up request for seven days."""
        token = secrets.token_urlsafe(32)
        self.create(
            subscription=subscription,
            token_hash=token_hash(token),
            expires_at=timezone.now() + LIFETIME,
            requested_at=request.created,
            requested_from=request.origin,
            page=request.page,
            wording=request.wording,
        )
        return token

    def find(self, token):
        """Return the row of a token that a person brings, expired or used or not, or None."""
        rows = self.select_related("subscription__subscriber", "subscription__newsletter")
        return rows.filter(token_hash=token_hash(token)).first()


class ConfirmationToken(models.Model):
    """Carries what the consent record will say, so that an unconfirmed address leaves no trace there."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField()
    requested_from = models.GenericIPAddressField(null=True)
    page = models.CharField(max_length=500)
    wording = models.TextField()

    objects = ConfirmationTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to confirm")
        verbose_name_plural = _("links to confirm")

    def __str__(self):
        return f"{self.subscription_id}, {self.expires_at:%Y-%m-%d}"

    @transaction.atomic
    def confirm(self, *, origin):
        """Subscribe, and return whether that changed anything; raises Blocked for a suppressed address."""
        changed = self.subscription.activate(
            method=ConsentEvent.Method.DOUBLE_OPT_IN,
            origin=origin,
            requested_at=self.requested_at,
            requested_from=self.requested_from,
            confirmation_sent_at=self.created,
            page=self.page,
            wording=self.wording,
        )
        self.used_at = self.used_at or timezone.now()
        self.save(update_fields=["used_at"])
        return changed

    @property
    def is_open(self):
        """Whether pressing the button would still do something."""
        return self.used_at is None and self.expires_at > timezone.now()
