"""Every page that readers get for everybody: wide, narrow, dark, mirrored, in forced colours, enlarged."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from articles import audio, lexicon
from articles.models import Book, DraftLink, DrawnOn, Narration, TranslationGroup
from articles.renditions import make_renditions
from newsletter.models import Newsletter
from tests.articles.recordings import wav
from tests.config.test_permissions import ADDRESSES
from tests.factories import (
    make_article,
    make_author,
    make_correction,
    make_image,
    make_page,
    make_series,
    make_site,
    make_tag,
    make_upload,
)
from tests.newsletter.factories import (
    make_newsletter,
    make_subscription,
    make_token_row,
    preferences_path,
    unsubscribe_path,
)

from .axe import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)

WAYS = {
    "wide, light, English": {"language": "en", "width": 1440, "color_scheme": "light"},
    "phone, dark, Arabic": {"language": "ar", "width": 320, "color_scheme": "dark"},
    "forced colours, no motion, Hebrew": {
        "language": "he",
        "width": 390,
        "forced_colors": "active",
        "reduced_motion": "reduce",
    },
    # What a screen of 1280 by 1024 has room for at 200 %.
    "twice the size, English": {"language": "en", "width": 640, "height": 512},
}
TITLE = re.compile(b"<title>.*?</title>")
NOT_FOR_READERS = ("/admin/", "/trial/", "/media/")
LONG = {
    "en": "The strait that keeps its own time, and what Donaudampfschifffahrtsgesellschaftskapitäne make of",
    "ar": "المضيق الذي يحفظ وقته، وما يقوله الملاحون عن جداول المد والجزر في الميناء القديم",
    "he": "המיצר ששומר על הזמן שלו, ומה שהנווטים אומרים על לוחות הגאות בנמל הישן",
}
BODY = """<h2>What the tide tables leave out</h2>
<p>The strait keeps its own time<sup data-note="Since May, see https://example.org/tables/2026.">*</sup>,
and <a href="https://example.org/tables/2026">its tables</a> do not, says
Vermögenszuwachssteuergesetzgebung.</p>
<p dir="rtl" lang="ar">المضيق يحفظ وقته.</p><p dir="ltr" lang="en">It keeps its own time.</p>
<figure data-image="{picture}"><figcaption>The anchorage at dawn</figcaption></figure>
<h2>Who waits</h2><blockquote><p>Nobody asked the pilots.</p></blockquote>
<p><em>Nobody</em> has.</p>
<ul><li>Forty ships</li><li>One pilot<sup data-note="The other is ill.">*</sup></li></ul>
<h3>Ships, day by day</h3>
<table><caption>Ships at anchor</caption><thead><tr><th scope="col">Day</th>
<th scope="col">Ships at anchor</th><th scope="col">Ships under way</th>
<th scope="col">Pilots on duty</th><th scope="col">Wind</th></tr></thead>
<tbody><tr><td>Monday</td><td>41</td><td>12</td><td>2</td><td>North-north-west</td></tr>
<tr><td>Tuesday</td><td>39</td><td>14</td><td>1</td><td>North</td></tr></tbody></table>
<h2>What comes next</h2><pre>https://example.org/a/very/long/address/that/no/narrow/screen/has/room/for/in/one/line</pre>"""

