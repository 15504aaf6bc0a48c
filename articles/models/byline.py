"""Who wrote an article, in order."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .author import links, localised


class BylineQuerySet(models.QuerySet):
    def named(self):
        """With each author's name, role and bio in the article's language: `local_name` and so on."""
        return self.select_related("author").annotate(**localised(models.F("article__language"), "author__"))


class Byline(models.Model):
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="bylines")
    author = models.ForeignKey(
        "articles.Author", models.PROTECT, related_name="bylines", verbose_name=_("author")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = BylineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = pgettext_lazy("one author of it", "byline")
        verbose_name_plural = _("byline")
        # An author's newest few, however many there are.
        indexes = [models.Index(fields=["author", "id"], name="byline_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="one_byline_per_author",
                violation_error_message=_("This author is in the byline already."),
            )
        ]

    def __str__(self):
        return str(self.author)

    @classmethod
    def prefetch(cls, for_page=False):
        """Return the prefetch of an article's `bylines`, for its page with photos and links."""
        queryset = cls.objects.named()
        if for_page:
            queryset = queryset.select_related("author__photo").annotate(link_list=links("author"))
        return models.Prefetch("bylines", queryset)

    @classmethod
    def rows(cls):
        """Return an annotation with an article's authors in its language as [{"name", "slug"}], in order."""
        rows = cls.objects.filter(article=models.OuterRef("pk")).named()
        return ArraySubquery(rows.values(json=JSONObject(name="local_name", slug="author__slug")))
