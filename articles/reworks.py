"""A second row in which a live article is rewritten while readers keep the old text.

Whoever locks both rows locks the pictures of the text first, then the article, and then its rework.
"""

import logging

from django.db import Error, connection, transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from . import journal, markup, narrations, revisions, translations
from .models import (
    Article,
    Byline,
    Comment,
    Correction,
    DraftLink,
    DrawnOn,
    Image,
    OutboundLink,
    Override,
    RelatedLink,
    RelatedVeto,
    Revision,
    Series,
    TaggedArticle,
)

logger = logging.getLogger(__name__)

REPLACED = gettext_noop("Replaced by its rework")
DROPPED = gettext_noop("Rework dropped; this is what readers go on to see")

PATIENCE = "2s"  # for a lock, where a reader waits
# What an article keeps whatever is written in its rework: identity, state and history.
KEPT = {
    "id",
    "draft_of",
    "draft_of_version",
    "created_by",
    "created_at",
    "updated_at",
    "version",
    "status",
    "published_at",
    "submitted_at",
    "withdrawn_at",
    "withdrawn_reason",
    "origin",
    "keywords",
    "listenable",
    # Which articles are its translations is no part of its text.
    "translation_group",
    # The order of a series is given in its own form.
    "series_position",
}
FIELDS = [
    field.attname
    for field in Article._meta.concrete_fields
    if field.name not in KEPT and not field.generated and field.name not in Article.DERIVED
]
# Rows that belong to the text, each with the name of its article and the order in which they are read.
ROWS = {
    Byline: ("article", ["position", "pk"]),
    TaggedArticle: ("content_object", ["pk"]),
    RelatedLink: ("article", ["position", "pk"]),
    RelatedVeto: ("article", ["pk"]),
    DrawnOn: ("mention", ["position", "pk"]),
}
# Rows that tell how the text came about, and links of outsiders, who are led on to what readers see.
HISTORY = [Comment, Correction, Override, DraftLink]


def start(article, user):
    """Return the rework of an article, made of what it is now; where there is one already, that one.

    Raises ValueError for an article that is a rework itself.
    """
    if article.draft_of_id:
        raise ValueError("A rework is not reworked.")
    with transaction.atomic():
        Image.objects.lock(markup.image_ids(article.body))
        original = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        if rework := Article.objects.filter(draft_of=original).first():
            return rework
        rework = Article(draft_of=original, draft_of_version=original.version, created_by=user)
        copy_fields(original, rework)
        rework.series_position = original.series_position  # for its preview
        rework.save()
        copy_rows(original, rework)
        rework.index()
        journal.note(user, original, journal.REWORK_BEGUN, rework=rework.pk)
    return rework


def publish(rework, user):
    """Put the rework in the place of its article's text; return the article, or None where it is gone.

    The article keeps its key, its date of publication and its old addresses; what it was stays among its
    revisions. All of it happens or nothing.
    """
    with transaction.atomic():
        locked = lock(rework)
        return locked and replace(*locked, user, journal.REPLACED)


def apply_due(among=None):
    """Put the due ones among some reworks (all) in their places; return how many it were.

    Each is a transaction of its own, so that one that fails is logged, stays due and stops no other.
    """
    applied = 0
    among = Article.objects.all() if among is None else among
    for rework in among.due().only("pk", "draft_of_id", "created_by_id").order_by("pk"):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
                # It may have been taken back, or put in its place, while we waited.
                locked = lock(rework)
                if locked and Article.objects.due().filter(pk=rework.pk).exists():
                    replace(*locked, who_saved_last(rework), journal.REPLACED_IN_TIME)
                    applied += 1
        except Error as error:
            if not connection.is_usable():
                raise
            logger.warning("Rework %s waits: %s", rework.pk, str(error).strip())
    return applied


def catch_up(language, slug):
    """Apply what is due at an address, be it the article's or the one that its rework gives it."""
    # Not one condition with an OR, for which all articles would be read, and for each address that is wrong.
    here = Article.objects.order_by().filter(language=language, slug=slug).values("pk")
    theirs = Article.objects.order_by().filter(draft_of__in=here).values("pk")
    return apply_due(Article.objects.filter(pk__in=here.union(theirs)))


