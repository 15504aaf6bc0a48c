"""Reads a WordPress export (WXR) as a stream: one item in memory at a time, whatever the size of the file."""

import codecs
import re
import xml.parsers.expat
from collections import deque
from dataclasses import dataclass, field

CHUNK = 256 * 1024
MAX_TOKEN = 4 * 1024 * 1024  # bytes of one tag or comment, which expat has to hold whole
MAX_DEPTH = 30
MAX_ATTRIBUTES = 20
MAX_CHILDREN = 20_000  # of one item, comments aside
MAX_NAMES = 1000  # different names of elements, and of attributes, in one file
MAX_TEXT = 5_000_000  # characters of one item

# XML 1.0 knows no other control characters than tab, line feed and carriage return; expat refuses a
# file for one of them, and old exports are full of them.
CONTROL = bytes(set(range(32)) - {9, 10, 13})

WORDPRESS = re.compile(r"https?://wordpress\.org/export/1\.\d+/ ")
EXCERPT = re.compile(r"https?://wordpress\.org/export/1\.\d+/excerpt/ ")
PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/ ": "content:",
    "http://purl.org/dc/elements/1.1/ ": "dc:",
}

KEPT_META = {"_thumbnail_id", "_wp_attachment_image_alt", "_wp_attachment_metadata", "footnotes"}

FIELDS = {
    "title": "title",
    "link": "link",
    "guid": "guid",
    "pubDate": "pub_date",
    "dc:creator": "creator",
    "content:encoded": "content",
    "excerpt:encoded": "excerpt",
    "wp:post_id": "post_id",
    "wp:post_date": "date",
    "wp:post_date_gmt": "date_gmt",
    "wp:post_name": "slug",
    "wp:status": "status",
    "wp:post_parent": "parent",
    "wp:menu_order": "menu_order",
    "wp:post_type": "type",
    "wp:post_password": "password",
    "wp:attachment_url": "attachment_url",
}
SITE_FIELDS = {
    "title": "title",
    "link": "link",
    "description": "description",
    "language": "language",
    "wp:wxr_version": "version",
    "wp:base_site_url": "base_site_url",
    "wp:base_blog_url": "base_blog_url",
}
AUTHOR_FIELDS = {
    "wp:author_login": "login",
    "wp:author_email": "email",
    "wp:author_display_name": "display_name",
    "wp:author_first_name": "first_name",
    "wp:author_last_name": "last_name",
}
TERM_FIELDS = {
    "wp:category": {
        "wp:category_nicename": "slug",
        "wp:cat_name": "name",
        "wp:category_description": "description",
        "wp:category_parent": "parent",
    },
    "wp:tag": {"wp:tag_slug": "slug", "wp:tag_name": "name", "wp:tag_description": "description"},
}


NOT_WXR = (
    "The file is RSS but not a WordPress export: nothing in its head is WordPress's own. Export it in "
    "WordPress under Tools, Export."
)
BROKEN_OFF = {"no element found", "unclosed token", "unclosed CDATA section", "partial character"}


class WXRError(ValueError):
    """The file cannot be read; the message names the line and the reason."""


@dataclass
class Site:
    """What the export says of the site that it comes from."""

    title: str = ""
    link: str = ""
    description: str = ""
    language: str = ""
    version: str = ""
    base_site_url: str = ""
    base_blog_url: str = ""


@dataclass
class AuthorRecord:
    """A user of the old site who could write."""

    login: str = ""
    email: str = ""
    display_name: str = ""
    first_name: str = ""
    last_name: str = ""


@dataclass
class Term:
    """A category or a tag, as the old site defined it ("category", "post_tag")."""

    taxonomy: str
    slug: str = ""
    name: str = ""
    description: str = ""
    parent: str = ""


@dataclass
class Item:
    """A post, page, attachment or whatever else the old site kept as one; dates and numbers as written."""

    line: int
    title: str = ""
    link: str = ""
    guid: str = ""
    pub_date: str = ""
    creator: str = ""
    content: str = ""
    excerpt: str = ""
    post_id: str = ""
    date: str = ""
    date_gmt: str = ""
    slug: str = ""
    status: str = ""
    parent: str = ""
    menu_order: str = ""
    type: str = ""
    password: str = ""
    attachment_url: str = ""
    terms: list[Term] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    comments: int = 0


@dataclass
class Trouble:
    """Something that could not be read although the file goes on."""

    line: int
    title: str
    reason: str


