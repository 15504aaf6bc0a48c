"""What was wrong, what is new, and what may be out of date: told to readers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from articles.models import Article
from tests.factories import make_article, make_correction, make_site

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 12, 6, tzinfo=UTC)


def page(client, article):
    answer = client.get(article.get_absolute_url())
    assert answer.status_code == 200
    return answer.text


def test_correction_stands_under_the_article_and_beside_its_date(client):
    article = make_article(published_at=MARCH)
    make_correction(article=article, text="One was.", noted_at=datetime(2026, 3, 14, 9, tzinfo=UTC))

    text = page(client, article)

    assert (
        'Correction, <time datetime="2026-03-14T09:00:00+00:00">14 March 2026</time></h2><p>One was.' in text
    )
    assert 'Corrected <time datetime="2026-03-14T09:00:00+00:00">14 March</time>' in text


def test_a_note_of_another_year_says_the_year(client):
    article = make_article(published_at=datetime(2025, 12, 1, tzinfo=UTC))
    make_correction(article=article, noted_at=datetime(2026, 1, 14, tzinfo=UTC))

    assert ">14 January 2026</time>" in page(client, article).split("</header>")[1]


def test_date_of_change_moves_with_a_note_and_not_with_a_typo(client):
    article = make_article(published_at=MARCH)
    article.body = "<p>Without the typo.</p>"
    article.save()
    assert "article:modified_time" not in page(client, article)

    make_correction(article=article, noted_at=datetime(2026, 3, 14, tzinfo=UTC))
    make_correction(article=article, kind="update", noted_at=datetime(2026, 3, 20, tzinfo=UTC))

    assert '<meta property="article:modified_time" content="2026-03-20T00:00:00+00:00">' in page(
        client, article
    )


def test_bulletin_grows_by_its_updates(client):
    morning = datetime(2026, 3, 13, 9, 40, tzinfo=UTC)
    bulletin = make_article(kind="bulletin", published_at=morning)
    make_correction(article=bulletin, kind="update", text="Monday.", noted_at=morning + timedelta(hours=4))
    make_correction(article=bulletin, kind="update", text="Safe.", noted_at=morning + timedelta(days=1))
    make_correction(article=bulletin, text="Not Sunday.", noted_at=morning + timedelta(hours=1))

    text = page(client, bulletin)

    updates = text[text.index('<ol class="updates">') : text.index("</ol>", text.index('class="updates"'))]
    assert updates.index("Safe.") < updates.index("Monday.")
    assert ">13:40</time>" in updates
    assert ">14 March, 09:40</time>" in updates
    assert "Not Sunday." not in updates
    assert "Not Sunday." in text
    assert "Updated <time" in text


def test_note_says_nothing_in_html_of_its_own(client):
    article = make_article()
    make_correction(article=article, text="<script>alert(1)</script> & more")

    text = page(client, article)

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text


def test_note_dated_in_the_future_waits(client, time_machine):
    article = make_article()
    note = make_correction(article=article, text="Later.", noted_at=timezone.now() + timedelta(hours=1))
    assert "Later." not in page(client, article) + client.get("/corrections/").text

    time_machine.move_to(note.noted_at)

    assert "Later." in page(client, article)
    assert "Later." in client.get("/corrections/").text


def test_page_of_corrections_has_those_of_its_language_the_newest_first(client):
    article = make_article(title="The strait")
    make_correction(article=article, text="Older.", noted_at=MARCH)
    make_correction(article=article, text="Newer.", noted_at=MARCH + timedelta(days=1))
    make_correction(article=make_article(language="ar"), text="عربي")
    make_correction(article=make_article(status="draft"), text="Secret.")

    english, arabic = client.get("/corrections/").text, client.get("/ar/corrections/").text

    assert english.index("Newer.") < english.index("Older.")
    assert f'<a href="{article.get_absolute_url()}">The strait</a>' in english
    assert "عربي" in arabic
    assert "عربي" not in english
    assert "Secret." not in english
    assert 'href="/corrections/"' in client.get("/").text
    assert 'href="/ar/corrections/"' in client.get("/ar/").text


def test_page_of_corrections_is_paginated_at_a_fixed_price(client, django_assert_max_num_queries):
    for number in range(25):
        make_correction(article=make_article(), text=f"Note {number}.")

    with django_assert_max_num_queries(4):
        first = client.get("/corrections/").text

    assert first.count("Note ") == 20
    assert client.get("/corrections/?page=2").text.count("Note ") == 5
    assert client.get("/corrections/?page=3").status_code == 404


def test_page_of_corrections_without_any_says_so(client):
    assert "Nothing has been corrected yet." in client.get("/corrections/").text


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_readers_are_told_once_the_day_of_review_is_past_on_the_sites_clock(client, time_machine, zone):
    make_site(time_zone=zone)
    article = make_article(published_at=MARCH, review_by=date(2026, 10, 31), reviewed_on=date(2026, 9, 12))
    midnight = timezone.make_aware(datetime(2026, 11, 1), ZoneInfo(zone))

    time_machine.move_to(midnight - timedelta(seconds=2))
    assert "out of date" not in page(client, article)

    time_machine.move_to(midnight + timedelta(seconds=2))
    assert "This article may be out of date." in page(client, article)
    assert "It was written in March 2026 and last reviewed on 12 September 2026." in page(client, article)


@pytest.mark.parametrize("status", Article.Status.values)
@pytest.mark.parametrize("days", [-1, 0, None])
def test_row_and_queryset_agree_on_what_is_due(status, days):
    today = timezone.localdate()
    article = make_article(
        status=status, published_at=MARCH, review_by=None if days is None else today + timedelta(days=days)
    )

    assert article.is_review_due(today) == Article.objects.review_due(today).filter(pk=article.pk).exists()
    assert article.is_review_due(today) == (status == "published" and days == -1)
