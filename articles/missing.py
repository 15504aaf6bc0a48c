"""What somebody may have been looking for at an address where nothing is."""

import logging
import re
import time

from django.db import DatabaseError, transaction
from django.utils.translation import get_language

from .models import Article
from .search import words as search_words
from .search.matching import Matches

logger = logging.getLogger(__name__)
LIKELY = 5
LONGEST = 300  # characters of an address that anybody wrote or copied
MOST_WORDS = 8
TIMEOUT = "300ms"  # for one statement
# What a person's address is made of: words between hyphens, with a language or a section before them.
_ADDRESS = re.compile(r"(?:/[\w\-+ ’'.,]+){1,5}/?")
_ENDING = re.compile(r"\.html?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")


class Allowance:
    """So many a second, and no more than a second's worth at once, in this process."""

    def __init__(self, rate):
        self.rate = self.left = rate
        self.since = time.monotonic()

    def take(self):
        """Return whether there is one, and take it."""
        now = time.monotonic()
        self.left = min(self.rate, self.left + (now - self.since) * self.rate)
        self.since = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


# Whoever tries addresses by the thousand is told only that they are wrong.
allowance = Allowance(10)


def words_of(path):
    """Return the words of a missing address's last part, as a reader would type them; "" where it has none.

    `path` is percent-decoded. Only what looks like an address of ours, or of any publication, is read.
    """
    if len(path) > LONGEST or not _ADDRESS.fullmatch(path):
        return ""
    parts = [_ENDING.sub("", part) for part in path.split("/") if part]
    if any(part.startswith(".") or "." in part for part in parts):
        return ""
    return " ".join(_WORD.findall(parts[-1])[:MOST_WORDS])


def likely(words):
    """Return up to five articles of the active language that have the words of a missing address.

    An address that lost its end, or was never quite right, is tried without its last words too. Never an
    error: where the database gives up within its time there is none. None where too many ask just now.
    """
    if not words:
        return []
    if not allowance.take():
        return None
    terms = search_words.terms_of(words)
    try:
        with transaction.atomic():
            for count in sorted({len(terms), len(terms) - 1, (len(terms) + 1) // 2} - {0}, reverse=True):
                if found := best(terms[:count]):
                    return found
    except DatabaseError as error:
        logger.warning("Nothing is suggested for a missing address: %s", str(error).strip())
    return []


def best(terms):
    """Return the articles that have all of these words, best first."""
    read = search_words.read(terms, timeout=TIMEOUT)
    if not read.query:
        return []
    published = Article.objects.published().filter(language=get_language())
    keys = Matches(read, published).best(LIKELY)
    found = Article.objects.published().for_list().in_bulk(keys)
    return [found[key] for key in keys if key in found]
