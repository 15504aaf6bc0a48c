"""Where imported texts are found: their new addresses, and the old ones that lead there."""

import itertools
import re
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.text import slugify

from articles.models import Article, Language, Page, Redirect
from articles.models.redirect import plain

from .survey import host
from .text import plain as plain_text

MAX_SLUG = 200


def slug_of(item, title):
    """Return the slug of an item as the old site had it, percent-decoded, or else one from its title."""
    name = unquote(item.slug)
    if not re.fullmatch(r"[-\w]{1,200}", name):
        name = slugify(name, allow_unicode=True) or slugify(title, allow_unicode=True)
    return name[:MAX_SLUG].strip("-") or f"{item.type}-{item.post_id}"


def free_slug(slug, is_taken):
    """Return the slug, with -2, -3 and so on where it is taken."""
    for number in itertools.count(1):
        suffix = "" if number == 1 else f"-{number}"
        candidate = f"{slug[: MAX_SLUG - len(suffix)]}{suffix}"
        if not is_taken(candidate):
            return candidate


def article_is_taken(slug, language):
    return Article.objects.filter(slug=slug, language=language, draft_of=None).exists()


def page_is_taken(slug, language):
    """Whether a page may not have this slug: another has it, or the site itself answers there."""
    if Page.objects.filter(slug=slug, language=language).exists():
        return True
    return not Page(slug=slug, language=language).is_found_at_its_address()


def old_paths(item, home):
    """Return the paths under which the old site showed an item: its link, its number, its guid."""
    number = f"{home.path.rstrip('/')}/?p={item.post_id}"
    paths = [_path(item.link), number]
    if item.type == "page":
        paths.append(number.replace("?p=", "?page_id="))
    if host(item.guid) == host(home.geturl()):
        paths.append(_path(item.guid))
    return [path for path in dict.fromkeys(paths) if path.startswith("/") and path != "/"]


def archives(item, article, survey, kinds):
    """Yield (old path, new path) for the old site's lists in which a public article stood, and its feed.

    `kinds` has the kinds that a category of the item means. A category of another kind than the article's
    is left to the articles of that kind, a term that editors have taken away to those that have it.
    """
    tags = {tag.name.casefold(): tag for tag in article.tags.all()}
    with translation.override(article.language):
        yield f"{survey.home.path.rstrip('/')}/feed/", reverse("articles:feed")
        for author in article.authors.exclude(origin=None):
            login = nicename(author.origin.rpartition("/?author=")[2])
            for path in survey.archive_paths("author", login):
                yield path, author.get_absolute_url()
        for term in item.terms:
            tag = tags.get(plain_text(term.name or term.slug).casefold())
            if found := kinds(term):
                target = reverse("articles:kind", args=[article.kind]) if article.kind in found else None
            else:
                target = tag and tag.get_absolute_url()
            for path in survey.archive_paths(term.taxonomy, term.slug) if target else ():
                yield path, target


def nicename(login):
    """Return the name that WordPress gives a user in addresses."""
    return re.sub(r"[^\w-]", "", re.sub(r"[\s.]+", "-", login.lower()))


def lead_from(paths, **target):
    """Let old paths lead to an article, a page or a url, but for those in use; return how many."""
    (found,) = target.values()
    new = plain(found if isinstance(found, str) else found.get_absolute_url())
    made = 0
    for path in paths:
        if path != new and not _in_use(path):
            made += Redirect.objects.get_or_create(path=path, defaults=target)[1]
    return made


def _path(address):
    """Return path and query of an address, as redirects keep them; "" where it has none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    path = re.sub(r"/{2,}", "/", parts.path) or "/"
    return plain(f"{path}?{parts.query}" if parts.query else path)


def _in_use(path):
    if Redirect.objects.filter(path=path).exists():
        return True
    if "?" in path:
        return False
    match = _resolved(path)
    if match is None:
        return False
    kept = {"articles:article": Article, "articles:page": Page}.get(match.view_name)
    if kept is None:
        return True
    return kept.objects.filter(slug=match.kwargs["slug"], language=_language(path)).exists()


def _resolved(path):
    """Return what answers at a path, or None."""
    with translation.override(_language(path)):
        try:
            return resolve(unquote(path))
        except Resolver404:
            return None


def _language(path):
    prefix = path.split("/", 2)[1]
    return prefix if prefix in Language.values and prefix != Language.ENGLISH else Language.ENGLISH.value
