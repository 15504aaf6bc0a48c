"""The proof that somebody asked, and that they left."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .newsletter import Newsletter


class ConsentEventQuerySet(models.QuerySet):
    def anonymise(self):
        """Blank who it was and from where: the one change that the database allows to an event."""
        return self.update(subscriber=None, origin=None, requested_from=None)


class ConsentEvent(models.Model):
    """Append-only. A trigger of the database refuses every DELETE and every UPDATE but `anonymise()`,
    which blanks the person and both network addresses together and leaves all else as it was.

    It guards against our own code and the admin, not against the owner of the database, who can drop it;
    TRUNCATE stays possible for the same reason.
    """

    class Action(models.TextChoices):
        GIVEN = "given", _("consent given")
        WITHDRAWN = "withdrawn", _("consent withdrawn")

    class Method(models.TextChoices):
        DOUBLE_OPT_IN = "double opt-in", _("confirmed by mail")
        PREFERENCES = "preferences", _("on the preferences page")
        LINK = "link", _("by the unsubscribe link")
        EDITOR = "editor", _("by an editor")
        FORGOTTEN = "forgotten", _("asked to be forgotten")

    subscriber = models.ForeignKey(
        "newsletter.Subscriber",
        models.PROTECT,
        null=True,
        related_name="consent_events",
        verbose_name=_("subscriber"),
    )
    newsletter = models.ForeignKey(Newsletter, models.PROTECT, verbose_name=_("newsletter"))
    action = models.CharField(_("what"), max_length=12, choices=Action.choices)
    method = models.CharField(_("how"), max_length=16, choices=Method.choices)
    happened_at = models.DateTimeField(_("when"), db_default=Now(), db_index=True)
    origin = models.GenericIPAddressField(_("from the network address"), null=True)
    page = models.CharField(_("page"), max_length=500, blank=True)
    wording = models.TextField(_("exact wording"), blank=True)
    requested_at = models.DateTimeField(_("asked for"), null=True)
    requested_from = models.GenericIPAddressField(_("asked for from"), null=True)
    confirmation_sent_at = models.DateTimeField(_("confirmation sent"), null=True)

    objects = ConsentEventQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-pk"]
        verbose_name = _("consent event")
        verbose_name_plural = _("consent record")

    def __str__(self):
        return f"{self.get_action_display()}, {self.get_method_display()}"
