"""The only sanitiser: what an editor typed, pasted or imported becomes what may be stored."""

import html
import re

import bleach
import nh3
from django.utils.translation import gettext as _

from articles.html_tree import DROPPED, MAX_DEPTH, TooDeep, read, write
from articles.markup.shape import shaped
from articles.markup.vocabulary import ALLOWED, TAGS, attribute

MAX_HTML = 400_000  # characters
_PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})
_ROUNDS = 4


class Refused(ValueError):
    """The text cannot be taken as it is; the message says why, in a sentence for its editor."""


def clean(source: str) -> str:
    """The body's HTML as it may be stored; cleaning it again changes nothing.

    Raises Refused for a text over MAX_HTML characters or nested more than MAX_DEPTH elements deep. The
    text is put in order first and then passes two sanitisers with the same allow-list, nh3 and bleach, so
    that a payload would have to be misread by both.
    """
    _refuse_long(source)
    source = embeds(source)
    for _round in range(_ROUNDS):
        ordered = _ordered(source)
        _refuse_long(ordered)
        source = _sanitised(ordered)
        if _ordered(source) == ordered:
            _refuse_long(source)
            return source
    raise Refused(
        _("This text is put together in a way that cannot be kept; paste it without its formatting.")
    )


def _refuse_long(text: str) -> None:
    if len(text) > MAX_HTML:
        raise Refused(
            _("This text is %(length)s characters long; %(limit)s is the limit.")
            % {"length": f"{len(text):,}", "limit": f"{MAX_HTML:,}"}
        )


def _ordered(source: str) -> str:
    try:
        return write(shaped(read(source)))
    except TooDeep as error:
        raise Refused(
            _("This text is nested more than %(limit)d deep; paste it without its formatting.")
            % {"limit": MAX_DEPTH}
        ) from error


def _sanitised(source: str) -> str:
    source = nh3.clean(
        source,
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes={tag: set(names) for tag, names in ALLOWED.items()},
        attribute_filter=attribute,
        url_schemes=set(_PROTOCOLS),
        link_rel=None,
    )
    # A Cleaner keeps the state of its parser and must not be shared between threads.
    cleaner = bleach.Cleaner(tags=TAGS, attributes=_is_allowed, protocols=_PROTOCOLS, strip=True)
    return cleaner.clean(source)


def _is_allowed(tag: str, name: str, value: str) -> bool:
    # bleach hands over what stands in the source, and its own look at the scheme takes "javascript:1" for a
    # host and a port: ours decides.
    value = html.unescape(value)
    return attribute(tag, name, value) == value


_IFRAME = re.compile(
    r"<iframe\b(?P<attributes>[^<>]{0,4000}+)>(?:[^<]{0,500}+</iframe\s*+>)?+", re.IGNORECASE
)
_SOURCE = re.compile(
    r"(?<![\w-])(?:data-(?:lazy-)?)?src\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_TITLE = re.compile(r"(?<![\w-])title\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_NO_TITLES = frozenset({"", "youtube video player", "vimeo-player", "vimeo video player"})
_PLAYER = re.compile(
    r"(?:https?:)?//(?:(?:www\.)?youtube(?:-nocookie)?\.com/embed/(?P<youtube>[A-Za-z0-9_-]{6,20})"
    r"|player\.vimeo\.com/video/(?P<vimeo>[0-9]{5,20}))(?:[/?#&].*)?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)


def embeds(source: str) -> str:
    """The HTML with YouTube and Vimeo iframes as embed figures; the result is as unsafe as the source."""
    return _IFRAME.sub(_embed, source)


def _embed(iframe: re.Match) -> str:
    attributes = iframe["attributes"]
    for match in _SOURCE.finditer(attributes):
        player = _PLAYER.fullmatch(html.unescape(match[1] or match[2] or match[3] or "").strip())
        if player:
            provider = player.lastgroup
            found = _TITLE.search(attributes)
            title = (found[1] or found[2] or "") if found else ""
            caption = f"<figcaption>{title}</figcaption>" if title.lower() not in _NO_TITLES else ""
            return f'<figure data-embed="{provider}" data-embed-id="{player[provider]}">{caption}</figure>'
    return iframe[0]


def image_ids(source: str) -> set[int]:
    """The ids of the library's images that a cleaned body shows."""
    return {
        int(element.attributes["data-image"])
        for element in read(source, bounded=False).find("figure")
        if element.attributes.get("data-image", "").isdecimal()
    }


def links(source: str) -> list[str]:
    """The addresses that a cleaned body leads to, each once, in the order of the text."""
    found = (element.attributes.get("href") for element in read(source, bounded=False).walk())
    return list(dict.fromkeys(address for address in found if address))
