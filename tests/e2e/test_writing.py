"""Writing in a real browser: the toolbar, notes, tables, pictures, pastes, and nothing lost."""

import pytest
from playwright.sync_api import expect

from articles import markup
from articles.models import Article, RelatedVeto
from tests.factories import make_article, make_author, make_image, make_tag, make_upload

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/admin/articles/article/add/"


def open_editor(desk, address=ADD):
    desk.goto(address)
    editor = desk.locator(".ProseMirror")
    expect(desk.get_by_role("toolbar", name="Formatting")).to_be_visible()
    return editor


def tool(desk, name):
    return desk.get_by_role("toolbar", name="Formatting").get_by_role("button", name=name, exact=True)


def save_draft(desk):
    desk.get_by_role("button", name="Save as draft").click()
    expect(desk.locator(".messagelist")).to_contain_text("readers do not see it")


def test_an_article_is_written_with_everything_and_read(desk, tmp_path):
    make_author(name="Ines Vale")
    picture = tmp_path / "buoy.jpg"
    picture.write_bytes(make_upload(size=(900, 600)).read())
    editor = open_editor(desk)
    desk.get_by_label("Title", exact=True).fill("A day at the buoy")
    editor.click()

    # A heading, a paragraph and a note.
    desk.keyboard.type("## What moved\nNothing moved")
    tool(desk, "Footnote").click()
    desk.get_by_role("dialog").get_by_label("Note").fill("As seen from the pier.")
    desk.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    desk.keyboard.type(", and that was the news.\n")

    # The note again, by a press on its mark.
    editor.locator(".note-mark").click()
    desk.get_by_role("dialog").get_by_label("Note").fill("As seen from the north pier.")
    desk.get_by_role("dialog").get_by_role("button", name="Change").click()
    desk.keyboard.press("Control+End")

    # A table with a head row and a caption.
    tool(desk, "Table").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Rows").fill("2")
    dialog.get_by_label("Columns", exact=True).fill("2")
    dialog.get_by_label("Caption").fill("Tides")
    dialog.get_by_role("button", name="Insert").click()
    for words in ("Hour", "Height", "6", "2.1"):
        desk.keyboard.type(words)
        if words != "2.1":
            desk.keyboard.press("Tab")
    desk.keyboard.press("Control+End")

    # A picture from the disk: first without a description, then with one.
    tool(desk, "Picture from the library").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Picture file").set_input_files(picture)
    dialog.get_by_label("Alternative text").fill("A buoy at dawn")
    dialog.get_by_label("Caption").fill("The buoy, as ever")
    dialog.get_by_role("button", name="Upload and use").click()
    expect(editor.locator("figure img")).to_be_visible()

    # A byline by keyboard.
    desk.locator("#bylines-0 .select2-selection").click()
    desk.keyboard.type("Ines")
    expect(desk.locator(".select2-results__option--highlighted")).to_have_text("Ines Vale")
    desk.keyboard.press("Enter")

    desk.get_by_role("button", name="Publish now").click()
    desk.get_by_role("button", name="Publish all the same").click()
    desk.locator(".messagelist").get_by_role("link", name="See it").click()

    expect(desk.locator("h1")).to_have_text("A day at the buoy")
    expect(desk.get_by_role("heading", name="What moved")).to_be_visible()
    expect(desk.locator(".notes li")).to_contain_text("As seen from the north pier.")
    expect(desk.locator("table caption")).to_have_text("Tides")
    expect(desk.locator("table thead th").first).to_have_text("Hour")
    expect(desk.get_by_alt_text("A buoy at dawn")).to_be_visible()
    expect(desk.get_by_text("The buoy, as ever")).to_be_visible()
    expect(desk.get_by_role("link", name="Ines Vale").first).to_be_visible()


