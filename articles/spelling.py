"""When a search finds nothing: what may have been meant, and a note of it for the editors."""

import logging
import re
from dataclasses import dataclass
from itertools import product

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils.translation import get_language

from .lexicon import RARE, WORD, fold
from .models import Article, LexiconState, MissedSearch, Throttle, Word
from .search import folding, vectors
from .suggestions import forms_of

logger = logging.getLogger(__name__)

SHORTEST = 3  # letters of a word that is corrected
REPLACED = 4  # letters of one that may have a wrong letter, or one too many: shorter ones are like many
MOST = 3
MAX_CANDIDATES = 500
ALPHABET = 25  # letters
NOTED = 60  # searches a minute; more is a flood, and says nothing to an editor
PATIENCE = "300ms"  # for the note: the page does not wait for it
# What may be an address or a number of a person is nobody's subject.
_PERSONAL = re.compile(r"@|\d[\d\s().-]{5,}")
_UNKNOWN = """
    SELECT word FROM unnest(%s::text[], %s::text[]) AS typed (word, form)
    WHERE NOT EXISTS (
        SELECT FROM unnest(to_tsvector(%s::regconfig, form)) AS one
        JOIN articles_lexeme AS known ON known.lexeme = one.lexeme)
"""


@dataclass
class Meant:
    query: str
    replaced: dict  # {typed: meant}


def found_nothing(request, form):
    """Return up to three searches that may be meant by one that found nothing; note it for the editors."""
    offered = meant_by(form.terms)
    # What facets or a page have left empty was not missed.
    if request.method == "GET" and set(request.GET) == {"q"}:
        note(form.cleaned_data["q"], offered[0].query if offered else "")
    return offered


def meant_by(terms):
    """Return what may have been meant where articles have not all the words: best first, at most three.

    Words in quotation marks and those to leave out stand as they are. One query finds which words are
    unknown, one their neighbours; where one of them has none, nothing is offered.
    """
    plain = [term.text for term in terms if not (term.excluded or term.exact)]
    missing = unknown([text for text in plain if WORD.fullmatch(text) and len(fold(text)) >= SHORTEST])
    if not missing:
        return []
    near = neighbours(missing)
    if not all(near.values()):
        return []
    found = []
    choices = product(*(enumerate(near[word][:MOST]) for word in missing))
    for chosen in sorted(choices, key=lambda choice: sum(place for place, _word in choice))[:MOST]:
        replaced = dict(zip(missing, (word for _place, word in chosen), strict=True))
        found.append(Meant(" ".join(rewritten(term, replaced) for term in terms), replaced))
    return found


def rewritten(term, replaced):
    """Return a term as it is typed, with another word in its place where there is one."""
    if term.excluded or term.exact:
        minus, quote = "-" * term.excluded, '"' * term.exact
        return f"{minus}{quote}{term.text}{quote}"
    return replaced.get(term.text, term.text)


def unknown(words):
    """Return those of the words that no article has in any form, in their order."""
    if not words:
        return []
    with connection.cursor() as cursor:
        forms = [folding.fold(word) for word in words]
        cursor.execute(_UNKNOWN, [words, forms, vectors.CONFIGURATION])
        lost = {word for (word,) in cursor}
    return [word for word in dict.fromkeys(words) if word in lost]


def neighbours(words):
    """Return {word: the words one slip away from it, as they are written, likeliest first}: two queries.

    What Arabic and Hebrew write as the beginning of a word may be there or not; best as it was typed.
    """
    forms = {word: forms_of(fold(word)) for word in words}
    shared = {shortened for known in forms.values() for form in known for shortened in deletions(form)}
    made_at = LexiconState.objects.values_list("made_at", flat=True).first()
    if made_at is None:
        return {word: [] for word in words}
    unchanged = Article.objects.published().filter(updated_at__lte=made_at).values("pk")
    candidates = list(
        Word.objects.filter(Q(documents__gt=RARE) | Q(witness__in=unchanged), deletions__overlap=list(shared))
        .order_by(F("documents").desc())
        .values_list("key", "spelling", "documents", "heads")[:MAX_CANDIDATES]
    )
    found = {}
    for word, (typed, *others) in forms.items():
        near = [(True, typed, each) for each in candidates if is_one_slip(typed, each[0])]
        near += [
            (False, form, each)
            for each in candidates
            for form in others
            if abs(len(form) - len(each[0])) < 2 and is_one_slip(form, each[0])
        ]
        near = [one for one in near if len(typed) >= REPLACED or is_likely(one[1], one[2][0])]
        near.sort(key=lambda one: (one[0], likelihood(one[1], *one[2])), reverse=True)
        found[word] = list(dict.fromkeys(spelling for *_how, (_key, spelling, *_counts) in near))
    return found


def deletions(key):
    """Return the beginning of a word and what is left of it without one letter; twin: lexicon.MERGE."""
    start = key[:8]
    return {start, *(start[:place] + start[place + 1 :] for place in range(len(start)))}


def is_one_slip(a, b):
    """Whether one insertion, deletion, replacement or exchange of neighbours leads from a to b."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    at = next((place for place, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    exchanged = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    return exchanged or a[at + 1 :] == b[at + 1 :] or a[at:] == b[at + 1 :] or a[at + 1 :] == b[at:]


def likelihood(typed, key, _spelling, documents, heads):
    """Return by what neighbours are compared: how common each is, and how likely this slip leads from it.

    There is but one letter to leave out at a place, and one exchange, but many letters to put there.
    """
    return (documents + 3 * heads) * (ALPHABET if is_likely(typed, key) else 1)


def is_likely(typed, key):
    """Whether a letter was left out, or two neighbours exchanged."""
    return len(key) > len(typed) or sorted(key) == sorted(typed)


def note(typed, offered):
    """Count a search that found nothing; where that fails, the page goes on without it."""
    if _PERSONAL.search(typed):
        return
    query = " ".join(fold(typed).split())[:200]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            if Throttle.objects.allow("missed-searches", limit=NOTED, seconds=60):
                MissedSearch.objects.count_one(query=query, language=get_language(), offered=offered[:200])
    except DatabaseError:
        logger.warning("A search that found nothing was not noted.", exc_info=True)
