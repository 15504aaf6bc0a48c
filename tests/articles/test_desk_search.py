"""Finding an article in the desk's list and where another article is chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.desk_search import found_by, typed_words
from articles.models import Article
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def found(text):
    return [article.title for article in Article.objects.filter(found_by(text)).order_by("title")]


@pytest.mark.parametrize(
    "typed",
    [
        "election",
        "electio",
        "elec",
        "ELECTION",
        "elections",
        "election basra",
        "basra elec",
        "Elections in Basra",
    ],
)
def test_a_title_is_found_by_whole_words_and_their_beginnings(typed):
    make_article(title="Elections in Basra")
    make_article(title="Ports")

    assert found(typed) == ["Elections in Basra"]


@pytest.mark.parametrize("typed", ["basra grain", "lections", "-", "''", "&|!", "x" * 5000])
def test_what_is_not_there_is_not_found(typed):
    make_article(title="Elections in Basra")

    assert found(typed) == []


def test_one_letter_is_a_word():
    make_article(title="Plan B")
    make_article(title="Basra")

    assert found("b") == ["Plan B"]


def test_authors_and_tags_are_found():
    make_article(title="Hers", authors=[make_author(name="Salma Idrissi")])
    make_article(title="Tagged", tags=["Harbours"])

    assert found("idris") == ["Hers"]
    assert found("harbour") == ["Tagged"]


@pytest.mark.parametrize(
    ("language", "title", "typed"),
    [
        ("ar", "الانتخابات في البصرة", "انتخابات"),
        ("ar", "الانتخابات في البصرة", "الانتخ"),
        ("ar", "مُدرِّس", "مُدرِّس"),
        ("he", "הממשלה והנמל", "ממשלה"),
        ("he", "הממשלה והנמל", "הממש"),
        ("he", "שלום", "שָׁלוֹם"),
    ],
)
def test_words_of_other_scripts_are_found_with_and_without_their_article(language, title, typed):
    make_article(title=title, language=language)

    assert found(typed) == [title]


@pytest.mark.parametrize(
    "typed",
    ["basra-votes", "https://example.org/articles/basra-votes/", "/articles/basra-votes/?from=mail#top"],
)
def test_an_address_finds_its_article(typed):
    make_article(title="Elections", slug="basra-votes")
    make_article(title="Other", slug="other")

    assert found(typed) == ["Elections"]


def test_a_percent_encoded_address_finds_its_article():
    make_article(title="Ports", slug="נמל", language="he")

    assert found("/he/articles/%D7%A0%D7%9E%D7%9C/") == ["Ports"]


@given(st.text(max_size=60))
def test_nothing_that_is_typed_is_an_error(typed):
    list(Article.objects.filter(found_by(typed)))
    assert len(typed_words(typed)) <= 8


def test_the_list_and_the_choice_of_another_article_look_in_the_same_way(admin_client):
    make_article(title="Elections in Basra")
    make_article(title="Ports")
    choice = "/admin/autocomplete/?app_label=articles&model_name=relatedlink&field_name=target&term=basr"

    listed = admin_client.get(LIST, {"q": "basr"}).context["cl"].result_list

    assert [article.title for article in listed] == ["Elections in Basra"]
    assert [each["text"] for each in admin_client.get(choice).json()["results"]] == ["Elections in Basra"]
    assert len(admin_client.get(choice.removesuffix("basr")).json()["results"]) == 2
