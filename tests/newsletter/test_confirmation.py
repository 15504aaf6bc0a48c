import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from newsletter.models import ConfirmationToken, ConsentEvent, Subscription, Suppression

from .factories import (
    ago,
    contents,
    latest_mail,
    link_in,
    make_newsletter,
    make_request,
    make_token_row,
    run_tasks,
)

pytestmark = pytest.mark.django_db


def path_of(token):
    return f"/newsletter/confirm/{token}/"


def test_looking_at_the_link_shows_one_button_and_changes_nothing():
    token, _row = make_token_row(email="reader@example.org")
    client = Client(enforce_csrf_checks=True)
    before = contents()

    response = client.get(path_of(token))
    client.head(path_of(token))

    assert "r•••@example.org" in response.text
    assert "reader@example.org" not in response.text
    assert response.text.count("<button") == 1
    assert contents() == before
    assert not response.cookies


def test_pressing_the_button_subscribes_welcomes_and_keeps_the_proof(client):
    newsletter = make_newsletter()
    client.post(
        "/newsletter/signup/",
        {"email": "reader@example.org"},
        REMOTE_ADDR="192.0.2.8",
        headers={"referer": "http://testserver/articles/the-strait/"},
    )
    run_tasks()

    response = client.post(link_in(latest_mail(), "confirm"), REMOTE_ADDR="192.0.2.7")

    assert "You are subscribed" in response.text
    assert "/newsletter/preferences/" in response.text
    assert Subscription.objects.get().status == "active"
    proof = ConsentEvent.objects.get()
    assert (proof.action, proof.method) == ("given", "double opt-in")
    assert (proof.requested_from, proof.origin) == ("192.0.2.8", "192.0.2.7")
    assert proof.page == "/articles/the-strait/"
    assert newsletter.promise in proof.wording
    assert "We send one message to confirm" in proof.wording
    assert proof.requested_at < proof.confirmation_sent_at < proof.happened_at
    run_tasks()
    assert latest_mail().subject == "Welcome to The Tidelines letter"


def test_the_token_is_kept_as_a_hash_only(client):
    token, row = make_token_row()
    assert len(token) == 43
    assert token not in str(ConfirmationToken.objects.filter(pk=row.pk).values().get())


def test_a_used_link_goes_on_answering_and_welcomes_once(client):
    token, _row = make_token_row()
    client.post(path_of(token))

    again = client.post(path_of(token))

    assert again.status_code == 200
    assert "You are subscribed" in client.get(path_of(token)).text
    assert ConsentEvent.objects.count() == 1
    run_tasks()
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_consent_and_one_welcome():
    token, _row = make_token_row()
    statuses = []

    def press():
        statuses.append(Client(raise_request_exception=False).post(path_of(token)).status_code)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 8
    assert ConsentEvent.objects.count() == 1
    run_tasks()
    assert len(mail.outbox) == 1


def test_an_expired_link_says_so_and_offers_to_sign_up_again(client):
    token, row = make_token_row(expires_at=ago(minutes=1))

    for response in [client.get(path_of(token)), client.post(path_of(token))]:
        assert response.status_code == 410
        assert "This link no longer works" in response.text
        assert 'action="/newsletter/signup/"' in response.text
    row.subscription.refresh_from_db()
    assert row.subscription.status == "pending"


def test_a_link_lives_for_seven_days(client, time_machine):
    token, _row = make_token_row()
    time_machine.move_to(timezone.now() + timedelta(days=6, hours=23))
    assert client.get(path_of(token)).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert client.get(path_of(token)).status_code == 410


def test_an_unknown_link_is_a_404_that_helps(client):
    make_newsletter()

    response = client.get(path_of("mistyped"))

    assert response.status_code == 404
    assert 'action="/newsletter/signup/"' in response.text


def test_an_old_link_does_not_bring_back_somebody_who_left(client):
    used, row = make_token_row()
    unused = ConfirmationToken.objects.issue(row.subscription, make_request())
    client.post(path_of(used))
    row.subscription.refresh_from_db()
    row.subscription.unsubscribe(method="link")

    assert client.post(path_of(used)).status_code == 410
    assert client.post(path_of(unused)).status_code == 404
    row.subscription.refresh_from_db()
    assert row.subscription.status == "unsubscribed"


def test_somebody_who_left_comes_back_by_confirming_again(client):
    token, row = make_token_row(email="reader@example.org")
    client.post(path_of(token))
    row.subscription.refresh_from_db()
    row.subscription.unsubscribe(method="link")

    client.post("/newsletter/signup/", {"email": "reader@example.org"})
    run_tasks()
    client.post(link_in(latest_mail(), "confirm"))

    row.subscription.refresh_from_db()
    assert row.subscription.status == "active"
    assert list(ConsentEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "given",
        "withdrawn",
        "given",
    ]


def test_a_blocked_address_cannot_be_confirmed(client):
    token, row = make_token_row()
    Suppression.objects.add(row.subscription.subscriber.email_hash, "complaint")

    assert client.post(path_of(token)).status_code == 404
    assert not ConsentEvent.objects.exists()


def test_somebody_who_was_forgotten_may_come_back(client):
    token, row = make_token_row()
    Suppression.objects.add(row.subscription.subscriber.email_hash, "forgotten")

    client.post(path_of(token))

    assert Subscription.objects.get().status == "active"
    assert not Suppression.objects.exists()


def test_pages_of_links_are_for_nobody_else(client):
    token, _row = make_token_row()

    response = client.get(path_of(token))

    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex">' in response.text


def test_the_link_works_under_every_language(client):
    token, _row = make_token_row()
    assert client.get(f"/ar{path_of(token)}").status_code == 200
    assert client.post(f"/he{path_of(token)}").status_code == 200
    assert Subscription.objects.get().status == "active"
