"""Every page of the desk for everybody: on a phone in the dark and in Arabic, on a wide screen in English."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import expect

from articles import revisions, reworks, tagging
from articles.models import Article, Comment, DraftLink, LinkUse, OutboundLink, Tag
from tests.config.test_permissions import expected, filled, make_objects
from tests.factories import make_article, make_author, make_correction, make_image, make_tag, make_upload

from .axe import assert_accessible
from .test_accounts import pass_second_factor

pytestmark = pytest.mark.django_db(transaction=True)

WAYS = {
    "phone, dark, Arabic": {"width": 390, "scheme": "dark", "language": "ar", "direction": "rtl"},
    "wide, light, English": {"width": 1440, "scheme": "light", "language": "en", "direction": "ltr"},
}

# What answers with data or a part of a page, or is no page of the desk's. Every other address of the table of
# rights that an administrator may open is looked at, and so is each that comes to it.
NO_PAGES = [
    "/admin/jsi18n/",
    "/admin/autocomplete/?app_label=articles&model_name=byline&field_name=author",
    "/admin/articles/article/tags/",
    "/admin/articles/article/keep/",
    "/admin/articles/article/<own draft>/keep/",
    "/admin/articles/article/<own draft>/comments/colleagues/?q=e",
    "/admin/articles/article/<own draft>/preview/",
    "/admin/articles/article/<own draft>/history/compare/",
    "/admin/articles/image/library/",
    "/admin/articles/image/<articles.image>/file/",
]
CHANGE = "/admin/articles/article/<{}>/change/"
MERGE, DELETE, PUBLISH, ADD_TAGS = (
    ["#action-toggle", f"select[name=action] >> {name}", ".actions button"]
    for name in ("merge", "delete_selected", "publish", "add_tags")
)

# Django's own, the same for every model; these are enough.
ALIKE = ("/history/", "/delete/")
UNLIKE = ("articles/article/", "articles/author/", "articles/image/", "auth/user/")

# The same page in another state: where, and what is pressed there, one after another.
STATES = {
    "article in review": (CHANGE.format("own review"), []),
    "live article": (CHANGE.format("own live"), []),
    "withdrawn article": (CHANGE.format("own withdrawn"), []),
    "scheduled article": (CHANGE.format("scheduled"), []),
    "article in Arabic": (CHANGE.format("arabic"), []),
    "rework": (CHANGE.format("rework"), []),
    "rework beside its article": ("/admin/articles/article/<rework>/rework/compare/", []),
    "dropping a rework": ("/admin/articles/article/<rework>/drop/", []),
    "version beside version": ("/admin/articles/article/<own draft>/history/compare/?old=1&new=2", []),
    "form with mistakes": ("/admin/articles/author/add/", ["[name=_save]"]),
    "checklist": (CHANGE.format("other draft"), ["[name=_publish]"]),
    "picture dialog": (CHANGE.format("own draft"), [".field-lead_image .desk-picture-buttons button"]),
    "comment dialog": (CHANGE.format("own draft"), [".desk-comment-buttons button >> nth=1"]),
    "filtered list": ("/admin/articles/article/?state=draft&q=strait", []),
    "empty list": ("/admin/articles/article/?q=nowhere-to-be-found", []),
    "chosen pictures deleted": ("/admin/articles/image/", DELETE),
    "chosen tags deleted": ("/admin/articles/tag/", DELETE),
    "chosen authors deleted": ("/admin/articles/author/", DELETE),
    "chosen redirects deleted": ("/admin/articles/redirect/", DELETE),
    "chosen tags merged": ("/admin/articles/tag/", MERGE),
    "merge that can be undone": ("/admin/articles/tagmerge/<merge>/change/", []),
    "articles published together": ("/admin/articles/article/", PUBLISH),
    "articles tagged together": ("/admin/articles/article/", ADD_TAGS),
    # Last, since the tab remembers that it is open.
    "preview": (CHANGE.format("own draft"), ["[data-preview]"]),
}
STRANGERS = ["/admin/login/", "/admin/password_reset/", "/admin/password_reset/done/"]
WITH_SECOND_FACTOR = ["/admin/account/", "/admin/account/factor/remove/", "/admin/account/codes/"]
# The browser's console complains of these by itself.
REFUSED = [
    "/admin/nowhere/",
    "/admin/invitation/1/",
    "/admin/password_reset/1/",
    "/admin/axes/accessattempt/add/",
]
BODY = """<h2>What the tide tables leave out</h2>
<p>The strait keeps its own time, and <a href="https://example.org/tables/2026">its tables</a> do not.</p>
<p dir="rtl" lang="ar">المضيق يحفظ وقته.</p>
<blockquote><p>Nobody asked the pilots.</p></blockquote>
<table><caption>Ships at anchor</caption>
<thead><tr><th scope="col">Day</th><th scope="col">Ships</th></tr></thead>
<tbody><tr><td>Monday</td><td>41</td></tr><tr><td>Tuesday</td><td>39</td></tr></tbody></table>"""
LONG = "The strait that keeps its own time, and what Donaudampfschifffahrtsgesellschaftskapitäne make of it"


def addresses():
    """Return an address for each kind of page that the table of rights opens to an administrator."""
    found = {}
    for address, row in expected().items():
        if not address.startswith("/admin/") or row["Administrator"][0] != "y":
            continue
        route = resolve(urlsplit(filled(address, {})).path).route
        alike = address.endswith(ALIKE) and not any(model in address for model in UNLIKE)
        # One's bare address leads on to its form.
        if not alike and not route.endswith("<path:object_id>/"):
            found.setdefault(route, address)
    return [address for address in found.values() if address not in [*NO_PAGES, *STRANGERS]]


def fill_desk(user):
    """Return the rows that the addresses name: long words, many rows, several scripts, and work under way."""
    now = timezone.now()
    objects = make_objects(user)
    draft, live = objects["own draft"], objects["own live"]
    picture = make_image(
        upload=make_upload(size=(1600, 900)), title="The anchorage at dawn", credit="Tidelines"
    )
    words = {"standfirst": "Why the tables are wrong by eleven minutes.", "body": BODY, "lead_image": picture}
    for article in (draft, live):
        with revisions.saving([article], user, revisions.SAVED):
            Article.objects.filter(pk=article.pk).update(title=LONG, **words)
        article.refresh_from_db()
        article.tags.add("Ports", "Straits", "Pilots")
        article.bylines.create(author=make_author(name="Ines Vale"))
        OutboundLink.objects.record(article)
        article.index()
    draft.related_links.create(target=live)
    draft.related_links.create(url="https://example.org/report", title="The report", position=1)
    comment = Comment.objects.get(article=draft)
    # The first two were given their keys.
    quoting = {"quotation": "The strait keeps its own time", "text": "By whose clock, @admin?"}
    Comment.objects.create(pk=3, article=draft, user=user, **quoting)
    Comment.objects.create(pk=4, article=draft, user=user, text="By the pilots'.", parent=comment)
    Comment.objects.create(pk=5, article=draft, text="Settled.", resolved_at=now, resolved_by=user)
    link = DraftLink.objects.create(
        article=draft,
        note="Dr Reyes",
        expires_at=now + timedelta(days=9),
        embargo_until=now + timedelta(days=2),
        views=3,
        last_viewed_at=now,
    )
    make_correction(article=live)
    OutboundLink.objects.filter(url__contains="tables").update(
        state="broken", answer="404 Not Found", broken_since=now, checked_at=now, failures=3
    )
    Article.objects.filter(pk=objects["other live"].pk).update(review_by=timezone.localdate())
    LinkUse.objects.create(link=objects["articles.outboundlink"], article=objects["other live"])
    make_tag(name="No article has it")
    harbours = make_tag(name="Harbours")
    return objects | {
        "articles.draftlink": link,
        "scheduled": make_article(title="Berth 4", published_at=now + timedelta(days=2), created_by=user),
        "arabic": make_article(title="مرفأ بلا ليل", language="ar", status="draft", body="<p>كلمات.</p>"),
        "rework": reworks.start(live, user),
        "merge": tagging.merge([harbours], Tag.objects.get(name="Ports"), user),
    }


def press(page, selector):
    """Press what a selector names, and wait where that leads on; `select >> value` chooses a value."""
    if selector.startswith("select"):
        box, value = selector.split(" >> ")
        page.locator(box).first.select_option(value)
    elif selector.startswith(("[name=_", "[type=submit", ".actions")):
        with page.expect_navigation():
            page.locator(selector).first.click()
    else:
        page.locator(selector).first.click()


class Faults(list):
    """What is wrong with the pages that were looked at."""

    def __init__(self, direction):
        self.direction = direction

    def look(self, page, name):
        """Note what is wrong with what is shown now, with everything that can be opened open."""
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        # What the row of buttons covers just now can be scrolled out from behind it.
        page.evaluate(
            "document.querySelectorAll('.submit-row').forEach((row) => { row.style.position = 'static' })"
        )
        for _moment in range(30):
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide <= 0:
                break
            # The boxes of the admin's scripts take their place some moments after the page is there.
            page.wait_for_timeout(100)
        if wide > 0:
            self.append(f"{name} ({page.url}) is {wide} pixels wider than the screen")
        if page.locator("html").get_attribute("dir") != self.direction:
            self.append(f"{name} ({page.url}) does not run {self.direction}")
        try:
            assert_accessible(page)
        except AssertionError as error:
            self.append(f"{name}: {error}")


@pytest.mark.parametrize("way", WAYS)
def test_every_page_of_the_desk_is_for_everybody(desk, admin_user, way):
    way = WAYS[way]
    objects = fill_desk(admin_user)
    desk.set_viewport_size({"width": way["width"], "height": 900})
    desk.emulate_media(color_scheme=way["scheme"], reduced_motion="reduce")
    desk.set_extra_http_headers({"Accept-Language": way["language"]})
    faults = Faults(way["direction"])

    for address in addresses():
        desk.goto(filled(address, objects))
        faults.look(desk, address)
    for name, (address, presses) in STATES.items():
        desk.goto(filled(address, objects))
        for selector in presses:
            press(desk, selector)
        faults.look(desk, name)

    # Somebody else saves first.
    draft = objects["own draft"]
    desk.goto(filled(CHANGE.format("own draft"), objects))
    with revisions.saving([draft], admin_user, revisions.SAVED):
        Article.objects.filter(pk=draft.pk).update(body="<p>Others wrote this.</p>")
    press(desk, "[name=_draft]")
    expect(desk.locator(".desk-conflict")).to_be_visible()
    faults.look(desk, "two editors")

    refused = desk.context.new_page()
    refused.set_viewport_size({"width": way["width"], "height": 900})
    refused.emulate_media(color_scheme=way["scheme"])
    refused.set_extra_http_headers({"Accept-Language": way["language"]})
    for address in REFUSED:
        refused.goto(address)
        faults.look(refused, address)
    refused.close()

    pass_second_factor(desk, admin_user)
    for address in WITH_SECOND_FACTOR:
        desk.goto(address)
        faults.look(desk, f"{address} with a second factor")

    desk.context.clear_cookies()
    for address in STRANGERS:
        desk.goto(address)
        faults.look(desk, address)
    desk.goto("/admin/login/")
    desk.locator("[name=username]").fill("admin")
    desk.locator("[name=password]").fill("password")
    press(desk, "[type=submit]")
    expect(desk.locator("[name=code]")).to_be_visible()
    faults.look(desk, "second step of the login")

    assert not faults, "\n\n".join(faults)


# What has the focus: its name, whether it comes after what had it before, and whether one sees where it is.
FOCUSED = """(before) => {
  const now = document.activeElement
  if (now === document.body) return null
  // The box of a choice shows that what is typed into it goes there.
  const { outlineStyle, boxShadow } = getComputedStyle(now.closest(".select2-selection") ?? now)
  const { width, height } = now.getBoundingClientRect()
  const words = now.getAttribute("aria-label") ?? now.textContent.trim().slice(0, 40)
  return {
    name: `${now.tagName} ${now.name ?? ""} ${words}`,
    follows: !before || Boolean(before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING),
    seen: width > 4 && height > 4 && (outlineStyle !== "none" || boxShadow !== "none"),
  }
}"""


def test_the_form_of_an_article_is_walked_by_tab_alone(desk, admin_user):
    desk.goto(filled(CHANGE.format("own draft"), fill_desk(admin_user)))
    expect(desk.locator(".prose-menubar button").first).to_be_visible()
    desk.evaluate("document.activeElement.blur()")
    stops, before = [], None
    for _ in range(300):
        desk.keyboard.press("Tab")
        stop = desk.evaluate(FOCUSED, before)
        if stop is None:
            break
        stops.append(stop)
        before = desk.evaluate_handle("document.activeElement")

    assert stop is None, f"The focus does not come to the end of the page; lately: {stops[-5:]}"
    assert [stop["name"] for stop in stops if not stop["follows"]] == []
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
    for wanted in ("title", "slug", "standfirst", "_publish"):
        assert any(f" {wanted} " in stop["name"] for stop in stops), f"{wanted} is not reached by Tab"

    # What opens gives the focus back.
    for opener in (".field-lead_image .desk-picture-buttons button", ".desk-comment-buttons button >> nth=1"):
        button = desk.locator(opener).first
        button.press("Enter")
        expect(desk.get_by_role("dialog")).to_be_visible()
        desk.keyboard.press("Escape")
        expect(desk.get_by_role("dialog")).to_have_count(0)
        expect(button).to_be_focused()
    button = desk.locator("[data-preview]")
    button.press("Enter")
    close = desk.get_by_role("region", name="Preview").get_by_role("button", name="Close")
    close.press("Enter")
    expect(button).to_be_focused()
