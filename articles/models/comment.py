"""Remarks on a draft, and the mails to the colleagues they name."""

import re

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .fields import PlainTextField
from .outgoing import Outgoing

# An @ that begins a word, and what a username may hold after it. In a mail address the @ begins none.
NAME = re.compile(r"(?<![\w.@+-])@([\w.@+-]{1,150})")


class CommentQuerySet(models.QuerySet):
    def for_panel(self):
        """With all that the list of comments shows, in one query."""
        late = models.Q(state=CommentMail.State.SENDING, next_attempt_at__lt=timezone.now())
        unsure = CommentMail.objects.filter(late | models.Q(state=CommentMail.State.FAILED))
        unsure = unsure.filter(comment=models.OuterRef("pk")).order_by("user__username")
        return self.select_related("user", "resolved_by").annotate(
            not_reached=ArraySubquery(unsure.values("user__username"))
        )


class Comment(models.Model):
    """A remark on an article, or the answer to one; what it is about is quoted, never marked in the text.

    Quotation, prefix and suffix are a TextQuoteSelector (W3C Web Annotation Data Model, section 4.2.4).
    """

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="answers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    quotation = PlainTextField(_("about"), max_length=1000, blank=True)
    prefix = PlainTextField(max_length=100, blank=True)
    suffix = PlainTextField(max_length=100, blank=True)
    text = PlainTextField(
        _("comment"), max_length=5000, error_messages={"blank": _("A comment needs a word or two.")}
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                name="answer_has_no_quotation_of_its_own",
                condition=models.Q(parent=None) | models.Q(quotation="", resolved_at=None),
            ),
        ]

    def __str__(self):
        return self.text[:60]

    def resolve(self, user):
        """Say that it is dealt with; whoever said so first stays named."""
        open_one = Comment.objects.filter(pk=self.pk, resolved_at=None)
        open_one.update(resolved_at=timezone.now(), resolved_by=user)

    def reopen(self):
        Comment.objects.filter(pk=self.pk).update(resolved_at=None, resolved_by=None)

    @property
    def writer(self):
        return name_of(self.user)

    @property
    def resolver(self):
        return name_of(self.resolved_by)

    @property
    def parts(self):
        """The text in pieces, as {"text", "is_name"}; a full stop after a name is not part of it."""
        pieces, end = [], 0
        for match in NAME.finditer(self.text):
            name = match[0].rstrip(".+-@")
            if not name:
                continue
            pieces.append({"text": self.text[end : match.start()], "is_name": False})
            pieces.append({"text": name, "is_name": True})
            end = match.start() + len(name)
        pieces.append({"text": self.text[end:], "is_name": False})
        return [piece for piece in pieces if piece["text"]]


def name_of(user):
    """Return how colleagues call somebody, on one line; None is somebody whose account was deleted."""
    if user is None:
        return gettext("Somebody who has left")
    return " ".join((user.get_full_name() or user.get_username()).split())


class CommentMail(Outgoing):
    """One mail to one person named in a comment.

    It is sent at most once: SENDING is written before the mail is handed over, and nothing leads from there
    to another attempt but a plain refusal by the mail server.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        SENDING = "sending"
        SENT = "sent"
        DROPPED = "dropped"
        FAILED = "failed"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)

    class Meta(Outgoing.Meta):
        verbose_name = _("mail about a comment")
        verbose_name_plural = _("mails about comments")
        constraints = [
            models.UniqueConstraint(fields=["comment", "user"], name="one_mail_per_comment_and_person"),
        ]

    def __str__(self):
        return f"{self.comment_id} to {self.user_id}"

    def hand_over(self):
        """Note that this attempt is about to send; return whether it still may."""
        mine = CommentMail.objects.filter(pk=self.pk, state=self.State.PENDING, attempts=self.attempts)
        return bool(mine.update(state=self.State.SENDING))
