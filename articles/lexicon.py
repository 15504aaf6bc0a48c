"""The words of the published articles: how rare each is, how it may be completed and corrected."""

from django.db import connection


def rarity(lexemes):
    """Return {(language, lexeme): (documents, heads)} of those that published articles have: one query.

    `lexemes` is {language: lexemes as the search's vector of that language has them}. The numbers are those
    of the last refresh: near enough to choose a plan by, not to tell a reader.
    """
    pairs = [(language, lexeme) for language, words in lexemes.items() for lexeme in set(words)]
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT language, lexeme, documents, heads FROM articles_lexeme"
            " WHERE (language, lexeme) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
            [list(column) for column in zip(*pairs, strict=True)],
        )
        return {(language, lexeme): (documents, heads) for language, lexeme, documents, heads in cursor}
