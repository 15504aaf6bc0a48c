"""What is measured, and what each figure should be at most."""

from dataclasses import dataclass

from .content import TAG

ARTICLE = "/articles/piece-17/"


@dataclass(frozen=True)
class Page:
    """One of our pages, the plain view beside it, and the plain view that shows the same rows."""

    name: str
    path: str
    bare: str
    whole: str
    queries: int  # at most, of a cold page
    warm: float | None  # at most, of the bare view; None where nothing is kept


PAGES = [
    Page("article", ARTICLE, ARTICLE, f"/whole{ARTICLE}", 8, 0.20),
    Page("home", "/", "/", "/whole/", 5, 0.10),
    Page("tag", f"/tags/{TAG}/", f"/tags/{TAG}/", f"/whole/tags/{TAG}/", 6, 0.10),
    Page("feed", "/feeds/", ARTICLE, "/whole/feeds/", 3, 0.20),
    Page("search", "/search/?q={word}", ARTICLE, "/whole/search/?q={word}", 8, None),
]
COLD = 1.0  # of the plain view that shows the same rows
UNCHANGED = 0.20  # a 304, of the bare article
GROWTH = 1.15  # from the smallest publication to the largest
MEMORY = 150  # MB of two workers and their database backends
ARTICLE_BYTES = 16 * 1024  # beyond the stored body
HOME_BYTES, HOME_PACKED = 45 * 1024, 12 * 1024
