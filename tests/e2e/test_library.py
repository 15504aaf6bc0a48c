"""The picture library in a real browser, from the upload of three files to another file on a public page."""

import pytest
from playwright.sync_api import expect

from articles.models import Image
from tests.articles.picture_files import make_picture
from tests.factories import make_article, make_image, make_upload

from .axe import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def crops(desk):
    return desk.locator("[data-crop]").evaluate_all(
        "crops => crops.map(crop => getComputedStyle(crop).objectPosition)"
    )


def shown(desk):
    return desk.locator("figure.hero img").evaluate("image => image.currentSrc")


def test_pictures_are_uploaded_described_cut_and_replaced(desk, tmp_path):
    known = make_image(upload=make_upload(size=(300, 200)), title="The pier")
    paths = [tmp_path / name for name in ("pier.jpg", "buoy.jpg", "broken.jpg", "other.jpg")]
    (tmp_path / "pier.jpg").write_bytes(make_upload(size=(300, 200)).read())
    (tmp_path / "buoy.jpg").write_bytes(make_picture(size=(1600, 500)))
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "other.jpg").write_bytes(make_upload(size=(800, 500), colour=(200, 0, 0)).read())

    # Three at once: one is there already, one is broken.
    desk.goto("/admin/articles/image/")
    assert_accessible(desk)
    desk.get_by_role("link", name="Upload pictures").click()
    desk.get_by_label("Choose pictures").set_input_files(paths[:3])
    expect(desk.get_by_role("status")).to_have_text(
        "1 added · 1 there already · 1 not taken · 1 without a description"
    )
    results = desk.locator(".desk-result")
    expect(results.nth(0)).to_contain_text("The library has this picture already: The pier")
    expect(results.nth(2)).to_contain_text("not a JPEG, PNG, GIF or WebP picture")
    assert_accessible(desk)

    # What it shows is said right there, by keyboard.
    field = results.nth(1).get_by_label("Alternative text")
    field.fill("A buoy at sea")
    field.press("Enter")
    expect(results.nth(1)).to_contain_text("Described")
    expect(desk.get_by_role("status")).not_to_contain_text("without a description")
    buoy = Image.objects.exclude(pk=known.pk).get()
    assert buoy.alt == "A buoy at sea"

    # The focal point moves by keyboard, and the crops with it.
    article = make_article(title="At sea", lead_image=buoy)
    desk.goto(article.get_absolute_url())
    before = shown(desk)
    desk.goto(f"/admin/articles/image/{buoy.pk}/change/")
    ring = desk.get_by_role("button", name="Focal point")
    ring.press("ArrowRight")
    ring.press("Shift+ArrowRight")
    assert crops(desk) == ["61% 50%"] * 4
    ring.press("Home")
    ring.press("Shift+ArrowLeft")
    ring.press("ArrowDown")
    assert crops(desk) == ["40% 51%"] * 4
    box = desk.locator("[data-focal] img").bounding_box()
    desk.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    assert {position.split("%")[0] for position in crops(desk)} == {"90"}
    assert_accessible(desk)
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    desk.goto(article.get_absolute_url())
    cut = shown(desk)
    assert cut != before

    # Another file takes its place on the public page, and the old one still answers.
    desk.goto(f"/admin/articles/image/{buoy.pk}/change/")
    desk.get_by_role("link", name="Replace the file").click()
    assert_accessible(desk)
    desk.get_by_label("Picture file").set_input_files(paths[3])
    desk.get_by_role("button", name="Replace the file everywhere").click()
    expect(desk.locator(".messagelist")).to_contain_text("in its place everywhere. Used on 1 article.")
    expect(desk.locator(".messagelist")).to_contain_text("another shape")
    desk.goto(article.get_absolute_url())
    assert shown(desk) not in (before, cut)
    assert desk.request.get(cut).ok
    expect(desk.get_by_role("img", name="A buoy at sea").first).to_be_visible()
    assert Image.objects.get(pk=buoy.pk).file_name == "other.jpg"
