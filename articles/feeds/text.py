"""The text of an article as it is read elsewhere: in a program that has neither our pages nor our scripts."""

import re

from django.conf import settings
from django.template.loader import get_template

from articles.html_tree import plain
from articles.markup import elsewhere

# What the sanitiser and our templates write is regular: attributes stand in double quotes, and no text holds
# one. So these find attributes and nothing else.
_PICTURE = re.compile(r"</?picture>|<source [^>]*>")
_OF_OUR_PAGES = re.compile(
    r' (?:aria-[a-z]+|class|data-[a-z-]+|decoding|fetchpriority|id|loading|role|sizes|tabindex)="[^"]*"'
)
_FRAGMENT = re.compile(r' href="#')
_LOCAL = re.compile(r'( (?:href|src)=")/(?!/)')


def absolute(path):
    """Return a path with the site's name before it; what is an address already stays."""
    return settings.SITE_URL + path if path.startswith("/") and not path.startswith("//") else path


def item_html(article, notes, address):
    """Return an article with its picture, notes and source as HTML that stands for itself.

    `address` is that of its page. It says its language and direction. Addresses are absolute, those of its
    notes too: many readers show several texts on one page, where a bare “#n1” would lead to that of another.
    """
    html = get_template("articles/_feed_item.html").render({"article": article, "notes": notes})
    return portable(plain(html), address)


def portable(html, address):
    """Return the HTML of our pages for other places; `address` is that of the page."""
    html = _OF_OUR_PAGES.sub("", _PICTURE.sub("", elsewhere(html)))
    html = _FRAGMENT.sub(f' href="{address}#', html)
    return _LOCAL.sub(rf"\1{settings.SITE_URL}/", html)
