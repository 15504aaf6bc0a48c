"""An article as one piece of JSON: what a revision keeps, what a comparison compares."""

from django.db import models

from articles import markup

from .models import Article, Byline, DrawnOn, Image, RelatedLink, Series, Tag, TaggedArticle

FIELDS = {
    field.name: field for field in Article._meta.concrete_fields if field.editable and not field.primary_key
}


def snapshot(article):
    """Return a saved article whole: its fields, byline, tags, related links, what it drew on, pictures."""
    return snapshots([article])[article.pk]


def snapshots(articles):
    """Return the snapshots of articles whose fields are loaded, by id, in at most seven queries."""
    pks = [article.pk for article in articles]
    bylines = Byline.objects.filter(article__in=pks).select_related("author").order_by("position", "pk")
    tagged = TaggedArticle.objects.filter(content_object__in=pks).select_related("tag").order_by("pk")
    related = RelatedLink.objects.filter(article__in=pks).order_by("position", "pk")
    related = related.annotate(target_title=models.F("target__title"))
    drawn = DrawnOn.objects.filter(mention__in=pks).order_by("position", "pk")
    drawn = drawn.annotate(analysis_title=models.F("analysis__title"))
    authors, tags, targets, sources = ({pk: [] for pk in pks} for _ in range(4))
    for row in bylines:
        authors[row.article_id].append({"id": row.author_id, "name": row.author.name})
    for row in tagged:
        tags[row.content_object_id].append({"id": row.tag_id, "name": row.tag.name})
    for row in related:
        targets[row.article_id].append(
            _related(row.target_id, row.target_title, url=row.url, title=row.title, note=row.note)
        )
    for row in drawn:
        sources[row.mention_id].append({"id": row.analysis_id, "name": row.analysis_title})
    names = _names(articles)
    return {
        article.pk: _assemble(
            article, *(rows[article.pk] for rows in (authors, tags, targets, sources)), names
        )
        for article in articles
    }


def _related(target, name, *, url, title, note):
    return {"target": target, "name": name or "", "url": url, "title": title, "note": note}


def _names(articles):
    """Return the names of the pictures and series of articles, so that they are known when these are gone."""
    images = {article.lead_image_id for article in articles} | {
        pk for article in articles for pk in markup.image_ids(article.body)
    }
    series = {article.series_id for article in articles} - {None}
    found = Image.objects.only("title", "alt", "caption").in_bulk(images - {None})
    return {
        Image: {pk: str(image) for pk, image in found.items()},
        Series: dict(Series.objects.filter(pk__in=series).values_list("pk", "title")) if series else {},
    }


def _assemble(article, authors, tags, related, drew_on, names):
    fields = {}
    for name, field in FIELDS.items():
        value = getattr(article, field.attname)
        if value is not None and isinstance(field, models.ForeignKey):
            value = {"id": value, "name": names[field.related_model].get(value, "")}
        elif hasattr(value, "isoformat"):
            value = value.isoformat()
        fields[name] = value
    shown = [{"id": pk, "name": names[Image].get(pk, "")} for pk in sorted(markup.image_ids(article.body))]
    return {
        "fields": fields,
        "byline": authors,
        "tags": tags,
        "related": related,
        "drew_on": drew_on,
        "images": shown,
    }


def typed(article, *, tags, authors, related, drew_on):
    """Return the snapshot of what an editor typed and has not saved.

    `related` are unsaved RelatedLinks, `drew_on` are articles.
    """
    targets = [
        _related(row.target_id, row.target and row.target.title, url=row.url, title=row.title, note=row.note)
        for row in related
    ]
    named = {tag.name.lower(): tag.pk for tag in Tag.objects.filter(name__in=tags)}
    tags = [{"id": named.get(name.lower()), "name": name} for name in tags]
    authors = [{"id": author.pk, "name": author.name} for author in authors]
    drew_on = [{"id": other.pk, "name": other.title} for other in drew_on]
    return _assemble(article, authors, tags, targets, drew_on, _names([article]))
