"""What a reader sees where there is nothing to see."""

from django.http import HttpResponse, HttpResponsePermanentRedirect, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template

from . import missing
from .desk import is_desk
from .models import Redirect


def not_found(request, exception):
    """Answer 404, unless the address was public once: then lead to where its content is now.

    The page offers what has the words of the address.
    """
    if request.method in ("GET", "HEAD") and (target := Redirect.objects.target_of(request.get_full_path())):
        return HttpResponsePermanentRedirect(target)
    words = "" if is_desk(request) else missing.words_of(request.path)
    found = missing.likely(words) if request.method == "GET" else []
    answer = render(request, "404.html", {"words": words, "likely": found}, status=404)
    if found is None:
        # The next reader of this address may get suggestions.
        answer.headers["Cache-Control"] = "no-store"
    return answer


def bad_request(request, exception):
    """Answer 400 without a query: the request may be hostile."""
    return HttpResponse(get_template("400.html").render(), status=400)


def forbidden(request, exception):
    return render(request, "403.html", status=403)


def server_error(request):
    """Answer 500 without a query or a context: the database may be what failed."""
    return HttpResponseServerError(get_template("500.html").render())
