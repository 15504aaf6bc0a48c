"""What an editor says about an article's review and series."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReviewForm:
    """Putting off the review of an article says that it was reviewed; for use before a model form."""

    def clean(self):
        cleaned = super().clean()
        before, after = self.initial.get("review_by"), cleaned.get("review_by")
        put_off = before and after and after > before
        if put_off and "reviewed_on" not in self.changed_data and "reviewed_on" in self.fields:
            cleaned["reviewed_on"] = timezone.localdate()
        reviewed = cleaned.get("reviewed_on")
        if reviewed and reviewed > timezone.localdate():
            self.add_error("reviewed_on", _("A review cannot have been made in the future."))
        return cleaned


class PartForm:
    """A part is in the language of its series; for use before a model form."""

    def clean(self):
        cleaned = super().clean()
        series, language = cleaned.get("series"), cleaned.get("language")
        if series and language and series.language != language:
            self.add_error("series", _("This series is in another language."))
        elif "series" in self.changed_data:
            # In another series it begins at the end.
            self.instance.series_position = None
        return cleaned
