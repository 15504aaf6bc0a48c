"""Which words there are: made of what is published, and of nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from articles import lexicon
from articles.models import Lexeme, LexiconState, Word
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


def test_a_lexeme_is_counted_as_the_search_has_it(monkeypatch):
    monkeypatch.setattr(lexicon, "VECTORS_AT_ONCE", 1)
    make_article(title="Pilots", body="<p>The pilot waits.</p>")
    make_article(title="Elsewhere", body="<p>Piloting.</p>")
    lexicon.refresh()
    lexicon.refresh()

    pilot = Lexeme.objects.get(lexeme="pilot")
    assert (pilot.documents, pilot.heads) == (2, 1)


def test_words_of_what_is_not_public_are_in_no_table():
    make_article(title="Zanzibar", body="<p>quicksand</p>", status="draft", tags=["Marzipan"])
    gone = make_article(title="Xylophone", authors=[make_author(name="Bartholomew")])
    lexicon.refresh()
    assert {"xylophone", "bartholomew"} <= words().keys()
    assert not {"zanzibar", "quicksand", "marzipan"} & words().keys()

    gone.status = "withdrawn"
    gone.save()
    lexicon.refresh()

    assert not {"xylophone", "bartholomew"} & words().keys()
    assert not Lexeme.objects.filter(lexeme__startswith="xyloph").exists()


def test_the_heartbeat_refreshes_what_has_changed_and_rests_after_what_took_long(time_machine):
    time_machine.move_to(datetime(2026, 11, 1, tzinfo=UTC), tick=False)
    assert not lexicon.is_due()
    make_article(title="Harbour")
    assert lexicon.is_due()
    lexicon.refresh()
    assert not lexicon.is_due()

    LexiconState.objects.update(stamp="another", seconds=10)
    assert not lexicon.is_due()
    time_machine.shift(timedelta(seconds=10 * lexicon.REST))
    assert lexicon.is_due()
