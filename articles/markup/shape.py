"""The one shape of a body: blocks at the top, text in paragraphs, nothing empty, nothing twice.

Every rule leaves alone what it has made itself, so that cleaning a clean text changes nothing.
"""

# ruff: noqa: SIM905 (lists of names read best as words)

import re
from collections.abc import Iterable
from itertools import groupby

from articles.markup.tree import Element, Node, is_blank
from articles.markup.vocabulary import BLOCKS, INLINE, attribute

_RENAMED = {
    **{"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "strike": "s", "acronym": "abbr"},
    **{"tt": "code", "kbd": "code", "samp": "code"},
}
_SPACE = re.compile(r"[ \t\n\f]+")
_NEVER_IN_ITSELF = frozenset("a strong em s code mark small del ins".split())
_ENCLOSING = frozenset("a strong em del ins span".split())
# Unknown elements that stand for a line of their own; other unknown ones are as if they were not there.
_WRAPPERS = frozenset(
    "address article aside body center dialog dir div fieldset header hgroup html legend main menu nav "
    "search section tfoot".split()
)
_EMBED_IDS = {
    "youtube": re.compile(r"(?!videoseries$|live_stream$)[A-Za-z0-9_-]{6,20}", re.ASCII),
    "vimeo": re.compile(r"[0-9]{5,20}", re.ASCII),
}


def shaped(root: Element) -> list[Element]:
    """The blocks of a body, made from whatever the reader found."""
    return _blocks(_known(root).children)


def _known(element: Element) -> Element:
    """A copy with our names for elements and only the attributes that may stay."""
    name = _RENAMED.get(element.name, element.name)
    children = [child if isinstance(child, str) else _known(child) for child in element.children]
    # Google Docs wraps all that it copies in a <b> that says in its style that it is not bold.
    if element.name == "b" and re.search(
        r"font-weight:\s*(?:normal|400)", element.attributes.get("style", "")
    ):
        name = "span"
    attributes = {}
    for key in sorted(element.attributes):
        # A block that will be unwrapped hands its direction on.
        value = attribute("p" if name in _WRAPPERS else name, key, element.attributes[key])
        if value is not None:
            attributes[key] = value
    return Element(name, attributes, children)


def _is_block(node: Node) -> bool:
    return isinstance(node, Element) and (node.name in BLOCKS or node.name in _WRAPPERS)


def _has_block(node: Node) -> bool:
    return isinstance(node, Element) and (_is_block(node) or any(map(_has_block, node.children)))


def _blocks(nodes: Iterable[Node], around: tuple[Element, ...] = ()) -> list[Element]:
    """A flow of blocks; text that stands loose among them becomes a paragraph.

    `around` are the inline elements that enclose the whole flow, a link for instance: each of its blocks
    takes them in.
    """
    blocks: list[Element] = []
    loose: list[Node] = []

    def end_paragraph() -> None:
        blocks.extend(_text_block("p", {}, _enclosed(loose, around)))
        loose.clear()

    for node in nodes:
        if not _has_block(node):
            loose.append(node)
            continue
        end_paragraph()
        if not _is_block(node):
            repeated = node.name not in _ENCLOSING or any(node.name == outer.name for outer in around)
            blocks.extend(_blocks(node.children, around if repeated else (*around, node)))
        elif around:
            blocks.extend(_block(_enclosing(node, around)))
        else:
            blocks.extend(_block(node))
    end_paragraph()
    return blocks


def _enclosed(nodes: list[Node], around: tuple[Element, ...]) -> list[Node]:
    nodes = list(nodes)
    for outer in reversed(around if nodes else ()):
        nodes = [Element(outer.name, outer.attributes, nodes)]
    return nodes


def _enclosing(block: Element, around: tuple[Element, ...]) -> Element:
    """The block with the inline elements around it moved to its innermost blocks."""
    children: list[Node] = []
    for inner, group in groupby(block.children, _has_block):
        if inner:
            children.extend(_enclosing(node, around) if _is_block(node) else node for node in group)
        else:
            children.extend(_enclosed(list(group), around))
    return Element(block.name, block.attributes, children)


def _block(element: Element) -> list[Element]:
    name = element.name
    if name in ("p", "h2", "h3", "h4", "pre") and not any(map(_has_block, element.children)):
        return _text_block(name, element.attributes, element.children)
    if name == "hr":
        return [Element("hr")]
    if name in _RULES:
        return _RULES[name](element)
    return _unwrapped(element)


def _unwrapped(element: Element) -> list[Element]:
    blocks = _blocks(element.children)
    for block in blocks:
        for key in ("dir", "lang"):
            if key in element.attributes and attribute(block.name, key, element.attributes[key]):
                block.attributes.setdefault(key, element.attributes[key])
        block.attributes = dict(sorted(block.attributes.items()))
    return blocks


def _text_block(name: str, attributes: dict[str, str], nodes: Iterable[Node]) -> list[Element]:
    children = _inline(nodes, verbatim=name == "pre")
    return [Element(name, attributes, children)] if _is_seen(children) else []


def _is_seen(nodes: Iterable[Node]) -> bool:
    for node in nodes:
        if isinstance(node, str):
            if not is_blank(node):
                return True
        elif node.name in ("figure", "hr") or "data-note" in node.attributes or _is_seen(node.children):
            return True
    return False


def _inline(nodes: Iterable[Node], verbatim: bool = False) -> list[Node]:
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
        elif _is_block(node):
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
    if pointless or not _is_seen(children):
        return children
    if name == "a":
        # The number of a note is a link itself, and links cannot hold links: notes go after it.
        notes: list[Node] = []
        children = _merged(_without_notes(children, notes), verbatim)
        return (
            [Element(name, node.attributes, children), *notes] if _is_seen(children) else [*children, *notes]
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
            if node.name == "br" or _is_seen(children):
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


def _content(element: Element) -> list[Node]:
    """What an item or a cell holds: a phrase, or a flow of blocks."""
    if any(map(_has_block, element.children)):
        return list(_blocks(element.children))
    return _inline(element.children)


def _quote(element: Element) -> list[Element]:
    children = list(element.children)
    while children and isinstance(children[-1], str) and is_blank(children[-1]):
        children.pop()
    footer: list[Element] = []
    if children and isinstance(children[-1], Element) and children[-1].name == "footer":
        last = children.pop()
        footer = _text_block("footer", last.attributes, last.children)
    blocks = _blocks(children)
    if not footer and len(blocks) > 1 and _is_attribution(blocks[-1]):
        last = blocks.pop()
        footer = _text_block("footer", last.attributes, last.children[0].children)
    if not blocks:
        blocks, footer = [Element("p", line.attributes, line.children) for line in footer], []
    return [Element("blockquote", element.attributes, [*blocks, *footer])] if blocks else []


def _is_attribution(block: Element) -> bool:
    return (
        block.name == "p"
        and len(block.children) == 1
        and isinstance(block.children[0], Element)
        and block.children[0].name == "cite"
    )


def _list(element: Element) -> list[Element]:
    items: list[Element] = []
    for child in element.children:
        if isinstance(child, Element) and child.name == "li":
            item = Element("li", child.attributes, _content(child))
            if _is_seen(item.children):
                items.append(item)
        elif isinstance(child, Element) and child.name in ("ul", "ol") and items:
            # Word and Google Docs put the inner list beside the item that it belongs to.
            if not any(map(_is_block, items[-1].children)):
                items[-1].children = list(_text_block("p", {}, items[-1].children))
            items[-1].children.extend(_list(child))
        else:
            loose = _blocks([child])
            if loose:
                items.append(Element("li", {}, list(loose)))
    return [Element(element.name, element.attributes, items)] if items else []


def _terms(element: Element) -> list[Element]:
    entries: list[Element] = []
    for child in _flattened(element.children, "div"):
        if isinstance(child, Element) and child.name == "dt":
            entries.extend(_text_block("dt", child.attributes, child.children))
        elif isinstance(child, Element) and child.name == "dd":
            entry = Element("dd", child.attributes, _content(child))
            if _is_seen(entry.children):
                entries.append(entry)
        else:
            loose = _blocks([child])
            if loose:
                entries.append(Element("dd", {}, list(loose)))
    # A list of terms begins with a term and ends with its meaning.
    if not entries or entries[0].name != "dt" or entries[-1].name != "dd":
        return _blocks(Element("p", entry.attributes, entry.children) for entry in entries)
    return [Element("dl", element.attributes, entries)]


def _flattened(nodes: Iterable[Node], name: str) -> list[Node]:
    flat: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and node.name == name:
            flat.extend(_flattened(node.children, name))
        else:
            flat.append(node)
    return flat


def _details(element: Element) -> list[Element]:
    summaries = [
        child for child in element.children if isinstance(child, Element) and child.name == "summary"
    ]
    summary = _text_block("summary", summaries[0].attributes, summaries[0].children) if summaries else []
    if not summary:
        return _unwrapped(element)
    rest = _blocks(child for child in element.children if child is not summaries[0])
    if not rest:
        return [Element("p", summary[0].attributes, summary[0].children)]
    return [Element("details", element.attributes, [*summary, *rest])]


def _figure(element: Element) -> list[Element]:
    kept = {key: element.attributes[key] for key in ("class", "data-image") if key in element.attributes}
    provider, video = element.attributes.get("data-embed"), element.attributes.get("data-embed-id")
    captions = [
        child for child in element.children if isinstance(child, Element) and child.name == "figcaption"
    ]
    caption = _text_block("figcaption", captions[0].attributes, captions[0].children) if captions else []
    rest = _blocks(child for child in element.children if not captions or child is not captions[0])
    if "data-image" in kept:
        return [Element("figure", kept, list(caption)), *rest]
    if provider and video and _EMBED_IDS[provider].fullmatch(video):
        return [Element("figure", {"data-embed": provider, "data-embed-id": video}, list(caption)), *rest]
    return _captioned(rest, caption)


def _captioned(blocks: list[Element], captions: list[Element]) -> list[Element]:
    """The content of a figure that is no picture: its caption goes to the one table or video in it."""
    if not captions:
        return blocks
    caption = captions[0]
    if len(blocks) == 1:
        names = {child.name for child in blocks[0].children if isinstance(child, Element)}
        if blocks[0].name == "table" and "caption" not in names:
            blocks[0].children.insert(0, Element("caption", caption.attributes, caption.children))
            return blocks
        if blocks[0].name == "figure" and "figcaption" not in names:
            blocks[0].children.append(caption)
            return blocks
    return [*blocks, Element("p", caption.attributes, caption.children)]


def _table(element: Element) -> list[Element]:
    """caption, thead, tbody; anything that is not in a cell goes before the table."""
    captions: list[Element] = []
    head: list[Element] = []
    body: list[Element] = []
    foot: list[Element] = []
    astray: list[Node] = []

    def sort(nodes: Iterable[Node], rows: list[Element]) -> None:
        open_row: Element | None = None
        for node in nodes:
            name = node.name if isinstance(node, Element) else ""
            if name in ("td", "th"):
                if open_row is None:
                    open_row = Element("tr")
                    rows.append(open_row)
                open_row.children.append(node)
                continue
            open_row = None
            if name == "tr":
                rows.append(node)
            elif name in ("thead", "tbody", "tfoot"):
                sort(node.children, {"thead": body or head, "tfoot": foot}.get(name, body))
            elif name == "caption" and not captions:
                captions.extend(_text_block("caption", node.attributes, node.children))
            elif _has_block(node) and not _is_block(node):
                sort(node.children, rows)
            elif name != "colgroup":
                astray.append(node)

    sort(element.children, body)
    head, body = [[_row(row, astray) for row in rows] for rows in (head, body + foot)]
    head, body = [[row for row in rows if row.children] for rows in (head, body)]
    before = _blocks(astray)
    if not _is_seen([*head, *body]):
        return [*before, *(Element("p", each.attributes, each.children) for each in captions)]
    groups = [Element(name, {}, rows) for name, rows in (("thead", head), ("tbody", body)) if rows]
    return [*before, Element("table", element.attributes, [*captions, *groups])]


def _row(row: Element, astray: list[Node]) -> Element:
    cells: list[Node] = []
    for node in row.children:
        if isinstance(node, Element) and node.name in ("td", "th"):
            cells.append(Element(node.name, node.attributes, _content(node)))
        else:
            astray.append(node)
    return Element("tr", row.attributes, cells)


_RULES = {
    "blockquote": _quote,
    "ul": _list,
    "ol": _list,
    "dl": _terms,
    "details": _details,
    "figure": _figure,
    "table": _table,
}
