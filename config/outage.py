"""What a reader sees while the database is away."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import get_template

from articles import errors

RETRY_AFTER = 30  # seconds


def server_error(request):
    """Answer 503 where the database is what failed, 500 otherwise; neither asks the database."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(
            get_template("503.html").render(),
            status=503,
            headers={"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"},
        )
    return errors.server_error(request)
