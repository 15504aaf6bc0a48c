"""HTML text to a small tree and back. Knows no Django.

The reader is forgiving and linear, and it bounds the depth. Parsers that follow the HTML standard to the
letter can have the letter turned against them: its rule of reopening unclosed bold and italic elements in
every later paragraph lets 80 KB of markup fill gigabytes, and deep nesting costs quadratic time. What this
module writes is always balanced, so neither can happen to the sanitisers behind it.
"""

# ruff: noqa: SIM905 (lists of names read best as words)

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 60


class TooDeep(ValueError):
    """More than MAX_DEPTH elements are open at a time."""


@dataclass
class Element:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        """This element and those inside it, in the order of the text."""
        ahead = [self]
        while ahead:
            element = ahead.pop()
            yield element
            ahead += [child for child in reversed(element.children) if isinstance(child, Element)]

    def find(self, *names: str) -> Iterator["Element"]:
        """The elements inside this one that have one of the names, in the order of the text."""
        return (element for element in self.walk() if element is not self and element.name in names)

    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def copy(self, children: list["Node"]) -> "Element":
        """This element with other children."""
        return Element(self.name, dict(self.attributes), children)


Node = Element | str

VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track "
    "wbr".split()
)
# Dropped with everything inside. The first group holds raw text: its content is no markup and ends at the
# first end tag of the same name.
RAW = frozenset("script style textarea title xmp iframe noembed noframes noscript plaintext".split())
DROPPED = RAW | frozenset(
    "svg math template object applet form select button datalist audio video canvas map head".split()
)

# An open <p> ends where one of these begins.
ENDS_PARAGRAPH = frozenset(
    "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table "
    "ul".split()
)
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_CELLS = frozenset({"td", "th"})
_ROWS = frozenset({"tr"})
_GROUPS = frozenset({"thead", "tbody", "tfoot", "caption", "colgroup"})
_SCOPE = frozenset({"table", "td", "th", "caption"})

# A start tag closes these, but nothing beyond the elements named second.
_CLOSES = {
    "li": (frozenset({"li"}), _SCOPE | {"ul", "ol", "menu", "dir"}),
    "dt": (frozenset({"dt", "dd"}), _SCOPE | {"dl"}),
    "dd": (frozenset({"dt", "dd"}), _SCOPE | {"dl"}),
    "a": (frozenset({"a"}), _SCOPE),
    **{name: (_CELLS, frozenset({"table"})) for name in _CELLS},
    **{name: (_CELLS | _ROWS | {"caption"}, frozenset({"table"})) for name in _ROWS},
    **{name: (_CELLS | _ROWS | _GROUPS, frozenset({"table"})) for name in _GROUPS},
    **{name: (HEADINGS, _SCOPE | {"div", "li", "blockquote", "section", "article"}) for name in HEADINGS},
}

# Possessive throughout: no input makes these step back.
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>\x00]*+)"
    r"(?P<rest>(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)>"
)
_DECLARATION = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?/][^>]*+(?:>|\Z)", re.S)
_ATTRIBUTE = re.compile(
    r"(?<![^\s/\"'])(?P<name>[^\s/>=\"']++)\s*+(?:=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s>]++)))?+"
)

