"""From draft to live and back: transitions, their dates, their buttons, and who may press them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.checklist import WARNINGS
from articles.models import Article, Override, Tag
from tests.factories import make_article, make_colleague, make_complete_article, make_site

pytestmark = pytest.mark.django_db
DATES = ["published_at", "submitted_at", "withdrawn_at", "withdrawn_reason"]


def ago(**parts):
    return timezone.now() - timedelta(**parts)


def ahead(**parts):
    return timezone.now() + timedelta(**parts)


def reloaded(article):
    return Article.objects.get(pk=article.pk)


# Transitions


def test_submitting_hands_a_draft_to_the_editors():
    article = make_article(status="draft")

    article.submit()

    article = reloaded(article)
    assert article.state == "review"
    assert article.submitted_at


def test_sending_back_forgets_when_it_was_submitted():
    article = make_article(status="draft")
    article.submit()

    article.send_back()

    article = reloaded(article)
    assert (article.state, article.submitted_at) == ("draft", None)


def test_publishing_ends_the_review():
    article = make_article(status="draft")
    article.submit()

    article.publish()

    article = reloaded(article)
    assert (article.state, article.submitted_at) == ("live", None)


def test_a_time_in_the_future_schedules():
    article = make_article(status="draft")

    article.publish(ahead(hours=1))

    assert reloaded(article).state == "scheduled"


def test_a_scheduled_article_that_is_taken_back_forgets_its_time():
    article = make_article(published_at=ahead(days=1))

    article.take_back()

    article = reloaded(article)
    assert (article.state, article.published_at) == ("draft", None)


def test_an_article_that_was_public_keeps_its_first_date_through_everything():
    first = ago(days=30)
    article = make_article(published_at=first)

    for step in (article.take_back, article.submit, article.send_back, article.publish):
        step()
        assert reloaded(article).published_at == first
    article.withdraw("It was wrong.")
    article.publish()

    assert reloaded(article).published_at == first


def test_withdrawing_says_why_and_publishing_again_forgets_it():
    article = make_article()

    article.withdraw("Its figures were wrong.")
    withdrawn = reloaded(article)
    article.publish()

    assert withdrawn.state == "withdrawn"
    assert withdrawn.withdrawn_at
    assert withdrawn.withdrawn_reason == "Its figures were wrong."
    article = reloaded(article)
    assert (article.state, article.withdrawn_at, article.withdrawn_reason) == ("live", None, "")


@pytest.mark.parametrize(
    ("fields", "reason", "sentence"),
    [
        ({}, "  ", "says why"),
        ({"status": "draft"}, "Wrong.", "what readers see"),
        ({"published_at": timezone.now() + timedelta(days=300)}, "Wrong.", "what readers see"),
    ],
)
def test_only_what_readers_see_is_withdrawn_and_never_without_a_reason(fields, reason, sentence):
    article = make_article(**fields)
    before = article.state

    with pytest.raises(ValueError, match=sentence):
        article.withdraw(reason)

    assert reloaded(article).state == before


def test_a_transition_saves_its_own_fields_alone():
    article = make_article(status="draft", title="Opened")
    Article.objects.filter(pk=article.pk).update(title="Changed since")

    article.submit()

    assert reloaded(article).title == "Changed since"


@pytest.mark.parametrize(
    ("status", "hours"),
    [
        (status, hours)
        for status in Article.Status.values
        for hours in (-1, 1, None)
        if hours is not None or status != Article.Status.PUBLISHED
    ],
)
@pytest.mark.parametrize("step", ["publish", "take_back"])
def test_one_and_many_agree(time_machine, status, hours, step):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    now = timezone.now()
    fields = {
        "status": status,
        "published_at": None if hours is None else now + timedelta(hours=hours),
        "submitted_at": now if status == "review" else None,
        "withdrawn_at": now if status == "withdrawn" else None,
        "withdrawn_reason": "Wrong." if status == "withdrawn" else "",
    }
    one, many = make_article(**fields), make_article(**fields)

    getattr(one, step)()
    getattr(Article.objects.filter(pk=many.pk), step)()

    one, many = reloaded(one), reloaded(many)
    assert one.state == many.state
    assert [getattr(one, name) for name in DATES] == [getattr(many, name) for name in DATES]


# The form


ADD = "/admin/articles/article/add/"
ANYWAY = ",".join(WARNINGS)


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


def sent(*, when=None, **fields):
    """What the browser sends for an article that lacks what the checklist warns of."""
    return {
        "kind": "analysis",
        "language": "en",
        "title": "The canal",
        "slug": "the-canal",
        "standfirst": "",
        "body": "<p>Long work.</p>",
        "published_at_0": f"{when:%Y-%m-%d}" if when else "",
        "published_at_1": f"{when:%H:%M:%S}" if when else "",
        "bylines-TOTAL_FORMS": 0,
        "bylines-INITIAL_FORMS": 0,
        "related_links-TOTAL_FORMS": 0,
        "related_links-INITIAL_FORMS": 0,
        "drawn_on-TOTAL_FORMS": 0,
        "drawn_on-INITIAL_FORMS": 0,
        **fields,
    }


def buttons(page):
    return re.findall(r'name="(_\w+)"', page.text)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "draft"}, ["_draft", "_submit", "_publish", "_schedule"]),
        ({"status": "review"}, ["_save", "_publish", "_schedule", "_send_back"]),
        ({"published_at": datetime(2100, 1, 1, tzinfo=UTC)}, ["_save", "_publish", "_draft"]),
        ({}, ["_save", "_draft", "_withdraw"]),
        ({"status": "withdrawn"}, ["_save", "_publish", "_draft"]),
    ],
)
def test_each_state_has_its_buttons(admin_client, fields, expected):
    assert buttons(admin_client.get(change(make_article(**fields)))) == expected


def test_submit_and_send_back(admin_client):
    article = make_article(status="draft")

    submitted = admin_client.post(change(article), sent(_submit="1"), follow=True)
    assert reloaded(article).state == "review"
    admin_client.post(change(article), sent(_send_back="1"))

    assert "waits for an editor" in submitted.text
    assert reloaded(article).state == "draft"


def test_withdrawing_asks_for_a_reason_and_loses_nothing(admin_client):
    article = make_article()

    response = admin_client.post(change(article), sent(when=article.published_at, _withdraw="1"))

    assert "readers of the article" in response.context["adminform"].form.errors["withdrawn_reason"][0]
    assert "Long work." in response.text
    assert reloaded(article).state == "live"


def test_a_withdrawn_article_can_be_put_right_in_its_reason_and_published_again(admin_client):
    article = make_article(published_at=ago(days=3))
    when = article.published_at
    admin_client.post(change(article), sent(when=when, withdrawn_reason="Wrogn.", _withdraw="1"))
    assert (reloaded(article).state, reloaded(article).withdrawn_reason) == ("withdrawn", "Wrogn.")

    admin_client.post(change(article), sent(when=when, withdrawn_reason="Wrong.", _save="1"))
    assert reloaded(article).withdrawn_reason == "Wrong."
    admin_client.post(change(article), sent(when=when, withdrawn_reason="Wrong.", _publish=ANYWAY))

    article = reloaded(article)
    assert (article.state, article.withdrawn_reason) == ("live", "")
    assert abs(article.published_at - when) < timedelta(seconds=1)


def test_back_to_draft_of_a_scheduled_article_forgets_its_time(admin_client):
    article = make_article(published_at=ahead(days=2))

    admin_client.post(change(article), sent(when=article.published_at, _draft="1"))

    article = reloaded(article)
    assert (article.state, article.published_at) == ("draft", None)


def test_a_step_that_the_state_does_not_allow_is_refused_in_words(admin_client):
    article = make_article()

    response = admin_client.post(change(article), sent(when=article.published_at, _submit="1"))

    assert "in another state by now" in response.text
    assert reloaded(article).state == "live"


def test_a_live_article_without_title_and_address_comes_back_whole(admin_client):
    article = make_article()

    response = admin_client.post(change(article), sent(title="", slug="", _save="1"))

    assert response.status_code == 200
    assert "Long work." in response.text
    assert f'href="{article.get_absolute_url()}"' in response.text


def test_every_time_field_names_the_zone_and_a_past_time_says_what_it_does(admin_client):
    make_site(time_zone="Asia/Jerusalem")

    page = admin_client.get(ADD).text

    assert page.count("In the time zone Asia/Jerusalem") == 3
    assert "A time in the past is only the date" in page


def test_who_begins_an_article_is_kept(admin_client, admin_user):
    admin_client.post(ADD, sent(_draft="1"))

    assert Article.objects.get().created_by == admin_user


# The checklist


@pytest.mark.parametrize("button", ["_publish", "_schedule"])
def test_a_warning_holds_the_article_until_it_is_overridden(admin_client, admin_user, button):
    article = make_article(status="draft", title="Before")
    data = sent(when=ahead(days=1))

    held = admin_client.post(change(article), data | {button: "1"})

    assert (reloaded(article).state, reloaded(article).title) == ("draft", "Before")
    assert "The standfirst is missing." in held.text
    assert "Long work." in held.text
    again = re.search(rf'<button[^>]*name="{button}" value="([^"]+)"', held.text)[1]

    admin_client.post(change(article), data | {button: again})

    assert reloaded(article).state == {"_publish": "live", "_schedule": "scheduled"}[button]
    assert {(row.rule, row.user) for row in article.overrides.all()} == {
        ("standfirst", admin_user),
        ("byline", admin_user),
        ("lead-image", admin_user),
    }


def test_what_blocks_cannot_be_overridden(admin_client):
    article = make_article(status="draft")

    held = admin_client.post(change(article), sent(body="<p>TKTK</p>", _publish=f"{ANYWAY},placeholder"))

    assert "A placeholder is left" in held.text
    assert "Publish all the same" not in held.text
    assert reloaded(article).state == "draft"
    assert not Override.objects.exists()


def test_a_held_new_article_leaves_nothing_behind(admin_client):
    held = admin_client.post(ADD, sent(tags=["Canals"], _publish="1"))

    assert "Nothing is published or saved yet" in held.text
    assert not Article.objects.exists()
    assert not Tag.objects.exists()
    assert buttons(held)[-4:] == ["_draft", "_submit", "_publish", "_schedule"]


def test_a_warning_that_was_not_shown_is_shown_first(admin_client):
    article = make_article(status="draft")

    held = admin_client.post(change(article), sent(title="x" * 80, _publish="standfirst,byline,lead-image"))

    assert "The title has 80 characters" in held.text
    assert reloaded(article).state == "draft"


def test_the_list_reports_what_the_checklist_held_back(admin_client):
    good, bad = make_complete_article(), make_article(status="draft", title="Not yet")

    page = admin_client.post(
        "/admin/articles/article/", {"action": "publish", "_selected_action": [good.pk, bad.pk]}
    )
    assert "held 1 article back" in page.text
    assert f'<a href="{change(bad)}"><bdi>Not yet</bdi></a>' in page.text
    response = admin_client.post(
        "/admin/articles/article/",
        {"action": "publish", "_selected_action": [good.pk, bad.pk], "confirmed": "1"},
        follow=True,
    )

    assert "1 article is live" in response.text
    assert "held 1 article back" in response.text
    assert f'<a href="{change(bad)}">Not yet</a>: The standfirst is missing.' in response.text
    assert (reloaded(good).state, reloaded(bad).state) == ("live", "draft")


def test_saving_a_live_article_says_what_the_checklist_finds(admin_client):
    article = make_article()

    response = admin_client.post(change(article), sent(when=article.published_at, _save="1"), follow=True)

    assert "The checklist finds in it:" in response.text
    assert reloaded(article).title == "The canal"


# Writers


@pytest.fixture
def writer():
    return make_colleague("Writer")


@pytest.fixture
def desk(client, writer):
    client.force_login(writer)
    return client


def test_a_writer_begins_writes_and_submits(desk, writer):
    desk.post(ADD, sent(_draft="1"))
    article = Article.objects.get()

    desk.post(change(article), sent(title="Better", _submit="1"))

    article = reloaded(article)
    assert (article.created_by, article.title, article.state) == (writer, "Better", "review")
    locked = desk.get(change(article))
    assert locked.status_code == 200
    assert buttons(locked) == []


@pytest.mark.parametrize(
    "forged",
    [
        {"_publish": ANYWAY},
        {"_schedule": ANYWAY, "published_at_0": "2100-01-01", "published_at_1": "10:00"},
        {"_withdraw": "1", "withdrawn_reason": "Mine."},
        {"_send_back": "1"},
    ],
)
def test_a_writer_who_forges_a_button_changes_nothing_and_loses_nothing(desk, writer, forged):
    article = make_article(status="draft", created_by=writer, title="Before")

    response = desk.post(change(article), sent(**forged))

    assert "Publishing is for editors" in response.text
    assert "Long work." in response.text
    assert (reloaded(article).state, reloaded(article).title) == ("draft", "Before")


def test_a_writer_who_forges_fields_changes_only_what_writers_write(desk, writer):
    other = make_colleague("Writer")
    article = make_article(status="draft", created_by=writer)
    forged = {
        "status": "published",
        "published_at_0": "2020-01-01",
        "published_at_1": "10:00",
        "published_at": "2020-01-01 10:00",
        "created_by": other.pk,
        "withdrawn_reason": "Mine.",
        "draft_of": make_article().pk,
    }

    desk.post(change(article), sent(**forged, _draft="1"))

    article = reloaded(article)
    assert article.title == "The canal"
    assert (article.state, article.published_at, article.created_by) == ("draft", None, writer)
    assert (article.withdrawn_reason, article.draft_of) == ("", None)


@pytest.mark.parametrize(
    ("fields", "own"),
    [({"status": "draft"}, False), ({"status": "review"}, True), ({}, True), ({}, False)],
)
def test_a_writer_changes_nothing_but_own_drafts(desk, writer, fields, own):
    owner = writer if own else make_colleague("Writer")
    article = make_article(created_by=owner, title="Before", **fields)

    response = desk.post(change(article), sent(when=ago(days=1), _save="1"))

    assert response.status_code in (302, 403)
    assert reloaded(article).title == "Before"


def test_a_writer_publishes_nothing_from_the_list(desk, writer):
    article = make_complete_article(created_by=writer)

    for action in ("publish", "take_back", "delete_selected"):
        desk.post(
            "/admin/articles/article/",
            {"action": action, "_selected_action": [article.pk], "post": "yes", "confirmed": "1"},
        )

    assert reloaded(article).state == "draft"


def test_a_writer_sees_own_articles_and_what_readers_see(desk, writer):
    make_article(status="draft", created_by=writer, title="Mine")
    make_article(title="Live")
    hidden = make_article(status="draft", title="Theirs")

    listed = {article.title for article in desk.get("/admin/articles/article/").context["cl"].result_list}

    assert listed == {"Mine", "Live"}
    assert desk.get(f"/admin/articles/article/{hidden.pk}/preview/").status_code in (403, 404)
    assert desk.get(change(hidden)).status_code == 302


@pytest.mark.parametrize("group", [None, "Writer", "Editor"])
@pytest.mark.parametrize("status", Article.Status.values)
@pytest.mark.parametrize("own", [True, False])
def test_one_and_many_agree_on_who_sees_what(group, status, own):
    user = make_colleague(group)
    article = make_article(
        status=status, published_at=ago(days=1), created_by=user if own else make_colleague()
    )

    assert article.is_visible_to(user) == Article.objects.visible_to(user).filter(pk=article.pk).exists()
