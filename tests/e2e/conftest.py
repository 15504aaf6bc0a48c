"""A real browser against a running site."""

import os
import shutil
from functools import partial

import pytest
from django.test import Client
from playwright.sync_api import expect, sync_playwright

# Machines are busy; what a page promises has this long to come.
expect.set_options(timeout=20_000)

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these, a browser as root does not start, and any browser looks for its maker's servers.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Containers have 64 MB of shared memory; a page that fills it would take the browser along.
    "--disable-dev-shm-usage",
]


def find_chromium():
    """Return the path of a Chromium on this machine, or None; CHROMIUM in the environment decides."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(reason="NO CHROMIUM ON THIS MACHINE: browser tests did not run")
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if not find_chromium():
                item.add_marker(missing)


@pytest.fixture(scope="session")
def launch():
    """Start a browser; the caller closes it."""
    with sync_playwright() as playwright:
        yield partial(playwright.chromium.launch, executable_path=find_chromium(), args=ARGUMENTS)


@pytest.fixture(scope="session")
def browser(launch):
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def page(browser, live_server, settings):
    """A page of a fresh visitor; anything that the console complains of fails the test."""
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints = []
    page.on(
        "console",
        lambda message: (
            complaints.append(f"{message.text} {message.location['url']}")
            if message.type == "error"
            else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((live_server.url, "data:", "blob:"))
            else complaints.append(f"asked a third party: {request.url}")
        ),
    )
    yield page
    context.close()
    assert not complaints


@pytest.fixture
def log_in(live_server):
    """Give a browser's context the session of somebody who is logged in."""

    def give_session(context, user):
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return give_session


@pytest.fixture
def browser_of(browser, live_server, log_in):
    """Open a page in a browser of somebody's own."""
    contexts = []

    def open_page(user, **options):
        contexts.append(browser.new_context(base_url=live_server.url, **options))
        log_in(contexts[-1], user)
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def desk(page, log_in, admin_user):
    """The page of an editor who is logged in; a report of the content policy fails the test."""
    log_in(page.context, admin_user)
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', (report) => {"
        " console.error('policy:', report.violatedDirective, report.sourceFile) })"
    )
    return page
