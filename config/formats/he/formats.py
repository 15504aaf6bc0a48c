"""Dates and times in Hebrew."""

DATETIME_FORMAT = "j בF Y, H:i"
SHORT_DATETIME_FORMAT = "j בM Y, H:i"
