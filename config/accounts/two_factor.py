"""The second factor: codes of an app (TOTP, RFC 6238), and recovery codes for a lost phone."""

import base64
import hashlib
import secrets
import time
from http import HTTPStatus
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

CODES = 10
# 24 of 31 letters and digits are 118 bits: enough for a plain hash (ASVS 5.0, 6.5.2). None look alike.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 24
DIGITS = 6


class Refused(Exception):
    """The code was not taken; the text says why. `status` is that of the answer."""

    def __init__(self, sentence, status=HTTPStatus.OK):
        super().__init__(sentence)
        self.status = status


# Who needs it, who has it


def is_required_of(user):
    """Whether the site asks this colleague for it: administrators are those who may change accounts."""
    if settings.TWO_FACTOR_REQUIRED == "administrators":
        return user.has_perm("auth.change_user") or user.has_perm("auth.change_group")
    return settings.TWO_FACTOR_REQUIRED == "everyone"


def suffices(user):
    """Whether what this session has proved is enough: a session of a person with a factor has passed it."""
    return not is_required_of(user) or user.is_verified()


def is_on(user):
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def is_recovery(device):
    return isinstance(device, StaticDevice)


def recovery_codes_left(user):
    device = StaticDevice.objects.filter(user=user).first()
    return device.token_set.count() if device else 0


# Setting it up


def new_key():
    """Return a new secret of 160 bits as hexadecimal digits (RFC 4226, 4, R6)."""
    return secrets.token_hex(20)


def in_letters(key):
    """Return a secret as one types it into an app: base32 in groups of four."""
    letters = base64.b32encode(bytes.fromhex(key)).decode()
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def address(user, key, issuer):
    """Return the address that an app reads: otpauth://totp/Issuer:user?secret=…"""
    issuer = issuer.replace(":", "")
    query = {"secret": in_letters(key).replace(" ", ""), "issuer": issuer, "algorithm": "SHA1"}
    query |= {"digits": DIGITS, "period": 30}
    return f"otpauth://totp/{quote(f'{issuer}:{user.get_username()}')}?{urlencode(query, quote_via=quote)}"


def drawing(text):
    """Return a QR code as an inline SVG without style attributes, dark on light in every theme."""
    return segno.make(text, error="m", micro=False).svg_inline(
        dark="#000", light="#fff", border=4, omitsize=True, svgclass="desk-code", lineclass=None
    )


def set_up(user, key, code):
    """Turn the second factor on and return the recovery codes. Raises Refused.

    The code that proves the app right is used up by it. Two at once take turns, and the second is refused.
    """
    with transaction.atomic():
        get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
        if is_on(user):
            raise Refused(_("There is a second factor already."))
        totp, code = TOTP(bytes.fromhex(key)), plain(code)
        totp.time = time.time()
        if not is_totp(code) or not totp.verify(int(code), tolerance=1):
            raise Refused(_("This code is not right. Is the clock of your phone? Take the next code."))
        TOTPDevice.objects.filter(user=user).delete()
        device = TOTPDevice.objects.create(
            user=user, name="App", key=key, last_t=totp.t(), drift=totp.drift, confirmed=True
        )
        return device, renew_recovery_codes(user)


def renew_recovery_codes(user):
    """Replace the recovery codes; return the new ones, which are kept as hashes and never seen again."""
    codes = [new_recovery_code() for _number in range(CODES)]
    with transaction.atomic():
        get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
        device = StaticDevice.objects.filter(user=user).first()
        device = device or StaticDevice.objects.create(user=user, name="Recovery codes")
        device.token_set.all().delete()
        for code in codes:
            device.token_set.create(token=digest(plain(code)))
    return codes


def remove(user):
    """Turn the second factor off; return whether there was one. Sessions that it verified are so no more."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        return TOTPDevice.objects.filter(user=user).delete()[0] > 0


def new_recovery_code():
    letters = "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, LENGTH, 4))


def digest(code):
    """Return what is stored of a recovery code: 96 bits of its SHA-256, as much as the column holds."""
    return base64.b64encode(hashlib.sha256(code.encode()).digest()[:12]).decode()


# Proving it


def verify(user, code):
    """Use up a code of the app or a recovery code; return the device. Raises Refused.

    Each wrong code doubles the time until another is looked at. The device's row is locked, so that of two
    who send one code at once a single one gets in.
    """
    code = plain(code)
    model, token = (TOTPDevice, code) if is_totp(code) else (StaticDevice, digest(code))
    # The refusal is raised outside: the count of wrong codes must be kept.
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
        is_allowed = device is not None and device.verify_is_allowed()[0]
        is_right = is_allowed and device.verify_token(token)
    if is_right:
        return device
    if device and not is_allowed:
        raise Refused(
            _("There were too many wrong codes. Wait a while, and then try again."),
            HTTPStatus.TOO_MANY_REQUESTS,
        )
    raise Refused(_("This code is not right, or it was used already."))


def plain(code):
    return "".join(letter for letter in code.lower() if letter.isalnum())


def is_totp(code):
    return len(code) == DIGITS and code.isascii() and code.isdecimal()
