"""A missing address: what its words find, and that it stays cheap and says nothing secret."""

from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import missing
from tests.factories import make_article, make_colleague

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _enough():
    with patch.object(missing, "allowance", missing.Allowance(1000)):
        yield


def text(answer):
    return answer.content.decode()


def test_words_of_the_address_find_articles_and_fill_the_field(client):
    make_article(title="Nine cables, one repair ship", slug="nine-cables")

    page = client.get("/2019/04/nine-cables-one-repair.html")

    assert page.status_code == 404
    assert "Perhaps you were looking for" in text(page)
    assert 'href="/articles/nine-cables/"' in text(page)
    assert 'value="nine cables one repair"' in text(page)


def test_address_that_lost_its_end_finds_too(client):
    make_article(title="Nine cables, one repair ship", slug="nine-cables")

    assert 'href="/articles/nine-cables/"' in text(client.get("/articles/nine-cables-one-rep/"))


def test_addresses_of_any_script_are_read(client):
    make_article(title="خزان يكفي ثلاثة أيام", slug="tank", language="ar")
    make_article(title="A tank", slug="tank")

    page = text(client.get("/ar/articles/خزان-يكفي/"))

    assert 'href="/ar/articles/tank/"' in page
    assert 'value="خزان يكفي"' in page


def test_drafts_are_not_found(client):
    make_article(title="Xylograph at sea", status="draft")
    make_article(title="Xylograph withdrawn", status="withdrawn", withdrawn_reason="Wrong")

    page = text(client.get("/xylograph-at-sea/"))

    assert "Perhaps" not in page


def test_hostile_and_huge_addresses_cost_no_search(client):
    make_article(title="Wp login php")
    paths = [
        "/wp-login.php",
        "/.env",
        "/a/.git/config",
        "/cgi-bin/x.cgi",
        "/articles/" + "cable-" * 200,
        "/a/b/c/d/e/f/g/cables/",
        "/<script>alert(1)</script>",
        "/12345/",
        "/'; drop table articles;--",
        "/" + "%D8" * 10,
    ]
    for path in paths:
        with patch.object(missing, "best") as searched:
            page = client.get(path)
        assert page.status_code == 404, path
        assert not searched.called, path
        assert "<script>alert" not in text(page)


def test_no_more_than_so_many_searches_a_second(client):
    make_article(title="Nine cables")
    moment = patch.object(missing.time, "monotonic", return_value=1.0)
    with moment, patch.object(missing, "allowance", missing.Allowance(3)):
        found = ["Perhaps" in text(client.get("/nine-cables/")) for _ in range(8)]
        assert found == [True] * 3 + [False] * 5
        assert client.get("/nine-cables/").status_code == 404


def test_a_search_that_takes_too_long_leaves_the_page_as_it_is(client):
    make_article(title="Nine cables")

    def slow(terms):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(2)")

    with patch.object(missing, "best", slow):
        page = client.get("/nine-cables/")

    assert page.status_code == 404
    assert "Perhaps" not in text(page)
    assert 'value="nine cables"' in text(page)


def test_head_and_the_desk_search_for_nothing(client):
    make_article(title="Nine cables")
    client.force_login(make_colleague("Editor"))
    with CaptureQueriesContext(connection) as asked:
        assert client.head("/nine-cables/").status_code == 404
        assert client.get("/admin/nine-cables/").status_code in (302, 404)

    assert not any("statement_timeout" in query["sql"] for query in asked)
