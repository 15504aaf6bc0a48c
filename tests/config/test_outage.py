import time

import pytest
from django.db import OperationalError, connections
from django.test import Client

from config.outage import RETRY_AFTER


@pytest.fixture
def no_database(monkeypatch):
    """Connections are refused at once, as by a server that is being restarted."""

    def refuse(*arguments, **keywords):
        raise OperationalError("connection refused")

    connections.close_all()
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.get_new_connection", refuse)


@pytest.fixture
def client(kept_pages):
    return Client(raise_request_exception=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/", "/articles/anything/", "/ar/", "/admin/login/"])
def test_a_page_says_at_once_that_the_site_is_back_in_a_moment(client, no_database, path):
    began = time.monotonic()
    answer = client.get(path)

    assert answer.status_code == 503
    assert time.monotonic() - began < 2
    assert answer["Retry-After"] == str(RETRY_AFTER)
    assert answer["Cache-Control"] == "no-store"
    assert b"503" in answer.content
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_the_health_check_says_that_the_database_is_away(client, no_database):
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer["Content-Type"] == "text/plain"


def test_a_mistake_of_ours_is_no_outage(client, monkeypatch, db):
    def mistake(request):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("articles.middleware.find_site", mistake)
    monkeypatch.setattr("config.language.is_desk", mistake)

    assert client.get("/").status_code == 500
