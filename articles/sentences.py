"""What is read aloud of an article, and where its sentences lie in the page.

The one definition: the server's voice, the browser's and the marks in the text all follow it. Of the body,
everything is read but figures, tables, notes and their marks, code and what is struck out. The script of the
page (static/listen.js) walks the same elements and is told only how long each sentence is. Knows no Django.
"""

# ruff: noqa: SIM905 (lists of names read best as words)

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from articles.html_tree import Element, read

LONGEST = 300  # characters; voices of browsers fall silent in what is much longer
SKIPPED = frozenset({"aside", "del", "figure", "form", "nav", "pre", "section", "table"})
# Text that stands in different ones of these is never one sentence.
BLOCKS = frozenset(
    {"blockquote", "dd", "details", "div", "dl", "dt", "footer", "h2", "h3", "h4", "li", "ol", "p"}
) | {"summary", "ul"}

_BLANK = re.compile("[ \t\n\r\f\xa0]*")
# Possessive, and begun only where no such mark stands before: linear whatever the text.
_END = re.compile(r"(?<![.!?…؟۔׃])[.!?…؟۔׃]++[\"'”’»›)\]״׳]*+\s++")
_OPENING = " \t\n\r\f\xa0\"'“‘«‹([¿¡"
_DOTTED = re.compile(r"(?:\w\.)+\w")
# Soft hyphens, joiners of words and marks of direction are for the eye.
_UNHEARD = re.compile("[\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_ABBREVIATIONS = frozenset(
    "adm approx brig capt cf cmdr col dept dr e.g gen gov hon i.e lt messrs mlle mme mr mrs ms mt prof rep "
    "rev sen sgt st supt viz vs".split()
)
_BEFORE_NUMBERS = frozenset(
    "apr art aug ca ch dec eq feb fig figs jan jul jun mar no nos nov oct p para paras pp sec sep sept "
    "vol vols".split()
)
_ENDS_LATE = frozenset({"a.m", "p.m"})
_CLAUSES = [re.compile(r"[;:؛–—]\s+"), re.compile(r"[,،]\s+"), re.compile(r"\s+")]


@dataclass(frozen=True)
class Spoken:
    """Sentences as they are read, and where they lie in the page.

    In `spans`, blocks of text are separated by commas and the lengths of their sentences by spaces, in UTF-16
    code units, as browsers count; a block with nothing to say has its length, negative.
    """

    sentences: list[str]
    spans: str

    def hash(self, language: str) -> str:
        """SHA-256 of exactly what is read, and in which language."""
        return hashlib.sha256("\n".join([language, *self.sentences]).encode()).hexdigest()


def spoken(title: str, standfirst: str, body_html: str) -> Spoken:
    """The sentences of a title, a standfirst and the body that readers get."""
    sentences: list[str] = []
    blocks: list[str] = []
    for pieces in ([title], [standfirst], *_runs(read(body_html, bounded=False))):
        text = "".join(pieces)
        if _BLANK.fullmatch(text):
            continue
        if not any(map(str.isalnum, text)):
            blocks.append(str(-_units(text)))
            continue
        parts = _join_silent([part for piece in pieces for part in split(piece)])
        sentences += [_as_heard(part) for part in parts]
        blocks.append(" ".join(str(_units(part)) for part in parts))
    return Spoken(sentences, ",".join(blocks))


def split(text: str) -> list[str]:
    """The sentences of a text, with the white space behind each: joined they are the text again."""
    parts, start = [], 0
    for match in _END.finditer(text):
        if match.end() < len(text) and _is_end(text, start, match):
            parts += _shorter(text[start : match.end()])
            start = match.end()
    return parts + _shorter(text[start:]) if start < len(text) else parts


def _is_end(text: str, start: int, match: re.Match) -> bool:
    after = text[match.end() : match.end() + 10].lstrip(_OPENING)[:1]
    if after.islower():
        return False
    if match[0].rstrip() != ".":
        return True
    before = text[max(start, match.start() - 20) : match.start()]
    word = (before.split() or [""])[-1].lstrip(_OPENING).lower()
    if word in _ENDS_LATE:
        return True
    if word in _BEFORE_NUMBERS:
        return not after.isdigit()
    if word in _ABBREVIATIONS or _DOTTED.fullmatch(word) or (len(word) == 1 and word.isalpha()):
        return False
    # The number of a point.
    return not (word.isdigit() and text[start : start + 20].lstrip().lower().startswith(f"{word}."))


def _shorter(sentence: str) -> list[str]:
    """A sentence in parts of at most LONGEST characters, cut at clauses, commas or words if it can be."""
    parts, at = [], 0
    while len(sentence) - at > LONGEST:
        cut = at + LONGEST
        for clause in _CLAUSES:
            ends = [match.end() for match in clause.finditer(sentence, at + LONGEST // 3, cut)]
            if ends:
                cut = ends[-1]
                break
        parts.append(sentence[at:cut])
        at = cut
    return [*parts, sentence[at:]] if at < len(sentence) else parts


def _join_silent(parts: list[str]) -> list[str]:
    """Join what has neither letter nor digit to the sentence before it, or else to the one behind."""
    joined: list[str] = []
    for part in parts:
        if joined and not (any(map(str.isalnum, part)) and any(map(str.isalnum, joined[-1]))):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _as_heard(text: str) -> str:
    return " ".join(_UNHEARD.sub("", text).split())


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _runs(root: Element) -> Iterator[list[str]]:
    """The text that stands together in one block, in the pieces between its line breaks."""
    block, pieces = root, [""]
    for owner, text in _texts(root, root):
        if owner is not block:
            yield pieces
            block, pieces = owner, [""]
        if text is None:
            pieces.append("")
        else:
            pieces[-1] += text
    yield pieces


def _texts(element: Element, block: Element) -> Iterator[tuple[Element, str | None]]:
    """Each text with the block that it stands in; None for a line break."""
    # The children that are still to come, with their block: the tree may be deep.
    ahead: list[tuple[object, Element]] = [(child, block) for child in reversed(element.children)]
    while ahead:
        node, block = ahead.pop()
        if isinstance(node, str):
            yield block, node
        elif node.name == "br":
            yield block, None
        elif not _is_skipped(node):
            inner = node if node.name in BLOCKS else block
            ahead += [(child, inner) for child in reversed(node.children)]


def _is_skipped(element: Element) -> bool:
    if element.name in SKIPPED or "hidden" in element.attributes:
        return True
    if element.attributes.get("aria-hidden") == "true":
        return True
    return element.name == "sup" and next(element.find("a", "button", "label"), None) is not None
