"""A comment as the desk's page sends it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .autosaves import storable
from .models import Comment

FIELDS = ["text", "quotation", "prefix", "suffix", "parent"]


class CommentForm(forms.ModelForm):
    class Meta:
        model = Comment
        fields = FIELDS
        error_messages = {
            "text": {
                "required": _("A comment needs a word or two."),
                "max_length": _(
                    "A comment has at most %(limit_value)s characters; this one has %(show_value)s. "
                    "It is still here: shorten it, or make two of it."
                ),
            },
            "parent": {"invalid_choice": _("The comment that you answer is gone.")},
        }

    def __init__(self, sent, *, article, user):
        texts = {name: storable(value) for name, value in sent.items() if isinstance(value, str)}
        super().__init__(texts, instance=Comment(article=article, user=user))
        self.fields["parent"].queryset = article.comments.filter(parent=None)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("parent"):
            # An answer is about what its comment is about.
            cleaned |= dict.fromkeys(["quotation", "prefix", "suffix"], "")
        return cleaned

    @property
    def sentence(self):
        """All that is wrong, in one go."""
        return " ".join(error for errors in self.errors.values() for error in errors)
