"""The markup of a picture."""

import re

import pytest

from articles.models import Image
from articles.pictures import Place, larger, picture, preload
from articles.renditions import make_renditions
from tests.articles.test_renditions import make_library_image


def make_described(**fields):
    """An image that is in no database, as a template may hold it."""
    fields.setdefault("srcset", {})
    return Image(pk=7, file="images/a.jpg", width=1000, height=1000, **fields)


def widths(html, kind):
    found = re.search(rf'type="image/{kind}" srcset="([^"]*)"', html)
    return [int(candidate.split()[1][:-1]) for candidate in found[1].split(",")]


@pytest.mark.django_db
def test_a_page_offers_modern_formats_first_and_an_img_of_the_true_ratio(django_assert_num_queries):
    image = make_library_image(size=(2400, 1600), alt="Two ships")
    make_renditions(image)

    with django_assert_num_queries(0):
        html = picture(image, "wide", Place("(min-width: 64rem) 56rem, 100vw"))

    assert re.findall(r"<source type=\"(.*?)\"", html) == ["image/avif", "image/webp"]
    assert widths(html, "avif") == [320, 640, 1200]
    assert widths(html, "webp") == [320, 640, 1200, 1920]
    assert html.count('sizes="(min-width: 64rem) 56rem, 100vw"') == 2
    assert re.search(
        r'<img src="/media/renditions/\S+\.jpg" width="1200" height="750" alt="Two ships" '
        r'loading="lazy"></picture>$',
        html,
    )
    assert "style=" not in html


@pytest.mark.django_db
def test_every_address_in_the_markup_leads_to_a_file():
    image = make_library_image(size=(900, 700))
    make_renditions(image)

    html = "".join(picture(image, shape, Place("100vw")) for shape in ("natural", "wide", "square"))

    names = re.findall(r"/media/(\S+\.\w+)", html)
    assert len(names) > 8
    assert all(image.file.storage.exists(name) for name in names)


def test_the_picture_on_top_is_fetched_first():
    html = picture(make_described(), "natural", Place("100vw"), lazy=False)

    assert 'fetchpriority="high"' in html
    assert "loading" not in html


@pytest.mark.django_db
def test_the_picture_on_top_is_announced_as_the_page_will_choose_it():
    image = make_library_image(size=(2400, 1600))
    make_renditions(image)

    link, html = preload(image, "wide", Place("92vw")), picture(image, "wide", Place("92vw"), lazy=False)

    [announced] = re.findall(r'type="image/avif" imagesrcset="([^"]*)" imagesizes="92vw"', link)
    assert f'<source type="image/avif" srcset="{announced}" sizes="92vw">' in html
    assert 'fetchpriority="high"' in link


def test_a_picture_without_renditions_is_not_announced():
    assert preload(make_described(), "wide", Place("92vw")) == ""


def test_a_picture_opens_larger_where_there_is_a_larger_file():
    image = make_described(alt='"Two" ships')
    sources = {"webp": [["a.webp", 480], ["b.webp", 1600]]}
    image.srcset = {"natural": {"sources": sources, "fallback": ["b.jpg", 480, 480]}}

    html = larger(image, "f1")

    assert html.count('popovertarget="f1"') == 2
    assert '<div id="f1" popover="">' in html
    assert 'src="/media/b.webp" width="1600" height="1600" alt="&quot;Two&quot; ships" loading="lazy"' in html
    sources["webp"].pop()
    assert larger(image, "f1") == ""
    assert larger(make_described(), "f1") == ""


def test_words_of_editors_cannot_leave_their_attribute():
    image = make_described(alt='"><script>alert(1)</script>')
    image.srcset = {
        "wide": {"sources": {"webp": [['a".webp', 640], ['b".webp', 800]]}, "fallback": ['a".jpg', 640, 400]}
    }

    html = picture(image, "wide", Place('"><b>'), class_name='"><i>')

    assert re.findall(r"<(\w+)", html) == ["picture", "source", "img"]


def test_a_decorative_picture_has_an_empty_alternative():
    assert 'alt=""' in picture(make_described(decorative=True), "natural", Place("100vw"))


@pytest.mark.parametrize(
    ("shape", "size"), [("natural", (1000, 1000)), ("wide", (1000, 625)), ("square", (1000, 1000))]
)
def test_without_renditions_the_original_is_shown_in_the_right_ratio(shape, size):
    html = picture(make_described(), shape, Place("100vw"))

    assert f'<picture><img src="/media/images/a.jpg" width="{size[0]}" height="{size[1]}"' in html


def test_a_place_offers_only_the_files_that_it_can_use():
    image = make_described()
    made = {kind: [[f"{width}.{kind}", width] for width in (320, 640, 1200)] for kind in ("avif", "webp")}
    image.srcset = {"wide": {"sources": made, "fallback": ["640.jpg", 640, 400]}}

    top = picture(image, "wide", Place("92vw", least=640))
    row = picture(image, "wide", Place("13rem", most=640))
    face = picture(image, "wide", Place("10rem", least=320, most=320))
    huge = picture(image, "wide", Place("92vw", least=1600))

    assert widths(top, "avif") == widths(top, "webp") == [640, 1200]
    assert widths(row, "avif") == [320, 640]
    assert '<source type="image/webp" srcset="/media/640.webp">' in row
    assert '<source type="image/avif" srcset="/media/320.avif">' in face
    assert '<source type="image/avif" srcset="/media/1200.avif">' in huge


def test_a_class_can_be_given():
    assert picture(make_described(), "natural", Place("100vw"), class_name="hero").startswith(
        '<picture class="hero">'
    )
