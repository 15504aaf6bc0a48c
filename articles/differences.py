"""What differs between two texts, in words: blocks are set side by side, and in each pair the words.

Knows no rows and no requests. The work is bounded, because difflib needs the cube of the length at worst:
beyond the bound a block counts as wholly replaced.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from articles.html_tree import Element, Node, read, write
from articles.markup.phrases import text_of

SAME, CHANGED, ADDED, REMOVED, FORM = "same", "changed", "added", "removed", "form"

# A word keeps its vowel signs and the invisible characters that stand in it; punctuation stands for itself.
_WORD = re.compile(
    r"[\w'’\u00ad\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+|\S"
)
_MOST_COMPARISONS = 3_000_000  # pairs of words or blocks on one page: about a second at worst
_MOST_PAIRINGS = 1_600  # of blocks where a passage was rewritten
_ALIKE = 0.3  # the share of common words from which on two blocks are versions of each other


@dataclass(frozen=True)
class Block:
    kind: str
    text: str
    form: str = ""  # the markup, to see that only the form has changed


@dataclass(frozen=True)
class Segment:
    text: str
    changed: bool = False


@dataclass(frozen=True)
class Row:
    """Two versions of a block beside each other; an empty side has no such block."""

    change: str
    old_kind: str
    new_kind: str
    old: list[Segment]
    new: list[Segment]


@dataclass
class Effort:
    """What is left of the work that one comparison may cost."""

    left: int = field(default=_MOST_COMPARISONS)

    def allows(self, old, new):
        cost = len(old) * len(new)
        if cost > self.left:
            return False
        self.left -= cost
        return True


# Blocks


def blocks(body: str) -> list[Block]:
    """The blocks of a cleaned body in their order; footnotes follow the block that calls them."""
    return list(_blocks(read(body, bounded=False).children, "p"))


_LEAVES = frozenset("p h2 h3 h4 pre dt summary footer caption figcaption tr hr".split())  # noqa: SIM905
_CONTAINERS = frozenset("ul ol li blockquote dl dd details figure table thead tbody".split())  # noqa: SIM905
_KIND_WITHIN = {"li": "li", "blockquote": "blockquote", "dd": "dd"}


def _blocks(nodes: list[Node], kind: str) -> Iterator[Block]:
    run: list[Node] = []
    for node in nodes:
        if not isinstance(node, Element) or node.name not in _LEAVES | _CONTAINERS:
            run.append(node)
            continue
        yield from _block(kind, run)
        run = []
        if node.name == "figure":
            yield _figure(node)
        if node.name in _LEAVES:
            yield from _block(kind if node.name == "p" else node.name, node.children, node)
        else:
            yield from _blocks(node.children, _KIND_WITHIN.get(node.name, kind))
    yield from _block(kind, run)


def _block(kind: str, nodes: list[Node], element: Element | None = None) -> Iterator[Block]:
    if kind == "tr":
        cells = [" ".join(text_of([cell]).split()) for cell in nodes if isinstance(cell, Element)]
        text = " | ".join(cells)
    elif kind == "pre":
        text = text_of(nodes)
    else:
        text = " ".join(text_of(nodes).split())
    if text or kind == "hr":
        yield Block(kind, text, write([element] if element else nodes))
    for node in nodes:
        if isinstance(node, Element):
            for inner in node.walk():
                if "data-note" in inner.attributes:
                    yield Block("note", inner.attributes["data-note"])


def _figure(figure: Element) -> Block:
    form = write([Element("figure", figure.attributes)])
    if "data-image" in figure.attributes:
        return Block("image", figure.attributes["data-image"], form)
    return Block(
        "video", " ".join(figure.attributes.get(f"data-{name}", "") for name in ("embed", "embed-id")), form
    )


def links(body: str) -> list[str]:
    """The addresses that a body links to, each once, in their order."""
    elements = read(body, bounded=False).walk()
    return list(
        dict.fromkeys(element.attributes["href"] for element in elements if "href" in element.attributes)
    )


# Words


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def count_changes(old: str, new: str) -> tuple[int, int]:
    """How many words were added and how many removed, wherever they stand; in linear time."""
    before, after = (Counter(filter(_is_word, words(text))) for text in (old, new))
    return (after - before).total(), (before - after).total()


def _is_word(token: str) -> bool:
    return any(map(str.isalnum, token))


def side_by_side(old: str, new: str, effort: Effort) -> tuple[list[Segment], list[Segment]]:
    """Both texts in segments, of which those that the other one lacks are marked as changed."""
    spans = [list(_WORD.finditer(text)) for text in (old, new)]
    tokens = [[match[0] for match in matches] for matches in spans]
    starts = [
        [*(match.start() for match in matches), len(text)]
        for matches, text in zip(spans, (old, new), strict=True)
    ]
    sides: tuple[list[Segment], list[Segment]] = ([], [])
    for tag, *ends in _opcodes(*tokens, effort):
        for side, text, start, first, last in zip(
            sides, (old, new), starts, (ends[0], ends[2]), (ends[1], ends[3]), strict=True
        ):
            if first < last:
                side.extend(_segments(text[start[first] : start[last]], tag != "equal"))
    return sides


def _segments(text: str, changed: bool) -> list[Segment]:
    """A run of words; the space after it belongs to it only where nothing has changed."""
    kept = text.rstrip()
    if not changed or kept == text:
        return [Segment(text, changed)]
    return [Segment(kept, changed=True), Segment(text[len(kept) :])]


def _opcodes(old: list, new: list, effort: Effort) -> Iterator[tuple]:
    """difflib's opcodes without its work on what both begin and end with."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    end, new_end = len(old) - tail, len(new) - tail
    if head:
        yield "equal", 0, head, 0, head
    if head < end or head < new_end:
        if effort.allows(old[head:end], new[head:new_end]):
            matcher = SequenceMatcher(None, old[head:end], new[head:new_end])
            for tag, *ends in matcher.get_opcodes():
                yield tag, *(position + head for position in ends)
        else:
            yield "replace", head, end, head, new_end
    if tail:
        yield "equal", end, len(old), new_end, len(new)


