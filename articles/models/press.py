"""What an article in the press drew on, and what was said in the press of an article."""

from django.conf import global_settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from articles import edition

SHOWN = 12  # mentions that an article's page names: the newest
QUOTED_LINES = 12


def languages():
    """Return the languages that a quotation can be in, by code, each named in itself."""
    names = ((code, get_language_info(code)["name_local"]) for code, _name in global_settings.LANGUAGES)
    return sorted(names, key=lambda one: one[1].casefold())


def validate_quotation(value):
    """Refuse a quotation of more than a few lines, with a sentence for the editor."""
    count = len(value.splitlines())
    if count > QUOTED_LINES:
        raise ValidationError(
            _("A quotation has at most %(limit)s lines; this one has %(count)s."),
            code="lines",
            params={"limit": QUOTED_LINES, "count": count},
        )


class PressQuerySet(models.QuerySet):
    """What articles know of the press."""

    def with_press(self):
        """With `drew_on`, what a mention drew on, and `mentions`, where the press drew on an article.

        Both are lists of what readers may see: {"title", "slug", "language"}, for a mention with "outlet",
        "journalist" and "date" too, the newest first and at most one more than SHOWN.
        """
        # What is said of an article goes for its rework too.
        itself = Coalesce(models.OuterRef("draft_of"), models.OuterRef("pk"))
        drawn = DrawnOn.objects.filter(mention=models.OuterRef("pk"), mention__kind="mention")
        drawn = drawn.filter(**readable("analysis")).order_by("position", "pk")
        said = DrawnOn.objects.filter(analysis=itself, mention__kind="mention", **readable("mention"))
        said = said.annotate(
            day=Coalesce("mention__source_date", "mention__published_at", output_field=models.DateTimeField())
        ).order_by("-day", "-pk")
        return self.annotate(
            drew_on=ArraySubquery(drawn.values(json=JSONObject(**words("analysis")))),
            mentions=ArraySubquery(
                said.values(
                    json=JSONObject(
                        **words("mention"),
                        outlet="mention__source_outlet",
                        journalist="mention__source_journalist",
                        date="mention__source_date",
                        published="mention__published_at",
                    )
                )[: SHOWN + 1]
            ),
        )


def readable(name):
    """Return what tells that readers may see the article of a row. Twin: ArticleQuerySet.published."""
    return {
        f"{name}__status": "published",
        f"{name}__published_at__lte": edition.now(),
        f"{name}__draft_of": None,
    }


def words(name):
    return {key: f"{name}__{key}" for key in ("title", "slug", "language")}


class DrawnOn(models.Model):
    """An article of ours that a mention in the press drew on."""

    mention = models.ForeignKey("articles.Article", models.CASCADE, related_name="drawn_on")
    analysis = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="drawn_on_by", verbose_name=_("article")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("article that it drew on")
        verbose_name_plural = _("articles that it drew on")
        constraints = [
            models.UniqueConstraint(
                fields=["mention", "analysis"],
                name="one_row_per_drawn_on",
                violation_error_message=_("This article is in the list already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(mention=models.F("analysis")),
                name="nothing_draws_on_itself",
                violation_error_message=_("A mention does not draw on itself."),
            ),
        ]

    def __str__(self):
        return str(self.analysis)
