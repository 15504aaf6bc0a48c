"""Sitemaps and robots.txt: what search engines are told of."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from articles import sitemaps
from articles.models import Article, TranslationGroup
from tests.factories import (
    make_article,
    make_author,
    make_correction,
    make_image,
    make_page,
    make_series,
    make_site,
    make_tag,
)

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
HERE = "http://testserver"


def tree(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    return ElementTree.fromstring(answer.content)  # noqa: S314 our own file


def files(client):
    return [place.text.removeprefix(HERE) for place in tree(client, "/sitemap.xml").iter(f"{MAP}loc")]


def everything(client):
    """Return {address: last change} of all that is named in any file."""
    return {
        url.findtext(f"{MAP}loc").removeprefix(HERE): url.findtext(f"{MAP}lastmod")
        for path in files(client)
        for url in tree(client, path).iter(f"{MAP}url")
    }


def test_each_page_that_readers_may_find_is_named_and_answers(client):
    make_site(words={"en": {}, "ar": {}})
    author, tag, series = make_author(slug="ines"), make_tag(slug="ports"), make_series(slug="straits")
    article = make_article(slug="one", authors=[author], tags=[tag], series=series)
    make_article(slug="مضيق", language="ar", kind="bulletin", tags=[tag])
    page = make_page(slug="about")

    named = everything(client)

    for path in (
        article.get_absolute_url(),
        "/",
        "/ar/",
        "/kinds/analysis/",
        "/ar/kinds/bulletin/",
        "/tags/ports/",
        "/ar/tags/ports/",
        "/authors/ines/",
        "/series/straits/",
        "/about/",
        "/ar/articles/%D9%85%D8%B6%D9%8A%D9%82/",
    ):
        assert path in named, path
    assert "/he/" not in named
    assert "/kinds/bulletin/" not in named
    assert "/ar/authors/ines/" not in named
    assert named["/about/"] == page.updated_at.isoformat()
    for path in named:
        assert client.get(path).status_code == 200, path


def test_time_of_the_last_change_moves_with_a_correction(client):
    article = make_article(slug="one")
    assert everything(client)["/articles/one/"] == "2026-03-01T00:00:00+00:00"

    make_correction(article=article, noted_at=datetime(2026, 3, 5, tzinfo=UTC))
    make_correction(article=article, noted_at=datetime(2100, 3, 5, tzinfo=UTC))

    assert everything(client)["/articles/one/"] == "2026-03-05T00:00:00+00:00"


def test_pictures_and_translations_stand_with_their_article(client):
    lead, shown = make_image(), make_image()
    group = TranslationGroup.objects.create()
    make_article(
        slug="one",
        lead_image=lead,
        body=f'<figure data-image="{shown.pk}"></figure>',
        translation_group=group,
    )
    make_article(slug="two", language="ar", translation_group=group)
    make_article(slug="three", language="he", status="draft", translation_group=group)
    (path,) = [path for path in files(client) if "articles" in path]

    first, second = tree(client, path).iter(f"{MAP}url")

    pictures = [place.text for place in first.iter(f"{IMAGE}loc")]
    assert len(pictures) == 2
    assert all(place.startswith(f"{HERE}/media/renditions/") for place in pictures)
    versions = {link.get("hreflang"): link.get("href") for link in first.iter(LINK)}
    assert versions == {"en": f"{HERE}/articles/one/", "ar": f"{HERE}/ar/articles/two/"}
    assert versions == {link.get("hreflang"): link.get("href") for link in second.iter(LINK)}


def test_article_stays_in_its_file_as_more_are_published(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "BLOCK", 3)
    first = [make_article() for _ in range(4)]
    before = {path: client.get(path).content for path in files(client) if "articles" in path}

    more = [make_article() for _ in range(8)]
    make_article(status="draft")

    assert list(before)[:-1] == [path for path in files(client) if "articles" in path][: len(before) - 1]
    for path in list(before)[:-1]:
        assert client.get(path).content == before[path]
    named = everything(client)
    assert {article.get_absolute_url() for article in first + more} <= set(named)


def test_ranges_without_anything_public_are_not_named(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "BLOCK", 1)
    make_article(slug="one")
    drafts = [make_article(status="draft", tags=[f"Quiet {number}"]) for number in range(3)]
    make_article(slug="two")

    paths = files(client)

    assert len([path for path in paths if "articles" in path]) == 2
    assert not [path for path in paths if "tags" in path]
    assert client.get(f"/sitemaps/articles-{drafts[0].pk}.xml").status_code == 404


def test_news_are_those_of_two_days(client):
    make_site(name="Tide & lines", words={"ar": {"name": "تايدلاينز"}})
    now = timezone.now()
    make_article(title="Fresh ]]> <b>", slug="fresh", published_at=now - timedelta(hours=47))
    make_article(title="عاجل", slug="urgent", language="ar", published_at=now - timedelta(hours=1))
    make_article(slug="old", published_at=now - timedelta(hours=49))
    make_article(slug="coming", published_at=now + timedelta(hours=1))

    urls = list(tree(client, "/sitemaps/news.xml").iter(f"{MAP}url"))

    assert [url.findtext(f"{MAP}loc") for url in urls] == [
        f"{HERE}/ar/articles/urgent/",
        f"{HERE}/articles/fresh/",
    ]
    assert [url.findtext(f".//{NEWS}name") for url in urls] == ["تايدلاينز", "Tide & lines"]
    assert [url.findtext(f".//{NEWS}language") for url in urls] == ["ar", "en"]
    assert urls[1].findtext(f".//{NEWS}title") == "Fresh ]]> <b>"
    assert urls[1].findtext(f".//{NEWS}publication_date") == (now - timedelta(hours=47)).isoformat()


def test_news_file_is_not_named_while_there_are_none(client):
    make_article()

    assert files(client)[0] == "/sitemaps/pages.xml"
    assert "/sitemaps/news.xml" not in files(client)
    assert client.get("/sitemaps/news.xml").status_code == 404


def test_empty_publication_has_a_sitemap_of_its_front_page(client):
    assert files(client) == ["/sitemaps/pages.xml"]
    assert "/" in everything(client)


def test_what_is_not_published_is_in_no_sitemap(client):
    live = make_article()
    author, series = make_author(slug="zanzibar"), make_series(slug="zanzibar-series")
    later = datetime(2100, 1, 1, tzinfo=UTC)
    for number, fields in enumerate(
        [
            {"status": "draft"},
            {"status": "review"},
            {"status": "withdrawn", "withdrawn_reason": "Wrong.", "published_at": timezone.now()},
            {"published_at": later},
            {"draft_of": live, "published_at": timezone.now()},
        ]
    ):
        make_article(
            slug=f"zanzibar-{number}",
            title="Zanzibar",
            tags=["Zanzibar"],
            authors=[author],
            series=series,
            **fields,
        )
    page = make_page(slug="zanzibar-page")
    page.is_published = False
    page.save()

    paths = ["/sitemap.xml", "/robots.txt", "/llms.txt", *files(client)]

    for path in paths:
        assert "zanzibar" not in client.get(path).text.lower(), path


def test_files_cost_the_same_however_much_they_name(client, django_assert_max_num_queries):
    make_site()
    for number in range(12):
        make_article(
            authors=[make_author()],
            tags=[make_tag(), make_tag()],
            lead_image=make_image(),
            language=["en", "ar"][number % 2],
            published_at=timezone.now(),
        )

    with django_assert_max_num_queries(6):
        paths = files(client)
    for path in paths:
        with django_assert_max_num_queries(3):
            client.get(path)


@pytest.mark.parametrize(
    "name", ["articles-99999999", "tags-999999999", "articles-9999999999999", "articles--1", "x"]
)
def test_file_that_is_not_there_is_a_404(client, name):
    make_article()

    assert client.get(f"/sitemaps/{name}.xml").status_code == 404


def test_search_engines_are_told_what_not_to_look_at(client):
    make_article(status="draft", slug="secret")
    answer = client.get("/robots.txt")
    lines = answer.text.splitlines()

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[0] == "User-agent: *"
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    for path in (
        "/admin/",
        "/search/?",
        "/he/search/?",
        "/drafts/",
        "/newsletter/preferences/",
        "/ar/newsletter/unsubscribe/",
    ):
        assert f"Disallow: {path}" in lines, path
    assert "Disallow: /newsletter/" not in lines
    assert not [line for line in lines if "secret" in line or "token" in line]


def test_rework_that_is_due_does_not_double_its_article(client):
    live = make_article(slug="one")
    Article.objects.filter(pk=live.pk).update(published_at=datetime(2026, 1, 1, tzinfo=UTC))
    make_article(slug="one-rework", draft_of=live)

    assert [path for path in everything(client) if path.startswith("/articles/")] == ["/articles/one/"]
