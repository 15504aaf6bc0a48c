"""What readers get of a body: ids, numbered notes, pictures, accessible tables.

It takes a cleaned body, adds only what this module writes, and escapes every text on its way out.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from articles.html_tree import Element, Node, read, write
from articles.markup.anchors import Anchors
from articles.markup.phrases import is_blank, text_of
from articles.markup.tables import accessible

# Raised with each change of what this module writes, so that texts which are stored are derived again.
RENDERER = 1
# As the layout in site.css shows pictures.
SIZES = "(min-width: 64rem) 37.5rem, (min-width: 46rem) 40rem, 92vw"
WIDE_SIZES = (
    "(min-width: 84rem) 55.5rem, (min-width: 64rem) calc(92vw - 16.5rem), (min-width: 46rem) 40rem, 92vw"
)

_VIDEOS = {
    "youtube": (
        "https://www.youtube.com/watch?v={}",
        "https://www.youtube-nocookie.com/embed/{}?autoplay=1",
    ),
    "vimeo": ("https://vimeo.com/{}", "https://player.vimeo.com/video/{}?autoplay=1"),
}


class Picture(Protocol):
    """An image of the library, as a page shows it."""

    caption: str
    credit: str

    def html(self, sizes: str, lazy: bool) -> str: ...

    def larger(self, identifier: str) -> str: ...


@dataclass(frozen=True)
class Rendered:
    html: str
    text: str
    outline: list[dict]  # {"id", "text", "level"} of each h2 and h3
    words: int


def render(
    body: str, *, language: str, pictures: Mapping[int, Picture], before: Sequence[dict] = ()
) -> Rendered:
    """The HTML and the plain text of a cleaned body, with the few words of its own in `language`.

    `before` is the outline that the text had so far: headings that have hardly changed keep their ids.
    """
    page = _Page(read(body, bounded=False), pictures, Anchors(before))
    with translation.override(language):
        return page.rendered()


class _Page:
    def __init__(self, root: Element, pictures: Mapping[int, Picture], anchors: Anchors):
        self.root = root
        self.pictures = pictures
        self.anchors = anchors
        self.notes: list[str] = []
        self.enlarged = 0

    def rendered(self) -> Rendered:
        self.root.children = self._shown(self.root.children)
        outline = self._outline()
        self._anchor_paragraphs()
        text = "\n".join([*_lines(self.root.children), *self._find_notes()])
        for number, table in enumerate(list(self.root.find("table")), start=1):
            self._present(table, number)
        self._number_notes(self.root)
        _mark_end(self.root.children)
        nodes = list(self.root.children)
        if self.notes:
            nodes.append(self._notes_section())
        return Rendered(
            html=write(nodes),
            text=text,
            outline=outline,
            words=sum(any(map(str.isalnum, word)) for word in text.split()),
        )

    def _shown(self, nodes: list[Node]) -> list[Node]:
        """The nodes with figures filled in, links marked and single paragraphs taken out of items."""
        shown: list[Node] = []
        for node in nodes:
            if isinstance(node, str):
                shown.append(node)
            elif "data-image" in node.attributes:
                shown.extend(self._figure(node))
            elif "data-embed" in node.attributes:
                shown.append(self._embed(node))
            else:
                node.children = self._shown(node.children)
                if node.name in ("li", "dd", "td", "th"):
                    _unwrap_paragraph(node)
                if node.attributes.get("href", "").startswith(("http://", "https://")):
                    rel = {*node.attributes.get("rel", "").split(), "noopener"}
                    node.attributes["rel"] = " ".join(sorted(rel))
                shown.append(node)
        return shown

    def _figure(self, figure: Element) -> list[Element]:
        picture = self.pictures.get(int(figure.attributes["data-image"]))
        if picture is None:
            return []
        wide = figure.attributes.get("class") == "wide"
        image = mark_safe(picture.html(sizes=WIDE_SIZES if wide else SIZES, lazy=True))  # noqa: S308 (its contract)
        own = _caption(figure)
        caption: list[Node] = self._shown(own.children) if own else []
        if not caption and picture.caption:
            caption = [picture.caption]
        if picture.credit:
            caption += [*([" "] if caption else []), Element("span", {"class": "credit"}, [picture.credit])]
        captions = [Element("figcaption", own.attributes if own else {}, caption)] if caption else []
        larger = picture.larger(f"f{self.enlarged + 1}")
        self.enlarged += bool(larger)
        shown = [image, mark_safe(larger)] if larger else [image]  # noqa: S308 (its contract)
        return [Element("figure", {"class": "wide"} if wide else {}, [*shown, *captions])]

    def _embed(self, figure: Element) -> Element:
        provider, video = figure.attributes["data-embed"], figure.attributes["data-embed-id"]
        address, player = _VIDEOS[provider]
        label = {"youtube": _("Watch on YouTube"), "vimeo": _("Watch on Vimeo")}[provider]
        caption = _caption(figure)
        title = " ".join(text_of(caption.children).split()) if caption else ""
        link = Element(
            "a",
            {
                "class": "video",
                "href": address.format(video),
                "data-video": player.format(video),
                "data-title": title or label,
            },
            [Element("span", {}, [label])],
        )
        captions = (
            [Element("figcaption", caption.attributes, self._shown(caption.children))] if caption else []
        )
        return Element("figure", {"class": "wide"}, [link, *captions])

    def _outline(self) -> list[dict]:
        headings = list(self.root.find("h2", "h3", "h4"))
        level = 1
        for heading in headings:
            # Who listens to a page goes by its levels: none is left out (WCAG 2.2, technique G141).
            level = min(int(heading.name[1]), level + 1)
            heading.name = f"h{level}"
        texts = [" ".join(text_of(heading.children).split()) for heading in headings]
        outline = []
        for heading, text, identifier in zip(headings, texts, self.anchors.of_headings(texts), strict=True):
            heading.attributes = {"id": identifier, **heading.attributes}
            _link_to_itself(heading, identifier)
            if heading.name != "h4":
                outline.append({"id": identifier, "text": text, "level": int(heading.name[1])})
        return outline

    def _anchor_paragraphs(self) -> None:
        for paragraph in self.root.find("p"):
            if identifier := self.anchors.of_paragraph(text_of(paragraph.children)):
                paragraph.attributes = {"id": identifier, **paragraph.attributes}

    def _present(self, table: Element, number: int) -> None:
        """Turn the table, in its place, into a labelled region that a keyboard can scroll."""
        accessible(table)
        label = {"aria-label": _("Table %(number)d") % {"number": number}}
        caption = table.children[0]
        if isinstance(caption, Element) and caption.name == "caption":
            identifier = self.anchors.unique(f"table-{number}")
            caption.attributes = {"id": identifier, **caption.attributes}
            label = {"aria-labelledby": identifier}
        inner = Element("table", table.attributes, table.children)
        table.name = "section"
        table.attributes = {"class": "table", **label, "tabindex": "0"}
        table.children = [inner]

    def _find_notes(self) -> Iterator[str]:
        return (
            element.attributes["data-note"]
            for element in self.root.walk()
            if "data-note" in element.attributes
        )

    def _number_notes(self, root: Element) -> None:
        for element in root.walk():
            if "data-note" not in element.attributes:
                continue
            self.notes.append(element.attributes["data-note"])
            number = len(self.notes)
            label = _("Note %(number)d") % {"number": number}
            opener = {
                "id": f"r{number}",
                "type": "button",
                "popovertarget": f"n{number}",
                "aria-label": label,
            }
            element.attributes = {}
            element.children = [Element("button", opener, [str(number)])]

    def _notes_section(self) -> Element:
        items = []
        for number, note in enumerate(self.notes, start=1):
            label = _("Back to note %(number)d in the text") % {"number": number}
            back = Element("a", {"href": f"#r{number}", "aria-label": label}, ["↑"])
            # It stands in the list, and is shown beside its number for as long as it is open.
            items.append(Element("li", {"id": f"n{number}", "popover": ""}, [*linked(note), "\xa0", back]))
        heading = Element("h2", {"id": "notes"}, [_("Notes")])
        return Element(
            "section", {"class": "notes", "aria-labelledby": "notes"}, [heading, Element("ol", {}, items)]
        )


def _caption(figure: Element) -> Element | None:
    for child in figure.children:
        if isinstance(child, Element) and child.name == "figcaption":
            return child
    return None


def _unwrap_paragraph(item: Element) -> None:
    if len(item.children) == 1 and isinstance(item.children[0], Element) and item.children[0].name == "p":
        paragraph = item.children[0]
        item.attributes = {**item.attributes, **paragraph.attributes}
        item.children = paragraph.children


def _mark_end(blocks: list[Node]) -> None:
    """Mark the last paragraph, unless more of the text than figures and tables comes after it."""
    for block in reversed(blocks):
        if isinstance(block, Element) and block.name == "p":
            block.attributes = {"class": "end", **block.attributes}
            return
        if isinstance(block, Element) and block.name not in ("figure", "section"):
            return


def _link_to_itself(heading: Element, identifier: str) -> None:
    """Make the words of a heading, up to a link or a note in it, the link that leads to it."""
    words: list[Node] = []
    for child in heading.children:
        if isinstance(child, Element) and any(
            element.name == "a" or "data-note" in element.attributes for element in child.walk()
        ):
            break
        words.append(child)
    if not is_blank(text_of(words)):
        link = Element("a", {"href": f"#{identifier}"}, words)
        heading.children = [link, *heading.children[len(words) :]]


# What only the page of the text itself can do.
_NOTE_OPENER = re.compile(r'<button id="r\d+" type="button" popovertarget="(n\d+)"[^>]*>(\d+)</button>')
_LARGER = re.compile(r'<button class="zoom".*?</button></div>', re.S)


def elsewhere(html: str) -> str:
    """The HTML of a text as feeds may show it: the numbers of notes are links, pictures do not open."""
    html = _LARGER.sub("", html.replace(' popover=""', ""))
    return _NOTE_OPENER.sub(r'<a href="#\1">\2</a>', html)


_ADDRESS = re.compile(r"https?://[^\s<>\"'“”«»]+", re.IGNORECASE)


def linked(text: str) -> list[Node]:
    """Plain text with its web addresses as links, without the punctuation that follows them."""
    nodes: list[Node] = []
    position = 0
    for match in _ADDRESS.finditer(text):
        address = match[0]
        while address and (
            address[-1] in ".,;:!?…،؛؟*_" or (address[-1] in ")]" and not _is_balanced(address))
        ):
            address = address[:-1]
        if address.count("/") < 2 or not address.split("/", 3)[2]:
            continue
        nodes.append(text[position : match.start()])
        nodes.append(Element("a", {"href": address, "rel": "noopener"}, [address]))
        position = match.start() + len(address)
    nodes.append(text[position:])
    return [node for node in nodes if node]


def _is_balanced(address: str) -> bool:
    return address.count("(") >= address.count(")") and address.count("[") >= address.count("]")


def _lines(nodes: list[Node]) -> Iterator[str]:
    """The text block by block; the cells of a row share a line."""
    run: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and node.name in _LINE_BREAKING:
            yield from _line(run)
            run = []
            if node.name in _LEAVES:
                yield from _line(node.children)
            elif node.name == "tr":
                yield " ".join(line for cell in node.children for line in _lines([cell]))
            else:
                yield from _lines(node.children)
        else:
            run.append(node)
    yield from _line(run)


_LEAVES = frozenset({"p", "h2", "h3", "h4", "pre", "dt", "summary", "footer", "caption", "figcaption"})
_LINE_BREAKING = _LEAVES | frozenset(
    {
        *("ul", "ol", "li", "blockquote", "dl", "dd", "details", "hr", "figure"),
        *("table", "thead", "tbody", "tr", "td", "th"),
    }
)


def _line(nodes: list[Node]) -> Iterator[str]:
    line = " ".join(text_of(nodes).split())
    if not is_blank(line):
        yield line


def excerpt(text: str, length: int = 240) -> str:
    """The beginning of a plain text in at most `length` characters, cut between words."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    cut = text[:length]
    if " " in cut:
        cut = cut.rpartition(" ")[0]
    else:
        cut = cut[: length - 1]
        while cut and unicodedata.category(text[len(cut)]) in ("Mn", "Mc", "Me", "Cf"):
            cut = cut[:-1]
    return cut.rstrip(" ,;:.–—-،؛") + "…"
