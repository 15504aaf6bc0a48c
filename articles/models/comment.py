"""Remarks on a draft, and the mails to the colleagues they name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import PlainTextField


class Comment(models.Model):
    """A remark on a draft, anchored to the words that it is about."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="comments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    quotation = models.TextField(_("about"), blank=True)
    text = PlainTextField(_("comment"), max_length=5000)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self):
        return self.text[:60]


class CommentMail(models.Model):
    """One mail to one person named in a comment; the row is the truth, a task only sends it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "user"], name="one_mail_per_comment_and_person"),
        ]

    def __str__(self):
        return f"{self.comment_id} to {self.user_id}"
