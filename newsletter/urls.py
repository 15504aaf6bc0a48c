"""The newsletter's addresses, under every language."""

from django.urls import path, re_path

from . import views

app_name = "newsletter"
urlpatterns = [
    path("", views.index, name="index"),
    path("signup/", views.signup, name="signup"),
    path("check-mail/", views.check_mail, name="check-mail"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("preferences/<str:token>/", views.preferences, name="preferences"),
    path("preferences/<str:token>/forget/", views.forget, name="forget"),
    # With and without the slash, because a redirect would turn a mail program's POST into nothing (RFC 8058).
    re_path(r"^unsubscribe/(?P<token>[\w-]{1,100})/?$", views.unsubscribe, name="unsubscribe"),
]
