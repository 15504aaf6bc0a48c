"""Comments on an article, whom they call by @name, and the one mail that each of those gets."""

import smtplib
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles import comment_mails, comments, reworks
from articles.models import Article, Comment, CommentMail
from articles.models.outgoing import MAX_ATTEMPTS
from config.heartbeat import send_comment_mails
from tests.factories import make_article, make_colleague, make_site
from tests.newsletter.factories import run_tasks

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def address(article, rest=""):
    return f"/admin/articles/article/{article.pk}/comments/{rest}"


def post(client, article, text, **fields):
    return client.post(address(article), {"text": text, **fields}, content_type="application/json")


def listed(client, article):
    return client.get(address(article), headers=JSON).json()


def make_comment(*, article=None, user=None, text="A remark.", **fields):
    article = article or make_article(status="draft")
    return Comment.objects.create(article=article, user=user, text=text, **fields)


def make_mail(**fields):
    """A mail that waits, to an editor who was called by an editor."""
    sender, ben = (
        make_colleague("Editor", first_name="Ines"),
        make_colleague("Editor", email="ben@example.org"),
    )
    article = make_article(title="At the buoy", status="draft")
    comment = make_comment(
        article=article, user=sender, text=f"@{ben.username}, nine?", quotation="ten metres"
    )
    return CommentMail.objects.create(comment=comment, user=ben, **fields)


@pytest.fixture
def editor(client):
    user = make_colleague("Editor", username="ines", first_name="Ines", email="ines@example.org")
    client.force_login(user)
    return user


# Reading and writing


def test_a_comment_is_posted_shown_answered_and_resolved(client, editor):
    article = make_article(status="draft", version=3)

    answer = post(client, article, "Nine?\nSurely.", quotation="ten metres", prefix="It was", suffix="deep.")

    assert answer.status_code == 200
    comment = Comment.objects.get()
    assert (comment.quotation, comment.prefix, comment.suffix) == ("ten metres", "It was", "deep.")
    shown = answer.json()["html"]
    assert "Ines" in shown
    assert 'data-prefix="It was" data-suffix="deep.">ten metres<' in shown
    assert answer.json()["open"] == 1

    shown = post(client, article, "Yes, nine.", parent=str(comment.pk)).json()["html"]
    assert shown.index("Surely.") < shown.index("Yes, nine.")

    settled = client.post(
        address(article, f"{comment.pk}/"), {"resolved": True}, content_type="application/json"
    ).json()
    assert settled["open"] == 0
    assert "1 resolved comment" in settled["html"]
    assert "Resolved by Ines" in settled["html"]
    client.post(address(article, f"{comment.pk}/"), {"resolved": False}, content_type="application/json")
    assert listed(client, article)["open"] == 1
    article.refresh_from_db()
    assert article.version == 3


def test_without_a_script_the_comments_are_a_page(client, editor):
    article = make_article(status="draft")
    make_comment(article=article, user=editor, text="Is that so?")

    form = client.get(f"/admin/articles/article/{article.pk}/change/").text
    page = client.get(address(article))

    assert f'href="{address(article)}"' in form
    assert "Is that so?" in page.text


@pytest.mark.parametrize(
    "text",
    [
        '<script>alert(1)</script><img src=x onerror="alert(1)">',
        "@<b>name</b> \x00\ud800 \x1b[2J ‮ @",
        "@ines<script>alert(1)</script>",
    ],
)
def test_hostile_words_stay_words(client, editor, text):
    article = make_article(status="draft")

    answer = post(client, article, text, quotation=f'"><script>x</script>{text}', prefix='"><b>')

    assert answer.status_code == 200
    shown = answer.json()["html"] + client.get(address(article)).text.partition("content-main")[2]
    assert "<script>alert" not in shown
    assert "<script>x" not in shown
    assert "<img" not in shown
    assert "<b>" not in shown.replace("<bdi>", "")
    assert "\x00" not in Comment.objects.get().text


