"""The publisher, found once per request and only where a page asks."""

import zoneinfo

from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from .desk import is_desk
from .models import Site


class SiteMiddleware:
    """Give each request its `site`; times are shown and read in the site's time zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.site = SimpleLazyObject(find_site)
        timezone.deactivate()
        if is_desk(request):
            request.site.pk  # noqa: B018  finding the site sets the zone before a form reads a time
        return self.get_response(request)


def find_site():
    """Return the Site in the active language, and make its time zone the active one."""
    site = Site.objects.in_language(translation.get_language())
    timezone.activate(zoneinfo.ZoneInfo(site.time_zone))
    return site
