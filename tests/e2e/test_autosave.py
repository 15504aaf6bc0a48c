"""Nothing that was typed is lost: the browser dies, the line is cut, the session ends. Who else is here."""

import re

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, expect

from articles.models import Article, Autosave, Presence
from tests.e2e.test_writing import open_editor, save_draft
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "as long as it has to be"


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


def line(page):
    return page.locator(".desk-kept")


def expect_kept(page):
    expect(line(page)).to_have_text(re.compile(r"^Kept at \d\d:\d\d \(not yet saved\)$"))


def die(page):
    """End the page as a crash does: nobody is asked, no script has a last word."""
    with page.expect_event("crash"), pytest.raises(Error):
        page.goto("chrome://crash")


def expect_everything_kept(page):
    """Wait for the server to have what the form holds: the byline's second row came last."""
    for _attempt in range(40):
        kept = Autosave.objects.first()
        if kept and dict(kept.data).get("bylines-1-position") == "1":
            return
        page.wait_for_timeout(250)
    pytest.fail("The server never heard of the second author.")


def again(page):
    """Another page of the same browser."""
    return page.context.new_page()


def write(page, *, title, words):
    page.get_by_label("Title", exact=True).fill(title)
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def choose(page, row, name):
    page.locator(f"{row} .select2-selection").click()
    page.keyboard.type(name)
    expect(page.locator(".select2-results__option--highlighted")).to_have_text(name)
    page.keyboard.press("Enter")


def test_the_browser_dies_and_everything_that_was_typed_is_taken_up_and_saved(desk):
    ines = make_author(name="Ines Vale")
    make_author(name="Daniel Roke")
    article = make_article(
        title="As it was", body="<p>Old.</p>", status="draft", authors=[ines], tags=["Ports"]
    )
    open_editor(desk, change(article))
    write(desk, title="As it is typed", words=" And new.")
    desk.locator(".field-tags .select2-search__field").click()
    desk.keyboard.type("Canals,")
    desk.locator("#bylines-group .add-row a").click()
    choose(desk, "#bylines-1", "Daniel Roke")
    desk.locator("#bylines-1").get_by_role("button", name="Move up").click()
    expect_kept(desk)
    expect_everything_kept(desk)
    die(desk)

    page = again(desk)
    page.goto(change(article))
    expect(page.get_by_label("Title", exact=True)).to_have_value("As it was")
    page.get_by_role("button", name="Take up what was not saved").click()

    expect(page.get_by_label("Title", exact=True)).to_have_value("As it is typed")
    expect(page.locator(".ProseMirror")).to_have_text("Old. And new.")
    expect(page.locator(".field-tags .select2-selection__choice")).to_have_text(
        [re.compile("Ports"), re.compile("Canals")]
    )
    expect(
        page.locator("#bylines-group tr.form-row:not(.empty-form) .select2-selection__rendered")
    ).to_have_text([re.compile("Daniel Roke"), re.compile("Ines Vale")])
    save_draft(page)

    article.refresh_from_db()
    assert article.title == "As it is typed"
    assert article.body == "<p>Old. And new.</p>"
    assert [row.tag.name for row in article.tagged.order_by("pk")] == ["Ports", "Canals"]
    assert [str(row.author) for row in article.bylines.all()] == ["Daniel Roke", "Ines Vale"]
    assert not Autosave.objects.exists()
    page.reload()
    expect(page.locator(".ProseMirror")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.get_by_role("button", name="Take up what was not saved")).to_have_count(0)
    page.close()


def test_a_new_article_survives_a_crash_before_the_server_heard_of_it(desk):
    page = again(desk)
    open_editor(page)
    page.route("**/keep/**", lambda route: route.abort())
    write(page, title="Begun offline", words="A first line.")
    expect(line(page)).to_have_text("No connection: kept in this browser")
    page.get_by_role("button", name="Save as draft").click()
    expect(line(page)).to_contain_text("nothing was sent: kept in this browser")
    die(page)
    assert not Autosave.objects.exists()

    open_editor(desk)
    desk.get_by_role("button", name="Take up what was not saved").click()

    expect(desk.get_by_label("Title", exact=True)).to_have_value("Begun offline")
    expect(desk.locator(".ProseMirror")).to_have_text("A first line.")
    save_draft(desk)
    assert Article.objects.get().body == "<p>A first line.</p>"
    open_editor(desk)
    desk.wait_for_timeout(500)
    expect(desk.get_by_role("button", name="Take up what was not saved")).to_have_count(0)
    assert desk.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('desk:'))") == []


def test_another_open_tab_of_ones_own_is_not_offered(desk):
    article = make_article(status="draft")
    open_editor(desk, change(article))
    write(desk, title="In the first tab", words="")
    expect_kept(desk)

    page = again(desk)
    open_editor(page, change(article))
    page.wait_for_timeout(500)

    expect(page.get_by_role("button", name="Take up what was not saved")).to_have_count(0)
    page.close()


def test_what_is_thrown_away_is_gone(desk, admin_user):
    article = make_article(status="draft")
    Autosave.objects.keep(admin_user, article, "0123456789", [["title", "Night thoughts"]])
    open_editor(desk, change(article))
    expect(desk.get_by_text("Night thoughts")).to_be_visible()

    desk.get_by_role("button", name="Throw it away").click()

    expect(desk.get_by_text("It is thrown away.")).to_be_visible()
    assert not Autosave.objects.exists()


def test_a_form_that_nobody_touched_is_not_kept(desk):
    article = make_article(status="draft", authors=[make_author()], tags=["Ports"])
    open_editor(desk, change(article))

    desk.wait_for_timeout(9000)

    assert not Autosave.objects.exists()
    expect(line(desk)).to_have_text("")


def test_two_editors_see_each_other(desk):
    article = make_article(status="draft")
    ines = User.objects.create_superuser("ines", password=PASSWORD, first_name="Ines", last_name="Vale")
    Presence.objects.show(ines, article)

    open_editor(desk, change(article))

    expect(desk.locator("[data-beside]")).to_have_text("Ines Vale has this open too.")
    expect(desk.locator("[data-beside]")).to_have_attribute("role", "status")
    assert Presence.objects.count() == 2


def log_in_again(page):
    frame = page.get_by_role("dialog", name="Log in again").frame_locator("iframe")
    frame.get_by_label("Username").fill("admin")
    frame.get_by_label("Password").fill("password")
    frame.get_by_role("button", name="Log in").click()


def test_the_session_ends_and_a_login_in_place_goes_on_with_the_save(desk):
    article = make_article(title="As it was", status="draft")
    page = again(desk)
    open_editor(page, change(article))
    write(page, title="Typed for an hour", words=" More.")
    Session.objects.all().delete()

    page.get_by_role("button", name="Save as draft").click()
    log_in_again(page)

    expect(page.locator(".messagelist")).to_contain_text("readers do not see it")
    assert Article.objects.get().title == "Typed for an hour"


def test_the_autosave_finds_the_session_ended_and_a_dismissed_question_costs_nothing(desk):
    article = make_article(title="As it was", status="draft")
    page = again(desk)
    open_editor(page, change(article))
    Session.objects.all().delete()
    write(page, title="Typed on", words=" More.")

    page.get_by_role("dialog").get_by_role("button", name="Not now").click()

    expect(line(page)).to_contain_text("You are logged out: kept in this browser")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Typed on")
    line(page).get_by_role("button", name="Log in again").click()
    log_in_again(page)
    expect_kept(page)
    save_draft(page)
    assert Article.objects.get().title == "Typed on"
