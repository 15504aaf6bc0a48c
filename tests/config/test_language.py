import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from config.language import LanguageFromPath


def language_of(path, **request):
    """The language in which a view at this path is run."""
    seen = []

    def view(request):
        seen.append(translation.get_language())
        return HttpResponse()

    with translation.override("en"):
        answer = LanguageFromPath(view)(RequestFactory(**request).get(path))
    assert answer["Content-Language"] == seen[0]
    return seen[0]


@pytest.mark.parametrize(
    ("path", "language"), [("/", "en"), ("/ar/", "ar"), ("/he/tags/x/", "he"), ("/arabia/", "en")]
)
def test_the_path_decides_the_language(path, language):
    assert language_of(path) == language


@pytest.mark.parametrize("path", ["/", "/articles/x/", "/he/"])
def test_neither_a_header_nor_a_cookie_changes_the_language_of_a_public_page(path):
    asked = language_of(path, HTTP_ACCEPT_LANGUAGE="ar", HTTP_COOKIE="django_language=ar")

    assert asked == language_of(path)


def test_the_desk_speaks_the_editors_language():
    assert language_of("/admin/", HTTP_ACCEPT_LANGUAGE="he") == "he"
