"""What an article is checked for before readers get it, whichever way it is published.

A finding blocks or warns. What blocks has to be put right; a warning may be overridden, which is recorded.
"""

import re
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext

from . import markup
from .html_tree import Element, read
from .inner_links import dead_ends, inner_path
from .markup.phrases import is_blank, text_of
from .models import Article, Byline, Image, Override, Redirect
from .models.redirect import plain

TITLE_SHOWN = 60  # characters of a title that a list of search results has room for
NAMED = 5  # places that one sentence names
WITH_STANDFIRST = {"analysis", "bulletin", "announcement"}
WITH_BYLINE = {"analysis", "bulletin"}
WITH_IMAGE = {"analysis"}

# Each rule by its name, with whether it blocks.
RULES = {
    "alternative-text": True,
    "lost-picture": False,
    "heading-order": False,
    "empty-link": True,
    "bare-link": False,
    "broken-link": False,
    "placeholder": True,
    "possible-placeholder": False,
    "table-heading": True,
    "standfirst": False,
    "lead-image": False,
    "byline": False,
    "address": True,
    "old-address": False,
    "long-title": False,
}
WARNINGS = [name for name, blocks in RULES.items() if not blocks]
_PLACEHOLDER = re.compile(r"\b(?:TK){2,}\b")
_POSSIBLE_PLACEHOLDER = re.compile(r"\bTK\b")
_BARE = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    rule: str
    sentence: str

    @property
    def blocks(self):
        return RULES[self.rule]


class Held(Exception):
    """An article is not published as it is; `findings` say why."""

    def __init__(self, findings):
        super().__init__(" ".join(finding.sentence for finding in findings))
        self.findings = findings


def demand(article, user, accepted=()):
    """Let an article pass that has no findings but warnings of the accepted rules, and record these.

    Returns their sentences. Raises Held with all findings otherwise.
    """
    findings = check(article)
    if any(finding.blocks or finding.rule not in accepted for finding in findings):
        raise Held(findings)
    Override.objects.bulk_create(
        Override(article=article, user=user, rule=finding.rule, message=finding.sentence)
        for finding in findings
    )
    return [finding.sentence for finding in findings]


def check(article):
    """Return the findings of one article, those that block first."""
    return check_all([article])[article.pk]


def check_all(articles):
    """Return {pk: findings} of saved articles in a fixed number of queries, however many they are."""
    articles = [article for article in articles if article.pk]
    prefetch_related_objects(articles, Byline.prefetch())
    trees = {article.pk: read(article.body, bounded=False) for article in articles}
    shown = {article.pk: markup.image_ids(article.body) for article in articles}
    leads = {article.lead_image_id for article in articles} - {None}
    images = Image.objects.only("title", "alt", "decorative", "file").in_bulk(leads.union(*shown.values()))
    paths = {path for tree in trees.values() for link in links(tree) if (path := inner_path(href(link)))}
    dead = dead_ends(paths)
    taken, covering = taken_addresses(articles)
    findings = {}
    for article in articles:
        tree = trees[article.pk]
        found = [
            *missing_parts(article),
            *addresses(article, taken, covering),
            *pictures(article, shown[article.pk], images),
            *headings(tree),
            *link_texts(tree),
            *broken_links(tree, dead),
            *placeholders(article, tree),
            *tables(tree),
        ]
        findings[article.pk] = sorted(found, key=lambda finding: not finding.blocks)
    return findings


# The rules, one function a subject


def missing_parts(article):
    if article.kind in WITH_STANDFIRST and is_blank(article.standfirst):
        yield Finding("standfirst", gettext("The standfirst is missing."))
    if article.kind in WITH_BYLINE and not article.bylines.all():
        yield Finding("byline", gettext("The byline is missing."))
    if article.kind in WITH_IMAGE and article.lead_image_id is None:
        yield Finding("lead-image", gettext("The lead image is missing."))
    if len(article.title) > TITLE_SHOWN:
        sentence = gettext("The title has %(count)d characters; search results show about %(limit)d.")
        yield Finding("long-title", sentence % {"count": len(article.title), "limit": TITLE_SHOWN})


def addresses(article, taken, covering):
    if article.pk in taken:
        yield Finding("address", gettext("Another article in this language has the same address."))
    if article.pk in covering:
        sentence = gettext("The address is an old one of another piece; its readers will get this article.")
        yield Finding("old-address", sentence)


