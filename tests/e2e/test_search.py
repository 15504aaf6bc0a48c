"""Searching in a browser: what is offered while one types."""

import pytest
from playwright.sync_api import expect

from articles import lexicon
from tests.e2e.axe import assert_accessible
from tests.factories import make_article, make_site

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reader_types_half_a_word_and_chooses_by_keyboard(page):
    make_site()
    make_article(title="The harbour master", slug="master")
    make_article(title="الميناء القديم", language="ar", slug="old")
    lexicon.refresh()
    page.goto("/search/")
    field, options = page.get_by_role("combobox"), page.get_by_role("option")

    field.press_sequentially("harb")
    expect(options).to_have_count(2)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="Suggestions: 2")).to_be_attached()
    assert_accessible(page)
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("harb")
    field.press("o")
    expect(options).to_have_count(2)
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-0")
    field.press("Enter")
    expect(page.get_by_role("heading", name="The harbour master", level=1)).to_be_visible()

    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/ar/search/")
    field.press_sequentially("ميناء")
    expect(options.first).to_contain_text("الميناء القديم")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    options.last.click()
    expect(page.get_by_role("link", name="الميناء القديم")).to_be_visible()