# What is folded or waits until a reader comes near is shown.
OPEN_UP = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const one of document.querySelectorAll("*"))
    if (getComputedStyle(one).contentVisibility === "auto") one.style.contentVisibility = "visible";
}"""
# Nothing is wider than the screen, no text is cut off, and what can be pressed lies open to the pointer.
MEASURE = """() => {
  const faults = [];
  const name = (one) => one.outerHTML.slice(0, 120);
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) faults.push(`it is ${wide} pixels wider than the screen`);
  for (const one of document.querySelectorAll("main *, header *, footer *")) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".vh, .skip, .listen")) continue;
    const { overflowX, overflowY } = getComputedStyle(one);
    const hides = (value) => value === "hidden" || value === "clip";
    if ((hides(overflowX) && one.scrollWidth > one.clientWidth + 1)
      || (hides(overflowY) && one.scrollHeight > one.clientHeight + 1)) faults.push(`cut off: ${name(one)}`);
  }
  const pressed = "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']";
  for (const one of document.querySelectorAll(pressed)) {
    if (!one.checkVisibility({ visibilityProperty: true })) continue;
    if (one.closest(".skip, [aria-hidden=true]")) continue;
    one.scrollIntoView({ block: "center", inline: "center" });
    const free = [...one.getClientRects()].some((box) => {
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const top = document.elementFromPoint(x, y);
      return top && (one.contains(top) || top.contains(one) && top.closest("label, a, button"));
    });
    if (!free) faults.push(`cannot be pressed: ${name(one)}`);
  }
  scrollTo(0, 0);
  return faults;
}"""
# Where the focus is: its part of the page, and what is wrong with how it shows. Null past the last stop.
STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const parts = [".skip", ".masthead", ".article > header", ".notice", ".listen", ".toc", ".hero", ".prose",
    ".correction", ".matter", ".series", ".related", ".book", ".signup", ".foot"];
  const part = parts.find((part) => one.closest(part)) ?? one.parentElement.className;
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((n) => n / 255)
      .map((n) => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // The ring lies outside of what it is about.
  let ground = one.parentElement;
  while (ground && numbers(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
  const under = ground ? getComputedStyle(ground).backgroundColor : "rgb(255, 255, 255)";
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
  const [low, high] = [light(outlineColor), light(under)].sort((a, b) => a - b);
  const ratio = (high + 0.05) / (low + 0.05);
  const box = one.getBoundingClientRect();
  const seen = box.width && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && ratio >= 3;
  const all = [...document.querySelectorAll("*")];
  return { at: all.indexOf(one), part, fault: seen && ring ? "" :
    `${one.outerHTML.slice(0, 120)}: seen ${!!seen}, ${outlineStyle} ${outlineWidth}, contrast ${ratio}` };
}"""
PARTS = [
    ".skip",
    ".masthead",
    ".article > header",
    ".listen",
    ".toc",
    ".prose",
    ".correction",
    ".matter",
    ".series",
    ".related",
    ".book",
    ".signup",
    ".foot",
]
STOPS = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0'], audio[controls]")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0).length"""
MOVING = """() => {
  const found = document.getAnimations().map((one) => `${one.animationName} runs`);
  for (const one of document.querySelectorAll("*"))
    for (const part of [null, "::before", "::after", "::backdrop"]) {
      const style = getComputedStyle(one, part);
      const name = `${one.tagName}.${one.className}${part ?? ""}`;
      if (style.animationName !== "none") found.push(`${name} has the animation ${style.animationName}`);
      if (parseFloat(style.transitionDuration) > 0) found.push(`${name} changes in steps`);
      if (style.scrollBehavior !== "auto") found.push(`${name} scrolls smoothly`);
    }
  return [...new Set(found)];
}"""


def prefix_of(language):
    return "" if language == "en" else f"/{language}"


