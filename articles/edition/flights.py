"""One thread makes what many ask for at once; the others wait for it, but not for ever."""

import threading
from contextlib import contextmanager


class Flights:
    def __init__(self, patience):
        """Let nobody wait longer than `patience` seconds."""
        self._patience = patience
        self._lock = threading.Lock()
        self._under_way = {}

    @contextmanager
    def of(self, key):
        """Yield whether it is ours to make what belongs to a key; if not, somebody has, or took too long."""
        with self._lock:
            landed = self._under_way.get(key)
            is_ours = landed is None
            if is_ours:
                landed = self._under_way[key] = threading.Event()
        if not is_ours:
            landed.wait(self._patience)
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                del self._under_way[key]
            landed.set()