def drop(rework, user):
    """Give a rework up; its revisions stay with the article. Returns the article, or None as `publish`."""
    with transaction.atomic():
        if not (locked := lock(rework)):
            return None
        original, rework = locked
        revisions.keep_first(original)
        if hand_over_revisions(rework, original):
            revisions.record(original, user, DROPPED)
        journal.note(user, original, journal.REWORK_DROPPED)
        Comment.objects.filter(article=rework).update(article=original)
        rework.delete()
        return original


def same_text(one, other):
    """Whether two articles say the same, with bylines, tags, related links and images."""
    fields = all(getattr(one, name) == getattr(other, name) for name in FIELDS)
    return fields and all(rows(model, one) == rows(model, other) for model in ROWS)


def lock_original(pk):
    """Lock the article of which a row is the rework, if it is one, for the rest of the transaction."""
    list(Article.objects.select_for_update(no_key=True, of=("self",)).filter(rework=pk).values("pk"))


def lock(rework):
    """Return the locked (article, rework), or None where the rework is gone."""
    for body in Article.objects.filter(pk=rework.pk).values_list("body", flat=True):
        Image.objects.lock(markup.image_ids(body))
    original = Article.objects.select_for_update(no_key=True).filter(pk=rework.draft_of_id).first()
    # With its key, so that nobody hangs a row on it that is about to go.
    rework = Article.objects.select_for_update().filter(pk=rework.pk, draft_of=original).first()
    return (original, rework) if original and rework else None


def replace(original, rework, user, said):
    revisions.keep_first(original)
    series = original.series_id
    copy_fields(rework, original)
    original.slug = free_slug(original)
    translations.settle(original)
    if original.series_id != series:
        original.series_position = None  # in another series it begins at the end
    original.save()
    add_vetoes(original, rework)
    copy_rows(rework, original)
    for model in HISTORY:
        model.objects.filter(article=rework).update(article=original)
    hand_over_revisions(rework, original)
    narrations.hand_over(rework, original)
    rework.delete()
    if original.series_id != series:
        Series.objects.filter(pk__in={series, original.series_id} - {None}).number()
        original.refresh_from_db(fields=["series_position"])
    original.index()
    revisions.record(original, user, REPLACED)
    journal.note_all(user, [original.pk], said, made_versions=True)
    return original


def free_slug(article):
    """Return the article's address, with a number where another took it while nobody could be asked."""
    others = Article.objects.filter(language=article.language, draft_of=None).exclude(pk=article.pk)
    base = article.slug[:190]
    taken = set(others.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = article.slug, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def copy_fields(source, target):
    for name in FIELDS:
        setattr(target, name, getattr(source, name))


def rows(model, article):
    """Return an article's rows of a model in their order, as the values that make them what they are."""
    owner, order = ROWS[model]
    names = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name != owner
    ]
    return list(model.objects.filter(**{owner: article}).order_by(*order).values(*names))


def copy_rows(source, target):
    for model, (owner, _order) in ROWS.items():
        model.objects.filter(**{owner: target}).delete()
        model.objects.bulk_create([model(**{owner: target}, **row) for row in rows(model, source)])
    # Again, since the rows of related links have only now been written.
    OutboundLink.objects.record(target)


def add_vetoes(original, rework):
    """Let a rework take over what an editor has vetoed beside the article since it began."""
    vetoed = RelatedVeto.objects.filter(article=original).values_list("target", flat=True)
    RelatedVeto.objects.bulk_create(
        [RelatedVeto(article=rework, target_id=target) for target in vetoed], ignore_conflicts=True
    )


def hand_over_revisions(rework, original):
    """Let an article inherit its rework's revisions, numbered on from its own; return how many.

    Revision 0 is what the rework was made of: the article has that among its own.
    """
    count = Revision.objects.filter(article=rework, number__gt=0).update(
        article=original, number=F("number") + original.version
    )
    if count:
        original.version += rework.version
        original.save(update_fields=["version"])
    return count


def who_saved_last(rework):
    revision = Revision.objects.filter(article=rework).select_related("user").first()
    return revision.user if revision else rework.created_by
