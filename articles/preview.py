"""An article as it would be read if what was typed into its form were saved. Nothing is saved or locked."""

from dataclasses import dataclass, field

from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.text import slugify

from . import markup
from .models import Article, Author, Byline, Image, Tag, TaggedArticle
from .models.article import OPENING
from .models.series import LAST
from .related import SHOWN, related_articles

CANDIDATES = 5 * SHOWN


@dataclass
class Typed:
    """An article that says what was typed, with what stands under “Read next” (None: as it is saved).

    `left_out` names the fields whose entries cannot be shown as they are: they show what is saved.
    """

    article: Article
    related: list | None = None
    left_out: list[str] = field(default_factory=list)


def overlay(article, form, rows):
    """Return an article of for_page() with the entries of its bound form in the place of what is saved.

    `rows` are the cleaned rows of its inlines by their prefix, in their order; what is not among them stays.
    """
    names = [name for name in form.fields if hasattr(article, name) and name != "tags"]
    saved = {name: getattr(article, name) for name in names}
    series = article.series_id
    form.full_clean()
    wrong = [name for name in form.errors if name in form.fields]
    for name in set(wrong) & set(saved):
        setattr(article, name, saved[name])
    render(article)
    if article.series_id != series:
        place_in_series(article)
    if "bylines" in rows:
        put(article, "bylines", bylines(article, rows["bylines"]))
    if "corrections" in rows:
        article.public_notes = notes(rows["corrections"])
    tags = tagged(article, form.cleaned_data["tags"]) if "tags" in form.cleaned_data else article.tagged.all()
    # A tag that is new has nothing in common with other articles yet.
    put(article, "tagged", [row for row in tags if row.tag_id])
    typed = Typed(article, left_out=[str(form.fields[name].label) for name in wrong])
    if "drawn_on" in rows:
        article.drew_on = drew_on(rows["drawn_on"])
    if "related_links" in rows:
        article.outside_links = outside_links(rows["related_links"])
        typed.related = read_next(article, rows["related_links"])
    put(article, "tagged", tags)
    return typed


def put(article, name, rows):
    """Let an article have these rows, as if they had been prefetched."""
    article._prefetched_objects_cache[name] = list(rows)


def render(article):
    article.body = markup.clean(article.body)
    article.render(Image.objects.in_bulk(markup.image_ids(article.body)))
    article.opening = "" if article.standfirst else article.body_text[:OPENING]


def place_in_series(article):
    """Say which part of its series it would be. Twin: PartsQuerySet.with_series."""
    itself = article.draft_of_id or article.pk
    others = Article.objects.published().filter(series=article.series_id or 0).exclude(pk=itself)
    others = others.annotate(place=Coalesce("series_position", LAST)).order_by("place", "pk")
    others = list(others.values("place", "pk", "title", "slug"))
    own = (article.series_position or LAST, itself)
    earlier = [other for other in others if (other["place"], other["pk"]) < own]
    later = others[len(earlier) :]
    article.part, article.parts = len(earlier) + 1, len(others) + 1
    article.previous_part, article.next_part = (earlier or [None])[-1], (later or [None])[0]


def bylines(article, rows):
    """Return rows as Byline.prefetch(for_page=True) has them, each author once."""
    keys = dict.fromkeys(row["author"].pk for row in rows if row.get("author"))
    authors = Author.objects.in_language(article.language).select_related("photo").in_bulk(keys)
    made = [Byline(article=article, author=authors[key]) for key in keys if key in authors]
    for byline in made:
        for name in ("local_name", "local_role", "local_bio", "link_list"):
            setattr(byline, name, getattr(byline.author, name))
    return made


def tagged(article, names):
    """Return rows as TaggedArticle.prefetch(for_page=True) has them; a tag that is new has no key."""
    known = {
        tag.name: tag
        for tag in Tag.objects.filter(name__in=names).annotate(spread=TaggedArticle.spread("pk"))
    }
    made = []
    for name in names:
        tag = known.get(name) or Tag(name=name, slug=slugify(name, allow_unicode=True))
        row = TaggedArticle(content_object=article, tag=tag)
        row.spread = getattr(tag, "spread", 0)
        made.append(row)
    return made


def notes(rows):
    """Return corrections and updates as Correction.rows() has them."""
    dated = sorted(
        (row for row in rows if row.get("noted_at") and row.get("text")), key=lambda row: row["noted_at"]
    )
    return [
        {"kind": row["kind"], "noted_at": row["noted_at"].isoformat(), "text": row["text"]} for row in dated
    ]


def outside_links(rows):
    return [
        {"url": row["url"], "title": row.get("title") or row["url"], "note": row.get("note", "")}
        for row in rows
        if row.get("url") and not row.get("target")
    ]


def drew_on(rows):
    """Return what readers may see of it as with_press() has it."""
    keys = [row["analysis"].pk for row in rows if row.get("analysis")]
    found = Article.objects.published().only("title", "slug", "language").in_bulk(keys)
    shown = [found[key] for key in dict.fromkeys(keys) if key in found]
    return [{"title": one.title, "slug": one.slug, "language": one.language} for one in shown]


def read_next(article, rows):
    """Return the picks that readers may see, and then what the fill finds."""
    picks = {row["target"].pk: row.get("note") for row in rows if row.get("target")}
    found = Article.objects.published().exclude(pk=article.pk).for_list().in_bulk(picks)
    with translation.override(article.language):
        shown = [found[key] for key in picks if key in found]
        for other in shown:
            other.reason = picks[other.pk] or other.get_kind_display()
        fill = related_articles(article, CANDIDATES)
        return [*shown, *(other for other in fill if other.pick is None and other.pk not in picks)][:SHOWN]
