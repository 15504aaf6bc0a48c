"""The words of the published articles: how rare each is, and how readers see it spelt.

Two tables are made from the articles, and made anew once something public has changed. `Lexeme` counts the
words as the stored vectors have them, so that a search can choose its plan. `Word` keeps them as they are
written, to complete what is typed and to correct it.
"""

import re
import time
import unicodedata
from collections import Counter, defaultdict
from datetime import timedelta
from functools import lru_cache

from django.db import connection, transaction
from django.db.models.functions import Left
from django.utils import timezone

from . import edition
from .models import Article, Author, LexiconState, Tag

LOCK = 0x5F04  # the first half of an advisory lock's key
# What a large publication's lexicon takes is at most a sixtieth of one processor's time.
REST = 60
SHORTEST, LONGEST = 3, 40  # letters
KEPT = 200_000  # words; those of heads first, then by the number of articles
LEADS = 10  # articles that a word of a title leads to: the newest
FEW_LEADS = 3  # tags and authors that it leads to
LONGEST_TEXT = 200_000  # characters of a text that are read
# A word of so few articles is shown only while its witness stands as it stood when it was read.
RARE = 20
AT_ONCE = 50_000  # words that are held in memory before they are written
VECTORS_AT_ONCE = 5_000  # ts_stat gives back the memory of all vectors at its end
# A word: letters, digits and marks over letters, beginning with a letter.
WORD = re.compile(
    r"[^\W\d_][\w\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]*"
)
# What remains of the letters' variants once the marks are gone: hamza sits on its carrier as a mark.
_ALIKE = str.maketrans({"ى": "ي", "ة": "ه", "ـ": None, "ٱ": "ا", "ی": "ي", "ک": "ك"})


def fold(text):
    """Return text in small letters, without accents, vowel signs and what Arabic writes in two ways."""
    text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Mn", "Cf")).translate(
        _ALIKE
    )


folded = lru_cache(maxsize=100_000)(fold)


def words_in(text):
    """Yield each word of a text, as it is written."""
    for word in WORD.findall(text):
        if SHORTEST <= len(word) <= LONGEST:
            yield word


def is_due():
    """Whether something public has changed since the last refresh, and that is long enough ago."""
    state = LexiconState.objects.first()
    if state is None:
        return Article.objects.published().exists()
    rested = timezone.now() - state.made_at >= timedelta(seconds=REST * state.seconds)
    return rested and state.stamp != edition.read().name


def refresh():
    """Make the lexicon of what is published now; return whether this process was the one to do so.

    All of it is one transaction, so that readers have the old one meanwhile and a crash leaves it.
    """
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
        # Before anything is read: what changes meanwhile is of another edition.
        state = {"stamp": edition.read().name, "made_at": timezone.now()}
        count_lexemes(cursor)
        collect_words(cursor)
        state["seconds"] = time.monotonic() - began
        LexiconState.objects.update_or_create(pk=1, defaults=state)
    return True


def count_lexemes(cursor):
    """Bring the table of lexemes in line with the vectors of the published articles."""
    cursor.execute("CREATE TEMPORARY TABLE part_lexeme (lexeme text, documents int, heads int)")
    now = timezone.now()
    cursor.execute("SELECT min(id), max(id) FROM articles_article WHERE status = 'published'")
    first, last = cursor.fetchone()
    for start in range(first, last + 1, VECTORS_AT_ONCE) if first else ():
        cursor.execute(COUNT, {"now": now, "first": start, "last": start + VECTORS_AT_ONCE - 1})
    cursor.execute(
        """
        CREATE TEMPORARY TABLE fresh_lexeme AS
        SELECT lexeme, sum(documents)::int AS documents, sum(heads)::int AS heads
        FROM part_lexeme GROUP BY lexeme;
        CREATE UNIQUE INDEX ON fresh_lexeme (lexeme);
        ANALYZE fresh_lexeme;
        DELETE FROM articles_lexeme AS old
        WHERE NOT EXISTS (SELECT FROM fresh_lexeme AS new WHERE new.lexeme = old.lexeme);
        INSERT INTO articles_lexeme AS old (lexeme, documents, heads)
        SELECT lexeme, documents, heads FROM fresh_lexeme
        ON CONFLICT (lexeme) DO UPDATE SET documents = EXCLUDED.documents, heads = EXCLUDED.heads
        WHERE (old.documents, old.heads) <> (EXCLUDED.documents, EXCLUDED.heads);
        DROP TABLE part_lexeme, fresh_lexeme
        """
    )


# ts_stat takes the text of a query, and %%L quotes what is put into it.
COUNT = """
WITH public AS (SELECT format(
    'FROM articles_article WHERE status = ''published'' AND draft_of_id IS NULL AND published_at <= %%L'
    ' AND id BETWEEN %%L AND %%L', %(now)s::timestamptz, %(first)s, %(last)s) AS rows)
INSERT INTO part_lexeme
SELECT word, ndoc, 0 FROM public, ts_stat('SELECT search ' || rows)
UNION ALL
SELECT word, 0, ndoc FROM public, ts_stat('SELECT search_head ' || rows, 'ab')
"""


