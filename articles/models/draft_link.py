"""Links that let an outsider read one draft."""

from django.conf import settings
from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from .fields import LineField, validate_moment

# Of its own, so that no other signed value of ours opens a draft.
SIGNER = signing.Signer(sep=".", salt="articles.draft-link")
LONGEST_TOKEN = 80  # characters


class DraftLinkQuerySet(models.QuerySet):
    def open(self):
        """Those that answer. Twin: DraftLink.is_open."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def find(self, token):
        """Return the link of a token, or None where we did not sign it or the link was deleted."""
        try:
            key = SIGNER.unsign(token) if len(token) <= LONGEST_TOKEN else ""
        except signing.BadSignature:
            return None
        return self.filter(pk=key).first() if key.isdecimal() else None

    def count_view(self, link):
        """Count one more view, however many arrive at once."""
        self.filter(pk=link.pk).update(views=models.F("views") + 1, last_viewed_at=timezone.now())


class DraftLink(models.Model):
    """Lets an outsider read one draft until it expires or is revoked; the token is signed, not stored."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="draft_links")
    note = LineField(_("for whom"), max_length=200, help_text=_("Only your colleagues see it."))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("expires"), validators=[validate_moment])
    embargo_until = models.DateTimeField(
        _("embargo until"), null=True, blank=True, validators=[validate_moment]
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    views = models.PositiveIntegerField(_("views"), default=0)
    last_viewed_at = models.DateTimeField(_("last viewed"), null=True, blank=True)

    objects = DraftLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("draft link")
        verbose_name_plural = _("draft links")

    def __str__(self):
        return self.note

    def get_absolute_url(self):
        with translation.override(self.article.language):
            return reverse("articles:draft", args=[self.token])

    @property
    def token(self):
        """What the address holds: the key with an HMAC-SHA-256 under SECRET_KEY."""
        return SIGNER.sign(self.pk)

    @property
    def is_open(self):
        """Twin: DraftLinkQuerySet.open."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def is_under_embargo(self):
        return self.embargo_until is not None and self.embargo_until > timezone.now()

    def revoke(self):
        """Let it answer no longer; return whether it was not revoked before."""
        return DraftLink.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now()) == 1
