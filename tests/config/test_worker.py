import logging
import threading
import zlib
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from articles.models import Throttle
from articles.models.text import Text
from articles.tasks import render_image
from config import heartbeat
from config.worker import Worker
from tests.config.processes import eventually
from tests.factories import make_article, make_image, make_page

pytestmark = pytest.mark.django_db(transaction=True)


def note(name):
    Throttle.objects.allow(f"test:{name}", limit=1, seconds=3600)


def times(name):
    return Throttle.objects.filter(key=f"test:{name}").values_list("count", flat=True).first() or 0


@task()
def greet(name):
    note(name)


@task()
def stumble():
    raise ValueError("a mistake in a task")


@pytest.fixture(autouse=True)
def _no_other_tasks():
    DBTaskResult.objects.all().delete()


def work():
    """Run a worker until its queue is empty."""
    Worker(batch=True).run()


def make_running(*, started=timedelta(hours=1), workers=("dead",)):
    """A task that was claimed by workers, and finished by none."""
    result = DBTaskResult.objects.get(pk=greet.enqueue("orphan").id)
    result.status = TaskResultStatus.RUNNING
    result.started_at = timezone.now() - started
    result.worker_ids = list(workers)
    result.save()
    return result


def test_a_worker_runs_what_is_queued_and_goes_on_after_a_failure():
    greet.enqueue("first")
    stumble.enqueue()
    greet.enqueue("second")

    work()

    assert times("first") == times("second") == 1
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == [
        "FAILED",
        "SUCCESSFUL",
        "SUCCESSFUL",
    ]


def test_a_part_that_fails_is_logged_and_stops_no_other(monkeypatch, caplog):
    def broken():
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(heartbeat, "PARTS", [lambda: note("before"), broken, lambda: note("after")])

    heartbeat.beat()

    assert times("before") == times("after") == 1
    assert "part broken failed" in caplog.text


def test_a_statement_that_the_database_refuses_stops_no_other_part(monkeypatch):
    def refused():
        connection.cursor().execute("SELECT 1 / 0")

    monkeypatch.setattr(heartbeat, "PARTS", [refused, lambda: note("after")])

    heartbeat.beat()

    assert times("after") == 1


def test_one_worker_at_a_time_does_the_work_of_the_heartbeat(monkeypatch):
    inside, go_on = threading.Event(), threading.Event()

    def slow():
        inside.set()
        go_on.wait(20)

    def beat_elsewhere():
        heartbeat.beat()
        connection.close()

    monkeypatch.setattr(heartbeat, "PARTS", [slow])
    other = threading.Thread(target=beat_elsewhere)
    other.start()
    inside.wait(20)

    assert heartbeat.beat() is False

    go_on.set()
    other.join()
    assert heartbeat.beat() is True


def test_a_task_of_a_killed_worker_is_queued_again_and_done():
    make_running()

    heartbeat.requeue_orphans()
    work()

    assert times("orphan") == 1


def test_a_task_whose_worker_lives_is_left_to_it():
    heart = heartbeat.Heart("alive")
    heart.start()
    number = zlib.crc32(b"alive")
    eventually(lambda: number in heartbeat.living_workers())
    orphan = make_running(workers=["dead", "alive"])

    heartbeat.requeue_orphans()

    orphan.refresh_from_db()
    assert orphan.status == TaskResultStatus.RUNNING
    heart.stop()
    eventually(lambda: number not in heartbeat.living_workers())


def test_a_task_that_was_just_claimed_is_left_alone():
    orphan = make_running(started=timedelta(seconds=5))

    heartbeat.requeue_orphans()

    orphan.refresh_from_db()
    assert orphan.status == TaskResultStatus.RUNNING


def test_a_task_that_took_three_workers_with_it_is_given_up(caplog):
    orphan = make_running(workers=["one", "two", "three"])

    heartbeat.requeue_orphans()

    orphan.refresh_from_db()
    assert orphan.status == TaskResultStatus.FAILED
    assert "given up" in caplog.text


def test_an_image_whose_task_was_lost_gets_its_renditions():
    image = make_image()
    DBTaskResult.objects.all().delete()
    type(image).objects.update(created_at=timezone.now() - timedelta(hours=1))

    heartbeat.render_images()
    heartbeat.render_images()

    assert DBTaskResult.objects.filter(task_path=render_image.module_path).count() == 1
    work()
    assert not type(image).objects.unfinished().exists()
    DBTaskResult.objects.all().delete()
    heartbeat.render_images()
    assert not DBTaskResult.objects.exists()


def test_texts_that_an_older_version_derived_are_derived_again_a_few_at_a_time(monkeypatch):
    texts = [make_article(body="<h2>Cost</h2><p>Much.</p>"), make_article(), make_page(body="<p>We.</p>")]
    for text in texts:
        type(text).objects.filter(pk=text.pk).update(body_html="old", renderer=0)
    monkeypatch.setattr(heartbeat, "TEXTS", 1)

    heartbeat.derive_texts()

    shown = [type(text).objects.get(pk=text.pk).body_html for text in texts]
    assert shown.count("old") == 1
    heartbeat.derive_texts()
    assert [type(text).objects.get(pk=text.pk).body_html for text in texts] == [
        text.body_html for text in texts
    ]
    monkeypatch.setattr(Text, "derive", lambda text: pytest.fail("derived once more than needed"))
    heartbeat.derive_texts()


def test_results_are_forgotten_after_a_day(time_machine):
    time_machine.move_to("2026-05-01 12:00:00+00:00")
    greet.enqueue("old")
    work()
    time_machine.move_to("2026-05-02 11:00:00+00:00")
    greet.enqueue("new")
    heartbeat.prune_results()
    assert DBTaskResult.objects.count() == 2

    time_machine.move_to("2026-05-02 13:00:00+00:00")
    heartbeat.prune_results()

    assert DBTaskResult.objects.get().args_kwargs["args"] == ["new"]


def test_expired_sessions_are_deleted_once_a_day():
    def expire(key):
        Session.objects.create(session_key=key, expire_date=timezone.now() - timedelta(days=1))

    expire("one")
    heartbeat.forget_visitors()
    assert not Session.objects.exists()

    expire("two")
    heartbeat.forget_visitors()
    assert Session.objects.exists()


def test_the_heartbeat_survives_a_database_that_is_away(monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    beats = []

    def beat():
        beats.append(1)
        if len(beats) == 1:
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(heartbeat, "beat", beat)
    monkeypatch.setattr(heartbeat, "INTERVAL", 0.05)
    heart = heartbeat.Heart("any")
    heart.start()
    eventually(lambda: len(beats) > 2)
    heart.stop()

    assert "waits for the database" in caplog.text


def test_a_worker_goes_on_after_its_connection_was_cut(monkeypatch, caplog):
    monkeypatch.setattr("config.worker.RETRY", 0.05)
    greet.enqueue("after the cut")
    claim = DBTaskResult.claim

    def cut_then_claim(self, worker_id):
        monkeypatch.setattr(DBTaskResult, "claim", claim)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(DBTaskResult, "claim", cut_then_claim)

    work()

    assert times("after the cut") == 1
    assert "waits for the database" in caplog.text
