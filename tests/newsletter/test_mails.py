import email
import email.policy
import re
import socket

import pytest
from aiosmtpd.controller import Controller
from django.core import mail

from newsletter import mails, tasks
from tests.factories import make_site

from .factories import latest_mail, link_in, make_newsletter, make_request, make_subscription, run_tasks

pytestmark = pytest.mark.django_db


class Inbox:
    """Keeps what arrives over SMTP."""

    def __init__(self):
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def inbox(settings):
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield inbox
    controller.stop()


def test_a_confirmation_arrives_over_smtp_as_text_and_html(inbox):
    make_site(postal_address="4 Custom House Quay, Port Aldery")
    request = make_request(email="Reader@bücher.example")

    tasks.answer_signup.func(request.pk)

    [envelope] = inbox.envelopes
    assert envelope.rcpt_tos == ["Reader@xn--bcher-kva.example"]
    assert envelope.mail_from == "letter@tidelines.example.org"
    assert all(len(line) <= 998 for line in envelope.content.split(b"\r\n"))
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["From"] == "Tidelines <letter@tidelines.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@testserver>")
    assert message["List-Unsubscribe"] is None
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    link = re.search(r"http://testserver/newsletter/confirm/[\w-]{43}/", text)[0]
    assert link in html
    for part in (text, html):
        assert "One long read, every Thursday." in part
        assert "4 Custom House Quay, Port Aldery" in part
    request.refresh_from_db()
    assert request.state == "sent"


@pytest.mark.parametrize("make", [mails.welcome, mails.already_subscribed])
def test_mail_to_subscribers_can_be_left_with_one_click(make, client):
    subscription = make_subscription()

    message = make(subscription)

    headers = message.message()
    [link] = re.fullmatch(r"<(http://testserver/\S+)>", headers["List-Unsubscribe"]).groups()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == f"<{subscription.newsletter.list_id}>"
    assert link in message.body
    assert client.post(link.removeprefix("http://testserver")).status_code == 200
    subscription.refresh_from_db()
    assert subscription.status == "unsubscribed"
    assert client.get(link_in(message, "preferences")).status_code == 200


@pytest.mark.parametrize(
    ("language", "direction", "align"),
    [("en", "ltr", "left"), ("ar", "rtl", "right"), ("he", "rtl", "right")],
)
def test_mail_is_in_the_language_and_direction_of_the_subscriber(language, direction, align):
    subscription = make_subscription(language=language)

    message = mails.welcome(subscription)

    html = message.alternatives[0].content
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert f'align="{align}"' in html
    prefix = "" if language == "en" else f"/{language}"
    assert f"http://testserver{prefix}/newsletter/preferences/" in message.body


def test_links_ignore_the_host_that_a_request_names(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_newsletter()
    client.post(
        "/newsletter/signup/",
        {"email": "reader@example.org"},
        headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
    )
    run_tasks()
    assert "evil.example" not in latest_mail().message().as_string()


def test_nothing_that_was_typed_is_in_the_mail_but_its_address(client):
    tasks.answer_signup.func(make_request(page="/buy-now/", wording="Buy now").pk)
    [message] = mail.outbox
    source = message.body + message.alternatives[0].content
    assert "buy" not in source.lower()
    assert "@example.org" not in source.replace("letter@tidelines.example.org", "")


def test_what_editors_write_is_escaped_in_html_and_plain_in_text():
    newsletter = make_newsletter(title="Tides & <Tables>", sender_name='The "Tide", Ltd')
    subscription = make_subscription(newsletter=newsletter)

    message = mails.welcome(subscription)

    assert "Tides & <Tables>" in message.body
    assert "Tides &amp; &lt;Tables&gt;" in message.alternatives[0].content
    assert message.subject == "Welcome to Tides & <Tables>"
    assert message.message()["From"] == '"The \\"Tide\\", Ltd" <letter@tidelines.example.org>'


def test_mail_loads_nothing_from_anywhere():
    html = mails.welcome(make_subscription()).alternatives[0].content
    assert not re.search(r"<(img|script|link|iframe)|url\(|@import", html)
