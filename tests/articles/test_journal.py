"""The log of who did what: in sentences, for each article, and never changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import journal, reworks, tagging
from articles.checklist import WARNINGS
from articles.models import Article
from tests.articles.test_admin_writing import ADD, change, form
from tests.factories import make_article, make_colleague, make_complete_article, make_site, make_tag

pytestmark = pytest.mark.django_db
LIST = "/admin/admin/logentry/"


def log_of(article):
    """What the log says of an article, a line for each entry, the oldest first."""
    return [" ".join(journal.sentences(row)) for row in reversed(journal.entries(article))]


def log_page(article):
    return f"/admin/articles/article/{article.pk}/history/log/"


def send(client, article, **fields):
    article.refresh_from_db()
    sent = form(**{"title": article.title, "slug": article.slug, "seen": article.version, **fields})
    response = client.post(change(article), sent)
    assert response.status_code == 302, response.context["adminform"].form.errors


# What it says


def test_the_life_of_an_article_is_told_in_sentences(admin_client):
    make_site(time_zone="Asia/Tokyo")
    admin_client.post(ADD, form(title="At the buoy", _draft="1"))
    article = Article.objects.get()
    send(admin_client, article, body="<p>Other words.</p>", _submit="1")
    send(admin_client, article, body="<p>Other words.</p>", _send_back="1")
    send(
        admin_client,
        article,
        body="<p>Other words.</p>",
        published_at_0="2026-12-24",
        published_at_1="18:30",
        _schedule=",".join(WARNINGS),
    )
    send(admin_client, article, body="<p>Other words.</p>", _publish=",".join(WARNINGS))
    send(
        admin_client, article, body="<p>More words.</p>", published_at_0="2026-11-01", published_at_1="10:00"
    )
    send(admin_client, article, body="<p>More words.</p>", withdrawn_reason="It was ten.", _withdraw="1")

    told = log_of(article)
    assert told[0] == "Began it."
    assert told[1].startswith("Submitted it for review. Changed ")
    assert "Text" in told[1]
    assert told[2].startswith("Sent it back to its writer.")
    assert told[3].startswith("Scheduled it for 24 December 2026, 18:30")
    assert "Overrode the warning: “The lead image is missing.”" in told[3]
    assert told[4].startswith("Published it. Overrode the warning: “")
    assert told[5].startswith("Changed ")
    assert told[6].startswith("Withdrew it, and told readers: “It was ten.”")
    assert len(told) == 7


def test_each_line_says_who_and_when_and_leads_to_its_version(admin_client, admin_user, time_machine):
    make_site(time_zone="Asia/Tokyo")
    User.objects.filter(pk=admin_user.pk).update(first_name="Ines", last_name="Vale")
    article = make_article(status="draft")
    time_machine.move_to("2026-12-01T20:30:00+00:00")
    admin_client.force_login(User.objects.get(pk=admin_user.pk))
    send(admin_client, article, title="Another")

    page = admin_client.get(log_page(article)).text

    assert "Ines Vale" in page
    assert "2 December 2026, 05:30" in page
    assert "Times are those of Asia/Tokyo." in page
    assert f"/admin/articles/article/{article.pk}/history/compare/?new=1" in page
    assert log_page(article) in admin_client.get(f"/admin/articles/article/{article.pk}/history/").text


def test_the_log_of_a_rework_is_part_of_its_articles_log(admin_client):
    article = make_complete_article(status="published", published_at=timezone.now() - timedelta(days=1))
    admin_client.post(f"/admin/articles/article/{article.pk}/rework/")
    rework = Article.objects.get(draft_of=article)
    send(admin_client, rework, title="New title", standfirst=rework.standfirst, _publish=",".join(WARNINGS))

    told = log_of(article)

    assert told[0] == "Began a rework."
    assert told[1].startswith("Worked on the rework.")
    assert "Title" in told[1]
    assert told[2] == "Replaced the text by its rework."
    assert not Article.objects.filter(pk=rework.pk).exists()
    # The versions that the rework made are the article's now, by other numbers.
    assert admin_client.get(log_page(article)).text.count("history/compare/?new=") == 2


def test_a_rework_that_replaces_the_text_by_the_clock_is_told_too(time_machine):
    ines = make_colleague("Editor")
    time_machine.move_to("2026-12-01T08:00:00+00:00")
    article = make_article(published_at=timezone.now() - timedelta(days=1))
    rework = reworks.start(article, ines)
    rework.publish(timezone.now() + timedelta(hours=1))
    time_machine.move_to("2026-12-01T10:00:00+00:00")

    reworks.apply_due()

    assert log_of(article)[-1] == "The rework that this person had scheduled replaced the text."


def test_dropping_and_restoring_are_told(admin_client):
    article = make_article(status="draft", title="First")
    send(admin_client, article, title="Second")
    article.refresh_from_db()
    admin_client.post(f"/admin/articles/article/{article.pk}/history/0/restore/", {"seen": article.version})
    live = make_article()
    rework = reworks.start(live, make_colleague("Editor"))
    admin_client.post(f"/admin/articles/article/{rework.pk}/drop/")

    assert log_of(article)[-1] == "Restored version 0."
    assert log_of(live) == ["Began a rework.", "Dropped the rework."]


def test_merging_tags_is_told_of_each_article_that_had_them():
    ines = make_colleague("Editor")
    ports, harbours = make_tag(name="Ports"), make_tag(name="Harbours")
    had, both, other = (
        make_article(tags=["Harbours"]),
        make_article(tags=["Ports", "Harbours"]),
        make_article(),
    )
    merge = tagging.merge([ports, harbours], ports, ines)
    tagging.undo(merge, ines)

    for article in (had, both):
        assert log_of(article) == [
            "Merged “Harbours” into the tag “Ports”.",
            "Undid the merge of “Harbours” into the tag “Ports”.",
        ]
    assert log_of(other) == []


def test_an_action_on_many_writes_a_line_for_each(admin_client):
    articles = [make_complete_article(), make_complete_article()]
    chosen = [article.pk for article in articles]
    for action in ("publish", "take_back"):
        sent = {"action": action, "_selected_action": chosen, "confirmed": "1"}
        admin_client.post("/admin/articles/article/", sent)

    for article in articles:
        published, taken_back = log_of(article)
        assert "Published" in published
        assert "back to draft" in taken_back


def test_a_deleted_article_is_still_told_of(admin_client):
    article = make_article(title="Gone for good")
    admin_client.post(f"/admin/articles/article/{article.pk}/delete/", {"post": "yes"})

    page = admin_client.get(LIST).text

    assert "Gone for good" in page
    assert "Deleted it." in page


def test_an_article_without_entries_says_so(admin_client):
    assert "Nothing is written down yet" in admin_client.get(log_page(make_article())).text


def test_what_people_type_stays_text(admin_client):
    hostile = "<img src=x onerror=alert(1)> 100 %(moment)s %"
    article = make_article(title=hostile)
    send(admin_client, article, title=hostile, withdrawn_reason=hostile, _withdraw="1")

    for address in (log_page(article), LIST):
        page = admin_client.get(address).text
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=alert(1)&gt; 100 %(moment)s %" in page


@pytest.mark.parametrize("number", ["2", "50", "0", "-1", "x", "9" * 30])
def test_a_long_log_has_pages(admin_client, admin_user, number):
    article = make_article()
    for _number in range(3):
        journal.note_all(admin_user, [article.pk] * 40, journal.TAKEN_BACK)

    page = admin_client.get(log_page(article), {"p": number})

    assert page.status_code == 200
    assert page.text.count("Took it back to draft.") == {"2": 20, "50": 0}.get(number, 100)


def test_the_log_costs_the_same_for_many_entries(admin_client):
    article = make_article(status="draft")

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(log_page(article)).status_code == 200
        return len(captured)

    send(admin_client, article, title="Title")
    asked()
    few = asked()
    for number in range(5):
        send(admin_client, article, title=f"Title {number}")

    assert asked() == few


# Nobody changes it


def test_no_code_changes_or_deletes_a_line(admin_user):
    journal.note(admin_user, make_article(), journal.TAKEN_BACK)

    for harm in (
        lambda: LogEntry.objects.update(change_message=""),
        lambda: LogEntry.objects.all().delete(),
        lambda: LogEntry.objects.get().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            harm()
    assert LogEntry.objects.get().change_message


def test_a_colleague_of_whom_the_log_tells_is_not_deleted(admin_client):
    ines, guest = make_colleague("Editor", username="ines"), make_colleague("Writer", username="guest")
    journal.note(ines, make_article(), journal.TAKEN_BACK)

    asked = admin_client.get(f"/admin/auth/user/{ines.pk}/delete/").text
    admin_client.post(f"/admin/auth/user/{ines.pk}/delete/", {"post": "yes"})
    admin_client.post(f"/admin/auth/user/{guest.pk}/delete/", {"post": "yes"})

    assert "The log tells what ines did" in asked
    assert list(User.objects.filter(username__in=["ines", "guest"])) == [ines]


def test_not_even_a_superuser_is_offered_to_change_it(admin_client, admin_user):
    journal.note(admin_user, make_article(), journal.TAKEN_BACK)
    row = LogEntry.objects.get()

    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.get(f"{LIST}{row.pk}/delete/").status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/change/", {"change_message": ""}).status_code == 403
    assert admin_client.get(f"{LIST}{row.pk}/change/").status_code == 200


# The list of everything


def test_everything_is_listed_by_person_and_by_day(admin_client, time_machine):
    make_site(time_zone="Asia/Tokyo")
    ines, dan = make_colleague("Editor"), make_colleague("Editor")
    for day, user, title in ((1, ines, "The canal"), (2, dan, "The strait")):
        time_machine.move_to(datetime(2026, 12, day, 20, tzinfo=UTC))
        journal.note(user, make_article(title=title), journal.TAKEN_BACK)
    admin_client.force_login(User.objects.get(username="admin"))

    def listed(**query):
        page = admin_client.get(LIST, query).text
        return [title for title in ("The canal", "The strait") if title in page]

    assert listed() == ["The canal", "The strait"]
    assert listed(user=ines.pk) == ["The canal"]
    # The evening of the 2nd in London is the 3rd in Tokyo.
    assert listed(day="2026-12-03") == ["The strait"]
    assert listed(day="2026-12-02") == ["The canal"]
    assert listed(day="2026-13-40") == listed(day="x") == listed(user="x") == listed()


def test_an_editor_sees_the_publication_and_an_administrator_all(client):
    person = make_colleague("Administrator", username="somebody")
    journal.note(person, make_article(title="The canal"), journal.TAKEN_BACK)
    LogEntry.objects.log_actions(person.pk, [person], 2, "Closed the account.")

    client.force_login(make_colleague("Editor"))
    editor = client.get(LIST).text
    client.force_login(make_colleague("Administrator"))
    administrator = client.get(LIST).text

    assert "The canal" in editor
    assert "Closed the account." not in editor
    assert "The canal" in administrator
    assert "Closed the account." in administrator
