"""The mails about a subscription itself; each is text and HTML in the subscriber's language."""

from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from articles.models import Language, Site

from .tokens import PREFERENCES, UNSUBSCRIBE, make_token


def confirmation(subscription, token, language):
    """Return the mail that asks whether the address may be subscribed."""
    with translation.override(language):
        return _build(
            "confirmation",
            subscription,
            subject=_("Please confirm: %(title)s") % {"title": subscription.newsletter.title},
            confirm_url=absolute_url("newsletter:confirm", token),
        )


def already_subscribed(subscription):
    """Return the mail for an address that signs up once more."""
    with translation.override(subscription.subscriber.language):
        return _build(
            "already",
            subscription,
            subject=_("You are subscribed already: %(title)s") % {"title": subscription.newsletter.title},
            **_leaving(subscription),
        )


def welcome(subscription):
    """Return the mail that follows a confirmation."""
    with translation.override(subscription.subscriber.language):
        return _build(
            "welcome",
            subscription,
            subject=_("Welcome to %(title)s") % {"title": subscription.newsletter.title},
            **_leaving(subscription),
        )


def absolute_url(name, *args):
    """Return a link for a mail; by SITE_URL alone, because anybody can write a Host header."""
    return settings.SITE_URL + reverse(name, args=args)


def preferences_url(subscriber):
    return absolute_url("newsletter:preferences", make_token(PREFERENCES, subscriber.uuid))


def unsubscribe_url(subscription):
    return absolute_url("newsletter:unsubscribe", make_token(UNSUBSCRIBE, subscription.uuid))


def list_headers(newsletter, unsubscribe):
    """Return the headers of a list's mail: RFC 2919, RFC 2369, and RFC 8058 for leaving with one click."""
    return {
        "List-Id": f"<{newsletter.list_id}>",
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }


def _leaving(subscription):
    unsubscribe = unsubscribe_url(subscription)
    return {
        "unsubscribe_url": unsubscribe,
        "preferences_url": preferences_url(subscription.subscriber),
        "headers": list_headers(subscription.newsletter, unsubscribe),
    }


def _build(name, subscription, *, subject, headers=None, **context):
    language = Language(translation.get_language())
    context |= {
        "language": language,
        "align": "right" if language.direction == "rtl" else "left",
        "newsletter": subscription.newsletter,
        "site": Site.objects.in_language(language),
        "home_url": absolute_url("articles:home"),
        "subject": subject,
    }
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"newsletter/mail/{name}.txt", context),
        from_email=subscription.newsletter.sender,
        to=[subscription.subscriber.mailbox],
        headers={
            "Auto-Submitted": "auto-generated",
            # Django would name this machine in it.
            "Message-ID": make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
            **(headers or {}),
        },
    )
    mail.attach_alternative(render_to_string(f"newsletter/mail/{name}.html", context), "text/html")
    return mail