# Everything that XML 1.0 or the HTML standard forbids in text, but for the line break and the tab.
# Written as what is allowed, the usual first: a class is searched in its order, so this is ten times as fast.
_FORBIDDEN = re.compile(
    "[^ -~\n\r\t\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd"
    + "".join(f"{chr(plane << 16)}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17))
    + "]"
)
_LONG_NUMBER = re.compile(r"&#(?:0++[0-9]*+|[0-9]{8,}+|[xX]0++[0-9a-fA-F]*+|[xX][0-9a-fA-F]{7,}+);?")
_UNFINISHED_REFERENCE = re.compile(r"&(?!#|[a-zA-Z][a-zA-Z0-9]{0,40}+;)")


def plain(text: str) -> str:
    """The text without control characters and others that no page, feed or database should hold."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def read(
    source: str, *, bounded: bool = True, flatten: bool = False, keep: frozenset[str] = frozenset()
) -> Element:
    """The tree of an HTML fragment; raises TooDeep beyond MAX_DEPTH open elements.

    `flatten` ignores the tags beyond that depth instead and keeps their text; without `bounded` there is no
    limit. `keep` names elements that are read although others of their sort are dropped.
    """
    root = Element("")
    stack = [root]
    for kind, name, value in _tokens(plain(source), keep):
        if kind == "text":
            stack[-1].children.append(plain(_decode(value)))
        elif kind == "end":
            _close(stack, name)
        else:
            _close_implied(stack, name)
            is_deeper = bounded and len(stack) > MAX_DEPTH and name not in VOID
            if is_deeper and not flatten:
                raise TooDeep
            if is_deeper:
                continue
            element = Element(name, _attributes(value))
            stack[-1].children.append(element)
            if name not in VOID:
                stack.append(element)
    return root


def _tokens(source: str, keep: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """("text" | "start" | "end", name, text or attributes), without what is dropped with its content."""
    position, skipped, nested = 0, "", 0
    lowered, endless = None, {"plaintext"}
    while position < len(source):
        start = source.find("<", position)
        if start < 0:
            start = len(source)
        if start > position and not skipped:
            yield "text", "", source[position:start]
        if start == len(source):
            return
        following = source[start + 1 : start + 2]
        is_end = following == "/"
        letter = source[start + 2 : start + 3] if is_end else following
        if not (letter.isascii() and letter.isalpha()):
            declaration = _DECLARATION.match(source, start)
            position = declaration.end() if declaration else start + 1
            if not declaration and not skipped:
                yield "text", "", "<"
            continue
        tag = _TAG.match(source, start)
        if not tag:  # the tag never ends: what is left can only be text
            if not skipped:
                yield "text", "", source[start:]
            return
        position = tag.end()
        name = tag["name"].lower()
        if skipped:
            if name == skipped:
                nested += -1 if is_end else 1
                if nested == 0:
                    skipped = ""
        elif name in RAW:
            if is_end:
                continue
            if lowered is None:
                lowered = re.sub("[A-Z]+", lambda capitals: capitals[0].lower(), source)
            end = -1 if name in endless else lowered.find(f"</{name}", position)
            if name in keep:
                yield "start", name, tag["rest"]
                yield "end", name, ""
                if end < 0:
                    endless.add(name)
                    continue  # what follows an element that nobody closed is no part of it
            elif end < 0:
                return
            close = source.find(">", end)
            position = close + 1 if close >= 0 else len(source)
        elif name in DROPPED - keep:
            if not is_end and not (name in ("svg", "math") and tag["rest"].endswith("/")):
                skipped, nested = name, 1
        elif is_end:
            yield ("start", "br", "") if name == "br" else ("end", name, "")
        else:
            yield "start", name, tag["rest"]


def _close(stack: list[Element], name: str) -> None:
    """End the nearest open element of that name, unless a table cell or a block stands in between."""
    inline = name not in ENDS_PARAGRAPH and name not in _CELLS | _ROWS | _GROUPS | {"table"}
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].name == name:
            del stack[depth:]
            return
        barrier = stack[depth].name
        if barrier == "table" or (barrier in _SCOPE and name not in _ROWS | _GROUPS | {"table"}):
            return
        if inline and barrier in ENDS_PARAGRAPH - HEADINGS - {"p"}:
            return


def _close_implied(stack: list[Element], name: str) -> None:
    if name in ENDS_PARAGRAPH:
        _close_back_to(stack, frozenset({"p"}), _SCOPE)
    if name in _CLOSES:
        _close_back_to(stack, *_CLOSES[name])


def _close_back_to(stack: list[Element], names: frozenset, barriers: frozenset) -> None:
    furthest = 0
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].name in names:
            furthest = depth
        elif stack[depth].name in barriers:
            break
    if furthest:
        del stack[furthest:]


def _attributes(source: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        value = match["double"] or match["single"] or match["bare"] or ""
        # In an attribute "&copy=" is no reference (HTML, 13.2.5.72): addresses are full of these.
        value = plain(_decode(_UNFINISHED_REFERENCE.sub("&amp;", value)))
        attributes.setdefault(match["name"].lower(), value)
    return attributes


def _decode(text: str) -> str:
    return html.unescape(_LONG_NUMBER.sub(_short_number, text)) if "&" in text else text


def _short_number(match: re.Match) -> str:
    # int() refuses thousands of digits, and zeros in front are legal.
    hexadecimal = match[0][2] in "xX"
    digits = match[0][3:] if hexadecimal else match[0][2:]
    digits = digits.rstrip(";").lstrip("0") or "0"
    return f"&#{'x' if hexadecimal else ''}{digits};" if len(digits) <= 7 else "\ufffd"


def write(nodes: Iterable[Node]) -> str:
    """The nodes as HTML; text that has a method __html__ is HTML already, any other is escaped."""
    parts: list[str] = []
    _write(nodes, parts)
    return "".join(parts)


def _write(nodes: Iterable[Node], parts: list[str]) -> None:
    for node in nodes:
        if hasattr(node, "__html__"):
            parts.append(node)
        elif isinstance(node, str):
            parts.append(_escape(node))
        else:
            attributes = "".join(f' {name}="{_escape(value)}"' for name, value in node.attributes.items())
            parts.append(f"<{node.name}{attributes}>")
            if node.name not in VOID:
                _write(node.children, parts)
                parts.append(f"</{node.name}>")


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\xa0", "&nbsp;")
