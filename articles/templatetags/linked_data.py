"""JSON-LD in the head of a page: a data block, which no browser runs (HTML Standard, section 4.12.1)."""

import json

from django import template
from django.urls import reverse
from django.utils.safestring import mark_safe

from articles import linked_data
from articles.models import Correction

register = template.Library()
# As Django's json_script has it: nothing in the data can end the block.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def block(*things):
    text = json.dumps(linked_data.graph(*things), ensure_ascii=False, separators=(",", ":"))
    return mark_safe(  # noqa: S308 escaped here
        f'<script type="application/ld+json">{text.translate(_ESCAPES)}</script>\n'
    )


@register.simple_tag(takes_context=True)
def home_data(context):
    """The front page: the publisher, the site with its search, and the book that is promoted."""
    site, book = context["site"], context.get("book")
    books = [linked_data.book(book)] if book else []
    return block(linked_data.website(site), linked_data.publisher(site), *books)


@register.simple_tag(takes_context=True)
def article_data(context):
    article, site = context["article"], context["site"]
    kind = article.get_kind_display(), reverse("articles:kind", args=[article.kind])
    return block(
        linked_data.article(article, site, Correction.read_rows(article.public_notes)),
        linked_data.trail(kind, (article.title, article.get_absolute_url())),
    )


@register.simple_tag(takes_context=True)
def author_data(context):
    author = context["author"]
    return block(linked_data.author(author), trail_to(context, author.local_name))


@register.simple_tag(takes_context=True)
def list_data(context, name):
    """A list, or a page of its own: where it stands in the site."""
    return block(trail_to(context, name))


def trail_to(context, name):
    return linked_data.trail((str(name), context["request"].path))
