"""Links that work for ever without a password: unsubscribing, and the preferences.

A token is one character of key version, then base64url of the row's uuid and of a truncated HMAC-SHA-256 over
purpose, version and uuid. Its key is SUBSCRIBER_KEY, so links in old mails survive a rotation of SECRET_KEY.
"""

import base64
import binascii
import hashlib
import hmac
import uuid

from django.conf import settings
from django.utils.crypto import constant_time_compare

VERSION = "1"
PREFERENCES = "preferences"
UNSUBSCRIBE = "unsubscribe"
MAC_BYTES = 16
LENGTH = 44


def make_token(purpose, row_id):
    """Return the token (44 characters, safe in a URL) of a row's uuid for one purpose."""
    packed = row_id.bytes + _mac(purpose, row_id)
    return VERSION + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_token(purpose, token):
    """Return the uuid that a token names, or None where it is not one of ours for this purpose."""
    if len(token) != LENGTH or not token.startswith(VERSION) or not token.isascii():
        return None
    try:
        packed = base64.b64decode(token[1:] + "=", altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    row_id, mac = uuid.UUID(bytes=packed[:16]), packed[16:]
    return row_id if constant_time_compare(mac, _mac(purpose, row_id)) else None


def _mac(purpose, row_id):
    message = f"{purpose}:{VERSION}:".encode() + row_id.bytes
    return hmac.digest(settings.SUBSCRIBER_KEY.encode(), message, hashlib.sha256)[:MAC_BYTES]
