"""The first middleware: reads the edition, answers from what is kept, and lets the rest make what is not."""

import logging
import re

from django.conf import settings
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.core.handlers.wsgi import get_bytes_from_wsgi
from django.db import DatabaseError, InterfaceError, OperationalError
from django.middleware.gzip import GZipMiddleware

from articles import edition
from articles.desk import is_desk
from articles.hostile import fault_of

from .answers import PUBLIC, Answer, is_keepable
from .flights import Flights
from .memory import Memory
from .parameters import WatchedQuery, named
from .shared import Shared

logger = logging.getLogger(__name__)

PATIENCE = 5  # seconds that a request waits for another that makes the same page
LONGEST_KEY = 600  # characters; longer addresses are answered and not kept
# What a page is made without: whom it goes to is for the answer to look at, once it is kept.
_OF_THE_READER = [
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
]
# An address of which is known that its answers are not kept.
NEVER = Answer(204, (), b"", None, frozenset())


class EditionMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response
        self.compressing = GZipMiddleware(lambda request: request.made)
        self.memory = Memory(settings.PAGE_CACHE_MB * 1024 * 1024)
        self.shared = Shared(settings.REDIS_URL) if settings.REDIS_URL else None
        self.flights = Flights(PATIENCE)
        self.is_outside = re.compile(settings.OUTSIDE_THE_EDITION).match

    def __call__(self, request):
        if self.is_outside(request.path_info):
            return self.get_response(request)
        try:
            current = edition.read()
        except (OperationalError, InterfaceError) as error:
            request.outage = error
            return self.get_response(request)
        except DatabaseError:
            # Such as a database that has not been migrated yet.
            logger.exception("The edition could not be read.")
            return self.get_response(request)
        if not self.is_for_everybody(request):
            with edition.at(current.now):
                return self.get_response(request)
        return self.answer(request, current)

    def process_view(self, request, view, arguments, keywords):
        """Say at once that the database is away: the view would wait for it a second time."""
        if outage := getattr(request, "outage", None):
            raise outage

    def is_for_everybody(self, request):
        """Whether the answer may be one that is kept: no form, no desk, no way to https, no false host.

        What is refused is refused although the page without its parameters is kept.
        """
        if request.method not in ("GET", "HEAD") or is_desk(request) or fault_of(request):
            return False
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return False
        try:
            request.get_host()
        except DisallowedHost:
            return False
        return True

    def answer(self, request, current):
        try:
            asked = Asked(request)
        except SuspiciousOperation:
            with edition.at(current.now):
                return self.get_response(request)
        kept = asked.find(self.memory, current)
        if kept is None:
            with self.flights.of((current.key, asked.key(self.memory, current))) as is_ours:
                # Somebody may have made it since we looked.
                kept = asked.find(self.memory, current)
                if kept is None and is_ours:
                    return self.make_for_all(request, asked, current)
        if kept is None or kept is NEVER:
            return self.make(request, asked, current)
        return kept.respond(request)

    def make_for_all(self, request, asked, current):
        """Take the page from where all processes share them, or make it for them; one at a time."""
        if self.shared is None:
            return self.make(request, asked, current)
        key = asked.key(self.memory, current)
        kept = self.take_over(asked, current, key, self.shared.get(current, key))
        if kept is None and key != asked.key(self.memory, current):
            # Only now it is known which parameters count.
            key = asked.key(self.memory, current)
            kept = self.take_over(asked, current, key, self.shared.get(current, key))
        if kept is not None:
            return kept.respond(request)
        with self.shared.claim(current, key) as is_ours:
            if not is_ours:
                kept = self.take_over(asked, current, key, self.shared.wait(current, key, PATIENCE))
            return self.make(request, asked, current) if kept is None else kept.respond(request)

    def take_over(self, asked, current, key, answer):
        """Keep what another process has made; return it where it is the answer to what is asked."""
        if answer is None:
            return None
        keep(self.memory, current, key, answer)
        return asked.find(self.memory, current)

    def make(self, request, asked, current):
        """Let the page be made as for nobody in particular; keep it, and answer this reader."""
        original = request.META.copy()
        for name in _OF_THE_READER:
            request.META.pop(name, None)
        request.GET, method, request.method = asked.query, request.method, "GET"
        try:
            with edition.at(current.now):
                response = self.get_response(request)
        finally:
            request.method = method
            for name in _OF_THE_READER:
                if name in original:
                    request.META[name] = original[name]
            request.__dict__.pop("headers", None)
        self.say_public(request, response)
        if not is_keepable(response):
            if response.status_code == 200:
                self.memory.put(current, asked.page, NEVER, NEVER.size, aside=True)
            request.made = response
            return self.compressing(request)
        answer = Answer.of(response, asked.query.names_read)
        key = asked.keep(self.memory, current, answer)
        if key and self.shared:
            self.shared.put(current, key, answer)
        given = answer.respond(request)
        given._has_been_logged = getattr(response, "_has_been_logged", False)
        return given

    def say_public(self, request, response):
        """Let also what no view says (not found, moved) be asked about at each visit."""
        match = request.resolver_match
        is_ours = match is None or match.app_name == "articles"
        if response.status_code in (301, 404) and is_ours and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = PUBLIC


def keep(memory, current, key, answer):
    aside = bool(key[1]) or answer.status != 200
    memory.put(current, key, answer, answer.size + len(key[0]) + len(key[1]), aside=aside)


class Asked:
    """An address and its parameters, and under which key, of path and query, the answer to it is kept.

    Only what a view reads counts; an answer other than 200 may depend on all of it, such as an old address.
    """

    def __init__(self, request):
        # Where the site is mounted stands in every link.
        self.page = f"{request.scheme}:{request.META['SCRIPT_NAME']}:{request.path_info}", ""
        raw = get_bytes_from_wsgi(request.environ, "QUERY_STRING", "")
        self.query = WatchedQuery(raw, "utf-8")
        self.has_query = bool(raw)

    def find(self, memory, current):
        """Return the kept answer, NEVER for an address whose answers are not kept, or None."""
        found = memory.get(current, self.page)
        if found is None or found is NEVER:
            return found
        if self.has_query:
            if (key := self._with_parameters(found)) != self.page:
                found = memory.get(current, key)
            if isinstance(found, Answer) and found.status != 200:
                return None
        return found if isinstance(found, Answer) else None

    def key(self, memory, current):
        """Return the key of the answer, as far as it is known which parameters count."""
        known = memory.get(current, self.page)
        return self.page if known is None else self._with_parameters(known)

    def keep(self, memory, current, answer):
        """Keep the answer; return its key, or None where it is not kept."""
        if self.has_query and answer.status != 200:
            return None
        key = self._with_parameters(answer)
        if len(key[0]) + len(key[1]) > LONGEST_KEY:
            return None
        keep(memory, current, key, answer)
        if key != self.page and memory.get(current, self.page) is None:
            # Until the page without parameters is asked for, only the names stand in its place.
            memory.put(current, self.page, answer.reads, NEVER.size, aside=True)
        return key

    def _with_parameters(self, known):
        """Return the key with those parameters that an Answer, or the names alone, say that count."""
        reads = known.reads if isinstance(known, Answer) else known
        return self.page[0], named(self.query, reads)
