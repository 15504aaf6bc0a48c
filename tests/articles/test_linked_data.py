"""What pages say about themselves in JSON-LD."""

import json
import re
from datetime import UTC, date, datetime

import pytest

from articles.models import AuthorLink, Book
from tests.factories import make_article, make_author, make_correction, make_image, make_series, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _address(settings):
    settings.SITE_URL = "https://example.org"


def things(client, path):
    """The things that a page speaks of, by type."""
    page = client.get(path).content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return {thing["@type"]: thing for thing in json.loads(block)["@graph"]}


def test_an_article_says_who_wrote_it_when_and_for_whom(client):
    make_site(name="Tidelines", time_zone="Asia/Jerusalem")
    ines = make_author(name="Ines", slug="ines")
    make_article(
        slug="strait",
        title="The strait",
        standfirst="Why it matters.",
        authors=[ines],
        tags=["Oil"],
        lead_image=make_image(),
        published_at=datetime(2026, 3, 1, 22, 30, tzinfo=UTC),
    )
    article = things(client, "/articles/strait/")["AnalysisNewsArticle"]
    assert article["headline"] == "The strait"
    assert article["description"] == "Why it matters."
    assert article["datePublished"] == article["dateModified"] == "2026-03-02T00:30:00+02:00"
    assert article["author"] == [
        {
            "@type": "Person",
            "name": "Ines",
            "@id": f"https://example.org/#author-{ines.pk}",
            "url": "https://example.org/authors/ines/",
        }
    ]
    assert article["publisher"]["name"] == "Tidelines"
    assert article["keywords"] == ["Oil"]
    assert article["image"]["url"].startswith("https://example.org/media/")
    assert article["mainEntityOfPage"] == "https://example.org/articles/strait/"


@pytest.mark.parametrize(
    ("kind", "type"),
    [("bulletin", "NewsArticle"), ("mention", "Article"), ("announcement", "Article")],
)
def test_each_kind_has_the_type_that_fits_it(client, kind, type):
    make_article(slug="piece", kind=kind)
    assert type in things(client, "/articles/piece/")


def test_the_date_of_modification_moves_with_a_correction(client):
    article = make_article(slug="strait")
    make_correction(article=article, text="It was Tuesday.", noted_at=datetime(2026, 3, 9, 8, tzinfo=UTC))
    data = things(client, "/articles/strait/")["AnalysisNewsArticle"]
    assert data["dateModified"] == "2026-03-09T08:00:00+00:00"
    assert data["correction"][0]["text"] == "It was Tuesday."


def test_a_mention_is_based_on_what_the_outlet_published(client):
    make_article(
        slug="quoted",
        kind="mention",
        source_outlet="The Gulf Courier",
        source_journalist="M. Aziz",
        source_url="https://courier.example/1",
        source_date=date(2026, 2, 1),
    )
    source = things(client, "/articles/quoted/")["Article"]["isBasedOn"]
    assert source["publisher"]["name"] == "The Gulf Courier"
    assert source["author"]["name"] == "M. Aziz"
    assert source["datePublished"] == "2026-02-01"


def test_an_announcement_with_a_date_is_about_an_event(client):
    start = datetime(2026, 4, 1, 17, tzinfo=UTC)
    make_article(slug="talk", kind="announcement", event_starts_at=start, event_place="Haifa")
    event = things(client, "/articles/talk/")["Article"]["about"]
    assert event["startDate"] == "2026-04-01T17:00:00+00:00"
    assert event["location"]["name"] == "Haifa"


def test_the_way_from_the_front_page_is_said_in_the_language_of_the_page(client):
    make_article(slug="strait", title="The strait")
    trail = things(client, "/articles/strait/")["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"]) for step in trail] == [
        (1, "Front page"),
        (2, "Analysis"),
        (3, "The strait"),
    ]
    assert trail[1]["item"] == "https://example.org/kinds/analysis/"


def test_the_front_page_speaks_of_the_publisher_its_search_and_its_book(client):
    make_site(name="Tidelines", logo=make_image())
    Book.objects.create(
        title="Deep Water", author="Ines", description="On straits.", url="https://press.example/", year=2025
    )
    found = things(client, "/")
    assert found["Organization"]["logo"]["url"].startswith("https://example.org/media/")
    search = found["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert search == "https://example.org/search/?q={search_term_string}"
    assert found["Book"]["name"] == "Deep Water"


def test_an_authors_page_is_about_the_person(client):
    ines = make_author(
        name="Ines", slug="ines", role="Analyst", bio="Writes on water.", email="i@example.org"
    )
    AuthorLink.objects.create(author=ines, label="Mastodon", url="https://social.example/@ines")
    page = things(client, "/authors/ines/")["ProfilePage"]
    person = page["mainEntity"]
    assert (person["name"], person["jobTitle"]) == ("Ines", "Analyst")
    assert person["sameAs"] == ["https://social.example/@ines"]
    # The address is shielded on the page, so it is not here either.
    assert "i@example.org" not in json.dumps(page)


def test_a_part_of_a_series_says_its_place(client):
    series = make_series(title="Straits", slug="straits")
    make_article(slug="one", series=series, series_position=1)
    data = things(client, "/articles/one/")["AnalysisNewsArticle"]
    assert data["isPartOf"]["name"] == "Straits"
    assert data["position"] == 1


def test_no_word_can_end_the_block(client):
    title = "</script><script>alert(1)</script> & <!--"
    make_article(slug="hostile", title=title)
    page = client.get("/articles/hostile/").content.decode()
    assert "<script>alert(1)" not in page
    assert things(client, "/articles/hostile/")["AnalysisNewsArticle"]["headline"] == title
