"""Caches in front of the site hear of each new edition, once, and not from a request."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from articles import edition
from articles.edition.announcing import announce
from tests.factories import make_article, make_page

pytestmark = pytest.mark.django_db(transaction=True)


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(json.loads(body)["edition"])
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        """Say nothing: tests read what was heard."""


@pytest.fixture
def hook(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.heard, server.status = [], 204
    settings.PURGE_URL = f"http://127.0.0.1:{server.server_port}/purge?token=x"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_many_changes_are_announced_once(hook):
    for _ in range(3):
        make_article()

    announce()
    announce()

    assert hook.heard == [edition.read().name]


def test_the_next_change_is_announced_again(hook):
    make_article()
    announce()
    make_page()
    announce()

    assert len(set(hook.heard)) == 2


def test_a_request_tells_nobody(hook, client, kept_pages):
    make_article()
    client.get("/")

    assert not hook.heard


def test_what_failed_is_told_later(hook, caplog):
    make_article()
    hook.status = 500
    announce()
    assert "500" in caplog.text

    hook.status = 200
    announce()

    assert hook.heard == [edition.read().name] * 2


def test_a_hook_that_is_away_costs_nothing_but_a_line_in_the_log(settings, caplog):
    settings.PURGE_URL = "http://127.0.0.1:9/purge"
    make_article()

    announce()

    assert "PURGE_URL" in caplog.text


def test_nobody_is_told_where_nobody_is_named(settings, monkeypatch):
    monkeypatch.setattr("articles.edition.announcing.fetch", lambda *a, **k: pytest.fail("asked"))
    make_article()

    announce()
