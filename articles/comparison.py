"""What differs between two snapshots of an article, in the words of an editor."""

from dataclasses import dataclass

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from articles.differences import SAME, Block, Effort, Row, blocks, compare_blocks, links
from articles.snapshots import FIELDS

from . import moments
from .models import Language

TEXTS = ["title", "standfirst", "body"]


@dataclass
class Side:
    """How the text of one side is set: its language and direction."""

    language: str
    direction: str


@dataclass
class FieldChange:
    label: str
    old: str
    new: str


@dataclass
class ListChange:
    label: str
    removed: list[str]
    added: list[str]
    reordered: bool


@dataclass
class Passage:
    """One row that differs, or a run of blocks that do not."""

    row: Row | None
    same: list[Row]
    label: str = ""


@dataclass
class Comparison:
    old: Side
    new: Side
    fields: list[FieldChange]
    passages: list[Passage]
    lists: list[ListChange]

    @property
    def differs(self):
        return bool(self.fields or self.lists or any(passage.row for passage in self.passages))


def compare(old, new):
    """Return what differs between two snapshots: words, fields, links, pictures, lists; `old` may be None."""
    old = old or EMPTY
    fields = [
        FieldChange(
            _label(name), _shown(name, old["fields"].get(name)), _shown(name, new["fields"].get(name))
        )
        for name in new["fields"]
        if name in FIELDS
        and name not in TEXTS
        and _differs(name, old["fields"].get(name), new["fields"].get(name))
    ]
    effort = Effort()
    rows = compare_blocks(_text_blocks(old), _text_blocks(new), effort)
    lists = [
        _list_change(gettext("Byline"), *([row["name"] for row in side["byline"]] for side in (old, new))),
        _list_change(gettext("Tags"), *([row["name"] for row in side["tags"]] for side in (old, new))),
        _list_change(
            gettext("Related links"),
            *([_related_name(row) for row in side["related"]] for side in (old, new)),
        ),
        _list_change(gettext("Drew on"), *_drew_on(old, new)),
        _list_change(
            gettext("Pictures in the text"),
            *([_picture_name(row) for row in side["images"]] for side in (old, new)),
        ),
        _list_change(
            gettext("Links in the text"),
            *(links(side["fields"]["body"]) for side in (old, new)),
            ordered=False,
        ),
    ]
    return Comparison(
        _side(old if old is not EMPTY else new),
        _side(new),
        fields,
        _passages(rows),
        [change for change in lists if change.removed or change.added or change.reordered],
    )


EMPTY = {
    "fields": dict.fromkeys(TEXTS, ""),
    "byline": [],
    "tags": [],
    "related": [],
    "drew_on": [],
    "images": [],
}


def _side(snapshot):
    language = Language(snapshot["fields"].get("language", Language.ENGLISH))
    return Side(language.value, language.direction)


def _label(name):
    label = str(FIELDS[name].verbose_name)
    return label[:1].upper() + label[1:]


def _differs(name, old, new):
    """Whether an editor reads a difference: the form that saves a moment has no fractions of its second."""
    if isinstance(FIELDS[name], models.DateTimeField):
        return _shown(name, old) != _shown(name, new)
    # A version from before a field was there says nothing of it.
    return ("" if old is None else old) != ("" if new is None else new)


def _drew_on(old, new):
    """Return the names of what each side drew on; a version from before that was kept says the same."""
    known = [side["drew_on"] for side in (old, new) if "drew_on" in side]
    sides = (side.get("drew_on", known[0] if known else []) for side in (old, new))
    return ([row["name"] for row in rows] for rows in sides)


def _shown(name, value):
    """Return the value of a field as an editor reads it; moments in the active time zone."""
    field = FIELDS[name]
    if value in (None, ""):
        return ""
    if isinstance(field, models.ForeignKey):
        return value["name"] or str(value["id"])
    if isinstance(field, models.DateTimeField):
        return moments.with_zone(parse_datetime(value))
    if isinstance(field, models.DateField):
        return date_format(parse_date(value), "DATE_FORMAT")
    return str(dict(field.flatchoices).get(value, value))


def _text_blocks(snapshot):
    fields = snapshot["fields"]
    names = {str(image["id"]): _picture_name(image) for image in snapshot["images"]}
    head = [Block(name, fields.get(name) or "") for name in ("title", "standfirst")]
    body = [
        Block(block.kind, names.get(block.text, block.text), block.form) if block.kind == "image" else block
        for block in blocks(fields["body"])
    ]
    return [*(block for block in head if block.text), *body]


def _picture_name(image):
    return image["name"] or gettext("Picture %(number)s") % {"number": image["id"]}


def _related_name(row):
    name = row["name"] if row["target"] else f"{row['title']} ({row['url']})"
    return f"{name}: {row['note']}" if row["note"] else name


def _list_change(label, old, new, ordered=True):
    removed, added = (
        [item for item in first if item not in second] for first, second in ((old, new), (new, old))
    )
    kept = [[item for item in side if item in other] for side, other in ((old, new), (new, old))]
    return ListChange(label, removed, added, ordered and kept[0] != kept[1])


def _passages(rows):
    passages = []
    for row in rows:
        if row.change != SAME:
            passages.append(Passage(row, [], kind_label(row)))
        elif passages and passages[-1].row is None:
            passages[-1].same.append(row)
        else:
            passages.append(Passage(None, [row]))
    return passages


def kind_label(row):
    """Return what a block is, or what it was and has become."""
    old, new = (kinds().get(kind, kind) for kind in (row.old_kind, row.new_kind))
    return old if old == new else gettext("%(old)s, now %(new)s") % {"old": old, "new": new}


def kinds():
    """Return what the blocks of a text are called."""
    return {
        "title": gettext("Title"),
        "standfirst": gettext("Standfirst"),
        "p": gettext("Paragraph"),
        "h2": gettext("Heading"),
        "h3": gettext("Heading of the second level"),
        "h4": gettext("Heading of the third level"),
        "li": gettext("List item"),
        "blockquote": gettext("Quotation"),
        "footer": gettext("Source of a quotation"),
        "pre": gettext("Preformatted text"),
        "dt": pgettext("in a list of facts", "Term"),
        "dd": pgettext("in a list of facts", "Meaning"),
        "summary": gettext("Summary of a fold"),
        "caption": gettext("Caption of a table"),
        "figcaption": gettext("Caption"),
        "tr": gettext("Row of a table"),
        "hr": gettext("Line across"),
        "note": gettext("Footnote"),
        "image": gettext("Picture"),
        "video": gettext("Video"),
    }
