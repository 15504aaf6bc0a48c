"""The one shape of a body: blocks at the top, text in paragraphs, nothing empty, nothing twice.

Every rule leaves alone what it has made itself, so that cleaning a clean text changes nothing.
"""

# ruff: noqa: SIM905 (lists of names read best as words)

import re
from collections.abc import Iterable
from itertools import groupby

from articles.html_tree import Element, Node
from articles.markup.phrases import WRAPPERS, inline, is_blank, is_block, is_seen
from articles.markup.vocabulary import attribute

_RENAMED = {
    **{"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "strike": "s", "acronym": "abbr"},
    **{"tt": "code", "kbd": "code", "samp": "code"},
}
_ENCLOSING = frozenset("a strong em del ins span".split())
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
        value = attribute("p" if name in WRAPPERS else name, key, element.attributes[key])
        if value is not None:
            attributes[key] = value
    return Element(name, attributes, children)


def _has_block(node: Node) -> bool:
    return isinstance(node, Element) and (is_block(node) or any(map(_has_block, node.children)))


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
        if not is_block(node):
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
            children.extend(_enclosing(node, around) if is_block(node) else node for node in group)
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
    children = inline(nodes, verbatim=name == "pre")
    return [Element(name, attributes, children)] if is_seen(children) else []


def _content(element: Element) -> list[Node]:
    """What an item or a cell holds: a phrase, or a flow of blocks."""
    if any(map(_has_block, element.children)):
        return list(_blocks(element.children))
    return inline(element.children)


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
            if is_seen(item.children):
                items.append(item)
        elif isinstance(child, Element) and child.name in ("ul", "ol") and items:
            # Word and Google Docs put the inner list beside the item that it belongs to.
            if not any(map(is_block, items[-1].children)):
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
            if is_seen(entry.children):
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
            elif _has_block(node) and not is_block(node):
                sort(node.children, rows)
            elif name != "colgroup":
                astray.append(node)

    sort(element.children, body)
    head, body = [[_row(row, astray) for row in rows] for rows in (head, body + foot)]
    head, body = [[row for row in rows if row.children] for rows in (head, body)]
    before = _blocks(astray)
    if not is_seen([*head, *body]):
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
