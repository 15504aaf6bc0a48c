"""Tables that say which cells are headings and which columns hold numbers."""

import re
from collections.abc import Iterator

from articles.html_tree import Element
from articles.markup.phrases import is_blank, text_of

_NUMBER = re.compile(
    r"[(]?[+−–-]?\s?(?:[A-Z]{0,3}\s?[$€£¥₪])?\s?[+−–-]?\d[\d.,:٫٬'’\s–-]*\s?(?:%|‰|٪|[€₪])?[)]?"
)
_MISSING = frozenset({"", "-", "–", "—", "…", "n/a", "n.a."})
_MAX_COLUMNS = 100


def accessible(table: Element) -> None:
    """Give the table a head, its headings their scope and its columns of numbers class="num"."""
    groups = {child.name: child for child in table.children if isinstance(child, Element)}
    body = groups.get("tbody")
    if body and "thead" not in groups and _is_heading(body.children[0]):
        head = Element("thead", {}, [body.children.pop(0)])
        table.children.insert(table.children.index(body), head)
        groups["thead"] = head
        if not body.children:
            table.children.remove(body)
    for row in groups["thead"].children if "thead" in groups else ():
        for cell in row.children:
            if cell.name == "th":
                _describe(cell, "col")
    for row in body.children if body else ():
        if row.children[0].name == "th":
            _describe(row.children[0], "row")
    _mark_numbers(groups["thead"].children if "thead" in groups else [], body)


def _is_heading(row: Element) -> bool:
    named = [cell for cell in row.children if cell.children]
    return bool(named) and all(cell.name == "th" for cell in named)


def _describe(cell: Element, scope: str) -> None:
    if cell.children:
        cell.attributes.setdefault("scope", scope)
    else:  # an empty corner is no heading
        cell.name = "td"
        cell.attributes.pop("scope", None)


def _mark_numbers(head: list[Element], body: Element | None) -> None:
    numbers: dict[int, list[Element]] = {}
    other: set[int] = set()
    for column, cell in _placed(body.children if body else []):
        if cell.name == "th":
            continue
        text = " ".join(text_of(cell.children).split())
        if _NUMBER.fullmatch(text):
            numbers.setdefault(column, []).append(cell)
        elif text not in _MISSING and not is_blank(text):
            other.add(column)
    columns = numbers.keys() - other
    for column, cell in [*_placed(head), *_placed(body.children if body else [])]:
        if column in columns and not (cell.name == "th" and cell.attributes.get("scope") == "row"):
            cell.attributes["class"] = "num"


def _placed(rows: list[Element]) -> Iterator[tuple[int, Element]]:
    """Each cell of one column with the number of that column, cells from the rows above counted in."""
    occupied: dict[int, int] = {}  # column: rows still to come
    for row in rows:
        column = 0
        below = {column: rows - 1 for column, rows in occupied.items() if rows > 1}
        for cell in row.children:
            while column in occupied:
                column += 1
            width = int(cell.attributes.get("colspan", 1))
            if column + width > _MAX_COLUMNS:
                break
            if width == 1:
                yield column, cell
            height = int(cell.attributes.get("rowspan", 1))
            if height > 1:
                below.update(dict.fromkeys(range(column, column + width), height - 1))
            column += width
        occupied = below
