"""What was typed and not saved yet, and who has an article open."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT = timedelta(days=30)
# Somebody else's save does not take away what an editor typed beside it: a week to come back for it.
SUPERSEDED_KEPT = timedelta(days=7)
KEPT_PER_USER = 50
# Three signs of life may fail to come; browsers slow the clocks of hidden tabs to one tick a minute.
PRESENT = timedelta(seconds=90)


class AutosaveQuerySet(models.QuerySet):
    def keep(self, user, article, tab, data):
        """Keep what a tab's form holds in place of what was kept from it before; return the row.

        A user's oldest beyond KEPT_PER_USER give way. Raises IntegrityError where the article is just gone.
        """
        row = Autosave(user=user, article=article, tab=tab, data=data)
        self.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["user", "tab"],
            update_fields=["article", "data", "updated_at"],
        )
        surplus = self.filter(user=user).order_by("-updated_at", "-pk").values("pk")[KEPT_PER_USER:]
        self.filter(pk__in=surplus).delete()
        return row

    def of(self, user, article):
        """What a user typed into an article (None: into new ones) and did not save, newest first."""
        return self.filter(user=user, article=article).order_by("-updated_at", "-pk")

    def sweep(self):
        """Delete what nobody comes back for: what is old, or the article was long saved over."""
        saved_since = models.Q(article__updated_at__gt=models.F("updated_at"))
        stale = models.Q(updated_at__lt=timezone.now() - SUPERSEDED_KEPT)
        self.filter(models.Q(updated_at__lt=timezone.now() - KEPT) | saved_since & stale).delete()


class Autosave(models.Model):
    """What an editor has typed and not saved: beside the article, never in it. Pruned when saved or old."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # Empty while the article has never been saved; `tab` tells two new ones apart.
    article = models.ForeignKey("articles.Article", models.CASCADE, null=True, related_name="autosaves")
    tab = models.CharField(max_length=40)
    # The form's entries in their order, [[name, value], ...], as FormData has them.
    data = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = AutosaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("text kept while typing")
        verbose_name_plural = _("texts kept while typing")
        constraints = [
            models.UniqueConstraint(fields=["user", "tab"], name="one_autosave_per_user_and_tab"),
        ]

    def __str__(self):
        return f"{self.user_id}, {self.tab}"

    @property
    def title(self):
        return next((value for name, value in self.data if name == "title"), "")


class PresenceQuerySet(models.QuerySet):
    def show(self, user, article):
        """Note a sign of life of a user who has an article open."""
        self.bulk_create(
            [Presence(user=user, article=article)],
            update_conflicts=True,
            unique_fields=["article", "user"],
            update_fields=["seen_at"],
        )

    def beside(self, user, article):
        """Who else has the article open, in the order of their names."""
        others = self.filter(article=article, seen_at__gte=timezone.now() - PRESENT).exclude(user=user)
        return others.select_related("user").order_by("user__first_name", "user__username")

    def sweep(self):
        self.filter(seen_at__lt=timezone.now() - PRESENT).delete()


class Presence(models.Model):
    """Who has an article open, as of the last sign of life from that tab."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("open form")
        verbose_name_plural = _("open forms")
        constraints = [
            models.UniqueConstraint(fields=["article", "user"], name="one_presence_per_user_and_article"),
        ]

    def __str__(self):
        return f"{self.user_id} at {self.article_id}"
