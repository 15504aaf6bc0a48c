"""Every save of an article by a person, kept whole: recording and restoring.

A change by a person goes into `with saving(...)`, or into one transaction between `keep_first` and `record`.
"""

from contextlib import contextmanager

from django.db import models, transaction
from django.utils.translation import gettext, gettext_noop

from articles import markup, translations
from articles.comparison import compare
from articles.differences import blocks, count_changes
from articles.html_tree import Element, read, write
from articles.snapshots import FIELDS, snapshot, snapshots

from .models import (
    Article,
    Author,
    Byline,
    DrawnOn,
    Image,
    OutboundLink,
    RelatedLink,
    Revision,
    Series,
    Tag,
    TaggedArticle,
)

__all__ = ["compare", "keep_first", "record", "record_all", "restore", "saving", "snapshot", "what_happened"]

# Whether readers see an article is decided by publishing it, never by restoring a text.
STATE = ["status", "published_at", "withdrawn_reason"]
# Nor is a place among the parts of a series: that is given in the series' own form.
NOT_RESTORED = [*STATE, "series_position"]
BATCH = 50  # whole articles in memory at once

SAVED = gettext_noop("Saved")
BEGUN = gettext_noop("Begun")
BEFORE = gettext_noop("As it was before its saves were kept")
RESTORED = gettext_noop("Version %(number)s restored")
MOVES = {
    Article.Status.DRAFT: gettext_noop("Taken back to draft"),
    Article.Status.IN_REVIEW: gettext_noop("Submitted for review"),
    Article.Status.PUBLISHED: gettext_noop("Published"),
    Article.Status.WITHDRAWN: gettext_noop("Withdrawn"),
}
SCHEDULED = gettext_noop("Scheduled")


def keep_first(article):
    """Keep what stands there before the first save that is kept; call it before any change to the rows."""
    if article.version == 0:
        _keep([Article.objects.get(pk=article.pk)], None, BEFORE, {})


def record(article, user, action=SAVED, **details):
    """Keep the article as it is saved now, as the next revision; call it in the transaction of the save.

    `action` says what happened, marked with gettext_noop; `details` fill its placeholders.
    """
    with transaction.atomic():
        record_all([article.pk], user, action, **details)
    article.refresh_from_db(fields=["version"])


def record_all(pks, user, action=SAVED, **details):
    """Keep several saved articles, each as its next revision, in a fixed number of queries per fifty."""
    for start in range(0, len(pks), BATCH):
        chosen = Article.objects.filter(pk__in=pks[start : start + BATCH])
        chosen.update(version=models.F("version") + 1)
        _keep(list(chosen), user, action, details)


@contextmanager
def saving(articles, user, action, **details):
    """Keep what the block does to some articles (rows or a queryset) as one save of each by a person."""
    with transaction.atomic():
        rows = articles.values_list("pk", flat=True) if isinstance(articles, models.QuerySet) else articles
        pks = sorted({getattr(row, "pk", row) for row in rows})
        for start in range(0, len(pks), BATCH):
            chosen = Article.objects.filter(pk__in=pks[start : start + BATCH]).order_by("pk")
            before = [article for article in chosen.select_for_update(no_key=True) if article.version == 0]
            _keep(before, None, BEFORE, {})
        yield pks
        record_all(pks, user, action, **details)


def what_happened(article, status_before):
    """Return the action of a save by its effect on the article's state; None was before its first save."""
    if status_before == article.status:
        return SAVED
    if status_before is None and article.status == Article.Status.DRAFT:
        return BEGUN
    return SCHEDULED if article.is_scheduled else MOVES[article.status]


def _keep(articles, user, action, details):
    if not articles:
        return
    taken = snapshots(articles)
    previous = {
        revision.article_id: revision.snapshot
        for revision in Revision.objects.filter(article__in=articles)
        .order_by("article_id", "-number")
        .distinct("article_id")
    }
    revisions = []
    for article in articles:
        added, removed = count_changes(_words(previous.get(article.pk)), _words(taken[article.pk]))
        revisions.append(
            Revision(
                article=article,
                number=article.version,
                user=user,
                action=action,
                details=details,
                snapshot=taken[article.pk],
                words_added=added,
                words_removed=removed,
            )
        )
    # The state before the first save may have been kept by somebody whose save came to nothing.
    Revision.objects.bulk_create(revisions, ignore_conflicts=action == BEFORE)


def _words(snapshot):
    """Return the words of a text, with its footnotes, for counting."""
    if snapshot is None:
        return ""
    texts = [snapshot["fields"].get(name) or "" for name in ("title", "standfirst")]
    texts += [
        block.text for block in blocks(snapshot["fields"]["body"]) if block.kind not in ("image", "video")
    ]
    return "\n".join(texts)


# Restoring


def restore(article, revision, user):
    """Bring an earlier text back, as one more save, and return sentences about what could not come back.

    Whether readers see the article, and since when, stays as it is.
    """
    with transaction.atomic():
        Image.objects.lock(markup.image_ids(revision.snapshot["fields"]["body"]))
        article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        keep_first(article)
        gone = [
            *_restore_fields(article, revision.snapshot),
            *_restore_byline(article, revision.snapshot["byline"]),
            *_restore_tags(article, revision.snapshot["tags"]),
            *_restore_related(article, revision.snapshot["related"]),
            *_restore_drawn_on(article, revision.snapshot.get("drew_on")),
        ]
        OutboundLink.objects.record(article)
        article.index()
        record(article, user, RESTORED, number=revision.number)
    return gone


def compare_to_restore(article, revision):
    """Return what restoring a revision would change."""
    return _compare_text(snapshot(article), revision.snapshot)


