"""From draft to live in a real browser: what the checklist holds back, overriding it, withdrawing."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from tests.factories import make_article

pytestmark = pytest.mark.django_db(transaction=True)


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


def test_a_held_article_is_put_right_overridden_and_withdrawn(desk, client):
    article = make_article(status="draft", title="At the buoy", body="<p>It was TKTK metres.</p>")
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(change(article))

    # What blocks cannot be overridden; what was written is still there.
    desk.get_by_role("button", name="Publish now").click()
    findings = desk.get_by_role("region", name="Before readers get it")
    expect(findings).to_contain_text("A placeholder is left", timeout=30_000)
    expect(desk.get_by_role("button", name="Publish all the same")).to_have_count(0)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    editor = desk.locator(".ProseMirror").first
    expect(editor).to_contain_text("TKTK")

    # Put right, the warnings alone are left, and they are overridden.
    editor.click()
    desk.keyboard.press("Control+A")
    desk.keyboard.type("It was nine metres.")
    desk.get_by_role("button", name="Publish now").click()
    expect(findings).to_contain_text("The standfirst is missing.", timeout=30_000)
    desk.get_by_role("button", name="Publish all the same").click()
    expect(desk.locator(".messagelist")).to_contain_text("is live", timeout=30_000)
    assert client.get(article.get_absolute_url()).status_code == 200

    # Withdrawn, with a reason.
    desk.locator("summary", has_text="Withdraw").click()
    desk.get_by_label("Reason for withdrawing").fill("It was ten.")
    desk.get_by_role("button", name="Withdraw from readers").click()
    expect(desk.locator(".messagelist")).to_contain_text("readers see why", timeout=30_000)
    assert Article.objects.get(pk=article.pk).state == "withdrawn"
    assert "It was ten." in client.get(article.get_absolute_url()).text
