from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class ConfigConfig(AppConfig):
    """The project itself: commands, the desk and what spans both apps; it has no models."""

    name = "config"
    verbose_name = "Standfirst"

    def ready(self):
        from .accounts import sessions

        user_logged_in.connect(sessions.begin, dispatch_uid="config.accounts.sessions")
