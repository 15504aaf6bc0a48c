"""What is offered while somebody types in the search."""

import pytest

from articles import lexicon
from articles.models import AuthorTranslation
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db


def typed(client, text, base=""):
    answer = client.get(f"{base}/search/suggest/", {"q": text})
    assert answer.status_code == 200
    return answer.json()["suggestions"]


def labels(client, text, base=""):
    return [one["label"] for one in typed(client, text, base)]


def test_pieces_subjects_and_authors_come_before_words(client):
    author = make_author(name="Harriet Vane", slug="harriet")
    make_article(title="The harbour", slug="h", authors=[author], tags=["Harbours"], body="<p>Harvest.</p>")
    lexicon.refresh()

    assert [(one["label"], one["kind"], one["url"]) for one in typed(client, "har")] == [
        ("The harbour", "Article", "/articles/h/"),
        ("Harbours", "Tag", "/tags/harbours/"),
        ("Harriet Vane", "Author", "/authors/harriet/"),
        ("harbour", "", "/search/?q=harbour"),
        ("Harbours", "", "/search/?q=Harbours"),
        ("Harriet", "", "/search/?q=Harriet"),
        ("Harvest", "", "/search/?q=Harvest"),
    ]


def test_accents_vowel_signs_and_prefixes_need_not_be_typed(client):
    make_article(title="Été à Zürich")
    make_article(title="شُكْراً للميناء", language="ar")
    make_article(title="בחיפה ובעכו", language="he")
    lexicon.refresh()

    assert labels(client, "zuri") == ["Été à Zürich", "Zürich"]
    assert labels(client, "شكر")[0] == "شُكْراً للميناء"
    assert labels(client, "ميناء")[0] == "شُكْراً للميناء"
    assert labels(client, "חיפ")[0] == "בחיפה ובעכו"
    assert labels(client, "לחיפ")[0] == "בחיפה ובעכו"


def test_all_that_was_typed_has_to_stand_in_a_title(client):
    make_article(title="Grain from the north")
    make_article(title="Grain from the south")
    lexicon.refresh()

    assert labels(client, "grain nor") == ["Grain from the north", "grain north"]


def test_the_language_of_the_page_comes_first_and_names_are_in_it(client):
    author = make_author(name="Nadia Haddad")
    AuthorTranslation.objects.create(author=author, language="ar", name="نادية حداد")
    make_article(title="Nadia's boats", authors=[author])
    make_article(title="نادية والبحر", language="ar", authors=[author])
    lexicon.refresh()

    assert "نادية حداد" in labels(client, "nadia", "/ar")
    assert "Nadia Haddad" in labels(client, "نادية")


@pytest.mark.parametrize("status", ["draft", "review", "withdrawn"])
def test_what_is_not_public_is_never_offered(client, status):
    author = make_author(name="Quentin")
    article = make_article(title="Quicksand", tags=["Quarries"], authors=[author])
    lexicon.refresh()
    assert len(typed(client, "qu")) == 6

    article.status = status
    article.save()

    assert typed(client, "qu") == []


def test_a_word_that_was_taken_out_is_not_offered_meanwhile(client):
    article = make_article(title="Plain", body="<p>Zebra.</p>")
    lexicon.refresh()
    assert labels(client, "zeb") == ["Zebra"]

    article.body = "<p>Horse.</p>"
    article.save()

    assert labels(client, "zeb") == []


@pytest.mark.parametrize("text", ["", "a", " ", "%", "_", "'", "\\", "🙂", "a" * 5000, "-", '"', "١"])
def test_no_input_breaks_it_and_one_letter_asks_nothing(client, text, django_assert_max_num_queries):
    make_article(title="Anything")
    lexicon.refresh()

    assert typed(client, text) == []


def test_it_costs_the_same_however_much_there_is(client, django_assert_max_num_queries):
    authors = [make_author(name=f"Harriet {number}") for number in range(5)]
    for number in range(30):
        make_article(title=f"Harbour {number}", authors=authors, tags=[f"Harbour {number}"])
    lexicon.refresh()

    with django_assert_max_num_queries(6):
        assert len(typed(client, "harb")) <= 12


def test_a_browser_may_keep_it_for_a_minute_and_nobody_else(client):
    answer = client.get("/search/suggest/?q=ab")

    assert answer["Cache-Control"] == "private, max-age=60"
