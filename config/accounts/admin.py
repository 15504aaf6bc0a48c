"""Colleagues and their groups: inviting, changing, closing. Nobody gives what they do not have."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django_otp.plugins.otp_totp.models import TOTPDevice

from articles.admin.paging import CheckedKeys

from . import links, rights, sessions, tasks, two_factor
from .forms import ColleagueForm, InvitationForm
from .views import note, page

NAMES = ["first_name", "last_name", "email"]
# The first half of an advisory lock's keys, as those of the heartbeat.
ACCOUNTS = 0x5F03


class ColleagueAdmin(CheckedKeys, UserAdmin):
    form = ColleagueForm
    add_form = InvitationForm
    add_form_template = None
    fieldsets = [
        (None, {"fields": ["username", *NAMES]}),
        (_("What they may do"), {"fields": ["is_active", "is_superuser", "groups"]}),
        (_("Important dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": [*NAMES, "username", "groups"]})]
    readonly_fields = ["last_login", "date_joined"]
    list_display = ["username", "name", "email", "group_names", "state", "second_factor", "last_login"]
    list_filter = ["is_active", "groups"]
    filter_horizontal = []
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50

    def get_urls(self):
        # Without UserAdmin's page on which one sets the password of another (ASVS 5.0, 6.4.6).
        view, named = self.admin_site.admin_view, require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("<int:pk>/link/", view(named(self.link_view)), name="auth_user_link"),
            path("<int:pk>/factor/", view(named(self.factor_view)), name="auth_user_factor"),
            *admin.ModelAdmin.get_urls(self),
        ]

    # Who may do what

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or rights.may_manage(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj != request.user and rights.may_manage(request.user, obj)))

    def get_readonly_fields(self, request, obj=None):
        fields = list(self.readonly_fields)
        if obj == request.user:
            # Nobody locks themselves out, or drops the rights that they would need to take them up again.
            fields += ["is_active", "is_superuser", "groups"]
        return fields

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (name, options | {"fields": [field for field in options["fields"] if field != "is_superuser"]})
            for name, options in fieldsets
        ]

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "groups":
            kwargs |= {
                "queryset": rights.groups_within(request.user).order_by("name"),
                "widget": forms.CheckboxSelectMultiple,
                "help_text": "",
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.widget.can_add_related = False
        return field

    # The list

    def get_queryset(self, request):
        factor = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(has_factor=Exists(factor)).prefetch_related("groups")

    @admin.display(description=_("Name"), ordering="last_name")
    def name(self, user):
        return user.get_full_name()

    @admin.display(description=_("Groups"))
    def group_names(self, user):
        names = [_("Superuser")] if user.is_superuser else []
        return ", ".join(map(str, [*names, *(group.name for group in user.groups.all())]))

    @admin.display(description=_("State"), ordering="is_active")
    def state(self, user):
        if not user.is_active:
            return format_html('<span class="desk-state">{}</span>', _("Closed"))
        if user.password.startswith(UNUSABLE_PASSWORD_PREFIX):
            return format_html('<span class="desk-state scheduled">{}</span>', _("Invited"))
        return format_html('<span class="desk-state published">{}</span>', _("Active"))

    @admin.display(description=_("Second factor"), boolean=True)
    def second_factor(self, user):
        return user.has_factor

    # Inviting and saving

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Two who save accounts at once take turns, so that no name or address is taken twice."""
        with transaction.atomic(), connection.cursor() as cursor:
            if request.method == "POST":
                cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [ACCOUNTS])
            return super().changeform_view(request, object_id, form_url, extra_context)

    def add_view(self, request, form_url="", extra_context=None):
        context = {
            "title": _("Invite a colleague"),
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        return super().add_view(request, form_url, context | (extra_context or {}))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            tasks.invite.enqueue(obj.pk)
        elif "is_active" in form.changed_data and not obj.is_active:
            sessions.end_all(obj)

    def response_add(self, request, obj, post_url_continue=None):
        if IS_POPUP_VAR in request.POST or "_addanother" in request.POST or "_continue" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        sentence = gettext("The invitation is on its way to %(email)s. Its link works once, for a week.")
        messages.success(request, sentence % {"email": obj.email})
        return redirect("admin:auth_user_changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        user = self.get_object(request, object_id)
        tools = []
        if user and self.has_change_permission(request, user):
            tools = list(self.tools(user))
        return super().change_view(request, object_id, form_url, {"tools": tools, **(extra_context or {})})

    def tools(self, user):
        """Yield the address and the name of what may be done to an account beside its form."""
        link = reverse("admin:auth_user_link", args=[user.pk])
        if user.email and links.INVITATION.is_for(user):
            yield link, gettext("Send the invitation again")
        elif user.email and links.RESET.is_for(user):
            yield link, gettext("Send a link for a new password")
        if user.has_factor:
            yield reverse("admin:auth_user_factor", args=[user.pk]), gettext("Turn the second factor off")

    # Beside the form

    def managed(self, request, pk):
        """Return the account that is to be changed. Raises Http404 and PermissionDenied."""
        user = self.get_object(request, str(pk))
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None:
            raise Http404
        return user

    def link_view(self, request, pk):
        """Send the mail with which a person sets the password, for the first time or again."""
        user = self.managed(request, pk)
        is_new = links.INVITATION.is_for(user)
        if request.method == "POST" and (is_new or links.RESET.is_for(user)):
            (tasks.invite if is_new else tasks.send_reset).enqueue(user.pk)
            note(request, user, gettext("Sent a link for setting the password."))
            messages.success(request, gettext("The mail to %(email)s is on its way.") % {"email": user.email})
            return redirect("admin:auth_user_change", user.pk)
        sentence = gettext("%(email)s gets a link that works once, for an hour, and sets a new password.")
        if is_new:
            sentence = gettext("%(email)s gets another link that works once, for a week.")
        title = gettext("Send the invitation again") if is_new else gettext("Send a link for a new password")
        return self.confirm(request, user, title, sentence % {"email": user.email}, gettext("Send it"))

    def factor_view(self, request, pk):
        """Turn the second factor of somebody off who has lost phone and recovery codes."""
        user = self.managed(request, pk)
        if request.method == "POST":
            if two_factor.remove(user):
                sessions.end_all(user)
                note(request, user, gettext("Turned the second factor off for somebody else."))
            messages.success(request, gettext("The second factor is off."))
            return redirect("admin:auth_user_change", user.pk)
        sentence = gettext(
            "Do this only if you are sure who asks for it: the password alone will then open the account of "
            "%(user)s, unless this person has to set up another second factor."
        )
        title = gettext("Turn the second factor off")
        return self.confirm(request, user, title, sentence % {"user": user}, gettext("Turn it off"))

    def confirm(self, request, user, title, sentence, button):
        back = reverse("admin:auth_user_change", args=[user.pk])
        return page(request, "confirm", title, subtitle=user, sentence=sentence, button=button, back=back)


class RightsAdmin(CheckedKeys, GroupAdmin):
    """Groups, within the rights of whoever changes them."""

    filter_horizontal = []

    class Media:
        css = {"all": ["admin-desk/accounts.css"]}

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or rights.may_manage_group(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or rights.may_manage_group(request.user, obj))

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        kwargs |= {"widget": forms.CheckboxSelectMultiple, "help_text": ""}
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "permissions":
            field.queryset = field.queryset.exclude(pk__in=rights.beyond(request.user).values("pk"))
        return field
