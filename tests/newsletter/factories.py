"""Rows for tests of the newsletter: each factory needs nothing and takes what matters as keywords."""

import itertools
import re
from datetime import timedelta

from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from newsletter.models import (
    ConfirmationToken,
    ConsentEvent,
    Newsletter,
    SignupRequest,
    Subscriber,
    Subscription,
    Suppression,
    WelcomeMail,
)
from newsletter.tokens import PREFERENCES, UNSUBSCRIBE, make_token

_numbers = itertools.count(1)


def make_newsletter(**fields):
    """The newsletter that English readers are invited to join, unless told otherwise."""
    fields.setdefault("title", "The Tidelines letter")
    fields.setdefault("promise", "One long read, every Thursday.")
    fields.setdefault("sender_name", "Tidelines")
    fields.setdefault("sender_email", "letter@tidelines.example.org")
    return Newsletter.objects.create(**fields)


def make_subscription(*, email=None, status="active", newsletter=None, language="en"):
    """A confirmed subscription, unless told otherwise."""
    subscriber = Subscriber.objects.with_address(
        email or f"reader{next(_numbers)}@example.org", language=language
    )
    newsletter = newsletter or Newsletter.objects.in_language("en") or make_newsletter()
    subscription = Subscription.objects.create(subscriber=subscriber, newsletter=newsletter)
    if status != "pending":
        subscription.activate(method="double opt-in", origin="192.0.2.7", requested_from="192.0.2.8")
    if status not in {"pending", "active"}:
        subscription.unsubscribe(method="link", status=status)
    return subscription


def make_request(*, email=None, **fields):
    """A sign-up that waits for its mail."""
    email = email or f"reader{next(_numbers)}@example.org"
    newsletter = fields.pop("newsletter", None) or Newsletter.objects.in_language("en") or make_newsletter()
    return SignupRequest.objects.create(
        **{
            "email": email,
            "email_key": email,
            "newsletter": newsletter,
            "language": "en",
            "page": "/",
            "wording": newsletter.wording,
            "origin": "192.0.2.8",
            **fields,
        }
    )


def make_token_row(*, email=None, **fields):
    """A link to confirm that somebody has just been sent: (the token, its row)."""
    subscription = make_subscription(email=email, status="pending")
    token = ConfirmationToken.objects.issue(subscription, make_request(email=subscription.subscriber.email))
    row = ConfirmationToken.objects.find(token)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return token, row


def preferences_path(subscriber, suffix=""):
    return f"/newsletter/preferences/{make_token(PREFERENCES, subscriber.uuid)}/{suffix}"


def unsubscribe_path(subscription):
    return f"/newsletter/unsubscribe/{make_token(UNSUBSCRIBE, subscription.uuid)}"


def run_tasks():
    """Do what is queued, as the worker would."""
    for row in DBTaskResult.objects.ready().order_by("enqueued_at"):
        row.delete()
        row.task.func(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])


def link_in(message, word):
    """The path of the link in a mail's text that holds a word."""
    return re.search(rf"http://testserver(/\S*{word}\S*)", message.body)[1]


def latest_mail():
    return mail.outbox[-1]


def contents():
    """Everything that the newsletter's tables hold, to be compared before and after."""
    models = [
        ConfirmationToken,
        ConsentEvent,
        Newsletter,
        SignupRequest,
        Subscriber,
        Subscription,
        Suppression,
        WelcomeMail,
        DBTaskResult,
    ]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def ago(**delta):
    return timezone.now() - timedelta(**delta)
