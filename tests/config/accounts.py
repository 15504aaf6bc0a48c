"""What the tests about accounts do again and again: log in, read the mail, hold a phone."""

import re
import time

from django.core import mail
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.accounts import two_factor
from tests.newsletter.factories import run_tasks

PASSWORD = "a lantern over slow water"


def log_in(client, user, *, password=PASSWORD, place=""):
    """Send the first step; return the answer."""
    return client.post("/admin/login/", {"username": user.username, "password": password, "next": place})


def set_up(user):
    """Give a colleague a second factor; return the secret and the recovery codes."""
    key = two_factor.new_key()
    TOTPDevice.objects.create(user=user, name="App", key=key)
    return key, two_factor.renew_recovery_codes(user)


def code_of(key, *, steps=0):
    """Return what an app shows, or showed some steps of 30 seconds ago."""
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06}"


def wrong_code(key):
    """Return six digits that are right at no time near."""
    near = {code_of(key, steps=steps) for steps in range(-2, 3)}
    return next(code for code in map("{:06}".format, range(9)) if code not in near)


def send_all():
    """Do what is queued, as a worker would, and what that queues; return the mails that left."""
    run_tasks()
    run_tasks()
    return mail.outbox


def link_in(message):
    """Return the path of the one link in a mail."""
    return re.search(r"https?://[^/\s]+(/admin/\S+)", message.body)[1]
