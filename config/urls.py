"""Every address of the site."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from . import dashboard, health, robots

urlpatterns = [
    path("admin/", include("config.accounts.urls")),
    path("admin/", admin.site.admin_view(dashboard.index)),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("robots.txt", robots.robots),
    path("", include("articles.public_urls")),
]
if settings.TRIAL:
    from . import trial

    urlpatterns += [
        path("trial/mail/", trial.mailbox, name="trial-mail"),
        path("trial/mail/<str:name>/", trial.message, name="trial-message"),
        # In production the web server in front, or object storage, serves uploads.
        re_path(r"^media/(?P<path>.*)$", trial.media),
    ]
urlpatterns += i18n_patterns(
    path("newsletter/", include("newsletter.urls")),
    path("", include("articles.urls")),
    prefix_default_language=False,
)
handler400 = "articles.errors.bad_request"
handler403 = "articles.errors.forbidden"
handler404 = "articles.errors.not_found"
handler500 = "config.outage.server_error"
