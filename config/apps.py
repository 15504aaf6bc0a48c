from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project itself: commands, the desk and what spans both apps; it has no models."""

    name = "config"
    verbose_name = "Standfirst"
