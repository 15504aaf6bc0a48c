"""robots.txt (RFC 9309): what search engines need not look at, and where the sitemap is."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from articles.views import public

# Pages for one person, by the part of their addresses before the token.
PERSONAL = ["articles:draft", "newsletter:confirm", "newsletter:preferences", "newsletter:unsubscribe"]


@public
@require_safe
def robots(request):
    closed = [reverse("admin:index")]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            # The form may be found; what it finds is no page of its own.
            closed.append(f"{reverse('articles:search')}?")
            closed += [reverse(name, args=["-"]).partition("-")[0] for name in PERSONAL]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
