"""The signup form stands on every public page."""

from django.utils import translation
from django.utils.functional import SimpleLazyObject

from .models import Newsletter


def newsletter(request):
    """The newsletter that readers of this page's language may join; looked up only where a page asks."""
    return {
        "newsletter": SimpleLazyObject(lambda: Newsletter.objects.in_language(translation.get_language()))
    }
