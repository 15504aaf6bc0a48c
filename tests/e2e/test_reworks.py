"""Reworking a live article in a real browser: begin, save, look, schedule, replace, drop."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles import reworks
from articles.models import Article
from tests.factories import make_article, make_author, make_image

pytestmark = pytest.mark.django_db(transaction=True)


def complete_article(**fields):
    """A live article of which the checklist has nothing to say."""
    fields = {"standfirst": "Why it silts up.", "lead_image": make_image(), "slug": "canal"} | fields
    return make_article(authors=[make_author(name="Ines Vale")], tags=["Ports"], **fields)


def begin(page, article):
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.get_by_role("button", name="Rework it while readers keep this text").click()
    expect(page.locator(".desk-rework")).to_contain_text("Rework of: The old canal")
    expect(page.get_by_role("toolbar", name="Formatting")).to_be_visible()


def test_a_live_article_is_reworked_while_readers_keep_it(desk):
    article = complete_article(title="The old canal", body="<p>Old words.</p>")
    begin(desk, article)
    form = desk.url

    # Saved, and readers see nothing of it; the preview shows it.
    desk.get_by_label("Title", exact=True).fill("The new canal")
    desk.locator(".ProseMirror").click()
    desk.keyboard.press("Control+A")
    desk.keyboard.type("New words.")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("readers still see the old text")
    desk.goto("/articles/canal/")
    expect(desk.locator("article")).to_contain_text("Old words.")
    rework = Article.objects.get(draft_of=article)
    desk.goto(f"/admin/articles/article/{rework.pk}/preview/")
    expect(desk.get_by_role("heading", level=1)).to_have_text("The new canal")

    # The list has one row, with a link to the rework.
    desk.goto("/admin/articles/article/")
    expect(desk.locator("#result_list tbody tr")).to_have_count(1)
    desk.get_by_role("link", name="Rework: draft").click()
    expect(desk).to_have_url(form)

    # It is given a time; the article's own form says so.
    when = timezone.localtime(timezone.now() + timedelta(days=2))
    desk.locator("#id_published_at_0").fill(f"{when:%Y-%m-%d}")
    desk.locator("#id_published_at_1").fill("09:00:00")
    desk.get_by_role("button", name="Schedule").click()
    expect(desk.locator(".desk-rework")).to_contain_text("It replaces that text on")
    desk.get_by_role("link", name="The old canal").first.click()
    expect(desk.locator(".desk-rework")).to_contain_text("admin began a rework")

    # Its time comes, and the first reader has the new text; no worker runs.
    Article.objects.filter(pk=rework.pk).update(published_at=timezone.now())
    desk.goto("/articles/canal/")
    expect(desk.get_by_role("heading", level=1)).to_have_text("The new canal")
    expect(desk.locator("article")).to_contain_text("New words.")
    expect(desk.locator("article")).to_contain_text("Ines Vale")


def test_a_rework_replaces_at_once_or_is_dropped(desk):
    article = complete_article(title="The old canal")
    begin(desk, article)
    desk.get_by_label("Title", exact=True).fill("The new canal")
    desk.get_by_role("button", name="Publish: replace the live text").click()
    expect(desk.locator(".messagelist")).to_contain_text("readers see the new text")
    desk.locator(".messagelist").get_by_role("link", name="See it").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("The new canal")

    Article.objects.filter(pk=article.pk).update(title="The old canal")
    begin(desk, article)
    desk.get_by_role("link", name="Drop the rework").click()
    desk.get_by_role("link", name="No, keep it").click()
    desk.get_by_role("link", name="Drop the rework").click()
    desk.get_by_role("button", name="Drop it").click()
    expect(desk.locator(".messagelist")).to_contain_text("readers go on to see the old text")
    expect(desk.get_by_role("button", name="Rework it while readers keep this text")).to_be_visible()
    assert not Article.objects.filter(draft_of=article).exists()


def test_words_typed_into_a_rework_that_goes_meanwhile_are_kept(desk):
    # In a page of its own: the browser tells its console that the rework is gone.
    page = desk.context.new_page()
    article = complete_article(title="The old canal")
    begin(page, article)
    page.wait_for_load_state("networkidle")
    page.get_by_label("Title", exact=True).fill("Written at the last moment")
    reworks.publish(Article.objects.get(draft_of=article), None)

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".messagelist")).to_contain_text("What you wrote is kept")
    kept = Article.objects.get(draft_of=article)
    assert kept.title == "Written at the last moment"
    assert [str(row) for row in kept.bylines.all()] == ["Ines Vale"]
