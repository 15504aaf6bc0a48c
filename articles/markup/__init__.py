"""The body of an article or a page: what may be stored of it, and what readers get."""

from articles.html_tree import MAX_DEPTH
from articles.markup.cleaning import MAX_HTML, Refused, clean, embeds, image_ids, links
from articles.markup.removals import Removed, removed
from articles.markup.rendering import RENDERER, WIDE_SIZES, Picture, Rendered, elsewhere, excerpt, render

__all__ = [
    "MAX_DEPTH",
    "MAX_HTML",
    "RENDERER",
    "WIDE_SIZES",
    "Picture",
    "Refused",
    "Removed",
    "Rendered",
    "clean",
    "elsewhere",
    "embeds",
    "excerpt",
    "image_ids",
    "links",
    "removed",
    "render",
]