EVERYTHING = """\
<p>One <strong>two</strong> <em>three</em> <s>four</s> <del>five</del> <ins>six</ins> H<sub>2</sub>O
x<sup>2</sup> <code>c</code> <mark>m</mark> <small>s</small> <abbr title="World Health">WHO</abbr>
<cite>Book</cite> <q>said</q> <span lang="ar" dir="rtl">سلام</span> <bdi>x</bdi> line<br>break
<a href="https://example.org/a" hreflang="ar" rel="nofollow">link <code>c</code></a>,
note<sup data-note="See https://example.org &quot;x&quot;">*</sup>.</p>
<h2>Head</h2><h3 dir="rtl" lang="he">שלום</h3><h4>Four</h4><hr>
<ul><li>a</li><li><p>b</p><ol start="4"><li>c</li></ol></li></ul><ol><li>one</li></ol>
<blockquote lang="fr"><p>Q</p><p>R</p><footer>Someone, <cite>Book</cite></footer></blockquote>
<pre>a
  b <strong>c</strong></pre><pre><code>x = 1
y</code></pre>
<dl><dt>Term</dt><dd>Meaning</dd><dt>T2</dt><dd><p>p1</p><p>p2</p></dd></dl>
<details><summary>More</summary><p>Hidden</p><ul><li>x</li></ul></details>
<table dir="rtl"><caption lang="en">Cap <em>x</em></caption>
<thead><tr><td></td><th scope="col" colspan="2">H</th></tr></thead>
<tbody><tr><th scope="row">r</th><td rowspan="2">1</td><td><p>a</p><p>b</p></td></tr>
<tr><th scope="row">q</th><td>2</td></tr></tbody></table>
<table><tbody><tr><td>x</td><td>y</td></tr></tbody></table>
<figure class="wide" data-image="{image}"><figcaption dir="rtl">Own <em>caption</em></figcaption></figure>
<figure data-image="{image}"></figure>
<figure data-embed="youtube" data-embed-id="dQw4w9WgXcQ"><figcaption>Title</figcaption></figure>
<figure data-embed="vimeo" data-embed-id="76979871"></figure>
<p dir="rtl">سلام</p><p>End.</p>"""


def test_everything_that_may_be_stored_survives_an_edit(desk):
    body = markup.clean(EVERYTHING.replace("{image}", str(make_image().pk)))
    article = make_article(status="draft", body=body)
    editor = open_editor(desk, f"/admin/articles/article/{article.pk}/change/")

    editor.get_by_text("End.").click()
    desk.keyboard.press("End")
    desk.keyboard.type(" Added.")
    save_draft(desk)

    article.refresh_from_db()
    assert article.body == body.replace("End.", "End. Added.")


def paste(desk, html, text=""):
    desk.locator(".ProseMirror").evaluate(
        """(editor, [html, text]) => {
          const data = new DataTransfer()
          if (html) data.setData("text/html", html)
          data.setData("text/plain", text)
          const event = { clipboardData: data, bubbles: true, cancelable: true }
          editor.dispatchEvent(new ClipboardEvent("paste", event))
        }""",
        [html, text],
    )


