"""From draft to live and back: transitions, their dates, their buttons, and who may press them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from tests.factories import make_article

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


def test_scheduling_wants_a_time_in_the_future():
    article = make_article(status="draft")

    with pytest.raises(ValueError, match="future"):
        article.schedule(ago(minutes=1))
    article.schedule(ahead(hours=1))

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


@pytest.mark.parametrize("status", Article.Status.values)
@pytest.mark.parametrize("hours", [-1, 1, None])
@pytest.mark.parametrize("step", ["publish", "take_back"])
def test_one_and_many_agree(time_machine, status, hours, step):
    if status == "published" and hours is None:
        pytest.skip("A published article has a date.")
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
