"""Two who send at the very same moment: nothing is lost, and nothing is done twice."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from articles import reworks
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
