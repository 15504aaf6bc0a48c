"""Logging in: the password, then the code of whoever has a second factor; and how often it may be tried."""

import hashlib
import time
from http import HTTPStatus
from urllib.parse import urlencode

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME, get_user_model
from django.contrib.auth import login as begin_session
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from articles.models import Throttle
from newsletter.network import network_of, origin_of

from . import two_factor
from .forms import CodeForm

# Between the password and the code. Nobody is logged in by what is kept here.
PENDING = "desk_login"
PATIENCE = 10 * 60  # seconds
# Beside the limit of axes, which counts the failures of one account from one address.
PER_NETWORK = {"limit": 100, "seconds": 15 * 60}
PER_ACCOUNT = {"limit": 100, "seconds": 3600}
# Whoever finds a session open does not get to guess its password.
PER_SESSION = {"limit": 10, "seconds": 3600}


class Login(LoginView):
    """The first step; the session begins here only for those without a second factor."""

    def post(self, request, *args, **kwargs):
        if not may_try(request, request.POST.get("username", "")):
            return locked_out(request)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        user = form.get_user()
        if not two_factor.is_on(user):
            return super().form_valid(form)
        self.request.session[PENDING] = {
            "user": user.pk,
            "backend": user.backend,
            "hash": user.get_session_auth_hash(),
            "at": int(time.time()),
        }
        return redirect(with_next(reverse("login-code"), self.get_redirect_url()))


@sensitive_post_parameters("code")
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request):
    """The second step: a code of the app, or one of the recovery codes."""
    user = pending_user(request)
    if user is None:
        request.session.pop(PENDING, None)
        return redirect(with_next(reverse("admin:login"), next_of(request)))
    if not AxesProxyHandler.is_allowed(request, credentials_of(user)):
        return locked_out(request)
    form, status = CodeForm(request.POST or None), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            device = two_factor.verify(user, form.cleaned_data["code"])
        except two_factor.Refused as refused:
            status = refused.status
            form.add_error("code", str(refused))
            # Counts for the lock of the login, too.
            user_login_failed.send(__name__, credentials=credentials_of(user), request=request)
        else:
            return finish(request, user, device)
    context = {
        **admin.site.each_context(request),
        "title": _("Second step"),
        "form": form,
        "recovery": "recovery" in request.GET,
        "next": next_of(request),
    }
    return render(request, "admin/accounts/code.html", context, status=status)


def finish(request, user, device):
    backend = request.session.pop(PENDING)["backend"]
    user.otp_device = device
    begin_session(request, user, backend)
    if two_factor.is_recovery(device):
        left = two_factor.recovery_codes_left(user)
        sentence = ngettext("%(count)s recovery code is left.", "%(count)s recovery codes are left.", left)
        messages.warning(request, sentence % {"count": left})
    return redirect(next_of(request) or "admin:index")


def pending_user(request):
    """Return who gave the right password a moment ago, unless it was changed since or the account closed."""
    kept = request.session.get(PENDING)
    if not kept or time.time() - kept["at"] > PATIENCE:
        return None
    user = get_user_model().objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return user


def credentials_of(user):
    return {"username": user.get_username()}


def next_of(request):
    """Return where the login should lead, if that is on this site; otherwise nothing."""
    place = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    safe = url_has_allowed_host_and_scheme(
        place, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return place if safe else ""


def with_next(address, place):
    return f"{address}?{urlencode({REDIRECT_FIELD_NAME: place})}" if place else address


def may_try(request, username):
    """Count a try and return whether it is one too many from this network, or for this account."""
    account = hashlib.sha256(username.casefold().encode()).hexdigest()
    return Throttle.objects.allow(
        f"login:{network_of(origin_of(request))}", **PER_NETWORK
    ) and Throttle.objects.allow(f"login:{account}", **PER_ACCOUNT)


def may_prove_again(user):
    """Count that a session sends its own password again; return whether that is not too often."""
    return Throttle.objects.allow(f"own:{user.pk}", **PER_SESSION)


def locked_out(request, response=None, credentials=None):
    """Answer that there were too many tries (429, RFC 6585), whether any of them was right or not."""
    context = {"title": _("Too many attempts"), "is_nav_sidebar_enabled": False}
    status = HTTPStatus.TOO_MANY_REQUESTS
    answer = render(request, "admin/accounts/locked.html", context, status=status)
    answer["Retry-After"] = PER_NETWORK["seconds"]
    return answer
