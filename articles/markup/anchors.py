"""The ids inside a text, to which links from elsewhere lead: the same after edits in other places."""

import difflib
import hashlib
import re
import unicodedata
from base64 import b32encode
from collections.abc import Sequence

# What the pages around a body use as ids or give to scripts.
_RESERVED = frozenset({"main", "toc", "notes", "updates", "rel", "book", "src", "corr", "correction", "q"})
_RESERVED |= {"signup", "signup-email", "signup-hint"}
_NUMBERED = re.compile(r"[fnr][0-9]+|note-[0-9]+(-head)?")
_MAX_ID = 80
_FIRST_WORDS = 6  # of a paragraph: who edits what follows them breaks no link
_ALIKE = 0.75  # from here on a heading counts as an edited one, as difflib measures
_COMPARED = 20  # headings, so that no text makes the comparison long


class Anchors:
    """Gives each heading and paragraph of one text an id that no other part of the page has."""

    def __init__(self, before: Sequence[dict] = ()):
        self.before = before
        self.taken: dict[str, int] = {}

    def of_headings(self, texts: Sequence[str]) -> list[str]:
        """The ids of all headings, in their order: what they had before, else made of their words."""
        kept = self._kept(texts)
        self.taken |= dict.fromkeys(kept.values(), 1)
        return [
            kept[number] if number in kept else self.unique(heading_id(text))
            for number, text in enumerate(texts)
        ]

    def of_paragraph(self, text: str) -> str | None:
        """An id made of a paragraph's first words, or None where it has no words."""
        words = _words(text)[:_FIRST_WORDS]
        if not words:
            return None
        digest = b32encode(hashlib.sha256(" ".join(words).encode()).digest())
        return self.unique(f"p{digest[:5].decode().lower()}")

    def unique(self, wanted: str) -> str:
        candidate = wanted
        while _is_reserved(candidate) or candidate in self.taken:
            self.taken[wanted] = self.taken.get(wanted, 1) + 1
            candidate = f"{wanted}-{self.taken[wanted]}"
        self.taken.setdefault(candidate, 1)
        return candidate

    def _kept(self, texts: Sequence[str]) -> dict[int, str]:
        """The ids that headings keep, by their number: those with the same words, then those much alike."""
        ids: dict[str, list[str]] = {}
        for heading in self.before:
            if not _is_reserved(heading["id"]):
                ids.setdefault(heading["text"], []).append(heading["id"])
        kept = {number: ids[text].pop(0) for number, text in enumerate(texts) if ids.get(text)}
        left = [(text, identifier) for text, rest in ids.items() for identifier in rest][:_COMPARED]
        new = [number for number in range(len(texts)) if number not in kept][:_COMPARED]
        for number in new:
            alike = [(_likeness(text, texts[number]), text, identifier) for text, identifier in left]
            likeness, *best = max(alike, default=(0, None, None))
            if likeness >= _ALIKE:
                left.remove(tuple(best))
                kept[number] = best[1]
        return kept


def _is_reserved(identifier: str) -> bool:
    return identifier in _RESERVED or _NUMBERED.fullmatch(identifier) is not None


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one[:200], other[:200], autojunk=False).ratio()


def heading_id(text: str) -> str:
    """An id for a heading: its letters and digits in any script, joined by hyphens, at most 80 characters."""
    identifier = "-".join(_words(text))
    if len(identifier) > _MAX_ID:
        identifier = identifier[: _MAX_ID + 1].rpartition("-")[0] or identifier[:_MAX_ID]
    return identifier or "section"


_VOWEL_SIGNS = re.compile("[\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")


def _words(text: str) -> list[str]:
    """The words in lower case without the optional vowel signs of Arabic and Hebrew.

    So a link survives their correction.
    """
    text = _VOWEL_SIGNS.sub("", unicodedata.normalize("NFKC", text).lower())
    text = text.replace("'", "").replace("’", "")
    return "".join(character if _is_letter(character) else " " for character in text).split()


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")
