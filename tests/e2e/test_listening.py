"""Listening to an article: with a file, with the voice of the device, and with neither."""

import re

import pytest
from django.test import testcases
from playwright.sync_api import expect

from articles import audio
from articles.models import Narration
from config import trial
from tests.articles.recordings import wav
from tests.e2e.axe import assert_accessible
from tests.factories import make_article, make_site

pytestmark = pytest.mark.django_db(transaction=True)

BODY = (
    "<p>They <em>wait</em>.<sup data-note='Since May.'></sup> They <a href='/tags/'>leave</a>.</p>"
    "<p>Later.</p>"
)
VOICES = """
const said = window.said = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "he-IL" }, { lang: "en-GB", localService: true }],
  speak: (one) => { window.now = one; said.push(one.text.trim()); },
  cancel: () => {},
  addEventListener: () => {},
} });
"""


@pytest.fixture
def seekable(monkeypatch):
    """Let the test's server answer as the trial does: Django's own knows no parts of files."""

    def serve(_handler, request):
        return trial.media(request, request.path.removeprefix("/media/"))

    monkeypatch.setattr(testcases._MediaFilesHandler, "serve", serve)


def marked(page):
    return page.evaluate("[...CSS.highlights.get('heard') ?? []].map(String).join('').trim()")


def until_marked(page, text):
    """Wait until a sentence is marked, twenty seconds at most."""
    page.evaluate(
        """(text) => new Promise((found, missed) => {
          const end = performance.now() + 20000;
          const look = () => {
            const marked = [...CSS.highlights.get("heard") ?? []].map(String).join("").trim();
            if (marked === text) found();
            else if (performance.now() > end) missed(new Error(`“${marked}” is marked, not “${text}”.`));
            else requestAnimationFrame(look);
          };
          look();
        })""",
        text,
    )


def test_a_file_is_read_with_its_sentences_marked_and_goes_on_where_it_was_left(page, seekable):
    make_site()
    article = make_article(title="Ships", body=BODY)
    recording = audio.judge(wav(8))
    Narration.objects.keep(
        article, "made", recording, text_hash=article.spoken_hash, timings=[100, 100, 300, 300]
    )
    page.goto(article.get_absolute_url())
    player = page.get_by_role("region", name="Listen to this article")
    expect(player.get_by_role("slider", name="Position")).to_be_visible()
    assert_accessible(page)

    player.get_by_role("button", name="Listen").press("Enter")
    until_marked(page, "They wait.")
    until_marked(page, "They leave.")
    player.get_by_role("button", name="Back").click()
    until_marked(page, "They wait.")
    player.get_by_role("button", name="Forward").click()
    player.get_by_role("button", name="Pause").press("Space")
    expect(player.get_by_role("button", name="Go on")).to_be_visible()

    page.reload()
    expect(player).to_contain_text(re.compile(r"0:0[234] / 0:08"))
    player.get_by_role("combobox", name="Speed").select_option("2")
    player.get_by_role("button", name="Go on").click()
    until_marked(page, "Later.")
    expect(player.get_by_role("button", name="Listen", exact=True)).to_be_visible()
    assert marked(page) == ""
    assert page.evaluate("localStorage.listen") == "{}"


def test_where_there_is_no_file_the_voice_of_the_device_reads(page):
    make_site()
    article = make_article(title="Ships", body=BODY)
    page.add_init_script(VOICES)
    page.goto(article.get_absolute_url())
    player = page.get_by_role("region", name="Listen to this article")
    expect(player).to_contain_text("Read aloud by your device")

    player.get_by_role("button", name="Listen").click()
    assert marked(page) == "Ships"
    page.evaluate("now.onend()")
    assert marked(page) == "They wait."
    player.get_by_role("button", name="Forward").click()
    assert marked(page) == "They leave."
    assert page.evaluate("now.lang + now.voice.lang") == "enen-GB"
    player.get_by_role("button", name="Pause").click()
    page.reload()
    player.get_by_role("button", name="Go on").click()
    assert page.evaluate("said") == ["They leave."]
    page.evaluate("now.onend()")
    page.evaluate("now.onend()")
    expect(player.get_by_role("button", name="Listen", exact=True)).to_be_visible()

    # An older browser marks with elements, and takes them out again.
    before = page.locator(".prose").inner_html()
    page.evaluate("Object.defineProperty(CSS, 'highlights', { value: undefined })")
    player.get_by_role("button", name="Listen").click()
    page.evaluate("now.onend()")
    expect(page.locator("mark.heard")).to_have_text(["They ", "wait", ".", " "])
    player.get_by_role("slider").fill("3")
    expect(page.locator("mark.heard")).to_have_text("Later.")
    page.evaluate("now.onend()")
    assert page.locator(".prose").inner_html() == before


def test_where_nothing_can_read_there_is_no_player(page):
    make_site()
    page.goto(make_article().get_absolute_url())
    expect(page.locator("[data-listen]")).to_be_hidden()
