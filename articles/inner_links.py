"""Links from one piece to another on this site, and which of them lead readers nowhere."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils import translation

from .models import Article, Author, Page, Redirect, Tag
from .models.redirect import spellings

# What a link may lead to beside the pages: these are served without the site's own addresses.
FILES = (settings.MEDIA_URL, settings.STATIC_URL)


def inner_path(address):
    """Return the path, with its query, of a link to this site; None for any other link."""
    address = address.removeprefix(settings.SITE_URL) or "/"
    return address if address.startswith("/") and not address.startswith("//") else None


def dead_ends(paths):
    """Return those of some paths at which a reader finds nothing, in at most five queries."""
    paths = {path for path in paths if not path.startswith(FILES)}
    if not paths:
        return set()
    places = {path: place_of(path) for path in paths}
    there = existing(set(filter(None, places.values())))
    lost = {path for path, place in places.items() if place not in there}
    return lost - redirected(lost)


def place_of(path):
    """Return what an address asks for as (view, language, slug); None where it asks for nothing public."""
    route = unquote(urlsplit(path).path)
    language = translation.get_language_from_path(route) or settings.LANGUAGE_CODE
    with translation.override(language):
        for form in (route, f"{route}/"):
            try:
                match = resolve(form)
            except Resolver404:
                continue
            if match.namespace in ("articles", "newsletter"):
                name = match.view_name.removeprefix("articles:")
                return (name, language, match.kwargs.get("slug", match.kwargs.get("kind", "")))
    return None


def existing(places):
    """Return the places that are there, of those that name a row; the other public pages always are."""
    wanted = {}
    for name, language, slug in places:
        wanted.setdefault(name, set()).add((language, slug))
    live = Article.objects.published()
    # What each view shows of a slug: rows of (language, slug), or None for every language.
    sources = {
        "article": (live, "slug", "language"),
        "page": (Page.objects.published(), "slug", "language"),
        "tag": (
            Tag.objects.filter(tagged__content_object__in=live),
            "slug",
            "tagged__content_object__language",
        ),
        "author": (Author.objects.all(), "slug", None),
    }
    there = {place for place in places if place[0] not in {*sources, "kind"}}
    there |= {place for place in places if place[0] == "kind" and place[2] in Article.Kind.values}
    for name, (rows, slug, language) in sources.items():
        if name not in wanted:
            continue
        rows = rows.filter(slug__in={each for _language, each in wanted[name]}).distinct()
        if language is None:
            slugs = set(rows.values_list(slug, flat=True))
            there |= {(name, *place) for place in wanted[name] if place[1] in slugs}
        else:
            there |= {(name, *place) for place in wanted[name] & set(rows.values_list(language, slug))}
    return there


def redirected(paths):
    """Return those of some paths that were public once and lead readers somewhere still."""
    forms = {path: spellings(path) for path in paths}
    if not forms:
        return set()
    articles = Article.objects.published().values("pk")
    rows = Redirect.objects.filter(path__in=set().union(*forms.values()))
    rows = rows.filter(
        ~Q(url="") | Q(article__in=articles) | Q(page__in=Page.objects.published().values("pk"))
    )
    working = set(rows.values_list("path", flat=True))
    return {path for path in paths if forms[path] & working}
