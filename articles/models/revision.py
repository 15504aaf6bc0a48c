"""Every save by a person, kept whole."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """One save by a person, whole: fields, byline, tags, related links, pictures (see articles.revisions)."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    # Untranslated, so that each editor reads it in a language of their own; `details` fills its placeholders.
    action = models.CharField(_("what happened"), max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)
    snapshot = models.JSONField()
    words_added = models.PositiveIntegerField(default=0)
    words_removed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_revision_per_number"),
        ]

    def __str__(self):
        return f"{self.article_id}, {self.number}"

    @property
    def happened(self):
        """What happened, in the active language."""
        words = gettext(self.action) if self.action else gettext("Saved")
        return words % self.details if self.details else words
