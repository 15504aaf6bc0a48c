"""What is stored of an article to find it by: a vector of all its words and a small one of its head."""

from django.contrib.postgres.search import SearchVector
from django.db.models import Func, TextField
from django.db.models.functions import Left

# Made by the migrations: words of ASCII letters are stemmed as English, all others as Arabic, which leaves
# every script but its own alone. So an article of any language is found by any reader's words.
CONFIGURATION = "standfirst"
# A tsvector holds at most 1 MB; this many characters of any script stay below it.
MAX_INDEXED = 200_000


def head_vector():
    """Return the expression of the small vector, quick to read: title A, standfirst B, names C."""
    return (
        vector(folded("title"), weight="A")
        + vector(folded("standfirst"), weight="B")
        + vector(folded("keywords"), weight="C")
    )


def search_vector():
    """Return the expression of the whole vector: that of the head, and the text D."""
    # Folding makes some texts longer.
    text = Left(folded(Left("body_text", MAX_INDEXED)), MAX_INDEXED)
    return head_vector() + vector(text, weight="D")


def vector(text, *, weight):
    return SearchVector(text, weight=weight, config=CONFIGURATION)


def folded(text):
    """Return an expression with a text as the database folds it. Twin: articles.search.folding.fold."""
    return Func(text, function="search_fold", output_field=TextField())
