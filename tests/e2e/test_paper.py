"""An article on paper."""

import pytest

from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = """selectors => selectors.map(
    selector => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize) * 72 / 96
)"""


@pytest.mark.parametrize(("language", "points"), [("en", 10.5), ("ar", 12), ("he", 11)])
def test_on_paper_nothing_beside_the_text_is_larger_than_the_text(page, language, points):
    article = make_article(
        language=language,
        body='<p>A word.<sup data-note="A note.">*</sup></p>',
        authors=[make_author(bio="Writes.")],
    )
    page.emulate_media(media="print")
    page.goto(article.get_absolute_url())

    text, bio, note = page.evaluate(SIZES, [".prose > p", ".author p:not([class])", ".notes li"])

    assert text == pytest.approx(points, abs=0.01)
    assert bio <= text
    assert note < text
