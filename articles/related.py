"""What to read next, and why.

The editor's picks come first. The rest is a fill: each candidate earns points for what it shares with the
article, and every point has a reason that can be said in words.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, reduce
from operator import or_

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Extract, Greatest, Least
from django.utils.translation import gettext

from . import edition
from .citations import article_at, path_of
from .lists import among
from .models import Article, Byline, Redirect, RelatedLink, RelatedVeto, TaggedArticle
from .models.tag import WIDEST
from .prepared import Prepared

SHOWN = 4
EACH = 20  # candidates for one reason: the newest
CITES = CITED = 4
SERIES = 3
AUTHOR = 1
# A tag of one or two pieces says three times as much as one of WIDEST pieces or more.
RAREST, COMMONEST = 3, 1
# Newer is better by a quarter of a point a year, within limits. It is counted from the article's own date
# and not from now, so that a page stays the same for as long as its rows do.
A_YEAR, OLDEST, NEWEST = 0.25, -2, 1
YEAR = timedelta(days=365).total_seconds()


def related_articles(article, limit=SHOWN):
    """Return up to `limit` published articles, each with the `reason` for which it stands there.

    Two queries whatever the numbers, for an article that was fetched by for_page().
    """
    return explained(article, limit)


def explained(article, limit):
    """Return what readers are led to next, best first, each with its `reasons` and `points`.

    `reasons` are all of them in words, the strongest first, and `reason` is the one for readers; `pick` is
    None for what the fill chose.
    """
    facts = Facts.of(article)
    for other in (found := ask(facts, limit)):
        other.reasons = facts.reasons(other)
        other.reason = other.note or next(iter(other.reasons), other.get_kind_display())
    return found


@dataclass
class Facts:
    """What an article has that others may share with it."""

    keys: tuple[int, ...]  # of the article and of the one that it is a rework of
    language: str
    since: float  # its date, in seconds since 1970
    series: int | None
    tags: dict[int, tuple[str, float]]  # name and points, by key
    authors: dict[int, str]  # name, by key
    paths: tuple[str, ...]  # where it stands and stood
    cited: list[str]  # what it links to

    @classmethod
    def of(cls, article):
        """Ask nothing that for_page() has not asked."""
        return cls(
            keys=tuple(key for key in (article.pk, article.draft_of_id) if key),
            language=article.language,
            since=(article.published_at or edition.now()).timestamp(),
            series=article.series_id,
            tags={row.tag_id: (row.tag.name, points(row.spread)) for row in article.tagged.all()},
            authors={byline.author_id: byline.local_name for byline in article.bylines.all()},
            paths=tuple(path_of(path) for path in (article.get_absolute_url(), *article.old_paths)),
            cited=article.cited,
        )

    def reasons(self, other):
        """Say all that an article has in common with this one, the strongest first."""
        tags = {key: tag for key, tag in self.tags.items() if key in other.shared_tags}
        names = [name for name, _points in sorted(tags.values(), key=lambda tag: -tag[1])]
        authors = [name for key, name in self.authors.items() if key in other.shared_authors]
        said = [
            (other.is_citing, CITES, gettext("Cites this piece")),
            (other.is_cited, CITED, gettext("Cited in this piece")),
            (other.is_same_series, SERIES, gettext("Same series")),
            (
                names,
                sum(points for _name, points in tags.values()),
                gettext("Same subject: %(tags)s") % {"tags": gettext(", ").join(names)},
            ),
            (authors, AUTHOR, gettext("Also by %(author)s") % {"author": gettext(", ").join(authors)}),
        ]
        # Sorting is stable: of equals the first one stays first.
        return [words for holds, _points, words in sorted(said, key=lambda one: -one[1]) if holds]


def points(spread):
    """Return what sharing a tag is worth, `spread` being the number of pieces that carry it."""
    rarity = 1 - math.log(max(spread, 1)) / math.log(WIDEST)
    return COMMONEST + (RAREST - COMMONEST) * max(0, rarity)


def ask(facts, limit):
    """Return the best candidates; what a text cites shapes the question, so that one is written each time."""
    if facts.cited or not facts.keys:
        return list(ranked(facts).for_list()[:limit])
    return prepared(limit, facts.language)(
        keys=facts.keys,
        since=facts.since,
        series=facts.series,
        tags=tuple(facts.tags),
        worth=tuple(points for _name, points in facts.tags.values()),
        authors=tuple(facts.authors),
        paths=facts.paths,
    )


@lru_cache(maxsize=12)
def prepared(limit, language):
    """Return the question for so many candidates.

    The language is written in it: how much of a publication is in it decides from which side its articles
    are found soonest.
    """

    def make(tags, worth, authors, **others):
        named = {key: ("", points) for key, points in zip(tags, worth, strict=True)}
        authors = dict.fromkeys(authors, "")
        facts = Facts(language=language, tags=named, authors=authors, cited=[], **others)
        return ranked(facts).for_list()[:limit]

    return Prepared(make)


def ranked(facts):
    """Return the published candidates in their order, with the facts that explain it."""
    published = Article.objects.published()
    article = facts.keys[0] if facts.keys else None
    picks = RelatedLink.objects.filter(article=article, target__isnull=False)
    vetoes = RelatedVeto.objects.filter(article=article)
    pick = picks.filter(target=OuterRef("pk"))
    shared_tags = TaggedArticle.objects.filter(content_object=OuterRef("pk"), tag__in=facts.tags)
    shared_authors = Byline.objects.filter(article=OuterRef("pk"), author__in=facts.authors)
    return (
        # One list of keys and no OR beside it: whatever their number, articles are looked up by key.
        published.filter(pk__in=candidates(facts, published, picks))
        .exclude(pk__in=facts.keys)
        .annotate(
            pick=Subquery(pick.values("position")[:1]),
            note=Subquery(pick.values("note")[:1]),
            shared_tags=ArraySubquery(shared_tags.values("tag")),
            shared_authors=ArraySubquery(shared_authors.values("author")),
            is_same_series=holds(Q(series=facts.series) if facts.series else NEVER),
            is_citing=holds(Q(cited__overlap=facts.paths)),
            is_cited=holds(targets(facts.cited)),
            points=score(facts, shared_tags, shared_authors),
        )
        .filter(Q(pick__isnull=False) | ~Q(pk__in=vetoes.values("target")))
        .order_by(F("pick").asc(nulls_last=True), "-points", "-published_at", "-pk")
    )


NEVER = Q(pk__in=[])


def candidates(facts, published, picks):
    """Return the keys of what may be shown: a bounded number for each reason, from indexes alone."""
    same = published.filter(language=facts.language).order_by("-published_at")
    parts = [picks.order_by().values("target")]
    for rows, key, path in ((facts.tags, "tag", "content_object"), (facts.authors, "author", "article")):
        model = TaggedArticle if key == "tag" else Byline
        visible = {
            f"{path}__status": Article.Status.PUBLISHED,
            f"{path}__language": facts.language,
            f"{path}__published_at__lte": edition.now(),
            f"{path}__draft_of": None,
        }
        parts += [
            model.objects.filter(**{key: row}, **visible).order_by("-pk").values(path)[:EACH] for row in rows
        ]
    if facts.series:
        parts.append(same.filter(series=facts.series).values("pk")[:EACH])
    # Their keys first of all: for the newest few of an unknown number Postgres would read all articles.
    everything = Article.objects.order_by().values("pk")
    for condition in (*leads_to(facts.cited), Q(cited__overlap=facts.paths)):
        parts.append(same.filter(among(everything.filter(condition))).values("pk")[:EACH])
    parts.append(same.values("pk")[:EACH])
    return parts[0].union(*parts[1:], all=True)


def targets(paths):
    """Return the condition that an article is what one of these paths leads to."""
    return reduce(or_, leads_to(paths), NEVER)


def leads_to(paths):
    """Return the conditions of which an article fulfils one where one of these paths leads to it."""
    if not paths:
        return []
    moved = Q(pk__in=Redirect.objects.filter(path__in=forms(paths), article__isnull=False).values("article"))
    places = [Q(language=language, slug=slug) for language, slug in filter(None, map(article_at, paths))]
    return [moved, *([reduce(or_, places)] if places else [])]


def forms(paths):
    """Return the paths with and without a slash at the end: old addresses are kept in both forms."""
    return [form for path in paths for form in (path, path.rstrip("/"))]


def holds(condition):
    return ExpressionWrapper(condition, output_field=BooleanField())


def score(facts, shared_tags, shared_authors):
    """Return the points of a candidate as an expression."""
    worth = Case(
        *(When(tag=key, then=Value(points)) for key, (_name, points) in facts.tags.items()),
        default=Value(0.0),
        output_field=FloatField(),
    )
    tags = shared_tags.order_by().values("content_object").annotate(worth=Sum(worth)).values("worth")
    age = (Cast(Extract("published_at", "epoch"), FloatField()) - Value(facts.since)) / Value(YEAR)
    return (
        Coalesce(Subquery(tags, output_field=FloatField()), Value(0.0))
        # Not EXISTS, which may be answered by reading all that the authors ever wrote.
        + Coalesce(Subquery(shared_authors.values(worth=Value(float(AUTHOR)))[:1]), Value(0.0))
        + worth_if(Q(series=facts.series) if facts.series else NEVER, SERIES)
        + worth_if(Q(cited__overlap=facts.paths), CITES)
        + worth_if(targets(facts.cited), CITED)
        + Greatest(Value(float(OLDEST)), Least(Value(float(NEWEST)), age * Value(A_YEAR)))
    )


def worth_if(condition, points):
    return Case(When(condition, then=Value(float(points))), default=Value(0.0), output_field=FloatField())