# Texts


def compare_blocks(old: list[Block], new: list[Block], effort: Effort) -> list[Row]:
    """Two texts block by block, in the order of the text."""
    rows = []
    for tag, first, last, new_first, new_last in _opcodes(
        [_key(block) for block in old], [_key(block) for block in new], effort
    ):
        if tag == "equal":
            pairs = zip(old[first:last], new[new_first:new_last], strict=True)
        else:
            pairs = _pairs(old[first:last], new[new_first:new_last])
        rows += [_row(before, after, effort) for before, after in pairs]
    return rows


def _key(block: Block) -> tuple[str, str]:
    # A picture or a note with the same words as a paragraph is no version of it.
    return (block.kind if block.kind in ("image", "video", "note", "hr") else "", block.text)


def _row(old: Block | None, new: Block | None, effort: Effort) -> Row:
    if old is None or new is None:
        block, change = (new, ADDED) if old is None else (old, REMOVED)
        whole = [Segment(block.text, changed=True)]
        return Row(change, block.kind, block.kind, [] if old is None else whole, whole if old is None else [])
    if old.text == new.text:
        change = SAME if (old.kind, old.form) == (new.kind, new.form) else FORM
        return Row(change, old.kind, new.kind, [Segment(old.text)], [Segment(new.text)])
    before, after = side_by_side(old.text, new.text, effort)
    # Only the spacing of a preformatted block may have changed.
    change = CHANGED if any(segment.changed for segment in [*before, *after]) else FORM
    return Row(change, old.kind, new.kind, before, after)


def _pairs(old: list[Block], new: list[Block]) -> list[tuple[Block | None, Block | None]]:
    """The blocks of a rewritten passage, each beside the one that it has become; orders are kept."""
    if not old or not new or len(old) * len(new) > _MOST_PAIRINGS:
        return [*((block, None) for block in old), *((None, block) for block in new)]
    likeness = [[_likeness(before, after) for after in new] for before in old]
    # best[i][j] is the greatest sum of likenesses for the blocks from old[i] and new[j] on.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] else 0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    pairs, i, j = [], 0, 0
    while i < len(old) or j < len(new):
        if (
            i < len(old)
            and j < len(new)
            and likeness[i][j]
            and best[i][j] == likeness[i][j] + best[i + 1][j + 1]
        ):
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif i < len(old) and (j == len(new) or best[i][j] == best[i + 1][j]):
            pairs.append((old[i], None))
            i += 1
        else:
            pairs.append((None, new[j]))
            j += 1
    return pairs


def _likeness(old: Block, new: Block) -> float:
    """The share of words that two blocks have in common, or 0 where they are no versions of each other."""
    if (old.kind in ("image", "video", "hr") or new.kind in ("image", "video", "hr")) or (
        "note" in (old.kind, new.kind) and old.kind != new.kind
    ):
        return 0
    if old.kind == new.kind and old.kind in ("title", "standfirst"):
        return 1
    before, after = Counter(words(old.text)), Counter(words(new.text))
    total = before.total() + after.total()
    share = 2 * (before & after).total() / total if total else 0
    return share if share >= _ALIKE else 0
