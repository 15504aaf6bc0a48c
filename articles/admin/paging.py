"""Long lists: counted no further than anybody looks, and deleted from a page at a time."""

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext

MOST = 1000  # rows that are counted; whoever looks further wants the search or a filter
MOST_DELETED = 100


class MoreThan(int):
    """A count that was stopped, which says so wherever a page shows it."""

    def __str__(self):
        return gettext("more than %d") % self


class BoundedPaginator(Paginator):
    """Has pages for the first 1,000 rows, so that no list counts a whole table."""

    @cached_property
    def count(self):
        counted = self.object_list.order_by()[: MOST + 1].count()
        return counted if counted <= MOST else MoreThan(MOST)


class LongList(admin.ModelAdmin):
    """A list that costs the same however many rows there are."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 100

    def response_action(self, request, queryset):
        """Deleting reads all that goes with each row, so it takes no more than can be read through."""
        deletes = "delete_selected" in request.POST.getlist("action")
        if deletes and request.POST.get("select_across") == "1" and holds_more(queryset, MOST_DELETED):
            sentence = gettext("At most %d are deleted at a time: narrow the list by a filter or a search.")
            self.message_user(request, sentence % MOST_DELETED, messages.WARNING)
            return None
        return super().response_action(request, queryset)


def holds_more(queryset, count):
    return queryset.order_by()[: count + 1].count() > count
