"""The WSGI entry point: `gunicorn config.wsgi`."""

import codecs
import os
from email.message import Message

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Django would read the address by any charset that Python knows, also by those that are no text (zlib) and
# those that make what no database keeps (unicode_escape).
CHARSETS = {"utf-8", "ascii", "iso8859-1", "cp1252"}

_django = get_wsgi_application()


def application(environ, start_response):
    return _django(with_plain_charset(environ), start_response)


def with_plain_charset(environ):
    """Take the type from a body whose charset is none that forms come in: it is not read then."""
    if "charset" in (said := environ.get("CONTENT_TYPE", "").lower()):
        claimed = Message()
        claimed["Content-Type"] = said
        try:
            is_plain = codecs.lookup(claimed.get_param("charset", "utf-8")).name in CHARSETS
        except (LookupError, TypeError, ValueError):
            is_plain = False
        if not is_plain:
            environ["CONTENT_TYPE"] = "application/octet-stream"
    return environ
