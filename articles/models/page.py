"""Pages that stand beside the articles: About, Contact, Privacy."""

from urllib.parse import unquote

from django.conf import settings
from django.db import models
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from .fields import LineField, PlainTextField
from .text import Text


class PageQuerySet(models.QuerySet):
    def published(self):
        """What readers may see."""
        return self.filter(is_published=True)

    def once_public(self):
        """Those whose addresses may be known."""
        return self.published()


class Page(Text):
    title = LineField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=200, allow_unicode=True)
    standfirst = PlainTextField(_("standfirst"), blank=True)
    is_published = models.BooleanField(_("published"), default=False)
    in_footer = models.BooleanField(_("link in the footer"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    origin = models.CharField(max_length=200, null=True, blank=True, unique=True, editable=False)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["language", "position", "title"]
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="one_page_per_language_and_slug",
                violation_error_message=_("Another page in this language has this address."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        with translation.override(self.language):
            return reverse("articles:page", args=[self.slug])

    def is_found_at_its_address(self):
        """Whether the address is free of the site's own, such as /search/, /ar/ or that of uploads."""
        path = unquote(self.get_absolute_url())
        if path.startswith((settings.MEDIA_URL, settings.STATIC_URL)):
            return False
        if (translation.get_language_from_path(path) or settings.LANGUAGE_CODE) != self.language:
            return False
        with translation.override(self.language):
            try:
                return resolve(path).view_name == "articles:page"
            except Resolver404:
                return False
