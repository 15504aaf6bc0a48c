"""Which of the known tags a text speaks of, by their names and other names."""

import re
import unicodedata
from collections import Counter

from .models import Tag, TagAlias

MAX_TEXT = 500_000  # characters
MAX_FOUND = 12
MAX_WORDS = 50  # in a name of at most 100 characters
END = ""  # no word is empty

_WORD = re.compile(r"[^\W_]+")
# Arabic and Hebrew write “and”, “in”, “to” and “the” as parts of the word that follows.
_ARABIC_ARTICLE = re.compile(r"(?:ال|لل)(?=\w{2})")
_ARABIC_PREFIX = re.compile(r"[وفبلك](?=\w{3})")
_HEBREW_PREFIX = re.compile(r"[ושהבכלמ](?=\w{3})")


def spot(text):
    """Return the names of up to 12 tags that occur in a text as whole words, the most frequent first.

    Capitals, accents and vowel signs make no difference. Reads at most 500,000 characters.
    """
    known = tree_of_names()
    spoken = [forms(word) for word in words(text[:MAX_TEXT])]
    counts = Counter()
    for place in range(len(spoken)):
        counts.update(beginning_at(place, spoken, known))
    return [
        tag for tag, _count in sorted(counts.items(), key=lambda found: (-found[1], found[0]))[:MAX_FOUND]
    ]


def tree_of_names():
    """Return the tags' names by their words, {word: {word: {END: tag}}}: thousands may begin alike."""
    names = [*Tag.objects.values_list("name", "name")]
    names += TagAlias.objects.exclude(name="").values_list("name", "tag__name")
    tree = {}
    for name, tag in names:
        branch = tree
        for word in words(name):
            branch = branch.setdefault(bare(word), {})
        if branch is not tree:
            branch[END] = tag
    return tree


def beginning_at(place, spoken, tree):
    """Return the tags whose names begin at a place of the text."""
    found, branches = set(), [tree]
    for variants in spoken[place : place + MAX_WORDS]:
        branches = [branch[word] for branch in branches for word in variants & branch.keys()]
        if not branches:
            break
        found |= {branch[END] for branch in branches if END in branch}
    return found


def words(text):
    """Return the words of a text, in small letters, without accents and vowel signs."""
    decomposed = unicodedata.normalize("NFKD", text.casefold()).replace("ـ", "")
    return _WORD.findall("".join(sign for sign in decomposed if not unicodedata.combining(sign)))


def bare(word):
    """Return a word of a tag's name without the Arabic article."""
    return word[2:] if _ARABIC_ARTICLE.match(word) else word


def forms(word):
    """Return a word of a text as it stands and without what Arabic and Hebrew may have put before it."""
    if word.isascii():
        return {word}
    found, rest = {word, bare(word)}, word
    for _prefix in range(2):
        for pattern in (_ARABIC_PREFIX, _HEBREW_PREFIX):
            if pattern.match(rest):
                rest = rest[1:]
                found |= {rest, bare(rest)}
                break
        else:
            break
    return found
