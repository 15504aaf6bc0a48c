"""What every test gets."""

import pytest
from django.utils import timezone, translation


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Tests need no `collectstatic`, and no test is locked out for the failed logins of another."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.AXES_ENABLED = False
    # A password that takes a third of a second to check is for attackers, not for tests.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _language_and_zone_of_nobody():
    """A request leaves its language and time zone active in the thread, for the next test too."""
    with translation.override("en"), timezone.override(None):
        yield
