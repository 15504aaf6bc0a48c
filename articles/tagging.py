"""Several tags made into one, and that undone."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from . import journal
from .models import Article, Tag, TagAlias, TaggedArticle, TagMerge


class Gone(Exception):
    """A tag has been merged or deleted, or a merge has been undone, by somebody else meanwhile."""


@transaction.atomic
def merge(tags, into, user=None):
    """Let `into` take over the articles, names and addresses of the other `tags`; return the TagMerge.

    Raises Gone where one of them is no longer there.
    """
    chosen = {tag.pk for tag in tags} | {into.pk}
    rows = {tag.pk: tag for tag in Tag.objects.select_for_update().filter(pk__in=chosen).order_by("pk")}
    if len(rows) < len(chosen) or len(chosen) < 2:
        raise Gone
    into = rows.pop(into.pk)
    lost = list(rows.values())
    taggings = list(TaggedArticle.objects.filter(tag__in=chosen).order_by("pk"))
    affected = {row.content_object_id for row in taggings if row.tag_id != into.pk}
    had_it = {row.content_object_id for row in taggings if row.tag_id == into.pk} & affected
    record = {"tags": [described(tag, taggings) for tag in lost], "had_it": sorted(had_it)}

    move_taggings([row for row in taggings if row.content_object_id in affected], into)
    TagAlias.objects.filter(tag__in=lost).update(tag=into)
    # Earlier merges into a lost tag can still be undone.
    TagMerge.objects.filter(into__in=lost).update(into=into)
    Tag.objects.filter(pk__in=rows).delete()
    names = [tag.name.lower() for tag in lost]
    TagAlias.objects.annotate(lower=Lower("name")).filter(lower__in=names).delete()
    TagAlias.objects.bulk_create(TagAlias(tag=into, name=tag.name, slug=tag.slug) for tag in lost)
    Article.objects.filter(pk__in=affected).index()
    journal.note_all(user, affected, journal.TAGS_MERGED, lost=named(record), into=into.name)
    return TagMerge.objects.create(into=into, user=user, record=record)


def named(record):
    """Return the names of the tags that a merge took away, as one phrase."""
    return ", ".join(f"“{tag['name']}”" for tag in record["tags"])


def described(tag, taggings):
    """Return all of a tag that is needed to make it again, as JSON."""
    return {
        "name": tag.name,
        "slug": tag.slug,
        "description": tag.description,
        "aliases": list(tag.aliases.values_list("slug", flat=True)),
        "merges": list(tag.merges.values_list("pk", flat=True)),
        "articles": [row.content_object_id for row in taggings if row.tag_id == tag.pk],
    }


def move_taggings(taggings, into):
    """Give each article `into` once, in the place of the first of the given taggings."""
    first = {}
    for row in taggings:
        first.setdefault(row.content_object_id, row.pk)
    kept = set(first.values())
    TaggedArticle.objects.filter(pk__in=[row.pk for row in taggings if row.pk not in kept]).delete()
    TaggedArticle.objects.filter(pk__in=kept).update(tag=into)


@dataclass
class Undone:
    """What undoing a merge brought back, and what it could not."""

    tags: list[Tag] = field(default_factory=list)
    articles_gone: int = 0
    # Names that belong to another tag by now; its articles were given them.
    taken: list[str] = field(default_factory=list)


@transaction.atomic
def undo(merge, user=None):
    """Bring the lost tags of a merge back with their taggings, as far as the articles still exist.

    An article that did not have the kept tag before loses it again. Raises Gone where the merge has been
    undone already.
    """
    merge = TagMerge.objects.select_for_update().select_related("into").get(pk=merge.pk)
    if merge.undone_at:
        raise Gone
    into = Tag.objects.select_for_update().get(pk=merge.into_id)
    wanted = {pk for lost in merge.record["tags"] for pk in lost["articles"]}
    # Locked, so that no article is deleted between this look and the new taggings.
    found = set(
        Article.objects.select_for_update(no_key=True)
        .filter(pk__in=wanted)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    result = Undone(articles_gone=len(wanted - found))
    to_leave = found - set(merge.record["had_it"])
    for lost in merge.record["tags"]:
        tag = bring_back(lost, into, result)
        articles = set(lost["articles"]) & found
        if tag == into:
            to_leave -= articles
        # The row that the article has anyway keeps its place among the article's tags.
        free = TaggedArticle.objects.filter(tag=into, content_object__in=articles & to_leave)
        free.exclude(content_object__tagged__tag=tag).update(tag=tag)
        TaggedArticle.objects.bulk_create(
            [TaggedArticle(tag=tag, content_object_id=pk) for pk in sorted(articles)], ignore_conflicts=True
        )
    TaggedArticle.objects.filter(tag=into, content_object__in=to_leave).delete()
    Article.objects.filter(pk__in=found).index()
    journal.note_all(user, found, journal.MERGE_UNDONE, lost=named(merge.record), into=into.name)
    TagMerge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())
    return result


def bring_back(lost, into, result):
    """Return a lost tag made again, or the tag that has its name by now."""
    aliases = TagAlias.objects.filter(tag=into)
    aliases.filter(slug=lost["slug"]).delete()
    aliases.filter(name__iexact=lost["name"]).delete()
    spelling = Tag.objects.spelling([lost["name"]]).get(lost["name"].lower())
    if spelling:
        result.taken.append(lost["name"])
        return Tag.objects.get(name=spelling)
    slug = "" if Tag.objects.at(lost["slug"]) else lost["slug"]
    tag = Tag.objects.create(name=lost["name"], slug=slug, description=lost["description"])
    aliases.filter(slug__in=lost["aliases"]).update(tag=tag)
    TagMerge.objects.filter(pk__in=lost["merges"], into=into).update(into=tag)
    result.tags.append(tag)
    return tag


@transaction.atomic
def sweep(pks):
    """Delete those of some tags that no article has, and return them.

    An article that is given one at this very moment fails at its commit; the desk saves it again, and the
    tag is made anew.
    """
    unused = list(Tag.objects.unused().select_for_update().filter(pk__in=pks).order_by("pk"))
    Tag.objects.filter(pk__in=[tag.pk for tag in unused]).delete()
    return unused
