"""The HTML that readers get of a text, as Markdown: CommonMark with GitHub's tables and footnotes.

Knows no Django. It takes what the sanitiser and markup.rendering have written.
"""

# ruff: noqa: SIM905 (lists of names read best as words)

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

from articles.html_tree import Element, Node, plain, read

# What would begin markup inside a line. "!" and "]" mean nothing without a "[".
_MARKUP = re.compile(r"([\\`*_\[\]<>|~&$^])")
# What would begin a block at the start of a line.
_BEGINNING = re.compile(r"^(\s*)([#+=-]|\d{1,9}(?=[.)]))", re.M)
_SPACES = re.compile(r"[ \t\n]+")
_NOTE = re.compile(r"#n([0-9]+)")
_BLOCKS = frozenset(
    "p h2 h3 h4 ul ol li blockquote footer pre dl dt dd details summary figure figcaption table section "
    "div hr caption".split()
)
_MARKS = {"strong": "**", "em": "*", "cite": "*", "s": "~~", "del": "~~"}
_KEPT = frozenset({"sub", "sup"})


def markdown(html: str, absolute: Callable[[str], str]) -> str:
    """The text as Markdown; `absolute` makes an address of this site one for everywhere."""
    return _Writer(absolute).blocks(read(html, bounded=False).children)


def escaped(text: str) -> str:
    """Plain text as Markdown that shows it as it is, in one line."""
    return _at_beginning(_MARKUP.sub(r"\\\1", _SPACES.sub(" ", plain(text)).strip()))


def link(text: str, address: str) -> str:
    """A link, its text being plain."""
    return f"[{escaped(text)}]({target(address)})"


def target(address: str) -> str:
    """An address as it may stand in the brackets of a link."""
    return quote(address, safe="!#$%&'*+,/:;=?@~-._[]")


def _at_beginning(text: str) -> str:
    return _BEGINNING.sub(
        lambda match: f"{match[1]}{match[2]}\\" if match[2].isdigit() else f"{match[1]}\\{match[2]}", text
    )


class _Writer:
    def __init__(self, absolute: Callable[[str], str]):
        self.absolute = absolute

    def blocks(self, nodes: Iterable[Node]) -> str:
        """Blocks with an empty line between them; loose words become a paragraph."""
        parts: list[str] = []
        run: list[Node] = []
        for node in nodes:
            if isinstance(node, Element) and node.name in _BLOCKS:
                parts.append(self.paragraph(run))
                run = []
                parts.append(self.block(node))
            else:
                run.append(node)
        parts.append(self.paragraph(run))
        return "\n\n".join(part for part in parts if part)

    def paragraph(self, nodes: Iterable[Node]) -> str:
        return _at_beginning(self.inline(nodes).strip())

    def block(self, element: Element) -> str:
        name = element.name
        if name in ("h2", "h3", "h4"):
            heading = self.inline(unlinked(element)).replace("\\\n", " ").strip()
            return f"{'#' * int(name[1])} {heading}" if heading else ""
        if name == "hr":
            return "---"
        if name == "pre":
            return fenced(text_of(element.children))
        if name in ("ul", "ol"):
            return self.items(element)
        if name == "blockquote":
            return indented(self.blocks(element.children), "> ", "> ")
        if name == "footer":
            words = self.paragraph(element.children)
            return f"— {words}" if words and not words.startswith("—") else words
        if name == "table":
            return self.table(element)
        if name == "figure":
            return self.figure(element)
        if name == "dl":
            return self.definitions(element)
        if name == "summary":
            return emphasised(self.paragraph(element.children), "**")
        if name == "section" and "notes" in element.classes():
            return self.notes(element)
        if name in ("p", "figcaption", "dt", "caption"):
            return self.paragraph(element.children)
        return self.blocks(element.children)

    def items(self, element: Element) -> str:
        number = int(element.attributes.get("start", "1")) if element.name == "ol" else None
        lines = []
        for item in element.children:
            if not isinstance(item, Element):
                continue
            mark = "- " if number is None else f"{max(0, number)}. "
            lines.append(indented(self.blocks(item.children), mark, " " * len(mark)))
            number = None if number is None else number + 1
        is_loose = any("\n\n" in line and "\n\n" in line.strip() for line in lines)
        return ("\n\n" if is_loose else "\n").join(lines)

    def definitions(self, element: Element) -> str:
        lines = []
        for child in element.find("dt", "dd"):
            if child.name == "dt":
                lines.append(emphasised(self.paragraph(child.children), "**"))
            else:
                lines.append(indented(self.blocks(child.children), ": ", "  "))
        return "\n\n".join(line for line in lines if line)

    def figure(self, element: Element) -> str:
        captions = [child for child in element.children if is_element(child, "figcaption")]
        rest = [child for child in element.children if child not in captions]
        return "\n\n".join(part for part in [self.blocks(rest), *map(self.block, captions)] if part)

    def notes(self, element: Element) -> str:
        notes = []
        for number, item in enumerate(element.find("li"), start=1):
            # The last link leads back to the text; here the reader's program makes one.
            words = [child for child in item.children if not is_return(child)]
            notes.append(indented(self.blocks(words), f"[^{number}]: ", "    "))
        return "\n".join(notes)

    def table(self, element: Element) -> str:
        rows, spans = [], {}
        for row in element.find("tr"):
            cells: list[str] = []
            for cell in row.find("th", "td"):
                while spans.get(len(cells), 0):
                    spans[len(cells)] -= 1
                    cells.append("")
                width, height = (int(cell.attributes.get(side, "1")) for side in ("colspan", "rowspan"))
                words = self.blocks(cell.children).replace("\\\n", "<br>")
                cells.append(re.sub(r"\s*\n\s*", "<br>", words))
                for column in range(len(cells) - 1, len(cells) - 1 + width):
                    spans[column] = height - 1
                cells += [""] * (width - 1)
            while spans.get(len(cells), 0):
                spans[len(cells)] -= 1
                cells.append("")
            rows.append(cells)
        width = max(map(len, rows), default=0)
        if not width:
            return ""
        first = next(element.find("tr"))
        if not any(is_element(cell, "th") for cell in first.children):
            rows.insert(0, [])
        rows = [row + [""] * (width - len(row)) for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, f"|{' --- |' * width}")
        captions = [self.block(caption) for caption in element.find("caption")]
        return "\n\n".join([*filter(None, captions), "\n".join(lines)])

    def inline(self, nodes: Iterable[Node]) -> str:
        return "".join(map(self.phrase, nodes))

    def phrase(self, node: Node) -> str:
        if isinstance(node, str):
            return _MARKUP.sub(r"\\\1", _SPACES.sub(" ", plain(node).replace("\xa0", " ")))
        name = node.name
        if name == "br":
            return "\\\n"
        if name == "img":
            address = target(self.absolute(node.attributes.get("src", "")))
            return f"![{escaped(node.attributes.get('alt', ''))}]({address})"
        if name == "code":
            return coded(text_of(node.children))
        if name == "sup" and (note := note_of(node)):
            return f"[^{note}]"
        words = self.inline(node.children)
        if name == "a":
            address = target(self.absolute(node.attributes.get("href", "")))
            return around(words, lambda inner: f"[{inner}]({address})")
        if name in _MARKS:
            return emphasised(words, _MARKS[name])
        if name == "q":
            return f"“{words}”"
        if name in _KEPT:
            return f"<{name}>{words}</{name}>"
        return words