def collect_words(cursor):
    """Bring the table of words in line with the texts, names and tags of the published articles."""
    cursor.execute(
        "CREATE TEMPORARY TABLE counted (batch int, key text, spelling text, spelt int, documents int,"
        " heads int, witness bigint)"
    )
    published = Article.objects.published()
    texts = published.latest().annotate(text=Left("body_text", LONGEST_TEXT))
    texts = texts.values_list("pk", "title", "standfirst", "keywords", "text")
    titled = defaultdict(list)
    batch, number = Batch(), 0
    for pk, title, standfirst, keywords, text in texts.iterator(chunk_size=200):
        batch.add(pk, f"{title}\n{standfirst}\n{keywords}", text)
        for key in {folded(word) for word in words_in(title)}:
            if len(titled[key]) < LEADS:
                titled[key].append(pk)
        if len(batch.documents) > AT_ONCE:
            batch.write(cursor, number)
            batch, number = Batch(), number + 1
    batch.write(cursor, number)
    write_leads(cursor, titled, tags_by_word(published), authors_by_word(published))
    cursor.execute(MERGE, {"kept": KEPT})


class Batch:
    """The words of some articles, counted."""

    def __init__(self):
        self.documents, self.heads, self.spelt, self.witnesses = Counter(), Counter(), Counter(), {}

    def add(self, pk, head, text):
        in_head = set(words_in(head))
        spellings = in_head.union(words_in(text))
        keys = set(map(folded, spellings))
        self.spelt.update(spellings)
        self.documents.update(keys)
        self.heads.update(set(map(folded, in_head)))
        for key in keys.difference(self.witnesses):
            self.witnesses[key] = pk

    def write(self, cursor, number):
        columns = [[] for _ in range(6)]
        spellings = {}
        for spelling, spelt in self.spelt.items():
            # Of two that are as frequent, the one in small letters.
            key = folded(spelling)
            spellings[key] = max(spellings.get(key, (0, "")), (spelt, spelling))
        for key, documents in self.documents.items():
            spelt, spelling = spellings[key]
            row = (key, spelling, spelt, documents, self.heads[key], self.witnesses[key])
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        cursor.execute(
            "INSERT INTO counted SELECT %s, * FROM"
            " unnest(%s::text[], %s::text[], %s::int[], %s::int[], %s::int[], %s::bigint[])",
            [number, *columns],
        )


def tags_by_word(published):
    """Return {folded word: keys of tags with it}, the tags of most articles first."""
    leads = defaultdict(list)
    for pk, name in Tag.objects.in_use(published).order_by("-number", "name").values_list("pk", "name"):
        for key in {folded(word) for word in words_in(name)}:
            leads[key].append(pk)
    return leads


def authors_by_word(published):
    """Return {folded word: keys of authors with it in one of their names}."""
    leads = defaultdict(list)
    authors = Author.objects.of(published).order_by("name")
    for pk, *names in authors.values_list("pk", "name", "translations__name"):
        for key in {folded(word) for name in names if name for word in words_in(name)}:
            if pk not in leads[key]:
                leads[key].append(pk)
    return leads


def write_leads(cursor, articles, tags, authors):
    cursor.execute(
        "CREATE TEMPORARY TABLE lead (key text, articles bigint[], tags bigint[], authors bigint[])"
    )
    keys = list(articles.keys() | tags.keys() | authors.keys())
    columns = [
        ["{" + ",".join(map(str, leads.get(key, [])[:most])) + "}" for key in keys]
        for leads, most in ((articles, LEADS), (tags, FEW_LEADS), (authors, FEW_LEADS))
    ]
    cursor.execute(
        "INSERT INTO lead SELECT key, a::bigint[], t::bigint[], u::bigint[]"
        " FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS rows (key, a, t, u)",
        [keys, *columns],
    )


# Two words that differ by one insertion, deletion, replacement or exchange of neighbours share a form of
# their first eight letters from which at most one is left out (Garbe's symmetric deletion).
MERGE = """
CREATE TEMPORARY TABLE fresh_word AS
    SELECT key, spelling, documents, heads, witness, coalesce(articles, '{}') AS articles,
           coalesce(tags, '{}') AS tags, coalesce(authors, '{}') AS authors
    FROM (
        SELECT key, (array_agg(spelling ORDER BY spelt DESC))[1] AS spelling,
               sum(documents)::int AS documents, sum(heads)::int AS heads,
               (array_agg(witness ORDER BY batch))[1] AS witness
        FROM counted GROUP BY key ORDER BY sum(heads) > 0 DESC, sum(documents) DESC LIMIT %(kept)s
    ) AS merged LEFT JOIN lead USING (key);
CREATE UNIQUE INDEX ON fresh_word (key);
ANALYZE fresh_word;
DELETE FROM articles_word AS old WHERE NOT EXISTS (SELECT FROM fresh_word AS new WHERE new.key = old.key);
UPDATE articles_word AS old
SET spelling = new.spelling, documents = new.documents, heads = new.heads, witness = new.witness,
    articles = new.articles, tags = new.tags, authors = new.authors
FROM fresh_word AS new
WHERE old.key = new.key
  AND (old.spelling, old.documents, old.heads, old.witness, old.articles, old.tags, old.authors)
      IS DISTINCT FROM
      (new.spelling, new.documents, new.heads, new.witness, new.articles, new.tags, new.authors);
INSERT INTO articles_word (key, spelling, documents, heads, witness, articles, tags, authors, deletions)
SELECT key, spelling, documents, heads, witness, articles, tags, authors, ARRAY(
    SELECT DISTINCT overlay(left(key, 8) PLACING '' FROM place FOR cut)
    FROM generate_series(1, least(length(key), 8)) AS place, (VALUES (0), (1)) AS cuts (cut))
FROM fresh_word AS new WHERE NOT EXISTS (SELECT FROM articles_word AS old WHERE old.key = new.key);
DROP TABLE counted, lead, fresh_word
"""
