"""Articles that belong together, in order."""

from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from .fields import LineField, PlainTextField
from .language import Language


class Series(models.Model):
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    title = LineField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=200, allow_unicode=True)
    description = PlainTextField(_("description"), blank=True)

    class Meta:
        ordering = ["title"]
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="one_series_per_language_and_slug",
                violation_error_message=_("Another series in this language has this address."),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        with translation.override(self.language):
            return reverse("articles:series", args=[self.slug])
