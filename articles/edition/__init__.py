"""The edition: which state of the public site a request is answered from, and at which moment.

It is a pair. The number moves with every transaction that changes something public, as it commits. The moment
is the latest that has passed of those at which the site changes by the clock alone. What is made from rows
that are read after the edition may be kept under it: it is never older than the edition says.
"""

import re
import zoneinfo
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

import psycopg2.errors
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

SECOND = 1_000_000  # microseconds, in which moments are counted since 1970
DAY = 24 * 3600 * SECOND

# The latest moment of each kind that has passed, found by one look into an index. Reworks are among the rows
# of the first: one that comes due is put in its place by whoever asks for it next. The second is when the
# news sitemap leaves an article out.
MOMENTS = [
    """(SELECT max(published_at) FROM articles_article
        WHERE status = 'published' AND published_at <= statement_timestamp())""",
    """(SELECT max(published_at) FROM articles_article
        WHERE status = 'published' AND published_at <= statement_timestamp() - interval '48 hours')
        + interval '48 hours'""",
    "(SELECT max(noted_at) FROM articles_correction WHERE noted_at <= statement_timestamp())",
]
# A notice falls due at the site's midnight. Its date by UTC is the day before, the same or the day after, and
# only Python knows which, because pages reckon with Python's time zones and not with PostgreSQL's.
_QUERY = """
SELECT
    (SELECT number FROM articles_edition),
    (extract(epoch FROM greatest(MOMENTS)) * 1000000)::bigint,
    (extract(epoch FROM statement_timestamp()) * 1000000)::bigint,
    (SELECT time_zone FROM articles_site),
    REVIEWED(0),
    REVIEWED(1),
    REVIEWED(2)
"""
_REVIEWED = r"""
    (SELECT max(review_by) FROM articles_article
     WHERE status = 'published' AND draft_of_id IS NULL
     AND review_by <= (statement_timestamp() AT TIME ZONE 'UTC')::date - \1) - DATE '1970-01-01'
"""
_ASK = re.sub(r"REVIEWED\((\d)\)", _REVIEWED, _QUERY.replace("MOMENTS", ", ".join(MOMENTS)))

_now = ContextVar("now", default=None)


class Edition(NamedTuple):
    """What was read: the pair, and the database's time of the reading, both times in microseconds."""

    number: int
    moment: int
    at: int

    @property
    def key(self):
        return self[:2]

    @property
    def name(self):
        """The pair as one word."""
        return f"{self.number}.{self.moment}"

    @property
    def now(self):
        return datetime.fromtimestamp(self.at // SECOND, UTC) + timedelta(microseconds=self.at % SECOND)


def now():
    """Return the moment of the request, by the database's clock; outside of requests, the present one."""
    return _now.get() or timezone.now()


@contextmanager
def at(moment):
    """Let a moment be now for what is done in this block."""
    token = _now.set(moment)
    try:
        yield
    finally:
        _now.reset(token)


def read():
    """Return the Edition: one query, which also shows whether the connection still lives.

    Raises django.db.Error: OperationalError or InterfaceError where the database is away.
    """
    had = connection.connection
    connection.ensure_connection()
    try:
        row = _ask()
    except (OperationalError, InterfaceError):
        if had is None or connection.in_atomic_block:
            raise
        connection.close()  # it was cut while it waited for a request
        connection.ensure_connection()
        row = _ask()
    connection.health_check_done = True
    number, moment, at, zone, *reviews = row
    review = _latest_review(at, zone or "UTC", reviews)
    return Edition(number or 0, max(moment or 0, review), at)


def _ask():
    """Send the query as a prepared statement: planning it would take longer than it runs."""
    raw = connection.connection
    with connection.wrap_database_errors, raw.cursor() as cursor:
        if connection.in_atomic_block:
            cursor.execute(_ASK)
            return cursor.fetchone()
        try:
            if getattr(connection, "has_edition_prepared", None) is not raw:
                cursor.execute(f"PREPARE articles_edition AS {_ASK}")
                connection.has_edition_prepared = raw
            cursor.execute("EXECUTE articles_edition")
        except (psycopg2.errors.DuplicatePreparedStatement, psycopg2.errors.InvalidSqlStatementName):
            # A pooler between us and the database gives each query to whichever session is free.
            cursor.execute(_ASK)
        return cursor.fetchone()


def _latest_review(at, zone, days):
    """Return the latest midnight by which a day of review was over, 0 where there was none."""
    today = datetime.fromtimestamp(at // SECOND, zoneinfo.ZoneInfo(zone)).toordinal() - _EPOCH
    day = days[at // DAY - today + 1]
    return 0 if day is None else _midnight_after(day, zone)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


@lru_cache(maxsize=64)
def _midnight_after(day, zone):
    date = datetime.fromordinal(_EPOCH + day + 1).date()
    midnight = datetime.combine(date, time(), tzinfo=zoneinfo.ZoneInfo(zone))
    return int(midnight.timestamp()) * SECOND