def test_what_will_not_do_is_refused_with_a_sentence(client, editor):
    article, other = make_article(status="draft"), make_comment()
    refusals = {
        "a" * 5001: "A comment has at most 5000 characters; this one has 5001.",
        " \n ": "A comment needs a word or two.",
        "\x01\x02": "A comment needs a word or two.",
    }
    for text, sentence in refusals.items():
        answer = post(client, article, text)
        assert answer.status_code == 400
        assert sentence in answer.json()["error"]
    for sent in ("nonsense", "[]", "[" * 20_000, '{"text": 7}', '{"text": "\\ud800", "parent": "x"}'):
        assert client.post(address(article), sent, content_type="application/json").status_code == 400
    assert client.post(address(article), "x" * 300_000, content_type="application/json").status_code == 400
    assert "is gone" in post(client, article, "Hm.", parent=str(other.pk)).json()["error"]
    settle = {"content_type": "application/json"}
    assert client.post(address(article, f"{other.pk}/"), {"resolved": True}, **settle).status_code == 404
    assert not article.comments.exists()
    assert post(client, article, "a" * 5000).status_code == 200


def test_an_ended_session_is_told_apart_and_changes_nothing(client):
    article = make_article()

    answer = post(client, article, "Hello?")

    assert answer.status_code == 401
    assert answer.json() == {"error": "You are logged out."}
    assert client.get(address(article)).status_code == 302
    assert not Comment.objects.exists()


def test_writers_comment_on_their_own_articles_and_never_see_those_on_others_drafts(client):
    writer = make_colleague("Writer")
    client.force_login(writer)
    own, other = make_article(status="review", created_by=writer), make_article(status="draft")
    make_comment(article=other, text="Candid words.")

    assert post(client, own, "Please look at the second half.").status_code == 200
    assert post(client, other, "Oh!").status_code == 404
    assert client.get(address(other), headers=JSON).status_code == 404
    assert client.get(address(other)).status_code == 404
    assert client.get(address(other, "colleagues/?q=")).status_code == 404
    form = client.get(f"/admin/articles/article/{own.pk}/change/").text
    assert '<div class="desk-read" lang="en" dir="ltr"><p>Some words.</p></div>' in form


def test_readers_never_see_a_comment(client):
    make_site()
    article = make_article()
    make_comment(article=article, text="Zanzibarite", quotation="Some words.")

    for page in (article.get_absolute_url(), "/", "/search/?q=words", "/feeds/"):
        assert "Zanzibarite" not in client.get(page).text
    assert article.title not in client.get("/search/?q=Zanzibarite").text


def test_a_deleted_account_leaves_its_comments(client, editor):
    article = make_article(status="draft")
    gone = make_colleague("Editor")
    comment = make_comment(article=article, user=gone, text="As I said.")
    comment.resolve(gone)
    gone.delete()

    shown = listed(client, article)["html"]

    assert "Somebody who has left" in shown
    assert "As I said." in shown


def test_comments_on_a_rework_stay_with_the_article(editor):
    for end in (reworks.publish, reworks.drop):
        article = make_article()
        rework = reworks.start(article, editor)
        comment = make_comment(article=rework, user=editor)
        make_comment(article=rework, user=editor, parent=comment)

        end(Article.objects.get(pk=rework.pk), editor)

        assert article.comments.count() == 2


def test_an_answer_has_no_quotation_of_its_own():
    comment = make_comment()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_comment(article=comment.article, parent=comment, quotation="Words")


def test_many_comments_cost_one_query_and_none_of_the_form(client, editor, django_assert_num_queries):
    article = make_article(status="draft")
    form = f"/admin/articles/article/{article.pk}/change/"
    client.get(form)

    def count(path, **headers):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path, **headers).status_code == 200
        return len(captured)

    few = count(form), count(address(article), headers=JSON)
    root = make_comment(article=article, user=editor)
    Comment.objects.bulk_create(
        Comment(article=article, user=editor, text="More.", resolved_at=timezone.now() if n % 2 else None)
        for n in range(500)
    )
    Comment.objects.bulk_create(Comment(article=article, text="Yes.", parent=root) for _ in range(20))

    assert (count(form), count(address(article), headers=JSON)) == few
    with django_assert_num_queries(1):
        open_ones, resolved = comments.threads(article)
    assert (len(open_ones), len(resolved), len(open_ones[0].replies)) == (251, 250, 20)


