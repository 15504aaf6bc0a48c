"""The ledger of outside links: where they stand, and since when they are broken."""

import hashlib
from datetime import timedelta
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import markup

from .fields import WebAddressField

# A check that was claimed and is not done by then is taken for lost.
LEASE = timedelta(hours=1)
# How long a host is left alone after each check.
PAUSE = timedelta(seconds=30)
AT_ONCE = 4  # checks that may be under way
LOOKED_AT = 200  # due links among which those of different hosts are looked for
FAILED_TWICE = timedelta(hours=20)  # between the checks after which a link is called broken
RECHECK = timedelta(days=30)
FIRST_RETRY = timedelta(days=1)


class OutboundLinkQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(models.Exists(LinkUse.objects.filter(link=models.OuterRef("pk"))))

    @transaction.atomic
    def record(self, text):
        """Bring the uses of outside links by an article or a page up to date, as its rows now stand."""
        place = {text._meta.model_name: text}
        wanted = {sha256(url): url for url in outside_links(text)}
        kept = dict(LinkUse.objects.filter(**place).values_list("link__sha256", "pk"))
        if gone := [pk for key, pk in kept.items() if key not in wanted]:
            LinkUse.objects.filter(pk__in=gone).delete()
        fresh = {key: url for key, url in wanted.items() if key not in kept}
        if not fresh:
            return
        now = timezone.now()
        self.bulk_create(
            # In one order everywhere, so that two texts saved at once cannot wait for each other.
            [
                OutboundLink(sha256=key, url=fresh[key], host=host(fresh[key]), due_at=now)
                for key in sorted(fresh)
            ],
            ignore_conflicts=True,
        )
        links = self.filter(sha256__in=fresh)
        links.filter(due_at=None).update(due_at=now)
        LinkUse.objects.bulk_create(
            [LinkUse(link_id=pk, **place) for pk in links.values_list("pk", flat=True)], ignore_conflicts=True
        )

    def ask_now(self):
        """Let them be checked as soon as their hosts' turn comes; return how many."""
        return self.update(due_at=timezone.now())

    @transaction.atomic
    def claim_due(self):
        """Claim a few links that are due, each of another host and none of a host that was just asked.

        For one caller at a time. A claim whose check is lost ends after an hour. What no text uses any more
        is left unasked until it is used again.
        """
        now = timezone.now()
        self.filter(due_at__lte=now, uses=None).update(due_at=None)
        recent = self.filter(asked_at__gt=now - LEASE)
        waiting = recent.filter(Q(checked_at=None) | Q(checked_at__lt=F("asked_at")))
        busy = set(waiting.values_list("host", flat=True))
        busy |= set(recent.filter(checked_at__gt=now - PAUSE).values_list("host", flat=True))
        due = self.filter(due_at__lte=now).exclude(host__in=busy).order_by("due_at")
        hosts = {name: pk for pk, name in reversed(due.values_list("pk", "host")[:LOOKED_AT])}
        chosen = list(hosts.values())[: max(0, AT_ONCE - waiting.count())]
        self.filter(pk__in=chosen).update(asked_at=now, due_at=now + LEASE)
        return chosen


def sha256(url):
    return hashlib.sha256(url.encode()).hexdigest()


def host(url):
    """Return the host of an address, or "" where it has none that can be read."""
    try:
        return (urlsplit(url).hostname or "")[:255]
    except ValueError:
        return ""


def outside_links(text):
    """Return the addresses outside the site that a text leads to: in its body, beside it, as its source.

    Without fragments: the page is what can be there or not.
    """
    found = markup.links(text.body)
    if text._meta.model_name == "article":
        found += [text.source_url, text.source_archive]
        found += text.related_links.exclude(url="").values_list("url", flat=True)
    ours = host(settings.SITE_URL)
    longest = OutboundLink._meta.get_field("url").max_length
    found = dict.fromkeys(urldefrag(url).url for url in found if len(url) <= longest and is_web(url))
    return [url for url in found if host(url) != ours]


