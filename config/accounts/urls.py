"""Addresses of the desk that come before those of Django's admin."""

from django.contrib import admin
from django.urls import path

from . import login, views

inside = admin.site.admin_view

urlpatterns = [
    # The scripts of the login page have words, too; Django's own one is for whoever is logged in.
    path("jsi18n/", admin.site.i18n_javascript),
    path("login/code/", login.enter_code, name="login-code"),
    # Django's own one is closed to whoever has no second factor yet.
    path("logout/", admin.site.leave),
    path("account/", inside(views.account), name="account"),
    path("account/factor/", views.set_up, name="account-factor"),
    path("account/factor/remove/", inside(views.remove_factor), name="account-factor-remove"),
    path("account/codes/", inside(views.renew_codes), name="account-codes"),
    path("account/sessions/", inside(views.end_sessions), name="account-sessions"),
    path("invitation/<str:token>/", views.accept_invitation, name="invitation"),
    # The login page links to it where it has this name.
    path("password_reset/", views.ask_reset, name="admin_password_reset"),
    path("password_reset/done/", views.reset_asked, name="admin_password_reset_done"),
    path("password_reset/<str:token>/", views.reset_password, name="password-reset-link"),
]
