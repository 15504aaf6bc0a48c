"""Hostile input in a real browser: what is written to run does not, wherever somebody puts it."""

from urllib.parse import quote

import pytest

from articles.markup import clean
from tests.articles.payloads import BROKEN_OUT, ENDINGS, EVERYTHING
from tests.factories import make_article, make_author, make_image, make_page, make_series, make_site, make_tag

AT_ONCE = 60
# In the frame of each piece: say that something ran, then press and touch everything as a reader would.
JUDGE = """<script>
const told = () => parent.postMessage(%d, "*");
window.alert = window.confirm = window.prompt = told;
addEventListener("load", () => {
  for (const element of document.querySelectorAll("body, body *")) {
    for (const name of element.getAttributeNames().filter((name) => /^on/i.test(name))) {
      element.dispatchEvent(new Event(name.slice(2), { bubbles: false }));
    }
    const address = element.href?.baseVal ?? element.href ?? element.action ?? element.src ?? element.data;
    if (typeof address === "string" && /^(javascript|vbscript|data:text)/i.test(address.trim())) told();
    if (element.matches("a, button, summary")) {
      element.addEventListener("click", (event) => event.preventDefault());
      element.click();
    }
  }
});
</script>
"""


def judged(page, pieces):
    """Return the numbers of the pieces of markup that ran something, each in a document of its own."""
    ran = set()
    for start in range(0, len(pieces), AT_ONCE):
        frames = [
            {"number": number, "html": JUDGE % number + piece}
            for number, piece in enumerate(pieces[start : start + AT_ONCE], start)
        ]
        ran.update(
            page.evaluate(
                """async (frames) => {
                    const ran = new Set();
                    const listen = (event) => ran.add(event.data);
                    addEventListener("message", listen);
                    const made = frames.map(({ html }) => {
                        const frame = document.createElement("iframe");
                        frame.sandbox = "allow-scripts allow-modals";
                        const loaded = new Promise((done) => { frame.onload = done; });
                        frame.srcdoc = html;
                        document.body.append(frame);
                        return { frame, loaded };
                    });
                    const patience = new Promise((done) => setTimeout(done, 4000));
                    await Promise.race([Promise.all(made.map(({ loaded }) => loaded)), patience]);
                    await new Promise((done) => setTimeout(done, 50));
                    made.forEach(({ frame }) => frame.remove());
                    removeEventListener("message", listen);
                    return [...ran];
                }""",
                frames,
            )
        )
    return ran


@pytest.fixture
def bare(launch):
    """A page without a content policy and without a network: nothing but the markup decides.

    In a browser of its own: what raw payloads do to it must not reach other tests.
    """
    browser = launch()
    yield browser.new_context(offline=True).new_page()
    browser.close()


def test_nothing_that_the_sanitiser_lets_through_runs(bare):
    assert len(EVERYTHING) >= 1000
    ran = judged(bare, [clean(payload) for payload in EVERYTHING])
    assert [EVERYTHING[number] for number in sorted(ran)] == []


def test_the_judge_sees_raw_payloads_run(bare):
    # The control: without it, a judge that is blind would find everything harmless.
    sample = EVERYTHING[::3]
    assert len(judged(bare, sample)) >= len(sample) // 4


@pytest.mark.django_db(transaction=True)
def test_no_field_and_no_search_runs_what_is_written_into_it(browser, live_server, settings):
    settings.SITE_URL = live_server.url
    make_site(name=texts[0], words={"en": {"name": texts[1], "tagline": texts[2], "about": texts[3]}})
    author = make_author(name=texts[4], slug="author", role=texts[5], bio=texts[6])
    image = make_image(alt=texts[7], caption=texts[8], credit=texts[9])
    tag = make_tag(name=texts[10][:90], slug="tag", description=texts[11])
    series = make_series(title=texts[12], slug="series", description=texts[13])
    for number, text in enumerate(texts):
        make_article(
            slug=f"piece-{number}",
            title=text,
            standfirst=text,
            kind=("analysis", "bulletin", "mention", "announcement")[number % 4],
            authors=[author],
            tags=[tag.name],
            lead_image=image,
            series=series,
            source_outlet=text,
            source_journalist=text,
            source_title=text,
            event_place=text,
            body=f"<h2>{text}</h2><p>{text}</p>",
        )
    make_page(title=texts[0], slug="about", body=texts[1])

    # The content policy must not be what saves us.
    context = browser.new_context(base_url=live_server.url, bypass_csp=True)
    context.set_default_timeout(20_000)
    ran = []
    context.expose_function("told", lambda: ran.append(page.url))
    context.add_init_script("window.alert = window.confirm = window.prompt = () => window.told();")
    page = context.new_page()
    for path in ["/", "/tags/", "/tags/tag/", "/authors/", "/authors/author/", "/series/series/", "/about/"]:
        assert page.goto(path).ok, path
    for number, text in enumerate(texts):
        page.goto(f"/articles/piece-{number}/")
        assert page.locator("h1").inner_text() == " ".join(text.split())
        page.goto(f"/search/?q={quote(text)}")
        assert page.locator("#q").input_value() == text
    for text in texts[::6]:
        page.goto(f"/{quote(text, safe='')}/")
        page.goto(f"/search/?q={quote(text)}&page={quote(text)}&kind={quote(text)}&tag={quote(text)}")
    context.close()
    assert ran == []


texts = [ending + rest for ending in ENDINGS for rest in BROKEN_OUT]
