"""What to read next."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from articles.models import RelatedLink
from articles.related import related_articles
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db


def day(number):
    return datetime(2026, 1, number, tzinfo=UTC)


def titles(article, **options):
    return [other.title for other in related_articles(article, **options)]


def test_picks_come_first_then_tags_then_authors_then_the_newest():
    author = make_author()
    make_article(title="newest", published_at=day(9))
    make_article(title="same author", published_at=day(2), authors=[author])
    make_article(title="one tag", published_at=day(3), tags=["Iraq"])
    make_article(title="two tags", published_at=day(1), tags=["Iraq", "PMU"])
    picked = make_article(title="picked", published_at=day(1))
    article = make_article(authors=[author], tags=["Iraq", "PMU"], related=[picked])

    assert titles(article, limit=5) == ["picked", "two tags", "one tag", "same author", "newest"]


def test_each_says_why_it_is_there():
    author = make_author(name="Ines Vale")
    make_article(title="a", tags=["Iraq"])
    make_article(title="b", authors=[author])
    article = make_article(authors=[author], tags=["Iraq"])
    RelatedLink.objects.create(article=article, target=make_article(title="c"), note="Explains the trial")

    with translation.override("en"):
        reasons = {other.title: other.reason for other in related_articles(article)}

    assert reasons == {"c": "Explains the trial", "a": "Also on Iraq", "b": "Also by Ines Vale"}


def test_pick_in_another_language_stays_and_nothing_unpublished_shows():
    arabic = make_article(language="ar", title="عربي")
    draft = make_article(status="draft", title="draft", tags=["Iraq"])
    make_article(language="he", title="עברית", tags=["Iraq"])
    article = make_article(tags=["Iraq"], related=[arabic, draft])

    assert titles(article) == ["عربي"]


def test_two_queries_whatever_the_numbers(django_assert_num_queries):
    author = make_author()
    for _ in range(30):
        make_article(authors=[author], tags=["Iraq"])
    article = make_article(authors=[author], tags=["Iraq"])

    with django_assert_num_queries(2):
        assert len(titles(article)) == 4
