"""Doing the same to many articles: what is shown first, and what then happens."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import bulk
from articles.bulk import AddTags, Publish, RemoveTags, TakeBack, Verdict
from articles.models import Article, Revision, Tag
from tests.confirming import confirm
from tests.factories import make_article, make_colleague, make_complete_article, make_tag

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


@pytest.fixture
def editor():
    return make_colleague("Editor")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def choose(client, action, articles, address=LIST, **more):
    sent = {"action": action, "_selected_action": [article.pk for article in articles], **more}
    return client.post(address, sent, follow=True)


def counts(outcome):
    return {verdict.value: group.count for verdict, group in outcome.groups.items() if group.count}


def state(article):
    return Article.objects.get(pk=article.pk).state


# What is shown first


def test_publishing_first_says_what_will_happen_and_changes_nothing(desk):
    ready, held = make_complete_article(title="Ready"), make_article(status="draft", title="Not yet")
    live = make_article(title="Long since")

    page = choose(desk, "publish", [ready, held, live])

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text))
    assert "1 will be published now: Ready" in text
    assert "The checklist held 1 article back" in text
    assert "Not yet The standfirst is missing. (and 2 more)" in text
    assert "1 is live already: Long since" in text
    assert "Publish 1 article" in page.text
    assert [state(article) for article in (ready, held, live)] == ["draft", "draft", "live"]
    assert not Revision.objects.exists()


def test_confirming_does_what_was_shown_with_a_version_and_a_row_in_the_log(desk, editor):
    ready, held = make_complete_article(title="Ready"), make_article(status="draft", title="Not yet")

    answer = confirm(desk, choose(desk, "publish", [ready, held]))

    assert "1 article is live." in answer.text
    assert (state(ready), state(held)) == ("live", "draft")
    latest = ready.revisions.first()
    assert (latest.user, latest.snapshot["fields"]["status"]) == (editor, "published")
    assert [entry.object_id for entry in LogEntry.objects.all()] == [str(ready.pk)]
    assert not held.revisions.exists()


def test_nothing_to_change_leaves_no_button(desk):
    page = choose(desk, "publish", [make_article()])

    assert "1 is live already" in page.text
    assert 'type="submit" class="default"' not in page.text


def test_what_an_editor_might_not_expect_is_said(desk):
    tomorrow = timezone.now() + timedelta(days=1)
    made = [
        make_complete_article(status="published", published_at=tomorrow),
        make_complete_article(status="withdrawn", withdrawn_reason="Wrong."),
        make_complete_article(published_at=timezone.now() - timedelta(days=9)),
    ]

    page = choose(desk, "publish", made)

    for words in ("At once, instead of on", "It was withdrawn; readers get it again.", "It keeps its date"):
        assert words in page.text
    assert "Readers see it now; they will not any more." in choose(desk, "take_back", [make_article()]).text


def test_many_names_are_shortened(desk):
    made = [make_complete_article(title=f"Piece {number}") for number in range(bulk.NAMED + 3)]

    page = choose(desk, "publish", made)

    assert page.text.count("<bdi>Piece") == bulk.NAMED
    assert "and 3 more." in page.text
    assert "Publish 23 articles" in page.text


def test_a_hostile_title_is_shown_as_text(desk):
    page = choose(desk, "publish", [make_complete_article(title="<script>alert(1)</script>")])

    assert "<script>alert(1)" not in page.text


def test_all_pages_of_a_list_are_chosen_up_to_the_limit(desk, monkeypatch):
    monkeypatch.setattr(bulk, "LIMIT", 2)
    made = [make_article(title=f"Piece {number}") for number in range(3)]

    page = choose(desk, "take_back", made[:1], select_across="1")
    assert "These are the first 2 that this would change" in page.text
    confirm(desk, page)
    confirm(desk, choose(desk, "take_back", made[:1], select_across="1"))

    assert [state(article) for article in made] == ["draft"] * 3


def test_a_list_that_is_narrowed_stays_so(desk):
    draft = make_complete_article(kind="bulletin")
    make_complete_article(kind="mention")
    narrowed = f"{LIST}?kind__exact=bulletin"

    page = choose(desk, "publish", [draft], address=narrowed, select_across="1")

    assert "Publish 1 article<" not in page.text
    assert 'value="Publish 1 article"' in page.text
    assert confirm(desk, page).redirect_chain == [(narrowed, 302)]


# What then happens


def test_a_second_time_changes_nothing(editor):
    article = make_complete_article()
    bulk.run(Publish(editor), [article.pk])
    first = Article.objects.get(pk=article.pk)

    again = bulk.run(Publish(editor), [article.pk])

    assert counts(again) == {"already": 1}
    assert Article.objects.get(pk=article.pk).version == first.version
    assert LogEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_change_nothing_twice():
    editor, article = make_colleague("Editor"), make_complete_article()
    start, outcomes = Barrier(2), []

    def press():
        start.wait()
        try:
            outcomes.append(counts(bulk.run(Publish(editor), [article.pk])))
        finally:
            connections.close_all()

    threads = [Thread(target=press) for _twice in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [{"already": 1}, {"changes": 1}]
    assert Article.objects.get(pk=article.pk).version == 1


def test_what_has_changed_meanwhile_is_said(desk):
    published, spoilt, deleted, fine = (make_complete_article(title=name) for name in "ABCD")
    page = choose(desk, "publish", [published, spoilt, deleted, fine])
    Article.objects.filter(pk=published.pk).publish()
    Article.objects.filter(pk=spoilt.pk).update(body="<p>TKTK</p>")
    deleted.delete()

    answer = confirm(desk, page)

    assert "1 article is live." in answer.text
    assert "1 is live already" in answer.text
    assert "The checklist held 1 article back" in answer.text
    assert "1 is no longer there." in answer.text
    assert state(fine) == "live"


def test_keys_that_are_none_change_nothing(desk):
    answer = desk.post(
        LIST,
        {"action": "publish", "select_across": "1", "confirmed": "1", "_selected_action": ["x", "9" * 30]},
    )

    assert answer.status_code == 302


def test_taking_back_forgets_a_time_to_come(desk):
    article = make_article(published_at=timezone.now() + timedelta(days=1))

    confirm(desk, choose(desk, "take_back", [article]))

    article.refresh_from_db()
    assert (article.state, article.published_at) == ("draft", None)


# Tags


def tags_of(article):
    return [row.tag.name for row in article.tagged.select_related("tag").order_by("pk")]


def test_tags_are_added_to_many_at_once(desk):
    make_tag(name="Ports"), make_tag(name="Water")
    bare, tagged = make_article(tags=["Grain"]), make_article(tags=["Ports", "Water"])

    asked = choose(desk, "add_tags", [bare, tagged])
    assert "See what would happen" in asked.text
    page = choose(desk, "add_tags", [bare, tagged], asked="1", tags=["ports", "Water"])
    assert "1 will have “Ports”, “Water” too" in page.text or "1 will have “Water”, “Ports” too" in page.text
    assert "1 has that already" in page.text
    answer = confirm(desk, page)

    assert "1 article has" in answer.text
    assert sorted(tags_of(bare)) == ["Grain", "Ports", "Water"]
    bare.refresh_from_db()
    assert "Ports" in bare.keywords
    assert bare.revisions.first().happened.startswith("Tags added: ")
    assert not tagged.revisions.exists()


def test_tags_are_taken_away_from_many_at_once(desk):
    first, second, other = make_article(tags=["Ports", "Grain"]), make_article(tags=["Ports"]), make_article()

    page = choose(desk, "remove_tags", [first, second, other], asked="1", tags=["Ports"])
    answer = confirm(desk, page)

    assert "2 articles no longer have “Ports”." in answer.text
    assert (tags_of(first), tags_of(second)) == (["Grain"], [])


def test_an_unknown_tag_is_not_made_by_a_slip(desk):
    page = choose(desk, "add_tags", [make_article()], asked="1", tags=["Prots"])

    assert "There is no tag “Prots” yet" in page.text
    assert not Tag.objects.exists()


def test_an_article_does_not_get_more_tags_than_its_form_allows(editor):
    article, tag = make_article(tags=[f"Tag no {number}" for number in range(30)]), make_tag()

    outcome = bulk.run(AddTags(editor, [tag]), [article.pk])

    assert counts(outcome) == {"held": 1}
    assert len(tags_of(article)) == 30


def test_a_tag_that_was_deleted_meanwhile_stops_the_rest(editor):
    article, tag = make_article(), make_tag()
    Tag.objects.all().delete()

    outcome = bulk.run(AddTags(editor, [tag]), [article.pk])

    assert "merged or deleted" in outcome.stopped
    assert not article.revisions.exists()


def test_a_reworks_tags_are_left_alone(editor):
    article, tag = make_article(), make_tag()
    rework = make_article(status="draft", draft_of=article, tags=[tag])

    outcome = bulk.run(RemoveTags(editor, [tag]), [rework.pk])

    assert counts(outcome) == {"gone": 1}


# Who may


def test_a_writer_tags_own_drafts_alone_and_is_told_of_the_others(client):
    writer, tag = make_colleague("Writer"), make_tag(name="Ports")
    own, live = make_article(status="draft", created_by=writer), make_article(title="Theirs")
    hidden = make_article(status="draft", title="Hidden")
    client.force_login(writer)

    page = choose(client, "add_tags", [own, live, hidden], asked="1", tags=["Ports"])
    assert "1 you may not change" in page.text
    assert "Theirs" in page.text
    assert "Hidden" not in page.text
    confirm(client, page)

    outcome = bulk.run(AddTags(writer, [tag]), [live.pk, hidden.pk])
    assert counts(outcome) == {"refused": 1, "gone": 1}
    assert (tags_of(own), tags_of(live), tags_of(hidden)) == (["Ports"], [], [])


def test_showing_asks_no_question_for_each_article(editor):
    def questions(count):
        made = [make_complete_article().pk for _number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            outcome = bulk.foresee(Publish(editor), Article.objects.filter(pk__in=made))
        assert outcome.groups[Verdict.CHANGES].count == count
        return len(captured)

    questions(1)  # what is asked once for each person
    assert questions(2) == questions(12)


def test_taking_back_and_publishing_are_for_editors(client):
    writer = make_colleague("Writer")
    own = make_complete_article(created_by=writer)
    client.force_login(writer)

    choose(client, "publish", [own], confirmed="1")
    choose(client, "take_back", [make_article()], confirmed="1")

    assert state(own) == "draft"
    assert Article.objects.published().count() == 1
    assert counts(bulk.run(TakeBack(writer), [make_article().pk])) == {"refused": 1}
