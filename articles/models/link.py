"""The ledger of outside links: where they stand, and since when they are broken."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import WebAddressField


class OutboundLink(models.Model):
    class State(models.TextChoices):
        UNKNOWN = "unknown", _("Not checked yet")
        GOOD = "good", _("Good")
        BROKEN = "broken", _("Broken")
        UNCERTAIN = "uncertain", _("No clear answer")

    # An address may be longer than an index entry: the hash is the key.
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    url = WebAddressField(_("address"), max_length=4000)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UNKNOWN)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    due_at = models.DateTimeField(_("next check"), null=True, db_index=True)
    broken_since = models.DateTimeField(_("broken since"), null=True)
    failures = models.PositiveSmallIntegerField(_("checks failed in a row"), default=0)
    archived_url = WebAddressField(
        _("archived copy"), max_length=2000, blank=True, help_text=_("Where the page can still be read.")
    )

    class Meta:
        ordering = ["-broken_since", "url"]
        verbose_name = _("outside link")
        verbose_name_plural = _("outside links")

    def __str__(self):
        return self.url


class LinkUse(models.Model):
    """Which text leads to which outside link."""

    link = models.ForeignKey(OutboundLink, models.CASCADE, related_name="uses")
    article = models.ForeignKey("articles.Article", models.CASCADE, null=True, related_name="link_uses")
    page = models.ForeignKey("articles.Page", models.CASCADE, null=True, related_name="link_uses")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(article=None) ^ models.Q(page=None), name="link_use_has_one_place"
            ),
            models.UniqueConstraint(fields=["link", "article"], name="one_use_per_link_and_article"),
            models.UniqueConstraint(fields=["link", "page"], name="one_use_per_link_and_page"),
        ]

    def __str__(self):
        return f"{self.link_id} in {self.article_id or self.page_id}"
