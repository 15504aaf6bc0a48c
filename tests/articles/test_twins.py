"""The publication for programs that read: Markdown beside each article, and llms.txt."""

from datetime import UTC, date, datetime

import pytest

from articles.models import Article
from tests.factories import (
    make_article,
    make_author,
    make_correction,
    make_image,
    make_page,
    make_site,
    make_tag,
)

pytestmark = pytest.mark.django_db


def test_article_has_its_text_as_markdown_with_what_has_to_be_known_of_it(client):
    image = make_image(alt="A chart")
    make_site(words={"en": {"tagline": "Ports"}})
    article = make_article(
        title="Ships & *pilots*",
        slug="ships",
        standfirst="Why ships wait.",
        authors=[make_author(name="Ines Vale"), make_author(name="Daniel Roke")],
        tags=["Straits", "Ports"],
        lead_image=image,
        source_outlet="The Review",
        source_url="https://example.org/piece",
        source_date=date(2026, 2, 1),
        body='<h2>One</h2><p>It is <a href="/about/">so</a>.<sup data-note="Seen."></sup></p>',
    )
    make_correction(article=article, text="It was Aden.")

    answer = client.get("/articles/ships/index.md")

    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Link"] == '<http://testserver/articles/ships/>; rel="canonical"'
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert answer.text.startswith("# Ships \\& \\*pilots\\*\n\nWhy ships wait.\n\n")
    for part in (
        "- Authors: Ines Vale and Daniel Roke\n",
        "- Publication: Tidelines\n",
        "- Date: 2026-03-01\n",
        "- Updated: 2026-03-02\n",
        "- Address: <http://testserver/articles/ships/>\n",
        "- Language: en\n",
        "- Tags: Straits, Ports\n",
        "![A chart](http://testserver/media/",
        "## One\n\nIt is [so](http://testserver/about/).[^1]\n",
        "[^1]: Seen.\n",
        "## Correction, 2026-03-02\n\nIt was Aden.\n",
        "(https://example.org/piece)",
    ):
        assert part in answer.text, part


def test_article_names_its_markdown(client):
    article = make_article(slug="ships")
    arabic = make_article(slug="مضيق", language="ar", body="<p>نص</p>")

    assert (
        '<link rel="alternate" type="text/markdown" href="/articles/ships/index.md">'
        in client.get(article.get_absolute_url()).text
    )
    page = client.get(f"{arabic.get_absolute_url()}index.md").text
    assert "نص" in page
    assert "- اللغة: ar" in page


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"status": "review"}, {"published_at": datetime(2100, 1, 1, tzinfo=UTC)}]
)
def test_what_is_not_published_has_no_markdown(client, fields):
    make_article(title="Zanzibar", slug="quiet", **fields)

    assert client.get("/articles/quiet/index.md").status_code == 404
    assert "Zanzibar" not in client.get("/llms.txt").text


def test_withdrawn_article_says_why_in_markdown(client):
    make_article(
        title="Zanzibar",
        slug="gone",
        status="withdrawn",
        withdrawn_reason="It was *wrong*.",
        withdrawn_at=datetime(2026, 3, 5, tzinfo=UTC),
        published_at=datetime(2026, 3, 1, tzinfo=UTC),
    )

    answer = client.get("/articles/gone/index.md")

    assert answer.status_code == 410
    assert "It was \\*wrong\\*." in answer.text
    assert "Zanzibar" not in answer.text


def test_markdown_of_an_old_address_leads_to_the_present_one(client):
    article = make_article(slug="old")
    article.slug = "new"
    article.save()

    answer = client.get("/articles/old/index.md")

    assert (answer.status_code, answer["Location"]) == (301, "/articles/new/index.md")


def test_program_is_told_what_the_publication_is_and_where_its_newest_texts_are(client):
    make_site(words={"en": {"tagline": "Ports & straits", "about": "We *look*."}, "ar": {}})
    make_article(title="One [1]", slug="one", standfirst="Why.", kind="analysis")
    make_article(title="Two", slug="two", kind="bulletin")
    make_article(title="عربي", language="ar", slug="arabic")
    make_page(title="About us", slug="about")

    answer = client.get("/llms.txt")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("# Tidelines\n\n> Ports \\& straits\n\nWe \\*look\\*.\n\n## Analysis\n\n")
    assert "\n- [One \\[1\\]](http://testserver/articles/one/index.md): Why.\n" in answer.text
    assert "\n- [Two](http://testserver/articles/two/index.md)\n" in answer.text
    assert "(http://testserver/about/)" in answer.text
    assert "(http://testserver/ar/llms.txt)" in answer.text
    assert "arabic" not in answer.text
    assert "[عربي](http://testserver/ar/articles/arabic/index.md)" in client.get("/ar/llms.txt").text


def test_list_for_programs_stays_short_and_costs_the_same(client, django_assert_max_num_queries):
    make_site()
    for _ in range(30):
        make_article()

    with django_assert_max_num_queries(3):
        page = client.get("/llms.txt").text

    assert page.count("/index.md)") == 25


def test_empty_publication_has_a_list_for_programs(client):
    assert client.get("/llms.txt").text.startswith("# Standfirst\n")


def test_words_that_look_like_markup_stay_words(client):
    words = "]]> <script>alert(1)</script> \u202eabc"
    article = make_article(
        slug="odd", authors=[make_author(name=words)], tags=[make_tag(name=words, slug="t")]
    )
    Article.objects.filter(pk=article.pk).update(title=f"{words}\x0b\x1b[31m")

    for path in ("/articles/odd/index.md", "/llms.txt"):
        page = client.get(path).text
        assert "\\<script\\>" in page
        assert "<script" not in page.replace("\\<script", "")
        assert "\x1b" not in page
