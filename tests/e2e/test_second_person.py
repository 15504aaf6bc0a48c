"""A writer submits, an editor reviews and schedules, the clock publishes, a correction follows."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Article
from tests.e2e.test_writing import open_editor, tool
from tests.factories import make_author, make_colleague, make_image

pytestmark = pytest.mark.django_db(transaction=True)


def expect_said(page, words):
    expect(page.locator(".messagelist")).to_contain_text(words, timeout=30_000)


def test_a_text_goes_from_its_writer_by_an_editor_and_the_clock_to_readers(page, browser_of):
    make_author(name="Daniel Roke")
    make_image(alt="The quay at dawn")
    daniel = make_colleague("Writer", username="daniel", first_name="Daniel")
    ines = make_colleague("Editor", username="ines", first_name="Ines")

    # The writer can submit, not publish.
    writer = browser_of(daniel)
    text = open_editor(writer)
    writer.get_by_label("Title", exact=True).fill("What the quay is for")
    writer.get_by_label("Standfirst").fill("It was built for one ship a week.")
    text.click()
    writer.keyboard.type("A first ship came.")
    expect(writer.get_by_role("button", name="Publish now")).to_have_count(0)
    writer.get_by_role("button", name="Submit for review").click()
    expect_said(writer, "waits for an editor")

    # The editor finds it among what waits, and changes a word.
    editor = browser_of(ines)
    editor.goto("/admin/articles/article/?state=review")
    editor.get_by_role("link", name="What the quay is for").click()
    text = editor.locator(".ProseMirror")
    expect(tool(editor, "Heading")).to_be_visible()
    text.click()
    editor.keyboard.press("Control+A")
    editor.keyboard.type("A second ship came.")
    due = timezone.localtime(timezone.now() + timedelta(seconds=15))
    editor.locator("#id_published_at_0").fill(f"{due:%Y-%m-%d}")
    editor.locator("#id_published_at_1").fill(f"{due:%H:%M:%S}")
    editor.get_by_role("button", name="Schedule").click()
    editor.get_by_role("button", name="Schedule all the same").click()
    expect_said(editor, "is scheduled for")

    # No reader sees it before its time; then every reader does, and no worker has run.
    address = Article.objects.get().get_absolute_url()
    if timezone.now() < due:
        assert page.request.get(address).status == 404
    page.wait_for_timeout(max(0, (due - timezone.now()).total_seconds()) * 1000 + 100)
    page.goto(address)
    expect(page.locator("article")).to_contain_text("A second ship came.")

    # Corrected in public.
    editor.reload()
    editor.get_by_role("button", name="Add another Correction or update").click()
    editor.locator("#id_corrections-0-text").fill("There were three ships.")
    editor.get_by_role("button", name="Save and keep it live").click()
    expect_said(editor, "is live")
    page.reload()
    expect(page.locator("article")).to_contain_text("There were three ships.")
    page.goto("/corrections/")
    expect(page.get_by_role("main")).to_contain_text("What the quay is for")
