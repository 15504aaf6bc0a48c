"""A withdrawn article: its address says why, and it is nowhere else."""

import pytest

from articles.models import Article, Redirect
from tests.factories import make_article, make_author, make_site, make_tag

pytestmark = pytest.mark.django_db


def make_withdrawn(**fields):
    article = make_article(**fields)
    article.withdraw("Its figures were <wrong>.")
    return article


@pytest.mark.parametrize(
    ("language", "heading", "date"),
    [
        ("en", "This article has been withdrawn", "Withdrawn on 14 May 2026"),
        ("ar", "سُحبت هذه المقالة", "سُحبت في 14 مايو 2026"),
        ("he", "המאמר הזה הוסר", "הוסר ב־14 במאי 2026"),
    ],
)
def test_its_address_says_why_in_its_language(client, time_machine, language, heading, date):
    time_machine.move_to("2026-05-14T10:00:00Z", tick=False)
    make_site()
    article = make_withdrawn(language=language)

    response = client.get(article.get_absolute_url())

    assert response.status_code == 410
    assert response.headers["Content-Language"] == language
    assert f"<h1>{heading}</h1>" in response.text
    assert "Its figures were &lt;wrong&gt;." in response.text
    assert date in " ".join(response.text.split())
    assert '<meta name="robots" content="noindex">' in response.text
    assert article.title not in response.text
    assert "Some words." not in response.text


def test_it_is_nowhere_else(client):
    make_site()
    author, tag = make_author(slug="ines"), make_tag(name="Straits")
    other = make_article(authors=[author], tags=["Straits"])
    article = make_withdrawn(title="Gone for good", authors=[author], tags=["Straits"])
    paths = ["/", "/kinds/analysis/", "/authors/ines/", "/tags/straits/", "/search/?q=gone", "/feeds/"]

    pages = {path: client.get(path).text for path in [*paths, other.get_absolute_url()]}

    assert [path for path, page in pages.items() if "Gone for good" in page] == []
    assert not Article.objects.published().filter(pk=article.pk).exists()
    assert tag.slug == "straits"


def test_its_old_addresses_lead_to_the_reason(client):
    article = make_withdrawn()
    Redirect.objects.create(path="/2019/gone/", article=article)

    response = client.get("/2019/gone/", follow=True)

    assert response.redirect_chain == [(article.get_absolute_url(), 301)]
    assert response.status_code == 410


@pytest.mark.parametrize("status", ["draft", "review"])
def test_what_is_not_withdrawn_is_not_found(client, status):
    assert client.get(make_article(status=status).get_absolute_url()).status_code == 404


def test_a_reason_is_shown_in_its_own_language_alone(client):
    article = make_withdrawn(language="ar", slug="gone")

    assert client.get("/articles/gone/").status_code == 404
    assert client.get(article.get_absolute_url()).status_code == 410


def test_published_again_it_is_an_article_like_any_other(client):
    article = make_withdrawn()

    article.publish()

    assert client.get(article.get_absolute_url()).status_code == 200
