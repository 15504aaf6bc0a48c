"""Links that let an outsider read one draft."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import LineField, validate_moment


class DraftLink(models.Model):
    """Lets an outsider read one draft until it expires or is revoked; the token is signed, not stored."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="draft_links")
    note = LineField(_("for whom"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("expires"), validators=[validate_moment])
    embargo_until = models.DateTimeField(_("embargo"), null=True, blank=True, validators=[validate_moment])
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    views = models.PositiveIntegerField(_("views"), default=0)
    last_viewed_at = models.DateTimeField(_("last viewed"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("draft link")
        verbose_name_plural = _("draft links")

    def __str__(self):
        return self.note or f"{self.article}"