# Names


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@ben look", ["ben"]),
        ("Ask @ben. Or @ben.ali!", ["ben", "ben.ali"]),
        ("(@Ben), @BEN", ["ben"]),
        ("@ｂｅｎ", ["ben"]),
        ("ben@example.org wrote", []),
        ("@ @. @-", []),
        ("@שרה, בבקשה", ["שרה"]),
        ("@benjamin", []),
    ],
)
def test_names_are_found_as_people_write_them(text, called):
    for username in ("ben", "ben.ali", "שרה"):
        make_colleague("Editor", username=username)

    people, _strangers = comments.named(make_comment(text=text))

    assert sorted(each.username for each in people) == called


def test_capitals_count_only_where_two_are_called_alike():
    make_colleague("Editor", username="ben")
    make_colleague("Editor", username="Ben")

    assert [each.username for each in comments.named(make_comment(text="@Ben"))[0]] == ["Ben"]
    assert comments.named(make_comment(text="@BEN")) == ([], ["BEN"])


def test_who_may_be_called_is_who_may_look(rf):
    """Twins: comments.colleagues and the admin's own rule."""
    from django.contrib.admin import site

    admin = site.get_model_admin(Article)
    writer = make_colleague("Writer")
    people = [
        *(writer, make_colleague("Writer"), make_colleague("Editor"), make_colleague("Administrator")),
        *(make_colleague("Newsletter manager"), make_colleague()),
        *(make_colleague("Editor", is_active=False), make_colleague(is_superuser=True)),
    ]
    not_staff = make_colleague("Editor")
    not_staff.is_staff = False
    not_staff.save()
    article = make_article(created_by=writer)
    reworked = reworks.start(article, writer)
    for each in (
        make_article(status="review", created_by=writer),
        make_article(status="draft"),
        article,
        reworked,
    ):
        found = set(comments.colleagues(each))
        for person in [*people, not_staff]:
            request = rf.get("/")
            request.user = type(person).objects.get(pk=person.pk)
            may = person.is_active and person.is_staff and admin.has_view_or_change_permission(request, each)
            assert (person in found) == may, (person.groups.all(), each.status)


def test_suggestions_name_colleagues_and_the_poster_hears_who_gets_a_mail(client, editor):
    make_colleague("Editor", username="ben", first_name="Ben", last_name="Ali", email="ben@example.org")
    make_colleague("Writer", username="bea", email="bea@example.org")
    make_colleague("Editor", username="carl")
    article = make_article(status="draft")

    found = client.get(address(article, "colleagues/?q=be")).json()["colleagues"]
    answer = post(client, article, "@ben, @carl and @bea: and @nobody? And @ines herself.").json()

    assert found == [{"username": "ben", "name": "Ben Ali"}]
    assert answer["said"] == (
        "Your comment is there. Ben Ali gets a mail. There is no mail address of carl. "
        "Nobody who may see this article is called @bea and @nobody."
    )
    assert [row.user.username for row in CommentMail.objects.all()] == ["ben"]


# Mails


def test_somebody_called_twice_in_a_comment_gets_one_mail(client, editor):
    make_colleague("Editor", username="ben", email="ben@example.org")
    article = make_article(title="At\nthe buoy", status="draft")

    post(client, article, "@ben, was it nine?\n<b>@ben</b>", quotation="ten metres")
    run_tasks()

    (sent,) = mail.outbox
    assert sent.to == ["ben@example.org"]
    assert sent.subject == "Ines mentions you in “At the buoy”"
    assert "“ten metres”" in sent.body
    assert "@ben, was it nine?\n<b>@ben</b>" in sent.body
    comment = Comment.objects.get()
    assert f"http://testserver/admin/articles/article/{article.pk}/change/#comment-{comment.pk}" in sent.body
    assert CommentMail.objects.get().state == "sent"


