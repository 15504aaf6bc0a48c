"""Pages about one's own account, and those that a link in a mail opens."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.forms import SetPasswordForm
from django.core import signing
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django_otp import login as mark_as_verified

from articles.models import Throttle
from newsletter.network import network_of, origin_of

from . import links, login, sessions, tasks, two_factor
from .forms import CodeForm, ResetForm, SetUpForm

show_and_act = require_http_methods(["GET", "HEAD", "POST"])
SECRET_SALT = "config.accounts.views.set_up"  # noqa: S105
SECRET_LIFETIME = 3600  # seconds
RESETS = {"limit": 10, "seconds": 3600}  # from one network


def page(request, template, title, status=HTTPStatus.OK, **context):
    context = {**outline(request), "title": title, **context}
    return render(request, f"admin/accounts/{template}.html", context, status=status)


def outline(request):
    """Return what every page of the desk shows; to whoever is not inside, nothing of what there is."""
    context = admin.site.each_context(request)
    if context["has_permission"]:
        return context
    return {**context, "is_nav_sidebar_enabled": False, "available_apps": []}


def note(request, user, sentence):
    """Write into the desk's log what was done to an account."""
    LogEntry.objects.log_actions(request.user.pk, [user], CHANGE, sentence, single_object=True)


# One's own account


@require_safe
def account(request):
    """Who one is here, the second factor, and the way to end other sessions."""
    is_on = two_factor.is_on(request.user)
    return page(
        request,
        "account",
        _("Your account"),
        is_on=is_on,
        is_required=two_factor.is_required_of(request.user),
        codes_left=two_factor.recovery_codes_left(request.user) if is_on else 0,
        idle_hours=settings.SESSION_COOKIE_AGE // 3600,
        max_days=settings.SESSION_MAX_AGE // 86400,
    )


@sensitive_post_parameters("code", "password", "secret")
@never_cache
@csrf_protect
@show_and_act
def set_up(request):
    """Show the secret for an app until a code proves that the app has it; nothing is stored before."""
    if not admin.site.is_colleague(request):
        return redirect(login.with_next(reverse("admin:login"), request.get_full_path()))
    user = request.user
    if two_factor.is_on(user):
        return redirect("account")
    asks_password = sessions.age(request) > sessions.FRESH
    if request.method == "POST" and asks_password and not login.may_prove_again(user):
        return login.locked_out(request)
    form = SetUpForm(request.POST or None, user=user, asks_password=asks_password)
    key = key_in(request)
    if request.method == "POST" and form.is_valid():
        try:
            device, codes = two_factor.set_up(user, key, form.cleaned_data["code"])
        except two_factor.Refused as refused:
            form.add_error("code", str(refused))
        else:
            mark_as_verified(request, device)
            sessions.end_all(user, keep=request.session.session_key)
            request.session.cycle_key()
            note(request, user, _("Turned the second factor on."))
            return show_codes(request, codes)
    issuer = str(request.site)
    return page(
        request,
        "set_up",
        _("Set up the second factor"),
        form=form,
        secret=signing.dumps([user.pk, key], salt=SECRET_SALT),
        letters=two_factor.in_letters(key),
        drawing=two_factor.drawing(two_factor.address(user, key, issuer)),
        is_required=not admin.site.has_permission(request),
        next=login.next_of(request),
    )


def key_in(request):
    """Return the secret that this person was shown, or a new one where there is none, or it is old."""
    try:
        pk, key = signing.loads(request.POST.get("secret", ""), salt=SECRET_SALT, max_age=SECRET_LIFETIME)
    except signing.BadSignature:
        return two_factor.new_key()
    return key if pk == request.user.pk else two_factor.new_key()


def show_codes(request, codes):
    return page(
        request,
        "codes",
        _("Your recovery codes"),
        codes=codes,
        next=login.next_of(request) or reverse("account"),
    )


