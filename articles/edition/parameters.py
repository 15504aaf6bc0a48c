"""Which parameters of its address a page depends on: those that its view looked at."""

from urllib.parse import urlencode

from django.http import QueryDict


class WatchedQuery(QueryDict):
    """A request's parameters, which remember by name the ones that were read."""

    def __init__(self, query_string, encoding=None, *, mutable=False):
        self.names_read = set()
        super().__init__(query_string, mutable, encoding)
        self.names_read.clear()  # filling it looks at each

    def __getitem__(self, name):
        self.names_read.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.names_read.add(name)
        return super().__contains__(name)

    def _getlist(self, name, default=None, force_list=False):
        self.names_read.add(name)
        return super()._getlist(name, default, force_list)

    def _all(self):
        self.names_read.update(dict.keys(self))

    def __iter__(self):
        self._all()
        return super().__iter__()

    def keys(self):
        self._all()
        return super().keys()

    def items(self):
        self._all()
        return super().items()

    def values(self):
        self._all()
        return super().values()

    def lists(self):
        self._all()
        return super().lists()

    def urlencode(self, safe=None):
        self._all()
        return super().urlencode(safe)

    def copy(self):
        """Return what was read so far, for the links of a pager: nothing else may show on a kept page."""
        copy = QueryDict(mutable=True, encoding=self.encoding)
        for name in dict.keys(self):
            if name in self.names_read:
                copy.setlist(name, self.getlist(name))
        return copy


def named(query, names):
    """Return the part of a query that holds these parameters, always in the same order and spelling."""
    found = [(name, dict.get(query, name)) for name in sorted(names) if dict.__contains__(query, name)]
    return urlencode(found, doseq=True)
