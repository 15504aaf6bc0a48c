"""The preview follows what is typed; an outsider reads the draft until the link is revoked."""

import re

import pytest
from playwright.sync_api import expect

from articles.models import Article, DraftLink
from tests.factories import make_article, make_image

from .axe import assert_accessible
from .test_writing import open_editor

pytestmark = pytest.mark.django_db(transaction=True)


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


def test_the_preview_shows_unsaved_words_at_every_width_and_in_every_place(desk):
    article = make_article(
        status="draft", title="As it was", body="<h2>One</h2><p>Old.</p>", lead_image=make_image(alt="A buoy")
    )
    desk.set_viewport_size({"width": 1440, "height": 900})
    open_editor(desk, change(article))
    desk.get_by_role("button", name="Preview", exact=True).click()
    pane = desk.get_by_role("region", name="Preview")
    page = pane.frame_locator("iframe")
    expect(page.get_by_role("heading", name="As it was")).to_be_visible(timeout=30_000)

    desk.get_by_label("Title", exact=True).fill("As it is typed")
    expect(page.get_by_role("heading", name="As it is typed")).to_be_visible(timeout=30_000)
    expect(pane.get_by_role("status")).to_have_text("Shows what the form holds, saved or not.")
    desk.locator(".ProseMirror").click()
    desk.keyboard.press("Control+End")
    desk.keyboard.type(" And new.")
    expect(page.get_by_text("Old. And new.")).to_be_visible(timeout=30_000)
    assert Article.objects.get().title == "As it was"

    # The page has the width of the device, whatever room there is.
    for view, width in {"Tablet": 768, "Desktop": 1440, "Phone": 390}.items():
        pane.get_by_role("radio", name=view).check()
        expect(page.locator("html")).to_have_js_property("clientWidth", width)
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # A link leads out of the frame, and the frame stays.
    with desk.context.expect_page() as opened:
        page.get_by_role("link", name="Analysis").first.click()
    opened.value.close()
    expect(page.get_by_role("heading", name="As it is typed")).to_be_visible()

    pane.get_by_role("radio", name="Search result").focus()
    desk.keyboard.press("Space")
    expect(page.get_by_text("14 of about 60 characters")).to_be_visible(timeout=30_000)
    desk.keyboard.press("ArrowRight")
    shape = page.get_by_role("img", name="A buoy").evaluate("(img) => img.clientWidth / img.clientHeight")
    assert shape == pytest.approx(1.91, abs=0.02)
    pane.get_by_role("radio", name="Newsletter").check()
    expect(page.get_by_text("Read the article")).to_be_visible(timeout=30_000)

    # After a save the pane is as it was left; on a phone it stands beneath the form.
    desk.get_by_role("button", name="Save as draft").click()
    expect(desk.locator(".messagelist")).to_contain_text("readers do not see it", timeout=30_000)
    expect(page.get_by_text("Read the article")).to_be_visible(timeout=30_000)
    desk.set_viewport_size({"width": 390, "height": 844})
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pane.get_by_role("button", name="Close").click()
    expect(pane).to_be_hidden()


def test_an_outsider_reads_the_draft_until_the_link_is_revoked(desk, browser, live_server):
    article = make_article(status="draft", title="Not yet out", body="<p>Words of the draft.</p>")
    desk.goto(change(article))
    desk.get_by_role("link", name="Links for outsiders").click()
    desk.get_by_label("For whom").fill("Dr Reyes")
    desk.get_by_label("Embargo until").fill("2100-07-01T09:00")
    desk.get_by_role("button", name="Make the link").click()
    address = desk.get_by_role("textbox", name=re.compile("Address of the link")).input_value()
    desk.get_by_role("button", name="Copy: Address of the link for Dr Reyes").click()
    expect(desk.get_by_role("status")).to_have_text("Copied")
    assert_accessible(desk)

    outsider = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    complaints = []
    outsider.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    answer = outsider.goto(address)
    assert answer.headers["cache-control"] == "private, no-store"
    expect(outsider.get_by_text("Words of the draft.")).to_be_visible()
    expect(outsider.get_by_text("Embargoed until 1 July 2100, 09:00")).to_be_visible()
    assert outsider.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(outsider)
    assert not complaints

    desk.reload()
    expect(desk.get_by_text("1 view, on")).to_be_visible()
    desk.get_by_role("link", name="Revoke…").click()
    desk.get_by_role("button", name="Revoke it").click()
    expect(desk.get_by_role("heading", name="Links that answer no longer")).to_be_visible()

    assert outsider.goto(address).status == 404
    expect(outsider.get_by_role("heading", name="Nothing to read at this link")).to_be_visible()
    assert DraftLink.objects.get().views == 1
    outsider.context.close()