@sensitive_post_parameters("code")
@show_and_act
def renew_codes(request):
    """Replace the recovery codes, for whoever has a code."""
    form, status = proof(request)
    if not two_factor.is_on(request.user):
        return redirect("account")
    if status is None:
        codes = two_factor.renew_recovery_codes(request.user)
        note(request, request.user, _("Renewed the recovery codes."))
        return show_codes(request, codes)
    return page(
        request,
        "confirm",
        _("New recovery codes"),
        status=status,
        form=form,
        sentence=_("You get ten new codes, and the old ones stop working."),
        button=_("Make new codes"),
    )


@sensitive_post_parameters("code")
@show_and_act
def remove_factor(request):
    """Turn one's own second factor off, for whoever has a code."""
    if not two_factor.is_on(request.user):
        return redirect("account")
    form, status = proof(request)
    if status is None:
        two_factor.remove(request.user)
        note(request, request.user, _("Turned the second factor off."))
        messages.success(request, _("The second factor is off."))
        return redirect("account")
    sentence = _("Your password alone will then open the desk.")
    if two_factor.is_required_of(request.user):
        sentence = _("You will have to set up another one at once, such as that of a new phone.")
    return page(
        request,
        "confirm",
        _("Turn the second factor off"),
        status=status,
        form=form,
        sentence=sentence,
        button=_("Turn it off"),
    )


def proof(request):
    """Return a form for a code, and the status of the page that shows it: None where a code was right."""
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid() or not two_factor.is_on(request.user):
        return form, HTTPStatus.OK
    try:
        two_factor.verify(request.user, form.cleaned_data["code"])
    except two_factor.Refused as refused:
        form.add_error("code", str(refused))
        return form, refused.status
    return form, None


@show_and_act
def end_sessions(request):
    """Log out everywhere but here."""
    if request.method == "POST":
        sessions.end_all(request.user, keep=request.session.session_key)
        messages.success(request, _("You are logged out everywhere else."))
        return redirect("account")
    return page(
        request,
        "confirm",
        _("Log out everywhere else"),
        sentence=_("On every other device and in every other browser you will have to log in again."),
        button=_("Log out everywhere else"),
    )


# Links in mails


@never_cache
@csrf_protect
@show_and_act
def ask_reset(request):
    """Take an address; the answer is the same, and as much work, whoever it belongs to."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not Throttle.objects.allow(f"reset:{network_of(origin_of(request))}", **RESETS):
            return login.locked_out(request)
        tasks.reset_password.enqueue(form.cleaned_data["email"])
        return redirect("admin_password_reset_done")
    return page_of_django(request, "password_reset_form", _("Password reset"), form=form)


@never_cache
@require_safe
def reset_asked(request):
    """What everybody reads who asked for a new password."""
    return page_of_django(request, "password_reset_done", _("Password reset sent"))


def page_of_django(request, template, title, **context):
    context = {**outline(request), "title": title, **context}
    return render(request, f"registration/{template}.html", context)


def accept_invitation(request, token):
    """Set the first password."""
    return set_password(request, links.INVITATION, token, title=_("Welcome"))


def reset_password(request, token):
    """Set a new password; it logs nobody in, and a second factor is asked for as ever."""
    return set_password(request, links.RESET, token, title=_("Choose a new password"))


@sensitive_post_parameters()
@never_cache
@csrf_protect
@show_and_act
def set_password(request, link, token, title):
    """Show the form, and with a POST set the password; two at once take turns, and the second is too late."""
    with transaction.atomic():
        user = link.find(token, lock=request.method == "POST")
        if user is None:
            return page(request, "dead_link", _("This link works no more"), status=HTTPStatus.GONE, link=link)
        form = SetPasswordForm(user, request.POST or None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            form.save()
            sessions.end_all(user)
            messages.success(request, _("Your password is set. Log in with it."))
            return redirect("admin:login")
    return page(request, "set_password", title, form=form, user_of_link=user)
