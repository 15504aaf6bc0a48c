"""What to read next, and why."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from articles.models import Article, Redirect, RelatedLink, RelatedVeto, Series
from articles.related import explained, related_articles
from articles.templatetags.publication import lead_in
from tests.factories import make_article, make_author, make_series

pytestmark = pytest.mark.django_db


def day(number):
    return datetime(2026, 1, number, tzinfo=UTC)


def page(article):
    return Article.objects.for_page().get(pk=article.pk)


def titles(article, **options):
    return [other.title for other in related_articles(page(article), **options)]


def reasons(article, limit=9):
    with translation.override("en"):
        return {other.title: other.reasons for other in explained(page(article), limit)}


def link_to(article):
    return f'<p><a href="{article.get_absolute_url()}">x</a></p>'


def test_picks_come_first_then_tags_then_authors_then_the_newest():
    author = make_author()
    make_article(title="newest", published_at=day(9))
    make_article(title="same author", published_at=day(2), authors=[author])
    make_article(title="one tag", published_at=day(3), tags=["Iraq"])
    make_article(title="two tags", published_at=day(1), tags=["Iraq", "PMU"])
    picked = make_article(title="picked", published_at=day(1))
    article = make_article(authors=[author], tags=["Iraq", "PMU"], related=[picked])

    assert titles(article, limit=5) == ["picked", "two tags", "one tag", "same author", "newest"]


def test_rare_tag_says_more_than_a_common_one():
    for number in range(30):
        make_article(title=f"common {number}", tags=["World"], published_at=day(2))
    make_article(title="rare", tags=["PMU"], published_at=day(1))
    article = make_article(tags=["World", "PMU"])

    assert titles(article)[0] == "rare"


def test_each_says_why_it_is_there():
    author = make_author(name="Ines Vale")
    series = make_series()
    cited = make_article(title="cited")
    make_article(title="subject", tags=["Iraq", "PMU"])
    make_article(title="author", authors=[author])
    make_article(title="series", series=series)
    article = make_article(
        authors=[author], tags=["Iraq", "PMU"], series=series, body=link_to(cited), title="it"
    )
    make_article(title="citing", body=link_to(article))
    RelatedLink.objects.create(article=article, target=make_article(title="pick"), note="Explains the trial")

    assert reasons(article) == {
        "pick": [],
        "cited": ["Cited in this piece"],
        "citing": ["Cites this piece"],
        "subject": ["Same subject: Iraq, PMU"],
        "series": ["Same series"],
        "author": ["Also by Ines Vale"],
    }
    with translation.override("en"):
        shown = {other.title: other.reason for other in related_articles(page(article), limit=9)}
    assert shown["pick"] == "Explains the trial"
    assert shown["citing"] == "Cites this piece"


def test_all_reasons_are_said_the_strongest_first():
    article = make_article(tags=["Iraq"])
    make_article(title="both", tags=["Iraq"], body=link_to(article))

    assert reasons(article)["both"] == ["Cites this piece", "Same subject: Iraq"]


@pytest.mark.parametrize(
    "href",
    [
        "/articles/canal",
        "/articles/canal/#notes",
        "/articles/canal/?utm_source=x",
        "http://testserver/articles/canal/",
        "/2019/05/canal/",
        "/2019/05/canal",
    ],
)
def test_link_in_any_form_is_a_citation(href):
    cited = make_article(slug="canal", title="cited")
    Redirect.objects.create(path="/2019/05/canal/", article=cited)
    article = make_article(title="citing", body=f'<p><a href="{href}">x</a></p>')

    assert reasons(article)["cited"] == ["Cited in this piece"]
    assert reasons(cited)["citing"] == ["Cites this piece"]


def test_link_written_before_its_target_and_to_an_old_address_is_a_citation():
    article = make_article(title="citing", body='<p><a href="/ar/articles/مضيق/">x</a></p>', language="ar")
    cited = make_article(slug="مضيق", title="cited", language="ar")
    assert reasons(article)["cited"] == ["Cited in this piece"]

    cited.slug = "قناة"
    cited.save()

    assert reasons(article)["cited"] == ["Cited in this piece"]
    assert reasons(cited)["citing"] == ["Cites this piece"]


def test_vetoed_article_never_fills_but_may_be_picked():
    other = make_article(title="other", tags=["Iraq"])
    article = make_article(tags=["Iraq"])
    RelatedVeto.objects.create(article=article, target=other)
    assert titles(article) == []

    RelatedLink.objects.create(article=article, target=other)

    assert titles(article) == ["other"]


def test_rework_is_not_led_to_the_article_that_it_replaces():
    article = make_article(title="live", tags=["Iraq"])
    rework = make_article(status="draft", draft_of=article, tags=["Iraq"])

    assert titles(rework) == []
    assert titles(article) == []


def test_pick_in_another_language_stays_and_nothing_unpublished_shows():
    arabic = make_article(language="ar", title="عربي")
    draft = make_article(status="draft", title="draft", tags=["Iraq"])
    make_article(language="he", title="עברית", tags=["Iraq"])
    article = make_article(tags=["Iraq"], related=[arabic, draft])

    assert titles(article) == ["عربي"]


def test_list_stays_the_same_as_time_passes(time_machine):
    for number in range(1, 6):
        make_article(title=str(number), published_at=day(number), tags=["Iraq"])
    article = make_article(tags=["Iraq"])
    before = titles(article)

    time_machine.move_to("2036-01-01")

    assert titles(article) == before == ["5", "4", "3", "2"]


@pytest.mark.parametrize("numbers", [3, 60])
def test_two_queries_whatever_the_numbers(django_assert_num_queries, numbers):
    author, series = make_author(), make_series()
    for _ in range(numbers):
        make_article(authors=[author], tags=["Iraq"], series=series)
    article = make_article(authors=[author], tags=["Iraq"], series=series)
    fetched = page(article)

    with django_assert_num_queries(2):
        found = related_articles(fetched)
        assert all(other.reason and other.byline_text and lead_in(other) == "Some words." for other in found)
    assert len(found) == min(4, numbers)
    assert Series.objects.count() == 1
