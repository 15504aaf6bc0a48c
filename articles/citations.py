"""What a text links to on this site, so that one piece can know which others cite it."""

import html
import re
from urllib.parse import unquote

from django.conf import settings

MOST = 200  # links of one text that are remembered
LONGEST = 500  # characters, as in Redirect.path
_HREF = re.compile(r'\shref="([^"]*)"')
_ARTICLE = re.compile(r"/(?:(?P<language>[a-z]{2})/)?articles/(?P<slug>[-\w]+)/")


def cited_paths(body):
    """Return the paths of this site that a cleaned body links to, each once, in their order."""
    paths = [path for address in _HREF.findall(body) if (path := path_of(html.unescape(address)))]
    return list(dict.fromkeys(path[:LONGEST] for path in paths))[:MOST]


def path_of(address):
    """Return the path that an address on this site stands for, or None for one elsewhere.

    Decoded, with a slash at its end; without a query, unless the query is all that it has (/?p=12).
    """
    address = address.removeprefix(settings.SITE_URL).partition("#")[0]
    if not address.startswith("/") or address.startswith("//"):
        return None
    path, mark, query = address.partition("?")
    if path == "/":
        return f"/?{query}" if mark else None
    return f"{unquote(path).rstrip('/')}/"


def article_at(path):
    """Return the (language, slug) of the article whose address a path has the form of, or None."""
    match = _ARTICLE.fullmatch(path)
    return (match["language"] or settings.LANGUAGE_CODE, match["slug"]) if match else None
