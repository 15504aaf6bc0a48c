"""Full text search in Postgres: the stored vector, and the form that reads it."""

import re
import unicodedata
from html import escape

from django import forms
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage, Paginator
from django.db import connection, models, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Left
from django.http import Http404
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

# Postgres stems Arabic and English; Hebrew has no stemmer, so its words are taken as they stand.
CONFIGURATIONS = {"en": "english", "ar": "arabic", "he": "simple"}
# A tsvector holds at most 1 MB; this many characters of any script stay below it.
MAX_INDEXED = 200_000
MAX_LENGTH = 200
MAX_TERMS = 12
MAX_COUNTED = 1000
TIMEOUT = "3s"
# Control characters cannot be in the stored text, so they mark the hits until it is escaped.
START, STOP = "\x02", "\x03"
_TERM = re.compile(r'-?"[^"]*"|\S+')


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


def clean_terms(text):
    """Return a reader's words as a safe websearch query: words, "phrases" and -exclusions, at most twelve.

    Postgres has limits of its own for nested operators (33 hyphens are an internal error), so that only
    terms with a letter or digit pass, each with at most one hyphen before it.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(
        character for character in text if unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
    terms = []
    for term in _TERM.findall(text):
        minus = "-" if term.startswith("-") else ""
        words = " ".join(re.findall(r"\w+", term))
        if words:
            terms.append(f'{minus}"{words}"' if " " in words else f"{minus}{words}")
    return " ".join(terms[:MAX_TERMS])


def highlighted(text):
    """Return text as HTML in which the hits between START and STOP are marked."""
    return mark_safe(escape(text).replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308 escaped here


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Words, or a phrase in quotation marks"),
        max_length=MAX_LENGTH,
        error_messages={"required": _("Write a word to search for.")},
    )
    page = forms.IntegerField(min_value=1, max_value=MAX_COUNTED, required=False)

    def clean_q(self):
        terms = clean_terms(self.cleaned_data["q"])
        if not terms:
            raise ValidationError(_("Write a word to search for: letters or digits."), code="empty")
        self.terms = terms
        return self.cleaned_data["q"]

    def results(self, per_page):
        """Return a page of matches, best first, each with `title_html` and `snippet_html`.

        Raises Http404 for a page that is not there, DatabaseError where Postgres gives up within its time.
        """
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [TIMEOUT])
            paginator = Paginator(matches(self.terms)[: MAX_COUNTED + 1], per_page)
            try:
                page = paginator.page(self.cleaned_data.get("page") or 1)
            except InvalidPage as error:
                raise Http404(str(error)) from error
            page.object_list = list(page.object_list)
        page.numbers = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        page.capped = paginator.count > MAX_COUNTED
        for article in page.object_list:
            article.title_html = highlighted(article.title_hits)
            article.snippet_html = highlighted(article.snippet)
        return page


def matches(terms):
    """Return the published articles of every language that match, best first.

    The words are read by each language's own configuration, so that a name is found across languages.
    """
    from .models import Article

    queries = {
        language: SearchQuery(terms, config=name, search_type="websearch")
        for language, name in CONFIGURATIONS.items()
    }

    def in_its_language(make, output_field):
        return Case(
            *[
                When(language=language, then=make(query, CONFIGURATIONS[language]))
                for language, query in queries.items()
            ],
            output_field=output_field,
        )

    found = Q()
    for language, query in queries.items():
        found |= Q(language=language, search=query)
    return (
        Article.objects.published()
        .filter(found)
        .for_list()
        .annotate(
            rank=in_its_language(lambda query, name: SearchRank(F("search"), query), models.FloatField()),
            title_hits=in_its_language(
                lambda query, name: SearchHeadline(
                    "title", query, config=name, start_sel=START, stop_sel=STOP, highlight_all=True
                ),
                models.TextField(),
            ),
            snippet=in_its_language(
                lambda query, name: SearchHeadline(
                    "body_text",
                    query,
                    config=name,
                    start_sel=START,
                    stop_sel=STOP,
                    max_words=30,
                    min_words=15,
                    max_fragments=2,
                    fragment_delimiter=" … ",
                ),
                models.TextField(),
            ),
        )
        .order_by("-rank", "-published_at", "-pk")
    )
