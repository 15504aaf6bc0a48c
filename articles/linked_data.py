"""What a page says about itself to machines: schema.org in JSON-LD 1.1.

Everything that can stand on several pages has an @id, so that the publisher, its site and its people are the
same things wherever they are met. Nothing here asks the database.
"""

import zoneinfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from . import pictures
from .markup import excerpt
from .models import Article

TYPES = {
    Article.Kind.ANALYSIS: "AnalysisNewsArticle",
    Article.Kind.BULLETIN: "NewsArticle",
    Article.Kind.MENTION: "Article",
    Article.Kind.ANNOUNCEMENT: "Article",
}


def graph(*things):
    """Return things as one JSON-LD document; what has no value is left out of them."""
    return {"@context": "https://schema.org", "@graph": [present(thing) for thing in things]}


def present(thing):
    """Return a thing without its empty properties, all the way down."""
    if isinstance(thing, dict):
        kept = {name: present(value) for name, value in thing.items()}
        return {name: value for name, value in kept.items() if value not in (None, "", [], {})}
    if isinstance(thing, list | tuple):
        return [present(value) for value in thing]
    return thing


def publisher(site):
    """Return the Organization that publishes."""
    return {
        "@type": "Organization",
        "@id": identity("publisher"),
        "name": site.local_name,
        "url": address("/"),
        "description": site.text.get("about"),
        "logo": image(site.logo) if site.logo_id else None,
        "sameAs": [link["url"] for link in site.social],
    }


def website(site):
    """Return the WebSite, with the address of its search."""
    words = address(reverse("articles:search")) + "?q={search_term_string}"
    return {
        "@type": "WebSite",
        "@id": identity("site"),
        "name": site.local_name,
        "description": site.text.get("tagline"),
        "url": address(reverse("articles:home")),
        "inLanguage": get_language(),
        "publisher": {"@id": identity("publisher")},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": words},
        },
    }


def article(article, site, notes=()):
    """Return the article as AnalysisNewsArticle, NewsArticle or Article; needs for_page().

    `notes` are its public corrections and updates, the newest first: `dateModified` moves with them.
    """
    zone = zoneinfo.ZoneInfo(site.time_zone)
    here = address(article.get_absolute_url())
    return {
        "@type": TYPES[article.kind],
        "mainEntityOfPage": here,
        "headline": article.title[:110],
        "description": excerpt(article.standfirst or article.opening, 160),
        "inLanguage": article.language,
        "datePublished": moment(article.published_at, zone),
        "dateModified": moment(notes[0].noted_at if notes else article.published_at, zone),
        "author": [byline_person(byline) for byline in article.bylines.all()],
        "publisher": organization(site.local_name) | {"@id": identity("publisher")},
        "image": image(article.lead_image) if article.lead_image else card_image(article),
        "articleSection": article.get_kind_display(),
        "keywords": [row.tag.name for row in article.tagged.all()],
        "wordCount": article.word_count,
        "isAccessibleForFree": True,
        "isPartOf": series(article.series) if article.series_id else None,
        "position": article.part if article.series_id else None,
        "correction": [
            {"@type": "CorrectionComment", "text": note.text, "datePublished": moment(note.noted_at, zone)}
            for note in notes
            if note.kind == note.Kind.CORRECTION
        ],
        **origin(article),
        "about": event(article, zone),
    }


def origin(article):
    """Return where a piece comes from: what a mention is about, or where a text was first published."""
    if not (article.source_url or article.source_title or article.source_outlet):
        return {}
    source = {
        "@type": "Article",
        "headline": article.source_title,
        "url": article.source_url,
        "datePublished": article.source_date and article.source_date.isoformat(),
        "author": person(article.source_journalist) if article.source_journalist else None,
        "publisher": organization(article.source_outlet) if article.source_outlet else None,
    }
    return {"isBasedOn": source}


def event(article, zone):
    """Return the Event that an announcement is about, or None."""
    if not article.event_starts_at:
        return None
    place = article.event_place
    return {
        "@type": "Event",
        "name": article.title,
        "startDate": moment(article.event_starts_at, zone),
        "endDate": moment(article.event_ends_at, zone),
        "location": {"@type": "Place", "name": place, "address": place} if place else None,
    }


def person(name):
    return {"@type": "Person", "name": name}


def organization(name):
    return {"@type": "Organization", "name": name}


def byline_person(byline):
    """Return the author of a byline, as it is on the author's own page."""
    return person(byline.local_name) | author_address(byline.author)


def author(author):
    """Return the ProfilePage of a Person; needs Author.objects.in_language()."""
    return {
        "@type": "ProfilePage",
        "@id": address(author.get_absolute_url()),
        "mainEntity": person(author.local_name)
        | author_address(author)
        | {
            "jobTitle": author.local_role,
            "description": author.local_bio,
            "image": image(author.photo, "square") if author.photo_id else None,
            "sameAs": [link["url"] for link in author.link_list],
        },
    }


def author_address(author):
    return {"@id": identity(f"author-{author.pk}"), "url": address(author.get_absolute_url())}


def book(book):
    """Return the Book that is promoted."""
    return {
        "@type": "Book",
        "@id": identity(f"book-{book.pk}"),
        "name": book.title,
        "author": person(book.author),
        "description": book.description,
        "inLanguage": book.title_language,
        "publisher": organization(book.publisher) if book.publisher else None,
        "copyrightYear": book.year,
        "image": image(book.cover, "natural") if book.cover_id else None,
        "url": address(book.url) if book.url.startswith("/") else book.url,
    }


def series(series):
    return {
        "@type": "CreativeWorkSeries",
        "name": series.title,
        "url": address(series.get_absolute_url()),
    }


def trail(*steps):
    """Return a BreadcrumbList from the front page to a page; each step is (name, path)."""
    front = (gettext("Front page"), reverse("articles:home"))
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                # The last is the page itself.
                "item": address(path) if position <= len(steps) else None,
            }
            for position, (name, path) in enumerate((front, *steps), start=1)
        ],
    }


def image(image, shape="wide"):
    url, width, height = pictures.fallback(image, shape)
    return {
        "@type": "ImageObject",
        "url": address(url),
        "width": width,
        "height": height,
        "caption": image.caption,
        "creditText": image.credit,
    }


def card_image(article):
    return {"@type": "ImageObject", "url": address(f"{article.get_absolute_url()}card.png")}


def moment(value, zone):
    """Return a moment in the site's time zone (ISO 8601), or None."""
    return value and timezone.localtime(value, zone).isoformat(timespec="seconds")


def address(path):
    """Return the whole address of a path of this site; media may be elsewhere and is whole already."""
    return settings.SITE_URL + path if path.startswith("/") else path


def identity(name):
    return f"{settings.SITE_URL}/#{name}"
