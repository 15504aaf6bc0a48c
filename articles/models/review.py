"""What happens between draft and live: comments, links for outsiders, overrides, corrections."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .fields import LineField, PlainTextField, validate_moment, within_range


class Comment(models.Model):
    """A remark on a draft, anchored to the words that it is about."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="comments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    quotation = models.TextField(_("about"), blank=True)
    text = PlainTextField(_("comment"), max_length=5000)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self):
        return self.text[:60]


class CommentMail(models.Model):
    """One mail to one person named in a comment; the row is the truth, a task only sends it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "user"], name="one_mail_per_comment_and_person"),
        ]

    def __str__(self):
        return f"{self.comment_id} to {self.user_id}"


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


class Override(models.Model):
    """An editor published in spite of a warning of the checklist."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="overrides")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    rule = models.CharField(max_length=60)
    message = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.rule}, {self.article_id}"


class CorrectionQuerySet(models.QuerySet):
    def public(self, articles):
        """What readers may see of the notes under some articles, the newest first."""
        return self.filter(article__in=articles, noted_at__lte=timezone.now()).order_by("-noted_at", "-pk")

    def with_article(self):
        """With what a list of notes shows of their articles."""
        shown = ["article__title", "article__slug", "article__language"]
        return self.select_related("article").only("kind", "noted_at", "text", "article", *shown)


class Correction(models.Model):
    """A dated public note under an article: what was wrong, or what is new."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        UPDATE = "update", _("Update")

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="corrections")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.CORRECTION)
    noted_at = models.DateTimeField(_("when"), validators=[validate_moment])
    text = PlainTextField(_("text"), max_length=2000)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_at", "-pk"]
        verbose_name = _("correction or update")
        verbose_name_plural = _("corrections and updates")
        constraints = [within_range("noted_at", "correction_is_a_date_in_use")]

    def __str__(self):
        return self.text[:60]

    @property
    def label(self):
        """What readers see the note called."""
        return gettext("Update") if self.kind == self.Kind.UPDATE else gettext("Correction")

    @classmethod
    def rows(cls):
        """Return an annotation with an article's public notes, the newest first; read by `read_rows`."""
        rows = cls.objects.filter(article=models.OuterRef("pk"), noted_at__lte=timezone.now())
        return ArraySubquery(rows.values(json=JSONObject(kind="kind", noted_at="noted_at", text="text")))

    @classmethod
    def read_rows(cls, rows):
        return [cls(**row | {"noted_at": datetime.fromisoformat(row["noted_at"])}) for row in rows]
