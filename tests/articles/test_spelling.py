"""A search that found nothing: what it offers, and what editors learn of it."""

import pytest
from django.db import DatabaseError

from articles import lexicon, spelling
from articles.models import MissedSearch, Throttle
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def publish(*titles):
    for title in titles:
        make_article(title=title)
    lexicon.refresh()


def offered(client, query):
    return [one.query for one in client.get("/search/", {"q": query}).context.get("meant", [])]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sactions", "sanctions"),
        ("sanctiions", "sanctions"),
        ("sancitons", "sanctions"),
        ("sanctoons", "sanctions"),
        ("العقوبت", "العقوبات"),
        ("סנקציית", "סנקציות"),
    ],
)
def test_one_slip_is_corrected_in_any_script(client, typed, meant):
    publish("sanctions at sea", "العقوبات في البحر", "סנקציות בים")

    assert offered(client, typed) == [meant]


@pytest.mark.parametrize(
    ("typed", "meant"), [("كابلاتت", "الكابلات"), ("المضيقق", "مضيق"), ("המצרר", "במצר"), ("בנמלל", "נמל")]
)
def test_a_slip_is_corrected_whatever_is_written_as_the_beginning_of_the_word(client, typed, meant):
    publish("الكابلات الجديدة", "مضيق هرمز", "במצר הורמוז", "נמל חיפה")

    assert offered(client, typed) == [meant]


def test_in_three_letters_only_a_lost_or_an_exchanged_letter_is_corrected(client):
    publish("tides", "salt")

    assert offered(client, "slt") == ["salt"]
    assert offered(client, "tide salr") == ["tide salt"]
    assert offered(client, "sax") == []


def test_the_page_says_what_was_missing_and_links_to_what_may_be_meant(client):
    publish("sanctions at sea")

    page = client.get("/search/", {"q": "sactions sea"}).content.decode()

    assert "Nothing has the words “sactions sea”." in page
    assert '<a href="/search/?q=sanctions%20sea"><bdi>sanctions sea</bdi></a>' in page


def test_phrases_and_exclusions_stand_as_they_were_typed(client):
    publish("sanctions at sea", "bananas")

    assert offered(client, '"sactions at sea"') == []
    assert offered(client, "sactions -banannas") == ["sanctions -banannas"]
    assert offered(client, 'sactions "at sea" -"two bananas"') == ['sanctions "at sea" -"two bananas"']


def test_nothing_is_offered_where_all_words_are_known_or_one_is_like_none(client):
    publish("sanctions", "harbours")

    assert offered(client, "sanction harbour") == []
    assert offered(client, "sactions qqqqqqq") == []


def test_at_most_three_are_offered_and_the_commonest_first(client):
    publish("tanker", "tanker", "tanked", "tanner", "danker", "tankers")

    assert offered(client, "tankex") == ["tanker", "tanked"]
    assert len(offered(client, "tankerr")) <= 3


def test_the_word_of_a_withdrawn_article_is_not_offered_even_before_the_refresh(client):
    article = make_article(title="xylophone")
    lexicon.refresh()
    assert offered(client, "xylophpne") == ["xylophone"]

    article.status = "withdrawn"
    article.save()

    assert offered(client, "xylophpne") == []


def test_what_was_missed_is_counted_without_a_trace_of_who_it_was(client):
    publish("sanctions")
    for query in ("Sactions", "sactions ", "amphibious"):
        client.get("/search/", {"q": query})
    client.head("/search/", {"q": "headless"})
    client.get("/search/", {"q": "sactions", "kind": "analysis"})
    for private in ("ines@example.org", "call +972 50 123 4567"):
        client.get("/search/", {"q": private})

    rows = MissedSearch.objects.order_by("query").values_list("query", "count", "language", "offered")
    assert list(rows) == [("amphibious", 1, "en", ""), ("sactions", 2, "en", "sanctions")]


def test_a_flood_is_not_written_down(client, monkeypatch):
    monkeypatch.setattr(spelling, "NOTED", 2)
    for number in range(4):
        client.get("/search/", {"q": f"flood{number}"})

    assert MissedSearch.objects.count() == 2


def test_a_note_that_fails_hurts_no_page(client, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr(type(Throttle.objects.all()), "allow", fail)

    assert client.get("/search/?q=amphibious").status_code == 200


def test_what_is_one_slip():
    assert spelling.is_one_slip("abcd", "abdc")
    assert spelling.is_one_slip("abcd", "bcd")
    assert spelling.is_one_slip("abcd", "abcde")
    assert spelling.is_one_slip("abcd", "abxd")
    assert not spelling.is_one_slip("abcd", "abcd")
    assert not spelling.is_one_slip("abcd", "dbca")
    assert not spelling.is_one_slip("abcd", "abxy")
