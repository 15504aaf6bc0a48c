"""How editors find an article: by the beginnings of words of its title, its authors and its tags.

Readers' search (articles.search) stems words, so that it cannot find what is typed half; here each word
stands as it is, and stemmed too.
"""

import re
import unicodedata
from urllib.parse import unquote

from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db.models import Case, Func, Q, TextField, Value, When
from django.db.models.functions import Concat

# PostgreSQL stems Arabic and English; Hebrew has no stemmer, so its words are taken as they stand.
CONFIGURATIONS = {"en": "english", "ar": "arabic", "he": "simple"}
MAX_WORDS = 8
MAX_LETTERS = 40
# Arabic writes "the", Hebrew also "and", "in", "to", "from" and "that", as the beginning of the next word.
PREFIXES = {"ar": r"\m(?:[وفبك]?ال|لل)(?=\w\w)", "he": r"\m[והבלכמש](?=\w\w\w)"}
_WORD = re.compile(r"\w+")


def desk_vector():
    """Return the expression of the stored vector: title and keywords, as they stand and stemmed."""
    cases = [
        When(language=language, then=as_it_stands("simple") + also(language, name))
        for language, name in CONFIGURATIONS.items()
    ]
    # Nothing here asks for the places of the words.
    return Func(Case(*cases), function="strip", output_field=SearchVectorField())


def as_it_stands(configuration):
    return SearchVector("title", "keywords", config=configuration)


def also(language, configuration):
    """Return the vector of the words as a language would look for them: stemmed, without prefixes."""
    if language not in PREFIXES:
        return as_it_stands(configuration)
    text = Concat("title", Value(" "), "keywords", output_field=TextField())
    bare = Func(
        text,
        Value(PREFIXES[language]),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )
    vector = SearchVector(bare, config="simple")
    return vector if configuration == "simple" else vector + as_it_stands(configuration)


def typed_words(text):
    """Return the words of what an editor typed, without marks over letters: at most eight."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(character for character in text if unicodedata.category(character) not in ("Mn", "Cf"))
    return [word[:MAX_LETTERS] for word in _WORD.findall(text)[:MAX_WORDS]]


def found_by(text):
    """Return the condition of the articles that hold each word, or have the address, that was typed."""
    text = text.replace("\0", " ").strip()
    words = typed_words(text)
    if not words:
        return Q(pk=None)
    # One letter is a word, not the beginning of half of them.
    query = SearchQuery(beginnings(words, shortest=2), config="simple", search_type="raw")
    for name in sorted(set(CONFIGURATIONS.values()) - {"simple"}):
        # Nobody stems two letters, and to look them up once is enough: so many words begin with them.
        query |= SearchQuery(beginnings(words, shortest=3), config=name, search_type="raw")
    found = Q(desk_search=query)
    # Languages are named for the sake of the index.
    return found | Q(language__in=[*CONFIGURATIONS], slug=slug) if (slug := slug_in(text)) else found


def beginnings(words, *, shortest):
    """Return a query, as PostgreSQL reads it, of words that begin so; those that are shorter, whole."""
    return " & ".join(f"{word}:*" if len(word) >= shortest else word for word in words)


def slug_in(text):
    """Return what may be a slug: the one word that was typed, or the last part of an address."""
    last = unquote(text.partition("?")[0].partition("#")[0]).rstrip("/").rpartition("/")[2]
    return "" if len(last) > 200 or any(map(str.isspace, last)) else last
