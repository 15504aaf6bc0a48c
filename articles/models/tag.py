"""Subjects, shared by articles of every language."""

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, NaturalKeyManager, TagBase

from .fields import LineField, PlainTextField

# Nobody needs to know how many more pieces carry a tag, and counting them would take longer and longer.
WIDEST = 200


class TagQuerySet(models.QuerySet):
    def in_use(self, articles):
        """The tags of some articles, each with its `number` of them."""
        rows = TaggedArticle.objects.filter(content_object__in=articles)
        counts = rows.values("tag").annotate(number=models.Count("pk"))
        return self.annotate(
            number=models.Subquery(
                counts.filter(tag=models.OuterRef("pk")).values("number"),
                output_field=models.IntegerField(),
            )
        ).filter(number__gt=0)

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
        # A tag's newest few, however many there are.
        indexes = [models.Index(fields=["tag", "id"], name="tagged_newest")]
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="one_tag_once_per_article"),
        ]

    def __str__(self):
        return str(self.tag)

    @classmethod
    def prefetch(cls, for_page=False):
        """Return the prefetch of an article's `tagged` rows with their tags, in the editor's order.

        For its page each has a `spread`: how many pieces carry the tag, at most WIDEST.
        """
        queryset = cls.objects.select_related("tag").order_by("pk")
        if for_page:
            rows = cls.objects.filter(tag=models.OuterRef("tag")).order_by()[:WIDEST]
            queryset = queryset.annotate(
                spread=models.Func(
                    ArraySubquery(rows.values("pk")),
                    function="cardinality",
                    output_field=models.IntegerField(),
                )
            )
        return models.Prefetch("tagged", queryset)

    @classmethod
    def first_name(cls):
        """Return an annotation with the name of an article's first tag."""
        rows = cls.objects.filter(content_object=models.OuterRef("pk")).order_by("pk")
        return models.Subquery(rows.values("tag__name")[:1])


class TagAlias(models.Model):
    """Another name of a tag: resolved where an editor types it and where a reader's address has it."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="aliases", verbose_name=_("tag"))
    name = LineField(_("name"), max_length=100)
    slug = models.SlugField(_("address"), max_length=100, allow_unicode=True, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="tag_alias_ignoring_case",
                violation_error_message=_("This other name is in use already."),
            ),
        ]

    def __str__(self):
        return self.name


class TagMerge(models.Model):
    """What a merge of tags did, so that it can be undone: the lost tags and who carried them."""

    into = models.ForeignKey(Tag, models.CASCADE, related_name="merges")
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    record = models.JSONField()
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("merge of tags")
        verbose_name_plural = _("merges of tags")

    def __str__(self):
        return str(self.into)
