"""Finding articles by their words."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.search.words import read, terms_of
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db


def found(client, query, **more):
    answer = client.get("/search/", {"q": query, **more})
    assert answer.status_code == 200
    return [article.title for article in answer.context["page"].object_list]


def test_title_counts_more_than_text(client):
    make_article(title="Elsewhere", body="<p>A word about pilots.</p>")
    make_article(title="Pilots", body="<p>Nothing else.</p>")

    assert found(client, "pilot") == ["Pilots", "Elsewhere"]


def test_phrases_and_exclusions(client):
    make_article(title="A", body="<p>the change of the roster</p>")
    make_article(title="B", body="<p>the roster of change</p>")

    assert found(client, '"change of the roster"') == ["A"]
    assert sorted(found(client, "roster change")) == ["A", "B"]
    assert found(client, 'roster -"roster of change"') == ["A"]


def test_authors_and_tags_are_found(client):
    make_article(title="A", authors=[make_author(name="Salma Idrissi")], tags=["Desalination"])

    assert found(client, "idrissi") == ["A"]
    assert found(client, "desalination") == ["A"]


def test_words_of_every_language_are_found_from_every_language(client):
    make_article(title="مضيق سارن", language="ar", body="<p>الكتاب عن السفن</p>")
    make_article(title="הנמל שלמד", language="he")

    assert found(client, "كتاب") == ["مضيق سارن"]
    assert found(client, "הנמל") == ["הנמל שלמד"]


def test_hits_are_marked_and_everything_else_is_escaped(client):
    make_article(title="Ships <b>& pilots", body="<p>One &lt;img src=x onerror=alert(1)&gt; pilot waits.</p>")

    page = client.get("/search/?q=pilot").content.decode()

    assert "Ships &lt;b&gt;&amp; <mark>pilots</mark>" in page
    assert "<img src=x" not in page
    assert "<mark>pilot</mark>" in page


def test_nothing_found_offers_a_way_on(client):
    page = client.get("/search/?q=amphibious+turnpike").content.decode()

    assert "Nothing has the words “amphibious turnpike”." in page


def test_empty_search_shows_the_form(client):
    for query in ("", "?q=", "?q=+++"):
        assert client.get(f"/search/{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"q": "-" * 33}, 400),
        ({"q": "x" * 201}, 400),
        ({"q": "!!! ((( :*"}, 400),
        ({"q": "pilot", "page": "0"}, 400),
        ({"q": "pilot", "page": "x"}, 400),
        ({"q": "pilot", "page": "99999999999999999999"}, 400),
        ({"q": "pilot", "page": "7"}, 404),
        ({"q": "pilot\0"}, 400),
        ({"q": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")}, 400),
        ({"q": "'; drop table articles_article; --"}, 200),
        ({"q": "a:* & !b | <-> c"}, 200),
        ({"q": "\u202eevil\u2066"}, 200),
    ],
)
def test_no_input_breaks_the_search(client, query, status):
    answer = client.get("/search/", query)

    assert answer.status_code == status


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_what_was_typed_is_always_a_query_that_postgres_reads(words):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsquery", [read(terms_of(words), timeout="3s").query])
        assert cursor.fetchone() is not None


def test_search_costs_the_same_for_many_hits(client, django_assert_max_num_queries):
    author = make_author()
    for _ in range(25):
        make_article(body="<p>pilot</p>", authors=[author], tags=["Straits"])

    with django_assert_max_num_queries(8):
        assert len(found(client, "pilot")) == 20


def test_search_pages_are_not_kept_or_indexed(client):
    answer = client.get("/search/?q=pilot")

    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex, follow">' in answer.content.decode()
