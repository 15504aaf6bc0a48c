import smtplib
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.models.outgoing import MAX_ATTEMPTS
from newsletter import tasks
from newsletter.models import ConfirmationToken, ConsentEvent, SignupRequest, Subscriber, Subscription

from .factories import ago, make_request, make_subscription, make_token_row, run_tasks

pytestmark = pytest.mark.django_db


def break_mail(monkeypatch, error):
    def fail(self):
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)


def test_a_lost_job_is_only_a_delay():
    request = make_request(next_attempt_at=ago(minutes=2))

    tasks.heartbeat()
    run_tasks()

    assert len(mail.outbox) == 1
    request.refresh_from_db()
    assert request.state == "sent"


def test_the_heartbeat_queues_a_row_once_a_minute_and_leaves_young_ones_to_their_job():
    make_request(next_attempt_at=ago(minutes=2))
    make_request()

    tasks.heartbeat()
    tasks.heartbeat()

    assert DBTaskResult.objects.count() == 1


def test_the_heartbeat_is_cheap(django_assert_num_queries):
    tasks.heartbeat()
    with django_assert_num_queries(3):
        tasks.heartbeat()


def test_a_dead_mail_server_delays_ever_longer_and_the_mail_comes_later(monkeypatch, time_machine, caplog):
    request = make_request()
    with monkeypatch.context() as patch:
        break_mail(patch, ConnectionRefusedError("nobody is listening"))
        waits = []
        for _ in range(3):
            begun = timezone.now()
            tasks.answer_signup.func(request.pk)
            request.refresh_from_db()
            assert request.state == "pending"
            waits.append(round((request.next_attempt_at - begun) / timedelta(minutes=1)))
            time_machine.move_to(request.next_attempt_at + timedelta(seconds=1))
        assert waits == [5, 10, 20]
    tasks.answer_signup.func(request.pk)

    request.refresh_from_db()
    assert request.state == "sent"
    assert len(mail.outbox) == 1
    assert "example.org" not in caplog.text


def test_after_the_last_attempt_it_is_given_up(monkeypatch):
    request = make_request(attempts=MAX_ATTEMPTS - 1)
    break_mail(monkeypatch, smtplib.SMTPServerDisconnected("gone"))

    tasks.answer_signup.func(request.pk)

    request.refresh_from_db()
    assert request.state == "failed"


def test_a_request_that_breaks_every_worker_is_given_up_too(monkeypatch):
    request = make_request(attempts=MAX_ATTEMPTS)

    tasks.answer_signup.func(request.pk)

    request.refresh_from_db()
    assert request.state == "failed"
    assert mail.outbox == []


@pytest.mark.parametrize(("code", "state"), [(550, "failed"), (451, "pending")])
def test_a_refused_recipient_is_not_tried_again_but_a_delayed_one_is(monkeypatch, code, state):
    request = make_request()
    break_mail(monkeypatch, smtplib.SMTPRecipientsRefused({request.email: (code, b"no")}))

    tasks.answer_signup.func(request.pk)

    request.refresh_from_db()
    assert request.state == state


def test_a_worker_killed_after_sending_costs_one_more_mail_and_both_links_work(
    monkeypatch, time_machine, client
):
    request = make_request()
    with monkeypatch.context() as patch:
        patch.setattr(SignupRequest, "settle", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tasks.answer_signup.func(request.pk)

    time_machine.move_to(timezone.now() + timedelta(minutes=7))
    tasks.heartbeat()
    run_tasks()
    time_machine.move_to(timezone.now() + timedelta(minutes=30))
    tasks.heartbeat()
    run_tasks()

    assert len(mail.outbox) == 2
    assert ConfirmationToken.objects.count() == 2


def test_a_job_that_runs_twice_sends_once():
    request = make_request()
    tasks.answer_signup.func(request.pk)
    tasks.answer_signup.func(request.pk)
    tasks.answer_signup.func(request.pk + 1000)
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_that_many_workers_run_at_once_sends_once():
    # A second attempt, which the limit per address lets through.
    request = make_request(attempts=1)
    ready = threading.Barrier(8)

    def work():
        connection.ensure_connection()
        ready.wait()
        tasks.answer_signup.func(request.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(mail.outbox) == 1


def test_being_forgotten_while_the_mail_is_on_its_way_is_no_error(monkeypatch):
    request = make_request(email="reader@example.org")
    subscriber = make_subscription(email="reader@example.org").subscriber
    monkeypatch.setattr(EmailMultiAlternatives, "send", lambda self: subscriber.forget())

    tasks.answer_signup.func(request.pk)

    assert not SignupRequest.objects.exists()


def test_nobody_is_welcomed_who_has_left_meanwhile():
    subscription = make_subscription()
    welcome = subscription.welcome()
    subscription.unsubscribe(method="link")

    tasks.send_welcome.func(welcome.pk)

    assert mail.outbox == []
    welcome.refresh_from_db()
    assert welcome.state == "dropped"


def test_an_address_that_nobody_confirmed_is_gone_a_day_after_its_link(time_machine):
    make_token_row()
    time_machine.move_to(timezone.now() + timedelta(days=7, hours=12))
    tasks.sweep()
    assert Subscriber.objects.exists()

    time_machine.move_to(timezone.now() + timedelta(days=1))
    SignupRequest.objects.update(state="sent")
    tasks.sweep()

    assert not ConfirmationToken.objects.exists()
    assert not Subscription.objects.exists()
    assert not Subscriber.objects.exists()
    assert not SignupRequest.objects.exists()


def test_the_sweep_keeps_subscribers_those_who_left_their_proofs_and_mail_that_waits(client, time_machine):
    token, _row = make_token_row()
    client.post(f"/newsletter/confirm/{token}/")
    left = make_subscription(status="unsubscribed")
    SignupRequest.objects.update(state="pending")
    time_machine.move_to(timezone.now() + timedelta(days=400))

    tasks.sweep()

    assert set(Subscription.objects.values_list("status", flat=True)) == {"active", "unsubscribed"}
    assert Subscriber.objects.filter(pk=left.subscriber_id).exists()
    assert ConsentEvent.objects.count() == 3
    assert SignupRequest.objects.count() == 1
    assert client.get(f"/newsletter/confirm/{token}/").status_code == 200


def test_the_heartbeat_sweeps_once_an_hour():
    SignupRequest.objects.filter(pk=make_request().pk).update(state="sent", created=ago(days=8))
    tasks.heartbeat()
    assert not SignupRequest.objects.exists()
    SignupRequest.objects.filter(pk=make_request().pk).update(state="sent", created=ago(days=8))
    tasks.heartbeat()
    assert SignupRequest.objects.exists()
