"""The interface's language: by the path alone on the public site, by the browser in the admin."""

from django.utils import translation
from django.utils.cache import patch_vary_headers

from articles.desk import is_desk


class LanguageFromPath:
    """Public pages must be the same for everybody who asks for a path, so no cookie or header counts."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if is_desk(request):
            language = translation.get_language_from_request(request)
        else:
            language = translation.get_language_from_path(request.path_info) or "en"
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        if is_desk(request):
            patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response
