"""What the publisher's authors sell."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.prepared import Prepared

from .fields import LineField, PlainTextField, validate_web_address
from .language import Language


class BookQuerySet(models.QuerySet):
    def promoted(self, language):
        """The book to promote to readers of a language, or None."""
        return next(iter(_promoted_in(language=language)), None)


class Book(models.Model):
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    title = LineField(_("title"), max_length=200)
    title_language = models.CharField(
        _("language of the title"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    author = LineField(_("author"), max_length=200)
    label = LineField(_("label"), max_length=60, blank=True, help_text=_("Such as “New book”."))
    description = PlainTextField(_("description"))
    publisher = LineField(_("publisher"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    url = models.CharField(_("address"), max_length=500, validators=[validate_web_address])
    button = LineField(_("words of the button"), max_length=60)
    cover = models.ForeignKey(
        "articles.Image", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cover")
    )
    is_promoted = models.BooleanField(_("promote"), default=True)

    objects = BookQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-pk"]
        verbose_name = _("book")
        verbose_name_plural = _("books")

    def __str__(self):
        return self.title


_promoted_in = Prepared(
    lambda language: Book.objects.filter(language=language, is_promoted=True).select_related("cover")[:1]
)
