"""What a feed says, whatever its format: about its subject, its pages and each article."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.http import Http404
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from articles import pictures
from articles.html_tree import plain
from articles.models import Article, Correction, Narration
from articles.prepared import Prepared
from articles.templatetags.publication import lead_in

from .text import absolute, item_html

NEWEST = 20
MIME_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A place in the order of articles, as microseconds since 1970 and the key of an article.
_PLACE = re.compile(r"(-?[0-9]{1,16})\.([0-9]{1,18})", re.ASCII)


def page_of(articles, language, moment, key, **only):
    """Return the newest of some articles in a language that have all of `only`, one more than a page has.

    With a moment and a key they are those that come after that place in the order of the newest first.
    """
    articles = articles.published().filter(language=language, **only)
    if moment is not None:
        articles = articles.filter(Q(published_at__lt=moment) | Q(pk__lt=key), published_at__lte=moment)
    return articles.latest().for_feed()[: NEWEST + 1]


newest = Prepared(lambda **values: page_of(Article.objects.all(), **values))
# The newest of a rare tag and of a common one are found in different ways.
written = Prepared(lambda **values: page_of(Article.objects.all(), **values), planned_anew=True)
spoken = Prepared(lambda **values: page_of(Article.objects.spoken(), **values), planned_anew=True)


@dataclass
class Subject:
    """What a feed is about: articles that have all of `only`, {lookup: value}.

    `page` is the path of the page that shows the same articles.
    """

    name: str
    description: str
    page: str
    feed: str
    arguments: list[str]
    only: dict[str, str | int] = field(default_factory=dict)
    question: Prepared = written
    may_be_empty: bool = True
    forms: tuple[str, ...] = tuple(MIME_TYPES)

    def paths(self):
        """Return {format: path}."""
        return {form: feed_path(self.feed, self.arguments, form) for form in self.forms}


def feed_path(name, arguments, form):
    """Return the path of a feed; that of the RSS is the plain one, as it has always been."""
    return reverse(name, args=[*arguments, *([] if form == "rss" else [form])])


@dataclass
class Audio:
    """A file in which an article is read aloud; its size is in bytes."""

    url: str
    mime_type: str
    size: int
    seconds: int


@dataclass
class Item:
    """One article, as plain text but for `html`; addresses are absolute."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    language: str
    published: datetime
    updated: datetime
    authors: list[dict]  # {"name", "slug"}
    tags: list[str]
    image: str
    image_text: str
    elsewhere: str  # of a press mention, the address at its outlet
    audio: Audio | None


@dataclass
class Contents:
    title: str
    description: str
    language: str
    page: str
    links: dict[str, str]  # {format: address}
    form: str
    own: str
    first: str
    next: str
    publisher: str
    publisher_url: str
    icon: str
    cover: str
    items: list[Item] = field(default_factory=list)

    @property
    def updated(self):
        """The latest change; of an empty feed a moment that never moves."""
        return max((item.updated for item in self.items), default=EPOCH)


def contents(request, subject, form):
    """Return the Contents that a request asks for: the newest articles, or those that ?before= a place.

    Raises Http404 for a place that is none, for a page without articles but the first, and for that one
    where the subject may not be empty.
    """
    site, paths = request.site, subject.paths()
    place = request.GET.get("before")
    moment, key = read_place(place)
    articles = subject.question(language=get_language(), moment=moment, key=key, **subject.only)
    if not articles and (place or not subject.may_be_empty):
        raise Http404
    address = absolute(paths[form])
    is_whole = subject.name == site.local_name
    return Contents(
        title=line(subject.name if is_whole else f"{subject.name} | {site.local_name}"),
        description=line(subject.description or subject.name),
        language=get_language(),
        page=absolute(subject.page),
        links={name: absolute(path) for name, path in paths.items()},
        form=form,
        own=f"{address}?before={place}" if place else address,
        first=address,
        next=f"{address}?before={place_of(articles[NEWEST - 1])}" if len(articles) > NEWEST else "",
        publisher=line(site.local_name),
        publisher_url=absolute(reverse("articles:home")),
        icon=icon(site),
        cover=cover(site),
        items=[item(article) for article in articles[:NEWEST]],
    )


def read_place(place):
    """Return the moment and the key of a place in the order of articles; None and None for its beginning.

    A place is no number of a page, so a page is found as fast in the depth of the archive, and holds what it
    held when something new appears.
    """
    if place is None:
        return None, None
    match = _PLACE.fullmatch(place)
    if not match:
        raise Http404
    return EPOCH + timedelta(microseconds=int(match[1])), int(match[2])


def place_of(article):
    return f"{(article.published_at - EPOCH) // timedelta(microseconds=1)}.{article.pk}"


def item(article):
    """Return the Item of an article that for_feed() has fetched."""
    notes = Correction.read_rows(article.public_notes)
    url = absolute(article.get_absolute_url())
    return Item(
        # The address may change and the number does not.
        id=f"{settings.SITE_URL}/#article-{article.pk}",
        url=url,
        title=line(article.title),
        summary=line(lead_in(article, 240)),
        html=item_html(article, notes, url),
        language=article.language,
        published=article.published_at,
        updated=max([article.published_at, *(note.noted_at for note in notes)]),
        authors=[row | {"name": line(row["name"])} for row in article.names],
        tags=[line(name) for name in article.subjects],
        image=absolute(pictures.share_url(article.lead_image)) if article.lead_image else "",
        image_text=line(article.lead_image.alt) if article.lead_image else "",
        elsewhere=article.source_url if article.kind == "mention" else "",
        audio=audio(Narration.read_row(article.narration)),
    )


def author_url(author):
    return absolute(reverse("articles:author", args=[author["slug"]]))


def audio(narration):
    if narration is None:
        return None
    url = absolute(narration.file.url)
    return Audio(url, narration.mime_type, narration.size, max(1, round(narration.duration)))


def icon(site):
    """The address of a square picture for the publication: its logo, or ours."""
    if site.logo:
        renditions = site.logo.srcset.get("square", {})
        if stored := renditions.get("fallback"):
            return absolute(site.logo.file.storage.url(stored[0]))
    return absolute(static("img/icon.png"))


def cover(site):
    """The address of a podcast's cover, a square of 1,400 to 3,000 pixels (Apple): the logo, or ours."""
    logo = site.logo
    if logo and logo.width == logo.height and 1400 <= logo.width <= 3000:
        return absolute(logo.file.url)
    return absolute(static("img/podcast.png"))


def line(text):
    """Return a text as one line without the characters that XML 1.0 has no place for."""
    return " ".join(plain(text).split())
