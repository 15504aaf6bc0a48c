"""Full text search in Postgres: the stored vector and the query that reads it."""

from django.contrib.postgres.search import SearchVector
from django.db.models import Case, When
from django.db.models.functions import Left

# Postgres stems Arabic and English; Hebrew has no stemmer, so its words are taken as they stand.
CONFIGURATIONS = {"en": "english", "ar": "arabic", "he": "simple"}
# A tsvector holds at most 1 MB; this many characters of any script stay below it.
MAX_INDEXED = 200_000


def search_vector():
    """Return the expression of the stored vector: title A, standfirst B, names C, text D."""

    def weighted(configuration):
        return (
            SearchVector("title", weight="A", config=configuration)
            + SearchVector("standfirst", weight="B", config=configuration)
            + SearchVector("keywords", weight="C", config=configuration)
            + SearchVector(Left("body_text", MAX_INDEXED), weight="D", config=configuration)
        )

    return Case(
        *[
            When(language=language, then=weighted(name))
            for language, name in CONFIGURATIONS.items()
            if name != "simple"
        ],
        default=weighted("simple"),
    )
