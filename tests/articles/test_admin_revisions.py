"""The desk: the history of an article, comparing and restoring, and two editors who write at once."""

import html

import pytest

from articles import revisions
from articles.models import Article
from tests.articles.test_admin_writing import ADD, change, form
from tests.factories import make_article, make_author, make_site

pytestmark = pytest.mark.django_db
HOSTILE = "<img src=x onerror=alert(1)>"


def history(article, rest=""):
    return f"/admin/articles/article/{article.pk}/history/{rest}"


def save(article, user=None, **fields):
    with revisions.saving([article], user, revisions.SAVED):
        for name, value in fields.items():
            setattr(article, name, value)
        article.save()
    article.refresh_from_db()


def actions(article):
    return [revision.happened for revision in article.revisions.order_by("number")]


def test_a_new_article_begins_its_history(admin_client, admin_user):
    admin_client.post(ADD, form(tags=["Ports"], authors=[make_author(name="Ines")], _draft="1"))

    revision = Article.objects.get().revisions.get()
    assert (revision.number, revision.happened, revision.user) == (1, "Begun", admin_user)
    assert revision.snapshot["tags"][0]["name"] == "Ports"
    assert revision.snapshot["byline"][0]["name"] == "Ines"


def test_every_save_of_the_form_is_kept(admin_client):
    article = make_article(status="draft", title="Imported")

    for title in ("First", "Second"):
        admin_client.post(change(article), form(title=title, slug=article.slug, _draft="1"))

    kept = article.revisions.order_by("number").values_list("snapshot__fields__title", flat=True)
    assert list(kept) == ["Imported", "First", "Second"]
    assert actions(article) == ["As it was before its saves were kept", "Saved", "Saved"]


def test_a_form_with_an_error_keeps_nothing(admin_client):
    article = make_article(status="draft")

    admin_client.post(change(article), form(title="", _draft="1"))

    assert not article.revisions.exists()


def test_the_history_says_who_when_and_what_in_the_zone_of_the_site(
    admin_client, django_user_model, time_machine
):
    make_site(time_zone="Asia/Tokyo")
    ines = django_user_model.objects.create_user("ines", first_name="Ines", last_name="Vale")
    time_machine.move_to("2026-05-01T20:30:00+00:00")
    article = make_article(body="<p>one two</p>")
    save(article, ines, body="<p>one 2 three</p>")

    page = admin_client.get(history(article)).text

    assert "Ines Vale" in page
    assert "2 May 2026, 05:30" in page
    assert "<ins>+2</ins> <del>−1</del>" in page


def test_an_article_without_saves_says_so(admin_client):
    assert "No save of this article has been kept" in admin_client.get(history(make_article())).text


def test_the_history_costs_the_same_for_many_versions(admin_client, django_assert_max_num_queries):
    article = make_article()
    for number in range(60):
        save(article, title=f"Title {number}")

    with django_assert_max_num_queries(7):
        first = admin_client.get(history(article)).text
    second = admin_client.get(history(article) + "?p=2").text

    assert first.count("What changed") == 50
    assert "As it was before" in second
    assert "Version 60" in first


def test_two_versions_are_compared_the_earlier_one_first(admin_client):
    article = make_article(body="<p>The canal is open.</p>")
    save(article, body="<p>The canal is <b>closed</b>.</p>")

    page = admin_client.get(history(article, "compare/?old=1&new=0")).text

    assert '<del><span class="desk-said">[− </span>open<span class="desk-said">]</span></del>' in page
    assert '<ins><span class="desk-said">[+ </span>closed<span class="desk-said">]</span></ins>' in page
    assert "&lt;p&gt;" not in page


@pytest.mark.parametrize("query", ["", "?old=0&new=57", "?old=x", "?old=99999999999999999999&new=-1"])
def test_a_version_that_is_not_there_leads_back_to_the_history(admin_client, query):
    article = make_article()
    save(article)

    response = admin_client.get(history(article, f"compare/{query}"), follow=True)

    assert "There is no version" in response.text


def test_a_comparison_costs_few_queries(admin_client, django_assert_max_num_queries):
    article = make_article(body="<p>One.</p>" * 200, tags=["A", "B"], authors=[make_author()])
    save(article, body="<p>Two.</p>" * 200)

    with django_assert_max_num_queries(6):
        admin_client.get(history(article, "compare/?old=0&new=1"))


def test_restoring_asks_first_and_is_one_more_save(admin_client, admin_user):
    article = make_article(title="Then")
    save(article, title="Now")

    question = admin_client.get(history(article, "0/restore/")).text
    article.refresh_from_db()
    assert article.title == "Now"
    assert "Then" in question
    assert "Readers see the restored text at once." in question

    page = admin_client.post(history(article, "0/restore/"), {"seen": "1"}, follow=True).text

    article.refresh_from_db()
    assert article.title == "Then"
    assert "Version 0 is back" in page
    assert (article.revisions.first().happened, article.revisions.first().user) == (
        "Version 0 restored",
        admin_user,
    )


