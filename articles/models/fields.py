"""Fields and constraints that keep what Postgres, feeds and calendars cannot hold out of the rows."""

import re
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# XML 1.0 (section 2.2) has no place for these, so one of them in a title would break every feed.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SPACES = re.compile(r"\s+")

# A year such as 0001 can be stored, but no longer read once a time zone is applied.
EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class PlainMixin:
    """Cleans plain text on its way into a form and into the database."""

    def to_python(self, value):
        value = super().to_python(value)
        return self.clean_text(value) if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = self.clean_text(value)
            setattr(model_instance, self.attname, value)
        return value


class LineField(PlainMixin, models.CharField):
    """One line of plain text: control characters go, white space is folded."""

    def clean_text(self, value):
        return _SPACES.sub(" ", _CONTROL.sub("", value)).strip()


class PlainTextField(PlainMixin, models.TextField):
    """Plain text of several lines: control characters go, line ends are newlines."""

    def clean_text(self, value):
        return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


class WebAddressField(models.URLField):
    """An http or https address; where an editor leaves out the scheme, https is meant."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", **kwargs})


def validate_moment(value):
    """Refuse a date and time outside 1800–2200, with a sentence for the editor."""
    if not EARLIEST <= value < LATEST:
        raise ValidationError(_("Choose a date between the years 1800 and 2199."), code="moment")


def validate_date(value):
    """Refuse a date outside 1800–2200, with a sentence for the editor."""
    if not EARLIEST.date() <= value < LATEST.date():
        raise ValidationError(_("Choose a date between the years 1800 and 2199."), code="moment")


def within_range(field, name, *, dates=False):
    """Return the constraint that `field` lies in 1800–2200 (or is empty)."""
    low, high = (EARLIEST.date(), LATEST.date()) if dates else (EARLIEST, LATEST)
    return models.CheckConstraint(
        name=name,
        condition=models.Q(**{f"{field}__gte": low, f"{field}__lt": high})
        | models.Q(**{f"{field}__isnull": True}),
        violation_error_message=_("Choose a date between the years 1800 and 2199."),
    )


def validate_web_address(value):
    """Accept http and https addresses and paths on this site."""
    if not re.match(r"(https?://[^\s/?#]+\S*|/(?!/)\S*)\Z", value, re.I) or "\\" in value:
        raise ValidationError(
            _("Write an address that begins with https:// or a path that begins with /."), code="address"
        )
