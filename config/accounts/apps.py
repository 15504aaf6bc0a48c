from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin, with a login of ours in front."""

    default_site = "config.accounts.site.DeskSite"
