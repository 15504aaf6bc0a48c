"""Questions whose SQL is written once: the answers must be those of a question written anew."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import Q, Value
from django.test.utils import CaptureQueriesContext

from articles import edition
from articles.models import Article
from articles.prepared import Prepared
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db


def titles(rows):
    return sorted(row.title for row in rows)


def test_a_prepared_question_is_asked_with_the_values_of_each_time():
    ask = Prepared(lambda language, slug: Article.objects.filter(language=language, slug=slug).for_page())
    for language, slug in [("en", "one"), ("en", "two"), ("he", "one")]:
        make_article(language=language, slug=slug, title=f"{language} {slug}", authors=[make_author()])

    found = [
        ask(language=language, slug=slug) for language, slug in [("en", "one"), ("en", "two"), ("he", "one")]
    ]

    assert [titles(rows) for rows in found] == [["en one"], ["en two"], ["he one"]]
    assert ask(language="en", slug="'; none") == []
    assert found[1][0].byline_text
    assert found[1][0].outside_links == []


def test_each_row_has_what_is_prefetched_for_it_and_is_known_to_it():
    first, second = make_author(name="First"), make_author(name="Second")
    make_article(slug="one", authors=[second, first])
    make_article(slug="two", authors=[second])
    make_article(slug="three")
    ask = Prepared(lambda language: Article.objects.filter(language=language).for_list())

    for _time in range(3):
        found = {row.slug: row for row in ask(language="en")}
        with CaptureQueriesContext(connection) as asked:
            assert found["one"].byline_text == "Second and First"
            assert [byline.article for byline in found["two"].bylines.all()] == [found["two"]]
            assert not found["three"].bylines.all()
        assert not asked.captured_queries
    assert found["one"].bylines.filter(author=first).count() == 1
    assert ask(language="he") == []


def test_tuples_of_another_length_and_none_are_questions_of_their_own():
    first, second, third = (make_article(title=title) for title in "abc")
    ask = Prepared(lambda keys, kind: Article.objects.filter(pk__in=keys, **({"kind": kind} if kind else {})))

    assert titles(ask(keys=(first.pk, third.pk), kind=None)) == ["a", "c"]
    assert titles(ask(keys=(second.pk, third.pk), kind=None)) == ["b", "c"]
    assert titles(ask(keys=(second.pk,), kind="analysis")) == ["b"]
    assert ask(keys=(second.pk,), kind="bulletin") == []


def test_now_is_the_moment_of_each_request():
    make_article(title="Early", published_at=datetime(2026, 3, 1, tzinfo=UTC))
    make_article(title="Late", published_at=datetime(2026, 3, 3, tzinfo=UTC))
    ask = Prepared(lambda language: Article.objects.published().filter(language=language))

    assert titles(ask(language="en")) == ["Early", "Late"]
    with edition.at(datetime(2026, 3, 2, tzinfo=UTC)):
        assert titles(ask(language="en")) == ["Early"]


def test_a_value_that_does_not_reach_the_sql_is_refused():
    ask = Prepared(lambda language, slug: Article.objects.filter(language=language))

    with pytest.raises(ValueError, match="slug"):
        ask(language="en", slug="one")


def test_rows_are_objects_of_their_own_each_time():
    make_article(title="One")
    ask = Prepared(lambda language: Article.objects.filter(language=language).for_list())
    [row] = ask(language="en")
    row.title = "Changed"

    with CaptureQueriesContext(connection) as asked:
        assert titles(ask(language="en")) == ["One"]
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
def test_what_a_connection_asks_again_is_planned_once():
    first, second = make_article(title="One", slug="one"), make_article(title="Two", slug="two")
    ask = Prepared(
        lambda keys, slugs, worth: Article.objects.published().filter(
            Q(pk__in=keys) | Q(cited__overlap=slugs), pk__gt=Value(worth)
        )
    )

    def found(*keys):
        return titles(ask(keys=keys, slugs=("/en/nowhere/",), worth=0.5))

    assert [found(first.pk, 0), found(second.pk, 0), found(0, second.pk)] == [["One"], ["Two"], ["Two"]]
    with CaptureQueriesContext(connection) as asked:
        assert found(first.pk, second.pk) == ["One", "Two"]
    assert [query["sql"].split()[0] for query in asked] == ["EXECUTE"]
    with edition.at(datetime(2020, 1, 1, tzinfo=UTC)):
        assert found(first.pk, second.pk) == []


@pytest.mark.django_db(transaction=True)
def test_a_pooler_that_forgets_what_it_kept_is_no_error():
    make_article(title="One", slug="one")
    ask = Prepared(lambda slug: Article.objects.filter(slug=slug))
    for _time in range(3):
        ask(slug="one")
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert titles(ask(slug="one")) == ["One"]
    with CaptureQueriesContext(connection) as asked:
        assert titles(ask(slug="one")) == ["One"]
    assert [query["sql"].split()[0] for query in asked] == ["SELECT"]
