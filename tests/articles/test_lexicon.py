"""Which words there are: made of what is published, and of nothing else."""

import pytest

from articles import lexicon
from articles.models import Lexeme, Word
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db


def words():
    return {word.key: word for word in Word.objects.all()}


def test_words_are_kept_as_they_are_written_and_found_without_accents():
    make_article(title="Zürich and Beyrouth", body="<p>Zürich again, a kilometre off. شُكْراً</p>")
    lexicon.refresh()

    assert words()["zurich"].spelling == "Zürich"
    assert words()["شكرا"].spelling == "شُكْراً"
    assert (words()["zurich"].documents, words()["zurich"].heads) == (1, 1)
    assert (words()["kilometre"].documents, words()["kilometre"].heads) == (1, 0)


def test_a_lexeme_is_counted_as_the_search_has_it():
    make_article(title="Pilots", body="<p>The pilot waits.</p>")
    make_article(title="Elsewhere", body="<p>Piloting.</p>")
    lexicon.refresh()
    lexicon.refresh()

    assert lexicon.rarity(["pilot", "nowhere"]) == {"pilot": (2, 1)}
    assert Lexeme.objects.filter(lexeme="pilot").count() == 1
