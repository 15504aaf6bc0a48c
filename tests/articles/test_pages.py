"""What readers see, in three languages, and at what price."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import translation

from articles.models import Article, AuthorTranslation, Book, Byline, MenuItem, RelatedLink
from newsletter.models import Newsletter
from tests.factories import make_article, make_author, make_image, make_page, make_site, make_tag

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


def publication(count=1, standfirst="A sentence."):
    """A site with everything on it: `count` of each kind, two authors and three tags to each."""
    site = make_site(words={"en": {"tagline": "Ports and straits"}, "ar": {"name": "تايدلاينز"}})
    MenuItem.objects.create(site=site, label="Analysis", path="/kinds/analysis/")
    Newsletter.objects.create(
        title="The letter", promise="Weekly.", sender_name="Tidelines", sender_email="letter@example.org"
    )
    image = make_image()
    Book.objects.create(
        title="Slack Water",
        author="Ines",
        description="On straits.",
        url="/book/",
        button="Read",
        cover=image,
    )
    authors = [make_author(photo=image, bio="Writes.", email="ines@example.org") for _ in range(2)]
    tags = [make_tag() for _ in range(3)]
    articles = []
    for number in range(count):
        for kind in Article.Kind.values:
            articles.append(
                make_article(
                    kind=kind,
                    lead_image=image,
                    authors=authors,
                    tags=tags,
                    standfirst=standfirst,
                    published_at=datetime(2026, 3, 1, number % 24, tzinfo=UTC),
                )
            )
    return articles


@pytest.fixture
def pages():
    """The addresses whose queries are promised, with the most that each may make."""
    return {"/articles/{slug}/": 8, "/": 5, "/tags/{tag}/": 6, "/feeds/": 3, "/kinds/analysis/": 5}


@pytest.mark.parametrize("standfirst", ["A sentence.", ""])
@pytest.mark.parametrize("count", [1, 12])
def test_queries_of_each_page_do_not_grow_with_its_rows(
    client, pages, count, standfirst, django_assert_max_num_queries
):
    articles = publication(count, standfirst)
    RelatedLink.objects.create(article=articles[0], url="https://example.org/", title="Outside")
    names = {"slug": articles[0].slug, "tag": articles[0].tags.first().slug}
    for path, most in pages.items():
        with django_assert_max_num_queries(most):
            assert client.get(path.format(**names)).status_code == 200, path


def test_lists_show_the_beginning_of_a_text_without_standfirst(client):
    make_article(body=f"<p>The pilots came {'late ' * 300}home.</p>")

    page = text(client.get("/kinds/analysis/"))

    assert "The pilots came late" in page
    assert "late…" in page


def test_home_shows_a_lead_and_the_latest_of_each_kind(client):
    publication(6)
    newest = make_article(
        title="The newest analysis", kind="analysis", published_at=datetime(2026, 4, 1, tzinfo=UTC)
    )

    page = text(client.get("/"))

    assert page.index(">The newest analysis<") < page.index(">Slack Water<")
    assert page.count('<li><p class="meta"><time') == 5
    assert newest.get_absolute_url() in page


def test_empty_publication_says_so(client):
    assert "Nothing has been published here yet." in text(client.get("/"))
    assert client.get("/kinds/bulletin/").status_code == 200
    assert client.get("/authors/").status_code == 200


def test_article_page_carries_all_that_belongs_to_it(client):
    image = make_image(alt="A chart of a strait", caption="The strait", credit="Drawing: us")
    author = make_author(name="Ines Vale", bio="She reads charts.", email="ines@example.org", photo=image)
    article = make_article(
        title="The strait",
        standfirst="Why ships wait.",
        authors=[author, make_author(name="Daniel Roke")],
        tags=["Straits"],
        lead_image=image,
        source_outlet="The Harbour Review",
        source_url="https://example.org/review",
        body="<h2>One</h2><p>Text.</p><h2>Two</h2><p>Text.</p><h2>Three</h2><p>Text.</p>",
    )
    page = text(client.get(article.get_absolute_url()))

    for part in (
        "Analysis",
        "<h1>The strait</h1>",
        "Why ships wait.",
        'rel="author">Ines Vale</a> and <a',
        "1 March 2026",
        "1 minute’s reading",
        "The Harbour Review",
        'rel="tag">Straits</a>',
        "data-listen",
        "She reads charts.",
        'alt="A chart of a strait"',
        "Drawing: us",
        'href="#three"',
        "Cite this article",
    ):
        assert part in page, part


def test_address_is_not_in_the_source_for_collectors(client):
    author = make_author(bio="Writes.", email="ines@tidelines.example")
    article = make_article(authors=[author])

    for path in (article.get_absolute_url(), author.get_absolute_url()):
        page = text(client.get(path))
        assert "ines@tidelines.example" not in page
        assert "data-address" in page


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [("en", "ltr", "Cite"), ("ar", "rtl", "اقتبس"), ("he", "rtl", "ציטוט")],
)
def test_each_language_has_its_own_direction_and_words(client, language, direction, words):
    article = make_article(language=language)

    page = text(client.get(article.get_absolute_url()))

    assert f'<html lang="{language}" dir="{direction}">' in page
    assert words in page


def test_author_is_named_in_the_language_of_the_page(client):
    author = make_author(name="Salma Idrissi", slug="salma")
    AuthorTranslation.objects.create(author=author, language="ar", name="سلمى الإدريسي")
    arabic = make_article(language="ar", authors=[author])
    english = make_article(authors=[author])

    assert "سلمى الإدريسي" in text(client.get(arabic.get_absolute_url()))
    assert "Salma Idrissi" in text(client.get(english.get_absolute_url()))
    assert "سلمى الإدريسي" in text(client.get("/ar/authors/salma/"))


def test_language_comes_from_the_path_alone(client):
    make_article()
    plain = client.get("/")
    client.cookies["django_language"] = "ar"

    asked = client.get("/", headers={"accept-language": "he"})

    assert text(asked) == text(plain)
    assert asked["Content-Language"] == "en"
    assert "Accept-Language" not in asked.get("Vary", "")


def test_public_pages_set_no_cookie_and_may_be_kept(client):
    articles = publication()
    for path in ("/", articles[0].get_absolute_url(), "/search/", "/authors/", "/tags/", "/feeds/"):
        answer = client.get(path)
        assert not answer.cookies, path
        assert "Cookie" not in answer.get("Vary", ""), path
        if path != "/search/":
            assert answer["Cache-Control"] == "public, max-age=0, must-revalidate", path


def test_public_pages_carry_no_inline_script_or_style(client):
    articles = publication()
    for path in ("/", articles[0].get_absolute_url(), "/search/?q=words", "/missing/"):
        page = text(client.get(path))
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page


def test_times_are_shown_in_the_time_zone_of_the_site(client):
    make_site(time_zone="Asia/Jerusalem")
    article = make_article(kind="bulletin", published_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))

    assert "2 July 2026, 01:30" in text(client.get(article.get_absolute_url()))


def test_page_of_the_publisher_is_found_in_its_language(client):
    make_page(title="حول", slug="about", language="ar", body="<p>نص</p>")

    assert "نص" in text(client.get("/ar/about/"))
    assert client.get("/about/").status_code == 404


@pytest.mark.parametrize("query", ["page=0", "page=99", "page=x", "page=-1", "page=%D9%A1%D9%A1"])
def test_page_of_a_list_that_is_not_there_is_a_404(client, query):
    make_article()

    assert client.get(f"/kinds/analysis/?{query}").status_code == 404


def test_long_list_has_pages_with_real_links(client):
    for _ in range(45):
        make_article()

    page = text(client.get("/kinds/analysis/?page=2"))

    assert "21–40 of 45" in page
    assert 'href="?page=3"' in page


def test_missing_page_offers_a_search(client):
    answer = client.get("/no/such/page/")

    assert answer.status_code == 404
    assert 'action="/search/"' in text(answer)


def test_broken_page_answers_without_the_database(client, monkeypatch, settings):
    client.raise_request_exception = False
    monkeypatch.setattr("articles.views.readable", lambda: 1 / 0)

    answer = client.get("/")

    assert answer.status_code == 500
    assert "The fault is ours" in text(answer)


def test_accent_colour_is_the_publishers(client):
    make_site(accent="#004488")

    assert "/theme.css" in text(client.get("/"))
    assert "--accent:#004488" in text(client.get("/theme.css"))


def test_byline_keeps_the_editors_order(client):
    first, second = make_author(name="Zoe"), make_author(name="Adam")
    article = make_article()
    Byline.objects.create(article=article, author=first, position=1)
    Byline.objects.create(article=article, author=second, position=2)

    with translation.override("en"):
        assert Article.objects.for_list().get(pk=article.pk).byline_text == "Zoe and Adam"


def test_page_that_has_not_changed_costs_a_returning_reader_no_bytes(client):
    make_article()
    first = client.get("/")

    again = client.get("/", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_pages_travel_compressed_where_the_browser_can_read_that(client):
    publication(3)

    answer = client.get("/", headers={"accept-encoding": "gzip"})

    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(client.get("/").content) / 2


def test_later_pages_of_a_list_have_titles_and_descriptions_of_their_own(client):
    for number in range(21):
        make_article(title=f"Piece {number}")

    pages = [client.get(path).text for path in ["/kinds/analysis/", "/kinds/analysis/?page=2"]]

    assert [re.search("<title>(.*?)</title>", page)[1] for page in pages] == [
        "Analysis | Standfirst",
        "Analysis | Standfirst (Page 2)",
    ]
    first, second = (re.search('name="description" content="(.*?)"', page)[1] for page in pages)
    assert second == f"{first} (Page 2)"


def test_first_page_of_a_list_has_one_address(client):
    for _ in range(21):
        make_article(title="Harbour")

    paths = ["/kinds/analysis/", "/kinds/analysis/?page=2", "/search/?q=harbour&page=2"]
    pages = [text(client.get(path)) for path in paths]

    assert [re.findall('href="([^"]*)"[^>]*(?:rel="prev"|"Page 1")', page) for page in pages] == [
        ["."],
        [".", "."],
        ["?q=harbour", "?q=harbour"],
    ]


@pytest.mark.parametrize("path", ["/", "/archive/", "/tags/", "/articles/short/"])
def test_site_without_words_of_its_own_is_described_in_a_sentence(client, path):
    make_article(slug="short", body="<p>Open again.</p>")

    said = re.search('name="description" content="(.*?)"', text(client.get(path)))[1]

    assert said.endswith("Analyses, bulletins and announcements, to read here, by mail or by feed.")


def test_article_is_described_to_searches_and_to_networks(client):
    make_article(slug="a", standfirst="Pilots, not depth, decide how many ships pass the strait each day.")

    page = text(client.get("/articles/a/"))

    for name in ['name="description"', 'property="og:description"']:
        assert f'<meta {name} content="Pilots, not depth, decide how many ships pass' in page
