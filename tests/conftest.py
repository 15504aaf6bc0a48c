"""What every test gets."""

import pytest
from django.db import connection
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as examples

# A busy machine is slow, not wrong.
examples.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("busy")

EDITION = "articles.edition.middleware.EditionMiddleware"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Drop the database even where a thread of a test has left a connection open."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


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
def _no_page_is_kept(request, settings):
    """Most tests change rows in a transaction that never commits, so that no edition moves: no page is kept.

    Pages are made anew, by the clock of the process. The fixture `kept_pages` turns the middleware on.
    """
    if "kept_pages" not in request.fixturenames:
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != EDITION]


@pytest.fixture
def kept_pages(transactional_db):
    """Pages are kept as on a real site, where transactions commit."""


@pytest.fixture(autouse=True)
def _language_and_zone_of_nobody():
    """A request leaves its language and time zone active in the thread, for the next test too."""
    with translation.override("en"), timezone.override(None):
        yield
