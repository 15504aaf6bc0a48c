"""What every answer says about itself to the browser, and what no request may contain."""

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpResponseBadRequest

from articles.desk import is_desk
from articles.hostile import fault_of

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in [
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    ]
)


class RefuseHostileInput:
    """Answer 400 to NUL bytes and to over-long addresses, which would be a 500 further in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if fault := fault_of(request):
            return HttpResponseBadRequest(fault, content_type="text/plain")
        if any("\0" in value for value in request.COOKIES.values()):
            return HttpResponseBadRequest("A cookie contains a NUL byte.", content_type="text/plain")
        return self.get_response(request)


class CookiesForTheDesk:
    """Take the cookies from requests for anything but the desk: public pages are the same for everybody.

    Without this, a broken cookie would make a middleware set a new one on a page that caches keep.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_desk(request):
            request.META.pop("HTTP_COOKIE", None)
            request.__dict__.pop("COOKIES", None)
        return self.get_response(request)


class SecurityHeaders(CSPMiddleware):
    """Content Security Policy Level 3 and Permissions Policy; the admin has nonces, public pages none."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if is_desk(request) and not report_only and parts.config is None:
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY
        return parts

    def process_response(self, request, response):
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return super().process_response(request, response)
