"""What is not published is nowhere: no page, feed, sitemap, twin, card or suggestion has a word of it."""

import html
import re
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from django.utils import timezone

from articles import lexicon
from articles.models import RelatedLink
from tests.factories import (
    make_article,
    make_author,
    make_correction,
    make_image,
    make_page,
    make_series,
    make_site,
    make_tag,
)

pytestmark = pytest.mark.django_db

WORD = "zanzibarite"
LINK = re.compile(
    r"""(?:href|src|action|content)=["']([^"'#]+)|<loc>([^<]+)|\]\(([^)\s]+)\)|"(http[^"\\]+)\""""
)
DOORS = [
    "/",
    "/ar/",
    "/he/",
    "/search/?q=strait",
    "/search/?q=zanzibar",
    "/search/suggest/?q=zanz",
    "/zanzibar/",
    "/robots.txt",
    "/sitemap.xml",
    "/llms.txt",
    "/feeds/",
    "/archive/",
    "/press/",
    "/corrections/",
]


@pytest.fixture
def secrets():
    """Live pieces, and beside them every kind of piece that readers may not see, connected in every way."""
    make_site(words={language: {} for language in ("en", "ar", "he")})
    ines = make_author(name="Ines", slug="ines")
    series = make_series(title="Straits", slug="straits")
    live = make_article(
        title="The strait",
        slug="strait",
        authors=[ines],
        tags=["Ports"],
        series=series,
        series_position=1,
        body='<p>It cites <a href="/articles/hidden-draft/">another piece</a>.</p>',
    )
    soon = timezone.now() + timedelta(days=3)
    hidden = [
        {"status": "draft"},
        {"status": "review"},
        {"status": "published", "published_at": soon},
        {"status": "withdrawn", "withdrawn_reason": "It was wrong.", "published_at": live.published_at},
    ]
    for number, state in enumerate(hidden):
        for kind in ("analysis", "mention"):
            piece = make_article(
                title=f"Secret {WORD}",
                slug=f"hidden-{state['status']}" if kind == "analysis" else f"hidden-mention-{number}",
                kind=kind,
                standfirst=f"About {WORD}.",
                body=f'<h2>{WORD}</h2><p>{WORD} <a href="/articles/strait/">the strait</a></p>',
                authors=[ines, make_author(name=f"{WORD} {number} {kind}", slug=f"{WORD}-{number}-{kind}")],
                tags=["Ports", f"{WORD} {number}"],
                series=series,
                series_position=number + 2,
                source_outlet=WORD,
                source_title=WORD,
                lead_image=make_image(alt=WORD, caption=WORD),
                **state,
            )
            RelatedLink.objects.create(article=live, target=piece, note=WORD)
            make_correction(article=piece, text=WORD)
    make_article(title=WORD, slug="rework", draft_of=live, status="draft", body=f"<p>{WORD}</p>")
    make_tag(name=f"Unused {WORD}", description=WORD)
    make_page(title="About", slug="about", in_footer=True)
    lexicon.refresh()
    return live


def links_in(answer):
    """Yield the addresses of this site that an answer leads to."""
    if not re.search(r"text|xml|json", answer["Content-Type"]):
        return
    for groups in LINK.findall(answer.content.decode()):
        parts = urlsplit(html.unescape(next(filter(None, groups))))
        if parts.netloc in ("", "testserver") and parts.scheme in ("", "http") and parts.path.startswith("/"):
            yield unquote(parts.path) + (f"?{parts.query}" if parts.query else "")


def test_a_word_of_what_is_not_published_is_on_no_public_surface(client, secrets):
    waiting, seen, found = [*DOORS, *DOORS_OF_THE_HIDDEN], set(), []
    while waiting:
        path = waiting.pop(0)
        if path in seen or path.startswith(("/static/", "/media/", "/admin/")):
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.has_header("Location"):
            waiting.append(answer["Location"])
        if WORD in answer.content.decode(errors="replace").casefold():
            found.append(path)
        waiting += links_in(answer)
    assert found == []
    # The walk went everywhere, or it would have shown nothing.
    assert {"/articles/strait/", "/tags/ports/", "/authors/ines/", "/series/straits/"} <= seen
    assert len(seen) > 60


DOORS_OF_THE_HIDDEN = [
    f"/articles/{slug}/{rest}"
    for slug in (
        "hidden-draft",
        "hidden-review",
        "hidden-published",
        "hidden-withdrawn",
        "hidden-mention-0",
        "rework",
    )
    for rest in ("", "card.png", "index.md", "cite.bib", "cite.ris")
]


def test_the_walk_would_see_the_word_of_a_live_piece(client, secrets):
    make_article(title=f"Told: {WORD}", slug="told")
    assert WORD in client.get("/").content.decode()