def read(stream):
    """Yield the Site, then every AuthorRecord, Term, Item and Trouble of a binary stream (WXR 1.0 to 1.2).

    Raises WXRError where the file is no WXR, breaks off, declares a DTD or entities, or has a shape that
    no export has.
    """
    return _Parser().run(stream)


class _Parser:
    """Turns expat's events into records; what an item needs not is never kept."""

    def __init__(self):
        self.expat = xml.parsers.expat.ParserCreate("utf-8", " ")
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = self.end
        self.expat.CharacterDataHandler = self.data
        for declaration in ("StartDoctypeDecl", "EntityDecl", "UnparsedEntityDecl", "ExternalEntityRef"):
            setattr(self.expat, f"{declaration}Handler", self.refuse_declaration)
        self.ready = deque()
        self.failure = None
        self.first_line = 0
        self.names = {}
        self.attribute_names = set()
        self.path = []
        self.depth = 0
        self.site = Site()
        self.site_sent = False
        self.is_wxr = False
        self.damaged = 0
        self.clear()

    def clear(self):
        """Forget the record that has just ended."""
        self.record = self.oversized = self.text = self.attributes = self.meta_key = None
        self.size = self.children = 0

    # Feeding

    def run(self, stream):
        chunk = stream.read(CHUNK)
        if not chunk.strip(b"\xef\xbb\xbf \t\r\n"):
            raise WXRError("The file is empty.")
        decoder = codecs.getincrementaldecoder(_encoding(chunk))(errors="replace")
        text = decoder.decode(chunk.translate(None, CONTROL))
        # Themes and plugins print blank lines ahead of the declaration; XML forbids them, people export them.
        start = text.lstrip("\ufeff \t\r\n")
        self.first_line += text[: len(text) - len(start)].count("\n")
        if not start.startswith("<"):
            raise WXRError("Line 1: this is not an XML file. A WordPress export begins with “<?xml”.")
        text, fed = start, 0
        while True:
            fed += self.feed(text, final=not chunk)
            while self.ready:
                yield self.ready.popleft()
            if self.failure:
                raise self.failure
            if fed - self.expat.CurrentByteIndex > MAX_TOKEN:
                raise self.error("one tag or comment is larger than 4 MB.")
            if not chunk:
                break
            chunk = stream.read(CHUNK)
            text = decoder.decode(chunk.translate(None, CONTROL), final=not chunk)
        if not self.is_wxr:
            raise WXRError(NOT_WXR)
        if not self.site_sent:
            yield self.site
        if self.damaged:
            yield Trouble(
                0, "", f"{self.damaged} characters cannot be read in the file; they are shown as �."
            )

    def feed(self, text, final):
        """Parse a piece and return its size in bytes; what ends the reading is left in `failure`."""
        # Two characters that are legal in UTF-8 and illegal in XML.
        text = text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
        self.damaged += text.count("\ufffd")
        data = text.encode("utf-8", "replace")
        try:
            self.expat.Parse(data, final)
        except WXRError as error:
            self.failure = error
        except xml.parsers.expat.ExpatError as error:
            words = xml.parsers.expat.ErrorString(error.code)
            if final and words in BROKEN_OFF:
                self.failure = self.error("the file breaks off here. Copy or export it again.", error.lineno)
            else:
                self.failure = self.error(f"the XML is broken here ({words}).", error.lineno)
        return len(data)

    def error(self, reason, line=None):
        return WXRError(f"Line {self.first_line + (line or self.expat.CurrentLineNumber)}: {reason}")

    def refuse_declaration(self, *_):
        raise self.error("the file declares a document type or entities, which no WordPress export does.")

    # Elements

    def name(self, name):
        """Return the short name ("wp:status") of an expanded one; versions of the format differ in it."""
        if name not in self.names:
            # Expat keeps every name that it has seen, so that a flood of them would fill the memory.
            if len(name) > 300 or len(self.names) == MAX_NAMES:
                raise self.error("elements have more or longer names than any WordPress export.")
            short = WORDPRESS.sub("wp:", EXCERPT.sub("excerpt:", name))
            for namespace, prefix in PREFIXES.items():
                short = short.replace(namespace, prefix)
            self.names[name] = short
        return self.names[name]

    def start(self, name, attributes):
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"elements lie more than {MAX_DEPTH} deep, which no WordPress export has.")
        if attributes:
            self.attribute_names.update(attributes)
            if len(attributes) > MAX_ATTRIBUTES or len(self.attribute_names) > MAX_NAMES:
                raise self.error("elements have more attributes than any WordPress export.")
        name = self.name(name)
        self.path.append(name)
        if self.depth == 1 and name != "rss":
            raise self.error(f"the file begins with <{name[:40]}>; a WordPress export begins with <rss>.")
        self.is_wxr = self.is_wxr or name.startswith("wp:")
        if self.depth == 3 and self.path[1] == "channel":
            self.start_record(name)
        elif self.depth == 4 and self.record is not None:
            self.start_field(name, attributes)
        elif self.depth == 5 and self.path[3] == "wp:postmeta" and isinstance(self.record, Item):
            wanted = name == "wp:meta_key" or (name == "wp:meta_value" and self.meta_key in KEPT_META)
            self.text = [] if wanted else None

    def start_record(self, name):
        self.clear()
        self.started = self.first_line + self.expat.CurrentLineNumber
        if name == "item":
            self.send_site()
            self.record = Item(line=self.started)
        elif name == "wp:author":
            self.send_site()
            self.record = AuthorRecord()
        elif name in TERM_FIELDS:
            self.send_site()
            self.record = Term("category" if name == "wp:category" else "post_tag")
        elif name in SITE_FIELDS and not self.site_sent:
            self.text = []

    def start_field(self, name, attributes):
        if name == "wp:comment":
            self.record.comments += 1
            return
        self.children += 1
        if self.children > MAX_CHILDREN:
            self.oversized = f"it has more than {MAX_CHILDREN} fields"
        self.attributes, self.meta_key = attributes, None
        self.text = [] if self.wanted(name) else None

    def wanted(self, name):
        if isinstance(self.record, Item):
            return name in FIELDS or name == "category"
        if isinstance(self.record, AuthorRecord):
            return name in AUTHOR_FIELDS
        return name in TERM_FIELDS[self.path[2]]

    def data(self, text):
        if self.text is None:
            return
        self.size += len(text)
        if self.size > MAX_TEXT:
            self.oversized = f"it is longer than {MAX_TEXT // 1_000_000} million characters"
        if self.oversized:
            self.text = None
        else:
            self.text.append(text)

    def end(self, name):
        name = self.path.pop()
        self.depth -= 1
        if self.depth == 2 and self.path[1] == "channel":
            self.end_record(name)
        elif self.depth == 3 and self.record is not None:
            self.end_field(name)
            self.text = None
        elif self.depth == 4 and self.path[3] == "wp:postmeta" and isinstance(self.record, Item):
            self.end_meta(name)
            self.text = None

    def end_record(self, name):
        record = self.record
        if record is None:
            if self.text is not None:
                setattr(self.site, SITE_FIELDS[name], "".join(self.text).strip())
        elif self.oversized:
            title = getattr(record, "title", "")
            self.ready.append(Trouble(self.started, title, f"{self.oversized}, and was left out."))
        else:
            self.ready.append(record)
        self.clear()

    def end_field(self, name):
        if self.text is None or self.oversized:
            return
        value = "".join(self.text)
        record = self.record
        if isinstance(record, Term):
            setattr(record, TERM_FIELDS[self.path[2]][name], value.strip())
        elif isinstance(record, AuthorRecord):
            setattr(record, AUTHOR_FIELDS[name], value.strip())
        elif name == "category":
            taxonomy = self.attributes.get("domain", "category")
            record.terms.append(Term(taxonomy, self.attributes.get("nicename", ""), value.strip()))
        elif FIELDS[name] in ("content", "excerpt"):
            setattr(record, FIELDS[name], value)
        else:
            setattr(record, FIELDS[name], value.strip())

    def end_meta(self, name):
        if self.text is None or self.oversized:
            return
        if name == "wp:meta_key":
            self.meta_key = "".join(self.text).strip()
        elif name == "wp:meta_value" and self.meta_key in KEPT_META:
            self.record.meta[self.meta_key] = "".join(self.text)

    def send_site(self):
        """Send the Site ahead of the first record, when the export's head has been read."""
        if self.site_sent:
            return
        if not self.is_wxr:
            raise WXRError(NOT_WXR)
        self.site_sent = True
        self.ready.append(self.site)


def _encoding(head):
    """Return the encoding that the first bytes of the file declare; UTF-8 where they declare none."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise WXRError("Line 1: the file is in UTF-16. Save it as UTF-8 and try again.")
    declared = re.match(
        rb"""[\xef\xbb\xbf\s]*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""", head
    )
    name = declared[1].decode() if declared else "utf-8"
    try:
        if b"<rss".decode(name) == "<rss":
            return name
    except (LookupError, UnicodeError):
        pass
    raise WXRError(f"Line 1: the file says that it is in the encoding “{name}”, which cannot be read.")
