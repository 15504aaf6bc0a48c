"""The desk as Django's admin site: who is let in, and where those are led who are not."""

from functools import wraps

from django.contrib.admin import AdminSite
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from . import login, two_factor
from .forms import LoginForm


def with_named_field(view):
    """Refuse to look for a row by a field without a name: Django would answer with an error of its own."""

    @wraps(view)
    def named(request, *args, **kwargs):
        if request.GET.get(TO_FIELD_VAR) == "":
            raise SuspiciousOperation("The field in the address has no name.")
        return view(request, *args, **kwargs)

    return named


class DeskSite(AdminSite):
    def has_permission(self, request):
        """Whether the desk is open: also for whoever must have a second factor, and passed it."""
        return self.is_colleague(request) and two_factor.suffices(request.user)

    def admin_view(self, view, cacheable=False):
        return super().admin_view(with_named_field(view), cacheable)

    def is_colleague(self, request):
        return super().has_permission(request)

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        if request.method == "GET" and self.is_colleague(request):
            if self.has_permission(request):
                return redirect("admin:index")
            return redirect(login.with_next(reverse("account-factor"), login.next_of(request)))
        context = {
            **self.each_context(request),
            "title": gettext("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        if not {REDIRECT_FIELD_NAME} & (request.GET.keys() | request.POST.keys()):
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        request.current_app = self.name
        return login.Login.as_view(
            extra_context=context,
            authentication_form=LoginForm,
            template_name="admin/login.html",
        )(request)

    def password_change(self, request, extra_context=None):
        if request.method == "POST" and not login.may_prove_again(request.user):
            return login.locked_out(request)
        return super().password_change(request, extra_context)

    def leave(self, request):
        """Log out, also whoever has no second factor yet and sees nothing else of the desk."""
        if not request.user.is_authenticated:
            return redirect("admin:index")
        return super().logout(request)
