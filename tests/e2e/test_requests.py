"""How often a browser asks for something before a page is there, with nothing kept from before."""

import pytest

from articles.models import Book
from articles.renditions import make_renditions
from tests.factories import make_article, make_author, make_image, make_site, make_tag, make_upload
from tests.newsletter.factories import make_newsletter

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 12
PIECES = 25
PAGES = ["/", "/articles/piece-20/", "/tags/ports/", "/kinds/analysis/", "/search/?q=strait"]


def make_picture(number):
    """A picture of its own: no two pieces share a file."""
    picture = make_image(upload=make_upload(size=(700 + number, 440)), caption="At anchor")
    make_renditions(picture)
    return picture


def fill_site():
    """Make the fullest home page, and lists of which every piece has a picture."""
    make_site(words={"en": {"tagline": "Slow news.", "about": "We wait."}}, accent="#0b5563")
    make_newsletter()
    ines, ports = make_author(name="Ines Vale", photo=make_picture(100)), make_tag(name="Ports", slug="ports")
    inside = make_picture(200)
    kinds = ["mention", "mention", "bulletin", "bulletin", "announcement", "announcement", "announcement"]
    for number in range(PIECES):
        analysis = number >= len(kinds)
        make_article(
            slug=f"piece-{number}",
            kind="analysis" if analysis else kinds[number],
            standfirst="Why the tables are wrong by eleven minutes.",
            body=f"<h2>The strait</h2><p>It keeps <em>its own</em> time.</p>"
            f'<figure data-image="{inside.pk}"></figure>{"<p>The strait is narrow.</p>" * 20}',
            lead_image=make_picture(number) if analysis else None,
            authors=[ines],
            tags=[ports],
            source_quote="A queue, says Tidelines." if number < 2 else "",
        )
    cover = make_picture(300)
    Book.objects.create(title="Narrow Places", language="en", description="A book.", url="/a/", cover=cover)


def test_a_page_asks_for_little_and_nobody_else_and_keeps_nothing_of_the_reader(
    browser, live_server, settings
):
    settings.SITE_URL = live_server.url
    fill_site()
    asked = {}

    for address in PAGES:
        with browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}) as reader:
            asked[address] = []
            page = reader.new_page()
            page.on("request", lambda request, seen=asked[address]: seen.append(request.url))
            answer = page.goto(address)
            page.wait_for_load_state("networkidle")
            assert answer.status == 200
            assert not reader.cookies()
            assert page.evaluate("localStorage.length + sessionStorage.length") == 0

    for address, urls in asked.items():
        assert [url for url in urls if not url.startswith(live_server.url)] == []
        assert len(urls) <= MOST, f"{address} asks for\n" + "\n".join(urls)
    # The lists and the front page do show pictures, with the publisher's colours.
    assert sum("/media/" in url for url in asked["/kinds/analysis/"]) == 5
    assert sum("/media/" in url for url in asked["/"]) == 5
    assert f"{live_server.url}/theme.css" in asked["/"]