def test_a_lost_job_is_only_a_delay(time_machine):
    row = make_mail()
    send_comment_mails()
    assert not DBTaskResult.objects.exists()

    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    send_comment_mails()
    send_comment_mails()
    assert DBTaskResult.objects.count() == 1
    run_tasks()

    assert len(mail.outbox) == 1
    row.refresh_from_db()
    assert row.state == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_job_that_many_workers_run_at_once_sends_once():
    row = make_mail()
    ready = threading.Barrier(6)

    def work():
        connection.ensure_connection()
        ready.wait()
        comment_mails.send(row.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(mail.outbox) == 1


def test_a_worker_that_slept_over_its_turn_does_not_send_beside_the_next(monkeypatch, time_machine):
    row = make_mail()

    def sleep(self):
        """Another worker takes the row, which is due again by now."""
        monkeypatch.undo()
        time_machine.move_to(timezone.now() + timedelta(hours=1))
        comment_mails.send(row.pk)

    monkeypatch.setattr(EmailBackend, "open", sleep)
    comment_mails.send(row.pk)

    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("killed_in", "mails"), [("open", 1), ("send_messages", 0)])
def test_a_killed_worker_never_costs_a_second_mail(
    client, editor, monkeypatch, time_machine, killed_in, mails
):
    """Before the mail is handed over, another attempt follows; in that moment, the comment says so."""
    row = make_mail()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, killed_in, lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            comment_mails.send(row.pk)

    for _ in range(3):
        time_machine.move_to(timezone.now() + timedelta(hours=1))
        send_comment_mails()
        run_tasks()

    assert len(mail.outbox) == mails
    client.force_login(editor)
    warned = (
        f"The mail to @{row.user.username} may not have arrived."
        in listed(client, row.comment.article)["html"]
    )
    assert warned == (mails == 0)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"ben@example.org": (550, b"no")}), "failed"),
        (smtplib.SMTPRecipientsRefused({"ben@example.org": (451, b"later")}), "pending"),
        (smtplib.SMTPDataError(451, b"later"), "pending"),
        (smtplib.SMTPServerDisconnected("gone"), "sending"),
        (TimeoutError(), "sending"),
    ],
)
def test_only_a_plain_refusal_leads_to_another_attempt(monkeypatch, caplog, error, state):
    row = make_mail()

    def fail(self, messages):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    comment_mails.send(row.pk)

    row.refresh_from_db()
    assert row.state == state
    assert "example.org" not in caplog.text


def test_a_dead_mail_server_delays_ever_longer_and_is_given_up_at_last(monkeypatch, time_machine):
    row = make_mail()

    def refuse(self):
        raise ConnectionRefusedError("nobody is listening")

    monkeypatch.setattr(EmailBackend, "open", refuse)
    waits = []
    for _ in range(3):
        begun = timezone.now()
        comment_mails.send(row.pk)
        row.refresh_from_db()
        waits.append(round((row.next_attempt_at - begun) / timedelta(minutes=1)))
        time_machine.move_to(row.next_attempt_at + timedelta(seconds=1))
    assert waits == [5, 10, 20]

    CommentMail.objects.update(attempts=MAX_ATTEMPTS)
    comment_mails.send(row.pk)
    row.refresh_from_db()
    assert row.state == "failed"
    assert mail.outbox == []


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"is_staff": False},
        {"email": ""},
        {"email": "ben@example.org, eve@example.org"},
        {"email": "ben@example.org\nBcc: eve@example.org"},
    ],
)
def test_who_has_no_access_or_address_any_more_gets_nothing(change):
    row = make_mail()
    type(row.user).objects.filter(pk=row.user_id).update(**change)

    comment_mails.send(row.pk)

    assert mail.outbox == []
    row.refresh_from_db()
    assert row.state == "dropped"


def test_no_right_to_see_the_article_any_more_means_no_mail():
    row = make_mail()
    row.user.groups.clear()

    comment_mails.send(row.pk)

    assert mail.outbox == []


def test_a_name_cannot_add_a_header(client, editor):
    row = make_mail()
    type(row.user).objects.filter(pk=row.comment.user_id).update(first_name="Ines\r\nBcc: eve@example.org")
    row = CommentMail.objects.get()

    comment_mails.send(row.pk)

    (sent,) = mail.outbox
    assert sent.subject == "Ines Bcc: eve@example.org mentions you in “At the buoy”"
    assert sent.recipients() == ["ben@example.org"]
