"""Long lists: counted no further than anybody looks."""

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import BigIntegerField, BooleanField, F, Func
from django.utils.functional import cached_property

MOST = 1000  # rows that are counted; whoever looks further wants the search or a filter
LONGEST_NUMBER = 6  # digits of a page


def among(keys):
    """Return the condition of the rows whose key a query returns; the query runs once, by itself."""
    listed = Func(ArraySubquery(keys), function="ANY", output_field=BigIntegerField())
    return Func(F("pk"), listed, template="(%(expressions)s)", arg_joiner=" = ", output_field=BooleanField())


class LongPaginator(Paginator):
    """Pages of a queryset: MOST rows are counted, and always those up to the next page.

    `asked` is the number of the page that is wanted, as an address has it, and `count` the number of all
    rows, where it is known.
    """

    goes_on = False  # whether there are more rows than those counted

    def __init__(self, rows, per_page, asked, count=None):
        super().__init__(rows, per_page)
        number = int(asked) if asked.isdecimal() and len(asked) <= LONGEST_NUMBER else 1
        self.most = max(MOST, (number + 1) * per_page)
        if count is not None:
            self.count = count

    @cached_property
    def count(self):
        found = self.object_list.order_by().values("pk")[: self.most + 1].count()
        self.goes_on = found > self.most
        return min(found, self.most)

    def page(self, number):
        """Return a page whose rows are chosen by their keys before anything else of them is read."""
        page = super().page(number)
        page.object_list = self.object_list.filter(among(page.object_list.values("pk")))
        return page
