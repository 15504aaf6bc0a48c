"""Django's PostgreSQL backend over the embedded server."""

from django.conf import settings
from django.db.backends.postgresql import base

from . import start


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server when the first connection is made, so that `check` and `makemigrations` need none."""

    def get_connection_params(self):
        return super().get_connection_params() | start(settings.DATA_DIR / "postgres")
