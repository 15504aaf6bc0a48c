"""A stranger comes: reads, subscribes, confirms; then logs in, writes, publishes and sees it live."""

import re

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import expect

from config import demo
from newsletter.models import Subscription
from tests.factories import make_upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run_tasks():
    """Run what is queued, as the worker would."""
    return lambda: call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)


def test_from_first_visit_to_a_published_article(page, admin_user, run_tasks, tmp_path):
    demo.load()

    # Reads.
    page.goto("/")
    lead = page.locator("article.lead h2 a")
    title = lead.inner_text()
    lead.click()
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator(".prose p").first).to_be_visible()

    # Subscribes, and is told the same thing as everybody.
    page.get_by_label("Your email address").fill("reader@example.org")
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator("form[data-signup] [role=status]")).to_contain_text("Look in your mail")

    # Confirms: the link shows a button, the button subscribes.
    run_tasks()
    [message] = mail.outbox
    link = re.search(r"https?://\S+/confirm/\S+", message.body)[0]
    page.goto(link)
    assert Subscription.objects.get().status == "pending"
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_be_visible()
    assert Subscription.objects.get().status == "active"

    # Logs in.
    page.goto("/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Log in").click()

    # Writes, with a picture.
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Title", exact=True).fill("A day at the buoy")
    page.get_by_label("Standfirst").fill("Nothing moved, and that was the news.")
    editor = page.locator(".ProseMirror").first
    editor.click()
    page.keyboard.type("At dawn the buoy was where it had always been.")
    picture = tmp_path / "buoy.jpg"
    picture.write_bytes(make_upload().read())
    page.get_by_role("button", name=re.compile("figure|picture|image", re.I)).first.click()
    page.locator("dialog input[type=file]").set_input_files(picture)
    page.locator("dialog").get_by_label(re.compile("alternative text|alt", re.I)).fill("A buoy at dawn")
    page.locator("dialog").get_by_role("button", name=re.compile("upload|insert|add", re.I)).first.click()
    expect(editor.locator("figure img")).to_be_visible()

    # Publishes, and sees it live.
    page.get_by_role("button", name="Publish now").click()
    page.get_by_role("button", name="Publish all the same").click()
    expect(page.locator(".messagelist")).to_contain_text("is live")
    page.goto("/articles/a-day-at-the-buoy/")
    expect(page.locator("h1")).to_have_text("A day at the buoy")
    expect(page.get_by_alt_text("A buoy at dawn")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name="A day at the buoy").first).to_be_visible()
