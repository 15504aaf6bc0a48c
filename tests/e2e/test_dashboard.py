"""The desk's front page and an article's log in a real browser: on a phone, in the dark, mirrored."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import make_article, make_colleague

from .axe import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_editor_goes_from_the_front_page_to_what_waits_and_to_its_log(desk):
    now = timezone.now()
    salma = make_colleague("Writer", first_name="Salma")
    waiting = make_article(
        status="review", title="Who insures an empty lane", created_by=salma, submitted_at=now
    )
    make_article(title="مرفأ بلا ليل", language="ar", published_at=now + timedelta(days=9))
    make_article(
        title="A very long title that has to break somewhere " * 4, published_at=now + timedelta(days=2)
    )
    make_article(title="Look again", review_by=timezone.localdate() + timedelta(days=4))

    for width, scheme in ((390, "light"), (1440, "dark")):
        desk.set_viewport_size({"width": width, "height": 900})
        desk.emulate_media(color_scheme=scheme)
        desk.goto("/admin/")
        assert_accessible(desk)
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.evaluate("document.documentElement.dir = 'rtl'")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # On a phone the calendar holds only the days with something on them.
    desk.set_viewport_size({"width": 390, "height": 900})
    days = desk.get_by_role("region", name="The next four weeks").locator("td:visible")
    expect(days).to_have_count(3)

    desk.get_by_role("region", name="Waiting for review").get_by_role("link", name=waiting.title).click()
    desk.get_by_role("button", name="Send back").click()
    expect(desk.locator(".messagelist")).to_contain_text("readers do not see it")
    desk.get_by_role("link", name="History").click()
    desk.get_by_role("link", name="Who did what").click()
    expect(desk.locator("#content-main li")).to_contain_text("Sent it back to its writer.")
    assert_accessible(desk)
    desk.get_by_role("link", name="Version 1").click()
    expect(desk.locator("#content-main")).to_contain_text("Some words.")
