"""Articles as Markdown, and llms.txt, which leads to them (llmstxt.org)."""

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext, pgettext
from django.views.decorators.http import require_safe

from . import markup
from .feeds.contents import absolute
from .markdown import escaped, link, markdown
from .models import Article, Correction, Language, Page, Redirect
from .views import find_article, public, readable

CONTENT_TYPE = "text/markdown; charset=utf-8"
LISTED = dict.fromkeys(Article.Kind.values, 25)
PAGES = 25


@public
@require_safe
def twin(request, slug):
    """An article's text as Markdown."""
    article = find_article(slug)
    if article is None:
        return missing(slug)
    answer = HttpResponse(as_markdown(article, request.site), content_type=CONTENT_TYPE)
    answer["Link"] = f'<{absolute(article.get_absolute_url())}>; rel="canonical"'
    return answer


def missing(slug):
    """Say why an article is withdrawn, or lead to where it is now."""
    path = reverse("articles:article", args=[slug])
    moved = Redirect.objects.target_of(path)
    if moved and moved.startswith(reverse("articles:article", args=["-"]).removesuffix("-/")):
        return HttpResponsePermanentRedirect(f"{moved}index.md")
    article = get_object_or_404(Article.objects.withdrawn(), language=get_language(), slug=slug)
    words = f"# {gettext('This article has been withdrawn')}\n\n{escaped(article.withdrawn_reason)}\n"
    return HttpResponse(words, content_type=CONTENT_TYPE, status=410)


def as_markdown(article, site):
    """Return an article that for_page() has fetched as Markdown: its facts, text, notes and sources."""
    address = absolute(article.get_absolute_url())

    def anywhere(place):
        return address + place if place.startswith("#") else absolute(place)

    source = get_template("articles/_source.html").render({"article": article})
    event = get_template("articles/_event.html").render({"article": article})
    lead = get_template("articles/_hero.html").render({"article": article})
    notes = Correction.read_rows(article.public_notes)
    parts = [
        f"# {escaped(article.title)}",
        escaped(article.standfirst),
        "\n".join(f"- {escaped(name)}: {value}" for name, value in facts(article, site, address, notes)),
        markdown(lead, anywhere),
        markdown(event, anywhere),
        markdown(markup.elsewhere(article.body_html), anywhere),
        *(f"## {escaped(note.label)}, {note.noted_at.date()}\n\n{paragraphs(note.text)}" for note in notes),
        markdown(source, anywhere),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def facts(article, site, address, notes):
    """Yield what is to be known of an article before it is read or quoted, values as Markdown."""
    if names := article.byline_text:
        yield gettext("Authors"), escaped(names)
    yield pgettext("newspaper or site", "Publication"), escaped(site.local_name)
    yield gettext("Date"), article.published_at.date().isoformat()
    if notes:
        yield pgettext("fact about an article", "Updated"), notes[0].noted_at.date().isoformat()
    yield gettext("Address"), f"<{address}>"
    yield gettext("Language"), article.language
    if tags := [row.tag.name for row in article.tagged.all()]:
        yield gettext("Tags"), escaped(gettext(", ").join(tags))


def paragraphs(text):
    return "\n\n".join(escaped(part) for part in text.split("\n\n") if part.strip())


@public
@require_safe
def llms(request):
    """The publication for programs that read: who it is, and its newest texts as Markdown."""
    site = request.site
    articles = readable().latest_of_each_kind(LISTED).values_list("kind", "slug", "title", "standfirst")
    listed = {kind: [] for kind in Article.Kind.values}
    for kind, slug, title, standfirst in articles:
        address = absolute(reverse("articles:markdown", args=[slug]))
        listed[kind].append(row(title, address, standfirst))
    pages = (
        Page.objects.published().filter(language=get_language()).values_list("title", "slug", "standfirst")
    )
    rest = [
        row(title, absolute(reverse("articles:page", args=[slug])), standfirst)
        for title, slug, standfirst in pages[:PAGES]
    ]
    parts = [f"# {escaped(site.local_name)}"]
    if tagline := site.text.get("tagline"):
        parts.append(f"> {escaped(tagline)}")
    if about := site.text.get("about"):
        parts.append(paragraphs(about))
    parts += [section(Article.Kind(kind).plural, rows) for kind, rows in listed.items() if rows]
    parts += [section(gettext("Pages"), rest)] if rest else []
    parts.append(section("Optional", [*elsewhere(site)]))
    return HttpResponse("\n\n".join(parts) + "\n", content_type=CONTENT_TYPE.replace("markdown", "plain"))


def elsewhere(site):
    """Yield where more is: all that was published, and other languages."""
    yield row(gettext("Feeds"), absolute(reverse("articles:feeds")), "")
    yield row("Sitemap", absolute(reverse("sitemap")), "")
    for language in site.languages:
        if language != get_language():
            with translation.override(language):
                yield row(Language(language).label, absolute(reverse("articles:llms")), "")


def section(name, rows):
    return "\n".join([f"## {escaped(name)}\n", *rows])


def row(title, address, about):
    words = escaped(about)
    return f"- {link(title, address)}{': ' + words if words else ''}"
