"""What a body may hold: elements, attributes, values and addresses. Anything not named here is dropped."""

# ruff: noqa: SIM905 (lists of names read best as words)

import re
import unicodedata
from urllib.parse import parse_qs, quote, urlsplit

INLINE = frozenset("a strong em s sub sup code mark small abbr cite q span bdi del ins br".split())
BLOCKS = frozenset(
    "p hr h2 h3 h4 ul ol li blockquote footer pre dl dt dd details summary".split()
) | frozenset("figure figcaption table caption thead tbody tr th td".split())
TAGS = INLINE | BLOCKS

_DIRECTIONAL = (BLOCKS - {"hr", "thead", "tbody", "figure"}) | {"span"}
_ATTRIBUTES = {
    "a": ("href", "rel", "hreflang"),
    "abbr": ("title",),
    "ol": ("start",),
    "th": ("scope", "colspan", "rowspan"),
    "td": ("colspan", "rowspan"),
    "sup": ("data-note",),
    "figure": ("data-image", "data-embed", "data-embed-id", "class"),
}
ALLOWED = {
    tag: (("dir", "lang") if tag in _DIRECTIONAL else ()) + _ATTRIBUTES.get(tag, ())
    for tag in TAGS
    if tag in _DIRECTIONAL or tag in _ATTRIBUTES
}

_LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}"  # RFC 5646, the shape only
_VALUES = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "dir": r"rtl|ltr",
        "lang": _LANGUAGE,
        "hreflang": _LANGUAGE,
        "start": r"(?!1$)(?:0|-?[1-9][0-9]{0,5})",
        "scope": r"row|col|rowgroup|colgroup",
        "colspan": r"[2-9]|[1-9][0-9]{1,2}",
        "rowspan": r"[2-9]|[1-9][0-9]{1,2}",
        "class": r"wide",
        "data-image": r"[1-9][0-9]{0,17}",
        "data-embed": r"youtube|vimeo",
        "data-embed-id": r"[A-Za-z0-9_-]{5,20}",
    }.items()
}
_LOWER_CASE = frozenset({"dir", "scope", "class", "data-embed"})
_REL = frozenset("author external license me nofollow noopener noreferrer sponsored ugc".split())


def attribute(tag: str, name: str, value: str) -> str | None:
    """The value as it may be stored, or None where the attribute has to go; stable when applied again."""
    if name not in ALLOWED.get(tag, ()):
        return None
    if name == "href":
        return address(value)
    value = " ".join(value.split())
    if name in ("title", "data-note"):
        return value or None
    if name == "rel":
        return " ".join(sorted(_REL & set(value.lower().split()))) or None
    if name in _LOWER_CASE:
        value = value.lower()
    if name == "class" and "wide" in value.split():
        return "wide"
    return value if _VALUES[name].fullmatch(value) else None


MAX_ADDRESS = 2_000

# What each kind of link has to look like; nothing else is a link. A host is wanted after "//", because
# browsers read "https:evil.example" and "/\evil.example" as other sites.
_LINKS = re.compile(
    r"https?://[^/?#:@\[\]]+(?::[0-9]{1,5})?(?:[/?#].*)?"
    r"|mailto:(?=.)[^/?#:]*(?:\?.*)?"
    r"|tel:\+?[0-9A-Za-z().;=*-]+"
    r"|/(?!/).*"
    r"|\#.+",
    re.IGNORECASE | re.ASCII,
)
_UNSAFE = re.compile(r"[\s\"<>\\^`{|}]")


# Google Docs and Outlook send every link through their own sites, which say where it really leads.
_DETOURS = re.compile(
    r"https?://(?:www\.google\.com/url\?(?=.*\b(?:sa|usg)=)|[a-z0-9]+\.safelinks\.protection\.outlook\.com/)",
    re.IGNORECASE | re.ASCII,
)


def address(value: str) -> str | None:
    """A link's address in the one spelling that every parser reads alike, or None for any other kind."""
    found = _address(value)
    while found and _DETOURS.match(found):
        said = parse_qs(urlsplit(found).query, max_num_fields=50) if found.count("&") < 50 else {}
        straight = _address((said.get("q") or said.get("url") or [""])[0])
        if not straight or not straight.startswith("http") or len(straight) >= len(found):
            break
        found = straight
    return found


def _address(value: str) -> str | None:
    value = "".join(character for character in value if unicodedata.category(character) not in ("Cc", "Cf"))
    value = _UNSAFE.sub(lambda character: quote(character[0], safe=""), value.strip())
    if value.startswith("//"):
        value = f"https:{value}"
    elif value.lower().startswith("www."):
        value = f"https://{value}"
    scheme, colon, rest = value.partition(":")
    if colon and scheme.isascii() and scheme.isalpha():
        value = f"{scheme.lower()}:{rest}"
    if len(value) > MAX_ADDRESS or not _LINKS.fullmatch(value):
        return None
    try:
        urlsplit(value)
    except ValueError:
        return None
    return value
