"""What readers' pages cost does not grow with the number of articles."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from articles import lists, related
from articles.models import Article, Byline, TaggedArticle
from tests.factories import make_article, make_author, make_site, make_tag

pytestmark = pytest.mark.django_db


def fill(count, tags=(), authors=()):
    """Many published articles with the same tags and authors, made at once."""
    made = Article.objects.bulk_create(
        Article(
            title=f"Filled {number}",
            slug=f"filled-{number}",
            body="<p>Words.</p>",
            status="published",
            published_at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        for number in range(count)
    )
    TaggedArticle.objects.bulk_create(
        TaggedArticle(content_object=article, tag=tag) for article in made for tag in tags
    )
    Byline.objects.bulk_create(
        Byline(article=article, author=author) for article in made for author in authors
    )
    tell("ANALYZE articles_article, articles_taggedarticle, articles_byline")


def tell(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def rows_read():
    """How many articles the database has looked at in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
            " WHERE relname = 'articles_article'"
        )
        return cursor.fetchone()[0]


def said(page):
    """The words of a page, without its markup."""
    return " ".join(strip_tags(page.text).split())


@pytest.fixture
def short(monkeypatch):
    """Lists are counted up to 60."""
    monkeypatch.setattr(lists, "MOST", 60)


def test_pages_read_a_few_articles_of_many(client, short):
    make_site()
    author, tag = make_author(slug="ines"), make_tag(name="Iraq", slug="iraq")
    old = make_article(slug="old")
    make_article(slug="piece", tags=["Iraq"], authors=[author], body='<p><a href="/articles/old/">x</a></p>')
    fill(2000, [tag], [author])
    cost = {}
    # Rows as short as these are all read sooner than some of them are looked up.
    tell("SET LOCAL enable_seqscan = off")

    for path, status in {
        "/articles/piece/": 200,
        old.get_absolute_url(): 200,
        "/articles/nothing/": 404,
        "/kinds/analysis/": 200,
        "/tags/iraq/": 200,
    }.items():
        before = rows_read()
        assert client.get(path).status_code == status
        cost[path] = rows_read() - before
        # A search limits its transaction, which in a test is that of all pages.
        tell("RESET statement_timeout; RESET random_page_cost")

    assert max(cost.values()) < 400, cost


def test_long_list_says_how_many_it_has_at_least(client, short):
    tag = make_tag(name="Iraq", slug="iraq")
    fill(61, [tag])

    with CaptureQueriesContext(connection) as asked:
        first = client.get("/tags/iraq/")

    assert "More than 60 pieces" in said(first)
    assert "1–20 of more than 60" in said(first)
    assert [query["sql"].count("LIMIT 61") for query in asked if "COUNT(" in query["sql"]] == [1]


def test_list_within_the_bound_is_counted(client, short):
    fill(60, [make_tag(name="Iraq", slug="iraq")])

    first = client.get("/tags/iraq/")

    assert "60 pieces" in said(first)
    assert "More than" not in said(first)
    assert "1–20 of 60" in said(first)


def test_pages_beyond_the_bound_are_led_to_and_there(client, short):
    fill(110)

    third, fifth, last = (client.get(f"/kinds/analysis/?page={number}") for number in (3, 5, 6))

    assert "41–60 of more than 80" in said(third)
    assert 'href="?page=4" rel="next"' in third.text
    assert "81–100 of 110" in said(fifth)
    assert 'href="?page=6" rel="next"' in fifth.text
    assert "101–110 of 110" in said(last)
    assert "Filled" in said(last)
    assert 'rel="next"' not in last.text
    for number in (7, 999, 10**30):
        assert client.get(f"/kinds/analysis/?page={number}").status_code == 404


def test_of_many_that_cite_a_piece_the_newest_are_shown(monkeypatch):
    monkeypatch.setattr(related, "EACH", 2)
    cited = make_article(slug="canal")
    for number in range(1, 5):
        make_article(
            title=str(number),
            body='<p><a href="/articles/canal/">x</a></p>',
            published_at=datetime(2026, 1, number, tzinfo=UTC),
        )
    for _number in range(2):
        make_article(title="newest", published_at=datetime(2026, 2, 1, tzinfo=UTC))
    related.prepared.cache_clear()
    page = Article.objects.for_page().get(pk=cited.pk)

    shown = [other.title for other in related.related_articles(page)]

    related.prepared.cache_clear()
    assert shown == ["4", "3", "newest"]