def is_web(url):
    """Whether it is an http or https address that can be taken apart at all."""
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


class OutboundLink(models.Model):
    class State(models.TextChoices):
        UNKNOWN = "unknown", _("Not checked yet")
        GOOD = "good", _("Good")
        BROKEN = "broken", _("Broken")
        UNCERTAIN = "uncertain", _("No clear answer")

    # An address may be longer than an index entry: the hash is the key.
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    url = WebAddressField(_("address"), max_length=4000)
    host = models.CharField(max_length=255, editable=False, default="")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UNKNOWN)
    answer = models.CharField(_("last answer"), max_length=200, blank=True)
    # Claimed for a check; where checked_at is earlier, the check is under way.
    asked_at = models.DateTimeField(null=True, editable=False, db_index=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    due_at = models.DateTimeField(_("next check"), null=True, db_index=True)
    # When it first said that the page is gone; it is called broken if it still says so a day later.
    failing_since = models.DateTimeField(null=True, editable=False)
    broken_since = models.DateTimeField(_("broken since"), null=True)
    failures = models.PositiveSmallIntegerField(_("checks failed in a row"), default=0)
    archived_url = WebAddressField(
        _("archived copy"),
        max_length=2000,
        blank=True,
        help_text=_("Where the page can still be read. For editors: readers are not shown it."),
    )

    objects = OutboundLinkQuerySet.as_manager()

    class Meta:
        ordering = [F("broken_since").desc(nulls_last=True), "-pk"]
        verbose_name = _("outside link")
        verbose_name_plural = _("outside links")
        indexes = [
            models.Index(F("broken_since").desc(nulls_last=True), F("id").desc(), name="link_broken_first"),
            models.Index("state", F("broken_since").desc(nulls_last=True), name="link_by_state"),
        ]

    def __str__(self):
        return self.url

    def settle(self, state, answer):
        """Write down what a check found; `state` is GOOD, BROKEN or UNCERTAIN.

        Broken is what is found so twice, a day apart. No clear answer changes nothing about a link that is
        broken already. The next check is a month later, or after one day, two, four and so on.
        """
        now = timezone.now()
        if state == self.State.GOOD:
            self.state, self.failures = state, 0
            self.failing_since = self.broken_since = None
            self.due_at = now + RECHECK
        else:
            self.failures = min(self.failures + 1, 9999)
            self.due_at = now + min(FIRST_RETRY * 2 ** min(self.failures - 1, 9), RECHECK)
            if state == self.State.BROKEN:
                self.failing_since = self.failing_since or now
                if now - self.failing_since >= FAILED_TWICE:
                    self.state, self.broken_since = state, self.failing_since
            if self.state != self.State.BROKEN:
                self.state = self.State.UNCERTAIN
        self.answer, self.checked_at = answer[:200], now
        self.save(
            update_fields=[
                "state",
                "failures",
                "failing_since",
                "broken_since",
                "due_at",
                "answer",
                "checked_at",
            ]
        )

    @property
    def is_claimed(self):
        """Whether a check of it is under way."""
        return self.asked_at is not None and (self.checked_at is None or self.checked_at < self.asked_at)


class LinkUse(models.Model):
    """Which text leads to which outside link."""

    link = models.ForeignKey(OutboundLink, models.CASCADE, related_name="uses")
    article = models.ForeignKey("articles.Article", models.CASCADE, null=True, related_name="link_uses")
    page = models.ForeignKey("articles.Page", models.CASCADE, null=True, related_name="link_uses")

    class Meta:
        verbose_name = _("link in a text")
        verbose_name_plural = _("links in texts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(article=None) ^ models.Q(page=None), name="link_use_has_one_place"
            ),
            models.UniqueConstraint(fields=["link", "article"], name="one_use_per_link_and_article"),
            models.UniqueConstraint(fields=["link", "page"], name="one_use_per_link_and_page"),
        ]

    def __str__(self):
        return str(self.link)
