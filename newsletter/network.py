"""Where a request comes from."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings


def origin_of(request):
    """Return the client's address, or None where it is unknown.

    Only what our own TRUSTED_PROXIES appended to X-Forwarded-For counts; the rest anybody can write.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        address = hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else ""
    try:
        parsed = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return None
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def network_of(origin):
    """Return the network that a limit counts: /24 of IPv4, /48 of IPv6 (what one customer may be given)."""
    if origin is None:
        return "unknown"
    bits = 48 if ":" in origin else 24
    return str(ipaddress.ip_network(f"{origin}/{bits}", strict=False))


def is_from_our_pages(request):
    """Return whether a POST comes from a page of ours, as far as a browser tells.

    Takes the place of a CSRF token, which would put a cookie on every cached page. Browsers send
    Sec-Fetch-Site or Origin with each POST; what sends neither is no browser and carries nobody's rights.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin in {settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}


def page_of(request):
    """Return the path of the page on which a form stood, as the browser tells it."""
    try:
        path = urlsplit(request.headers.get("Referer", "")).path
    except ValueError:
        path = ""
    return (path or request.path)[:500]
