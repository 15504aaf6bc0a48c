"""A person, known by one mail address."""

import uuid

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from articles.models import Language
from newsletter.addresses import MAX_LENGTH, address_hash, address_key, mask, validate_address

from .consent import ConsentEvent
from .outgoing import SignupRequest
from .suppression import Suppression


class SubscriberQuerySet(models.QuerySet):
    def with_address(self, address, *, language):
        """Return the subscriber of a valid address in any of its spellings; made where there is none."""
        return self.get_or_create(
            email_key=address_key(address), defaults={"email": address, "language": language}
        )[0]


class Subscriber(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.CharField(_("address"), max_length=MAX_LENGTH, validators=[validate_address])
    email_key = models.CharField(max_length=MAX_LENGTH, unique=True, editable=False)
    email_hash = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    created = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")

    def __str__(self):
        # The admin's log keeps this for ever, and people may ask to be forgotten.
        return self.masked_address

    def save(self, **kwargs):
        """Save; key and hash follow the address."""
        fields = kwargs.get("update_fields")
        if fields is None or "email" in fields:
            self.email_key, self.email_hash = address_key(self.email), address_hash(self.email)
            if fields is not None:
                kwargs["update_fields"] = {*fields, "email_key", "email_hash"}
        super().save(**kwargs)

    def suppress(self, reason):
        """Write to this address no more, for a reason of Suppression.Reason."""
        Suppression.objects.add(self.email_hash, reason)
        self.unsubscribe(method=ConsentEvent.Method.EDITOR)

    def unsubscribe(self, *, method, origin=None, page=""):
        """Leave every newsletter."""
        for subscription in self.subscriptions.select_related("newsletter"):
            subscription.unsubscribe(method=method, origin=origin, page=page)

    @transaction.atomic
    def forget(self):
        """Erase the person; what stays is a keyed hash, against imports, and proofs that name nobody."""
        # Locked, so that a confirmation at the same moment finds nothing left to confirm.
        subscriptions = list(self.subscriptions.select_for_update())
        Suppression.objects.add(self.email_hash, Suppression.Reason.FORGOTTEN)
        ConsentEvent.objects.filter(subscriber=self).anonymise()
        ConsentEvent.objects.bulk_create(
            ConsentEvent(
                newsletter_id=subscription.newsletter_id,
                action=ConsentEvent.Action.WITHDRAWN,
                method=ConsentEvent.Method.FORGOTTEN,
            )
            for subscription in subscriptions
            if subscription.is_active
        )
        SignupRequest.objects.filter(email_key=self.email_key).delete()
        self.delete()

    @property
    def mailbox(self):
        """The address as mail is sent to it: the domain in the IDNA 2008 form that was checked.

        Django would encode the domain by IDNA 2003, which sends faß.example to fass.example.
        """
        return f"{self.email.rpartition('@')[0]}@{self.email_key.rpartition('@')[2]}"

    @property
    def masked_address(self):
        return mask(self.email)
