"""The buttons under an article: which of them a colleague gets, and what pressing one does."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from . import checklist, edition
from .models import Article
from .models.fields import validate_moment
from .models.workflow import State

# In each state the buttons in their order. The first is what Enter presses, so it never publishes.
BUTTONS = {
    State.DRAFT: {
        "_draft": _("Save as draft"),
        "_submit": _("Submit for review"),
        "_publish": _("Publish now"),
        "_schedule": _("Schedule"),
    },
    State.IN_REVIEW: {
        "_save": _("Save"),
        "_publish": _("Publish now"),
        "_schedule": _("Schedule"),
        "_send_back": _("Send back"),
    },
    State.SCHEDULED: {
        "_save": _("Save and keep the time"),
        "_publish": _("Publish now"),
        "_draft": _("Back to draft"),
    },
    State.LIVE: {
        "_save": _("Save and keep it live"),
        "_draft": _("Back to draft"),
    },
    State.WITHDRAWN: {
        "_save": _("Save"),
        "_publish": _("Publish again"),
        "_draft": _("Back to draft"),
    },
}
# The transition of each button; none of the others changes the state.
STEPS = {
    "_submit": "submit",
    "_send_back": "send_back",
    "_publish": "publish",
    "_schedule": "schedule",
    "_withdraw": "withdraw",
    "_draft": "take_back",
}
FOR_WRITERS = {"_draft", "_save", "_submit"}
ALL_THE_SAME = {"_publish": _("Publish all the same"), "_schedule": _("Schedule all the same")}


class WorkflowForm(forms.ModelForm):
    """For use before a form of articles: the pressed button decides on the article's next state.

    `may_publish` says what the editor may do; `held` is what the checklist found when the same form was sent
    to be published a moment ago; `overridden` are the sentences of the warnings that this save overrode.
    """

    may_publish = True
    held = ()
    overridden = ()
    withdrawn_reason = Article._meta.get_field("withdrawn_reason").formfield(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial_status, self.state = self.instance.status, self.instance.state
        self.pressed = next((name for name in STEPS if name in self.data), "")
        self.step = "" if self.pressed == "_draft" and self.state == State.DRAFT else STEPS.get(self.pressed)
        self.moment = None
        if "published_at" in self.fields:
            self.fields["published_at"].help_text = _(
                "A time in the future schedules the article. A time in the past is only the date that "
                "readers are shown: the article appears at once."
            )

    def buttons(self):
        """Return (name, label, whether it is the main one) of each button that this editor gets."""
        offered = [
            (name, label)
            for name, label in BUTTONS[self.state].items()
            if self.may_publish or name in FOR_WRITERS
        ]
        names = [name for name, _label in offered]
        main = next((name for name in ("_save", "_publish", "_submit") if name in names), None)
        return [(name, label, name == main) for name, label in offered]

    def all_the_same(self):
        """Return the button that overrides the warnings; None where something blocks."""
        if not self.held or self.pressed not in ALL_THE_SAME or any(each.blocks for each in self.held):
            return None
        rules = ",".join(dict.fromkeys(finding.rule for finding in self.held))
        return {"name": self.pressed, "value": rules, "label": ALL_THE_SAME[self.pressed]}

    @property
    def can_be_withdrawn(self):
        return self.may_publish and self.state == State.LIVE

    @property
    def accepted(self):
        """The rules of the checklist whose warnings the pressed button overrides."""
        return set(self.data.get(self.pressed, "").split(",")) & set(checklist.WARNINGS)

    def clean(self):
        cleaned = super().clean()
        if self.step:
            self.settle_step()
        elif "published_at" in cleaned:
            self.settle_date()
        if self.state == State.WITHDRAWN and "withdrawn_reason" in self._meta.fields and not self.step:
            self.demand_reason()
        if self.held:
            sentence = _("Nothing is published or saved yet: see {}. What you wrote is still here.")
            link = format_html('<a href="#desk-checklist">{}</a>', _("what the checklist found"))
            self.add_error(None, ValidationError(format_html(sentence, link), code="held"))
        return cleaned

    def settle_step(self):
        # The transition sets the date, once it is certain.
        self.moment = self.cleaned_data.pop("published_at", None)
        if self.moment is not None:
            try:
                validate_moment(self.moment)
            except ValidationError as error:
                self.add_error("published_at", error)
        possible = {*BUTTONS[self.state], *(["_withdraw"] if self.state == State.LIVE else [])}
        if not self.may_publish and self.pressed not in FOR_WRITERS:
            sentence = _("Publishing is for editors: submit the article for review. What you wrote is here.")
            self.add_error(None, ValidationError(sentence, code="permission"))
        elif self.pressed not in possible:
            sentence = _("This article is in another state by now: look at the buttons and choose again.")
            self.add_error(None, ValidationError(sentence, code="state"))
        elif self.step == "schedule" and not self.is_ahead:
            if "published_at" not in self.errors:
                self.add_error("published_at", _("Choose a time in the future to schedule the article."))
        elif self.step == "withdraw":
            self.demand_reason()

    def settle_date(self):
        moment = self.moment = self.cleaned_data["published_at"]
        if self.instance.status != Article.Status.PUBLISHED:
            return
        if moment is None:
            self.add_error("published_at", _("A published article needs a date of publication."))
        elif self.is_ahead and self.state == State.LIVE:
            self.add_error(
                "published_at",
                _("This time is in the future: readers would lose the article. Go back to draft first."),
            )
        elif not self.is_ahead and self.state == State.SCHEDULED:
            self.add_error("published_at", _("This time is past. To publish at once, press “Publish now”."))

    def demand_reason(self):
        if not self.cleaned_data.get("withdrawn_reason") and "withdrawn_reason" not in self.errors:
            self.add_error(
                "withdrawn_reason", _("Say why: readers of the article's address see this sentence.")
            )

    @property
    def is_ahead(self):
        return self.moment is not None and self.moment > edition.now()

    def take_step(self):
        """Let the saved article go where the pressed button leads."""
        article = self.instance
        if self.step == "publish":
            article.publish(edition.now() if self.moment is None or self.is_ahead else self.moment)
        elif self.step == "schedule":
            article.publish(self.moment)
        elif self.step == "withdraw":
            article.withdraw(self.cleaned_data["withdrawn_reason"])
        elif self.step:
            getattr(article, self.step)()
