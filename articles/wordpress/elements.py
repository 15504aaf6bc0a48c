"""The elements that an old post may be made of, and how its HTML is read."""

import re

from articles.html_tree import read

WRAPPERS = {
    "address", "article", "aside", "body", "center", "dir", "div", "fieldset", "footer", "header", "hgroup",
    "legend", "main", "menu", "nav", "section",
}  # fmt: skip
BLOCKS = {
    "blockquote", "break", "details", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p",
    "pre", "table", "ul",
}  # fmt: skip
PARTS = {
    "caption", "dd", "dt", "figcaption", "li", "summary", "tbody", "td", "tfoot", "th", "thead", "tr",
}  # fmt: skip
INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "big", "br", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
    "wbr",
}  # fmt: skip
MEDIA = {
    "audio", "embed", "iframe", "img", "object", "param", "source", "video",
}  # fmt: skip
TAGS = WRAPPERS | (BLOCKS - {"break"}) | PARTS | INLINE | MEDIA
LINK = re.compile(r"(?:https?|mailto|tel):|[^:]*(?:[/?#]|\Z)", re.I)


def parse(source):
    """Return the nodes of any HTML, however broken: strings and Elements that are known here."""
    return _known(read(source, flatten=True, keep=frozenset(MEDIA)).children)


def _known(nodes):
    known = []
    for node in nodes:
        if isinstance(node, str):
            known.append(node)
            continue
        children = _known(node.children)
        if node.name in TAGS:
            node.attributes = {
                key: value
                for key, value in node.attributes.items()
                if key not in ("href", "src") or LINK.match(value.strip())
            }
            known.append(node.copy(children))
        else:
            known += children
    return known


def text_of(nodes):
    """Return the text of the nodes; a line break and the end of a block count as a space."""
    pieces = []
    for node in nodes:
        if isinstance(node, str):
            pieces.append(node)
        else:
            pieces.append(text_of(node.children))
            if node.name not in INLINE or node.name == "br":
                pieces.append(" ")
    return "".join(pieces)


def words_of(node):
    """Return the text in an element, white space folded."""
    return " ".join(text_of(node.children).split())
