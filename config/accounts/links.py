"""Links in mails with which a colleague sets a password: signed, dated, each for one purpose and one use."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse


@dataclass(frozen=True)
class Link:
    """A kind of link, named as its address. It is signed with what its use changes, so that it works once."""

    name: str
    lifetime: timedelta
    for_new_accounts: bool

    def address(self, user):
        """Return the whole address; by SITE_URL alone, because anybody can write a Host header."""
        return settings.SITE_URL + reverse(self.name, args=[self.token(user)])

    def token(self, user):
        return self.signer(user).sign(str(user.pk))

    def find(self, token, *, lock=False):
        """Return whose password the link sets; None where it is no link of ours, old, used or withdrawn."""
        pk = token.partition(".")[0]
        if not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
            return None
        users = get_user_model().objects
        user = (users.select_for_update(no_key=True) if lock else users).filter(pk=pk).first()
        if user is None or not self.is_for(user):
            return None
        try:
            self.signer(user).unsign(token, max_age=self.lifetime)
        except BadSignature:
            return None
        return user

    def is_for(self, user):
        is_new = not user.has_usable_password()
        return user.is_active and user.is_staff and is_new == self.for_new_accounts

    def signer(self, user):
        state = hashlib.sha256(f"{user.password} {user.last_login} {user.email}".encode()).hexdigest()
        return TimestampSigner(sep=".", salt=f"config.accounts.links:{self.name}:{state}")


INVITATION = Link("invitation", timedelta(days=7), for_new_accounts=True)
RESET = Link("password-reset-link", timedelta(hours=1), for_new_accounts=False)
