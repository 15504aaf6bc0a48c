"""What an editor says of a mention in the press."""

from django.utils.translation import gettext_lazy as _


class PressForm:
    """For use before a form of articles."""

    def clean(self):
        cleaned = super().clean()
        archive = cleaned.get("source_archive")
        if archive and archive == cleaned.get("source_url"):
            sentence = _(
                "This is the page itself. An archived copy is at another address, or leave it empty."
            )
            self.add_error("source_archive", sentence)
        is_needless = cleaned.get("source_quote_language") == cleaned.get("language")
        if "source_quote_language" in cleaned and (is_needless or not cleaned.get("source_quote")):
            cleaned["source_quote_language"] = ""
        return cleaned
