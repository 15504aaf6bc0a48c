"""Reworking a live article: readers keep the old text until the new one takes its place, whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import revisions, reworks
from articles.models import (
    Article,
    ImageUse,
    OutboundLink,
    Redirect,
    RelatedLink,
    RelatedVeto,
    Revision,
)
from config import heartbeat
from tests.factories import make_article, make_author, make_image, make_series

pytestmark = pytest.mark.django_db
User = get_user_model()


def figure(image):
    return f'<figure data-image="{image.pk}"><img src="x" alt="A lock"></figure>'


def rework_of(article, *, user=None, due=None, **changes):
    """The rework of an article with some fields changed; `due` gives it a time."""
    rework = reworks.start(article, user)
    if due:
        changes |= {"status": Article.Status.PUBLISHED, "published_at": due}
    for name, value in changes.items():
        setattr(rework, name, value)
    rework.save()
    return rework


def save(article, **changes):
    """Save fields of an article as an editor does: the save is kept."""
    with revisions.saving([article], None, revisions.SAVED):
        article.refresh_from_db()
        for name, value in changes.items():
            setattr(article, name, value)
        article.save()


def soon():
    return timezone.now() + timedelta(hours=1)


# Beginning


def test_a_rework_begins_as_the_article_is_with_byline_tags_links_and_pictures():
    ines, daniel, other = make_author(name="Ines"), make_author(name="Daniel"), make_article()
    lead, inside = make_image(), make_image()
    article = make_article(
        authors=[daniel, ines],
        tags=["Zinc", "Ports"],
        related=[other],
        lead_image=lead,
        body=f"<p>Old words.</p>{figure(inside)}",
        standfirst="Why.",
        origin="https://old.example/1",
    )
    RelatedLink.objects.create(article=article, url="https://example.org/", title="Outside", position=7)

    rework = reworks.start(article, None)

    assert rework.pk != article.pk
    assert reworks.same_text(rework, article)
    assert [row.author.name for row in rework.bylines.all()] == ["Daniel", "Ines"]
    assert [row.tag.name for row in rework.tagged.order_by("pk")] == ["Zinc", "Ports"]
    assert [row.target or row.url for row in rework.related_links.all()] == [other, "https://example.org/"]
    assert ImageUse.objects.filter(article=rework, image=inside).exists()
    assert rework.lead_image == lead
    assert rework.status == Article.Status.DRAFT
    assert rework.published_at is None
    assert rework.origin is None


@pytest.mark.django_db(transaction=True)
def test_a_hundred_who_begin_at_once_get_the_same_rework():
    article = make_article(tags=["Ports"])

    def begin(_number):
        try:
            return reworks.start(article, None).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        found = set(pool.map(begin, range(100)))

    assert found == {Article.objects.get(draft_of=article).pk}
    assert Article.objects.get(draft_of=article).tagged.count() == 1


def test_a_rework_is_not_reworked():
    with pytest.raises(ValueError, match="not reworked"):
        reworks.start(reworks.start(make_article(), None), None)


# Taking the old text's place


def test_publishing_puts_the_whole_rework_in_the_articles_place_and_keeps_what_is_the_articles():
    ines, daniel = make_author(name="Ines"), make_author(name="Daniel")
    other, image = make_article(), make_image()
    article = make_article(authors=[ines], tags=["Ports"], slug="canal", origin="https://old.example/1")
    user = User.objects.create(username="sara")
    rework = rework_of(article, user=user, title="New", slug="new-canal", body=f"<p>New.</p>{figure(image)}")
    rework.bylines.all().delete()
    rework.bylines.create(author=daniel)
    rework.tags.set(["Water", "Ports"], clear=True)
    RelatedLink.objects.create(article=rework, target=other, note="Explains")

    replaced = reworks.publish(rework, user)

    replaced = Article.objects.get(pk=replaced.pk)
    assert replaced.pk == article.pk
    assert not Article.objects.filter(draft_of__isnull=False).exists()
    assert (replaced.title, replaced.origin) == ("New", "https://old.example/1")
    assert (replaced.published_at, replaced.created_at) == (article.published_at, article.created_at)
    assert [row.author for row in replaced.bylines.all()] == [daniel]
    assert [row.tag.name for row in replaced.tagged.order_by("pk")] == ["Water", "Ports"]
    assert replaced.related_links.get().note == "Explains"
    assert ImageUse.objects.get().article == replaced
    assert "Daniel" in replaced.keywords
    assert "Ines" not in replaced.keywords
    assert Redirect.objects.get().path == "/articles/canal/"


def test_the_old_address_leads_to_the_new_one(client):
    article = make_article(slug="canal")
    reworks.publish(rework_of(article, slug="new-canal"), None)

    response = client.get("/articles/canal/")

    assert (response.status_code, response.headers["Location"]) == (301, "/articles/new-canal/")


def test_both_texts_and_every_save_of_the_rework_are_kept_among_the_revisions():
    article = make_article(title="Old")
    rework = reworks.start(article, None)
    save(rework, title="Half done")
    save(rework, title="Done")
    reworks.publish(rework, None)

    article.refresh_from_db()
    kept = [row.snapshot["fields"]["title"] for row in Revision.objects.filter(article=article)]
    assert article.title == "Done"
    assert {"Old", "Half done", "Done"} <= set(kept)
    assert kept[0] == "Done"
    assert article.version == article.revisions.first().number


def test_an_address_that_another_took_meanwhile_gets_a_number():
    article = make_article(slug="canal")
    rework = rework_of(article, slug="sluice")
    make_article(slug="sluice")

    assert reworks.publish(rework, None).slug == "sluice-2"


@pytest.mark.django_db(transaction=True)
def test_one_that_dies_half_way_leaves_everything_as_it_was(monkeypatch):
    article = make_article(title="Old", tags=["Ports"])
    rework = rework_of(article, title="New")
    rework.tags.set(["Water"])

    def die(article):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Article, "index", die)
        with pytest.raises(KeyboardInterrupt):
            reworks.publish(rework, None)

    article.refresh_from_db()
    assert article.title == "Old"
    assert [str(tag) for tag in article.tags.all()] == ["Ports"]
    assert Article.objects.get(draft_of=article).title == "New"


@pytest.mark.django_db(transaction=True)
def test_many_who_publish_and_apply_at_once_do_it_once():
    article = make_article(title="Old")
    rework = rework_of(article, title="New", due=timezone.now() - timedelta(minutes=1))

    def act(number):
        try:
            return reworks.apply_due() if number % 2 else bool(reworks.publish(rework, None))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(act, range(24)))

    article.refresh_from_db()
    assert (done, article.title) == (1, "New")
    assert Revision.objects.filter(article=article, action=reworks.REPLACED).count() == 1


# At a time


def test_a_request_finds_the_rework_due_and_shows_it(client, time_machine):
    article = make_article(body="<p>Old words.</p>")
    rework_of(article, body="<p>New words.</p>", due=soon())
    assert "Old words" in client.get(article.get_absolute_url()).content.decode()

    time_machine.move_to(soon() + timedelta(seconds=1))

    assert "New words" in client.get(article.get_absolute_url()).content.decode()
    assert not Article.objects.filter(draft_of=article).exists()


def test_a_request_for_the_reworks_new_address_finds_it_due(client, time_machine):
    article = make_article(slug="canal")
    rework_of(article, slug="new-canal", due=soon())
    assert client.get("/articles/new-canal/").status_code == 404

    time_machine.move_to(soon() + timedelta(seconds=1))

    assert client.get("/articles/new-canal/").status_code == 200
    assert client.get("/articles/canal/").headers["Location"] == "/articles/new-canal/"


def test_the_heartbeat_applies_what_is_due_and_nothing_else(time_machine):
    due, later, draft = (make_article(title="Old") for _number in range(3))
    rework_of(due, title="New", due=soon())
    rework_of(later, title="New", due=soon() + timedelta(hours=1))
    rework_of(draft, title="New")

    time_machine.move_to(soon() + timedelta(seconds=1))
    heartbeat.apply_reworks()

    assert [Article.objects.get(pk=one.pk).title for one in (due, later, draft)] == ["New", "Old", "Old"]


def test_a_due_rework_waits_while_readers_do_not_see_its_article():
    article = make_article(title="Old")
    rework_of(article, title="New", due=timezone.now())
    article.take_back()

    assert reworks.apply_due() == 0
    assert Article.objects.get(pk=article.pk).title == "Old"


def test_a_rework_that_cannot_be_applied_stops_no_other_and_no_reader(client, monkeypatch, caplog):
    first, second = make_article(title="Old"), make_article(title="Old")
    for article in (first, second):
        rework_of(article, title="New", due=timezone.now())
    real = reworks.replace

    def refuse(original, *rest):
        from django.db import OperationalError

        if original.pk == first.pk:
            raise OperationalError("canceling statement due to lock timeout")
        return real(original, *rest)

    monkeypatch.setattr(reworks, "replace", refuse)

    assert client.get(first.get_absolute_url()).status_code == 200
    assert reworks.apply_due() == 1
    assert Article.objects.get(pk=second.pk).title == "New"
    assert "lock timeout" in caplog.text


def test_an_ordinary_page_costs_no_query_more(client):
    article = make_article(authors=[make_author()], tags=["Ports"], related=[make_article()])
    client.get(article.get_absolute_url())  # what is asked once
    with CaptureQueriesContext(connection) as before:
        client.get(article.get_absolute_url())
    rework_of(article, due=soon())

    with CaptureQueriesContext(connection) as after:
        client.get(article.get_absolute_url())

    assert len(after) == len(before)


# Beside the text


def test_an_article_keeps_its_place_in_its_series():
    series = make_series()
    first, second, third = (make_article(series=series, series_position=place) for place in (1, 2, 3))
    rework = rework_of(third, title="New", series_position=None)
    for article, place in ((third, 1), (first, 2), (second, 3)):  # ordered anew meanwhile
        Article.objects.filter(pk=article.pk).update(series_position=place)

    reworks.publish(rework, None)

    assert list(series.articles.in_series_order().values_list("pk", "series_position")) == [
        (third.pk, 1),
        (first.pk, 2),
        (second.pk, 3),
    ]


def test_a_rework_that_moves_to_another_series_begins_at_its_end_and_leaves_no_gap():
    old, new = make_series(), make_series()
    first, second = (make_article(series=old, series_position=place) for place in (1, 2))
    other = make_article(series=new, series_position=1)

    reworks.publish(rework_of(first, series=new), None)

    assert list(old.articles.values_list("pk", "series_position")) == [(second.pk, 1)]
    assert list(new.articles.in_series_order().values_list("pk", "series_position")) == [
        (other.pk, 1),
        (first.pk, 2),
    ]
    first.refresh_from_db()
    assert first.revisions.first().snapshot["fields"]["series_position"] == 2


def test_outside_links_of_a_rework_are_in_the_ledger_once_it_replaced():
    article = make_article()
    RelatedLink.objects.create(article=article, url="https://example.org/old", title="Old")
    rework = reworks.start(article, None)
    rework.related_links.update(url="https://example.org/new", title="New")

    reworks.publish(rework, None)

    links = OutboundLink.objects.filter(uses__article=article)
    assert [link.url for link in links] == ["https://example.org/new"]


def test_a_veto_given_beside_either_text_outlives_the_replacing():
    article, one, other = make_article(), make_article(), make_article()
    rework = reworks.start(article, None)
    RelatedVeto.objects.create(article=article, target=one)
    RelatedVeto.objects.create(article=rework, target=other)

    reworks.publish(rework, None)

    assert set(RelatedVeto.objects.filter(article=article).values_list("target", flat=True)) == {
        one.pk,
        other.pk,
    }
