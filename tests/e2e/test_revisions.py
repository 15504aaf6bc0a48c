"""Two editors at once, comparing and restoring, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_writing import open_editor
from tests.factories import make_article

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_conflict_is_settled_and_the_lost_text_restored(desk, browser_of, django_user_model):
    hers = browser_of(django_user_model.objects.create_superuser("ines", first_name="Ines"))
    article = make_article(status="draft", title="The canal", body="<p>The canal is open to ships.</p>")
    address = f"/admin/articles/article/{article.pk}/change/"
    editor = open_editor(desk, address)
    theirs = open_editor(hers, address)
    for page, text, word in ((hers, theirs, "closed"), (desk, editor, "dry")):
        text.get_by_text("open").click()
        page.keyboard.press("Control+A")
        page.keyboard.type(f"The canal is {word} to ships.")
    hers.get_by_role("button", name="Save as draft").click()
    expect(hers.locator(".messagelist")).to_contain_text("readers do not see it")

    desk.get_by_role("button", name="Save as draft").click()

    conflict = desk.locator(".desk-conflict")
    expect(conflict.get_by_role("heading", level=2).first).to_contain_text("Ines saved this article")
    expect(conflict.locator("del")).to_contain_text("closed")
    expect(conflict.locator("ins")).to_contain_text("dry")
    expect(desk.locator(".ProseMirror")).to_contain_text("The canal is dry to ships.")
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    conflict.get_by_role("button", name="Copy these words").click()
    expect(desk.locator("[data-copied]")).to_have_text("Copied")
    assert desk.evaluate("navigator.clipboard.readText()") == "The canal is closed to ships."

    desk.get_by_role("button", name="Save as draft").click()
    expect(desk.locator(".messagelist")).to_contain_text("readers do not see it")
    desk.get_by_role("link", name="History", exact=True).click()
    expect(desk.locator(".desk-versions > li")).to_have_count(3)
    desk.get_by_role("radio", name="this (version 1)", exact=True).check()
    desk.get_by_role("radio", name="with this (version 2)").check()
    desk.get_by_role("button", name="Compare the two").click()
    expect(desk.locator("del")).to_contain_text("closed")
    desk.get_by_role("link", name="Restore version 1").click()
    desk.get_by_role("button", name="Restore version 1").click()

    expect(desk.locator(".messagelist")).to_contain_text("Version 1 is back")
    expect(desk.locator(".ProseMirror")).to_contain_text("The canal is closed to ships.")
