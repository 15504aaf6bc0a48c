"""What every test gets."""

import pytest


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Tests need no `collectstatic`, and no test is locked out for the failed logins of another."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.AXES_ENABLED = False
