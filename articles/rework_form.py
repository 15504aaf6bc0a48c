"""What is different in the form of an article that is the rework of another, which readers still see."""

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from . import moments
from .models import Article
from .models.workflow import State

BUTTONS = {
    State.DRAFT: {"_draft": _("Save"), "_publish": _("Publish: replace the live text")},
    State.IN_REVIEW: {"_publish": _("Publish: replace the live text")},
    State.SCHEDULED: {"_publish": _("Publish now: replace the live text"), "_draft": _("Do not schedule")},
}


class ReworkChecks:
    """For use before a form of articles: newer words are replaced only where the editor ticked that."""

    @cached_property
    def reworked(self):
        """The article whose rework this is, without its text; None for any other."""
        if not self.instance.draft_of_id:
            return None
        return Article.objects.only("version", "updated_at").get(pk=self.instance.draft_of_id)

    def buttons(self):
        named = BUTTONS.get(self.state, {}) if self.reworked else {}
        return [(name, named.get(name, label), is_main) for name, label, is_main in super().buttons()]

    def others(self):
        return super().others().exclude(pk=self.instance.draft_of_id)

    def clean(self):
        cleaned = super().clean()
        if self.reworked and self.data.keys() & {"_publish", "_schedule"}:
            self.check_what_is_replaced()
        return cleaned

    def check_what_is_replaced(self):
        current = self.reworked.version
        if self.instance.draft_of_version == current:
            return
        if self.data.get("replace_newer") == str(current):
            self.instance.draft_of_version = current
            return
        when = moments.in_full(self.reworked.updated_at)
        sentence = _(
            "The article was saved on %(when)s, after this rework was made of it. Nothing is replaced yet, "
            "and what you wrote is still here: look at what changed there, then tick “Replace it all the "
            "same”."
        )
        self.add_error(None, ValidationError(sentence, code="newer", params={"when": when}))
