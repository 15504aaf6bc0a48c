"""Mails that are owed to readers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Language, Outgoing
from newsletter.addresses import MAX_LENGTH

from .newsletter import Newsletter


class SignupRequest(Outgoing):
    """Somebody typed an address into the form; the mail that answers is decided later, out of their sight."""

    email = models.CharField(_("address"), max_length=MAX_LENGTH)
    email_key = models.CharField(max_length=MAX_LENGTH, db_index=True)
    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    origin = models.GenericIPAddressField(_("from the network address"), null=True)
    page = models.CharField(_("page"), max_length=500)
    wording = models.TextField(_("exact wording"))

    class Meta(Outgoing.Meta):
        verbose_name = _("request to sign up")
        verbose_name_plural = _("requests to sign up")

    def __str__(self):
        return f"{self.pk}, {self.get_state_display()}"


class WelcomeMail(Outgoing):
    """Somebody has confirmed."""

    subscription = models.ForeignKey("newsletter.Subscription", models.CASCADE, related_name="+")

    class Meta(Outgoing.Meta):
        verbose_name = _("mail of welcome")
        verbose_name_plural = _("mails of welcome")

    def __str__(self):
        return f"{self.pk}, {self.get_state_display()}"
