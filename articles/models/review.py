"""What happens around publishing: warnings overridden, corrections and updates."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import edition

from .fields import PlainTextField, validate_moment, within_range


class Override(models.Model):
    """An editor published in spite of a warning of the checklist."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="overrides")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    rule = models.CharField(max_length=60)
    message = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("overridden warning")
        verbose_name_plural = _("overridden warnings")

    def __str__(self):
        return f"{self.rule}, {self.article_id}"


class CorrectionQuerySet(models.QuerySet):
    def public(self, articles):
        """What readers may see of the notes under some articles, the newest first."""
        return self.filter(article__in=articles, noted_at__lte=edition.now()).order_by("-noted_at", "-pk")

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
        indexes = [models.Index(fields=["noted_at"], name="correction_moments")]
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
        rows = cls.objects.filter(article=models.OuterRef("pk"), noted_at__lte=edition.now())
        return ArraySubquery(rows.values(json=JSONObject(kind="kind", noted_at="noted_at", text="text")))

    @classmethod
    def read_rows(cls, rows):
        return [cls(**row | {"noted_at": datetime.fromisoformat(row["noted_at"])}) for row in rows]