def test_restoring_over_a_save_that_the_editor_has_not_seen_asks_again(admin_client):
    article = make_article(title="Then")
    save(article, title="Now")
    save(article, title="Later")

    page = admin_client.post(history(article, "0/restore/"), {"seen": "1"}).text

    article.refresh_from_db()
    assert article.title == "Later"
    assert "saved this article meanwhile" in page
    assert 'name="seen" value="2"' in page


def test_what_cannot_come_back_is_said(admin_client):
    ines = make_author(name=HOSTILE)
    article = make_article(authors=[ines])
    save(article)
    article.bylines.all().delete()
    ines.delete()

    page = admin_client.post(history(article, "1/restore/"), {"seen": "1"}, follow=True).text

    assert f"Author “{html.escape(HOSTILE)}” does not exist any more and was left out." in page


def test_the_history_wants_the_permission(client, django_user_model):
    article = make_article()
    save(article)
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))

    for rest in ("", "compare/?old=0&new=1", "0/restore/"):
        assert client.get(history(article, rest)).status_code == 403
    assert client.post(history(article, "0/restore/"), {"seen": "1"}).status_code == 403


def test_the_desk_cannot_delete_a_revision(admin_client):
    article = make_article()
    save(article)

    admin_client.post("/admin/articles/revision/0/delete/", {"post": "yes"})
    admin_client.post(history(article, "0/delete/"), {"post": "yes"})

    assert article.revisions.count() == 2


def test_markup_in_any_field_is_shown_as_text(admin_client):
    article = make_article(
        status="draft",
        title=HOSTILE,
        standfirst=HOSTILE,
        body=f"<p>{html.escape(HOSTILE)}</p>",
        source_title=HOSTILE,
        event_place=HOSTILE,
        authors=[make_author(name=HOSTILE)],
        tags=[HOSTILE],
        related=[make_article(title=HOSTILE)],
    )
    save(article)
    save(article, title=f"{HOSTILE} 2", source_title=f"{HOSTILE} 2", body=f"<p>{html.escape(HOSTILE)} 2</p>")
    stale = form(title=HOSTILE, standfirst=f"{HOSTILE} 3", tags=[HOSTILE], seen="1", _draft="1")

    pages = [
        admin_client.get(history(article)),
        admin_client.get(history(article, "compare/?old=1&new=2")),
        admin_client.get(history(article, "compare/?new=2")),
        admin_client.get(history(article, "1/restore/")),
        admin_client.post(change(article), stale),
        admin_client.post(history(article, "1/restore/"), {"seen": "2"}, follow=True),
    ]

    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "&lt;img src=x" in page.text


# Two at once


def test_who_saves_second_sees_both_texts_and_loses_neither(admin_client, client, django_user_model):
    article = make_article(status="draft", title="Before", body="<p>The canal is open.</p>")
    opened = admin_client.get(change(article)).context["adminform"].form["seen"].value()
    ines = django_user_model.objects.create_superuser("ines", first_name="Ines")
    client.force_login(ines)
    client.post(
        change(article), form(title="Theirs", body="<p>The canal is closed.</p>", seen=opened, _draft="1")
    )

    daniel = make_author(name="Daniel")
    mine = form(
        title="Mine",
        body="<p>The canal is dry.</p>",
        authors=[daniel],
        tags=["Ports"],
        seen=opened,
        _draft="1",
    )
    admin_client.force_login(django_user_model.objects.create_superuser("daniel"))
    response = admin_client.post(change(article), mine)

    article.refresh_from_db()
    assert article.title == "Theirs"
    assert "Ines saved this article while you were writing" in response.text
    assert "[− </span>closed<" in response.text
    assert "[+ </span>dry<" in response.text
    assert {change.label: change.added for change in response.context["conflict"]["comparison"].lists} == {
        "Byline": ["Daniel"],
        "Tags": ["Ports"],
    }

    again = response.context["adminform"].form["seen"].value()
    admin_client.post(change(article), mine | {"seen": again})

    titles = article.revisions.order_by("number").values_list("snapshot__fields__title", flat=True)
    assert list(titles) == ["Before", "Theirs", "Mine"]


def test_a_third_save_in_between_is_a_conflict_again(admin_client):
    article = make_article(status="draft")
    admin_client.post(change(article), form(title="A", seen="0", _draft="1"))
    response = admin_client.post(change(article), form(title="B", seen="0", _draft="1"))
    again = response.context["adminform"].form["seen"].value()
    admin_client.post(change(article), form(title="C", seen=again, _draft="1"))

    response = admin_client.post(change(article), form(title="B", seen=again, _draft="1"))

    article.refresh_from_db()
    assert article.title == "C"
    assert response.context["conflict"]["comparison"].differs


def test_a_conflict_with_errors_compares_the_rest(admin_client):
    article = make_article(status="draft", title="Before")
    admin_client.post(change(article), form(title="Theirs", seen="0", _draft="1"))

    response = admin_client.post(
        change(article), form(title="Mine", source_date="never", body="<p>" * 500, seen="0", _draft="1")
    )

    assert "What is marked as wrong in the form is not compared." in response.text
    assert "Mine" in response.text
