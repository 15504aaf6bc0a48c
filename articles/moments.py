"""Moments as editors read them: in the active language and time zone."""

from django.utils import timezone
from django.utils.formats import date_format


def in_full(moment):
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def in_short(moment):
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def with_zone(moment):
    return f"{in_full(moment)} ({timezone.get_current_timezone_name()})"
