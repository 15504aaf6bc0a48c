"""The text of a WordPress post as the body of an article: blocks, classic text, pictures and films."""

import html
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote, urlsplit

from articles.html_tree import Element, write

from .blocks import pieces as blocks_of
from .elements import parse, text_of, words_of
from .flow import BREAK, flow
from .shortcodes import expand

MAX_CONTENT = 1_000_000  # characters

SMILEYS = {"wp-smiley", "emoji"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ARTICLES = {"the", "a", "an"}


class TooLong(ValueError):
    """The text is over the limit of an import."""


@dataclass(frozen=True)
class Picture:
    """What is known of a picture: its number in the library (None: no file at hand), address and words."""

    image: int | None
    address: str = ""
    alt: str = ""
    caption: str = ""


@dataclass
class Context:
    """What the text needs to know of the rest of the export.

    `find(address, attachment, alt)` returns the Picture of an address or an attachment number, or None;
    `own_path(address)` returns the target of a link, without the host where that is the old site's own;
    `attached` are the attachments of this post, `reusable` the texts of reusable blocks by number,
    `notes` the JSON that WordPress keeps beside a text with footnotes.
    """

    find: Callable = lambda address, attachment, alt: None
    own_path: Callable = lambda address: address
    attached: Sequence[int] = ()
    reusable: Mapping[int, str] = field(default_factory=dict)
    notes: str = ""


@dataclass
class Converted:
    """A body in the editor's markup, still to be sanitised, and what could not come along."""

    html: str
    text: str
    left_out: Counter
    linked_pictures: int


def convert(content, title="", context=None):
    """Return the Converted text of a post; a first heading that repeats the title is left out.

    Raises TooLong for more than a million characters.
    """
    if len(content) > MAX_CONTENT:
        raise TooLong(f"its text has {len(content):,} characters; {MAX_CONTENT:,} are the limit")
    return _Conversion(context or Context()).run(content, title)


def plain(source):
    """Return HTML as one line of plain text: no tags, no shortcodes, entities decoded."""
    return " ".join(text_of(parse(expand(source[:MAX_CONTENT])[0])).split())


def script_language(text, otherwise):
    """Return "ar" or "he" where most letters of the text are Arabic or Hebrew, otherwise the other."""
    arabic = len(re.findall(r"[\u0620-\u064a\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufefc]", text))
    hebrew = len(re.findall(r"[\u05d0-\u05ea\ufb1d-\ufb4f]", text))
    if max(arabic, hebrew) * 2 <= sum(map(str.isalpha, text)):
        return otherwise
    return "ar" if arabic > hebrew else "he"


def film(address):
    """Return ("youtube" or "vimeo", the film's number) for the address of a film, or None."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("music.")
    if parts.scheme not in ("http", "https", ""):
        return None
    number = None
    if host == "youtu.be":
        number = re.fullmatch(r"/([\w-]{6,20})/?", parts.path, re.A)
    elif host in ("youtube.com", "youtube-nocookie.com"):
        number = re.fullmatch(r"/(?:embed|v|shorts|live)/([\w-]{6,20})/?", parts.path.split("&")[0], re.A)
        if parts.path == "/watch":
            number = re.search(r"(?:\A|&)v=([\w-]{6,20})(?=&|\Z)", parts.query, re.A)
        if number and number[1] == "videoseries":
            return None
    elif host in ("vimeo.com", "player.vimeo.com"):
        number = re.fullmatch(r"/(?:video/)?(\d{5,20})/?", parts.path)
        return ("vimeo", number[1]) if number else None
    return ("youtube", number[1]) if number else None


class _Conversion:
    def __init__(self, context):
        self.context = context
        self.left_out = Counter()
        self.linked_pictures = 0
        self.notes = _notes(context.notes)

    def run(self, content, title):
        content = content.replace("\r\n", "\n").replace("\r", "\n")
        for tag in ("script", "form", "svg"):
            if count := len(re.findall(rf"<{tag}\b", content, re.I)):
                self.left_out[f"<{tag}>"] += count
        blocks = []
        pieces, left_out = blocks_of(content, self.context.reusable)
        self.left_out.update(left_out)
        for piece, classic in pieces:
            text, left_out = expand(piece, self.context.attached)
            self.left_out.update(left_out)
            if classic:
                text = _films_on_lines_of_their_own(text)
            blocks += flow(self.rewritten(parse(text)), classic)
        blocks = [block for block in map(self.with_film, blocks) if block]
        if blocks and blocks[0].name in HEADINGS and repeats(words_of(blocks[0]), title):
            del blocks[0]
        return Converted(write(blocks), text_of(blocks), self.left_out, self.linked_pictures)

    # Elements

    def rewritten(self, nodes, link=None):
        """Return the nodes in the editor's markup: pictures, films, notes, headings, emphasis."""
        result = []
        for node in nodes:
            if isinstance(node, str):
                result.append(node)
            else:
                result += self.rewritten_element(node, link)
        return result

    def rewritten_element(self, node, link):
        tag = node.name
        if tag == "img":
            return self.picture(node, link)
        if tag in ("iframe", "embed", "object", "video", "audio"):
            return self.media(node)
        if tag == "figure":
            return self.figure(node)
        if tag == "a":
            return self.link(node)
        if tag == "sup" and (note := self.note(node)):
            return [note]
        if tag in ("param", "source"):
            return []
        if tag in ("ul", "ol") and any("gallery" in name for name in node.classes()):
            return [Element("div", {}, self.rewritten(item.children)) for item in node.find("li")]
        style = node.attributes.get("style", "").lower().replace(" ", "")
        background = re.search(r"background(?:-image)?:url\(['\"]?(https?://[^)'\"]+)", style)
        children = self.rewritten(node.children, link)
        if background and tag in ("div", "section"):
            # Lower case would break the address, so it is taken from the attribute as written.
            address = re.search(r"url\(\s*['\"]?(https?://[^)'\"\s]+)", node.attributes["style"], re.I)[1]
            children = [*self.picture(Element("img", {"src": address}), None, block=True), *children]
        kept = {key: value for key, value in node.attributes.items() if key in KEPT_ATTRIBUTES}
        if match := re.search(r"(?:\A|;)direction:(rtl|ltr)", style):
            kept.setdefault("dir", match[1])
        if tag in ("span", "font", "u", "big"):
            return _emphasised(style, kept, children)
        if tag in HEADINGS:
            return [Element("h2" if tag == "h1" else tag, kept, _without_bold(children))]
        if tag == "blockquote":
            children = _attributed(children)
        tag = {"tt": "code", "kbd": "code", "samp": "code", "acronym": "abbr", "cite": "cite"}.get(tag, tag)
        return [Element(tag, kept, children)]

    def link(self, node):
        target = self.context.own_path(node.attributes.get("href", "").strip())
        if "wp-block-file__button" in node.classes():
            return []
        children = self.rewritten(node.children, link=target or None)
        if not target:
            return children
        if all(isinstance(child, Element) and child.name in ("picture", "figure", "a") for child in children):
            # A picture that was a link says so itself.
            return children if children else []
        kept = {key: value for key, value in node.attributes.items() if key in ("rel", "hreflang")}
        return [Element("a", {"href": target, **kept}, children)]

    def picture(self, node, link, block=False):
        """Return a figure from the library or, where its file is not at hand, a link to its old address."""
        alt = " ".join(node.attributes.get("alt", "").split())
        if SMILEYS & set(node.classes()):
            return [alt]
        address = next(
            (
                node.attributes[key]
                for key in ("data-src", "data-lazy-src", "src")
                if node.attributes.get(key)
            ),
            "",
        )
        number = re.search(r"\bwp-image-(\d{1,18})\b", node.attributes.get("class", ""))
        number = number[1] if number else node.attributes.get("data-id", "")
        known = self.context.find(address, int(number) if number.isdecimal() else None, alt)
        address = address or (known.address if known else "")
        if known and known.image:
            figure = Element("figure" if block else "picture", {"data-image": str(known.image)})
            words = known.caption or known.alt or alt or "↗"
            if link and not _is_picture(link) and not _same_page(link, address):
                figure.children = [Element("figcaption", {}, [Element("a", {"href": link}, [words])])]
            return [figure]
        # The page that WordPress made for a picture is gone, the picture itself may not be.
        target = address if not link or _same_page(link, address) else link
        if not target or target.startswith("data:"):
            self.left_out["picture that is not in the export"] += 1
            return [alt] if alt else []
        self.linked_pictures += 1
        words = alt or (known and (known.alt or known.caption)) or _file_name(address or target)
        anchor = Element("a", {"href": target}, [words])
        return [Element("p", {}, [anchor])] if block else [anchor]

    def media(self, node):
        """Return a film as an embed and any other player as a link to what it played."""
        sources = [node, *node.find("embed", "source", "iframe", "param")]
        for source in sources:
            for key in ("data-src", "src", "data", "value"):
                address = source.attributes.get(key, "")
                address = f"https:{address}" if address.startswith("//") else address
                if found := film(address):
                    return [_embed(found)]
                if re.match(r"https?://", address):
                    if node.name not in ("video", "audio"):
                        self.left_out[f"player of {urlsplit(address).hostname}, left as a link"] += 1
                    name = _file_name(address) if node.name in ("video", "audio") else address
                    return [BREAK, Element("a", {"href": address}, [name]), BREAK]
        self.left_out[f"<{node.name}>"] += 1
        return self.rewritten([child for child in node.children if isinstance(child, str)])

    def figure(self, node):
        """Return what is in a figure, with its caption: a picture, film, table, quotation or gallery."""
        captions = [
            child for child in node.children if isinstance(child, Element) and child.name == "figcaption"
        ]
        inner = self.rewritten([child for child in node.children if child not in captions])
        caption = self.rewritten([grandchild for child in captions for grandchild in child.children])
        captions = [Element("p", {}, caption)] if text_of(caption).strip() else []
        if any(node is BREAK for node in inner):  # a figure in this one was spread out, or a player
            return [BREAK, *inner, BREAK, *captions]
        shown = list(islice(_elements(inner, "picture", "figure"), 2))
        tables = list(islice(_elements(inner, "table"), 2)) if captions else []
        found = film(text_of(inner).strip()) if not shown else None
        if found:
            return [_embed(found, caption)]
        if len(shown) == 1 and not text_of(inner).strip():
            figure = Element("figure", shown[0].attributes, shown[0].children)
            if captions:
                if links := [*shown[0].find("a")]:
                    caption = (
                        [Element("a", links[0].attributes, caption)] if not _has_link(caption) else caption
                    )
                figure.children = [Element("figcaption", {}, caption)]
            return [figure]
        if len(tables) == 1:
            tables[0].children.insert(0, Element("caption", {}, caption))
            captions = []
        inner = [Element("figure", n.attributes, n.children) if _is(n, "picture") else n for n in inner]
        return [BREAK, *inner, BREAK, *captions]

    def note(self, node):
        """Return the footnote at this place, or None."""
        words = node.attributes.get("data-note") or self.notes.get(node.attributes.get("data-fn", ""))
        return Element("sup", {"data-note": words}, ["*"]) if words else None

    def with_film(self, block):
        """Turn a paragraph that is nothing but an address into the film or the link that it meant."""
        if block.name != "p":
            return block
        address = words_of(block)
        if not re.fullmatch(r"https?://[^\s<>\"]+", address):
            return block
        if found := film(address):
            return _embed(found)
        target = self.context.own_path(address)
        return block if any(block.find("a")) else block.copy([Element("a", {"href": target}, [address])])


KEPT_ATTRIBUTES = {"dir", "lang", "title", "start", "colspan", "rowspan", "scope"}


def repeats(heading, title):
    """Whether a heading says nothing that the title does not: the same words, or most of them, in order."""
    heading, title = _comparable(heading), _comparable(title)
    if not heading or len(heading) * 2 < len(title):
        return False
    words = iter(title)
    return all(word in words for word in heading)


def _comparable(text):
    return [word for word in re.findall(r"\w+", text.casefold()) if word not in ARTICLES]


def _notes(source):
    """Return {number: words} from the JSON in which WordPress 6.3 and later keep footnotes."""
    try:
        rows = json.loads(source) if source.strip() else []
    except ValueError:
        return {}
    if not isinstance(rows, list):
        return {}
    rows = [row for row in rows if isinstance(row, dict)]
    return {str(row.get("id", "")): plain(str(row.get("content", ""))) for row in rows}


def _films_on_lines_of_their_own(text):
    lines = text.split("\n")
    return "\n".join(f"\n{line.strip()}\n" if "://" in line and film(line) else line for line in lines)


def _embed(found, caption=()):
    host, number = found
    children = [Element("figcaption", {}, list(caption))] if text_of(caption).strip() else []
    return Element("figure", {"data-embed": host, "data-embed-id": number}, children)


def _emphasised(style, kept, children):
    """Return what a styled span meant: bold, italic, another language, or nothing."""
    if re.search(r"font-weight:(?:bold|[6-9]00)", style):
        children = [Element("strong", {}, children)]
    if "font-style:italic" in style:
        children = [Element("em", {}, children)]
    kept = {key: value for key, value in kept.items() if key in ("dir", "lang")}
    return [Element("span", kept, children)] if kept else children


def _without_bold(children):
    """A heading that is bold throughout says it twice."""
    only = [child for child in children if not isinstance(child, str) or child.strip()]
    if len(only) == 1 and _is(only[0], "strong", "b"):
        return _without_bold(only[0].children)
    return children


def _attributed(children):
    """Put who said it into the quotation's footer."""
    if children and _is(children[-1], "cite"):
        return [*children[:-1], Element("footer", {}, children[-1].children)]
    last = next((child for child in reversed(children) if not isinstance(child, str) or child.strip()), None)
    if _is(last, "cite"):
        return [*children[: children.index(last)], Element("footer", {}, last.children)]
    return children


def _elements(nodes, *names):
    """Yield the elements among the nodes and inside them that have one of the names."""
    for node in nodes:
        if isinstance(node, Element):
            yield from (element for element in node.walk() if element.name in names)


def _has_link(nodes):
    return any(_elements(nodes, "a"))


def _is(node, *tags):
    return isinstance(node, Element) and node.name in tags


def _is_picture(address):
    return bool(re.search(r"\.(?:jpe?g|png|gif|webp|avif|svg)\Z", urlsplit(address).path, re.I))


def _same_page(link, address):
    """Whether a link leads to the page that WordPress made for the picture itself."""
    stem = re.sub(r"(?:-\d+x\d+)?\.\w+\Z", "", _file_name(address)).casefold()
    return bool(stem) and urlsplit(link).path.rstrip("/").rsplit("/", 1)[-1].casefold() == stem


def _file_name(address):
    try:
        return html.unescape(unquote(urlsplit(address).path.rsplit("/", 1)[-1])) or address
    except ValueError:
        return address
