"""What is published. One module a concept; import every model from here."""

from .article import Article
from .author import Author, AuthorLink, AuthorTranslation
from .autosave import Autosave, Presence
from .book import Book
from .byline import Byline
from .comment import Comment, CommentMail
from .draft_link import DraftLink
from .edition import Edition, EditionMove
from .image import Image, ImageUse, Rendition, RetiredFile
from .language import Language
from .lexicon import Lexeme, LexiconState, MissedSearch, Word
from .link import LinkUse, OutboundLink
from .narration import Narration
from .outgoing import Outgoing
from .page import Page
from .press import DrawnOn
from .redirect import Redirect
from .related import RelatedLink, RelatedVeto
from .review import Correction, Override
from .revision import Revision
from .series import Series
from .site import MenuItem, Site, SiteText, SocialLink
from .tag import Tag, TagAlias, TaggedArticle, TagMerge
from .throttle import Throttle
from .translated import TranslationGroup

__all__ = [
    "Article",
    "Author",
    "AuthorLink",
    "AuthorTranslation",
    "Autosave",
    "Book",
    "Byline",
    "Comment",
    "CommentMail",
    "Correction",
    "DraftLink",
    "DrawnOn",
    "Edition",
    "EditionMove",
    "Image",
    "ImageUse",
    "Language",
    "Lexeme",
    "LexiconState",
    "LinkUse",
    "MenuItem",
    "MissedSearch",
    "Narration",
    "OutboundLink",
    "Outgoing",
    "Override",
    "Page",
    "Presence",
    "Redirect",
    "RelatedLink",
    "RelatedVeto",
    "Rendition",
    "RetiredFile",
    "Revision",
    "Series",
    "Site",
    "SiteText",
    "SocialLink",
    "Tag",
    "TagAlias",
    "TagMerge",
    "TaggedArticle",
    "Throttle",
    "TranslationGroup",
    "Word",
]
