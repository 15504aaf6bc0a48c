"""Audio in which an article is read aloud: a person's recording, or made by the server from the text."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .fields import LineField

# Cached pages and podcast feeds go on to name the file of an audio that was replaced.
RETIRED_FOR = timedelta(days=30)


class NarrationQuerySet(models.QuerySet):
    def current(self):
        """Those that are in use: at most one of each source for an article."""
        return self.filter(retired_at=None)

    def recorded(self):
        return self.filter(source=Narration.Source.RECORDED)

    def made(self):
        return self.filter(source=Narration.Source.MADE)

    def complete(self):
        """Without those whose file somebody was killed over, or is writing now."""
        return self.filter(size__gt=0)

    def expired(self):
        """What nobody needs any longer: replaced long ago, or of an article that is gone."""
        return self.filter(models.Q(retired_at__lt=timezone.now() - RETIRED_FOR) | models.Q(article=None))

    def keep(self, article, source, recording, **fields):
        """Store the file of an audio.Recording, let it take the place of the one before, and return its row.

        The row is there before the file and counts as replaced until the file is whole: who is killed in
        between leaves something that readers never see and that is swept up in time.
        """
        narration = self.model(article=article, source=source, retired_at=timezone.now(), **fields)
        narration.file.name = f"audio/{secrets.token_hex(12)}.{recording.extension}"
        narration.mime_type, narration.duration = recording.mime_type, recording.duration
        narration.save()
        stored = narration.file.storage.save(narration.file.name, recording.as_file())
        narration.file.name = stored
        narration.size = narration.file.storage.size(stored)
        narration.save(update_fields=["file", "size"])
        narration.use()
        return narration

    def sweep(self, limit=100):
        """Delete expired ones, up to `limit`: the file before its row, so that a kill is made up for."""
        for narration in self.expired().order_by("pk")[:limit]:
            with transaction.atomic():
                locked = self.expired().select_for_update().filter(pk=narration.pk).first()
                if locked is not None:
                    locked.file.storage.delete(locked.file.name)
                    locked.delete()


class Narration(models.Model):
    class Source(models.TextChoices):
        RECORDED = "recorded", _("read by a person")
        MADE = "made", _("made by the server")

    # Without an article the file is swept up: bulk deletions leave no file behind.
    article = models.ForeignKey("articles.Article", models.SET_NULL, null=True, related_name="narrations")
    source = models.CharField(max_length=8, choices=Source.choices)
    file = models.FileField(upload_to="audio/", max_length=200, editable=False)
    size = models.PositiveIntegerField(default=0, editable=False)  # bytes
    mime_type = models.CharField(max_length=30, editable=False)
    duration = models.FloatField(editable=False)  # seconds
    # How long each sentence takes, in hundredths of a second; empty where nobody knows.
    timings = models.JSONField(default=list, editable=False)
    # Of the sentences that it reads: Article.spoken_hash at that time.
    text_hash = models.CharField(max_length=64, editable=False)
    voice = models.CharField(max_length=200, default="", editable=False)
    read_by = LineField(_("read by"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = NarrationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("narration")
        verbose_name_plural = _("narrations")
        indexes = [
            models.Index(
                fields=["retired_at"],
                name="narration_retired",
                condition=models.Q(retired_at__isnull=False) | models.Q(article=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "source"],
                condition=models.Q(retired_at=None),
                name="one_narration_per_article_and_source",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=["recorded", "made"]), name="narration_source_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(size__gt=0) | models.Q(retired_at__isnull=False),
                name="narration_in_use_is_whole",
            ),
        ]

    def __str__(self):
        return f"{self.article_id} {self.source}"

    @classmethod
    def offered(cls):
        """Return an annotation with the audio that readers of an article get, as JSON, or None.

        A recording comes first, even one of an earlier text; what the server made has to be of this text.
        Read it with `Narration.read_row`.
        """
        own = models.Q(source=cls.Source.RECORDED) | models.Q(text_hash=models.OuterRef("spoken_hash"))
        rows = cls.objects.current().filter(own, article=models.OuterRef("pk")).order_by("-source")
        shown = ["file", "size", "mime_type", "duration", "timings", "text_hash", "read_by", "source"]
        return models.Subquery(rows.values(json=JSONObject(**{name: name for name in shown}))[:1])

    @classmethod
    def read_row(cls, row):
        """Return what `offered` found as an unsaved Narration, or None: `file.url`, `size`, `mime_type`…"""
        return cls(**row) if row else None

    def use(self):
        """Let it take the place of the one of its source that is in use, and start that one's last days."""
        from .article import Article

        with transaction.atomic():
            list(Article.objects.select_for_update(no_key=True).filter(pk=self.article_id).values("pk"))
            others = Narration.objects.current().filter(article=self.article_id, source=self.source)
            others.exclude(pk=self.pk).update(retired_at=timezone.now())
            Narration.objects.complete().filter(pk=self.pk).update(retired_at=None)
        self.retired_at = None

    def retire(self):
        """Take it out of use; it can be used again for a while."""
        self.retired_at = timezone.now()
        Narration.objects.filter(pk=self.pk).update(retired_at=self.retired_at)

    @property
    def kept_until(self):
        return self.retired_at and self.retired_at + RETIRED_FOR
