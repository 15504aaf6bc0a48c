"""The body of an article or a page: what may be stored of it, and what readers get."""

from articles.markup.cleaning import MAX_HTML, clean, embeds, image_ids, links
from articles.markup.rendering import Picture, Rendered, excerpt, render
from articles.markup.tree import MAX_DEPTH, Refused

__all__ = [
    "MAX_DEPTH",
    "MAX_HTML",
    "Picture",
    "Refused",
    "Rendered",
    "clean",
    "embeds",
    "excerpt",
    "image_ids",
    "links",
    "render",
]
