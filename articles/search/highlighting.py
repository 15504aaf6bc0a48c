"""Hits are marked in the text as it was written, though they were found in a folded one."""

import functools
import re
from html import escape

from django.db import connection
from django.utils.safestring import mark_safe

from .folding import ARABIC, HEBREW, MARKS, fold
from .vectors import CONFIGURATION

READ = 20_000  # characters of a text in which hits are looked for
AROUND = 30  # words of a snippet
BEFORE = 8  # of them, before its first hit
SNIPPETS = 2
# With the marks over and between its letters, and the sign within a Hebrew acronym.
WORD = re.compile(f"(?:[^\\W_]+|{MARKS}+|(?<={HEBREW})[\"'״׳’”](?={HEBREW}))+")
ARABIC_WORD = re.compile(ARABIC)
_HITS = """
    SELECT word, ARRAY(
        SELECT lexeme FROM unnest(to_tsvector(%s::regconfig, folded)) WHERE lexeme = ANY(%s) ORDER BY lexeme
    ) FROM unnest(%s::text[], %s::text[]) AS words (word, folded)
"""
_AROUND_WORDS = re.compile(f"({WORD.pattern})")


class Passage:
    """A text and its words, taken apart once: a page of results has twenty thousand of them."""

    def __init__(self, text):
        # What stands before the first word, the word, what stands between, and so on to what ends the text.
        self.parts = _AROUND_WORDS.split(text)
        self.words = self.parts[1::2]

    def between(self, start, end):
        """Return the text from one word up to another, with what surrounds it at both ends of the whole."""
        begin = 2 * start + 1 if start else 0
        return "".join(self.parts[begin : 2 * end if end < len(self.words) else None])


def hits(passages, lexemes):
    """Return {word: lexemes} of the words of some passages that stand for one of the lexemes: one query."""
    words = {word for passage in passages for word in passage.words}
    # Only what shares some letters with a lexeme can be stemmed to it.
    if not lexemes:
        return {}
    beginnings = {lexeme[: 3 if len(lexeme) > 3 else 2] for lexeme in lexemes}
    # Stemming takes away the beginnings of Arabic words, too.
    akin = re.compile(
        "|".join(
            re.escape(part) if ARABIC_WORD.match(part) else rf"\b{re.escape(part)}" for part in beginnings
        )
    )
    candidates = {}
    for word in words:
        folded = word.lower() if word.isascii() else folded_word(word)
        if akin.search(folded):
            candidates[word] = folded
    if not candidates:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_HITS, [CONFIGURATION, [*lexemes], [*candidates], [*candidates.values()]])
        return {word: found for word, found in cursor if found}


@functools.lru_cache(maxsize=20_000)
def folded_word(word):
    return fold(word).lower()


def marked(text, hits):
    """Return text as HTML with its hits marked."""
    parts, last = [], 0
    for match in WORD.finditer(text):
        if match[0] in hits:
            parts += [escape(text[last : match.start()]), "<mark>", escape(match[0]), "</mark>"]
            last = match.end()
    return mark_safe("".join(parts) + escape(text[last:]))  # noqa: S308 escaped here


def snippet(passage, hits):
    """Return the parts of a text that have the most of the words as HTML, or its beginning where none has."""
    words = passage.words
    found = [(place, set(hits[word])) for place, word in enumerate(words) if word in hits]
    missing = {lexeme for _place, lexemes in found for lexeme in lexemes}
    starts = []
    while missing and len(starts) < SNIPPETS:
        start, has = fullest(found, missing)
        starts.append(max(start - BEFORE, 0))
        missing -= has
    parts, last = [], 0
    for start in sorted(starts) or [0]:
        start = max(start, last)
        if start >= len(words):
            break
        last = min(start + AROUND, len(words))
        parts.append(("… " if start else "") + marked(passage.between(start, last), hits))
    more = " …" if parts and last < len(words) else ""
    return mark_safe(" ".join(parts) + more)  # noqa: S308 marked() has escaped it


def fullest(found, missing):
    """Return the place of the hit from which on a snippet has most of what is missing, and what it has."""
    best, best_has = 0, set()
    for index, (place, _lexemes) in enumerate(found):
        has = set()
        for other, lexemes in found[index : index + AROUND]:
            if other >= place + AROUND - BEFORE:
                break
            has |= lexemes & missing
        if len(has) > len(best_has):
            best, best_has = place, has
            if has == missing:
                break
    return best, best_has
