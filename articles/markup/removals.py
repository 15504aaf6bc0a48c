"""What cleaning takes from a text that its editor would miss, counted and said in one sentence.

Noise is not worth a word: Word's classes, empty spans, fonts and sizes, pixels that only count readers.
"""

# ruff: noqa: SIM905 (lists of names read best as words)

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.translation import gettext, ngettext

from articles.html_tree import DROPPED, HEADINGS, Element, read
from articles.markup.cleaning import embeds
from articles.markup.phrases import is_blank, text_of
from articles.markup.vocabulary import address

LOOKED_AT = 1_000_000  # characters
NAMED = 3  # hosts of embedded pages
_KINDS = {
    **dict.fromkeys(("iframe", "frame", "embed", "object", "applet"), "pages"),
    **dict.fromkeys(("img", "svg", "canvas"), "pictures"),
    **dict.fromkeys(("video", "audio"), "recordings"),
    **dict.fromkeys(("input", "select", "textarea", "button"), "fields"),
    "script": "scripts",
    "form": "forms",
    "math": "formulas",
}
_INVISIBLE = DROPPED & frozenset({"head", "title", "template", "noscript", "noframes", "noembed", "style"})
_PIXEL = frozenset({"0", "1", "0px", "1px"})
_STYLE = re.compile(r"(?:^|;)\s*(color|background(?:-color)?|text-decoration(?:-line)?)\s*:\s*([^;]*)", re.I)
_COLOUR = re.compile(r"#([0-9a-f]{3,8})\b|rgba?\(([^)]*)\)|([a-z]+)", re.I)
_NO_COLOURS = frozenset(
    "auto windowtext black white transparent inherit initial unset revert currentcolor none gray grey "
    "silver dimgray dimgrey".split()
)
_DARK, _GREY = (
    96,
    24,
)  # of 255: the brightest part of what is as good as black, how far apart those of grey are


@dataclass
class Removed:
    """How many things of each kind are gone; whether words that stood in them are gone as well."""

    counts: Counter[str] = field(default_factory=Counter)
    hosts: list[str] = field(default_factory=list)
    words: bool = False

    def __bool__(self) -> bool:
        return bool(self.counts)

    @property
    def sentence(self) -> str:
        """What an editor is told, in the active language; empty where nothing is gone."""
        if not self:
            return ""
        counts = dict(self.counts)
        things = [_named(kind, counts[kind], self.hosts) for kind in _ORDER if kind in counts]
        sentences = [gettext("Taken out of the text: %(things)s.") % {"things": gettext(", ").join(things)}]
        if not self.words:
            sentences.append(gettext("The words are all there."))
        if "pictures" in counts:
            sentences.append(gettext("Pictures go in through the library."))
        return " ".join(sentences)


_ORDER = "pages scripts forms fields pictures recordings formulas links colours underlining".split()


def _named(kind: str, count: int, hosts: list[str]) -> str:
    words = {
        "pages": lambda: ngettext("%d embedded page", "%d embedded pages", count) % count,
        "scripts": lambda: ngettext("%d script", "%d scripts", count) % count,
        "forms": lambda: ngettext("%d form", "%d forms", count) % count,
        "fields": lambda: ngettext("%d form field", "%d form fields", count) % count,
        "pictures": lambda: ngettext("%d picture", "%d pictures", count) % count,
        "recordings": lambda: ngettext("%d recording", "%d recordings", count) % count,
        "formulas": lambda: ngettext("%d formula", "%d formulas", count) % count,
        "links": lambda: ngettext("the address of %d link", "the addresses of %d links", count) % count,
        "colours": lambda: gettext("colours"),
        "underlining": lambda: gettext("underlining"),
    }[kind]()
    if kind == "pages" and hosts:
        more = "…" if len(hosts) > NAMED else ""
        return f"{words} ({gettext(', ').join(hosts[:NAMED])}{more})"
    return words


def removed(source: str) -> Removed:
    """What `clean` takes from a text, as far as somebody would miss it; of an endless text its beginning."""
    found = Removed()
    root = read(embeds(source[:LOOKED_AT]), flatten=True, keep=DROPPED)
    _look(root.children, found)
    if "forms" in found.counts:
        del found.counts["fields"]
    return found


def _look(nodes: list, found: Removed, inside: frozenset[str] = frozenset()) -> bool:
    """Count what goes of some nodes; returns whether they hold words outside links."""
    words = False
    for node in nodes:
        if isinstance(node, str):
            words |= not is_blank(node)
        elif node.name not in _INVISIBLE:
            words |= _look_at(node, found, inside)
    return words


def _look_at(node: Element, found: Removed, inside: frozenset[str]) -> bool:
    if kind := _kind(node, inside):
        found.counts[kind] += 1
        if kind == "pages":
            _name_host(node, found)
    if any(name.startswith("on") and len(name) > 2 for name in node.attributes):
        found.counts["scripts"] += 1
    if node.name in DROPPED - {"form"}:
        found.words |= bool(text_of(node.children).strip())
        return False
    surroundings = {"a": "a", "figure": "figure", **dict.fromkeys(HEADINGS, "heading")}.get(node.name)
    if node.name == "figure" and "data-image" not in node.attributes:
        surroundings = None
    words = _look(node.children, found, inside | {surroundings} if surroundings else inside)
    if node.name == "form":
        found.words |= words
    if words and not inside & {"a", "heading"} and surroundings not in ("a", "heading"):
        _look_at_style(node, found)
    return words and node.name != "a"


def _kind(node: Element, inside: frozenset[str]) -> str | None:
    attributes = node.attributes
    if node.name == "a":
        href = attributes.get("href", "").strip()
        return "links" if href not in ("", "#") and address(href) is None else None
    if node.name == "img" and "figure" in inside:
        return None  # a picture of the library, as the editor shows it
    is_small = {attributes.get("width"), attributes.get("height")} & _PIXEL
    if node.name in ("img", "svg") and (is_small or attributes.get("aria-hidden") == "true"):
        return None
    if node.name == "input" and attributes.get("type", "").lower() == "hidden":
        return None
    if node.name == "script" and "json" in attributes.get("type", "").lower():
        return None
    return _KINDS.get(node.name)


def _name_host(node: Element, found: Removed) -> None:
    try:
        host = urlsplit(
            html.unescape(node.attributes.get("src") or node.attributes.get("data") or "")
        ).hostname
    except ValueError:
        return
    host = (host or "").removeprefix("www.")
    if host and host not in found.hosts:
        found.hosts.append(host)


def _look_at_style(node: Element, found: Removed) -> None:
    """Colours and lines that give words a meaning; those of links and headings are their look alone."""
    said = [(name.lower(), value) for name, value in _STYLE.findall(node.attributes.get("style", ""))]
    if node.name == "font":
        said.append(("color", node.attributes.get("color", "")))
    if node.name == "u" or any("underline" in value for name, value in said if name[0] == "t"):
        found.counts["underlining"] = 1
    if any(_is_colour(value) for name, value in said if name[0] != "t"):
        found.counts["colours"] = 1


def _is_colour(value: str) -> bool:
    match = _COLOUR.search(value)
    if not match:
        return False
    if match[3]:
        return match[3].lower() not in _NO_COLOURS and "(" not in value
    if digits := match[1]:
        wide = digits if len(digits) >= 6 else "".join(digit * 2 for digit in digits)
        levels = [int(wide[start : start + 2], 16) for start in (0, 2, 4)]
    else:
        levels = [int(level) for level in re.findall(r"\d{1,3}", match[2])[:3]]
    return bool(levels) and max(levels) >= _DARK and max(levels) - min(levels) > _GREY
