"""Which words the published articles hold, and what readers looked for in vain.

All but MissedSearch is derived from the articles by articles.lexicon and may be thrown away at any time.
"""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .language import Language


class Lexeme(models.Model):
    """A word as the search's vectors have it, folded and stemmed, and in how many articles it stands."""

    lexeme = models.TextField(unique=True)
    documents = models.PositiveIntegerField()  # published articles that have it
    heads = models.PositiveIntegerField()  # those that have it in the title or the standfirst

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.lexeme


class Word(models.Model):
    """A word as readers see it, to complete what they type and to correct it."""

    key = models.TextField()  # folded, so that what is typed without accents finds it, too
    spelling = models.TextField()
    documents = models.PositiveIntegerField()  # published articles that have it
    heads = models.PositiveIntegerField()  # those that have it in title, standfirst, names or tags
    # While the article that had the word last stands as it stood, the word may be shown to readers.
    witness = models.BigIntegerField()
    # Where it leads: the newest few of each, so that no lookup grows with the publication.
    articles = ArrayField(models.BigIntegerField(), default=list)
    tags = ArrayField(models.BigIntegerField(), default=list)
    authors = ArrayField(models.BigIntegerField(), default=list)
    # The key, and the key without one of its letters: two words one slip apart share one of these.
    deletions = ArrayField(models.TextField(), default=list)

    class Meta:
        default_permissions = ()
        constraints = [
            # Finds beginnings as well (PostgreSQL, section 11.10).
            models.UniqueConstraint(fields=["key"], name="word_by_key", opclasses=["text_pattern_ops"])
        ]
        indexes = [GinIndex(fields=["deletions"], name="word_by_deletion", fastupdate=False)]

    def __str__(self):
        return self.spelling


class LexiconState(models.Model):
    """One row: of what the lexicon was made, when, and how long that took."""

    stamp = models.TextField(default="")
    made_at = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.stamp


class MissedSearchQuerySet(models.QuerySet):
    KEPT = 2000  # rows
    KEPT_FOR = timedelta(days=180)

    def count_one(self, *, query, language, offered=""):
        """Count one more search that found nothing; one upsert, so that two at once are two."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO articles_missedsearch AS old (query, language, offered, count, last_at)
                VALUES (%(query)s, %(language)s, %(offered)s, 1, now())
                ON CONFLICT (query, language) DO UPDATE
                SET count = old.count + 1, offered = EXCLUDED.offered, last_at = EXCLUDED.last_at
                """,
                {"query": query, "language": language, "offered": offered},
            )

    def sweep(self):
        """Delete what is old, and all but the latest 2,000; the heartbeat's work."""
        newest = self.order_by("-last_at", "-pk").values("pk")
        last_kept = newest[self.KEPT - 1 : self.KEPT].values("last_at")
        old = models.Q(last_at__lt=timezone.now() - self.KEPT_FOR)
        return self.filter(old | models.Q(last_at__lt=models.Subquery(last_kept))).delete()[0]


class MissedSearch(models.Model):
    """Words that somebody looked for and that no article has; nothing about who it was."""

    query = models.CharField(_("searched for"), max_length=200)
    language = models.CharField(_("language of the page"), max_length=2, choices=Language.choices)
    offered = models.CharField(_("offered instead"), max_length=200, blank=True, default="")
    count = models.PositiveIntegerField(_("times"), default=1)
    last_at = models.DateTimeField(_("last"), default=timezone.now, db_index=True)

    objects = MissedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at"]
        verbose_name = _("search that found nothing")
        verbose_name_plural = _("searches that found nothing")
        default_permissions = ("view", "delete")
        constraints = [
            models.UniqueConstraint(fields=["query", "language"], name="one_row_per_missed_search")
        ]

    def __str__(self):
        return self.query
