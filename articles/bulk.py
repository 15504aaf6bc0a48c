"""Doing the same to many rows: first what would happen to each, then exactly that.

Each row is a transaction of its own, judged again under its lock: what cannot be done to one does not stop
the others, and twice in a row, or two at once, change nothing twice. A killed process leaves the rest undone.
"""

from dataclasses import dataclass, field
from enum import Enum

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, gettext_noop, ngettext

from . import checklist, edition, journal, moments, revisions
from .forms import MAX_TAGS
from .models import Article, Tag, TaggedArticle

LIMIT = 200  # rows at a time: each costs about twenty questions, within one request
AT_ONCE = 100  # whole articles in memory
NAMED = 20  # rows of each verdict that are named
COUNTED = 1000  # rows that need no change and are counted

TAGGED = gettext_noop("Tags added: %(tags)s")
UNTAGGED = gettext_noop("Tags taken away: %(tags)s")


class Stopped(Exception):
    """What the change needs is gone, so that nothing more can be done; says so to the editor."""


class Verdict(Enum):
    CHANGES = "changes"
    ALREADY = "already"
    HELD = "held"
    REFUSED = "refused"
    GONE = "gone"


@dataclass
class Group:
    """The rows of one verdict: how many, and the first few as (row, note)."""

    count: int = 0
    named: list = field(default_factory=list)

    @property
    def more(self):
        return self.count - len(self.named)


@dataclass
class Outcome:
    """What happens, or has happened, to the chosen rows."""

    groups: dict[Verdict, Group] = field(default_factory=lambda: {verdict: Group() for verdict in Verdict})
    pks: list = field(default_factory=list)  # of the rows that change
    is_cut: bool = False  # there are more than LIMIT
    stopped: str = ""

    def add(self, verdict, row=None, note=""):
        group = self.groups[verdict]
        group.count += 1
        if row is not None and len(group.named) < NAMED:
            group.named.append((row, note))
        if verdict is Verdict.CHANGES:
            self.pks.append(row.pk)


class Change:
    """One thing to do to many rows; each kind says which need it, which may have it, and how it is done."""

    def __init__(self, user):
        self.user = user

    def rows(self):
        """Return the rows that this person may know of."""
        raise NotImplementedError

    def needed(self):
        """Return the condition of the rows that are not yet as the change would leave them."""
        raise NotImplementedError

    def judge(self, rows):
        """Yield (row, verdict, note) of rows that need the change."""
        for row in rows:
            yield row, Verdict.CHANGES, ""

    def lock(self):
        """Lock what the change needs beside the row, in the transaction of each; may raise Stopped."""

    def carry_out(self, row):
        raise NotImplementedError


def foresee(change, chosen):
    """Return what would happen to the rows of a queryset, in its order: to the first 200 that need it."""
    outcome = Outcome()
    pks = list(chosen.filter(change.needed()).values_list("pk", flat=True)[: LIMIT + 1])
    outcome.is_cut = len(pks) > LIMIT
    del pks[LIMIT:]
    for start in range(0, len(pks), AT_ONCE):
        found = change.rows().in_bulk(pks[start : start + AT_ONCE])
        there = [found[pk] for pk in pks[start : start + AT_ONCE] if pk in found]
        for row, verdict, note in change.judge(there):
            outcome.add(verdict, row, note)
    same = chosen.exclude(change.needed())
    already = outcome.groups[Verdict.ALREADY]
    already.count = same.order_by()[:COUNTED].count()
    found = change.rows().in_bulk(list(same.values_list("pk", flat=True)[:NAMED]))
    already.named = [(row, "") for row in found.values()]
    return outcome


def run(change, pks):
    """Do it to the rows of these keys, at most 200, and return what has happened."""
    outcome = Outcome()
    for pk in pks[:LIMIT]:
        try:
            with transaction.atomic():
                change.lock()
                verdict, row, note = change_one(change, pk)
        except Stopped as stopped:
            outcome.stopped = str(stopped)
            break
        outcome.add(verdict, row, note)
    return outcome


def change_one(change, pk):
    row = change.rows().select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        return Verdict.GONE, None, ""
    if not change.rows().filter(change.needed(), pk=pk).exists():
        return Verdict.ALREADY, row, ""
    [(row, verdict, note)] = change.judge([row])
    if verdict is Verdict.CHANGES:
        change.carry_out(row)
    return verdict, row, note


# What is done to articles


