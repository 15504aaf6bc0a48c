"""Articles that belong together, in order."""

from django.db import connection, models, transaction
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .fields import LineField, PlainTextField
from .language import Language
from .redirect import Redirect

LAST = 32767


class PartsQuerySet(models.QuerySet):
    """What articles know of their series."""

    def in_series_order(self):
        return self.order_by(models.F("series_position").asc(nulls_last=True), "pk")

    def with_series(self):
        """With the place among the parts that readers may see: `part`, `parts`, `previous_part`, `next_part`.

        The last two are {"title", "slug"} or None.
        """
        outer = models.OuterRef
        place, own = Coalesce("series_position", LAST), Coalesce(outer("series_position"), LAST)
        # A rework stands where its article stands.
        itself = Coalesce(outer("draft_of"), outer("pk"))
        others = self.model.objects.published().filter(series=outer("series")).exclude(pk=itself)
        others = others.alias(place=place).order_by("place", "pk")
        before = models.Q(place__lt=own) | models.Q(place=own, pk__lt=itself)
        earlier, later = others.filter(before), others.filter(~before)
        words = JSONObject(title="title", slug="slug")
        return self.annotate(
            part=1 + count(earlier),
            parts=1 + count(others),
            previous_part=models.Subquery(earlier.reverse().values(words=words)[:1]),
            next_part=models.Subquery(later.values(words=words)[:1]),
        )


def count(queryset):
    """Return the number of a subquery's rows as an expression."""
    counted = queryset.order_by().values("series").annotate(number=models.Count("pk"))
    return Coalesce(models.Subquery(counted.values("number")), 0)


class SeriesQuerySet(models.QuerySet):
    def number(self):
        """Number the parts of each of them anew, so that one that came or went leaves no gap."""
        for series in self:
            series.number()


class Series(models.Model):
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    title = LineField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=200, allow_unicode=True)
    description = PlainTextField(_("description"), blank=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("series")
        verbose_name_plural = pgettext_lazy("several", "series")
        constraints = [
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="one_series_per_language_and_slug",
                violation_error_message=_("Another series in this language has this address."),
            )
        ]

    def __str__(self):
        return self.title

    def save(self, **kwargs):
        """Save; where a series that readers may know changes its address, the old one goes on to answer."""
        before = Series.objects.filter(pk=self.pk).only("slug", "language").first()
        with transaction.atomic():
            super().save(**kwargs)
            moved = before and before.get_absolute_url() != self.get_absolute_url()
            if moved and self.articles.once_public().exists():
                Redirect.objects.lead(before.get_absolute_url(), self.get_absolute_url())

    def get_absolute_url(self):
        with translation.override(self.language):
            return reverse("articles:series", args=[self.slug])

    def number(self):
        """Number the parts 1, 2, 3 in their order; one without a place goes to the end."""
        article = self.articles.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {article} SET series_position = ordered.place FROM (SELECT id, row_number() OVER"  # noqa: S608
                f" (ORDER BY series_position NULLS LAST, id) AS place FROM {article} WHERE series_id = %s"
                f" AND draft_of_id IS NULL) AS ordered WHERE {article}.id = ordered.id"
                f" AND series_position IS DISTINCT FROM ordered.place",
                [self.pk],
            )
