"""What has to happen unasked, derived from rows again and again, so that a lost job is only a delay.

Every worker beats; an advisory lock lets one at a time do the work. The parts may be done twice without harm.
"""

import logging
import threading
import zlib
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db import Error, connection, connections, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from articles import lexicon, narrations, reworks
from articles.edition import announcing
from articles.models import (
    Article,
    Autosave,
    CommentMail,
    Image,
    MissedSearch,
    Narration,
    OutboundLink,
    Page,
    Presence,
    RetiredFile,
    Throttle,
)
from articles.tasks import check_link, narrate, refresh_lexicon, render_image, send_comment_mail
from newsletter import tasks as newsletter_tasks

logger = logging.getLogger(__name__)

INTERVAL = 15  # seconds
RESULTS_KEPT = timedelta(days=1)
LOGINS_KEPT = timedelta(days=30)
# A worker whose connection was cut holds its lock again within two beats.
GRACE = timedelta(minutes=1)
TEXTS = 200  # of articles derived again in one beat: a second or two
DEATHS = 3  # workers that a task may take with it before it is given up

# The first half of our advisory locks' keys; the second half says what is locked.
WORKERS = 0x5F01
BEATS = 0x5F02


class Heart(threading.Thread):
    """Beats beside a worker, on a connection of its own, and holds the lock that shows the worker alive."""

    def __init__(self, worker_id):
        super().__init__(name="heartbeat", daemon=True)
        self.worker_id = worker_id
        self._stopped = threading.Event()
        self._holder = None

    def run(self):
        while not self._stopped.is_set():
            try:
                self.show_alive()
                beat()
            except Error as error:
                logger.warning("The heartbeat waits for the database: %s", str(error).strip())
                connections.close_all()
            except Exception:
                logger.exception("The heartbeat failed and goes on.")
            self._stopped.wait(INTERVAL)
        connections.close_all()

    def stop(self):
        """End after the current part; return once it has ended, or after ten seconds."""
        self._stopped.set()
        self.join(10)

    def show_alive(self):
        """Hold this worker's lock for as long as the connection lives."""
        connection.close_if_unusable_or_obsolete()
        connection.ensure_connection()
        if self._holder is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", [WORKERS, number_of(self.worker_id)])
            self._holder = connection.connection


def beat():
    """Do all that is due and return True, or False where another worker is at it.

    A part that fails is logged and stops no other. Raises django.db.Error where the database went away.
    """
    with advisory_lock(BEATS, 0) as ours:
        if not ours:
            return False
        for part in PARTS:
            try:
                part()
            except Exception as error:
                if isinstance(error, Error) and not connection.is_usable():
                    raise
                logger.exception("The heartbeat's part %s failed.", part.__name__)
        return True