def pictures(article, shown, images):
    used = [*sorted(shown), *([article.lead_image_id] if article.lead_image_id else [])]
    silent = [
        str(images[pk])
        for pk in dict.fromkeys(used)
        if pk in images and not images[pk].alt and not images[pk].decorative
    ]
    if silent:
        sentence = gettext("Pictures are neither described nor called decorative: %s.")
        yield Finding("alternative-text", sentence % named(silent))
    if lost := shown - images.keys():
        sentence = gettext(
            "Pictures in the text are no longer in the library, so readers do not see them: %d."
        )
        yield Finding("lost-picture", sentence % len(lost))


def headings(tree):
    """A heading may be one level below the one before; the title is the first level (WCAG 2.2, 1.3.1)."""
    level, skipping = 1, []
    for element in tree.walk():
        if element.name in ("h2", "h3", "h4"):
            own = int(element.name[1])
            if own > level + 1:
                skipping.append(words(element))
            level = own
    if skipping:
        sentence = gettext("Headings skip a level: %s.")
        yield Finding("heading-order", sentence % named(skipping))


def link_texts(tree):
    empty = [href(link) for link in links(tree) if is_blank(words(link))]
    bare = [words(link) for link in links(tree) if _BARE.fullmatch(words(link))]
    if empty:
        yield Finding("empty-link", gettext("Links have no words: %s.") % named(empty))
    if bare:
        sentence = gettext("Links show an address where words would say what is there: %s.")
        yield Finding("bare-link", sentence % named(bare))


def broken_links(tree, dead):
    lost = [words(link) or href(link) for link in links(tree) if inner_path(href(link)) in dead]
    if lost:
        sentence = gettext("Links on this site lead to nothing that readers can see: %s.")
        yield Finding("broken-link", sentence % named(lost))


def placeholders(article, tree):
    text = "\n".join([article.title, article.standfirst, text_of(tree.children)])
    if match := _PLACEHOLDER.search(text):
        sentence = gettext("A placeholder is left: %s.")
        yield Finding("placeholder", sentence % around(text, match))
    elif match := _POSSIBLE_PLACEHOLDER.search(text):
        sentence = gettext("“TK” may be a placeholder: %s.")
        yield Finding("possible-placeholder", sentence % around(text, match))


def tables(tree):
    found = [element for element in tree.walk() if element.name == "table"]
    headless = [
        number
        for number, table in enumerate(found, start=1)
        if not any(cell.name == "th" and not is_blank(words(cell)) for cell in table.walk())
    ]
    if headless:
        sentence = gettext("Tables have no row of headings: %s.")
        yield Finding("table-heading", sentence % named([gettext("table %d") % each for each in headless]))


# What the rules look at


def links(tree):
    return [element for element in tree.walk() if element.name == "a" and href(element)]


def href(link):
    return link.attributes.get("href", "")


def words(element: Element):
    return " ".join(text_of(element.children).split())


def around(text, match):
    """Return a match with a few words on both sides."""
    start, end = max(match.start() - 30, 0), min(match.end() + 30, len(text))
    return gettext("“%s”") % " ".join(text[start:end].split())


def named(places):
    """Return the first few places as one phrase."""
    quoted = [gettext("“%s”") % (place if len(place) <= 60 else f"{place[:59]}…") for place in places]
    if len(quoted) > NAMED:
        quoted[NAMED:] = [gettext("and %d more") % (len(quoted) - NAMED)]
    return ", ".join(quoted)


def taken_addresses(articles):
    """Return the keys of the articles whose address another has, and of those whose address another had."""
    own = {article.pk: {article.pk, article.draft_of_id} for article in articles}
    slugs = {article.slug for article in articles}
    rows = Article.objects.filter(slug__in=slugs, draft_of=None).values_list("language", "slug", "pk")
    owners = {(language, slug): pk for language, slug, pk in rows}
    taken = {
        each.pk for each in articles if owners.get((each.language, each.slug), each.pk) not in own[each.pk]
    }
    paths = {article.pk: plain(article.get_absolute_url()) for article in articles}
    kept = Redirect.objects.filter(path__in=paths.values()).values_list("path", "article")
    targets = dict(kept)
    covering = {pk for pk, path in paths.items() if targets.get(path, pk) not in own[pk]}
    return taken, covering
