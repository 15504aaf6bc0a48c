"""Tags in a real browser: Enter takes what is there, the text suggests, and a merge keeps old addresses."""

import pytest
from playwright.sync_api import expect

from articles.models import Article, Tag
from tests.e2e.test_writing import open_editor, save_draft
from tests.factories import make_article, make_tag

pytestmark = pytest.mark.django_db(transaction=True)


def search_field(desk):
    return desk.locator(".field-tags .select2-search__field")


def chosen(desk):
    return desk.locator(".field-tags .select2-selection__choice")


def test_enter_takes_the_tag_that_begins_so_however_fast(desk):
    make_tag(name="Airports")
    make_tag(name="History")
    open_editor(desk)
    desk.get_by_label("Title", exact=True).fill("Tags")

    # At once, before any suggestion can be there.
    search_field(desk).click()
    desk.keyboard.type("hist")
    desk.keyboard.press("Enter")
    expect(chosen(desk)).to_contain_text(["History"])

    # What only holds the letters is not taken for what was typed.
    desk.keyboard.type("port")
    expect(desk.locator(".select2-results__option")).to_contain_text(["port (new tag)", "Airports"])
    desk.keyboard.press("Enter")
    expect(chosen(desk)).to_contain_text(["History", "port"])

    save_draft(desk)
    assert [row.tag.name for row in Article.objects.get().tagged.order_by("pk")] == ["History", "port"]


def test_the_text_suggests_tags_and_a_press_adds_one(desk):
    make_tag(name="Ports")
    make_tag(name="العراق")
    make_tag(name="Canals")
    editor = open_editor(desk)
    desk.get_by_label("Title", exact=True).fill("Two ports")
    editor.click()
    desk.keyboard.type("From the ports to والعراق.")

    desk.get_by_role("button", name="Suggest from the text").click()
    desk.get_by_role("button", name="+ Ports").click()
    desk.get_by_role("button", name="+ العراق").press("Enter")

    expect(chosen(desk)).to_contain_text(["Ports", "العراق"])
    desk.get_by_role("button", name="Suggest from the text").click()
    expect(desk.locator(".desk-spotted")).to_contain_text("no other tag")
    save_draft(desk)
    assert Article.objects.get().tagged.count() == 2


def test_merged_tags_are_followed_by_their_old_address(desk):
    make_tag(name="Harbours")
    make_tag(name="Ports")
    make_article(title="A day at sea", tags=["Harbours"])
    desk.goto("/admin/articles/tag/")
    desk.locator("#action-toggle").check()
    desk.locator("select[name=action]").select_option("merge")
    desk.get_by_role("button", name="Go").click()
    desk.get_by_label("Ports").check()
    desk.get_by_role("button", name="Make them one").click()
    expect(desk.locator(".messagelist")).to_contain_text("has taken over “Harbours”")

    desk.goto("/tags/harbours/")
    expect(desk.get_by_role("heading", name="Ports")).to_be_visible()
    assert desk.url.endswith("/tags/ports/")
    expect(desk.get_by_text("A day at sea")).to_be_visible()

    desk.goto("/admin/articles/tagmerge/")
    desk.locator("#result_list tbody th a").click()
    desk.get_by_role("button", name="Undo this merge").click()
    expect(desk.locator(".messagelist")).to_contain_text("own again: Harbours")
    assert Tag.objects.filter(name="Harbours").exists()
