import uuid

import pytest
from django.test import Client

from newsletter.models import ConsentEvent, Subscription
from newsletter.tokens import PREFERENCES, UNSUBSCRIBE, make_token, read_token

from .factories import contents, make_newsletter, make_subscription, unsubscribe_path

pytestmark = pytest.mark.django_db


def status_of(subscription):
    subscription.refresh_from_db()
    return subscription.status


def test_looking_at_the_link_shows_one_button_and_changes_nothing(client):
    subscription = make_subscription()
    before = contents()

    response = client.get(unsubscribe_path(subscription))
    head = client.head(unsubscribe_path(subscription))

    assert (response.status_code, head.status_code) == (200, 200)
    assert response.text.count("<button") == 1
    assert "no-store" in response["Cache-Control"]
    assert contents() == before
    assert not response.cookies


def test_pressing_the_button_unsubscribes(client):
    subscription = make_subscription()

    response = client.post(unsubscribe_path(subscription), REMOTE_ADDR="192.0.2.9")

    assert "You are unsubscribed" in response.text
    assert status_of(subscription) == "unsubscribed"
    withdrawn = ConsentEvent.objects.get(action="withdrawn")
    assert (withdrawn.method, withdrawn.origin) == ("link", "192.0.2.9")


@pytest.mark.parametrize("prefix", ["", "/ar", "/he"])
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("multipart", [True, False])
def test_a_mail_programs_one_click_acts_at_once_and_never_redirects(prefix, slash, multipart):
    subscription = make_subscription()
    client = Client(enforce_csrf_checks=True)
    body = {"List-Unsubscribe": "One-Click"}
    options = {} if multipart else {"content_type": "application/x-www-form-urlencoded"}

    response = client.post(
        prefix + unsubscribe_path(subscription) + slash,
        body if multipart else "List-Unsubscribe=One-Click",
        headers={"origin": "https://mail.example"},
        **options,
    )

    assert response.status_code == 200
    assert not response.cookies
    assert status_of(subscription) == "unsubscribed"


def test_only_the_address_counts_not_the_body(client):
    subscription = make_subscription()
    response = client.post(
        unsubscribe_path(subscription), b"\xff\x00 not a form", content_type="multipart/form-data; boundary=x"
    )
    assert response.status_code == 200
    assert status_of(subscription) == "unsubscribed"


def test_a_second_time_is_as_good_as_the_first(client):
    subscription = make_subscription()
    first = client.post(unsubscribe_path(subscription))

    second = client.post(unsubscribe_path(subscription))

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert ConsentEvent.objects.filter(action="withdrawn").count() == 1


def test_other_newsletters_stay(client):
    subscription = make_subscription()
    other = make_subscription(
        email=subscription.subscriber.email, newsletter=make_newsletter(language="ar", title="رسالة")
    )
    client.post(unsubscribe_path(subscription))
    assert status_of(other) == "active"


def test_the_link_of_somebody_who_was_forgotten_still_answers(client):
    subscription = make_subscription()
    path = unsubscribe_path(subscription)
    subscription.subscriber.forget()

    assert client.post(path).status_code == 200
    assert "Nothing more will come" in client.get(path).text


def test_being_forgotten_while_a_mail_program_unsubscribes_is_no_error():
    subscription = make_subscription()
    other_request = Subscription.objects.get()
    subscription.subscriber.forget()

    other_request.unsubscribe(method="link")

    assert not other_request.is_active


def test_links_survive_a_new_secret_key_and_die_with_the_subscribers_key(client, settings):
    subscription = make_subscription()
    path = unsubscribe_path(subscription)
    settings.SECRET_KEY = "rotated" * 10
    assert client.get(path).status_code == 200
    settings.SUBSCRIBER_KEY = "rotated" * 10
    assert client.get(path).status_code == 404


def test_a_token_is_for_one_purpose_and_one_row_and_cannot_be_altered():
    row_id = uuid.uuid4()
    token = make_token(UNSUBSCRIBE, row_id)
    assert read_token(UNSUBSCRIBE, token) == row_id
    assert read_token(PREFERENCES, token) is None
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert read_token(UNSUBSCRIBE, changed) is None
    for nonsense in ["", "1", token + "A", token[:-1], "1" + "!" * 43, "1" + "é" * 43, "٢" * 44]:
        assert read_token(UNSUBSCRIBE, nonsense) is None


def test_a_forged_token_is_a_404(client):
    subscription = make_subscription()
    path = f"/newsletter/unsubscribe/{make_token(PREFERENCES, subscription.uuid)}"
    assert client.post(path).status_code == 404
    assert status_of(subscription) == "active"
