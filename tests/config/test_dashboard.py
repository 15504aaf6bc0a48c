"""The desk's front page: what each colleague finds on it, and what it costs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import reworks
from articles.models import Article, Autosave, Comment, LinkUse, OutboundLink
from tests.factories import make_article, make_colleague, make_site
from tests.newsletter.factories import make_newsletter, make_subscription

pytestmark = pytest.mark.django_db
MOST_QUERIES = 13


def at(day, hour):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday_at_noon(time_machine):
    time_machine.move_to(at(23, 12), tick=False)


def look(client, group, **person):
    """Return the front page that a colleague of a group gets, with the colleague."""
    colleague = make_colleague(group, **person)
    client.force_login(colleague)
    return client.get("/admin/")


def panels(response):
    """Return {title of a panel: [(title of a row, when)]}."""
    found = response.context.get("panels") or []
    return {panel.title: [(row.title, row.when) for row in panel.rows] for panel in found}


def make_broken_link(article, number=1):
    link = OutboundLink.objects.create(
        url=f"https://www.example.org/{number}/",
        sha256=f"{number:064}",
        state="broken",
        answer="404",
        broken_since=at(11, 9),
        failures=3,
    )
    LinkUse.objects.create(link=link, article=article)


def fill(editor, count):
    newsletter = make_newsletter() if count == 1 else None
    for number in range(count):
        make_article(status="draft", created_by=editor)
        article = make_article(status="review", created_by=editor, submitted_at=at(20, 9))
        Comment.objects.create(article=article, user=editor, text="Why?")
        make_article(published_at=at(24, 9))
        live = make_article(review_by=at(20, 9).date())
        make_broken_link(live, count * 100 + number)
        Autosave.objects.create(user=editor, tab=f"tab-{count}-{number}", data=[["title", "Typed"]])
        if newsletter:
            make_subscription(newsletter=newsletter)


# Who finds what


def test_a_writer_finds_what_is_hers_and_nothing_of_others(client):
    salma = make_colleague("Writer")
    for person, title in ((salma, "Mine"), (make_colleague("Writer"), "Theirs")):
        make_article(status="draft", title=f"{title}: a draft", created_by=person)
        make_article(status="review", title=f"{title}: in review", created_by=person, submitted_at=at(23, 7))
        make_article(published_at=at(24, 6), title=f"{title}: scheduled", created_by=person)
        live = make_article(title=f"{title}: live", created_by=person, review_by=at(21, 0).date())
        make_broken_link(live, person.pk)
        Autosave.objects.create(user=person, tab=f"tab-{title}", data=[["title", f"{title}: typed"]])
    client.force_login(salma)

    response = client.get("/admin/")

    assert panels(response) == {
        "My drafts": [("Mine: a draft", "just now")],
        "Waiting for review": [("Mine: in review", "5\xa0hours")],
        "Going live next": [("Mine: scheduled", "Tomorrow 06:00")],
        "Needs a new look": [("Mine: live", "2 days late")],
        "Typed, not saved": [("Mine: typed", "just now")],
    }
    assert "Theirs" not in response.text
    assert "Newsletter" not in response.text


def test_an_editor_finds_everybodys_and_the_broken_links(client):
    make_newsletter()
    salma = make_colleague("Writer", first_name="Salma", last_name="Idrissi")
    make_article(status="draft", title="Not mine", created_by=salma)
    waiting = make_article(status="review", title="Who insures?", created_by=salma, submitted_at=at(19, 9))
    Comment.objects.create(article=waiting, user=salma, text="Is it so?")
    Comment.objects.create(article=waiting, user=salma, text="It is.", resolved_at=at(20, 9))
    make_broken_link(make_article(title="The strait"))

    response = look(client, "Editor")

    shown = panels(response)
    assert shown["My drafts"] == []
    assert shown["Waiting for review"] == [("Who insures?", "4\xa0days")]
    assert shown["Broken links"] == [("example.org/1", "3 checks")]
    for words in ("by Salma Idrissi", "1 comment open", "since 11 November", "in The strait"):
        assert words in response.text
    assert 'class="desk-when desk-late">4' in response.text
    assert 'id="desk-newsletter"' not in response.text


def test_a_newsletter_manager_finds_the_newsletter_alone(client):
    newsletter = make_newsletter()
    for status in ("active", "active", "pending", "unsubscribed", "bounced"):
        make_subscription(newsletter=newsletter, status=status)
    make_article(status="review", title="Secret", submitted_at=at(20, 9))

    response = look(client, "Newsletter manager")

    assert dict(response.context["subscriptions"]) == {
        "Subscribed": 2,
        "Not confirmed yet": 1,
        "Joined in 7 days": 2,
        "Left in 7 days": 1,
        "Mail came back, or complained": 1,
    }
    assert panels(response) == {}
    assert "Secret" not in response.text


def test_an_administrator_finds_all_and_djangos_list_below(client):
    response = look(client, "Administrator")

    assert set(panels(response)) == {
        "My drafts",
        "Waiting for review",
        "Going live next",
        "Needs a new look",
        "Broken links",
        "Typed, not saved",
    }
    assert response.context["subscriptions"]
    assert "/admin/articles/tag/" in response.text
    assert "Recent actions" in response.text


def test_a_colleague_without_rights_gets_djangos_page(client):
    client.force_login(make_colleague())

    page = client.get("/admin/")

    assert page.status_code == 200
    assert "desk-panels" not in page.text


def test_only_what_one_may_begin_is_offered(client):
    assert "/admin/articles/article/add/?kind=bulletin" in look(client, "Writer").text
    assert "desk-quick" not in look(client, "Newsletter manager").text


# Rows, days and times


def test_where_there_is_nothing_a_sentence_says_so(client):
    page = look(client, "Editor").text

    for sentence in (
        "Nothing begun.",
        "Nobody waits for an editor.",
        "Nothing is scheduled.",
        "No article is to be looked at again",
        "Every outside link that was checked still leads somewhere.",
        "All that you typed is saved.",
        "Nothing goes live by itself in the next four weeks",
    ):
        assert sentence in page


def test_a_rework_is_called_one_and_the_longest_list_is_cut(client):
    ines = make_colleague("Editor")
    for _number in range(8):
        make_article(status="draft", created_by=ines)
    rework = reworks.start(make_article(title="A live one"), ines)
    rework.publish(timezone.now() + timedelta(days=1))
    client.force_login(ines)

    page = client.get("/admin/").text

    assert "Rework, replaces the live text" in page
    assert "All my drafts (and 2 more)" in page
    address = f"/admin/articles/article/?state=draft&amp;created_by__exact={ines.pk}"
    assert address in page
    assert "8 articles" in client.get(address.replace("&amp;", "&")).text


def test_days_and_times_are_those_of_the_site(client, time_machine):
    make_site(time_zone="Asia/Tokyo")
    time_machine.move_to(at(23, 16), tick=False)  # 01:00 on the 24th
    make_article(title="At dawn", published_at=at(23, 21))

    response = look(client, "Editor")

    assert "The desk, Tuesday 24 November 2026" in response.text
    assert "All times are those of Asia/Tokyo." in response.text
    assert panels(response)["Going live next"] == [("At dawn", "Today 06:00")]
    assert on_days(response) == {"2026-11-24": ["06:00 At dawn"]}


def test_the_calendar_holds_four_weeks_of_what_goes_live_and_what_is_due(client):
    make_article(title="Soon", published_at=at(27, 8))
    make_article(title="Too far", published_at=timezone.now() + timedelta(days=60))
    make_article(title="Look again", review_by=datetime(2026, 12, 10, tzinfo=UTC).date())
    make_article(title="Overdue", review_by=at(20, 0).date())
    for _number in range(6):
        make_article(title="Crowd", published_at=at(25, 8))

    response = look(client, "Editor")

    assert on_days(response) == {
        "2026-11-25": ["08:00 Crowd"] * 4,
        "2026-11-27": ["08:00 Soon"],
        "2026-12-10": ["Look again"],
    }
    assert "and 2 more" in response.text
    assert all(len(week) == 7 for week in response.context["calendar"])


def on_days(response):
    return {
        f"{day.date}": [f"{entry.time} {entry.title}".strip() for entry in day.entries]
        for week in response.context["calendar"]
        for day in week
        if day.entries
    }


def test_what_people_typed_stays_text(client):
    hostile = "<img src=x onerror=alert(1)>"
    ines = make_colleague("Editor", first_name=hostile)
    make_article(title=hostile, status="review", submitted_at=at(20, 9), created_by=ines)
    Autosave.objects.create(user=ines, tab="tab-1", data=[["title", hostile]])
    Autosave.objects.create(user=ines, tab="tab-2", data=[["body", "title"]])
    client.force_login(ines)

    response = client.get("/admin/")

    assert "<img src=x" not in response.text
    assert {row[0] for row in panels(response)["Typed, not saved"]} == {hostile, "Without a title"}


# What it costs


def test_it_asks_the_same_number_of_questions_however_much_there_is(client):
    colleague = make_colleague("Administrator")
    client.force_login(colleague)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/admin/").status_code == 200
        return len(captured)

    fill(colleague, 1)
    asked()
    few = asked()
    fill(colleague, 30)

    assert asked() == few <= MOST_QUERIES
    assert Article.objects.count() > 100
