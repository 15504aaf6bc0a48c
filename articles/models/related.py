"""What an editor says of an article's neighbours: what to read next, and what shall not stand there."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from .fields import LineField, WebAddressField


class RelatedLink(models.Model):
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="related_links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    target = models.ForeignKey(
        "articles.Article",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="related_from",
        verbose_name=_("article"),
    )
    url = WebAddressField(_("or an outside address"), max_length=1000, blank=True)
    title = LineField(_("title of the outside page"), max_length=300, blank=True)
    note = LineField(
        _("note"), max_length=200, blank=True, help_text=_("Why to read it, such as “Explains the trial”.")
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("related link")
        verbose_name_plural = _("related links")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(target__isnull=False, url="")
                | models.Q(target=None) & ~models.Q(url="") & ~models.Q(title=""),
                name="related_link_has_one_target",
                violation_error_message=_("Choose an article, or give an outside address and its title."),
            ),
            models.UniqueConstraint(
                fields=["article", "target"],
                name="one_related_link_per_target",
                violation_error_message=_("This article is in the list already."),
            ),
        ]

    def __str__(self):
        return self.title or str(self.target)

    @classmethod
    def outside(cls):
        """Return an annotation with an article's links to outside pages as [{"url", "title", "note"}]."""
        rows = cls.objects.filter(article=models.OuterRef("pk"), target=None)
        return ArraySubquery(rows.values(json=JSONObject(url="url", title="title", note="note")))


class RelatedVeto(models.Model):
    """An article that an editor does not want among the automatic related ones of another."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="related_vetoes")
    target = models.ForeignKey("articles.Article", models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("article kept away")
        verbose_name_plural = _("articles kept away")
        constraints = [
            models.UniqueConstraint(fields=["article", "target"], name="one_veto_per_related_article"),
        ]

    def __str__(self):
        return f"{self.target_id} not beside {self.article_id}"
