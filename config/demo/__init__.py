"""Tidelines, the demonstration publication: its words and pictures lie beside this module.

Everything in it is invented and our own. `load()` puts it into an empty database.
"""

import re
import tomllib
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from articles import translations
from articles.models import (
    Article,
    Author,
    AuthorLink,
    AuthorTranslation,
    Book,
    Byline,
    Correction,
    DrawnOn,
    Image,
    MenuItem,
    Page,
    RelatedLink,
    Series,
    Site,
    SiteText,
    SocialLink,
    Tag,
)
from newsletter.models import Newsletter

HERE = Path(__file__).resolve().parent
_FIGURE = re.compile(r'data-image="([^"]+)"')


def read(name):
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


@transaction.atomic
def load():
    """Create the demonstration publication; return the number of its articles.

    Raises IntegrityError where a site exists already: a demonstration never mixes with somebody's work.
    """
    data = read("site.toml")
    site = load_site(data)
    images = load_images()
    authors = load_authors(images)
    for tag in read("tags.toml")["tag"]:
        Tag.objects.create(**tag)
    for book in read("books.toml")["book"]:
        cover = images[book.pop("cover")]
        Book.objects.create(cover=cover, **book)
    for position, page in enumerate(data["page"]):
        Page.objects.create(**with_images(page, images), position=position, is_published=True)
    series = {fields["slug"]: Series.objects.create(**fields) for fields in data["series"]}
    count = load_articles(images, authors, series)
    load_newsletters(site, data["text"])
    return count


def load_site(data):
    site = Site.objects.create(**data["site"])
    for text in data["text"]:
        fields = {name: text[name] for name in ("name", "tagline", "about", "imprint") if name in text}
        SiteText.objects.create(site=site, language=text["language"], **fields)
    for position, item in enumerate(data["menu"]):
        MenuItem.objects.create(site=site, position=position, **item)
    for position, link in enumerate(data["social"]):
        SocialLink.objects.create(site=site, position=position, **link)
    return site


def load_images():
    images = {}
    for fields in read("images.toml")["image"]:
        name = fields.pop("file")
        with (HERE / "pictures" / name).open("rb") as picture:
            images[name] = Image.objects.take_in(File(picture, name), title=name.partition(".")[0], **fields)
    return images


def load_authors(images):
    authors = {}
    for fields in read("authors.toml")["author"]:
        links, translations = fields.pop("link", []), fields.pop("translation", [])
        fields["photo"] = images[fields["photo"]] if "photo" in fields else None
        author = authors[fields["slug"]] = Author.objects.create(**fields)
        for position, link in enumerate(links):
            AuthorLink.objects.create(author=author, position=position, **link)
        for translation in translations:
            AuthorTranslation.objects.create(author=author, **translation)
    return authors


def load_articles(images, authors, series):
    articles, related, drawn, translated = {}, {}, {}, {}
    # Where somebody can log in already, the drafts are hers.
    editor = get_user_model().objects.filter(is_superuser=True).order_by("pk").first()
    for path in sorted((HERE / "articles").glob("*.toml")):
        fields = with_images(read(path), images)
        byline, tags = fields.pop("authors"), fields.pop("tags")
        links, notes = fields.pop("related", []), fields.pop("correction", [])
        sources, original = fields.pop("drew_on", []), fields.pop("translation_of", None)
        fields |= {f"source_{name}": value for name, value in fields.pop("source", {}).items()}
        published, ahead = fields.pop("published", None), fields.pop("in_days", None)
        if ahead is not None:
            published = morning(ahead)
        status = fields.pop("status", Article.Status.PUBLISHED)
        if status == Article.Status.DRAFT:
            fields["created_by"] = editor
        elif status == Article.Status.IN_REVIEW:
            fields["submitted_at"] = timezone.now()
        for name in ("event_starts", "event_ends"):
            if name in fields:
                fields[f"{name}_at"] = aware(fields.pop(name))
        if "lead" in fields:
            fields["lead_image"] = images[fields.pop("lead")]
        if "series" in fields:
            fields["series"] = series[fields["series"]]
        article = Article.objects.create(
            status=status, published_at=aware(published) if published else None, **fields
        )
        for position, slug in enumerate(byline):
            Byline.objects.create(article=article, author=authors[slug], position=position)
        for note in notes:
            Correction.objects.create(article=article, **note | {"noted_at": aware(note["noted_at"])})
        article.tags.add(*tags)
        article.index()
        key = f"{article.language}/{article.slug}"
        articles[key], related[key], drawn[key], translated[key] = article, links, sources, original
    for key, links in related.items():
        for position, link in enumerate(links):
            target = articles[link.pop("article")] if "article" in link else None
            RelatedLink.objects.create(article=articles[key], target=target, position=position, **link)
    for key, sources in drawn.items():
        for position, source in enumerate(sources):
            DrawnOn.objects.create(mention=articles[key], analysis=articles[source], position=position)
    for key, original in translated.items():
        if original:
            translations.link(articles[original], articles[key])
    return len(articles)


def load_newsletters(site, texts):
    for text in texts:
        Newsletter.objects.create(
            language=text["language"],
            title=text["newsletter_title"],
            promise=text["newsletter_promise"],
            sender_name=text.get("name") or site.name,
            sender_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        )


def with_images(fields, images):
    """Replace the names of pictures in a body by their numbers in the library."""
    body = _FIGURE.sub(lambda match: f'data-image="{images[match[1]].pk}"', fields["body"])
    return fields | {"body": body}


def morning(days):
    """Return six in the morning, UTC, so many days from today."""
    return (timezone.now() + timedelta(days=days)).replace(hour=6, minute=0, second=0, microsecond=0)


def aware(moment):
    """Return a moment of the demonstration's files with a time zone: UTC where none is written."""
    if not isinstance(moment, datetime):
        moment = datetime.fromisoformat(str(moment))
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)
