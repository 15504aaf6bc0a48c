"""Rows for tests: each factory needs nothing and takes what matters as keywords."""

import io
import itertools
from datetime import UTC, datetime
from importlib import import_module

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture

from articles.models import (
    Article,
    Author,
    Byline,
    Correction,
    Image,
    Page,
    RelatedLink,
    Series,
    Site,
    SiteText,
    Tag,
)

_numbers = itertools.count(1)


def make_author(*, name=None, slug=None, **fields):
    number = next(_numbers)
    return Author.objects.create(name=name or f"Author {number}", slug=slug or f"author-{number}", **fields)


def make_tag(*, name=None, **fields):
    return Tag.objects.create(name=name or f"Tag {next(_numbers)}", **fields)


def make_article(*, authors=(), tags=(), related=(), **fields):
    """A published English analysis, unless told otherwise."""
    number = next(_numbers)
    fields.setdefault("title", f"Article {number}")
    fields.setdefault("slug", f"article-{number}")
    fields.setdefault("body", "<p>Some words.</p>")
    fields.setdefault("status", Article.Status.PUBLISHED)
    if fields["status"] == Article.Status.PUBLISHED:
        fields.setdefault("published_at", datetime(2026, 3, 1, tzinfo=UTC))
    article = Article.objects.create(**fields)
    for position, author in enumerate(authors):
        Byline.objects.create(article=article, author=author, position=position)
    for position, target in enumerate(related):
        RelatedLink.objects.create(article=article, target=target, position=position)
    article.tags.add(*tags)
    article.index()
    return article


def make_series(*, title=None, slug=None, **fields):
    number = next(_numbers)
    return Series.objects.create(title=title or f"Series {number}", slug=slug or f"series-{number}", **fields)


def make_correction(*, article, text="It was otherwise.", **fields):
    fields.setdefault("noted_at", datetime(2026, 3, 2, tzinfo=UTC))
    return Correction.objects.create(article=article, text=text, **fields)


def make_complete_article(**fields):
    """A draft in which the checklist finds nothing."""
    fields.setdefault("standfirst", "Why to read on.")
    fields.setdefault("status", "draft")
    if "lead_image" not in fields:
        fields["lead_image"] = make_image()
    fields.setdefault("authors", [make_author()])
    return make_article(**fields)


def make_colleague(group=None, **fields):
    """A person with an account, in one of the groups that the migrations make."""
    fields.setdefault("username", f"colleague-{next(_numbers)}")
    user = get_user_model().objects.create_user(is_staff=True, **fields)
    if group:
        # A test that empties the database takes the groups away for those after it.
        if not Group.objects.filter(name=group, permissions__isnull=False).exists():
            for migration in ("0003_groups", "0006_search", "0007_narration"):
                import_module(f"articles.migrations.{migration}").make_groups(apps)
            import_module("articles.migrations.0008_press_and_translations").give_rights(apps)
        user.groups.add(Group.objects.get(name=group))
    return user


def make_page(*, title="About", slug=None, **fields):
    return Page.objects.create(
        title=title, slug=slug or f"page-{next(_numbers)}", is_published=True, **fields
    )


def make_site(*, words=(), **fields):
    """The one site; `words` is {language: {field: text}}."""
    site = Site.objects.create(**{"name": "Tidelines", **fields})
    for language, texts in dict(words).items():
        SiteText.objects.create(site=site, language=language, **texts)
    return site


def make_upload(*, name="picture.jpg", size=(640, 400), colour=(40, 90, 140), format="JPEG"):
    """A picture as a browser uploads it."""
    content = io.BytesIO()
    Picture.new("RGB", size, colour).save(content, format)
    return SimpleUploadedFile(name, content.getvalue())


def make_image(*, upload=None, **fields):
    """An image in the library, with content of its own."""
    number = next(_numbers)
    # Steps of eight, which no encoder rounds away.
    colour = (number * 8 % 256, number // 32 * 8 % 256, 120)
    fields.setdefault("alt", f"Picture {number}")
    return Image.objects.take_in(upload or make_upload(colour=colour), **fields)
