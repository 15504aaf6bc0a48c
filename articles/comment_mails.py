"""The mail to somebody whom a comment names."""

from contextlib import suppress
from email.utils import make_msgid
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .comments import colleagues
from .models import CommentMail


def send(pk):
    """Send the mail of one row, at most once, unless the person may not look at the article any more.

    Crash window: a worker that is killed after it has written SENDING may have sent the mail or not; nobody
    sends it again, and the comment says that the mail may not have arrived.
    """
    with transaction.atomic():
        row = CommentMail.objects.claim(pk)
    if row is None:
        return
    mail = compose(row)
    if mail is None:
        row.settle(row.State.DROPPED)
        return
    connection = get_connection()
    try:
        # All that often fails comes first: until the mail is handed over, another attempt does no harm.
        connection.open()
        if row.hand_over():
            connection.send_messages([mail])
            row.settle(row.State.SENT)
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        # The server says that it has not taken the mail (RFC 5321, section 4.2.1).
        row.settle(row.State.PENDING)
        row.fail(error)
    except (SMTPException, OSError) as error:
        row.fail(error)
    finally:
        # By now the row says how it went; a server that hangs up rudely changes nothing.
        with suppress(SMTPException, OSError):
            connection.close()


def compose(row):
    """Return the mail in the site's language, or None for somebody who has left or may not look any more."""
    comment, person = row.comment, row.user
    try:
        validate_email(person.email)
    except ValidationError:
        return None
    if not colleagues(comment.article).filter(pk=person.pk).exists():
        return None
    host = urlsplit(settings.SITE_URL).hostname
    form = reverse("admin:articles_article_change", args=[comment.article_id])
    with translation.override(settings.LANGUAGE_CODE):
        names = {"name": comment.writer, "title": comment.article.title}
        subject = _("%(name)s mentions you in “%(title)s”") % names
        context = {**names, "comment": comment, "link": f"{settings.SITE_URL}{form}"}
        body = render_to_string("admin/articles/article/comment_mail.txt", context)
    return EmailMessage(
        subject=subject,
        body=body,
        to=[person.email],
        headers={
            "Auto-Submitted": "auto-generated",
            # Django would name this machine in it.
            "Message-ID": make_msgid(f"comment-{comment.pk}-{person.pk}", domain=host),
        },
    )
