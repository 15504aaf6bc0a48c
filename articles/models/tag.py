"""Subjects, shared by articles of every language."""

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, NaturalKeyManager, TagBase

from .fields import LineField, PlainTextField


class TagQuerySet(models.QuerySet):
    def in_use(self, articles):
        """The tags of some articles, each with its `number` of them."""
        return self.filter(tagged__content_object__in=articles).annotate(number=models.Count("tagged"))

    def suggest(self, typed):
        """Up to 20 tags that hold what was typed; those that begin with it first."""
        begins = models.Case(models.When(name__istartswith=typed, then=0), default=1)
        return self.filter(name__icontains=typed).order_by(begins, "name")[:20]


class TagManager(NaturalKeyManager.from_queryset(TagQuerySet)):
    """taggit's manager with our questions."""


class Tag(TagBase):
    name = LineField(_("name"), max_length=100, unique=True)
    description = PlainTextField(
        _("description"), blank=True, help_text=_("A sentence for the head of the tag's page.")
    )

    objects = TagManager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="tag_name_ignoring_case",
                violation_error_message=_("There is a tag with this name already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(slug=""),
                name="tag_has_slug",
                violation_error_message=_("A tag needs at least one letter or digit."),
            ),
        ]

    def get_absolute_url(self):
        return reverse("articles:tag", args=[self.slug])


class TaggedArticle(ItemBase):
    content_object = models.ForeignKey("articles.Article", models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="one_tag_once_per_article"),
        ]

    def __str__(self):
        return str(self.tag)

    @classmethod
    def prefetch(cls):
        """Return the prefetch of an article's `tagged` rows with their tags, in the editor's order."""
        return models.Prefetch("tagged", cls.objects.select_related("tag").order_by("pk"))

    @classmethod
    def first_name(cls):
        """Return an annotation with the name of an article's first tag."""
        rows = cls.objects.filter(content_object=models.OuterRef("pk")).order_by("pk")
        return models.Subquery(rows.values("tag__name")[:1])
