"""An answer as it is kept: status, headers and body, the body also compressed, and how it is given again."""

import gzip
import hashlib
import re
from functools import lru_cache

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

KEPT = {200, 301, 404, 410}
PUBLIC = "public, max-age=0, must-revalidate"
LEVEL = 5  # of gzip; 6 takes a feed twice as long, and a twentieth less bytes
SMALLEST = 200  # bytes that are worth compressing
OVERHEAD = 1500  # bytes that an answer takes in memory beside its bodies and headers

# What depends on how it is asked for is said anew each time.
_VARYING = {"content-length", "content-encoding", "date", "etag", "vary"}
_OF_THE_BODY = {"content-type", "content-language"}
_CONDITIONS = (
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_UNMODIFIED_SINCE",
)
_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|x-gzip|\*)\s*(?:;\s*q=([0-9.]+))?\s*(?=,|$)", re.IGNORECASE)


@lru_cache(maxsize=256)
def takes_gzip(accepted):
    """Return whether an Accept-Encoding allows gzip (RFC 9110, section 12.5.3)."""
    qualities = [match[1] for match in _GZIP.finditer(accepted)]
    return bool(qualities) and all(quality is None or quality.strip("0.") for quality in qualities)


def is_keepable(response):
    """Return whether an answer is the same for everybody who asks for the address."""
    if response.status_code not in KEPT or response.streaming or response.cookies:
        return False
    if response.has_header("Content-Encoding"):
        return False
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",")} - {"", "accept-encoding"}
    said = {part.strip().lower() for part in response.get("Cache-Control", "").split(",")}
    return not varies and "public" in said and not said & {"private", "no-store", "no-cache"}


class Answer:
    """What one address answers in one edition; `reads` are the parameters that it depends on."""

    __slots__ = ("body", "etag", "headers", "packed", "packed_etag", "reads", "size", "status")

    def __init__(self, status, headers, body, packed, reads):
        self.status, self.headers, self.body, self.packed, self.reads = status, headers, body, packed, reads
        digest = hashlib.blake2b(body, digest_size=15).hexdigest()
        # A strong validator stands for one sequence of bytes (RFC 9110, section 8.8.3.3).
        self.etag, self.packed_etag = f'"{digest}"', f'"{digest}-gz"'
        words = sum(len(name) + len(value) for name, value in headers)
        self.size = len(body) + len(packed or b"") + words + OVERHEAD

    @classmethod
    def of(cls, response, reads):
        headers = tuple((name, value) for name, value in response.items() if name.lower() not in _VARYING)
        body = response.content
        packed = gzip.compress(body, LEVEL, mtime=0) if len(body) >= SMALLEST else None
        if packed and len(packed) >= len(body):
            packed = None
        return cls(response.status_code, headers, body, packed, frozenset(reads))

    def respond(self, request):
        """Return the response to GET or HEAD: whole, compressed, or 304 where the reader has it already."""
        asked = request.META
        is_packed = self.packed is not None and takes_gzip(asked.get("HTTP_ACCEPT_ENCODING", ""))
        body, etag = (self.packed, self.packed_etag) if is_packed else (self.body, self.etag)
        if self.status == 200 and not asked.keys().isdisjoint(_CONDITIONS):
            if asked.get("HTTP_IF_NONE_MATCH") == etag:
                return self._unchanged(etag)
            modified = dict(self.headers).get("Last-Modified")
            judged = get_conditional_response(
                request, etag=etag, last_modified=modified and parse_http_date_safe(modified)
            )
            if judged is not None and judged.status_code == 304:
                return self._unchanged(etag)
            if judged is not None:
                return judged
        response = HttpResponse(body if request.method == "GET" else b"", status=self.status)
        headers = response.headers
        for name, value in self.headers:
            headers[name] = value
        headers["Content-Length"] = str(len(body))
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        return self._marked(response, etag)

    def _unchanged(self, etag):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
        for name, value in self.headers:
            if name.lower() not in _OF_THE_BODY:
                response.headers[name] = value
        return self._marked(response, etag)

    def _marked(self, response, etag):
        if self.status == 200:
            response.headers["ETag"] = etag
        if self.packed is not None:
            response.headers["Vary"] = "Accept-Encoding"
        return response
