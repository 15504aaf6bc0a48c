"""Long lists: counted no further than anybody looks, and deleted from a page at a time."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext

from articles.lists import MOST

MOST_DELETED = 100
LONGEST = 200  # characters of what is looked for
LONGEST_KEY = 18  # digits


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


def is_key(value):
    """Whether a value from an address or a form can be the key of a row."""
    return str(value).isdecimal() and len(str(value)) <= LONGEST_KEY


class CheckedKeys:
    """Takes what can be no key for the key of no row, where Django would answer with an error of its own.

    For use before a ModelAdmin.
    """

    def get_object(self, request, object_id, from_field=None):
        return super().get_object(request, object_id, from_field) if is_key(object_id) else None

    def response_action(self, request, queryset):
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST = request.POST.copy()
        request.POST.setlist(ACTION_CHECKBOX_NAME, [key for key in chosen if is_key(key)])
        return super().response_action(request, queryset)


class LongList(CheckedKeys, admin.ModelAdmin):
    """A list that costs the same however many rows there are."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 100

    def changelist_view(self, request, extra_context=None):
        """What was typed is in every link of the page, so that a pasted text would fill it many times."""
        if len(request.GET.get(SEARCH_VAR, "")) > LONGEST:
            request.GET = request.GET.copy()
            request.GET[SEARCH_VAR] = request.GET[SEARCH_VAR][:LONGEST]
        return super().changelist_view(request, extra_context)

    def lookup_allowed(self, lookup, value, request):
        """No pattern: one that is none is an error in the database, and one that is meant so never ends."""
        return "regex" not in lookup and super().lookup_allowed(lookup, value, request)

    def get_changeform_initial_data(self, request):
        """A new row begins empty, not with what the address says."""
        return {}

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
