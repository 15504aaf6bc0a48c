"""The pages on which people join, change and leave.

Whoever has the link may act: the token in the address is the proof, so these POSTs need no CSRF token, and no
page sets a cookie. A GET or HEAD never changes anything, because scanners follow the links in mails.
"""

from functools import wraps

from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.views import public

from . import signups
from .forms import PreferencesForm, SignupForm
from .models import Blocked, ConfirmationToken, ConsentEvent, Newsletter, Subscriber, Subscription
from .network import is_from_our_pages, origin_of, page_of
from .tasks import send_welcome
from .tokens import PREFERENCES, UNSUBSCRIBE, make_token, read_token


def private(view):
    """Keep a page out of caches and search engines, and its address out of other sites' logs."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        # Not `no-referrer`: it makes browsers send `Origin: null` with our own forms.
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


def show_and_act(view):
    return private(require_http_methods(["GET", "HEAD", "POST"])(view))


@public
@require_safe
def index(request):
    """The newsletter's own page: its promise, the form, what is kept."""
    return render(request, "newsletter/index.html", index_context(SignupForm(language=get_language())))


def index_context(form, error=""):
    others = Newsletter.objects.filter(is_default=True).exclude(language=get_language())
    return {"form": form, "error": error, "others": others}


@public
@require_safe
def check_mail(request):
    """What everybody reads who has signed up."""
    return render(request, "newsletter/check_mail.html")


@private
@require_POST
def signup(request):
    """Take an address. The answer is the same, and as much work, whatever we know about the address."""
    form = SignupForm(request.POST, language=get_language())
    if not is_from_our_pages(request):
        return refused(request, form, _("This form was sent from another site. Please sign up here."), 403)
    if form.is_trapped:
        return accepted(request)
    if not form.is_valid():
        return refused(request, form, form.error, 400)
    origin = origin_of(request)
    if not signups.network_may_ask(origin):
        return refused(request, form, _("Too many people sign up at once. Try again in an hour."), 429)
    form.save(origin=origin, page=page_of(request))
    return accepted(request)


def accepted(request):
    if wants_json(request):
        return JsonResponse({"message": _("Look in your mail, and press the button in our message.")})
    response = redirect("newsletter:check-mail")
    response.status_code = 303
    return response


def refused(request, form, error, status):
    if wants_json(request):
        return JsonResponse({"error": str(error)}, status=status)
    return render(request, "newsletter/index.html", index_context(form, error), status=status)


def wants_json(request):
    return "application/json" in request.headers.get("Accept", "")


@show_and_act
def confirm(request, token):
    """One button; pressed, the subscription begins. The link goes on answering afterwards."""
    found = ConfirmationToken.objects.find(token)
    if found and found.is_open and request.method == "POST":
        found = confirmed(found, origin_of(request))
    if found and found.subscription.is_active:
        return render(request, "newsletter/subscribed.html", subscribed_context(found.subscription))
    if found and found.is_open:
        return render(request, "newsletter/confirm.html", {"subscription": found.subscription})
    form = SignupForm(language=get_language())
    return render(request, "newsletter/expired.html", {"form": form}, status=410 if found else 404)


@transaction.atomic
def confirmed(token, origin):
    """Confirm and owe the welcome mail; return the token, or None where the address may not be subscribed."""
    try:
        if token.confirm(origin=origin):
            send_welcome.enqueue(token.subscription.welcome().pk)
    except (Blocked, Subscription.DoesNotExist):
        return None
    return token


def subscribed_context(subscription):
    return {
        "subscription": subscription,
        "preferences_token": make_token(PREFERENCES, subscription.subscriber.uuid),
    }


@show_and_act
def unsubscribe(request, token):
    """Stop one newsletter: a person by the button, or a mail program by RFC 8058's POST, at once.

    Only the address counts: not the body, no cookie, no redirect. A second time is as good as the first.
    """
    row_id = read_token(UNSUBSCRIBE, token)
    if row_id is None:
        raise Http404
    subscription = Subscription.objects.select_related("newsletter").filter(uuid=row_id).first()
    if subscription and request.method == "POST":
        subscription.unsubscribe(method=ConsentEvent.Method.LINK, origin=origin_of(request))
    is_active = subscription is not None and subscription.is_active
    template = "newsletter/unsubscribe.html" if is_active else "newsletter/unsubscribed.html"
    return render(request, template, {"subscription": subscription})


@show_and_act
def preferences(request, token):
    """What somebody gets, without a password: the link came by their mail."""
    subscriber = find_subscriber(token)
    proof = {"origin": origin_of(request), "page": "preferences"}
    form = PreferencesForm(request.POST if request.method == "POST" else None, subscriber=subscriber)
    error = ""
    if "leave" in form.data:
        subscriber.unsubscribe(method=ConsentEvent.Method.PREFERENCES, **proof)
        return saved(token)
    if form.is_bound and form.is_valid():
        try:
            form.save(**proof)
        except Blocked as blocked:
            error = str(blocked)
        else:
            return saved(token)
    context = {"form": form, "subscriber": subscriber, "token": token, "error": error}
    context |= {"newsletters": Newsletter.objects.all(), "is_saved": "saved" in request.GET}
    return render(
        request, "newsletter/preferences.html", context, status=400 if form.errors or error else 200
    )


def saved(token):
    response = redirect("newsletter:preferences", token)
    response["Location"] += "?saved=1"
    response.status_code = 303
    return response


@show_and_act
def forget(request, token):
    """Ask once more, then erase the person."""
    subscriber = find_subscriber(token)
    if request.method == "POST":
        subscriber.forget()
        return render(request, "newsletter/forgotten.html")
    return render(request, "newsletter/forget.html", {"subscriber": subscriber, "token": token})


def find_subscriber(token):
    row_id = read_token(PREFERENCES, token)
    if row_id is None:
        raise Http404
    return get_object_or_404(Subscriber, uuid=row_id)
