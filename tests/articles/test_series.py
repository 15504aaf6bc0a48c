"""Articles that belong together, in order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Redirect
from tests.factories import make_article, make_series

pytestmark = pytest.mark.django_db


def page(client, article):
    return client.get(article.get_absolute_url()).text


def places(series):
    return list(series.articles.in_series_order().values_list("title", "series_position"))


def test_part_knows_its_place_and_its_neighbours(client):
    series = make_series(title="Narrow places", slug="narrow-places")
    first, second, third = (
        make_article(title=title, series=series, series_position=number)
        for number, title in enumerate(["The sill", "The strait", "The canal"], start=1)
    )

    text = page(client, second)

    assert '<a href="/series/narrow-places/">Narrow places</a>, part 2 of 3' in text
    assert f'<a href="{first.get_absolute_url()}" rel="prev"><span>Previous in Narrow places</span>' in text
    assert f'<a href="{third.get_absolute_url()}" rel="next"><span>Next in Narrow places</span>' in text
    assert 'rel="prev"' not in page(client, first)
    assert 'rel="next"' not in page(client, third)


def test_only_what_readers_may_see_is_counted(client, time_machine):
    series = make_series(title="Narrow places")
    make_article(title="draft", series=series, series_position=1, status="draft")
    first = make_article(series=series, series_position=2)
    soon = timezone.now() + timedelta(hours=1)
    last = make_article(title="scheduled", series=series, series_position=3, published_at=soon)
    make_article(title="rework", series=series, series_position=2, status="draft", draft_of=first)

    assert "part 1 of 1" in page(client, first)
    assert 'rel="next"' not in page(client, first)
    assert "scheduled" not in client.get(series.get_absolute_url()).text

    time_machine.move_to(soon)

    assert "part 1 of 2" in page(client, first)
    assert "part 2 of 2" in page(client, last)


def test_parts_without_a_place_come_last_in_the_order_in_which_they_were_begun():
    series = make_series()
    make_article(title="b", series=series)
    make_article(title="c", series=series)
    make_article(title="a", series=series, series_position=7)
    found = Article.objects.with_series().filter(series=series).order_by("part")

    assert [(one.title, one.part, one.parts) for one in found] == [("a", 1, 3), ("b", 2, 3), ("c", 3, 3)]
    assert [one.next_part and one.next_part["title"] for one in found] == ["b", "c", None]

    series.number()

    assert places(series) == [("a", 1), ("b", 2), ("c", 3)]


def test_page_and_feed_of_a_series(client, django_assert_max_num_queries):
    series = make_series(title="Narrow places", description="Four straits.")
    for number in range(6):
        make_article(title=f"Title {number}", series=series, series_position=6 - number)
    make_article(title="Elsewhere")

    with django_assert_max_num_queries(6):
        text = client.get(series.get_absolute_url()).text

    assert text.index("Title 5") < text.index("Title 0")
    assert "Part 6" in text
    assert "6 parts" in text
    assert "Four straits." in text
    assert "Elsewhere" not in text
    feed = client.get(f"/feeds/series/{series.slug}/").text
    assert "Title 3" in feed
    assert "Elsewhere" not in feed


def test_series_is_of_one_language_and_not_there_before_its_first_part(client):
    series = make_series(language="ar", slug="مضائق")
    assert client.get(series.get_absolute_url()).status_code == 404

    make_article(language="ar", title="خزان", series=series)

    assert "خزان" in client.get("/ar/series/مضائق/").text
    assert client.get("/series/مضائق/").status_code == 404
    assert client.get("/feeds/series/مضائق/").status_code == 404


def test_place_in_a_series_costs_no_query(django_assert_num_queries):
    series = make_series()
    for _ in range(20):
        article = make_article(series=series)

    with django_assert_num_queries(3):
        found = Article.objects.for_page().get(pk=article.pk)
        assert (found.series, found.part, found.parts) == (series, 20, 20)


def test_a_series_that_moves_leaves_its_old_addresses_behind(client):
    series = make_series(slug="first")
    make_article(series=series)
    for slug in ("second", "third", "first", "fourth"):
        series.slug = slug
        series.save()

    for old in ("first", "second", "third"):
        answer = client.get(f"/series/{old}/")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/series/fourth/")
    assert client.get("/series/fourth/").status_code == 200


def test_the_address_of_a_series_that_nobody_knew_is_given_up():
    series = make_series(slug="first")
    make_article(series=series, status="draft")
    series.slug = "second"
    series.save()

    assert not Redirect.objects.exists()


def test_a_series_of_hundreds_of_parts_is_ordered_in_its_form(admin_client):
    series = make_series(title="Every morning")
    parts = Article.objects.bulk_create(
        Article(title=f"Morning {number}", slug=f"morning-{number}", series=series, series_position=number)
        for number in range(410)
    )
    sent = {"title": series.title, "slug": series.slug, "language": series.language}
    sent |= {"articles-TOTAL_FORMS": "410", "articles-INITIAL_FORMS": "410"}
    for number, part in enumerate(parts):
        sent |= {f"articles-{number}-id": part.pk, f"articles-{number}-series": series.pk}
        sent[f"articles-{number}-position"] = 410 - number

    answer = admin_client.post(f"/admin/articles/series/{series.pk}/change/", sent)

    assert answer.status_code == 302
    assert series.articles.in_series_order().first() == parts[-1]
