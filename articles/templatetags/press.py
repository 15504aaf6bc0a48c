"""What the press said, on the pages of articles."""

from django import template
from django.utils.dateparse import parse_date, parse_datetime

register = template.Library()


@register.filter
def day(row):
    """Return when a mention of with_press() was in the press; where that is not known, when it was here."""
    return parse_date(row["date"]) if row["date"] else parse_datetime(row["published"])
