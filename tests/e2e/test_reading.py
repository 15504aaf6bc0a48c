"""Reading an article in a browser that runs no script: notes, pictures, links to its parts, paper."""

import re

import pytest
from playwright.sync_api import expect

from articles.renditions import make_renditions
from tests.e2e.axe import assert_accessible
from tests.factories import make_article, make_author, make_correction, make_image, make_site, make_upload

pytestmark = pytest.mark.django_db(transaction=True)
IS_OPEN = "note => note.matches(':popover-open')"
SHIFTS = """new PerformanceObserver(list => {
    for (const shift of list.getEntries()) window.shifted = (window.shifted ?? 0) + shift.value;
}).observe({ type: "layout-shift", buffered: true })"""


@pytest.fixture
def quiet(browser, live_server, settings):
    """A page of a reader whose browser runs no script."""
    settings.SITE_URL = live_server.url
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 1280, "height": 800}
    )
    yield context.new_page()
    context.close()


def long_article(**fields):
    make_site()
    image = make_image(upload=make_upload(size=(2000, 1250)), alt="A chart", caption="The strait")
    make_renditions(image)
    parts = "".join(
        f"<h2>Part {number}</h2><p>{'The pilots came home late. ' * 40}"
        f'<sup data-note="Note {number}, see https://example.org/{number}.">*</sup></p>'
        for number in range(1, 5)
    )
    body = f'{parts}<figure data-image="{image.pk}"></figure><p>The end of it.</p>'
    return make_article(body=body, lead_image=image, authors=[make_author(bio="Writes.")], **fields)


def test_notes_and_pictures_open_in_place_by_key_and_close_with_escape(quiet):
    quiet.goto(long_article().get_absolute_url())
    note, number = quiet.locator("#n2"), quiet.locator("#r2")
    below = note.bounding_box()["y"]

    number.scroll_into_view_if_needed()
    number.focus()
    quiet.keyboard.press("Enter")

    box, mark = note.bounding_box(), number.bounding_box()
    assert 0 <= box["y"] - (mark["y"] + mark["height"]) < 40 < below
    assert box["height"] < 200
    quiet.keyboard.press("Tab")
    expect(note.get_by_role("link", name="https://example.org/2")).to_be_focused()
    quiet.keyboard.press("Escape")
    expect(number).to_be_focused()
    assert note.bounding_box()["y"] > mark["y"] + 500

    quiet.get_by_role("button", name="Enlarge the picture").focus()
    quiet.keyboard.press("Enter")
    large = quiet.locator("#f1 > img")
    expect(large).to_be_visible()
    assert large.bounding_box()["width"] > 1000
    quiet.get_by_role("button", name="Close the picture").click()
    expect(large).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_parts_of_an_article_are_accessible_and_nothing_moves(page, language):
    article = long_article(language=language)
    make_correction(article=article)
    page.add_init_script(SHIFTS)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.set_viewport_size({"width": 320, "height": 640})

    page.goto(article.get_absolute_url())
    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.shifted ?? 0") == 0
    page.locator("#r1").click()
    assert page.locator("#n1").evaluate(IS_OPEN)
    box = page.locator("#n1").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator(".cite summary").click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_picture_on_top_is_fetched_once_and_in_a_fitting_size(page):
    article = long_article()
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))

    page.goto(article.get_absolute_url())
    page.wait_for_load_state("networkidle")

    shown = page.locator(".hero img").evaluate("image => image.currentSrc")
    assert fetched.count(shown) == 1
    assert len([url for url in fetched if url.endswith(".avif") and url != shown]) <= 1


def test_the_address_of_a_part_stands_in_its_heading(page):
    page.goto(long_article().get_absolute_url())

    page.get_by_role("heading", name="Part 3").get_by_role("link").click()

    expect(page).to_have_url(re.compile("#part-3$"))


def test_how_far_one_has_read_shows_on_top_unless_one_wants_no_motion(page):
    article = long_article()
    width = "document.querySelector('.article').getAnimations({subtree: true}).length"
    page.emulate_media(reduced_motion="reduce")
    page.goto(article.get_absolute_url())
    assert page.evaluate(width) == 0

    page.emulate_media(reduced_motion="no-preference")

    page.wait_for_function(f"{width} === 1")