def compare_to_rework(article, rework):
    """Return what putting a rework in its article's place would change."""
    return _compare_text(snapshot(article), snapshot(rework))


def _compare_text(present, other):
    kept = {name: present["fields"][name] for name in NOT_RESTORED}
    return compare(present, {**other, "fields": {**other["fields"], **kept}})


def is_same_text(article, number):
    """Whether an article says now what it said in the version of that number."""
    found = Revision.objects.filter(article=article, number__in=[number, article.version])
    snapshots = list(found.values_list("snapshot", flat=True))
    return len(snapshots) == 2 and snapshots[0] == snapshots[1]


def _restore_fields(article, snapshot):
    gone = []
    slug, series = article.slug, article.series_id
    for name, value in snapshot["fields"].items():
        field = FIELDS.get(name)
        if field is None or name in NOT_RESTORED:
            continue
        if value is not None and isinstance(field, models.ForeignKey):
            if not field.related_model.objects.filter(pk=value["id"]).exists():
                gone.append(_is_gone(field.verbose_name, value["name"]))
                value = None
            else:
                value = value["id"]
        setattr(article, field.attname, field.to_python(value))
    if article.series_id != series:
        article.series_position = None  # in another series it begins at the end
    gone += _leave_out_pictures(article, snapshot)
    gone += _settle_address(article, slug)
    if translations.settle(article):
        gone.append(gettext("Its translations have one in this language already, so it is none of them now."))
    article.save()
    if article.series_id != series and not article.draft_of_id:
        Series.objects.filter(pk__in={series, article.series_id} - {None}).number()
    return gone


def _is_gone(kind, name):
    return gettext("%(kind)s “%(name)s” does not exist any more and was left out.") % {
        "kind": str(kind)[:1].upper() + str(kind)[1:],
        "name": name,
    }


def _leave_out_pictures(article, snapshot):
    shown = markup.image_ids(article.body)
    missing = shown - set(Image.objects.filter(pk__in=shown).values_list("pk", flat=True))
    if not missing:
        return []
    root = read(article.body, bounded=False)
    lost = {str(pk) for pk in missing}
    for element in root.walk():
        element.children = [
            child
            for child in element.children
            if not (isinstance(child, Element) and child.attributes.get("data-image") in lost)
        ]
    article.body = write(root.children)
    names = {image["id"]: image["name"] for image in snapshot["images"]}
    return [_is_gone(gettext("picture"), names.get(pk) or pk) for pk in sorted(missing)]


def _settle_address(article, present):
    """Where another text has taken the old address meanwhile, keep the present one, or make one like it."""
    if article.draft_of_id:
        return []
    wanted = article.slug
    others = Article.objects.filter(language=article.language, draft_of=None).exclude(pk=article.pk)
    taken = set(
        others.filter(models.Q(slug__startswith=wanted[:190]) | models.Q(slug=present)).values_list(
            "slug", flat=True
        )
    )
    if wanted not in taken:
        return []
    article.slug, number = present, 1
    while article.slug in taken:
        number += 1
        article.slug = f"{wanted[:190]}-{number}"
    return [
        gettext("The address “%(old)s” belongs to another article now; this one has “%(new)s”.")
        % {"old": wanted, "new": article.slug}
    ]


def _restore_byline(article, rows):
    found = Author.objects.in_bulk([row["id"] for row in rows])
    article.bylines.all().delete()
    Byline.objects.bulk_create(
        Byline(article=article, author=found[row["id"]], position=position)
        for position, row in enumerate(rows, start=1)
        if row["id"] in found
    )
    return [_is_gone(gettext("author"), row["name"]) for row in rows if row["id"] not in found]


def _restore_tags(article, rows):
    """A tag is found by its id, or by any of its names where it was deleted and made again, or merged."""
    by_id = Tag.objects.in_bulk([row["id"] for row in rows])
    spelling = Tag.objects.spelling([row["name"] for row in rows])
    by_name = {tag.name: tag for tag in Tag.objects.filter(name__in=spelling.values())}
    tags, gone = {}, []
    for row in rows:
        tag = by_id.get(row["id"]) or by_name.get(spelling.get(row["name"].lower()))
        if tag is None:
            gone.append(_is_gone(gettext("tag"), row["name"]))
        else:
            tags[tag.pk] = tag
    article.tagged.all().delete()
    # Tags are read in the order of their rows.
    TaggedArticle.objects.bulk_create(TaggedArticle(content_object=article, tag=tag) for tag in tags.values())
    return gone


def _restore_related(article, rows):
    targets = Article.objects.only("pk").in_bulk([row["target"] for row in rows if row["target"]])
    article.related_links.all().delete()
    kept = [row for row in rows if row["target"] is None or row["target"] in targets]
    RelatedLink.objects.bulk_create(
        RelatedLink(
            article=article,
            position=position,
            target_id=row["target"],
            url=row["url"],
            title=row["title"],
            note=row["note"],
        )
        for position, row in enumerate(kept, start=1)
    )
    return [_is_gone(gettext("related article"), row["name"]) for row in rows if row not in kept]


def _restore_drawn_on(article, rows):
    """Where the version is from before this was kept (None), what is there stays."""
    if rows is None:
        return []
    found = Article.objects.only("pk").in_bulk([row["id"] for row in rows])
    article.drawn_on.all().delete()
    DrawnOn.objects.bulk_create(
        DrawnOn(mention=article, analysis=found[row["id"]], position=position)
        for position, row in enumerate(rows, start=1)
        if row["id"] in found
    )
    return [
        _is_gone(gettext("article that it drew on"), row["name"]) for row in rows if row["id"] not in found
    ]
