"""Two who send at the very same moment: nothing is lost, and nothing is done twice."""

import threading
from contextlib import suppress

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from articles import reworks, translations
from articles.admin.article import ArticleAdmin
from articles.models import Article, Comment, CommentMail
from tests.articles.test_admin_writing import change, form
from tests.factories import make_article, make_colleague

pytestmark = pytest.mark.django_db(transaction=True)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def at_once(*calls):
    """Run some calls in a thread each, all of which begin together."""
    gate = threading.Barrier(len(calls))

    def run(call):
        try:
            gate.wait(timeout=10)
            call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_waited_while_the_rework_was_put_in_its_place_becomes_the_next_rework(monkeypatch):
    article = make_article(title="Old")
    rework, lock = reworks.start(article, None), ArticleAdmin.lock_rows

    def lock_late(model_admin, pk):
        if str(pk) == str(rework.pk):
            at_once(lambda: reworks.publish(rework, None))
        lock(model_admin, pk)

    monkeypatch.setattr(ArticleAdmin, "lock_rows", lock_late)
    sent = form(title="Mine", slug=article.slug, seen="0", rework_of=article.pk, _save="1")
    client_of(make_colleague("Editor")).post(change(rework), sent)

    assert Article.objects.get(draft_of=article).title == "Mine"


def save_link(article, *chosen, seen=""):
    """Return a call that links an article with others in a form opened when it was linked with `seen`."""
    client, answers = client_of(make_colleague("Editor")), []
    sent = {"slug": article.slug, "language": article.language, "translations": [one.pk for one in chosen]}
    sent = form(title=article.title, when=article.published_at, translations_seen=seen, _save="1", **sent)

    def send():
        answers.append(client.post(change(article), sent))
        return answers[0].content.decode()

    send.answers = answers
    return send


def group_of(article):
    return {other.pk for other in translations.others(Article.objects.get(pk=article.pk))}


def meet_before_writing(monkeypatch):
    """Let two who carry out a plan do so together, unless one of them has to wait for the other."""
    gate, carry_out = threading.Barrier(2), translations.Plan.carry_out

    def carry_out_together(plan):
        with suppress(threading.BrokenBarrierError):
            gate.wait(timeout=0.5)
        carry_out(plan)

    monkeypatch.setattr(translations.Plan, "carry_out", carry_out_together)


def test_translations_that_two_link_at_once_are_all_linked(monkeypatch):
    english, arabic, hebrew = (make_article(language=language) for language in ("en", "ar", "he"))
    meet_before_writing(monkeypatch)

    at_once(save_link(english, arabic), save_link(hebrew, arabic))

    assert group_of(arabic) == {english.pk, hebrew.pk}


def test_of_two_who_link_one_language_at_once_the_second_is_told(monkeypatch):
    english, arabic, other = (make_article(language=language) for language in ("en", "ar", "ar"))
    meet_before_writing(monkeypatch)
    first, second = save_link(arabic, english), save_link(other, english)

    at_once(first, second)

    assert sorted(send.answers[0].status_code for send in (first, second)) == [200, 302]
    told = next(send.answers[0] for send in (first, second) if send.answers[0].status_code == 200)
    assert "is in the language of this article: a translation is in another." in told.content.decode()
    assert len(group_of(english)) == 1


def test_a_form_that_was_opened_before_a_colleague_linked_something_unlinks_nothing():
    english, arabic, hebrew = (make_article(language=language) for language in ("en", "ar", "he"))
    first, second, third = save_link(english, arabic), save_link(english, hebrew), save_link(english)

    first(), second(), third()

    assert [send.answers[0].status_code for send in (first, second, third)] == [302, 302, 302]
    assert group_of(english) == {arabic.pk, hebrew.pk}


def test_who_opened_the_form_before_a_colleague_changed_it_unlinks_only_what_was_shown():
    english, arabic, hebrew = (make_article(language=language) for language in ("en", "ar", "he"))
    translations.link(english, arabic)
    save_link(english, arabic, hebrew, seen=arabic.pk)()

    page = save_link(english, seen=arabic.pk)()

    assert "A colleague changed the translations while you were writing." in page
    assert group_of(english) == {arabic.pk, hebrew.pk}
    assert f'<option value="{hebrew.pk}" selected>' in page
    assert f'name="translations_seen" value="{arabic.pk},{hebrew.pk}"' in page
    save_link(english, hebrew, seen=f"{arabic.pk},{hebrew.pk}")()
    assert group_of(english) == {hebrew.pk}


def test_a_comment_that_is_sent_twice_is_there_once():
    person = make_colleague("Editor")
    make_colleague("Editor", username="ben", email="ben@example.org")
    address = f"/admin/articles/article/{make_article().pk}/comments/"
    sent = {"text": "Is that so, @ben?"}
    clients = [client_of(person), client_of(person)]

    at_once(*(lambda each=each: each.post(address, sent, "application/json") for each in clients))

    assert Comment.objects.count() == 1
    assert CommentMail.objects.count() == 1


def test_an_address_that_is_invited_by_two_at_once_gets_one_account():
    clients = [client_of(make_colleague("Administrator")) for _twice in range(2)]

    at_once(
        *(
            lambda each=each: each.post("/admin/auth/user/add/", {"email": "ines@example.org"})
            for each in clients
        )
    )

    assert User.objects.filter(email="ines@example.org").count() == 1
