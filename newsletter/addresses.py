"""What counts as one address: who may be written to, and when two spellings are one mailbox."""

import hashlib
import hmac

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

# RFC 5321, section 4.5.3.1.3: a path of 256 octets with its angle brackets.
MAX_LENGTH = 254


def validate_address(value):
    """Refuse what mail cannot reach everywhere, with a sentence that says what is wrong.

    Local parts are ASCII: RFC 6531 addresses need a relay with SMTPUTF8. Domains may be in any script.
    """
    local, at, domain = value.rpartition("@")
    if len(value) > MAX_LENGTH:
        problem = _("This address is too long: mail allows 254 characters.")
    elif "," in value or ";" in value or any(letter.isspace() for letter in value):
        problem = _("Write one address only, without spaces or commas.")
    elif not at or not local:
        problem = _("An email address has a name, an @ sign and a domain, such as reader@example.org.")
    elif not local.isascii():
        problem = _(
            "Before the @ sign only the letters a to z, digits and signs such as . _ + - can be used."
        )
    elif "." not in domain.strip(".") and not domain.startswith("["):
        problem = _("This address lacks the end of its domain, such as .org.")
    elif not _is_reachable(value, domain):
        problem = _("Mail cannot reach this address. Is there a slip in it?")
    else:
        return
    raise ValidationError(problem, code="address")


def _is_reachable(value, domain):
    try:
        parsed = _parse(value)
    except EmailNotValidError:
        return False
    # UTS 46 folds a label such as “exampſe” into plain ASCII: that is a look-alike, not a domain.
    labels = zip(domain.split("."), parsed.ascii_domain.split("."), strict=False)
    return all(typed.isascii() or label.startswith("xn--") for typed, label in labels)


def _parse(value):
    return validate_email(value, allow_smtputf8=False, strict=True, check_deliverability=False)


def address_key(value):
    """Return the one spelling of a valid address: case folded, the domain in its IDNA form."""
    return _parse(value).ascii_email.casefold()


def address_hash(value):
    """Return the keyed hash (HMAC-SHA-256, hexadecimal) by which an address is recognised, not read."""
    key = settings.SUBSCRIBER_KEY.encode()
    return hmac.new(key, b"address:" + address_key(value).encode(), hashlib.sha256).hexdigest()


def mask(value):
    """Return an address for a page that a stranger may look at: r•••@example.org."""
    local, _at, domain = value.rpartition("@")
    return f"{local[:1]}•••@{domain}"
