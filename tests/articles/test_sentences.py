"""What is read aloud, and where its sentences are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import sentences
from articles.sentences import split, spoken


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four…", ["One. ", "Two! ", "Three? ", "Four…"]),
        ("Dr. Vale wrote: “Really?” she asked. It cost 3.5 million.", None),
        ("Ships (i.e. No. 5 of J. R. Tollan, p. 4) wait. No. They leave.", None),
        ("He left at 5 p.m. The U.S. Navy stayed.", ["He left at 5 p.m. ", "The U.S. Navy stayed."]),
        ("1. First point. 2. Second.", ["1. First point. ", "2. Second."]),
        ("He said “Go.” She went.", ["He said “Go.” ", "She went."]),
        ("قال د. أحمد: «هل هذا صحيح؟» نعم. ثم عاد.", ["قال د. أحمد: «هل هذا صحيح؟» ", "نعم. ", "ثم عاد."]),
        ('שאל ד"ר כהן: "האם כן?" כן. הוא הלך.', ['שאל ד"ר כהן: "האם כן?" ', "כן. ", "הוא הלך."]),
    ],
)
def test_a_text_falls_into_its_sentences(text, parts):
    expected = {
        "D": ["Dr. Vale wrote: “Really?” she asked. ", "It cost 3.5 million."],
        "S": ["Ships (i.e. No. 5 of J. R. Tollan, p. 4) wait. ", "No. ", "They leave."],
    }
    assert split(text) == (parts or expected[text[0]])


def test_notes_figures_tables_and_code_are_not_read():
    found = spoken(
        "A title",
        "Why.",
        '<p>It waits.<sup><a id="r1" href="#n1">1</a></sup> On 10 m<sup>2</sup><br>there.</p>'
        "<figure><img><figcaption>Drawing</figcaption></figure><pre>x = 1</pre><p>***</p>"
        '<section class="table"><table><tr><td>4</td></tr></table></section><ul><li>Last 😀.</li></ul>'
        '<section class="notes"><ol><li>Note</li></ol></section>',
    )

    assert found.sentences == ["A title", "Why.", "It waits.", "On 10 m2", "there.", "Last 😀."]
    assert found.spans == "7,4,10 8 6,-3,8"


def test_the_hash_is_of_what_is_heard_alone():
    one = spoken("T", "", "<p>It  waits.</p>").hash("en")

    assert spoken("T", "", "<p>It <em>waits</em>.<sup><a>1</a></sup></p>").hash("en") == one
    assert spoken("T", "", "<p>It waited.</p>").hash("en") != one
    assert spoken("T", "", "<p>It  waits.</p>").hash("he") != one


@given(st.text(alphabet='aB1 .!?…؟"”)(,;\n\xa0אب😀', max_size=900))
def test_sentences_together_are_the_text_and_none_is_long(text):
    assert "".join(split(text)) == text
    assert all(len(part) <= sentences.LONGEST for part in split(text))


@pytest.mark.parametrize("text", [". ", "1. ", "a.", '."', "?!", ", ", "word ", "(", "A. b "])
def test_no_text_takes_long(text):
    content = text * (100_000 // len(text))
    assert "".join(split(content)) == content
