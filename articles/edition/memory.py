"""The answers of one edition in this process's memory, never more than a number of bytes."""

import threading
from collections import OrderedDict

# What part of the memory is for answers that outsiders can make any number of: pages that are not there, and
# pages with parameters. They must not drive out those that readers ask for.
SIDE = 1 / 8
LARGEST = 1 / 4  # of its part of the memory that one answer may take


class _Shelf:
    """What was asked for least recently goes first."""

    def __init__(self, limit):
        self.limit, self.used, self.rows = limit, 0, OrderedDict()

    def get(self, key):
        row = self.rows.get(key)
        if row is None:
            return None
        self.rows.move_to_end(key)
        return row[0]

    def put(self, key, value, size):
        if size > self.limit * LARGEST:
            return
        self.used += size - self.rows.pop(key, (None, 0))[1]
        self.rows[key] = value, size
        while self.used > self.limit:
            _key, (_value, freed) = self.rows.popitem(last=False)
            self.used -= freed


class Memory:
    """Safe for threads. Whatever belongs to another edition than the latest is dropped at once."""

    def __init__(self, limit):
        """Keep at most `limit` bytes."""
        self.limit = limit
        self._lock = threading.Lock()
        self._edition, self._asked_at = None, 0
        self._empty()

    @property
    def used(self):
        return self._main.used + self._side.used

    def _empty(self):
        self._main, self._side = _Shelf(self.limit * (1 - SIDE)), _Shelf(self.limit * SIDE)

    def get(self, edition, key):
        """Return what is kept for an edition under a key, or None."""
        with self._lock:
            if edition.key != self._edition:
                return None
            return self._main.get(key) or self._side.get(key)

    def put(self, edition, key, value, size, *, aside=False):
        """Keep a value; what comes too late, for an edition that is over, is not kept."""
        with self._lock:
            if edition.key != self._edition:
                if edition.at < self._asked_at:
                    return
                self._edition = edition.key
                self._empty()
            self._asked_at = max(edition.at, self._asked_at)
            (self._side if aside else self._main).put(key, value, size)

    def clear(self):
        with self._lock:
            self._edition, self._asked_at = None, 0
            self._empty()