@contextmanager
def advisory_lock(kind, number):
    """Try to take an advisory lock of PostgreSQL's; yield whether it is ours for this block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number])
        ours = cursor.fetchone()[0]
    try:
        yield ours
    finally:
        if ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])


def send_newsletters():
    newsletter_tasks.heartbeat()


def send_comment_mails():
    """Queue the mails about comments that are due and whose task was lost."""
    for pk in CommentMail.objects.requeue(overdue_by=GRACE):
        send_comment_mail.enqueue(pk)


def apply_reworks():
    """Put the reworks whose time has come in the place of the texts that readers see."""
    reworks.apply_due()


def requeue_orphans():
    """Queue again the tasks whose worker was killed; give one up that took three workers with it."""
    running = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - GRACE)
    alive = living_workers()
    for task in running:
        if number_of(task.worker_ids[-1]) % 2**32 in alive:
            continue
        claimed = DBTaskResult.objects.filter(
            pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at
        )
        if len(task.worker_ids) < DEATHS:
            claimed.update(status=TaskResultStatus.READY, started_at=None)
        else:
            logger.error("Task %s of %s is given up: its workers died.", task.pk, task.task_path)
            claimed.update(
                status=TaskResultStatus.FAILED,
                finished_at=timezone.now(),
                traceback=f"The worker died while running it, {DEATHS} times.",
            )


def render_images():
    """Queue the images that lack renditions and whose task was lost; one that failed is tried daily."""
    waiting = Image.objects.unfinished().filter(created_at__lt=timezone.now() - GRACE).order_by("pk")
    if pks := set(waiting.values_list("pk", flat=True)):
        jobs = DBTaskResult.objects.filter(task_path=render_image.module_path)
        for pk in sorted(pks - set(jobs.values_list("args_kwargs__args__0", flat=True))):
            render_image.enqueue(pk)


def derive_texts():
    """Derive a few of the texts again that an older version of this software derived."""
    for model in (Page, Article):
        model.derive_stale(limit=TEXTS)


def sweep_files():
    """Delete the files of replaced pictures and old crops that nothing should show any longer."""
    RetiredFile.objects.sweep()


def read_aloud():
    """Queue the texts that the server has not read aloud yet; one that failed is tried daily.

    Whatever has a task, waiting or finished, gets no other for the same text.
    """
    narrations.count_sentences()
    if settings.NARRATION_ENGINE and (texts := narrations.unread()):
        jobs = DBTaskResult.objects.filter(task_path=narrate.module_path)
        known = {tuple(args) for args in jobs.values_list("args_kwargs__args", flat=True)}
        for text in texts:
            if text not in known:
                narrate.enqueue(*text)


def sweep_audio():
    """Delete the audio that was replaced long ago, and that of articles that are gone."""
    Narration.objects.sweep()


def check_links():
    """Queue the checks of a few outside links; a check that was lost is due again an hour later."""
    if settings.LINK_CHECKS:
        for pk in OutboundLink.objects.claim_due():
            check_link.enqueue(pk)


def prune_results():
    """Forget what finished tasks returned."""
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - RESULTS_KEPT).delete()


def sweep_throttles():
    Throttle.objects.sweep()


def keep_lexicon():
    """Queue the making of the search's words where it is due and no task for it waits or runs."""
    jobs = DBTaskResult.objects.filter(task_path=refresh_lexicon.module_path)
    if lexicon.is_due() and not jobs.filter(status__in=["READY", "RUNNING"]).exists():
        refresh_lexicon.enqueue()


def sweep_missed_searches():
    MissedSearch.objects.sweep()


def forget_typing():
    """Delete what was typed long ago and never saved, and who had an article open."""
    Autosave.objects.sweep()
    Presence.objects.sweep()


def forget_visitors():
    """Once a day, delete the sessions that have expired and the traces of logins."""
    with transaction.atomic():
        if not Throttle.objects.allow("heartbeat:daily", limit=1, seconds=24 * 3600):
            return
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
        for model in (AccessAttempt, AccessFailureLog, AccessLog):
            model.objects.filter(attempt_time__lt=timezone.now() - LOGINS_KEPT).delete()


def announce_edition():
    """Tell the caches in front of the site that readers see something new."""
    announcing.announce()


PARTS = [
    send_newsletters,
    send_comment_mails,
    apply_reworks,
    requeue_orphans,
    render_images,
    derive_texts,
    sweep_files,
    read_aloud,
    sweep_audio,
    check_links,
    prune_results,
    sweep_throttles,
    keep_lexicon,
    sweep_missed_searches,
    forget_typing,
    forget_visitors,
    announce_edition,
]


def living_workers():
    """Return the numbers of the workers whose heart beats, as PostgreSQL shows them: unsigned."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [WORKERS],
        )
        return {row[0] for row in cursor.fetchall()}


def number_of(worker_id):
    """Return a signed 32-bit number for a worker, the second half of its lock's key."""
    number = zlib.crc32(worker_id.encode())
    return number - 2**32 if number >= 2**31 else number
