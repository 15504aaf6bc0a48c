"""Pasting from the programs that people write in: what arrives, and what is said of the rest."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from articles.models import Article
from tests.e2e.test_writing import open_editor, paste, save_draft

pytestmark = pytest.mark.django_db(transaction=True)
# As the programs put it on the clipboard.
CLIPBOARD = Path(__file__).parent / "clipboard"

OPENING = (
    "<h2>Who clears the channel</h2><p>The harbour office <strong>owns no dredger</strong>; it hires one "
    '<em>by the week</em>, as its <a href="https://example.org/report?year=2025&amp;page=2">yearly report</a>'
    " says."
)
REST = (
    "<h2>Three reasons</h2><ul><li><p>The tide:</p><ul><li>spring</li><li>neap</li></ul></li>"
    "<li>The <strong>wind</strong></li></ul><ol><li>Measure</li><li>Dig</li></ol><table><tbody>"
    '<tr><td colspan="2"><strong>Depth</strong></td></tr><tr><td>North</td><td>7.4 m</td></tr></tbody>'
    '</table><p dir="rtl">القناة ضحلة.</p>'
)
NOTE = '<sup data-note="Harbour office, page 12.">*</sup>'
BID = " Water is H<sub>2</sub>O, and the third bid was late.</p>"


def test_a_document_arrives_as_what_it_means(desk):
    pasted = {
        "word": (
            OPENING + NOTE + BID + REST,
            "1 picture, colours, underlining. The words are all there. Pictures go in through the library.",
        ),
        "google-docs": (OPENING + " Water is H<sub>2</sub>O.</p>" + REST, ""),
        "libreoffice": (OPENING + NOTE + BID + REST, "colours. The words are all there."),
    }
    for program, (body, said) in pasted.items():
        editor = open_editor(desk)
        desk.get_by_label("Title", exact=True).fill(program)
        editor.click()
        with desk.expect_response("**/pasted/"):
            paste(desk, (CLIPBOARD / f"{program}.html").read_text())

        notice = desk.locator(".prose-editor").get_by_role("status")
        expect(notice.locator("span")).to_have_text([f"Taken out of the text: {said}"] if said else [])
        save_draft(desk)

        assert Article.objects.get(title=program).body == body, program
        # What the browser has said already is not said again.
        expect(desk.locator(".messagelist")).not_to_contain_text("Taken out")


def test_what_a_web_page_loses_is_said_beside_the_editor_until_it_is_closed(desk):
    editor = open_editor(desk)
    editor.click()

    paste(
        desk,
        "<h2>Tides</h2><script>x()</script><iframe src='https://www.youtube.com/embed/dQw4w9WgXcQ'></iframe>"
        "<p>High at six.</p><iframe src='https://example.org/map'></iframe>"
        "<form><p>Get our letter <input></p></form>",
    )

    notice = desk.locator(".prose-editor").get_by_role("status")
    expect(notice).to_contain_text("Taken out of the text: 1 embedded page (example.org), 1 script, 1 form.")
    expect(editor.locator("figure")).to_contain_text("YouTube")
    expect(editor).to_contain_text("Get our letter")
    paste(desk, "<p>Low at <b>noon</b>.</p>")
    expect(notice).to_be_in_viewport(ratio=1)
    notice.get_by_role("button", name="Close").press("Enter")
    expect(notice).to_be_empty()
    expect(editor).to_be_focused()


def test_where_the_server_does_not_answer_that_is_said(desk):
    editor = open_editor(desk)
    editor.click()
    desk.route("**/pasted/", lambda route: route.fulfill(body="", content_type="text/html"))

    paste(desk, "<p>High at <u>six</u>.</p>")

    expect(desk.locator(".prose-editor").get_by_role("status")).to_contain_text("The server did not answer")
    expect(editor).to_contain_text("High at six.")
