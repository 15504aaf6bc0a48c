"""The mails about accounts leave by themselves, so that a page answers alike whoever asks."""

import logging
import unicodedata
from datetime import timedelta
from smtplib import SMTPException

from django.contrib.auth import get_user_model
from django.utils import timezone
from django_tasks import task

from articles.models import Throttle

from . import links, mails

log = logging.getLogger(__name__)

ATTEMPTS = 6
PAUSE = timedelta(minutes=2)  # doubled after each failure
RESETS = {"limit": 3, "seconds": 3600}  # mails to one account, whoever asks


@task()
def invite(user_id, attempt=1):
    """Send a colleague the invitation; the link's time begins now.

    Crash window: a worker killed after handing the mail over sends another; one use ends both links.
    """
    user = get_user_model().objects.filter(pk=user_id).first()
    if user and links.INVITATION.is_for(user):
        send(mails.invitation(user), invite, user_id, attempt)


@task()
def reset_password(email):
    """Send a link to the accounts with an address; none to closed ones, nor to those never opened."""
    for user in get_user_model().objects.filter(email__iexact=email):
        if is_same(email, user.email) and links.RESET.is_for(user):
            if Throttle.objects.allow(f"reset:{user.pk}", **RESETS):
                send_reset.enqueue(user.pk)
            else:
                log.warning("No further mail for a new password to account %s within the hour.", user.pk)


@task()
def send_reset(user_id, attempt=1):
    """Send one account a link for a new password; same crash window as invite."""
    user = get_user_model().objects.filter(pk=user_id).first()
    if user and links.RESET.is_for(user):
        send(mails.reset(user), send_reset, user_id, attempt)


def send(mail, again, user_id, attempt):
    """Send, or try again later where the mail server is not there."""
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        log.warning("Mail for account %s, attempt %s: %s", user_id, attempt, type(error).__name__)
        if attempt < ATTEMPTS:
            later = timezone.now() + PAUSE * 2 ** (attempt - 1)
            again.using(run_after=later).enqueue(user_id, attempt + 1)


def is_same(one, other):
    """Compare addresses as Unicode TR 36, 2.11.2 advises: the database folds less than a look-alike needs."""
    return fold(one) == fold(other)


def fold(text):
    return unicodedata.normalize("NFKC", text).casefold()
