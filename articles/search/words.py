"""From what a reader typed to a query that PostgreSQL reads."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQuery
from django.db import connection

from .folding import HEBREW, fold
from .vectors import CONFIGURATION

MAX_TERMS = 12
QUOTES = '"“”„‟«»״'
UNQUOTED = str.maketrans(dict.fromkeys(QUOTES, " "))
_QUOTES = str.maketrans(dict.fromkeys(QUOTES, '"'))
_ACRONYM = re.compile(f'(?<={HEBREW})["״](?={HEBREW})')
_HEBREW_WORD = re.compile(f"{HEBREW}+")
_TERM = re.compile(r'-?"[^"]*"|\S+')
# PostgreSQL takes to read a vector, which lies apart from its row, for as cheap as to read a column: it would
# sooner read every article's than ask the index.
_LEXEMES = """
    SELECT token,
        array_remove(array_agg(word.lexeme ORDER BY word.positions[1]), NULL),
        coalesce(min(count.documents), 0),
        (SELECT reltuples FROM pg_class WHERE oid = 'articles_article'::regclass),
        set_config('statement_timeout', %s, true), set_config('enable_seqscan', 'off', true),
        set_config('random_page_cost', '1.1', true)
    FROM unnest(%s::text[]) AS token
    LEFT JOIN LATERAL unnest(to_tsvector(%s::regconfig, token)) AS word ON true
    LEFT JOIN articles_lexeme AS count ON count.lexeme = word.lexeme
    GROUP BY token
"""


@dataclass
class Term:
    """A word, or words in a row, that a text has to have or must not have."""

    text: str
    excluded: bool = False
    exact: bool = False  # in quotation marks
    tokens: list = field(default_factory=list)

    @property
    def is_one_word(self):
        """Whether the tokens are forms of one Hebrew word, any of which will do."""
        first, *others = self.tokens
        hidden = len(others) == 1 and not self.exact and first.endswith(others[0])
        return bool(hidden and _HEBREW_WORD.fullmatch(first))


@dataclass
class Words:
    """What was searched for: `query` as PostgreSQL reads it, and what became of each word.

    `wanted` is the query without what is to be left out: ts_rank would take that for a word that is missing.
    `common` are those too common to be looked for, `unread` those that were too many. `lexemes` are what the
    hits are marked by; `share` is the part of all `articles` that has all words, were each spread evenly, and
    0 where nobody has counted.
    """

    query: str = ""
    wanted: str = ""
    terms: list = field(default_factory=list)
    common: list = field(default_factory=list)
    unread: list = field(default_factory=list)
    lexemes: set = field(default_factory=set)
    share: float = 1.0
    articles: float = 1

    @property
    def excluded(self):
        return [term.text for term in self.terms if term.excluded]

    @property
    def exact(self):
        return [term.text for term in self.terms if term.exact and not term.excluded]


class LexemeQuery(SearchQuery):
    """A query made of lexemes, which no configuration has to read again."""

    def __init__(self, text):
        super().__init__(text, search_type="raw")
        self.template = "%(expressions)s::tsquery"


def terms_of(text):
    """Return what a reader typed as terms: words, "phrases" and -exclusions.

    Only what has a letter or a digit becomes one. A word with a sign in its midst is a phrase.
    """
    text = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
    text = _ACRONYM.sub("", text).translate(_QUOTES)
    terms = []
    for typed in _TERM.findall(text):
        excluded = typed.startswith("-")
        shown = typed.lstrip("-").strip('"').strip()
        tokens = fold(shown).split()
        if any(character.isalnum() for character in "".join(tokens)):
            terms.append(Term(shown, excluded, '"' in typed, tokens))
    return terms


def read(terms, *, timeout):
    """Return the Words of some terms: one query, which also gives PostgreSQL its `timeout` from here on."""
    words = Words(terms=terms[:MAX_TERMS], unread=[term.text for term in terms[MAX_TERMS:]])
    tokens = sorted({token for term in words.terms for token in term.tokens})
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, [timeout, tokens, CONFIGURATION])
        rows = cursor.fetchall()
    found = {token: (lexemes, documents) for token, lexemes, documents, *_same in rows}
    words.articles = max(rows[0][3], 1) if rows else 1
    wanted, unwanted = [], []
    for term in words.terms:
        known = [found[token] for token in term.tokens]
        lexemes = [lexeme for lexemes, _documents in known for lexeme in lexemes]
        if not lexemes:
            words.common.append(term.text)
        elif term.excluded:
            unwanted.append(f"!({condition(term, known)})")
        else:
            wanted.append(f"({condition(term, known)})")
            words.lexemes.update(lexemes)
            count = sum if term.is_one_word else min
            documents = count(documents for lexemes, documents in known if lexemes)
            # Nobody knows how often words that are frequent stand in a row.
            in_a_row = len(lexemes) > 1 and not term.is_one_word
            words.share *= 0 if in_a_row else min(documents / words.articles, 1)
    words.wanted = " & ".join(wanted)
    words.query = " & ".join(wanted + unwanted) if wanted else ""
    return words


def condition(term, known):
    """Return the query of one term: its lexemes in a row, or any of the forms of a word."""
    if term.is_one_word:
        return " | ".join(quoted(lexeme) for lexemes, _documents in known for lexeme in lexemes)
    row, distance = "", 1
    for lexemes, _documents in known:
        for lexeme in lexemes:
            row = f"{row} <{distance}> {quoted(lexeme)}" if row else quoted(lexeme)
            distance = 1
        if not lexemes:
            distance += 1
    return row


def quoted(lexeme):
    """Return a lexeme as PostgreSQL reads it within a query (its documentation, section 8.11.2)."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
