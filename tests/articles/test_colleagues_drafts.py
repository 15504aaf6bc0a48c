"""What a writer may not look at stays unseen, whichever way it is asked for."""

import pytest

from articles import revisions
from articles.models import RelatedLink, RelatedVeto
from tests.articles.test_admin_writing import change, form
from tests.factories import make_article, make_colleague, make_series

pytestmark = pytest.mark.django_db
SECRET = "Minister to resign"


def make_secret(**fields):
    return make_article(title=SECRET, status="draft", created_by=make_colleague("Writer"), **fields)


@pytest.fixture
def writer(client):
    person = make_colleague("Writer")
    client.force_login(person)
    return person


@pytest.mark.parametrize("verb", ["pick", "veto", "allow"])
def test_no_title_is_told_by_choosing_an_article_by_its_number(client, writer, verb):
    own = make_article(status="draft", created_by=writer)

    response = client.post(
        f"/admin/articles/article/{own.pk}/related/", {verb: make_secret().pk}, follow=True
    )

    assert response.status_code == 404
    assert not RelatedLink.objects.exists()
    assert not RelatedVeto.objects.exists()


def test_no_title_is_told_by_a_related_link_sent_by_hand(client, writer):
    own = make_article(status="draft", created_by=writer)

    client.post(change(own), form(links=[{"target": make_secret().pk}], _draft="1"))

    assert not RelatedLink.objects.exists()


def test_what_an_editor_chose_stays_when_the_writer_saves(client, writer):
    own, secret = make_article(status="draft", created_by=writer), make_secret()
    link = RelatedLink.objects.create(article=own, target=secret, position=1)
    sent = form(links=[{"target": secret.pk, "id": link.pk, "article": own.pk}], title="New", _draft="1")

    response = client.post(change(own), sent | {"related_links-INITIAL_FORMS": 1})

    own.refresh_from_db()
    assert response.status_code == 302
    assert own.title == "New"
    assert own.related_links.get().target == secret


def test_a_series_names_no_draft_of_a_colleague(client, writer):
    series = make_series()
    make_secret(series=series)
    make_article(series=series, title="Part for all")

    page = client.get(f"/admin/articles/series/{series.pk}/change/").text

    assert "Part for all" in page
    assert SECRET not in page


def test_what_readers_never_saw_of_a_live_article_is_for_editors_and_its_writer(client, writer):
    article = make_secret()
    with revisions.saving([article], None, revisions.SAVED):
        type(article).objects.filter(pk=article.pk).update(title="Public")
    article.refresh_from_db()
    article.publish()
    base = f"/admin/articles/article/{article.pk}"

    form_page = client.get(f"{base}/change/")

    assert form_page.status_code == 200
    assert f"{base}/history/" not in form_page.text
    for place in ("history/", "history/log/", "history/compare/?old=0&new=1"):
        assert client.get(f"{base}/{place}").status_code == 403
    client.force_login(article.created_by)
    assert SECRET in client.get(f"{base}/history/compare/?old=0&new=1").text
