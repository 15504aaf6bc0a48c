"""The first middleware: reads the edition, answers from what is kept, and lets the rest make what is not."""

import logging
import re

from django.conf import settings
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.core.handlers.wsgi import get_bytes_from_wsgi
from django.db import DatabaseError, InterfaceError, OperationalError
from django.middleware.gzip import GZipMiddleware

from articles import edition

from .answers import PUBLIC, Answer, is_keepable
from .flights import Flights
from .memory import Memory
from .parameters import WatchedQuery, named

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
        """Whether the answer may be one that is kept: no form, no desk, no way to https, no false host."""
        if request.method not in ("GET", "HEAD") or request.path_info.startswith("/admin/"):
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
                    return self.make(request, asked, current)
        if kept is None or kept is NEVER:
            return self.make(request, asked, current)
        return kept.respond(request)

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
                self.memory.put(current, asked.path, NEVER, NEVER.size, aside=True)
            request.made = response
            return self.compressing(request)
        answer = Answer.of(response, asked.query.names_read)
        asked.keep(self.memory, current, answer)
        given = answer.respond(request)
        given._has_been_logged = getattr(response, "_has_been_logged", False)
        return given

    def say_public(self, request, response):
        """Let also what no view says (not found, moved) be asked about at each visit."""
        match = request.resolver_match
        is_ours = match is None or match.app_name == "articles"
        if response.status_code in (301, 404) and is_ours and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = PUBLIC


class Asked:
    """An address and its parameters, and under which name the answer to it is kept.

    Only what a view reads counts; an answer other than 200 may depend on all of it, such as an old address.
    """

    def __init__(self, request):
        self.path = f"{request.scheme}:{request.path_info}"
        raw = get_bytes_from_wsgi(request.environ, "QUERY_STRING", "")
        self.query = WatchedQuery(raw, request.encoding)
        self.has_query = bool(raw)

    def find(self, memory, current):
        """Return the kept answer, NEVER for an address whose answers are not kept, or None."""
        found = memory.get(current, self.path)
        if found is None or found is NEVER or not self.has_query:
            return found if isinstance(found, Answer) else None
        reads = found.reads if isinstance(found, Answer) else found
        if part := named(self.query, reads):
            found = memory.get(current, f"{self.path}?{part}")
        return found if isinstance(found, Answer) and found.status == 200 else None

    def key(self, memory, current):
        """Return what only one request at a time should make."""
        known = memory.get(current, self.path)
        if not self.has_query or known is None:
            return self.path
        return f"{self.path}?{named(self.query, known.reads if isinstance(known, Answer) else known)}"

    def keep(self, memory, current, answer):
        if self.has_query and answer.status != 200:
            return
        part = named(self.query, answer.reads)
        key = f"{self.path}?{part}" if part else self.path
        if len(key) > LONGEST_KEY:
            return
        aside = bool(part) or answer.status != 200
        memory.put(current, key, answer, answer.size, aside=aside)
        if part and memory.get(current, self.path) is None:
            # Until the page without parameters is asked for, only the names stand in its place.
            memory.put(current, self.path, answer.reads, OVERHEAD_OF_NAMES, aside=True)


OVERHEAD_OF_NAMES = 500  # bytes
