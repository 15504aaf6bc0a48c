"""A publication of any size: a few dozen texts written through the models, copied by the database."""

import random
from datetime import UTC, datetime

from django.db import connection, models, transaction

from articles import lexicon
from articles.models import (
    Article,
    Author,
    Book,
    Byline,
    Image,
    MenuItem,
    Site,
    SiteText,
    SocialLink,
    Tag,
    TaggedArticle,
)
from articles.renditions import AVIF_MAX_WIDTH
from newsletter.models import Newsletter

TEXTS = 24  # written out; the rest are copies with a title, address and date of their own
AUTHORS, TAGS, PICTURES = 30, 200, 12
WORDS = 1100  # of a text: about 7 KB
NEWEST = datetime(2026, 3, 1, tzinfo=UTC)
# The tag whose page is measured is on every third piece.
TAG = "tag-1"
SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi zo har bel tor min sal ven ost lor".split()  # noqa: SIM905


def vocabulary(chance):
    """Return made-up words, the frequent ones first."""
    return ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _number in range(4000)]


def sentences(chance, words, count):
    """Return about `count` words as sentences; the nth word is n times rarer than the first."""
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    drawn = chance.choices(words, weights, k=count)
    return [" ".join(drawn[at : at + 14]).capitalize() + "." for at in range(0, count, 14)]


def body(chance, words):
    said = sentences(chance, words, WORDS)
    parts = []
    for at in range(0, len(said), 5):
        if at % 20 == 0:
            parts.append(f"<h2>{' '.join(chance.choices(words[:300], k=4)).capitalize()}</h2>")
        parts.append(f"<p>{' '.join(said[at : at + 5])}</p>")
    return "".join(parts)


@transaction.atomic
def make(count):
    """Fill the database with `count` articles, their people, tags and pictures; nothing where they stand."""
    if Article.objects.count() >= count:
        return
    chance = random.Random(count)  # noqa: S311
    words = vocabulary(chance)
    pictures = [make_picture(number) for number in range(PICTURES)]
    make_site(pictures[0])
    authors = [
        Author.objects.create(
            name=f"Author {number}", slug=f"author-{number}", bio="Reads charts.", photo=pictures[number % 12]
        )
        for number in range(1, AUTHORS + 1)
    ]
    tags = [Tag.objects.create(name=f"Tag {number}", slug=f"tag-{number}") for number in range(1, TAGS + 1)]
    for number in range(TEXTS):
        make_text(chance, words, number, pictures, authors)
    copy(count - TEXTS)
    label([author.pk for author in authors], [tag.pk for tag in tags])
    Article.objects.index()
    # As after the first beat of a worker: a search plans by how rare its words are.
    lexicon.refresh()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def make_picture(number):
    """A picture of the library with all its renditions' names; the benchmark fetches no files."""

    def cut(widths, down):
        files = {
            kind: [[f"renditions/{number:020d}-{width}.{kind}", width] for width in widths if width <= most]
            for kind, most in (("avif", AVIF_MAX_WIDTH), ("webp", widths[-1]))
        }
        middle = widths[len(widths) // 2]
        return {"sources": files, "fallback": [f"renditions/{number:020d}.jpg", middle, middle * down // 16]}

    return Image.objects.create(
        file=f"images/{number:020d}.jpg",
        width=3000,
        height=2000,
        sha256=f"{number:064d}",
        alt=f"What picture {number} shows, in a sentence",
        credit="Photograph: ours",
        srcset={
            "natural": cut([480, 800, 1200, 1920], 11),
            "wide": cut([320, 640, 1200, 1920], 10),
            "square": cut([112, 176, 240], 16),
        },
    )


def make_site(picture):
    site = Site.objects.create(name="The Bench", postal_address="1 Quay")
    for language in ("en", "ar", "he"):
        SiteText.objects.create(site=site, language=language, tagline="Ports and straits", about="About us.")
    for position, kind in enumerate(Article.Kind):
        MenuItem.objects.create(site=site, label=kind.label, path=f"/kinds/{kind}/", position=position)
    SocialLink.objects.create(site=site, label="Elsewhere", url="https://example.org/")
    Newsletter.objects.create(
        title="The letter", promise="Weekly.", sender_name="Bench", sender_email="letter@example.org"
    )
    Book.objects.create(
        title="Slack Water",
        author="Author 1",
        description="On straits.",
        url="/book/",
        button="Read",
        cover=picture,
    )


def make_text(chance, words, number, pictures, authors):
    article = Article(
        title=f"{' '.join(chance.choices(words[:500], k=6)).capitalize()} {number}",
        slug=f"piece-{number}",
        standfirst=" ".join(sentences(chance, words, 28)),
        body=body(chance, words),
        status=Article.Status.PUBLISHED,
        published_at=NEWEST,
        kind=Article.Kind.values[number % 4],
        lead_image=pictures[number % PICTURES],
    )
    article.save()


def copy(count):
    """Repeat the texts in turn until there are `count` more."""
    if count <= 0:
        return
    own = {
        "title": "concat(title, ' ', n)",
        "slug": "concat('piece-', n)",
        "published_at": "published_at - n * interval '37 minutes'",
        "kind": "(%s::text[])[1 + n %% 6]",
    }
    columns = [
        field.column
        for field in Article._meta.concrete_fields
        if not field.primary_key and not isinstance(field, models.GeneratedField)
    ]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(own.get(column, f'text."{column}"') for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH text AS (SELECT *, row_number() OVER (ORDER BY id) - 1 AS turn FROM articles_article)
            INSERT INTO articles_article ({names})
            SELECT {values} FROM generate_series(%s, %s) n JOIN text ON text.turn = n %% %s
            ORDER BY n DESC
            """,  # noqa: S608  the names are our models' own
            [[*Article.Kind.values, "analysis", "analysis"], TEXTS, TEXTS + count - 1, TEXTS],
        )


def label(authors, tags):
    """Give every article one author or two and about four tags, the first tags far more often."""
    rows = [
        (Byline, "article_id, author_id, position", "id, (%s::bigint[])[1 + id %% 30], 0", "true", authors),
        (
            Byline,
            "article_id, author_id, position",
            "id, (%s::bigint[])[1 + (id + 7) %% 30], 1",
            "id %% 3 = 0",
            authors,
        ),
        (TaggedArticle, "content_object_id, tag_id", "id, (%s::bigint[])[1]", "id %% 3 = 0", tags),
        (TaggedArticle, "content_object_id, tag_id", "id, (%s::bigint[])[2 + id %% 4]", "true", tags),
        (TaggedArticle, "content_object_id, tag_id", "id, (%s::bigint[])[6 + id %% 31]", "true", tags),
        (TaggedArticle, "content_object_id, tag_id", "id, (%s::bigint[])[37 + id %% 164]", "true", tags),
    ]
    with connection.cursor() as cursor:
        for model, columns, values, which, keys in rows:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({columns})"  # noqa: S608  our own words
                f" SELECT {values} FROM articles_article WHERE {which}",
                [keys],
            )
