"""Feeds for those who follow without an account: RSS, Atom and JSON."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from PIL import Image as Picture

from articles.feeds.contents import NEWEST
from articles.models import Article, Narration
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

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
MEDIA = "{http://search.yahoo.com/mrss/}"
FORMATS = ["", "atom/", "json/"]


def tree(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return ElementTree.fromstring(answer.content)  # noqa: S314 our own feed


def channel(client, path):
    return tree(client, path).find("channel")


def items(client, path):
    """Return what a feed in any format says of its articles, in one form."""
    if path.endswith("json/"):
        return [
            {
                "id": item["id"],
                "title": item["title"],
                "html": item["content_html"],
                "summary": item["summary"],
                "published": item["date_published"],
                "updated": item["date_modified"],
                "authors": [author["name"] for author in item.get("authors", [])],
                "tags": item.get("tags", []),
                "image": item.get("image"),
            }
            for item in client.get(path).json()["items"]
        ]
    if path.endswith("atom/"):
        return [
            {
                "id": entry.findtext(f"{ATOM}id"),
                "title": entry.findtext(f"{ATOM}title"),
                "html": entry.findtext(f"{ATOM}content"),
                "summary": entry.findtext(f"{ATOM}summary"),
                "published": entry.findtext(f"{ATOM}published"),
                "updated": entry.findtext(f"{ATOM}updated"),
                "authors": [person.findtext(f"{ATOM}name") for person in entry.findall(f"{ATOM}author")],
                "tags": [tag.get("term") for tag in entry.findall(f"{ATOM}category")],
                "image": entry.find(f"{MEDIA}content").get("url")
                if entry.find(f"{MEDIA}content") is not None
                else None,
            }
            for entry in tree(client, path).findall(f"{ATOM}entry")
        ]
    return [
        {
            "id": item.findtext("guid"),
            "title": item.findtext("title"),
            "html": item.findtext(CONTENT),
            "summary": item.findtext("description"),
            "published": item.findtext("pubDate"),
            "updated": item.findtext(f"{ATOM}updated"),
            "authors": [creator.text for creator in item.findall(CREATOR)],
            "tags": [tag.text for tag in item.findall("category")],
            "image": item.find(f"{MEDIA}content").get("url")
            if item.find(f"{MEDIA}content") is not None
            else None,
        }
        for item in channel(client, path).findall("item")
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_feed_has_the_whole_text_with_all_that_belongs_to_it(client, form):
    image = make_image(alt="A strait", caption="The strait at noon")
    article = make_article(
        title="Ships & <pilots>",
        standfirst="Why ships wait.",
        body=f'<p><a href="/about/">us</a></p><figure data-image="{image.pk}"></figure>',
        authors=[make_author(name="Ines Vale"), make_author(name="Daniel Roke")],
        tags=["Straits", "Ports"],
        lead_image=image,
    )

    (item,) = items(client, f"/feeds/{form}")

    assert item["id"] == f"http://testserver/#article-{article.pk}"
    assert item["title"] == "Ships & <pilots>"
    assert item["authors"] == ["Ines Vale", "Daniel Roke"]
    assert item["tags"] == ["Straits", "Ports"]
    assert item["summary"] == "Why ships wait."
    assert item["image"].startswith("http://testserver/media/renditions/")
    assert 'href="http://testserver/about/"' in item["html"]
    assert item["html"].count('src="http://testserver/media/') == 2
    assert "The strait at noon" in item["html"]


@pytest.mark.parametrize("form", FORMATS)
def test_text_of_a_feed_stands_without_our_pages(client, form):
    image = make_image()
    article = make_article(
        slug="strait",
        body='<h2>One</h2><p>It is so.<sup data-note="Says https://example.org/"></sup></p>'
        '<figure data-embed="youtube" data-embed-id="abcdefghijk"></figure>'
        f'<figure data-image="{image.pk}"></figure>'
        "<table><tbody><tr><th>Port</th></tr><tr><td>Aden</td></tr></tbody></table>",
    )

    (item,) = items(client, f"/feeds/{form}")

    assert 'href="http://testserver/articles/strait/#n1"' in item["html"]
    assert "https://example.org/" in item["html"]
    assert 'href="https://www.youtube.com/watch?v=abcdefghijk"' in item["html"]
    assert not re.search(
        r"<(?:script|source|picture)| (?:class|id|srcset|loading|tabindex|data-\w|aria-\w)", item["html"]
    )
    assert not re.search(r'(?:href|src)="(?!https?:)', item["html"])
    assert article.body_html != item["html"]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("he", "rtl")])
@pytest.mark.parametrize("form", FORMATS)
def test_text_says_its_language_and_direction(client, form, language, direction):
    make_article(language=language, body="<p>نص</p>")
    prefix = "" if language == "en" else f"/{language}"

    (item,) = items(client, f"{prefix}/feeds/{form}")

    assert item["html"].startswith(f'<div lang="{language}" dir="{direction}">')


@pytest.mark.parametrize("form", FORMATS)
def test_corrections_are_told_and_move_the_time_of_the_last_change(client, form):
    article = make_article()
    before = items(client, f"/feeds/{form}")[0]
    make_correction(article=article, text="It was Aden.", noted_at=datetime(2026, 3, 5, 9, tzinfo=UTC))
    make_correction(article=article, text="To come.", noted_at=datetime(2100, 1, 1, tzinfo=UTC))

    after = items(client, f"/feeds/{form}")[0]

    assert before["updated"] == "2026-03-01T00:00:00+00:00"
    assert after["updated"] == "2026-03-05T09:00:00+00:00"
    assert after["published"] == before["published"]
    assert after["id"] == before["id"]
    assert "It was Aden." in after["html"]
    assert "To come." not in after["html"]


def test_press_mention_leads_to_its_outlet(client):
    make_article(kind="mention", source_outlet="The Review", source_url="https://example.org/piece")

    for form in FORMATS:
        assert (
            '<a href="https://example.org/piece">The Review</a>' in items(client, f"/feeds/{form}")[0]["html"]
        )
    assert client.get("/feeds/json/").json()["items"][0]["external_url"] == "https://example.org/piece"


@pytest.mark.parametrize("form", FORMATS)
def test_words_that_look_like_markup_stay_words(client, form):
    words = "]]> <script>alert(1)</script> &amp; \u202eabc"
    author, tag = make_author(name=f"A {words}"), make_tag(name=f"T {words}", slug="t")
    article = make_article(title=words, standfirst=words, authors=[author], tags=[tag])
    # What no form lets through may have come another way.
    Article.objects.filter(pk=article.pk).update(title=f"\x0b\x01{words}\x9f")

    (item,) = items(client, f"/feeds/{form}")

    assert item["title"] == words
    assert item["authors"] == [f"A {words}"]
    assert item["tags"] == [f"T {words}"]
    assert "<script" not in item["html"]
    # The description of RSS is read as HTML, the summaries of the others as text.
    assert ("<script" in item["summary"]) == bool(form)


@pytest.mark.parametrize("form", FORMATS)
def test_each_kind_tag_series_and_author_has_a_feed(client, form):
    author, tag, series = make_author(), make_tag(), make_series()
    make_article(title="wanted", kind="bulletin", authors=[author], tags=[tag], series=series)
    make_article(title="other")

    for path in (
        "/feeds/kinds/bulletin/",
        f"/feeds/tags/{tag.slug}/",
        f"/feeds/authors/{author.slug}/",
        f"/feeds/series/{series.slug}/",
    ):
        assert [item["title"] for item in items(client, path + form)] == ["wanted"]


def test_feed_of_a_language_holds_that_language(client):
    make_article(title="English")
    make_article(title="عربي", language="ar")

    assert [item["title"] for item in items(client, "/ar/feeds/")] == ["عربي"]
    assert channel(client, "/ar/feeds/").findtext("language") == "ar"
    assert client.get("/ar/feeds/json/").json()["language"] == "ar"
    assert 'xml:lang="ar"' in client.get("/ar/feeds/atom/").text


def test_feed_names_itself_its_page_its_icon_and_its_other_formats(client):
    make_site(words={"en": {"tagline": "Ports & straits"}}, logo=make_image())
    rss, atom = channel(client, "/feeds/"), tree(client, "/feeds/atom/")
    said = client.get("/feeds/json/").json()

    def links(element):
        return {
            (link.get("rel"), link.get("type")): link.get("href") for link in element.findall(f"{ATOM}link")
        }

    here = "http://testserver/feeds/"
    types = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
    assert links(rss) == {
        ("self", types["rss"]): here,
        ("alternate", types["atom"]): f"{here}atom/",
        ("alternate", types["json"]): f"{here}json/",
    }
    assert links(atom)["self", types["atom"]] == f"{here}atom/"
    assert links(atom)["alternate", types["rss"]] == here
    assert links(atom)["alternate", "text/html"] == said["home_page_url"] == rss.findtext("link")
    assert said["feed_url"] == f"{here}json/"
    assert rss.findtext("title") == said["title"] == atom.findtext(f"{ATOM}title") == "Tidelines"
    assert rss.findtext("description") == "Ports & straits"
    assert rss.findtext("image/url") == said["icon"] == atom.findtext(f"{ATOM}icon")
    assert said["icon"].startswith("http://testserver/media/renditions/")
    for form, kind in zip(FORMATS, types.values(), strict=True):
        assert client.get(f"/feeds/{form}")["Content-Type"] == f"{kind}; charset=utf-8"


@pytest.mark.parametrize("form", FORMATS)
def test_feed_leads_on_to_older_articles_each_once(client, form):
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    # Several at one moment, as an import makes them.
    titles = [
        make_article(published_at=moment - timedelta(days=number // 4)).title
        for number in range(2 * NEWEST + 3)
    ]

    def following(path):
        if form == "json/":
            return client.get(path).json().get("next_url")
        nexts = [
            link.get("href") for link in tree(client, path).iter(f"{ATOM}link") if link.get("rel") == "next"
        ]
        return nexts[0] if nexts else None

    seen, path = [], f"/feeds/{form}"
    while path:
        if form == "json/":
            seen += [item["title"] for item in client.get(path).json()["items"]]
        else:
            seen += re.findall(r"<title>(Article \d+)</title>", client.get(path).text)
        path = following(path)

    assert sorted(seen) == sorted(titles)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "place", ["", "x", "1", "1.2.3", "٣.٣", "9" * 30 + ".1", "-" + "9" * 16 + ".1", "1." + "9" * 30]
)
def test_page_of_a_feed_that_is_not_there_is_a_404(client, place):
    make_article()

    assert client.get("/feeds/", {"before": place}).status_code == 404


@pytest.mark.parametrize("form", FORMATS)
def test_empty_publication_has_feeds_that_do_not_change_by_themselves(client, form, time_machine):
    time_machine.move_to("2026-03-01T00:00:00Z", tick=False)
    first = client.get(f"/feeds/{form}")
    time_machine.move_to("2026-03-02T00:00:00Z", tick=False)

    assert first.status_code == 200
    assert items(client, f"/feeds/{form}") == []
    assert client.get(f"/feeds/{form}").content == first.content


@pytest.mark.parametrize("form", FORMATS)
def test_each_feed_makes_three_queries_at_most(client, form, django_assert_max_num_queries):
    make_site(logo=make_image())
    author, tag, series = make_author(), make_tag(), make_series()
    for _ in range(5):
        make_article(
            authors=[author, make_author()], tags=[tag, make_tag()], series=series, lead_image=make_image()
        )

    for name in (
        "",
        "kinds/analysis/",
        f"tags/{tag.slug}/",
        f"series/{series.slug}/",
        f"authors/{author.slug}/",
    ):
        with django_assert_max_num_queries(3):
            assert len(items(client, f"/feeds/{name}{form}")) == 5


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_not_published_is_in_no_feed(client, form):
    tag = make_tag(name="Embargo", slug="embargo", description="What nobody may know yet.")
    series = make_series(title="Quietly", slug="quietly")
    live = make_article(tags=["Ports"])
    for fields in (
        {"status": "draft"},
        {"status": "review"},
        {"status": "withdrawn", "withdrawn_reason": "Wrong."},
        {"published_at": datetime(2100, 1, 1, tzinfo=UTC)},
        {"draft_of": live, "published_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ):
        make_article(title="Zanzibar", body="<p>Zanzibar</p>", tags=[tag], series=series, **fields)

    for name in ("", "kinds/analysis/", "tags/ports/"):
        assert "Zanzibar" not in client.get(f"/feeds/{name}{form}").text
    assert client.get(f"/feeds/tags/embargo/{form}").status_code == 404
    assert client.get(f"/feeds/series/quietly/{form}").status_code == 404


def test_links_follow_the_site_and_not_the_host_header(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_article()

    for form in FORMATS:
        assert "evil.example" not in client.get(f"/feeds/{form}", headers={"host": "evil.example"}).text


@pytest.mark.parametrize("path", ["/feeds/kinds/nonsense/", "/feeds/tags/none/", "/feeds/authors/none/"])
def test_feed_of_nothing_is_a_404(client, path):
    for form in FORMATS:
        assert client.get(path + form).status_code == 404


def test_pages_name_their_feeds_in_each_format(client):
    author, tag, series = make_author(), make_tag(), make_series()
    make_article(authors=[author], tags=[tag], series=series)

    for page, feed in {
        "/": "/feeds/",
        "/kinds/analysis/": "/feeds/kinds/analysis/",
        tag.get_absolute_url(): f"/feeds/tags/{tag.slug}/",
        author.get_absolute_url(): f"/feeds/authors/{author.slug}/",
        series.get_absolute_url(): f"/feeds/series/{series.slug}/",
    }.items():
        named = re.findall(
            r'<link rel="alternate" type="[^"]*" title="[^"]*" href="([^"]*)">', client.get(page).text
        )
        assert {feed, f"{feed}atom/", f"{feed}json/"} <= set(named), page


def test_page_for_people_names_the_feeds(client, django_assert_max_num_queries):
    author, series = make_author(name="Ines Vale", slug="ines"), make_series(title="Straits", slug="straits")
    make_author(name="Nobody Yet", slug="nobody")
    make_article(authors=[author], series=series)
    make_article(status="draft", series=make_series(title="Quietly"))
    make_page(slug="all")

    with django_assert_max_num_queries(4):
        page = client.get("/feeds/all/").text

    for feed in (
        "/feeds/",
        "/feeds/kinds/mention/json/",
        "/feeds/authors/ines/atom/",
        "/feeds/series/straits/",
    ):
        assert f'href="{feed}"' in page
    assert "Quietly" not in page
    assert "Nobody Yet" not in page
    assert 'href="/feeds/all/"' in client.get("/").text


def test_json_is_plain_json(client):
    make_article(title='A "quoted" title \u2028')

    assert json.loads(client.get("/feeds/json/").content)["version"] == "https://jsonfeed.org/version/1.1"


def make_narration(article, **fields):
    given = {"source": "recorded", "file": "audio/one.mp3", "mime_type": "audio/mpeg", "duration": 61.6}
    return Narration.objects.create(article=article, size=1234, **given | fields)


def test_audio_of_an_article_comes_with_its_item(client):
    make_narration(make_article())
    make_narration(make_article(status="draft"))
    url = "http://testserver/media/audio/one.mp3"

    enclosure = channel(client, "/feeds/").find("item/enclosure")
    link = tree(client, "/feeds/atom/").find(f"{ATOM}entry/{ATOM}link[@rel='enclosure']")
    (attachment,) = client.get("/feeds/json/").json()["items"][0]["attachments"]

    assert enclosure.attrib == {"url": url, "length": "1234", "type": "audio/mpeg"}
    assert link.attrib == {"rel": "enclosure", "href": url, "length": "1234", "type": "audio/mpeg"}
    assert attachment == {
        "url": url,
        "mime_type": "audio/mpeg",
        "size_in_bytes": 1234,
        "duration_in_seconds": 62,
    }


def test_podcast_has_what_podcast_programs_ask_for(client, django_assert_max_num_queries):
    make_site(words={"en": {"tagline": "Ports"}})
    spoken = make_article(title="Spoken", authors=[make_author(name="Ines Vale")])
    make_narration(spoken)
    replaced = make_article(title="Replaced")
    make_narration(replaced, retired_at=datetime(2026, 3, 1, tzinfo=UTC))
    stale = make_article(title="Stale")
    make_narration(stale, source="made", text_hash="of another text")
    make_narration(make_article(title="Zanzibar", status="draft"))
    make_article(title="Silent")

    with django_assert_max_num_queries(3):
        show = channel(client, "/feeds/podcast/")

    assert [item.findtext("title") for item in show.findall("item")] == ["Spoken"]
    assert show.find(f"{ITUNES}image").get("href").startswith("http://testserver/static/img/podcast")
    assert show.findtext(f"{ITUNES}author") == "Tidelines"
    assert show.find(f"{ITUNES}category").get("text") == "News"
    assert show.findtext(f"{ITUNES}explicit") == "false"
    assert show.findtext("description") == "Ports"
    assert show.findtext("language") == "en"
    assert show.find("item/enclosure").get("length") == "1234"
    assert show.findtext(f"item/{ITUNES}duration") == "62"
    assert show.findtext(f"item/{ITUNES}episodeType") == "full"
    assert show.findtext("item/guid") == f"http://testserver/#article-{spoken.pk}"


def test_cover_of_a_podcast_is_a_square_that_podcast_programs_take(client):
    with Picture.open(finders.find("img/podcast.png")) as ours:
        assert (ours.size, ours.mode, ours.format) == ((1400, 1400), "RGB", "PNG")
    make_site(logo=make_image(upload=make_upload(size=(1500, 1500))))

    cover = channel(client, "/feeds/podcast/").find(f"{ITUNES}image").get("href")

    assert cover.startswith("http://testserver/media/images/")
