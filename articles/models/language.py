"""The languages of the publication."""

from django.db import models


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    ARABIC = "ar", "العربية"
    HEBREW = "he", "עברית"

    @property
    def direction(self):
        """The writing direction, as HTML's `dir` wants it."""
        return "ltr" if self == Language.ENGLISH else "rtl"
