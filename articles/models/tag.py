"""Subjects, shared by articles of every language."""

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, NaturalKeyManager, TagBase

from .fields import LineField, PlainTextField

# Nobody needs to know how many more pieces carry a tag, and counting them would take longer and longer.
WIDEST = 200


class TagQuerySet(models.QuerySet):
    def in_use(self, articles):
        """The tags of some articles, each with its `number` of them."""
        return self.filter(tagged__content_object__in=articles).annotate(number=models.Count("tagged"))

    def holding(self, typed):
        """The tags that hold what was typed in one of their names."""
        aliases = TagAlias.objects.filter(tag=models.OuterRef("pk"), name__icontains=typed)
        return self.filter(models.Q(name__icontains=typed) | models.Exists(aliases))

    def suggest(self, typed):
        """Up to 20 tags that hold what was typed in one of their names; those that begin with it first."""
        aliases = TagAlias.objects.filter(tag=models.OuterRef("pk"))
        begins = models.Q(name__istartswith=typed) | models.Exists(aliases.filter(name__istartswith=typed))
        return (
            self.holding(typed)
            .annotate(begins=models.ExpressionWrapper(begins, models.BooleanField()))
            .order_by("-begins", "name")[:20]
        )

    def spelling(self, names):
        """Return {name in small letters: the tag's own name} for those that are known, other names too."""
        small = [name.lower() for name in names]
        aliases = TagAlias.objects.annotate(lower=Lower("name")).filter(lower__in=small)
        known = self.annotate(lower=Lower("name")).filter(lower__in=small)
        return dict(aliases.values_list("lower", "tag__name")) | dict(known.values_list("lower", "name"))

    def at(self, slug):
        """Return the tag of an address, be it the present one or another that it has had; or None."""
        found = self.filter(slug=slug).first()
        return found or self.filter(aliases__slug=slug).first()

    def unused(self):
        """Those that no article has, not even a draft."""
        return self.filter(~models.Exists(TaggedArticle.objects.filter(tag=models.OuterRef("pk"))))


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

    def save(self, **kwargs):
        """Save; a new tag keeps off the old addresses of others, and one that moves leaves its own behind."""
        with transaction.atomic(using=kwargs.get("using")):
            if self._state.adding:
                self.slug = self.slug or free_slug(self.slugify(self.name))
            elif kwargs.get("update_fields") is None or "slug" in kwargs["update_fields"]:
                self.keep_old_address()
            super().save(**kwargs)

    def keep_old_address(self):
        before = Tag.objects.filter(pk=self.pk).values_list("slug", flat=True).first()
        if before and before != self.slug:
            self.aliases.filter(slug=self.slug).delete()
            TagAlias.objects.get_or_create(slug=before, defaults={"tag": self})

    def clean(self):
        others = TagAlias.objects.exclude(tag=self.pk).select_related("tag")
        if alias := others.filter(name__iexact=self.name).exclude(name="").first():
            raise ValidationError({"name": _("“%(tag)s” has this as another name.") % {"tag": alias.tag}})
        if alias := others.filter(slug=self.slug).first():
            raise ValidationError(
                {"slug": _("This address leads to “%(tag)s” already.") % {"tag": alias.tag}}
            )

    def get_absolute_url(self):
        return reverse("articles:tag", args=[self.slug])


class TaggedArticle(ItemBase):
    content_object = models.ForeignKey("articles.Article", models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged")

    class Meta:
        verbose_name = _("tag of an article")
        verbose_name_plural = _("tags of articles")
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
            queryset = queryset.annotate(spread=cls.spread("tag"))
        return models.Prefetch("tagged", queryset)

    @classmethod
    def rows(cls):
        """Return an annotation with the names of an article's tags, in the editor's order."""
        rows = cls.objects.filter(content_object=models.OuterRef("pk")).order_by("pk")
        return ArraySubquery(rows.values("tag__name"))

    @classmethod
    def spread(cls, tag):
        """Return an annotation with the number of pieces that carry a tag, `tag` being the outer column."""
        rows = cls.objects.filter(tag=models.OuterRef(tag)).order_by()[:WIDEST]
        return models.Func(
            ArraySubquery(rows.values("pk")), function="cardinality", output_field=models.IntegerField()
        )

    @classmethod
    def first_name(cls):
        """Return an annotation with the name of an article's first tag."""
        rows = cls.objects.filter(content_object=models.OuterRef("pk")).order_by("pk")
        return models.Subquery(rows.values("tag__name")[:1])


def free_slug(wanted):
    """Return the slug, with -2, -3 and so on where a tag has or had it."""
    if not wanted:
        return ""
    wanted = wanted[:90]
    tags, aliases = (
        set(model.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
        for model in (Tag, TagAlias)
    )
    slug, number = wanted, 1
    while slug in tags | aliases:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


class TagAlias(models.Model):
    """Another name of a tag: resolved where an editor types it and where a reader's address has it.

    Without a name it is an address alone.
    """

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="aliases", verbose_name=_("tag"))
    name = LineField(_("name"), max_length=100, blank=True)
    slug = models.SlugField(
        _("address"),
        max_length=100,
        allow_unicode=True,
        unique=True,
        blank=True,
        help_text=_("Leave it empty and it is made from the name."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=~models.Q(name=""),
                name="tag_alias_ignoring_case",
                violation_error_message=_("This other name is in use already."),
            ),
        ]

    def __str__(self):
        return self.name or self.slug

    def clean(self):
        if not self.slug and slugify(self.name, allow_unicode=True):
            self.slug = free_slug(slugify(self.name, allow_unicode=True))
        if not self.slug:
            raise ValidationError(_("Another name needs at least one letter or digit."))
        if self.name and (tag := Tag.objects.filter(name__iexact=self.name).exclude(pk=self.tag_id).first()):
            raise ValidationError({"name": _("There is a tag “%(tag)s”: merge the two.") % {"tag": tag}})
        if tag := Tag.objects.filter(slug=self.slug).first():
            raise ValidationError({"slug": _("The tag “%(tag)s” has this address.") % {"tag": tag}})


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
        return ", ".join(tag["name"] for tag in self.record["tags"]) + f" → {self.into}"
