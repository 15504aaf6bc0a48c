"""Finding articles by their words."""

import random
from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from articles.models import Lexeme
from articles.search import facets, form, highlighting, matching
from articles.search.folding import fold
from articles.search.highlighting import Passage
from articles.search.words import read, terms_of
from tests.factories import make_article, make_author, make_site

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


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_what_was_typed_is_always_a_query_that_postgres_reads(words):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsquery", [read(terms_of(words), timeout="3s").query])
        assert cursor.fetchone() is not None


def test_accents_vowel_signs_and_variants_of_letters_do_not_matter(client):
    make_article(title="Crème at Łódź Straße")
    make_article(title="مُحَمَّـــد في المدرسة ٢٠٢٤", language="ar")
    make_article(title="שָׁלוֹם לְצה״ל", language="he")

    for words in ("creme", "crème", "Lodz", "łódź", "strasse", "STRAẞE"):
        assert found(client, words) == ["Crème at Łódź Straße"], words
    for words in ("محمد", "مدرسه", "المدرسة", "والمدرسة", "2024"):
        assert found(client, words) == ["مُحَمَّـــد في المدرسة ٢٠٢٤"], words
    for words in ("שלום", "השלום", "צהל", 'צה"ל'):
        assert found(client, words) == ["שָׁלוֹם לְצה״ל"], words


def test_a_hebrew_word_and_the_same_with_a_prefix_share_a_form():
    for prefix in ["ב", "ו", "ה", "ל", "מ", "ש", "כ", "וב", "כש", "שב", "וכשה", "מה", "לכשה"]:
        for word in ["ירושלים", "ממשלה", "בית", "שלום", "מלחמה", "כלכלה", "הרים"]:
            assert {*fold(word).split()} & {*fold(prefix + word).split()}, prefix + word


def test_hebrew_prefixes_are_no_hindrance_either_way(client):
    make_article(title="הנמל בירושלים", language="he")

    assert found(client, "ירושלים") == found(client, "ובירושלים") == ["הנמל בירושלים"]
    assert found(client, "נמל") == ["הנמל בירושלים"]


