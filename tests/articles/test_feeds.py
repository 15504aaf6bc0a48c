"""Feeds for those who follow without an account."""

from xml.etree import ElementTree

import pytest

from tests.factories import make_article, make_author, make_image, make_site, make_tag

pytestmark = pytest.mark.django_db
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


def channel(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/rss+xml")
    return ElementTree.fromstring(answer.content).find("channel")  # noqa: S314 our own feed


def test_feed_has_the_whole_text_with_absolute_addresses(client):
    image = make_image()
    make_site(words={"en": {"tagline": "Ports"}})
    make_article(
        title="Ships & <pilots>",
        body=f'<p><a href="/about/">us</a></p><figure data-image="{image.pk}"></figure>',
        authors=[make_author(name="Ines Vale")],
        tags=["Straits"],
    )

    feed = channel(client, "/feeds/")
    item = feed.find("item")

    assert feed.findtext("title") == "Tidelines"
    assert item.findtext("title") == "Ships & <pilots>"
    assert item.findtext(CREATOR) == "Ines Vale"
    assert item.findtext("category") == "Straits"
    assert item.findtext("link").startswith("http://testserver/articles/")
    assert 'href="http://testserver/about/"' in item.findtext(CONTENT)
    assert '"/media/' not in item.findtext(CONTENT)
    assert ", /media/" not in item.findtext(CONTENT)


def test_tag_of_a_draft_has_no_feed(client):
    tag = make_tag(name="Embargo", description="What nobody may know yet.")
    make_article(status="draft", tags=[tag])

    assert client.get(f"/feeds/tags/{tag.slug}/").status_code == 404


def test_each_kind_tag_and_author_has_a_feed(client):
    author, tag = make_author(), make_tag()
    make_article(title="wanted", kind="bulletin", authors=[author], tags=[tag])
    make_article(title="other")

    for path in ("/feeds/kinds/bulletin/", f"/feeds/tags/{tag.slug}/", f"/feeds/authors/{author.slug}/"):
        assert [item.findtext("title") for item in channel(client, path).findall("item")] == ["wanted"]


def test_feed_of_a_language_holds_that_language(client):
    make_article(title="English")
    make_article(title="عربي", language="ar")

    feed = channel(client, "/ar/feeds/")

    assert [item.findtext("title") for item in feed.findall("item")] == ["عربي"]
    assert feed.findtext("language") == "ar"


def test_links_follow_the_site_and_not_the_host_header(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_article()

    page = client.get("/feeds/", headers={"host": "evil.example"}).content.decode()

    assert "evil.example" not in page


@pytest.mark.parametrize("path", ["/feeds/kinds/nonsense/", "/feeds/tags/none/", "/feeds/authors/none/"])
def test_feed_of_nothing_is_a_404(client, path):
    assert client.get(path).status_code == 404
