"""Articles for those who cite them."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from articles.bibliography import bibtex, ris
from articles.models import Article
from tests.factories import make_article, make_author, make_site


def typed(title="The strait", names=("Ines Vale",), **fields):
    """An article as the files see it, in no database."""
    fields = {"pk": 7, "slug": "strait", "status": "published", "language": "en"} | fields
    article = Article(title=title, published_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC), **fields)
    article._prefetched_objects_cache = {"bylines": Names(SimpleNamespace(local_name=name) for name in names)}
    return article


class Names(list):
    def all(self):
        return self


SITE = SimpleNamespace(local_name="Tidelines", time_zone="UTC")


def test_bibtex_names_authors_in_order_title_day_and_address(settings):
    settings.SITE_URL = "https://tidelines.example"

    assert bibtex(typed(names=["Ines Vale", "Daniel Roke"]), SITE) == (
        "@misc{tidelines-example-7,\n"
        "  author = {Vale, Ines and Roke, Daniel},\n"
        "  title = {{The strait}},\n"
        "  howpublished = {Tidelines},\n"
        "  year = {2026},\n"
        "  month = mar,\n"
        "  day = {1},\n"
        "  url = {https://tidelines.example/articles/strait/},\n"
        "  language = {en},\n"
        "  langid = {english},\n"
        "}\n"
    )


def test_ris_says_the_same_in_its_own_lines(settings):
    settings.SITE_URL = "https://tidelines.example"

    assert ris(typed(names=["Ines Vale", "Daniel Roke"]), SITE).split("\r\n") == [
        "TY  - ELEC",
        "AU  - Vale, Ines",
        "AU  - Roke, Daniel",
        "TI  - The strait",
        "T2  - Tidelines",
        "PY  - 2026",
        "DA  - 2026/03/01/",
        "LA  - en",
        "UR  - https://tidelines.example/articles/strait/",
        "ID  - tidelines-example-7",
        "ER  - ",
        "",
    ]


@pytest.mark.parametrize(
    ("title", "entry"),
    [
        ("100 % of $5 & #1_a", r"{{100 \% of \$5 \& \#1\_a}}"),
        ("a}, author = {Nobody", r"{{a\textbraceright{}, author = \textbraceleft{}Nobody}}"),
        (r"\input{/etc/passwd}~^", None),
        ("{{{", None),
        ("Line\r\nER  - \r\nTY  - BOOK\u2028AU  - Nobody", "{{Line ER - TY - BOOK AU - Nobody}}"),
        ("كلفة يوم في المضيق", "{{كلفة يوم في المضيق}}"),
    ],
)
def test_no_title_can_leave_its_field(title, entry):
    whole = bibtex(typed(title=title), SITE)

    if entry:
        assert f"  title = {entry},\n" in whole
    assert whole.count("{") == whole.count("}")
    assert r"\input" not in whole
    assert whole.count("\n  author = ") == 1
    record = ris(typed(title=title), SITE).split("\r\n")
    assert [line[:6] for line in record[:-1]] == [
        f"{tag}  - " for tag in ("TY", "AU", "TI", "T2", "PY", "DA", "LA", "UR", "ID", "ER")
    ]


@pytest.mark.parametrize(
    ("name", "in_bibtex", "in_ris"),
    [
        ("Ines van der Vale", "van der Vale, Ines", "van der Vale, Ines"),
        ("Reuters", "Reuters", "Reuters"),
        ("Rock and Sand Ltd", "{Rock and Sand Ltd}", "Rock and Sand Ltd"),
        ("King, Jr.", "{King, Jr.}", "King, Jr."),
        ("سلمى الإدريسي", "الإدريسي, سلمى", "الإدريسي, سلمى"),
    ],
)
def test_names_are_sorted_by_their_last(name, in_bibtex, in_ris):
    assert f"author = {{{in_bibtex}}}" in bibtex(typed(names=[name]), SITE)
    assert f"AU  - {in_ris}\r\n" in ris(typed(names=[name]), SITE)


def test_an_article_without_authors_names_none():
    assert "author" not in bibtex(typed(names=[]), SITE)
    assert "AU" not in ris(typed(names=[]), SITE)


def test_the_day_is_the_sites():
    jerusalem = SimpleNamespace(local_name="Tidelines", time_zone="Asia/Jerusalem")

    assert "day = {2}," in bibtex(typed(), jerusalem)
    assert "2026/03/02/" in ris(typed(), jerusalem)


@pytest.mark.django_db
def test_readers_fetch_both_files_from_the_page(client):
    make_site()
    article = make_article(
        title="كلفة يوم", slug="كلفة-يوم", language="ar", authors=[make_author(name="Salma Idrissi")]
    )
    page = client.get(article.get_absolute_url()).content.decode()

    for form, kind in (("bib", "application/x-bibtex"), ("ris", "application/x-research-info-systems")):
        path = f"{article.get_absolute_url()}cite.{form}"
        assert f'href="{path}"' in page
        answer = client.get(path)
        assert answer["Content-Type"] == f"{kind}; charset=utf-8"
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%D9%83")
        assert "كلفة يوم" in answer.content.decode()
        assert not answer.cookies


@pytest.mark.django_db
def test_nobody_cites_what_readers_may_not_see(client):
    make_site()
    draft = make_article(status="draft")
    withdrawn = make_article(status="withdrawn", published_at=datetime(2026, 3, 1, tzinfo=UTC))

    assert client.get(f"{draft.get_absolute_url()}cite.bib").status_code == 404
    assert client.get(f"{withdrawn.get_absolute_url()}cite.ris").status_code == 410
    assert client.get("/ar/articles/nowhere/cite.bib").status_code == 404


@pytest.mark.django_db
def test_a_reader_passes_an_article_on_by_plain_links(client, settings):
    settings.SITE_URL = "https://tidelines.example"
    make_site()
    article = make_article(slug="strait")

    page = client.get(article.get_absolute_url()).content.decode()

    address = "https://tidelines.example/articles/strait/"
    assert f'<a href="https://wa.me/?text={address}">WhatsApp</a>' in page
    assert 'href="mailto:?subject=' in page
