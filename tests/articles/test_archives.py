"""The archive by year and month, and an author's pages by subject."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.models import AuthorTranslation, DrawnOn
from tests.factories import make_article, make_author, make_site, make_tag

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


def at(year, month, day=1, hour=0, **fields):
    return make_article(published_at=datetime(year, month, day, hour, tzinfo=UTC), **fields)


def test_archive_counts_by_year_and_month(client):
    for month in (1, 3, 3):
        at(2026, month)
    at(2025, 12, title="Old")
    at(2025, 12, language="ar")

    page = text(client.get("/archive/"))

    assert (
        page.index(">2026</a>") < page.index("3 pieces") < page.index('href="/archive/2026/3/">March (2)</a>')
    )
    assert 'href="/archive/2025/12/">December (1)</a>' in page
    assert '<a href="/archive/">Archive</a>' in text(client.get("/"))
    year = text(client.get("/archive/2025/"))
    assert "1 piece" in year
    assert "Old" in year


def test_months_are_those_of_the_site(client):
    make_site(time_zone="Asia/Jerusalem")
    at(2026, 1, 31, 22, title="At midnight there")

    assert 'href="/archive/2026/2/"' in text(client.get("/archive/"))
    assert "At midnight there" in text(client.get("/archive/2026/2/"))
    assert client.get("/archive/2026/1/").status_code == 404


def test_month_whose_first_midnight_comes_twice_begins_at_the_first(client):
    make_site(time_zone="America/Havana")
    make_article(published_at=datetime(2026, 11, 1, 4, 30, tzinfo=UTC), title="Between two midnights")

    year = text(client.get("/archive/"))

    assert 'href="/archive/2026/11/">November (1)' in year
    assert "/archive/2026/10/" not in year
    assert "Between two midnights" in text(client.get("/archive/2026/11/"))


def test_month_leads_to_the_ones_before_and_after_that_have_something(client):
    at(2025, 9)
    at(2025, 11)
    at(2026, 2)
    at(2026, 6)
    at(2026, 8)

    page = text(client.get("/archive/2026/2/"))

    assert 'href="/archive/2025/11/">Before: November 2025</a>' in page
    assert 'href="/archive/2026/6/">After: June 2026</a>' in page
    first = text(client.get("/archive/2025/9/"))
    assert "Before:" not in first
    assert 'href="/archive/2025/">Before: 2025</a>' in text(client.get("/archive/2026/"))


def test_empty_and_impossible_dates_are_not_found(client):
    at(2026, 2)
    at(2026, 5, status="draft")
    make_article(published_at=timezone.now() + timedelta(days=400))

    ahead = timezone.now() + timedelta(days=400)
    paths = ["2026/1/", "2026/5/", "2026/0/", "2026/13/", "0/", "1799/", "2200/", "2199/12/", f"{10**30}/1/"]
    for path in [*paths, f"{ahead.year}/{ahead.month}/", "2026/2/?page=2", "2026/2/?page=x"]:
        assert client.get(f"/archive/{path}").status_code == 404, path
    assert str(ahead.year) not in text(client.get("/archive/"))
    moved = client.get("/archive/02026/02/")
    assert (moved.status_code, moved["Location"]) == (301, "/archive/2026/2/")


def test_empty_archive_says_so(client):
    assert "Nothing has been published here yet." in text(client.get("/archive/"))


@pytest.mark.parametrize("count", [1, 45])
def test_archive_asks_the_same_whatever_it_holds(client, count, django_assert_max_num_queries):
    make_site()
    for number in range(count):
        at(2026, 3, 1 + number % 28, authors=[make_author()])

    for path, most in {"/archive/": 3, "/archive/2026/": 6, "/archive/2026/3/": 6}.items():
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200
    if count > 40:
        second = text(client.get("/archive/2026/3/?page=2"))
        assert 'href="." rel="prev"' in second
        assert 'href="?page=3" rel="next"' in second
        assert '<link rel="canonical" href="http' in second
        assert '/archive/2026/3/?page=2">' in second


# An author's subjects


def test_author_has_a_page_for_each_subject(client):
    author, other = make_author(name="Ines", slug="ines", email="i@example.org"), make_author()
    make_article(title="Ports by Ines", authors=[author], tags=["Ports", "Gulf"])
    make_article(title="More ports by Ines", authors=[author], tags=["Ports"])
    make_article(title="Ports by another", authors=[other], tags=["Ports"])
    make_article(title="Hidden", authors=[author], tags=["Ports", "Secret"], status="draft")

    page = text(client.get("/authors/ines/"))
    assert page.index('href="/authors/ines/tags/ports/">Ports (2)</a>') < page.index(">Gulf (1)</a>")
    assert "Secret" not in page

    subject = text(client.get("/authors/ines/tags/ports/"))
    assert "Ports by Ines" in subject
    assert "Ports by another" not in subject
    assert "Hidden" not in subject
    assert "data-address" in subject
    assert "i@example.org" not in subject
    assert '/authors/ines/tags/ports/">' in subject.partition('rel="canonical"')[2][:80]
    assert 'href="/feeds/authors/ines/"' in subject
    for path in ("/authors/ines/tags/secret/", "/authors/nobody/tags/ports/", "/authors/ines/tags/none/"):
        assert client.get(path).status_code == 404
    assert client.get("/ar/authors/ines/tags/ports/").status_code == 404


def test_moved_names_of_author_and_tag_lead_on(client):
    author, tag = make_author(slug="ines"), make_tag(name="Ports", slug="ports")
    make_article(authors=[author], tags=["Ports"])
    tag.slug = "harbours"
    tag.save()
    author.slug = "ines-vale"
    author.save()

    moved = client.get("/authors/ines/tags/ports/", follow=True)

    assert moved.redirect_chain[-1] == ("/authors/ines-vale/tags/harbours/", 301)
    assert moved.status_code == 200


def test_author_page_names_where_the_press_drew_on_it(client, django_assert_max_num_queries):
    make_site()
    author = make_author(slug="ines")
    AuthorTranslation.objects.create(author=author, language="ar", name="إينيس")
    drawn = make_article(authors=[author])
    for number in range(8):
        mention = make_article(kind="mention", title=f"Mention {number}", source_outlet="The Review")
        DrawnOn.objects.create(mention=mention, analysis=drawn)
    hidden = make_article(kind="mention", title="Secret", status="draft")
    DrawnOn.objects.create(mention=hidden, analysis=drawn)

    with django_assert_max_num_queries(10):
        page = text(client.get("/authors/ines/"))

    assert page.count(">The Review") == 5
    assert "Secret" not in page
    assert "The Review" not in text(client.get("/ar/authors/ines/"))
