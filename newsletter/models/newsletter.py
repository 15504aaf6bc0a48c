"""What can be subscribed to."""

import re
import secrets
from email.headerregistry import Address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from articles.models import Language
from articles.models.fields import LineField
from articles.prepared import Prepared

# RFC 2919, section 3: labels of dot-atom text.
_DOT_ATOM = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


def make_list_id():
    """Return a new List-Id (RFC 2919); random, because a name would want to change one day."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return f"{secrets.token_hex(6)}.{host if _DOT_ATOM.fullmatch(host) else 'localhost'}"


class NewsletterQuerySet(models.QuerySet):
    def in_language(self, language):
        """Return the newsletter that readers in a language are invited to join, or None."""
        return next(iter(_default_in(language=language)), None)


class Newsletter(models.Model):
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    title = LineField(_("title"), max_length=100)
    promise = LineField(
        _("promise"),
        max_length=240,
        help_text=_("One sentence: what comes, and how often. It stands above the sign-up form."),
    )
    sender_name = LineField(_("sender’s name"), max_length=100)
    sender_email = models.EmailField(
        _("sender’s address"),
        help_text=_("Replies come here. Its domain must allow your mail server to send for it."),
    )
    is_default = models.BooleanField(
        _("offered on every page"),
        default=True,
        help_text=_("Readers of this language are invited to join this newsletter."),
    )
    list_id = models.CharField(
        _("List-Id"),
        max_length=255,
        unique=True,
        editable=False,
        default=make_list_id,
        help_text=_("By this, mail programs recognise the newsletter; it never changes."),
    )

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        ordering = ["language", "title"]
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        constraints = [
            models.UniqueConstraint(
                fields=["language"],
                condition=models.Q(is_default=True),
                name="one_default_newsletter_per_language",
                violation_error_message=_(
                    "Another newsletter is already offered to readers of this language."
                ),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        with override(self.language):
            return reverse("newsletter:index")

    @property
    def hint(self):
        """The words beneath the sign-up form, in the active language."""
        return gettext("We send one message to confirm. Nothing else happens until you answer it.")

    @property
    def wording(self):
        """What a person agrees to by signing up, word for word, for the consent record."""
        return "\n".join([self.title, self.promise, gettext("Sign up"), self.hint])

    @property
    def sender(self):
        """The From header: the sender's name and address."""
        return str(Address(display_name=self.sender_name, addr_spec=self.sender_email))


_default_in = Prepared(lambda language: Newsletter.objects.filter(language=language, is_default=True)[:1])
