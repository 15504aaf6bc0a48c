"""What makes a password too easy to guess, beside Django's own rules (ASVS 5.0, 6.2; NIST SP 800-63B-4).

There is no rule about kinds of characters, and no greatest length.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from articles.models import Site

SHORTEST = 12
# So much must be left of a password when the words are taken out that anybody would try first.
OWN = 8


class LengthValidator:
    def validate(self, password, user=None):
        if len(password) < SHORTEST:
            raise ValidationError(
                _("This password is too short: it needs %(count)s characters."),
                code="password_too_short",
                params={"count": SHORTEST},
            )

    def get_help_text(self):
        return _(
            "At least %(count)s characters; 15 or more are better. Several words in a row are easy to "
            "remember, and a password manager makes and keeps good ones."
        ) % {"count": SHORTEST}


class ContextValidator:
    """Refuse little more than the name of the publication, the software or the person (ASVS 6.2.11)."""

    def validate(self, password, user=None):
        rest = plain(password)
        for word in sorted(words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < OWN <= len(plain(password)):
            raise ValidationError(
                _("This password is too close to the name of the publication or to yours."),
                code="password_too_close",
            )

    def get_help_text(self):
        return _("Not the name of the publication, or yours, with a few characters more.")


def words(user):
    """Return the words that somebody would try first, without those too short to matter."""
    site = Site.objects.first()
    names = ["standfirst", "password", "editor", "admin", site.name if site else ""]
    if user is not None:
        names += [user.get_username(), user.first_name, user.last_name, *re.split(r"[@.]", user.email)]
    parts = [part for name in names for part in (name, *name.split())]
    return {plain(part) for part in parts if len(plain(part)) > 3}


def plain(text):
    return re.sub(r"[\W_]", "", text.casefold())
