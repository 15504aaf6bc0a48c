"""What narrows a search: kind, tag, author, year and language, each with its number of matches."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, Language, Tag

from .matching import newest, statement

MAX_COUNTED = 1000
SHOWN = 8  # tags, authors and years
WALKED = 0.4  # share of all articles from which on the newest matches are found by walking back in time
TITLES = {
    "kind": _("Kind"),
    "language": _("Language"),
    "year": _("Year"),
    "tag": _("Tag"),
    "author": _("Author"),
}
_COUNTS = """
    WITH found AS MATERIALIZED ({found}),
    best AS MATERIALIZED (SELECT * FROM found ORDER BY published_at DESC, id DESC LIMIT {most})
    SELECT 'all' AS facet, '' AS value, '' AS name, count(*) AS number FROM best
    UNION ALL SELECT 'kind', kind, '', count(*) FROM best GROUP BY kind
    UNION ALL SELECT 'language', language, '', count(*) FROM best GROUP BY language
    UNION ALL (
        SELECT 'year', year::text, '', count(*)
        FROM (SELECT extract(year FROM published_at AT TIME ZONE %s)::int AS year FROM best) AS years
        GROUP BY year ORDER BY year DESC LIMIT {shown}
    )
    UNION ALL SELECT 'tag', tag.slug, tag.name, number FROM (
        SELECT tag_id, count(*) AS number
        FROM best JOIN articles_taggedarticle AS tagged ON tagged.content_object_id = best.id
        GROUP BY tag_id ORDER BY number DESC, tag_id LIMIT {shown}
    ) AS tags JOIN articles_tag AS tag ON tag.id = tag_id
    UNION ALL SELECT 'author', author.slug, coalesce(nullif(local.name, ''), author.name), number FROM (
        SELECT author_id, count(*) AS number
        FROM best JOIN articles_byline AS byline ON byline.article_id = best.id
        GROUP BY author_id ORDER BY number DESC, author_id LIMIT {shown}
    ) AS authors JOIN articles_author AS author ON author.id = authors.author_id
    LEFT JOIN articles_authortranslation AS local ON local.author_id = author.id AND local.language = %s
    ORDER BY facet, number DESC, value DESC
"""


@dataclass
class Choice:
    """A value that a search may be narrowed to, and how many matches have it."""

    facet: str
    value: str
    name: str
    number: int = 0
    href: str = ""


class Filters:
    """What a reader narrowed the search to, as the address says: `chosen` is {facet: Choice}.

    What no article can have is left out; `ignored` has the facets that were.
    """

    def __init__(self, data):
        self.chosen, self.ignored = {}, []
        for facet in TITLES:
            value = data.get(facet, "").strip()
            if not value:
                continue
            name = getattr(self, f"read_{facet}")(value)
            if name:
                self.chosen[facet] = Choice(facet, value, name)
            else:
                self.ignored.append(TITLES[facet])

    def read_kind(self, value):
        return Article.Kind(value).plural if value in Article.Kind.values else None

    def read_language(self, value):
        return Language(value).label if value in Language.values else None

    def read_year(self, value):
        return value if re.fullmatch("[12][0-9]{3}", value) else None

    def read_tag(self, value):
        self.tag = Tag.objects.at(value) if is_slug(value) else None
        return self.tag and self.tag.name

    def read_author(self, value):
        authors = Author.objects.in_language(get_language()).filter(slug=value)
        self.author = authors.first() if is_slug(value) else None
        return self.author and self.author.local_name

    def links(self, query, choices):
        """Give each choice the query of its address: one that narrows the search, or widens it where chosen.

        Returns [(title, choices)] of what would narrow it.
        """
        values = {facet: choice.value for facet, choice in self.chosen.items()}
        for choice in self.chosen.values():
            others = {facet: value for facet, value in values.items() if facet != choice.facet}
            choice.href = "?" + urlencode({"q": query, **others})
        for facet, of_it in choices.items():
            for choice in of_it:
                choice.href = "?" + urlencode({"q": query, **values, facet: choice.value})
        return [
            (TITLES[facet], of_it) for facet, of_it in choices.items() if of_it and facet not in self.chosen
        ]

    def narrow(self, articles):
        """Return those of some articles that have all that was chosen."""
        if "kind" in self.chosen:
            articles = articles.filter(kind=self.chosen["kind"].value)
        if "language" in self.chosen:
            articles = articles.filter(language=self.chosen["language"].value)
        if "year" in self.chosen:
            zone, year = timezone.get_current_timezone(), int(self.chosen["year"].value)
            first, next_year = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
            articles = articles.filter(published_at__gte=first, published_at__lt=next_year)
        if "tag" in self.chosen:
            articles = articles.filter(tagged__tag=self.tag)
        if "author" in self.chosen:
            articles = articles.filter(bylines__author=self.author)
        return articles


def is_slug(value):
    return re.fullmatch(r"[-\w]{1,200}", value)


def count(matches):
    """Return how many match, at most one more than MAX_COUNTED, and {facet: choices}, in one query.

    Where more match, the newest are counted.
    """
    most = MAX_COUNTED + 1
    found = newest(matches.found)[:most] if matches.share >= WALKED else matches.found
    sql, arguments = statement(found.values("id", "published_at", "kind", "language"))
    zone = timezone.get_current_timezone_name()
    with connection.cursor() as cursor:
        sql = _COUNTS.format(found=sql, most=most, shown=SHOWN)
        cursor.execute(sql, [*arguments, zone, get_language()])
        rows = cursor.fetchall()
    choices = {facet: [] for facet in TITLES}
    total = 0
    for facet, value, name, number in rows:
        if facet == "all":
            total = number
        else:
            choices[facet].append(Choice(facet, value, name or name_of(facet, value), number))
    choices["year"].sort(key=lambda choice: choice.value, reverse=True)
    return total, choices


def name_of(facet, value):
    if facet == "kind":
        return Article.Kind(value).plural
    return Language(value).label if facet == "language" else value