def unlinked(heading: Element) -> list[Node]:
    """The children of a heading, out of the link to itself that stands around them on the page."""
    own = f"#{heading.attributes.get('id')}"
    nodes: list[Node] = []
    for child in heading.children:
        is_own = isinstance(child, Element) and child.name == "a" and child.attributes.get("href") == own
        nodes += child.children if is_own else [child]
    return nodes


def is_element(node: Node, name: str) -> bool:
    return isinstance(node, Element) and node.name == name


def is_return(node: Node) -> bool:
    return is_element(node, "a") and node.attributes.get("href", "").startswith("#r")


def note_of(element: Element) -> str:
    """The number of the note that a mark in the text leads to, or nothing."""
    for child in element.children:
        if is_element(child, "a") and (match := _NOTE.fullmatch(child.attributes.get("href", ""))):
            return match[1]
    return ""


def text_of(nodes: Iterable[Node]) -> str:
    """The text alone, as it stands."""
    return "".join(
        node if isinstance(node, str) else "\n" if node.name == "br" else text_of(node.children)
        for node in nodes
    )


def emphasised(words: str, mark: str) -> str:
    return around(words, lambda inner: f"{mark}{inner}{mark}")


def around(words: str, mark: Callable[[str], str]) -> str:
    """Words with a mark around them, spaces at their ends left outside: inside it would be none."""
    inner = words.strip()
    if not inner:
        return words
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return f"{before}{mark(inner)}{after}"


def coded(text: str) -> str:
    """Code inside a line, between more backticks than it holds in a row."""
    text = _SPACES.sub(" ", text)
    ticks = "`" * (longest(text) + 1)
    gap = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{ticks}{gap}{text}{gap}{ticks}" if text else ""


def fenced(text: str) -> str:
    ticks = "`" * max(3, longest(text) + 1)
    return f"{ticks}\n{text.strip(chr(10))}\n{ticks}"


def longest(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def indented(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    rest = [f"{others}{line}".rstrip() for line in lines[1:]]
    return "\n".join([f"{first}{lines[0]}".rstrip(), *rest])
