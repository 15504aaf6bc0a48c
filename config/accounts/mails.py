"""The mails about accounts: plain text, each with one link."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from articles.models import Site

from . import links


def invitation(user):
    """Return the mail that invites a colleague to set a password."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Your account at %(site)s")
        return _mail("invitation", subject, user, links.INVITATION)


def reset(user):
    """Return the mail with a link for a new password."""
    with translation.override(settings.LANGUAGE_CODE):
        return _mail("reset", _("A new password at %(site)s"), user, links.RESET)


def _mail(name, subject, user, link):
    site = " ".join(str(Site.objects.first() or "Standfirst").split())
    context = {"site": site, "user": user, "address": link.address(user)}
    text = render_to_string(f"admin/accounts/{name}.txt", context)
    return EmailMessage(subject % {"site": site}, text, to=[user.email])