def test_a_pasted_address_of_a_video_becomes_the_video(desk):
    editor = open_editor(desk)
    desk.get_by_label("Title", exact=True).fill("Seen")
    editor.click()

    paste(desk, "", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3")
    expect(editor.locator("figure")).to_contain_text("YouTube")
    save_draft(desk)

    assert '<figure data-embed="youtube" data-embed-id="dQw4w9WgXcQ"></figure>' in Article.objects.get().body


def test_a_dropped_picture_opens_the_dialog_and_a_refusal_keeps_what_was_typed(desk):
    # The console calls every 400 an error, and an error fails a test.
    def soften(route):
        answer = route.fetch()
        assert answer.status == 400
        route.fulfill(json=answer.json())

    desk.route("**/upload/", soften)
    editor = open_editor(desk)
    editor.evaluate(
        """(editor) => {
          const data = new DataTransfer()
          data.items.add(new File(["no picture"], "buoy.png", { type: "image/png" }))
          const { left, top } = editor.getBoundingClientRect()
          const place = { clientX: left + 60, clientY: top + 40, bubbles: true, cancelable: true }
          editor.dispatchEvent(new DragEvent("drop", { dataTransfer: data, ...place }))
        }"""
    )
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Alternative text").fill("A buoy")
    dialog.get_by_role("button", name="Upload and use").click()

    expect(dialog.get_by_role("alert")).to_contain_text("not a JPEG, PNG, GIF or WebP picture")
    expect(dialog.get_by_label("Alternative text")).to_have_value("A buoy")


def test_a_picture_of_the_library_is_chosen_by_keyboard(desk):
    make_image(title="Lighthouse", alt="A lighthouse")
    make_image(title="Harbour", alt="A harbour")
    editor = open_editor(desk)
    editor.focus()

    desk.keyboard.press("Control+Alt+p")
    search = desk.get_by_role("dialog").get_by_label("Search the library")
    expect(search).to_be_focused()
    desk.keyboard.type("light")
    expect(desk.locator(".desk-grid li")).to_have_count(1)
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")

    expect(editor.locator("figure img")).to_be_visible()


def test_the_toolbar_is_one_stop_of_the_tab_key(desk):
    editor = open_editor(desk)
    editor.focus()

    desk.keyboard.press("Shift+Tab")
    expect(tool(desk, "Heading")).to_be_focused()
    desk.keyboard.press("ArrowRight")
    expect(tool(desk, "Smaller heading")).to_be_focused()
    desk.keyboard.press("Enter")

    expect(editor).to_be_focused()
    expect(editor.locator("h3")).to_have_count(1)
    expect(tool(desk, "Smaller heading")).to_have_attribute("aria-pressed", "true")
    expect(desk.get_by_role("textbox", name="Text", exact=True)).to_have_count(1)


def test_the_direction_follows_the_language(desk):
    editor = open_editor(desk)

    desk.get_by_label("Language", exact=True).select_option("ar")
    desk.get_by_label("Title", exact=True).fill("مرفأ بلا ليل")
    desk.keyboard.press("Tab")

    expect(editor).to_have_attribute("dir", "rtl")
    expect(desk.get_by_label("Address", exact=True)).to_have_value("مرفأ-بلا-ليل")


def test_a_typed_tag_does_not_beat_the_one_that_is_there(desk):
    make_tag(name="history")
    open_editor(desk)
    desk.get_by_label("Title", exact=True).fill("Tagged")

    desk.locator(".field-tags .select2-selection").click()
    desk.keyboard.type("hist")
    expect(desk.locator(".select2-results__option--highlighted")).to_have_text("history")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Ports,")
    save_draft(desk)

    assert set(Article.objects.get().tags.names()) == {"history", "Ports"}


def test_authors_are_ordered_by_keyboard(desk):
    ines, daniel = make_author(name="Ines"), make_author(name="Daniel")
    article = make_article(status="draft", authors=[ines, daniel])
    open_editor(desk, f"/admin/articles/article/{article.pk}/change/")

    desk.locator("#bylines-1").get_by_role("button", name="Move up").focus()
    desk.keyboard.press("Enter")
    save_draft(desk)

    assert list(article.authors.order_by("bylines__position")) == [daniel, ines]


def test_what_stands_beside_an_article_is_vetoed_and_picked_from_its_form(desk):
    article = make_article(status="draft", authors=[make_author()], tags=["Ports"])
    for title in ("A harbour", "A quay"):
        make_article(title=title, tags=["Ports"])
    open_editor(desk, f"/admin/articles/article/{article.pk}/change/")
    panel = desk.locator(".desk-related-panel")

    # A veto acts at once, and can be taken back; the form is not sent.
    desk.get_by_label("Title", exact=True).fill("Typed before")
    panel.get_by_role("button", name="Not this one: A harbour").press("Enter")
    expect(panel.get_by_role("button", name="Allow again: A harbour")).to_be_visible()
    assert [veto.target.title for veto in RelatedVeto.objects.all()] == ["A harbour"]
    panel.get_by_role("button", name="Allow again: A harbour").click()
    expect(panel.get_by_role("button", name="Not this one: A harbour")).to_be_visible()
    assert not RelatedVeto.objects.exists()
    expect(desk.get_by_label("Title", exact=True)).to_have_value("Typed before")

    # A pick is a row of the form, saved with it.
    panel.get_by_role("button", name="Make it a pick: A quay").click()
    save_draft(desk)
    assert [link.target.title for link in article.related_links.all()] == ["A quay"]
