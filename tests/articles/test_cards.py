"""The drawn pictures of pages without one."""

import io

import pytest
from django.test import override_settings
from PIL import Image

from articles.cards import HEIGHT, WIDTH, card, directions, drawable, runs
from tests.factories import make_article, make_author, make_image, make_site


def opened(content):
    return Image.open(io.BytesIO(content))


def drawn(**words):
    return opened(card(**{"site": "Tidelines", "accent": "#9c1757"} | words)).convert("RGB")


def ink_in(image, box):
    """How many pixels of a part of the picture are not paper."""
    return sum(count for count, colour in image.crop(box).getcolors(1 << 20) if colour != (253, 253, 252))


def test_a_card_is_a_png_in_the_shape_that_networks_show_uncropped():
    picture = opened(card(site="Tidelines", title="The strait", accent="#9c1757"))
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))


def test_a_line_begins_at_the_margin_of_its_direction():
    left, right = (80, 120, 400, 300), (800, 120, 1120, 300)
    english = drawn(title="Oil", neatline=False)
    arabic = drawn(title="نفط", rtl=True, neatline=False)
    assert ink_in(english, left)
    assert not ink_in(english, right)
    assert ink_in(arabic, right)
    assert not ink_in(arabic, left)


@pytest.mark.parametrize("title", ["", "word " * 200, "x" * 2000, "\u202e\u200f\0\x1b", "🎉", "\u0301" * 50])
def test_no_title_breaks_the_drawing_or_leaves_the_card(title):
    picture = drawn(title=title, byline=title, kicker=title)
    assert not ink_in(picture, (WIDTH - 40, 30, WIDTH, HEIGHT))
    assert not ink_in(picture, (0, HEIGHT - 20, WIDTH, HEIGHT))


def test_letters_that_our_fonts_lack_lose_their_marks_or_are_left_out():
    assert drawable("No. ① Ḥizb  🎉 Ж «قم» \u202eevil") == "No. 1 Ḥizb «قم» evil"


def test_words_of_the_other_direction_stand_where_a_reader_expects_them():
    texts = [run.text.strip() for run in runs("בין Tehran לבין", rtl=True)]
    assert [text for text in texts if text] == ["לבין", "Tehran", "בין"]
    texts = [run.text.strip() for run in runs("The (حشد) units", rtl=False)]
    assert [text for text in texts if text] == ["The (", "حشد", ") units"]


def test_digits_are_written_to_the_right_on_a_page_from_right_to_left():
    sides = dict(directions("ב2026", rtl=True))
    assert sides["ב"] is True
    assert sides["2"] is False


@pytest.mark.django_db
def test_an_article_without_a_picture_is_shared_with_a_card(client):
    make_site(name="Tidelines", words={"en": {}})
    make_article(title="The strait", slug="strait", authors=[make_author(name="Ines")])
    with override_settings(SITE_URL="https://example.org"):
        page = client.get("/articles/strait/").content.decode()
    assert '<meta property="og:image" content="https://example.org/articles/strait/card.png">' in page
    answer = client.get("/articles/strait/card.png")
    assert answer["Content-Type"] == "image/png"
    assert opened(answer.content).size == (WIDTH, HEIGHT)


@pytest.mark.django_db
def test_an_article_with_a_picture_is_shared_with_its_picture(client):
    make_site()
    image = make_image(alt="A harbour")
    make_article(slug="strait", lead_image=image)
    page = client.get("/articles/strait/").content.decode()
    assert "card.png" not in page
    assert '<meta property="og:image:alt" content="A harbour">' in page


@pytest.mark.django_db
def test_lists_are_shared_with_the_card_of_the_publication(client):
    make_site(words={"ar": {"name": "خطوط"}})
    make_article()
    assert "/card.png" in client.get("/").content.decode()
    assert opened(client.get("/ar/card.png").content).size == (WIDTH, HEIGHT)


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["draft", "review", "withdrawn"])
def test_what_readers_may_not_see_has_no_card(client, status):
    make_article(slug="secret", status=status)
    assert client.get("/articles/secret/card.png").status_code == 404
