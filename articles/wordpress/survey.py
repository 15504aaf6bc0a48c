"""What has to be known of a whole export before its first post can be written. Knows no Django."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from .reader import AuthorRecord, Item, Site, Term
from .text import plain

MAX_REUSABLE = 5_000_000  # characters of all reusable blocks together
MAX_NESTING = 10  # of categories
# Where WordPress lists what is in a category and so on, unless its owner chose another word.
ARCHIVES = {"category": "category", "post_tag": "tag", "author": "author"}
CREDIT = re.compile(r'"(?:credit|copyright)";s:\d+:"([^"]{1,200})"')
SIZE = re.compile(r"(?:-\d{1,5}x\d{1,5}|-scaled|-rotated)+(?=\.\w+\Z)")


class Attachment(NamedTuple):
    """A file of the old media library and the words that belong to it."""

    address: str
    title: str
    alt: str
    caption: str
    credit: str


@dataclass
class Survey:
    site: Site = field(default_factory=Site)
    authors: dict[str, AuthorRecord] = field(default_factory=dict)
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    attachments: dict[int, Attachment] = field(default_factory=dict)
    attached: dict[int, list[int]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)
    reusable: dict[int, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)  # of categories, by slug
    texts: set[str] = field(default_factory=set)  # paths and numbers of posts and pages
    items: int = 0

    @property
    def base(self):
        """The old site's address without scheme and last slash: what tells its posts from another's."""
        address = self.site.base_blog_url or self.site.link or self.site.base_site_url
        return re.sub(r"\A\w+://", "", address).rstrip("/").lower()[:150]

    @property
    def home(self):
        """The parts of the old site's address."""
        return _parts(self.site.base_blog_url or self.site.link)

    def own_path(self, address):
        """Return path, query and fragment of a link to the old site's posts, pages or lists of them.

        Any other address stays as it is: nothing here answers for it.
        """
        parts, top = _parts(address), self.home.path.rstrip("/")
        if not parts.netloc or parts.scheme not in ("http", "https", "") or _site(parts) != _site(self.home):
            return address
        path = re.sub(r"/{2,}", "/", parts.path)
        if path.rstrip("/") == top:
            number = re.match(r"(?:p|page_id)=(\d+)(?:&|\Z)", parts.query)
            is_known = number[1] in self.texts if number else not parts.query
            path = f"{top}/" if number else "/"
        else:
            is_known = plain_path(path) in self.texts or self.is_list(path)
        return urlunsplit(("", "", path, parts.query, parts.fragment)) if is_known else address

    def is_list(self, path):
        top = self.home.path.rstrip("/")
        return path.startswith(tuple(f"{top}/{word}/" for word in (*ARCHIVES.values(), "feed")))

    def archive_paths(self, taxonomy, slug):
        """Return where the old site listed what it had under a category, a tag or an author."""
        if taxonomy not in ARCHIVES or not slug:
            return []
        names = [slug]
        if taxonomy == "category":
            while (parent := self.parents.get(names[0])) and parent not in names and len(names) < MAX_NESTING:
                names.insert(0, parent)
        top = f"{self.home.path.rstrip('/')}/{ARCHIVES[taxonomy]}/"
        return list(dict.fromkeys([f"{top}{'/'.join(names)}/", f"{top}{slug}/"]))


def survey(records):
    """Return the Survey of an export; reads it to the end, so that a broken file is found out at once."""
    found = Survey()
    reusable = 0
    for record in records:
        if isinstance(record, Site):
            found.site = record
            found.hosts.add(host(record.base_blog_url or record.link))
        elif isinstance(record, AuthorRecord):
            found.authors[record.login] = record
        elif isinstance(record, Term):
            if record.description:
                found.descriptions[record.taxonomy, record.slug] = plain(record.description)
            if record.parent:
                found.parents[record.slug] = record.parent
        elif isinstance(record, Item):
            found.items += 1
            if record.type in ("post", "page"):
                found.texts |= {record.post_id, plain_path(record.link)} - {""}
            if record.type == "attachment" and record.post_id.isdecimal():
                _attach(found, record)
            elif record.type == "wp_block" and record.status == "publish" and record.post_id.isdecimal():
                reusable += len(record.content)
                if reusable <= MAX_REUSABLE:
                    found.reusable[int(record.post_id)] = record.content
    return found


def _attach(found, item):
    number, address = int(item.post_id), item.attachment_url or item.guid
    credit = CREDIT.search(item.meta.get("_wp_attachment_metadata", ""))
    found.attachments[number] = Attachment(
        address=address,
        title=plain(item.title),
        alt=plain(item.meta.get("_wp_attachment_image_alt", "")),
        caption=plain(item.excerpt),
        credit=plain(credit[1]) if credit else "",
    )
    found.numbers.setdefault(file_of(address), number)
    found.hosts.add(host(address))
    if item.parent.isdecimal() and item.parent != "0" and _shows_picture(address):
        found.attached.setdefault(int(item.parent), []).append(number)


def _parts(address):
    """Return the parts of an address, all of them empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def host(address):
    """Return the host of an address, without www., or ""."""
    return (_parts(address).hostname or "").removeprefix("www.")


def plain_path(address):
    """Return the path of an address, decoded and without its last slash, or ""."""
    return unquote(_parts(address).path).rstrip("/")


def _site(parts):
    return parts.netloc.lower().removeprefix("www.")


def file_of(address):
    """Return where a file of the old site lies in its uploads folder, such as "2020/01/map.jpg", or ""."""
    path = unquote(_parts(address).path)
    if "/wp-content/uploads/" in path:
        return path.split("/wp-content/uploads/", 1)[1]
    dated = re.search(r"(?:\A|/)(\d{4}/\d{2}/[^/]+)\Z", path)
    return dated[1] if dated else ""


def sizes_of(file):
    """Return the names under which a picture may lie there, the original first."""
    original = SIZE.sub("", file)
    stem, dot, extension = original.rpartition(".")
    return list(dict.fromkeys([original, f"{stem}-scaled{dot}{extension}", file]))


def _shows_picture(address):
    return bool(re.search(r"\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?)\Z", address.split("?")[0], re.I))