@settings(max_examples=300)
@given(
    st.text(
        st.one_of(
            st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0"),
            st.sampled_from("והבלכמשאתצהל\"'׳״ ءابتةثهجلاىوفبكل ـَُ éßÆ-_.@ “”12٣"),
        ),
        max_size=60,
    )
)
@example("הים, בגז ולשר הבית; היא בלי")
def test_python_and_the_database_fold_alike(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_fold(%s)", [text])
        assert cursor.fetchone() == (fold(text),)


def test_hebrew_words_of_two_letters_are_found_behind_a_prefix(client):
    make_article(title="הספנות בים", language="he")

    assert found(client, "ים") == found(client, "לים") == ["הספנות בים"]


def test_what_is_left_out_does_not_unsettle_the_order_of_the_rest(client):
    make_article(title="Elsewhere", body="<p>pilot</p>", published_at=datetime(2026, 5, 1, tzinfo=UTC))
    make_article(title="Pilots", published_at=datetime(2026, 4, 1, tzinfo=UTC))

    assert found(client, "pilot -ship") == ["Pilots", "Elsewhere"]


def test_a_name_is_found_in_the_articles_of_every_language(client):
    make_article(title="Harbours", body="<p>Zaradin speaks.</p>")
    make_article(title="موانئ", language="ar", body="<p>قال Zaradin</p>")
    make_article(title="נמלים", language="he", body="<p>אמר Zaradin</p>")

    assert sorted(found(client, "zaradin")) == sorted(["Harbours", "موانئ", "נמלים"])


def test_of_two_alike_the_newer_stands_first(client):
    make_article(title="Old pilots", published_at=datetime(2016, 1, 1, tzinfo=UTC))
    make_article(title="New pilots", published_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert found(client, "pilots") == ["New pilots", "Old pilots"]


def test_drafts_and_reworks_are_not_found(client):
    make_article(title="Secretword", status="draft", published_at=None)

    assert found(client, "secretword") == []


def test_hits_are_marked_as_they_were_written():
    texts = ["Les élèves – ÉLÈVE!", "قال مُحَمَّد هنا", "גרו בִּירוּשָׁלַיִם"]
    hits = highlighting.hits(map(Passage, texts), {"elev", "محمد", "ירושלימ"})

    assert highlighting.marked(texts[0], hits) == "Les <mark>élèves</mark> – <mark>ÉLÈVE</mark>!"
    assert highlighting.marked(texts[1], hits) == "قال <mark>مُحَمَّد</mark> هنا"
    assert highlighting.marked(texts[2], hits) == "גרו <mark>בִּירוּשָׁלַיִם</mark>"


def test_a_snippet_shows_the_words_where_they_stand():
    text = " ".join(["calm"] * 200 + ["pilot"] + ["calm"] * 200 + ["roster"])

    passage = Passage(text)
    shown = highlighting.snippet(passage, highlighting.hits([passage], {"pilot", "roster"}))

    assert shown.count("<mark>") == 2
    assert shown.startswith("… calm")
    assert len(shown.split()) < 80


def test_a_search_is_narrowed_by_what_all_facets_say_and_widened_again(client):
    author = make_author(name="Salma Idrissi", slug="salma")
    fields = {"authors": [author], "tags": ["Ports"], "published_at": datetime(2025, 5, 1, tzinfo=UTC)}
    make_article(title="A pilot", kind="bulletin", **fields)
    make_article(title="B pilot", language="he", **fields)
    make_article(title="C pilot", tags=["Canals"])
    page = client.get("/search/", {"q": "pilot"})

    assert "?q=pilot&amp;kind=bulletin" in page.text
    narrowed = {"tag": "ports", "author": "salma", "year": "2025", "language": "en", "kind": "bulletin"}
    assert sorted(found(client, "pilot", tag="ports", author="salma")) == ["A pilot", "B pilot"]
    assert found(client, "pilot", **narrowed) == ["A pilot"]
    assert found(client, "pilot", **narrowed | {"kind": "mention"}) == []
    page = client.get("/search/", {"q": "pilot", "kind": "bulletin", "tag": "ports"}).text
    assert 'href="?q=pilot&amp;tag=ports"' in page
    assert "Search everything" in client.get("/search/", {"q": "pilot", "kind": "mention"}).text


@pytest.mark.parametrize("facet", [*facets.TITLES])
def test_a_value_that_nothing_has_is_left_out_with_a_sentence(client, facet):
    make_article(title="A pilot")

    for value in ["zzz", "'", "-1", "99999", "0000", "a" * 3000, "\u202e", "٢٠٢٤"]:
        answer = client.get("/search/", {"q": "pilot", facet: value})
        assert answer.status_code == 200
        assert "Left out, because nothing has this value" in answer.text, value
        assert "A <mark>pilot</mark>" in answer.text


def test_readers_are_told_what_was_not_searched_for(client):
    make_article(title="The pilot")

    page = client.get("/search/", {"q": "the pilot -ship"}).text
    assert "not searched for: the" in page
    assert "Without: ship" in page
    assert "not searched for: the, of" in client.get("/search/?q=the+of").text
    assert "not searched for: fourteen" in client.get("/search/", {"q": "a " * 12 + "fourteen"}).text
    assert client.get("/search/?q=-ship").status_code == 400


def test_common_words_are_found_by_their_titles_first_and_page_by_page(client, monkeypatch):
    monkeypatch.setattr(matching, "RANKED", 40)
    for number in range(30):
        make_article(title="Elsewhere", slug=f"text-{number}", body="<p>pilot</p>")
        make_article(title="Pilot", slug=f"title-{number}")
    Lexeme.objects.create(lexeme="pilot", documents=60, heads=30)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")

    pages = [client.get("/search/", {"q": "pilot", "page": page}).context["page"] for page in (1, 2, 3)]
    assert pages[0].words.share > 0.5
    listed = [article for page in pages for article in page.object_list]
    assert len({article.pk for article in listed}) == 60
    assert [article.title for article in listed] == ["Pilot"] * 30 + ["Elsewhere"] * 30


@pytest.mark.django_db(transaction=True)
def test_a_search_that_takes_too_long_is_told_so(client, monkeypatch):
    make_site()
    monkeypatch.setattr(form, "TIMEOUT", "1ms")
    monkeypatch.setattr(matching, "_PAGE", "SELECT id, pg_sleep(1) FROM ranked")
    make_article(title="A pilot")

    answer = client.get("/search/?q=pilot")

    assert answer.status_code == 503
    assert "takes too long" in answer.text


def test_no_text_whatever_breaks_the_page(client):
    """Two thousand strings of what people and attackers type, in every field at once."""
    make_article(title="A pilot")
    pieces = [
        '"',
        "-",
        "pilot",
        "ا",
        "ה",
        "\0",
        "'",
        "%",
        "(",
        ":*",
        "<->",
        "\\",
        "&",
        " ",
        "é",
        "😀",
        "\u202e",
        "x" * 150,
        "1",
        "--",
    ]
    chance = random.Random(7)
    data = [
        {
            name: "".join(chance.choices(pieces, k=chance.randint(0, 9)))
            for name in ("q", "page", *facets.TITLES)
        }
        for _number in range(1000)
    ]
    with connection.cursor() as cursor:
        for fields in data:
            terms = terms_of(fields["q"])
            cursor.execute("SELECT %s::tsquery", [read(terms, timeout="3s").query])
            facets.Filters(fields)
    for fields in data[:60]:
        assert client.get("/search/", fields).status_code in (200, 400, 404), fields


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
