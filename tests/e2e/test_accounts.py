"""A colleague from the invitation to the second factor, in a real browser."""

import base64

import pytest
from django.contrib.sessions.models import Session
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from articles.models import Article
from tests.config.accounts import PASSWORD, code_of, link_in, send_all, set_up
from tests.factories import make_article, make_colleague, make_site

from .axe import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def pass_second_factor(desk, person):
    """Make the session of a page one that has passed the second step."""
    set_up(person)
    session = Session.objects.get()
    store = session.get_session_store_class()(session.session_key)
    store[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=person).persistent_id
    store.save()


def log_in(page, name, password=PASSWORD):
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=False).fill(password)
    page.get_by_role("button", name="Log in").click()


def enter(page, code):
    page.get_by_label("Code", exact=True).fill(code)
    page.keyboard.press("Enter")


def test_a_colleague_is_invited_sets_up_a_second_factor_and_comes_back(desk, admin_user, settings, browser):
    settings.TWO_FACTOR_REQUIRED = "administrators"
    make_site(name="Tidelines")
    make_colleague("Administrator")
    pass_second_factor(desk, admin_user)

    # The administrator invites.
    desk.goto("/admin/auth/user/")
    desk.get_by_role("link", name="Invite a colleague").click()
    desk.get_by_label("First name").fill("Ines")
    desk.get_by_label("Email address").fill("ines@example.org")
    desk.get_by_label("Administrator").check()
    assert_accessible(desk)
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("The invitation is on its way to ines@example.org")
    expect(desk.locator("#result_list")).to_contain_text("Invited")
    assert_accessible(desk)

    # The colleague, on a phone, follows the link.
    desk.context.clear_cookies()
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(link_in(send_all()[0]))
    assert_accessible(desk)
    desk.get_by_label("New password", exact=True).fill(PASSWORD)
    desk.get_by_role("button", name="Show what I type").first.click()
    expect(desk.get_by_label("New password", exact=True)).to_have_attribute("type", "text")
    desk.get_by_label("New password confirmation").fill(PASSWORD)
    desk.get_by_role("button", name="Set the password").click()
    expect(desk.locator(".messagelist")).to_contain_text("Your password is set")

    # An administrator must have a second factor: nothing opens before.
    log_in(desk, "ines")
    expect(desk.get_by_role("heading", name="Set up the second factor")).to_be_visible()
    assert_accessible(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    letters = desk.locator(".desk-secret").inner_text()
    key = base64.b32decode(letters.replace(" ", "")).hex()
    enter(desk, code_of(key))
    expect(desk.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    recovery = desk.locator(".desk-codes li").all_inner_texts()
    assert_accessible(desk)
    desk.get_by_role("link", name="I have kept them").click()
    expect(desk.get_by_role("button", name="Log out")).to_be_visible()

    # Out, and in again with a code, then with a recovery code.
    desk.get_by_role("button", name="Log out").click()
    desk.goto("/admin/account/")
    log_in(desk, "ines")
    assert_accessible(desk)
    enter(desk, code_of(key, steps=1))
    expect(desk.get_by_text("10 recovery codes are left.")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("button", name="Log out").click()
    desk.goto("/admin/account/")
    log_in(desk, "ines")
    desk.get_by_role("link", name="Take a recovery code").click()
    enter(desk, recovery[0])
    expect(desk.locator(".messagelist")).to_contain_text("9 recovery codes are left.")

    # The session ends while an article is open: both steps in place, and what was written is saved.
    article = make_article(title="As it was", status="draft")
    # A page of its own: the browser complains of the 401 that is the point here.
    page = desk.context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    expect(page.get_by_role("toolbar", name="Formatting")).to_be_visible()
    page.get_by_label("Title", exact=True).fill("Typed for an hour")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save as draft").click()
    frame = page.get_by_role("dialog", name="Log in again").frame_locator("iframe")
    frame.get_by_label("Username").fill("ines")
    frame.get_by_label("Password").fill(PASSWORD)
    frame.get_by_role("button", name="Log in").click()
    frame.get_by_label("Code").fill(code_of(key, steps=2))
    frame.get_by_role("button", name="Log in").click()
    expect(page.locator(".messagelist")).to_contain_text("readers do not see it")
    assert Article.objects.get().title == "Typed for an hour"