class ArticleChange(Change):
    action = entry = ""  # as revisions and the journal have it

    def rows(self):
        return (
            Article.objects.filter(draft_of=None)
            .visible_to(self.user)
            .defer("search", "search_head", "body_html")
        )

    def judge(self, articles):
        changes = self.user.has_perm("articles.change_article")
        own = [article for article in articles if changes and article.may_be_changed_by(self.user)]
        reasons = self.reasons(own)
        allowed = {article.pk for article in own}
        for article in articles:
            if article.pk not in allowed:
                yield article, Verdict.REFUSED, ""
            elif reason := reasons.get(article.pk):
                yield article, Verdict.HELD, reason
            else:
                yield article, Verdict.CHANGES, self.meaning(article)

    def reasons(self, articles):
        """Return {pk: why the change is held back}."""
        return {}

    def meaning(self, article):
        """Return what an editor might not expect of it, or nothing."""
        return ""

    def carry_out(self, article):
        details = self.details()
        with revisions.saving([article], self.user, self.action, **details):
            self.write(article)
        journal.note_all(self.user, [article.pk], self.entry, made_versions=True, **details)

    def details(self):
        return {}

    def write(self, article):
        raise NotImplementedError


class Publish(ArticleChange):
    action, entry = revisions.MOVES[Article.Status.PUBLISHED], journal.PUBLISHED

    def needed(self):
        return ~Q(status=Article.Status.PUBLISHED) | Q(published_at__gt=edition.now())

    def reasons(self, articles):
        """A warning holds too: here nobody has seen it."""
        found = checklist.check_all(articles)
        return {pk: summary(findings) for pk, findings in found.items() if findings}

    def meaning(self, article):
        if article.is_scheduled:
            return gettext("At once, instead of on %(day)s.") % {
                "day": moments.in_short(article.published_at)
            }
        if article.status == Article.Status.WITHDRAWN:
            return gettext("It was withdrawn; readers get it again.")
        if article.published_at and article.published_at < edition.now():
            return gettext("It keeps its date, %(day)s.") % {"day": moments.in_short(article.published_at)}
        return ""

    def write(self, article):
        Article.objects.filter(pk=article.pk).publish()


class TakeBack(ArticleChange):
    action, entry = revisions.MOVES[Article.Status.DRAFT], journal.TAKEN_BACK

    def needed(self):
        return ~Q(status=Article.Status.DRAFT)

    def meaning(self, article):
        if article.is_published:
            return gettext("Readers see it now; they will not any more.")
        if article.is_scheduled:
            return gettext("It forgets that it was to appear on %(day)s.") % {
                "day": moments.in_short(article.published_at)
            }
        return ""

    def write(self, article):
        Article.objects.filter(pk=article.pk).take_back()


class TagChange(ArticleChange):
    def __init__(self, user, tags):
        super().__init__(user)
        self.tags = tags

    def lock(self):
        """Tags before articles, as merging them does."""
        keys = [tag.pk for tag in self.tags]
        if len(Tag.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")) < len(keys):
            raise Stopped(gettext("Somebody else has just merged or deleted one of these tags."))

    def details(self):
        return {"tags": ", ".join(tag.name for tag in self.tags)}

    def carrying(self, tag):
        return Exists(TaggedArticle.objects.filter(content_object=OuterRef("pk"), tag=tag))


class AddTags(TagChange):
    action = entry = TAGGED

    def needed(self):
        lacking = Q()
        for tag in self.tags:
            lacking |= ~Q(self.carrying(tag))
        return lacking

    def reasons(self, articles):
        carried = {article.pk: set() for article in articles}
        for article, tag in TaggedArticle.objects.filter(content_object__in=articles).values_list(
            "content_object", "tag"
        ):
            carried[article].add(tag)
        added = {tag.pk for tag in self.tags}
        sentence = gettext("It would have more than %d tags.") % MAX_TAGS
        return {pk: sentence for pk, tags in carried.items() if len(tags | added) > MAX_TAGS}

    def write(self, article):
        TaggedArticle.objects.bulk_create(
            [TaggedArticle(content_object=article, tag=tag) for tag in self.tags], ignore_conflicts=True
        )
        Article.objects.filter(pk=article.pk).index()


class RemoveTags(TagChange):
    action = entry = UNTAGGED

    def needed(self):
        having = Q()
        for tag in self.tags:
            having |= Q(self.carrying(tag))
        return having

    def write(self, article):
        TaggedArticle.objects.filter(content_object=article, tag__in=self.tags).delete()
        Article.objects.filter(pk=article.pk).index()


def summary(findings):
    """Return the first thing that the checklist found, and how many more there are."""
    more = len(findings) - 1
    if not more:
        return findings[0].sentence
    rest = ngettext("(and %d more)", "(and %d more)", more) % more
    return f"{findings[0].sentence} {rest}"
