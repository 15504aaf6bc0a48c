import pytest
from django.test import Client

from newsletter.models import ConsentEvent, SignupRequest, Subscriber, Subscription, Suppression

from .factories import (
    contents,
    make_newsletter,
    make_request,
    make_subscription,
    make_token_row,
    preferences_path,
    unsubscribe_path,
)

pytestmark = pytest.mark.django_db


def test_looking_changes_nothing_and_sets_no_cookie():
    subscription = make_subscription()
    client = Client(enforce_csrf_checks=True)
    before = contents()

    response = client.get(preferences_path(subscription.subscriber))
    client.head(preferences_path(subscription.subscriber))
    client.get(preferences_path(subscription.subscriber, "forget/"))
    client.get(preferences_path(subscription.subscriber) + "?leave=1&saved=1")

    assert "The Tidelines letter" in response.text
    assert " checked" in response.text
    assert subscription.subscriber.email not in response.text
    assert "no-store" in response["Cache-Control"]
    assert contents() == before
    assert not client.cookies


def test_ticking_subscribes_and_unticking_unsubscribes_each_with_its_proof():
    client = Client(enforce_csrf_checks=True)
    subscription = make_subscription()
    arabic = make_newsletter(language="ar", title="رسالة المدّ")

    response = client.post(
        preferences_path(subscription.subscriber), {"newsletters": [arabic.pk], "language": "ar"}, follow=True
    )

    assert "Saved." in response.text
    assert list(Subscription.objects.active().values_list("newsletter", flat=True)) == [arabic.pk]
    assert Subscriber.objects.get().language == "ar"
    proofs = ConsentEvent.objects.filter(method="preferences").order_by("pk")
    assert [(proof.action, proof.newsletter) for proof in proofs] == [
        ("given", arabic),
        ("withdrawn", subscription.newsletter),
    ]
    assert arabic.title in proofs[0].wording


def test_saving_twice_is_saving_once(client):
    subscription = make_subscription()
    choice = {"newsletters": [subscription.newsletter_id], "language": "en"}
    for _ in range(2):
        assert client.post(preferences_path(subscription.subscriber), choice).status_code == 303
    assert ConsentEvent.objects.count() == 1


@pytest.mark.parametrize(
    "choice", [{"language": "xx"}, {"language": "en", "newsletters": ["999999"]}, {"newsletters": ["x"]}, {}]
)
def test_nonsense_is_refused_and_changes_nothing(client, choice):
    subscription = make_subscription()
    before = contents()
    assert client.post(preferences_path(subscription.subscriber), choice).status_code == 400
    assert contents() == before


def test_one_button_leaves_everything(client):
    subscription = make_subscription()
    other = make_subscription(
        email=subscription.subscriber.email, newsletter=make_newsletter(language="ar", title="رسالة")
    )

    client.post(
        preferences_path(subscription.subscriber), {"leave": "1", "newsletters": [other.newsletter_id]}
    )

    assert not Subscription.objects.active().exists()


def test_a_blocked_address_is_told_so_and_nothing_changes(client):
    subscription = make_subscription(status="unsubscribed")
    Suppression.objects.add(subscription.subscriber.email_hash, "complaint")

    response = client.post(
        preferences_path(subscription.subscriber),
        {"newsletters": [subscription.newsletter_id], "language": "he"},
    )

    assert response.status_code == 400
    assert "has been blocked" in response.text
    assert Subscriber.objects.get().language == "en"


def test_saving_leaves_a_link_to_confirm_another_newsletter_alive(client):
    token, row = make_token_row(email="reader@example.org")
    hebrew = make_subscription(
        email="reader@example.org", newsletter=make_newsletter(language="he", title="המכתב")
    )

    client.post(
        preferences_path(hebrew.subscriber), {"newsletters": [hebrew.newsletter_id], "language": "he"}
    )

    assert "You are subscribed" in client.post(f"/newsletter/confirm/{token}/").text
    row.subscription.refresh_from_db()
    assert row.subscription.is_active


def test_being_forgotten_is_asked_once_more(client):
    subscription = make_subscription()
    page = client.get(preferences_path(subscription.subscriber)).text
    path = preferences_path(subscription.subscriber, "forget/")
    assert f'href="{path}"' in page
    assert client.get(path).text.count("<button") == 1
    assert Subscriber.objects.exists()


def test_being_forgotten_leaves_a_hash_and_proofs_that_name_nobody(client):
    subscription = make_subscription(email="reader@example.org")
    make_request(email="reader@example.org")
    hashed = subscription.subscriber.email_hash

    response = client.post(preferences_path(subscription.subscriber, "forget/"))

    assert "You are forgotten" in response.text
    assert not Subscriber.objects.exists()
    assert not Subscription.objects.exists()
    assert not SignupRequest.objects.exists()
    assert Suppression.objects.get().email_hash == hashed
    given, withdrawn = ConsentEvent.objects.order_by("pk")
    assert (given.action, withdrawn.action, withdrawn.method) == ("given", "withdrawn", "forgotten")
    for proof in (given, withdrawn):
        assert (proof.subscriber, proof.origin, proof.requested_from) == (None, None, None)
        assert proof.newsletter_id
    assert client.post(preferences_path(subscription.subscriber, "forget/")).status_code == 404


def test_the_unsubscribe_link_does_not_open_the_preferences(client):
    subscription = make_subscription()
    token = unsubscribe_path(subscription).rpartition("/")[2]
    assert client.get(f"/newsletter/preferences/{token}/").status_code == 404
