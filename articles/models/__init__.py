"""What is published. One module a concept; import every model from here."""

from .article import Article, Byline, RelatedLink
from .author import Author, AuthorLink, AuthorTranslation
from .book import Book
from .image import Image, ImageUse, Rendition
from .language import Language
from .page import Page
from .redirect import Redirect
from .site import MenuItem, Site, SiteText, SocialLink
from .tag import Tag, TaggedArticle
from .throttle import Throttle

__all__ = [
    "Article",
    "Author",
    "AuthorLink",
    "AuthorTranslation",
    "Book",
    "Byline",
    "Image",
    "ImageUse",
    "Language",
    "MenuItem",
    "Page",
    "Redirect",
    "RelatedLink",
    "Rendition",
    "Site",
    "SiteText",
    "SocialLink",
    "Tag",
    "TaggedArticle",
    "Throttle",
]
