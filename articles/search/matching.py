"""How the best matches are found: the plan depends on how many there may be.

To rank a match, PostgreSQL reads its whole vector from another place, some ten microseconds each. Where
matches are few, by their number or by their share of all articles, all are ranked. Where they are many, those
whose head has the words come first, ranked by its small vector; the others follow, newest first, as an index
of dates gives them. Between the two, the newest and those with the words in their heads are ranked, and the
rest follows by date.
"""

from django.db import connection

from .words import LexemeQuery

KEYS = ("id", "published_at")
RANKED = 200  # of the newest matches, and as many of those with the words in the head
DENSE = 0.02  # from this share of all articles on, the newest matches are found by walking back in time
# How much a word counts in the text, among the names, in the standfirst and in the title.
WEIGHTS = "{0.1, 0.5, 0.5, 1.0}"
# What is a year old counts two thirds of what is new, what is ten years old a little over the half.
_SCORE = """
    ts_rank('{weights}', {vector}, %s::tsquery, 1)
    * (1 + 1 / (1 + greatest(extract(epoch FROM now() - {date})::float8, 0) / 31557600))
"""
_FEW = """
    WITH found AS MATERIALIZED ({found}), heads AS MATERIALIZED ({heads}),
    chosen AS MATERIALIZED (
        (SELECT id FROM found ORDER BY published_at DESC, id DESC LIMIT {ranked})
        UNION (SELECT id FROM heads ORDER BY published_at DESC, id DESC LIMIT {ranked})
    ),
    ranked AS (
        SELECT id, row_number() OVER (ORDER BY {score} DESC, article.published_at DESC, id DESC) AS place
        FROM chosen JOIN articles_article AS article USING (id)
    ),
    others AS (
        SELECT id, row_number() OVER (ORDER BY published_at DESC, id DESC) AS place
        FROM found WHERE (SELECT count(*) FROM chosen) < {last} AND id NOT IN (SELECT id FROM chosen)
    )
"""
_MANY = """
    WITH heads AS MATERIALIZED ({heads}),
    ranked AS (
        SELECT id, row_number() OVER (ORDER BY {score} DESC, published_at DESC, id DESC) AS place FROM heads
    ),
    others AS (
        SELECT id, row_number() OVER () AS place FROM (
            SELECT id FROM ({found}) AS found
            WHERE (SELECT count(*) FROM heads) < {last} AND id NOT IN (SELECT id FROM heads)
            LIMIT {last}
        ) AS newest
    )
"""
_PAGE = """
    SELECT id FROM (SELECT 1 AS part, * FROM ranked UNION ALL SELECT 2, * FROM others) AS listed
    ORDER BY part, place LIMIT {limit} OFFSET {offset}
"""


class Matches:
    """Those of `articles`, a queryset of published ones, that have the words."""

    def __init__(self, words, articles, *, narrowed=False):
        self.words = words
        self.narrowed = narrowed
        query = LexemeQuery(words.query)
        # The order is that of each statement.
        self.found = articles.order_by().filter(search=query)
        # A head cannot tell that the text has none of the words to be left out.
        self.heads = (self.found if words.excluded else articles.order_by()).filter(search_head=query)

    def best(self, limit, offset=0):
        """Return the keys of the best, from the one at `offset` on."""
        few = self.share < DENSE or self.share * self.words.articles <= RANKED
        heads = self.heads if few else newest(self.heads)[:RANKED]
        found, of_found = statement((self.found if few else newest(self.found)).values(*KEYS))
        heads, of_heads = statement(heads.values(*KEYS, "search_head"))
        sql = (_FEW if few else _MANY) + _PAGE
        score = _SCORE.format(
            weights=WEIGHTS,
            vector="article.search" if few else "search_head",
            date="article.published_at" if few else "published_at",
        )
        sql = sql.format(
            found=found,
            heads=heads,
            score=score,
            ranked=RANKED,
            limit=int(limit),
            offset=int(offset),
            last=int(limit) + int(offset),
        )
        query = (self.words.wanted,)
        with connection.cursor() as cursor:
            cursor.execute(sql, of_found + of_heads + query if few else of_heads + query + of_found)
            return [key for (key,) in cursor]

    @property
    def share(self):
        """What share of all articles has the words, were they spread evenly; 0 where only some are asked."""
        return 0 if self.narrowed else self.words.share


def newest(articles):
    return articles.order_by("-published_at", "-id")


def statement(articles):
    """Return a queryset as SQL and its arguments."""
    return articles.query.sql_with_params()
