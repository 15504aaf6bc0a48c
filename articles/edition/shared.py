"""Kept answers in Redis, which the processes of all machines share. Where it is away, each makes its own.

What stands there is given to readers as it is: whoever may write to this Redis writes the site.
"""

import hashlib
import json
import logging
import threading
import time
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import quote

import django
from django.conf import settings

from .answers import Answer

logger = logging.getLogger(__name__)

TIMEOUT = 0.2  # seconds to connect, and for each answer
RETRY = 5  # seconds until a Redis that was away is asked again, beside the requests
KEPT_FOR = 24 * 3600  # seconds
CLAIMED_FOR = 10  # seconds until somebody else may make the page
LOOKS = 0.02  # seconds between two looks for what another process makes

# What decides how a page looks, beside its rows.
_SOURCES = ["articles", "config", "newsletter", "templates", "locale", "requirements.txt"]
_SUFFIXES = {".py", ".html", ".txt", ".xml", ".mo"}


@lru_cache
def release():
    """Return a word for this code and its settings: a newer release makes its own pages."""
    said = [django.__version__, settings.SITE_URL, settings.LANGUAGES, settings.CONTENT_SECURITY_POLICY]
    digest = hashlib.blake2b(repr(said).encode(), digest_size=8)
    for source in _SOURCES:
        root = settings.BASE_DIR / source
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.suffix in _SUFFIXES and path.is_file():
                digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def packed(answer):
    facts = [answer.status, answer.headers, sorted(answer.reads), len(answer.body), answer.packed is not None]
    head = json.dumps(facts).encode()
    return len(head).to_bytes(4) + head + answer.body + (answer.packed or b"")


def unpacked(content):
    """Return the Answer; raises ValueError for what is none."""
    body = 4 + int.from_bytes(content[:4])
    try:
        status, headers, reads, length, is_packed = json.loads(content[4:body])
        headers = tuple((name, value) for name, value in headers)
        end = body + length
    except (TypeError, UnicodeDecodeError) as error:
        raise ValueError("This is no answer.") from error
    return Answer(status, headers, content[body:end], content[end:] if is_packed else None, frozenset(reads))


class Shared:
    """A dead Redis costs at most two timeouts once; from then on it is looked for in the background."""

    def __init__(self, url):
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._errors = (redis.RedisError, OSError)
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        self._lock, self._ended, self._looker = threading.Lock(), threading.Event(), None
        self.is_up = True

    def get(self, current, key):
        """Return the Answer that is kept for an edition under a key, or None."""
        content = self._ask("get", self._name(current, key))
        try:
            return unpacked(content) if content else None
        except ValueError:
            logger.warning("Redis holds something else than a page of ours.")
            return None

    def put(self, current, key, answer):
        self._ask("set", self._name(current, key), packed(answer), ex=KEPT_FOR)

    @contextmanager
    def claim(self, current, key):
        """Yield whether it is ours to make the page, for the whole site; without Redis it is."""
        name = f"{self._name(current, key)}:claimed"
        until = time.monotonic() + CLAIMED_FOR / 2
        is_ours = self._ask("set", name, b"1", nx=True, px=CLAIMED_FOR * 1000)
        try:
            yield bool(is_ours) or not self.is_up
        finally:
            # A claim that is nearly over may be somebody else's by the time that it would be given up.
            if is_ours and time.monotonic() < until:
                self._ask("delete", name)

    def wait(self, current, key, patience):
        """Return what another process makes, None where it gave up or took more than `patience` seconds."""
        until = time.monotonic() + patience
        while self.is_up and time.monotonic() < until:
            is_under_way = self._ask("exists", f"{self._name(current, key)}:claimed")
            if (answer := self.get(current, key)) or not is_under_way:
                return answer
            time.sleep(LOOKS)
        return None

    def _name(self, current, key):
        path, query = key
        return f"standfirst:{release()}:{current.name}:{quote(path)}?{query}"

    def _ask(self, command, *arguments, **options):
        if not self.is_up:
            return None
        try:
            return getattr(self._redis, command)(*arguments, **options)
        except self._errors as error:
            self._give_up(error)
            return None

    def _give_up(self, error):
        with self._lock:
            if not self.is_up:
                return
            self.is_up = False
            self._looker = threading.Thread(target=self._look_for_it, name="redis", daemon=True)
            self._looker.start()
        logger.warning("Redis is away; pages are kept by each process alone: %s", error)

    def end(self):
        """Close the connections, and look for Redis no longer."""
        self._ended.set()
        if self._looker:
            self._looker.join()  # a question that is under way must not lose its connection
        self.is_up = False
        self._redis.close()

    def _look_for_it(self):
        while not self._ended.wait(RETRY):
            try:
                self._redis.ping()
            except self._errors:
                continue
            logger.warning("Redis is back.")
            self.is_up = True
            return