def fill_site(language):
    """Make the rows that the addresses name, in a language and in another; return addresses besides."""
    other = "ar" if language == "en" else "en"
    make_site(words={language: {"tagline": "Slow news.", "about": "We wait.", "imprint": "Pier 4"}})
    make_newsletter(language=language)
    picture = make_image(upload=make_upload(size=(1600, 1000)), caption="At dawn", credit="Tidelines")
    make_renditions(picture)
    ines = make_author(name="Ines Vale", slug="ines", role="Editor", bio="Writes.", email="i@example.org")
    ports = make_tag(name="Ports", slug="ports")
    series = make_series(title="Straits", slug="straits", language=language, description="Three parts.")
    day, group = datetime(2026, 1, 5, 9, tzinfo=UTC), TranslationGroup.objects.create()
    words = {
        "language": language,
        "standfirst": "Why the tables are wrong by eleven minutes.",
        "body": BODY.format(picture=picture.pk),
        "lead_image": picture,
        "authors": [ines, make_author()],
        "tags": [ports, make_tag(name="Straits, narrows and other places")],
        "published_at": day,
    }
    earlier = make_article(**words, series=series, series_position=1)
    live = make_article(
        **words,
        slug="own-live",
        title=LONG[language],
        series=series,
        series_position=2,
        translation_group=group,
        related=[earlier],
        review_by=date(2026, 2, 1),
    )
    live.related_links.create(url="https://example.org/report", title="The report", position=1)
    recording = audio.judge(wav(8))
    Narration.objects.keep(live, "made", recording, text_hash=live.spoken_hash)
    make_correction(article=live)
    make_article(language=other, title=LONG[other], translation_group=group, authors=[ines], tags=[ports])
    mention = make_article(
        language=language,
        kind="mention",
        title="The Review on the strait",
        published_at=day,
        source_outlet="The Review",
        source_journalist="Noa Lind",
        source_title="Late again",
        source_date=date(2026, 1, 7),
        source_url="https://example.org/late",
        source_quote="A queue, says Tidelines.",
        source_quote_language=other,
    )
    DrawnOn.objects.create(mention=mention, analysis=live, position=0)
    bulletin = make_article(kind="bulletin", **words)
    make_correction(article=bulletin, kind="update", text="The wind drops.")
    event = {"event_starts_at": timezone.now() + timedelta(days=5), "event_place": "Pier 4"}
    announcement = make_article(kind="announcement", language=language, published_at=day, **event)
    about = make_page(
        slug="about", language=language, title="About", standfirst="Who we are.", body="<p>Us.</p>"
    )
    draft = make_article(slug="own-draft", status="draft", **(words | {"published_at": None}))
    gone = {"withdrawn_reason": "Wrong.", "withdrawn_at": timezone.now(), "published_at": day}
    make_article(slug="own-withdrawn", status="withdrawn", language=language, **gone)
    promoted = {"title": "Narrow Places", "title_language": "en", "author": "Ines Vale", "button": "Order"}
    Book.objects.create(language=language, description="A book.", url="/about/", cover=picture, **promoted)
    link = DraftLink.objects.create(
        article=draft, note="Dr Reyes", expires_at=timezone.now() + timedelta(days=9)
    )
    letter = Newsletter.objects.get()
    subscription = make_subscription(newsletter=letter)
    pending = make_token_row(email="new@example.org")[0]
    lexicon.refresh()
    articles = (live, earlier, mention, bulletin, announcement, about)
    prefix = prefix_of(language)
    return [
        *(row.get_absolute_url() for row in articles),
        link.get_absolute_url(),
        f"{prefix}/search/",
        f"{prefix}/search/?q=strait",
        f"{prefix}/search/?q=nowhere-to-be-found",
        f"{prefix}/search/?q=tables&kind=analysis",
        f"{prefix}/newsletter/confirm/{pending}/",
        *(
            prefix + path
            for path in (
                preferences_path(subscription.subscriber),
                preferences_path(subscription.subscriber, "forget/"),
                unsubscribe_path(subscription),
            )
        ),
        f"{prefix}/nowhere/at/all/",
        f"{prefix}/articles/own-lvie/",
    ]


def pages(language, besides):
    """Return {address: status} of the public addresses that answer with a page, each kind of page once.

    `besides` are those that show a kind of page in another state.
    """
    reader, found, seen = Client(), {}, set()
    wanted = [prefix_of(language) + one for one in ADDRESSES if not one.startswith(NOT_FOR_READERS)]
    for address in [*besides, *wanted]:
        answer = reader.get(address)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        if answer.status_code in (301, 405):
            continue
        # Refusals look alike wherever they are met.
        kind = route_of(address) if answer.status_code == 200 else TITLE.search(answer.content)[0]
        if address in besides or kind not in seen:
            found[address] = answer.status_code
        seen.add(kind)
    return found


