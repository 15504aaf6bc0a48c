"""From draft to live and back: what an article's state may become, and the dates that go with each."""

from django.db import models
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from articles import edition


class State(models.TextChoices):
    """What an editor calls it: the status, and of a published article whether its time has come."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "review", _("In review")
    SCHEDULED = "scheduled", _("Scheduled")
    LIVE = "live", _("Live")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class WorkflowQuerySet(models.QuerySet):
    def publish(self):
        """Publish them all now, where one has an earlier date under it. Twin: Workflow.publish."""
        now = edition.now()
        # LEAST passes over NULL.
        date = Least("published_at", models.Value(now))
        return self.update(status="published", published_at=date, updated_at=now, **NOTHING_PENDING)

    def take_back(self):
        """Make drafts of those that are not; dates that have come stay. Twin: Workflow.take_back."""
        now = edition.now()
        ahead = models.Q(status="published", published_at__gt=now)
        date = models.Case(models.When(ahead, then=None), default="published_at")
        taken = self.exclude(status="draft")
        return taken.update(status="draft", published_at=date, updated_at=now, **NOTHING_PENDING)

    def withdrawn(self):
        """Those whose address tells readers why they are gone, without their text."""
        rows = self.filter(status="withdrawn", draft_of=None)
        return rows.only("language", "slug", "withdrawn_at", "withdrawn_reason")

    def visible_to(self, user):
        """Those that a colleague may look at: an editor all, a writer the own ones and what readers see.

        Twin: Workflow.is_visible_to.
        """
        if user.has_perm("articles.publish_article"):
            return self
        live = models.Q(status="published", published_at__lte=edition.now(), draft_of=None)
        return self.filter(models.Q(created_by=user) | live)


NOTHING_PENDING = {"submitted_at": None, "withdrawn_at": None, "withdrawn_reason": ""}


class Workflow:
    """An article's transitions. Each saves its own fields alone and clears those of the state it ends."""

    def submit(self):
        """Hand a draft to the editors."""
        self._become(self.Status.IN_REVIEW, submitted_at=edition.now())

    def send_back(self):
        """Give an article in review back to its writer."""
        self._become(self.Status.DRAFT)

    def publish(self, at=None):
        """Publish now or at a moment; a moment in the future schedules. An earlier date is kept.

        Twin: WorkflowQuerySet.publish.
        """
        now = edition.now()
        self._become(self.Status.PUBLISHED, published_at=at or min(self.published_at or now, now))

    def take_back(self):
        """Make it a draft; a date in the future goes, the date of a first publication stays.

        Twin: WorkflowQuerySet.take_back.
        """
        if self.is_scheduled:
            self._become(self.Status.DRAFT, published_at=None)
        else:
            self._become(self.Status.DRAFT)

    def withdraw(self, reason):
        """Take a live article from its readers, who are told why at its address (410, RFC 9110, 15.5.11).

        Raises ValueError without a reason, or where readers never had the article.
        """
        if not self.is_published:
            raise ValueError("Only what readers see can be withdrawn.")
        if not reason.strip():
            raise ValueError("A withdrawn article says why.")
        self._become(self.Status.WITHDRAWN, withdrawn_at=edition.now(), withdrawn_reason=reason)

    def _become(self, status, **fields):
        changes = {**NOTHING_PENDING, "status": status, **fields}
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=[*changes, "updated_at"])

    @property
    def state(self):
        if self.status != self.Status.PUBLISHED:
            return State(self.status)
        return State.LIVE if self.is_published else State.SCHEDULED

    def is_visible_to(self, user):
        """Twin: WorkflowQuerySet.visible_to."""
        return self.is_open_to(user) or self.is_published

    def is_open_to(self, user):
        """Whether a colleague may see how it came about too: an editor, or whoever began it."""
        return user.has_perm("articles.publish_article") or self.created_by_id == user.pk

    def may_be_changed_by(self, user):
        """Whether a colleague with the right to change articles may change this one: writers their drafts."""
        if user.has_perm("articles.publish_article"):
            return True
        return self.created_by_id == user.pk and self.status == self.Status.DRAFT
