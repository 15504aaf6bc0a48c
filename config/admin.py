"""What the desk shows of accounts; found by Django's admin under this name."""

from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401  registers what ours replaces
from django.contrib.auth.models import Group, User
from django_otp.plugins.otp_static import admin as static_admin  # noqa: F401
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp import admin as totp_admin  # noqa: F401
from django_otp.plugins.otp_totp.models import TOTPDevice

from .accounts.admin import ColleagueAdmin, RightsAdmin

# The secrets of second factors are nobody's to look at.
admin.site.unregister([User, Group, StaticDevice, TOTPDevice])
admin.site.register(User, ColleagueAdmin)
admin.site.register(Group, RightsAdmin)
