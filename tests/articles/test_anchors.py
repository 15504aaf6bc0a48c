"""Links into a text: what they lead to, and what they survive."""

import re

import pytest

from articles.markup import clean, render
from tests.factories import make_article


def rendered(body, before=()):
    return render(clean(body), language="en", pictures={}, before=before)


def anchors(body, before=()):
    return [heading["id"] for heading in rendered(body, before).outline]


def paragraphs(body):
    return re.findall(r'<p[^>]* id="(p[^"]+)"', rendered(body).html)


def test_headings_get_ids_of_their_words_and_an_outline_names_them():
    result = rendered("<h2>What a day costs</h2><p>a</p><h3>Hours, at rest</h3><h4>Small</h4><p>b</p>")

    assert '<h2 id="what-a-day-costs"><a href="#what-a-day-costs">What a day costs</a></h2>' in result.html
    assert '<h4 id="small"><a href="#small">Small</a></h4>' in result.html
    assert result.outline == [
        {"id": "what-a-day-costs", "text": "What a day costs", "level": 2},
        {"id": "hours-at-rest", "text": "Hours, at rest", "level": 3},
    ]


def test_headings_in_arabic_and_hebrew_keep_their_letters_without_vowel_signs():
    assert anchors("<h2>رقمٌ واحدٌ في الجدول</h2><h2>בֵּית־הספר, מחר</h2>") == [
        "رقم-واحد-في-الجدول",
        "בית-הספר-מחר",
    ]


def test_equal_headings_get_different_ids():
    identifiers = anchors("<h2>Cost</h2><h2>Cost</h2><h3>Cost 2</h3><h2>Cost</h2><h2>?!</h2><h2>…</h2>")

    assert identifiers == ["cost", "cost-2", "cost-2-2", "cost-3", "section", "section-2"]


@pytest.mark.parametrize(
    "word",
    [
        *("Main", "Notes", "TOC", "Signup email", "Correction", "Q", "N1", "r12", "f3", "Book", "Src", "Rel"),
        *("Updates", "Note 1", "Note 1 head"),
    ],
)
def test_a_heading_never_takes_an_id_of_the_page(word):
    assert anchors(f"<h2>{word}</h2>") == [word.lower().replace(" ", "-") + "-2"]


def test_a_long_heading_gets_an_id_cut_between_words():
    [identifier] = anchors("<h2>" + "narrow waters " * 20 + "</h2>")

    assert len(identifier) <= 80
    assert identifier.endswith(("narrow", "waters"))


def test_a_heading_links_to_itself_up_to_a_link_or_a_note_in_it():
    page = rendered(
        '<h2>Cost <em>now</em><sup data-note="n">*</sup></h2><h2><a href="/x/">All</a> of it</h2>'
    ).html

    assert '<h2 id="cost-now"><a href="#cost-now">Cost <em>now</em></a><sup>' in page
    assert '<h2 id="all-of-it"><a href="/x/">All</a> of it</h2>' in page


def test_a_corrected_heading_keeps_the_id_to_which_others_link():
    before = rendered("<h2>What a day cots</h2><h2>The other side</h2>").outline

    after = anchors("<h2>A new beginning</h2><h2>What a day costs</h2><h2>The other side</h2>", before)

    assert after == ["a-new-beginning", "what-a-day-cots", "the-other-side"]


def test_equal_headings_keep_their_ids_when_another_comes_before_them():
    before = rendered("<h2>Cost</h2><p>a</p><h2>Cost</h2>").outline

    assert anchors("<h2>Costs of old</h2><h2>Cost</h2><h2>Cost</h2>", before)[1:] == ["cost", "cost-2"]


def test_a_heading_with_other_words_does_not_take_the_id_of_the_one_that_it_replaces():
    before = rendered("<h2>What a day costs</h2>").outline

    assert anchors("<h2>Who pays for it</h2>", before) == ["who-pays-for-it"]


def test_no_two_headings_share_an_id_that_was_kept():
    before = rendered("<h2>Cost of a day</h2>").outline

    identifiers = anchors("<h2>Cost of a bay</h2><h2>Cost of a day</h2><h2>Cost of a way</h2>", before)

    assert len(set(identifiers)) == 3
    assert identifiers[1] == "cost-of-a-day"


def test_thousands_of_changed_headings_are_compared_in_a_moment():
    before = rendered("".join(f"<h2>Alpha {number}</h2>" for number in range(3000))).outline

    assert len(set(anchors("".join(f"<h2>Beta {number}</h2>" for number in range(3000)), before))) == 3000


def test_a_paragraph_keeps_its_id_after_edits_elsewhere_and_in_its_later_words():
    first, second = paragraphs("<p>The pilots came home late.</p><p>Nobody had told them of the ice.</p>")

    edited = "<p>New.</p><h2>New</h2><p>Nobody had told them of the ice, or asked; not once.</p>"
    assert second in paragraphs(edited)
    assert first not in paragraphs(edited)
    assert re.fullmatch("p[a-z2-7]{5}", first)


def test_paragraphs_that_begin_alike_are_numbered():
    one, two, other = paragraphs("<p>The same.</p><p>The same.</p><p>Another.</p>")

    assert two == f"{one}-2"
    assert other not in (one, two)


def test_paragraphs_in_arabic_and_without_words():
    assert len(set(paragraphs("<p>عاد المرشدون</p><p>لم يخبرهم أحد</p><p>…</p>"))) == 2


@pytest.mark.django_db
def test_an_article_saved_with_a_corrected_heading_goes_on_to_answer_to_old_links():
    article = make_article(body="<h2>What a day cots</h2><p>Much.</p>")

    article.body = article.body.replace("cots", "costs")
    article.save()

    assert '<h2 id="what-a-day-cots"><a href="#what-a-day-cots">What a day costs</a>' in article.body_html
