"""Finding an article in the list, and where another article is chosen."""

from django.utils.translation import gettext_lazy as _

from articles.desk_search import found_by
from articles.lists import MOST, among


class FindingAdmin:
    """For use before the admin of articles: words are looked up in an index, whatever the number of rows."""

    search_fields = ["desk_search"]
    search_help_text = _("Beginnings of words of the title, of authors and of tags; or a whole address.")

    def get_search_results(self, request, queryset, search_term):
        queryset = queryset.defer("body")
        if not search_term:
            return queryset, False
        # The newest of them first of all: a page's few rows alone would have Postgres go through all that
        # is new for a word that hardly any article has.
        newest = queryset.filter(found_by(search_term)).order_by("-created_at", "-pk")
        return queryset.filter(among(newest.values("pk")[: MOST + 1])), False
