"""The mails that leave by themselves, and the heartbeat that keeps them going."""

from datetime import timedelta
from smtplib import SMTPException

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from articles.models import Throttle

from . import mails, signups
from .models import ConfirmationToken, SignupRequest, Subscription, WelcomeMail

# A job that has not run a minute after its time is taken for lost.
OVERDUE = timedelta(minutes=1)
# What was never confirmed goes a day after its link has expired; settled rows of the outbox go after a week.
KEEP_EXPIRED = timedelta(days=1)
KEEP_UNCONFIRMED = timedelta(days=8)
KEEP_SETTLED = timedelta(days=7)


@task()
def answer_signup(pk):
    """Decide about one SignupRequest and send the mail that answers it, if any.

    Crash window: a worker killed between handing the mail over and writing that down sends it again at the
    next attempt, so each kill costs at most one more mail. Both links work.
    """
    _deliver(SignupRequest, pk, signups.answer)


@task()
def send_welcome(pk):
    """Send one WelcomeMail, unless the person has left meanwhile; same crash window as answer_signup."""
    _deliver(WelcomeMail, pk, _welcome)


def heartbeat():
    """Queue what is due but has no job any more, and sweep once an hour. Cheap: call it every few seconds."""
    for model, job in [(SignupRequest, answer_signup), (WelcomeMail, send_welcome)]:
        for pk in model.objects.requeue(overdue_by=OVERDUE):
            job.enqueue(pk)
    if Throttle.objects.allow("newsletter-sweep", limit=1, seconds=3600):
        sweep()


def sweep():
    """Delete what must not be kept: links that expired, addresses never confirmed, mails that were sent."""
    now = timezone.now()
    ConfirmationToken.objects.filter(used_at=None, expires_at__lt=now - KEEP_EXPIRED).delete()
    Subscription.objects.purge_unconfirmed(now - KEEP_UNCONFIRMED)
    for model in (SignupRequest, WelcomeMail):
        model.objects.settled().filter(created__lt=now - KEEP_SETTLED).delete()


def _welcome(row):
    return mails.welcome(row.subscription) if row.subscription.is_active else None


def _deliver(model, pk, compose):
    with transaction.atomic():
        row = model.objects.claim(pk)
    if row is None:
        return
    with transaction.atomic():
        mail = compose(row)
        if mail is None:
            row.settle(row.State.DROPPED)
            return
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        row.fail(error)
    else:
        row.settle(row.State.SENT)
