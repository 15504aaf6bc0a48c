"""Comments in a real browser: words are quoted, a colleague is called by name, answers and resolves."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from playwright.sync_api import expect

from articles.models import Article, Comment
from tests.e2e.axe import assert_accessible
from tests.e2e.test_writing import open_editor, tool
from tests.factories import make_article, make_colleague
from tests.newsletter.factories import run_tasks

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "as long as it has to be"
BODY = "<p>It was ten metres deep.</p><p>Nothing else moved.</p>"


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


def select(page, words):
    """Select words in the text as a drag of the mouse would."""
    page.locator(".ProseMirror").click()
    page.evaluate(
        """(words) => {
          const root = document.querySelector(".ProseMirror")
          const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(words)
            if (at < 0) continue
            getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length)
            return
          }
        }""",
        words,
    )
    page.wait_for_function(
        "(words) => { const { state } = document.querySelector('.ProseMirror').editor;"
        " const { from, to } = state.selection; return state.doc.textBetween(from, to) === words }",
        arg=words,
    )


def selected(page):
    return page.evaluate("getSelection().toString()")


def test_words_are_commented_on_a_colleague_is_called_and_resolves(desk, admin_user, browser_of):
    ben = make_colleague("Editor", username="ben", first_name="Ben", email="ben@example.org")
    article = make_article(title="At the buoy", body=BODY, status="draft", version=2)
    editor = open_editor(desk, change(article))
    panel = desk.get_by_role("region", name="Comments")
    expect(panel).to_contain_text("Nobody has commented yet.")

    # Words are selected, and a colleague is chosen from the list by keyboard.
    desk.get_by_label("Standfirst").fill("Typed and not saved.")
    select(desk, "ten metres")
    tool(desk, "Comment (Ctrl+Alt+M)").click()
    dialog = desk.get_by_role("dialog", name="Comment on these words")
    expect(dialog.locator("blockquote")).to_have_text("“ten metres”")
    desk.keyboard.type("Nine, I think. @be")
    expect(dialog.get_by_role("option", name="@ben Ben")).to_have_attribute("aria-selected", "true")
    assert_accessible(desk)
    desk.keyboard.press("Escape")
    expect(dialog.get_by_role("listbox")).to_have_count(0)
    desk.keyboard.type("n")
    expect(dialog.get_by_role("option")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(dialog.get_by_label("What you want to say")).to_have_value("Nine, I think. @ben ")
    desk.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(panel.get_by_role("status")).to_have_text("Your comment is there. Ben gets a mail.")
    expect(panel.locator(".desk-name")).to_have_text("@ben")
    expect(panel.locator("h2")).to_have_text("Comments (1)")
    assert desk.evaluate("CSS.highlights.get('desk-comments').size") == 1
    assert desk.evaluate("[...CSS.highlights.get('desk-comments')].join()") == "ten metres"
    run_tasks()
    run_tasks()
    (sent,) = mail.outbox
    assert sent.to == ["ben@example.org"]
    assert sent.subject == f"{admin_user} mentions you in “At the buoy”"

    # The quotation leads to its words, wherever they are by now.
    editor.locator("p").first.click()
    desk.keyboard.press("Home")
    desk.keyboard.type("Well! ")
    panel.get_by_role("button", name="“ten metres”").click()
    assert selected(desk) == "ten metres"
    desk.keyboard.type("nine metres")
    expect(panel).to_contain_text("These words have changed since.")
    expect(desk.get_by_label("Standfirst")).to_have_value("Typed and not saved.")
    article.refresh_from_db()
    assert (article.version, article.body, article.standfirst) == (2, BODY, "")

    # The colleague follows the link of the mail, answers and resolves.
    page = browser_of(ben, viewport={"width": 390, "height": 844})
    page.goto(re.search(r"http\S+", sent.body)[0])
    panel = page.get_by_role("region", name="Comments")
    expect(panel.locator(".desk-comment")).to_be_focused()
    panel.get_by_role("button", name="Answer").click()
    page.keyboard.type("Nine it is.")
    page.get_by_role("dialog").get_by_role("button", name="Comment", exact=True).click()
    expect(panel.locator(".desk-reply")).to_contain_text("Nine it is.")
    panel.get_by_role("button", name="Resolve").click()
    expect(panel.get_by_role("status")).to_have_text("The comment is resolved.")
    expect(panel).to_contain_text("No comment is open.")
    panel.locator("summary").click()
    expect(panel).to_contain_text("Resolved by Ben")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Comment.objects.get(parent=None).resolved_by == ben
    assert len(mail.outbox) == 1


def test_nothing_of_a_comment_is_lost_when_line_or_session_are_cut(desk, log_in):
    user = make_colleague("Editor", password=PASSWORD)
    log_in(desk.context, user)
    article = make_article(status="draft")
    # The console of this page may say what is wrong with line and session.
    page = desk.context.new_page()
    open_editor(page, change(article))
    panel = page.get_by_role("region", name="Comments")
    panel.get_by_role("button", name="Comment on the selected words").click()
    expect(panel.get_by_role("status")).to_have_text("Select the words in the text first.")
    panel.get_by_role("button", name="Comment on the whole article").click()
    dialog = page.get_by_role("dialog", name="Comment on the whole article")
    words = dialog.get_by_label("What you want to say")
    words.fill("Shorter, please.")

    # Without a network, and after the dialog was closed.
    page.route("**/comments/", lambda route: route.abort())
    dialog.get_by_role("button", name="Comment", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is no connection, so nothing was sent.")
    page.unroute("**/comments/")
    page.keyboard.press("Escape")
    panel.get_by_role("button", name="Comment on the whole article").click()
    expect(words).to_have_value("Shorter, please.")

    # Without a session.
    Session.objects.all().delete()
    dialog.get_by_role("button", name="Comment", exact=True).click()
    again = page.get_by_role("dialog", name="Log in again")
    frame = again.frame_locator("iframe")
    frame.get_by_label("Username").fill(user.username)
    frame.get_by_label("Password").fill(PASSWORD)
    frame.get_by_role("button", name="Log in").click()

    expect(panel.locator(".desk-comment-text")).to_have_text("Shorter, please.", timeout=30_000)
    assert Comment.objects.count() == 1
    assert Article.objects.get().version == article.version
    page.close()


def test_a_writer_quotes_from_an_article_in_review(desk, log_in):
    writer = make_colleague("Writer")
    article = make_article(body=BODY, status="review", created_by=writer)
    log_in(desk.context, writer)
    desk.goto(change(article))
    desk.locator(".desk-read p").last.dblclick(position={"x": 20, "y": 10})
    desk.get_by_role("button", name="Comment on the selected words").click()
    desk.keyboard.type("Is that so?")
    desk.keyboard.press("Control+Enter")

    panel = desk.get_by_role("region", name="Comments")
    expect(panel.get_by_role("button", name="“Nothing”")).to_be_visible()
    comment = Comment.objects.get()
    assert (comment.prefix, comment.suffix) == ("It was ten metres deep.", "else moved.")
