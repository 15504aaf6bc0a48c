"""What the desk's front page shows of articles and links: each list in one query, and never all of it."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, F, Func, JSONField, OuterRef, Subquery, Value, Window
from django.db.models.functions import Coalesce
from django.utils import timezone

from . import edition
from .models import Article, Autosave, Comment, LinkUse, OutboundLink

SHOWN = 6  # rows of a list
PLANNED = 60  # entries of the calendar
AHEAD = timedelta(days=28)
PLACES = 2  # texts that are named beside a broken link
TITLE = 'strict $[*] ? (@[0] == "title")[1]'


@dataclass(frozen=True)
class Listing:
    """The first rows of a list, and how many there are."""

    rows: list
    total: int


def listing(queryset, limit=SHOWN):
    """Return the first rows and the number of all, in one query."""
    rows = list(queryset.annotate(total=Window(Count("pk")))[:limit])
    return Listing(rows, rows[0].total if rows else 0)


def articles_for(user):
    """Those whose progress is a colleague's business: an editor's all, a writer's own."""
    comments = Comment.objects.filter(article=OuterRef("pk"), resolved_at=None).order_by().values("article")
    shown = ["title", "kind", "language", "standfirst", "word_count", "status", "published_at", "review_by"]
    shown += ["submitted_at", "updated_at", "draft_of_id", "created_by"]
    names = [f"created_by__{name}" for name in ("username", "first_name", "last_name")]
    found = Article.objects.select_related("created_by").only(*shown, *names)
    found = found.annotate(
        open_comments=Coalesce(Subquery(comments.annotate(count=Count("pk")).values("count")), 0)
    )
    return found if user.has_perm("articles.publish_article") else found.filter(created_by=user)


def own_drafts(user):
    """What a colleague has begun and not handed on, the last touched first."""
    mine = articles_for(user).filter(status=Article.Status.DRAFT, created_by=user)
    return listing(mine.order_by("-updated_at", "-pk"))


def in_review(user):
    """What waits for an editor, the longest first."""
    waiting = articles_for(user).filter(status=Article.Status.IN_REVIEW)
    return listing(waiting.order_by("submitted_at", "pk"))


def coming(user):
    """Articles and reworks with a time in the future, the next first."""
    scheduled = articles_for(user).filter(status=Article.Status.PUBLISHED, published_at__gt=edition.now())
    return listing(scheduled.order_by("published_at", "pk"), PLANNED)


def to_review(user):
    """Live articles that were to be looked at again by a day that is past or near, the most overdue first."""
    near = articles_for(user).published().filter(review_by__lte=timezone.localdate() + AHEAD)
    return listing(near.order_by("review_by", "pk"), PLANNED)


def broken_links():
    """Outside links in use that are broken, the newest first, each with the titles of a few places."""
    uses = LinkUse.objects.filter(link=OuterRef("pk")).order_by("pk")
    titles = uses.values(title=Coalesce("article__title", "page__title", output_field=CharField()))
    counted = uses.order_by().values("link").annotate(count=Count("pk")).values("count")
    broken = OutboundLink.objects.in_use().filter(state=OutboundLink.State.BROKEN)
    broken = broken.annotate(places=ArraySubquery(titles[:PLACES]), place_count=Subquery(counted))
    return listing(broken.order_by(F("broken_since").desc(nulls_last=True), "-pk"))


def unsaved(user):
    """What a colleague typed and did not save, the latest first, with the title that was typed."""
    typed = Func(
        F("data"),
        Value(TITLE),
        function="jsonb_path_query_first",
        template="%(function)s(%(expressions)s::jsonpath)",
        output_field=JSONField(),
    )
    kept = Autosave.objects.filter(user=user).annotate(typed_title=typed).defer("data")
    return listing(kept.order_by("-updated_at", "-pk"))
