"""Two who need the same rows take turns: pictures are locked before the texts that show them."""

import re

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from articles import revisions, reworks
from articles.admin.article import ArticleAdmin
from tests.articles.test_admin_writing import change, form
from tests.factories import make_article, make_image, make_page

pytestmark = pytest.mark.django_db


def first_lock(queries):
    """Return the table of the first row lock that was asked for."""
    locks = [query["sql"] for query in queries if query["sql"].endswith(("FOR NO KEY UPDATE", "FOR UPDATE"))]
    return re.search(r'FROM "(\w+)"', locks[0])[1]


def showing(image):
    return f'<figure data-image="{image.pk}"></figure><p>Words.</p>'


def in_the_form(article, client):
    client.post(change(article), form(body=showing(make_image()), _draft="1"))


def in_the_history(article, client):
    client.post(f"/admin/articles/article/{article.pk}/history/0/restore/", {"seen": "1"})


def in_a_rework(article, client):
    reworks.start(article, None)


def as_a_rework(article, client):
    reworks.publish(article.rework, None)


@pytest.mark.parametrize("save", [in_the_form, in_the_history, in_a_rework, as_a_rework])
def test_a_save_locks_the_pictures_that_it_shows_before_the_article(admin_client, save):
    article = make_article(body=showing(make_image()))
    with revisions.saving([article], None, revisions.SAVED):
        article.save()
    if save is as_a_rework:
        reworks.start(article, None)

    with CaptureQueriesContext(connection) as captured:
        save(article, admin_client)

    assert first_lock(captured.captured_queries) == "articles_image"


def test_a_page_is_saved_in_the_same_order(admin_client):
    page, image = make_page(), make_image()
    sent = {"language": "en", "title": "About", "slug": page.slug, "body": showing(image), "position": "0"}

    with CaptureQueriesContext(connection) as captured:
        response = admin_client.post(f"/admin/articles/page/{page.pk}/change/", sent)

    assert response.status_code == 302
    assert first_lock(captured.captured_queries) == "articles_image"


class Deadlock(Exception):
    pgcode = "40P01"


def test_a_save_that_the_database_undid_for_another_is_made_again(admin_client, monkeypatch):
    article = make_article(title="Then", status="draft")
    answer, failures = ArticleAdmin.response_change, [OperationalError("deadlock detected")]
    failures[0].__cause__ = Deadlock()

    def fails_once(*args):
        response = answer(*args)
        if failures:
            raise failures.pop()
        return response

    monkeypatch.setattr(ArticleAdmin, "response_change", fails_once)
    page = admin_client.post(change(article), form(title="Now", _draft="1"), follow=True)

    article.refresh_from_db()
    assert article.title == "Now"
    assert article.version == 1
    assert len(page.context["messages"]) == 1
