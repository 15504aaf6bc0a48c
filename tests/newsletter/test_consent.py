import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from newsletter.models import ConsentEvent, Newsletter, Subscriber, Suppression

from .factories import make_newsletter, make_subscription

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE newsletter_consentevent SET wording = 'other'",
        "UPDATE newsletter_consentevent SET happened_at = now() - interval '1 year'",
        "UPDATE newsletter_consentevent SET origin = '192.0.2.99'",
        "UPDATE newsletter_consentevent SET origin = NULL",
        "UPDATE newsletter_consentevent SET subscriber_id = NULL",
        "UPDATE newsletter_consentevent"
        " SET subscriber_id = NULL, origin = NULL, requested_from = NULL, page = 'other'",
        "DELETE FROM newsletter_consentevent",
    ],
)
def test_the_database_refuses_to_rewrite_the_record(statement):
    make_subscription()
    before = list(ConsentEvent.objects.values())

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert list(ConsentEvent.objects.values()) == before


def test_an_event_can_be_anonymised_and_then_nothing_more():
    make_subscription()
    ConsentEvent.objects.all().anonymise()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ConsentEvent.objects.update(origin="192.0.2.1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ConsentEvent.objects.all().delete()


def test_a_subscriber_with_a_record_cannot_just_be_deleted():
    make_subscription()
    with pytest.raises(ProtectedError):
        Subscriber.objects.all().delete()


def test_a_list_id_never_changes_whatever_else_does():
    newsletter = make_newsletter()
    label, _, host = newsletter.list_id.partition(".")
    assert len(label) == 12
    assert host == "testserver"
    newsletter.title = "Another title"
    newsletter.save()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Newsletter.objects.update(list_id="other.example.org")


def test_a_language_has_one_newsletter_that_is_offered():
    make_newsletter()
    make_newsletter(title="Another", is_default=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_newsletter(title="A third")


def test_spellings_of_one_address_are_one_subscriber():
    subscriber = Subscriber.objects.with_address("Reader@Bücher.example", language="en")
    assert Subscriber.objects.with_address("reader@xn--bcher-kva.example", language="he") == subscriber
    assert subscriber.email == "Reader@Bücher.example"
    assert subscriber.mailbox == "Reader@xn--bcher-kva.example"


def test_a_final_suppression_is_not_weakened():
    Suppression.objects.add("a" * 64, "bounce")
    Suppression.objects.add("a" * 64, "complaint")
    assert Suppression.objects.add("a" * 64, "forgotten").reason == "complaint"


def test_a_suppression_keeps_nothing_but_a_hash():
    with pytest.raises(IntegrityError), transaction.atomic():
        Suppression.objects.add("reader@example.org", "editor")
