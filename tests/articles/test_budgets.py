"""How many bytes readers are sent: every page carries these files, so they stay small."""

import gzip
import re

import pytest
from django.conf import settings

from config.bench import content
from config.bench.figures import ARTICLE, ARTICLE_BYTES, HOME_BYTES, HOME_PACKED

KILOBYTE = 1000


def files(suffix):
    """The texts of the public site's own files; the desk's are in a folder of their own."""
    return [path.read_bytes() for path in sorted((settings.BASE_DIR / "static").glob(f"*.{suffix}"))]


def test_the_stylesheet_is_small():
    [sheet] = files("css")

    assert len(sheet) <= 25 * KILOBYTE
    assert len(gzip.compress(sheet)) <= 7 * KILOBYTE


def test_all_scripts_together_are_small():
    scripts = files("js")

    assert scripts
    assert sum(map(len, scripts)) <= 12 * KILOBYTE


@pytest.mark.django_db
def test_pages_add_little_to_what_they_show(client):
    content.make(content.TEXTS)

    article, home = client.get(ARTICLE), client.get("/")

    [text] = content.Article.objects.filter(slug=ARTICLE.split("/")[2]).values_list("body_html", flat=True)
    assert len(article.content) - len(text.encode()) <= ARTICLE_BYTES
    assert len(home.content) <= HOME_BYTES
    assert len(gzip.compress(home.content)) <= HOME_PACKED
    assert not article.cookies
    assert not home.cookies


@pytest.mark.django_db
def test_a_front_page_of_25_cards_stays_small(client, monkeypatch):
    content.make(50)
    # Every kind has as many in the bench's publication; the dearest cards have pictures.
    front = {"analysis": 13, "bulletin": 5, "mention": 3, "announcement": 4}
    monkeypatch.setattr("articles.views.ON_THE_FRONT", front)

    home = client.get("/")

    assert len(re.findall('<article|<li><p|<li class="dated', home.content.decode())) == 25
    assert len(home.content) <= HOME_BYTES
    assert len(gzip.compress(home.content)) <= HOME_PACKED
