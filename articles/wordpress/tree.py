"""A small tree of HTML for the import: tolerant reading, plain rewriting, writing."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

VOID = {"br", "hr", "img", "embed", "source", "track", "param", "wbr", "col"}
MAX_DEPTH = 60  # deeper tags are ignored, their text stays
# Parsers walk up all open tags at each new one: 100,000 open ones take them minutes.
MAX_OPEN = 200
OPENING = re.compile(r"<(/)?([a-z][a-z0-9]*)", re.I)
SELF_CLOSING = {"dd", "dt", "li", "p", "td", "th", "tr"}

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
DROPPED = {
    "button", "form", "math", "noscript", "script", "select", "style", "svg", "template", "textarea",
}  # fmt: skip
COMMON_ATTRIBUTES = {"class", "dir", "id", "lang", "style", "title", "data-note", "data-fn"}
ATTRIBUTES = {
    "*": COMMON_ATTRIBUTES,
    "a": {"href", "rel", "hreflang", "name"},
    "img": {"src", "alt", "data-src", "data-lazy-src", "data-id"},
    "iframe": {"src", "data-src"},
    "embed": {"src"},
    "object": {"data"},
    "param": {"name", "value"},
    "video": {"src"},
    "audio": {"src"},
    "source": {"src"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}


@dataclass
class Element:
    tag: str
    attributes: dict = field(default_factory=dict)
    children: list = field(default_factory=list)

    def copy(self, children):
        return Element(self.tag, dict(self.attributes), children)

    @property
    def words(self):
        """The text in it, white space folded."""
        return " ".join(text_of(self.children).split())

    def find(self, *tags):
        """Yield the elements in it that have one of the tags, in the order of the text."""
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags:
                    yield child
                yield from child.find(*tags)

    def classes(self):
        return self.attributes.get("class", "").split()


def parse(source):
    """Return the nodes of any HTML, however broken: strings and Elements."""
    settled = nh3.clean(
        source if _is_shallow(source) else re.sub(r"<(?!/?(?:p|br|li|h[1-6])\b)[^<>]*>?", " ", source),
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        link_rel=None,
        strip_comments=True,
        url_schemes={"http", "https", "mailto", "tel"},
    )
    reader = _Reader()
    reader.feed(settled)
    reader.close()
    return reader.root.children


def _is_shallow(source):
    """Whether no more tags than a person writes are open at a time."""
    depth = 0
    for closes, tag in OPENING.findall(source):
        tag = tag.lower()
        if tag not in VOID and tag not in SELF_CLOSING:
            depth = max(0, depth - 1) if closes else depth + 1
        if depth > MAX_OPEN:
            return False
    return True


class _Reader(HTMLParser):
    """Reads what nh3 wrote, so that every tag is closed and in its place."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self.open = [self.root]
        self.ignored = 0

    def handle_starttag(self, tag, attributes):
        if len(self.open) > MAX_DEPTH and tag not in VOID:
            self.ignored += 1
            return
        element = Element(tag, {name: value or "" for name, value in attributes})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if self.ignored:
            self.ignored -= 1
        elif len(self.open) > 1:
            self.open.pop()

    def handle_data(self, text):
        self.open[-1].children.append(text)


def write(nodes):
    """Return the nodes as HTML."""
    return "".join(_written(node) for node in nodes)


def _written(node):
    if isinstance(node, str):
        return html.escape(node, quote=False)
    attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in node.attributes.items())
    if node.tag in VOID:
        return f"<{node.tag}{attributes}>"
    return f"<{node.tag}{attributes}>{write(node.children)}</{node.tag}>"


def text_of(nodes):
    """Return the text of the nodes; a line break and the end of a block count as a space."""
    pieces = []
    for node in nodes:
        if isinstance(node, str):
            pieces.append(node)
        else:
            pieces.append(text_of(node.children))
            if node.tag not in INLINE or node.tag == "br":
                pieces.append(" ")
    return "".join(pieces)