def route_of(address):
    return resolve(urlsplit(address).path).route


class Faults(list):
    """What is wrong with the pages that were looked at; what the browser's console says is kept, too."""

    def listen(self, page):
        self.said = []
        page.on("console", lambda message: self.hear(message.type, message.text, message.location["url"]))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def hear(self, kind, text, url):
        if kind in ("error", "warning"):
            self.said.append(f"{text} {url}")

    def look(self, page, address, status=200):
        """Go to a page and note what is wrong with it."""
        self.said.clear()
        answer = page.goto(address)
        if answer.status != status:
            self.append(f"{address} answers {answer.status}, and {status} before")
        if page.locator("h1").count() != 1:
            self.append(f"{address} has {page.locator('h1').count()} headings of the first level")
        self.skip(page, address)
        page.evaluate(OPEN_UP)
        self.extend(f"{address}: {fault}" for fault in page.evaluate(MEASURE))
        try:
            assert_accessible(page)
        except AssertionError as error:
            self.append(f"{address}: {error}")
        # Of a page that is refused the browser complains by itself.
        own = [one for one in self.said if status == 200 or "Failed to load resource" not in one]
        if own:
            self.append(f"{address}: the console says {own}")

    def skip(self, page, address):
        """The first stop of the Tab key is a link that can be seen and leads past the head."""
        page.keyboard.press("Tab")
        skip = page.evaluate("document.activeElement.matches('.skip')")
        top = page.evaluate("document.activeElement.getBoundingClientRect().top")
        if not skip or top < 0:
            self.append(f"{address}: the first Tab does not show the way past the head")
            return
        page.keyboard.press("Enter")
        if not page.evaluate("location.hash === '#main' && document.activeElement.id === 'main'"):
            self.append(f"{address}: the link past the head does not lead to the text")


@pytest.mark.parametrize("way", WAYS)
def test_every_page_of_the_site_is_for_everybody(browser, live_server, settings, way):
    settings.SITE_URL = live_server.url
    options = dict(WAYS[way])
    language, width, height = options.pop("language"), options.pop("width"), options.pop("height", 800)
    wanted = pages(language, fill_site(language))
    assert len(wanted) > 30
    assert {200, 404, 410} <= set(wanted.values())
    faults = Faults()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": height}, **options
    )
    page = context.new_page()
    faults.listen(page)

    for address, status in wanted.items():
        faults.look(page, address, status)
    context.close()

    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("scheme", ["light", "dark", "forced colours"])
def test_the_tab_key_walks_an_article_in_its_order_and_shows_where_it_is(page, scheme):
    fill_site("en")
    page.set_viewport_size({"width": 1440, "height": 900})
    if scheme == "forced colours":
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
    else:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto("/articles/own-live/")
    page.get_by_role("slider", name="Position").wait_for()
    stops = []
    while len(stops) < 150:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)

    assert not [stop for stop in stops if stop["fault"]]
    assert len({stop["at"] for stop in stops}) == len(stops)
    order = []
    for stop in stops:
        if stop["part"] not in order[-1:]:
            order.append(stop["part"])
    assert order == PARTS
    # Nothing that can be pressed is passed over.
    assert len(stops) == page.evaluate(STOPS)


def test_nothing_moves_for_who_asked_for_no_motion(page):
    fill_site("en")
    page.emulate_media(reduced_motion="reduce")
    moving = {}
    for address in ("/", "/articles/own-live/", "/kinds/analysis/", "/search/?q=strait", "/newsletter/"):
        page.goto(address)
        page.evaluate(OPEN_UP)
        page.keyboard.press("Tab")
        moving[address] = page.evaluate(MOVING)

    assert not {address: found for address, found in moving.items() if found}
