"""The text inside a block: inline elements that say something, and nothing else."""

# ruff: noqa: SIM905 (lists of names read best as words)

import re
from collections.abc import Iterable

from articles.html_tree import Element, Node
from articles.markup.vocabulary import BLOCKS, INLINE

_SPACE = re.compile(r"[ \t\n\f]+")
_NEVER_IN_ITSELF = frozenset("a strong em s code mark small del ins".split())
# Unknown elements that stand for a line of their own; other unknown ones are as if they were not there.
WRAPPERS = frozenset(
    "address article aside body center dialog dir div fieldset header hgroup html legend main menu nav "
    "search section tfoot".split()
)


def is_block(node: Node) -> bool:
    return isinstance(node, Element) and (node.name in BLOCKS or node.name in WRAPPERS)


def inline(nodes: Iterable[Node], verbatim: bool = False) -> list[Node]:
    """The inline content of a block; `verbatim` keeps its spaces and line breaks."""
    return _trimmed(_merged(_phrases(nodes, frozenset(), verbatim), verbatim), verbatim)


def _phrases(nodes: Iterable[Node], inside: frozenset[str], verbatim: bool) -> list[Node]:
    """Inline content only: what is not inline, or says nothing, gives way to what it holds."""
    phrases: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            phrases.append(node)
        elif node.name == "br":
            phrases.append(Element("br"))
        elif node.name == "sup" and "data-note" in node.attributes:
            phrases.append(Element("sup", node.attributes, ["*"]))
        elif is_block(node):
            gap = "\n" if verbatim else " "
            phrases.extend([gap, *_phrases(node.children, inside, verbatim), gap])
        else:
            phrases.extend(_phrase(node, inside, verbatim))
    return phrases


def _phrase(node: Element, inside: frozenset[str], verbatim: bool) -> list[Node]:
    name = node.name
    pointless = (
        name not in INLINE
        or (name in _NEVER_IN_ITSELF and name in inside)
        or (name == "a" and "href" not in node.attributes)
        or (name == "span" and not node.attributes)
    )
    children = _merged(_phrases(node.children, inside if pointless else inside | {name}, verbatim), verbatim)
    if pointless or not is_seen(children):
        return children
    if name == "a":
        # The number of a note is a link itself, and links cannot hold links: notes go after it.
        notes: list[Node] = []
        children = _merged(_without_notes(children, notes), verbatim)
        return (
            [Element(name, node.attributes, children), *notes] if is_seen(children) else [*children, *notes]
        )
    return [Element(name, node.attributes, children)]


def _without_notes(nodes: Iterable[Node], notes: list[Node]) -> list[Node]:
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            kept.append(node)
        elif "data-note" in node.attributes:
            notes.append(node)
        else:
            children = _without_notes(node.children, notes)
            if node.name == "br" or is_seen(children):
                kept.append(Element(node.name, node.attributes, children))
            else:
                kept.extend(children)
    return kept


def _merged(nodes: Iterable[Node], verbatim: bool) -> list[Node]:
    merged: list[Node] = []
    pieces: list[str] = []

    def end_text() -> None:
        text = "".join(pieces) if verbatim else _SPACE.sub(" ", "".join(pieces))
        if text:
            merged.append(text)
        pieces.clear()

    for node in nodes:
        if isinstance(node, str):
            pieces.append(node)
        else:
            end_text()
            merged.append(node)
    end_text()
    return merged


def _trimmed(nodes: list[Node], verbatim: bool) -> list[Node]:
    """Without spaces and line breaks at either end; in <pre> only without those that parsers drop."""
    space = "\n" if verbatim else " \t\n\f"

    def says_nothing(node: Node) -> bool:
        return not node.strip(space) if isinstance(node, str) else node.name == "br"

    first, last = 0, len(nodes)
    while first < last and says_nothing(nodes[first]):
        first += 1
    while first < last and says_nothing(nodes[last - 1]):
        last -= 1
    trimmed = nodes[first:last]
    if trimmed and isinstance(trimmed[0], str):
        trimmed[0] = trimmed[0].lstrip(space)
    if trimmed and isinstance(trimmed[-1], str):
        trimmed[-1] = trimmed[-1].rstrip(space)
    return trimmed


def is_seen(nodes: Iterable[Node]) -> bool:
    """Whether a reader would see anything of the nodes."""
    for node in nodes:
        if isinstance(node, str):
            if not is_blank(node):
                return True
        elif node.name in ("figure", "hr") or "data-note" in node.attributes or is_seen(node.children):
            return True
    return False


def text_of(nodes: Iterable[Node]) -> str:
    """The text inside, without markup, marks of footnotes, credits and labels of videos."""
    parts = []
    for node in nodes:
        if hasattr(node, "__html__"):
            continue
        if isinstance(node, str):
            parts.append(node)
        elif node.name == "br":
            parts.append("\n")
        elif "data-note" not in node.attributes and node.attributes.get("class") not in ("credit", "video"):
            parts.append(text_of(node.children))
    return "".join(parts)


_INVISIBLE = re.compile("[\\s\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")


def is_blank(text: str) -> bool:
    """Whether nothing of the text would be seen."""
    return not _INVISIBLE.sub("", text)
