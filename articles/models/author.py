"""The people who write, independent of the accounts that log in."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models, transaction
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from .fields import LineField, PlainTextField, WebAddressField
from .language import Language
from .redirect import Redirect


class AuthorQuerySet(models.QuerySet):
    def of(self, articles):
        """Those who wrote some of the articles."""
        return self.filter(models.Exists(articles.filter(bylines__author=models.OuterRef("pk"))))

    def in_language(self, language, prefix=""):
        """Add `local_name`, `local_role` and `local_bio` in a language, and the author's `link_list`."""
        return self.annotate(**localised(language), link_list=links("pk"))


def localised(language, author=""):
    """Return annotations with an author's name, role and bio in a language; theirs where none is given.

    `author` is the path to the author ("" or "author__"); `language` a code or an F().
    """
    join = models.FilteredRelation(
        f"{author}translations", condition=models.Q(**{f"{author}translations__language": language})
    )
    text = models.TextField()
    texts = {
        f"local_{field}": models.functions.Coalesce(
            models.functions.NullIf(f"translation__{field}", models.Value(""), output_field=text),
            f"{author}{field}",
            output_field=text,
        )
        for field in ("name", "role", "bio")
    }
    return {"translation": join, **texts}


def links(author):
    """Return an annotation with an author's links as [{"label", "url"}], `author` being the outer column."""
    return ArraySubquery(
        AuthorLink.objects.filter(author=models.OuterRef(author)).values(
            json=JSONObject(label="label", url="url")
        )
    )


class Author(models.Model):
    name = LineField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=120, unique=True, allow_unicode=True)
    role = LineField(_("role"), max_length=120, blank=True)
    bio = PlainTextField(_("biography"), blank=True, help_text=_("Shown in the author box. Plain text."))
    email = models.EmailField(
        _("public address"),
        blank=True,
        help_text=_("Shown to readers in a form that address collectors cannot read."),
    )
    photo = models.ForeignKey(
        "articles.Image", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("photo")
    )
    origin = models.CharField(max_length=200, null=True, blank=True, unique=True, editable=False)

    objects = AuthorQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("author")
        verbose_name_plural = _("authors")

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """Save; where the address changes, the old one goes on to answer in every language."""
        before = Author.objects.filter(pk=self.pk).only("slug").first()
        with transaction.atomic():
            super().save(**kwargs)
            if before and before.slug != self.slug:
                for language in Language.values:
                    with translation.override(language):
                        Redirect.objects.lead(before.get_absolute_url(), self.get_absolute_url())

    def get_absolute_url(self):
        return reverse("articles:author", args=[self.slug])


class AuthorTranslation(models.Model):
    author = models.ForeignKey(Author, models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    name = LineField(_("name"), max_length=120)
    role = LineField(_("role"), max_length=120, blank=True)
    bio = PlainTextField(_("biography"), blank=True)

    class Meta:
        verbose_name = _("name in another language")
        verbose_name_plural = _("names in other languages")
        constraints = [
            models.UniqueConstraint(
                fields=["author", "language"],
                name="one_translation_per_author_and_language",
                violation_error_message=_("This author has a name in this language already."),
            )
        ]

    def __str__(self):
        return self.name


class AuthorLink(models.Model):
    author = models.ForeignKey(Author, models.CASCADE, related_name="links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    label = LineField(_("label"), max_length=60)
    url = WebAddressField(_("address"), max_length=500)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self):
        return self.label
