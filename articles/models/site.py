"""Who publishes: one row, so that nothing about the publisher is in code or settings."""

import zoneinfo

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from articles.prepared import Prepared

from .fields import LineField, PlainTextField, WebAddressField, validate_web_address
from .language import Language
from .page import Page

ACCENT, ACCENT_DARK = "#9c1757", "#f397c0"
_colour = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write a colour as # and six hexadecimal digits."))


# The least contrast for text (WCAG 2.2, success criterion 1.4.3), and the grounds on which accents stand.
MIN_CONTRAST = 4.5
LIGHT_GROUND, DARK_GROUND = "#f1f5f6", "#18222a"


def luminance(colour):
    """Return the relative luminance of #rrggbb, 0 to 1 (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * channel for part, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def validate_on_light(value):
    """Refuse an accent that is too pale to be read on the light ground."""
    _colour(value)
    if contrast(value, LIGHT_GROUND) < MIN_CONTRAST:
        raise ValidationError(_("This colour is too pale to be read on a light page. Choose a darker one."))


def validate_on_dark(value):
    """Refuse an accent that is too dark to be read on the dark ground."""
    _colour(value)
    if contrast(value, DARK_GROUND) < MIN_CONTRAST:
        raise ValidationError(_("This colour is too dark to be read on a dark page. Choose a paler one."))


def validate_time_zone(value):
    """Refuse a time zone that the IANA database does not have."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone such as Europe/Berlin or Asia/Jerusalem."))


class SiteQuerySet(models.QuerySet):
    def in_language(self, language):
        """Return the site with its `words`, `menu`, `social` and `footer_pages` in a language: one query."""
        return next(iter(_site_in(language=language)), None) or Site()

    def with_words(self, language):
        return self.annotate(
            words=ArraySubquery(
                SiteText.objects.filter(language=language).values(
                    json=JSONObject(name="name", tagline="tagline", about="about", imprint="imprint")
                )[:1]
            ),
            menu=ArraySubquery(
                MenuItem.objects.filter(language=language).values(json=JSONObject(label="label", path="path"))
            ),
            languages=ArraySubquery(SiteText.objects.order_by("pk").values("language")),
            social=ArraySubquery(SocialLink.objects.values(json=JSONObject(label="label", url="url"))),
            footer_pages=ArraySubquery(
                Page.objects.published()
                .filter(language=language, in_footer=True)
                .values(json=JSONObject(title="title", slug="slug"))
            ),
        ).select_related("logo")


class Site(models.Model):
    name = LineField(_("name"), max_length=80, default="Standfirst")
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="UTC", validators=[validate_time_zone]
    )
    accent = models.CharField(
        _("accent colour"), max_length=7, default=ACCENT, validators=[validate_on_light]
    )
    accent_dark = models.CharField(
        _("accent colour on dark"), max_length=7, default=ACCENT_DARK, validators=[validate_on_dark]
    )
    neatline = models.BooleanField(
        _("neatline"), default=True, help_text=_("The chequered border at the head and foot of each page.")
    )
    logo = models.ForeignKey(
        "articles.Image", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    postal_address = PlainTextField(
        _("postal address"), blank=True, help_text=_("The law wants it in every newsletter.")
    )
    # There is one row, and the constraint keeps it so.
    singleton = models.BooleanField(default=True, unique=True, editable=False)

    # Filled by in_language().
    words = menu = languages = social = footer_pages = ()

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("site")
        constraints = [models.CheckConstraint(condition=models.Q(singleton=True), name="one_site")]

    def __str__(self):
        return self.name

    @property
    def text(self):
        """The words in the language for which the row was fetched; empty where the editor wrote none."""
        return self.words[0] if self.words else {}

    @property
    def stylesheet(self):
        """The accent colours as CSS; validated on their way in."""
        return (
            f":root{{--accent:{self.accent}}}"
            f"@media (prefers-color-scheme:dark){{:root{{--accent:{self.accent_dark}}}}}\n"
        )

    @property
    def has_own_colours(self):
        return (self.accent, self.accent_dark) != (ACCENT, ACCENT_DARK)

    @property
    def local_name(self):
        return self.text.get("name") or self.name


class SiteText(models.Model):
    site = models.ForeignKey(Site, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    name = LineField(
        _("name"), max_length=80, blank=True, help_text=_("Only where it differs in this language.")
    )
    tagline = LineField(_("tagline"), max_length=200, blank=True)
    about = PlainTextField(_("about, in the footer"), blank=True)
    imprint = PlainTextField(_("imprint, last line of the footer"), blank=True)

    class Meta:
        verbose_name = _("words in one language")
        verbose_name_plural = _("words in each language")
        constraints = [
            models.UniqueConstraint(
                fields=["site", "language"],
                name="one_text_per_language",
                violation_error_message=_("The words in this language are there already."),
            )
        ]

    def __str__(self):
        return self.get_language_display()


class MenuItem(models.Model):
    site = models.ForeignKey(Site, models.CASCADE, related_name="menu_items")
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    label = LineField(_("label"), max_length=60)
    path = models.CharField(
        _("address"), max_length=300, validators=[validate_web_address], help_text=_("Such as /tags/gulf/.")
    )

    class Meta:
        ordering = ["language", "position", "pk"]
        verbose_name = _("menu item")
        verbose_name_plural = _("menu")

    def __str__(self):
        return self.label


class SocialLink(models.Model):
    site = models.ForeignKey(Site, models.CASCADE, related_name="social_links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    label = LineField(_("label"), max_length=60)
    url = WebAddressField(_("address"), max_length=500)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("social link")
        verbose_name_plural = _("social links")

    def __str__(self):
        return self.label


_site_in = Prepared(lambda language: Site.objects.with_words(language)[:1])
