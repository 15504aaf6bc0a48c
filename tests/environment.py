"""The environment of the tests, set before Django reads its settings."""

import os
import tempfile

os.environ |= {
    "TRIAL": "true",
    "DEBUG": "false",
    "SECRET_KEY": "not-a-secret-" * 5,
    "SUBSCRIBER_KEY": "not-a-secret-either-" * 3,
    "SITE_URL": "http://testserver",
    "MEDIA_ROOT": tempfile.mkdtemp(prefix="standfirst-media-"),
    "STATIC_ROOT": tempfile.mkdtemp(prefix="standfirst-static-"),
    "MAIL_DIR": tempfile.mkdtemp(prefix="standfirst-mail-"),
}
# Playwright's synchronous API runs an event loop in the thread of the tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
