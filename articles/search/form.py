"""The form of the readers' search, and a page of what it finds."""

import contextlib
import itertools
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage, Paginator
from django.db import transaction
from django.db.models.functions import Left
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Byline
from articles.prepared import Prepared

from . import facets, highlighting, words
from .highlighting import Passage
from .matching import Matches

MAX_LENGTH = 200
TIMEOUT = "3s"


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Words, or a phrase in quotation marks"),
        max_length=MAX_LENGTH,
        error_messages={"required": _("Write a word to search for.")},
    )
    page = forms.IntegerField(min_value=1, max_value=facets.MAX_COUNTED, required=False)

    def clean_q(self):
        self.terms = words.terms_of(self.cleaned_data["q"])
        if not self.terms:
            raise ValidationError(_("Write a word to search for: letters or digits."), code="empty")
        if all(term.excluded for term in self.terms):
            raise ValidationError(_("Write a word to search for, besides those to leave out."), code="empty")
        return self.cleaned_data["q"]

    def results(self, per_page):
        """Return a page of matches, best first, each with `title_html` and `snippet_html`.

        The page has `words`, what became of each word; `filters`, what the search was narrowed to; `facets`,
        what it may be narrowed to; and the addresses of wider searches. Raises Http404 for a page that is not
        there, DatabaseError where PostgreSQL gives up within its time.
        """
        page = None
        # Nothing is written: a savepoint would be two questions more.
        with transaction.atomic(savepoint=False):
            read = words.read(self.terms, timeout=TIMEOUT)
            filters = facets.Filters(self.data)
            found = Found(read, filters)
            paginator = Paginator(found, per_page)
            with contextlib.suppress(InvalidPage):
                page = paginator.page(self.cleaned_data.get("page") or 1)
                page.object_list = show(list(page.object_list), read.lexemes)
        if page is None:
            raise Http404(gettext("There is no such page of results."))
        page.words, page.filters = read, filters
        page.facets = filters.links(self.cleaned_data["q"], found.facets)
        page.unquoted = "?" + urlencode({"q": self.cleaned_data["q"].translate(words.UNQUOTED)})
        page.everywhere = "?" + urlencode({"q": self.cleaned_data["q"]})
        page.numbers = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        page.capped = found.total > facets.MAX_COUNTED
        return page


class Found:
    """The keys of all matches, best first, as far as they are counted."""

    def __init__(self, read, filters):
        self.total, self.facets = 0, {}
        if read.query:
            articles = filters.narrow(Article.objects.published())
            # Languages and years have indexes by date, which the newest matches are found by.
            narrowed = not filters.chosen.keys() <= {"language", "year"}
            self.matches = Matches(read, articles, narrowed=narrowed)
            self.total, self.facets = facets.count(self.matches)

    def __len__(self):
        return min(self.total, facets.MAX_COUNTED)

    def __getitem__(self, part):
        return self.matches.best(part.stop - part.start, part.start) if self.total else []


_shown = Prepared(
    lambda keys: (
        Article.objects.only("kind", "language", "slug", "title", "standfirst", "published_at")
        .filter(pk__in=keys)
        .order_by()
        .annotate(text=Left("body_text", highlighting.READ))
        .prefetch_related(Byline.prefetch())
    )
)


def show(keys, lexemes):
    """Return the articles with these keys, in this order, with their hits marked."""
    found = {article.pk: article for article in _shown(keys=tuple(keys))} if keys else {}
    shown = [found[key] for key in keys if key in found]
    # Not kept with the articles, which only the next collection of garbage takes apart from their bylines.
    passages = [
        [Passage(part) for part in (article.title, article.standfirst, article.text)] for article in shown
    ]
    hits = highlighting.hits(itertools.chain.from_iterable(passages), lexemes)
    for article, (_title, standfirst, text) in zip(shown, passages, strict=True):
        article.title_html = highlighting.marked(article.title, hits)
        article.snippet_html = highlighting.snippet(text, hits)
        if "<mark>" not in article.snippet_html and article.standfirst:
            article.snippet_html = highlighting.snippet(standfirst, hits)
    return shown
