"""What has to be known of a whole export before its first post can be written. Knows no Django."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from .reader import AuthorRecord, Item, Site, Term
from .text import plain

MAX_REUSABLE = 5_000_000  # characters of all reusable blocks together
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
    items: int = 0

    @property
    def base(self):
        """The old site's address without scheme and last slash: what tells its posts from another's."""
        address = self.site.base_blog_url or self.site.link or self.site.base_site_url
        return re.sub(r"\A\w+://", "", address).rstrip("/").lower()[:150]


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
        elif isinstance(record, Term) and record.description:
            found.descriptions[record.taxonomy, record.slug] = plain(record.description)
        elif isinstance(record, Item):
            found.items += 1
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


def host(address):
    """Return the host of an address, without www., or ""."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def file_of(address):
    """Return where a file of the old site lies in its uploads folder, such as "2020/01/map.jpg", or ""."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
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
