"""Questions whose SQL is written once in the life of a process.

Writing the SQL of a page's rows takes Django several times as long as PostgreSQL takes to find them, and from
one request to the next only the values in it differ. PostgreSQL in turn takes longer to plan than to find, so
that it is let keep what a connection asks again.
"""

import hashlib
from copy import copy
from datetime import UTC, datetime, timedelta

import psycopg2.errors
from django.db import DatabaseError, connections
from psycopg2.extensions import AsIs

from . import edition

# A moment that no row has: where it stands in the SQL, the moment of the request belongs.
NOW = datetime(1, 2, 3, 4, 5, 6, 789012, UTC)
# More forms than this of one question are not met: then the forms are written anew.
MOST = 200
# A connection lets the server keep so many of them; a large one takes it some hundred kilobytes.
KEPT = 20
_TYPES = {str: "text", int: "bigint", float: "float8", datetime: "timestamptz"}
# A pooler between us and the server gives each query to whichever session is free, and a migration may change
# a column under a plan that was kept.
_LOST = (
    psycopg2.errors.InvalidSqlStatementName,
    psycopg2.errors.DuplicatePreparedStatement,
    psycopg2.errors.FeatureNotSupported,
)


class Prepared:
    """A question that differs between two askings by its values and the moment of the request alone.

    `make` returns the queryset for values given by name: texts, numbers, and tuples of them. Of a value that
    is None, and of a tuple's length, the SQL may depend; of anything else it may not. What is prefetched must
    not depend on any value, and is a Prefetch with a queryset, of the rows that name theirs by a foreign key.
    Where the best plan depends on the values, `planned_anew` lets the server choose it each time.
    """

    def __init__(self, make, planned_anew=False):
        self._make, self._planned_anew = make, planned_anew
        self._forms = {}
        self._attached = None

    def __call__(self, **values):
        """Return the rows as a list."""
        shape = tuple(
            (name, tuple(map(type, value)) if isinstance(value, tuple) else type(value))
            for name, value in sorted(values.items())
        )
        form = self._forms.get(shape)
        if form is None:
            if len(self._forms) >= MOST:
                self._forms.clear()
            form = self._forms[shape] = Form(self._make, values, self._planned_anew)
        rows = form.ask(values)
        if self._attached is None:
            self._attached = [Attached(form.rows.model, one) for one in form.rows._prefetch_related_lookups]
        for attached in self._attached:
            attached.attach_to(rows)
        return rows


class Form:
    """The SQL for values of one shape, and where in it they stand."""

    def __init__(self, make, values, planned_anew):
        places, stand_ins = {}, {}
        numbers = iter(range(1, 1000))
        for name, value in values.items():
            if isinstance(value, tuple):
                stand_ins[name] = tuple(stand_in(each, next(numbers)) for each in value)
                places |= {each: (name, at) for at, each in enumerate(stand_ins[name])}
                places[stand_ins[name]] = (name, None)
            elif value is None:
                stand_ins[name] = None
            else:
                stand_ins[name] = stand_in(value, next(numbers))
                places[stand_ins[name]] = (name, None)
        places[NOW] = None
        with edition.at(NOW):
            self.rows = make(**stand_ins)
            self.compiler = self.rows.query.get_compiler(self.rows.db)
            self.sql, self.params = self.compiler.as_sql()
        self.places = [
            (at, places[key])
            for at, key in enumerate(tuple(each) if isinstance(each, list) else each for each in self.params)
            if isinstance(key, str | int | float | datetime | tuple) and key in places
        ]
        found = {place[0] for _at, place in self.places if place}
        if missing := {name for name, value in values.items() if value not in (None, ())} - found:
            raise ValueError(f"The SQL does not hold {', '.join(sorted(missing))}.")
        # The places without repetition: the first is $1 of what the server keeps.
        self.arguments = list(dict.fromkeys(place for _at, place in self.places))
        self.planned_anew = planned_anew
        # Whoever has a statement of this name has this statement.
        digest = hashlib.blake2b(repr((self.sql, self.params)).encode(), digest_size=12)
        self.name = f"articles_{digest.hexdigest()}"

    def ask(self, values):
        given = {place: value_at(place, values) for place in self.arguments}
        connection = connections[self.rows.db]
        try:
            if self.is_kept(connection, given):
                marks = ", ".join(["%s"] * len(given))
                return self.rows_of(f"EXECUTE {self.name} ({marks})", tuple(given.values()))
        except DatabaseError as error:
            if not isinstance(error.__cause__, _LOST):
                raise
            connection.asked = connection.connection, None
        params = list(self.params)
        for at, place in self.places:
            params[at] = given[place]
        return self.rows_of(self.sql, tuple(params))

    def rows_of(self, sql, params):
        rows = type(self.rows)(self.rows.model, Written(self.compiler, sql, params), self.rows.db)
        rows._iterable_class, rows._fields = self.rows._iterable_class, self.rows._fields
        return list(rows)

    def is_kept(self, connection, given):
        """Return whether the server has the statement for this connection, as from the second asking on.

        In a transaction it is asked as it is, since a failure would be that of the transaction.
        """
        connection.ensure_connection()
        if self.planned_anew or connection.in_atomic_block or not given:
            return False
        raw, asked = getattr(connection, "asked", (None, None))
        if raw is not connection.connection:
            connection.asked = raw, asked = connection.connection, {}
        if asked is None:
            return False
        if self.name not in asked:
            if len(asked) < MOST:
                asked[self.name] = False
            return False
        if not asked[self.name]:
            if sum(asked.values()) >= KEPT:
                return False
            self.keep(connection, given)
            asked[self.name] = True
        return True

    def keep(self, connection, given):
        params = list(self.params)
        for at, place in self.places:
            params[at] = AsIs(f"${self.arguments.index(place) + 1}")
        types = ", ".join(map(sql_type, given.values()))
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(f"PREPARE {self.name} ({types}) AS {self.sql}", params)


class Attached:
    """What is prefetched with the rows of a question, by a question that is written once as well."""

    def __init__(self, model, lookup):
        self.name = lookup.prefetch_through
        self.field = model._meta.get_field(self.name).field
        self.cached = self.field.remote_field.cache_name
        named = f"{self.field.name}__in"
        self.ask = Prepared(lambda keys: lookup.queryset.filter(**{named: keys}))

    def attach_to(self, rows):
        """Give each row its own, as prefetch_related_objects() does."""
        if not rows:
            return
        owners = {row.pk: row for row in rows}
        found = {key: [] for key in owners}
        for one in self.ask(keys=tuple(owners)):
            key = getattr(one, self.field.attname)
            self.field.set_cached_value(one, owners[key])
            found[key].append(one)
        for row in rows:
            own = getattr(row, self.name).get_queryset()
            own._result_cache, own._prefetch_done = found[row.pk], True
            row._prefetched_objects_cache = getattr(row, "_prefetched_objects_cache", {}) | {self.cached: own}


def value_at(place, values):
    """Return what belongs in a place: one of the values, or the moment."""
    if place is None:
        return edition.now()
    name, number = place
    value = values[name] if number is None else values[name][number]
    return list(value) if isinstance(value, tuple) else value


def sql_type(value):
    return f"{sql_type(value[0])}[]" if isinstance(value, list) else _TYPES[type(value)]


class Written:
    """Stands where a queryset has its Query, and needs no compiling."""

    def __init__(self, compiler, sql, params):
        self.compiler, self.answer = compiler, (sql, params)

    def get_compiler(self, using, **options):
        # Its own connection: the one that it was written with is another thread's.
        compiler = copy(self.compiler)
        compiler.connection = connections[using]
        compiler.as_sql = lambda: self.answer
        return compiler


def stand_in(value, number):
    """Return a value of the same type that nothing else in the SQL is."""
    if isinstance(value, str):
        return f"\ue000{number}\ue000"
    if isinstance(value, float):
        return 1e300 + number * 1e290
    if isinstance(value, datetime):
        return NOW + timedelta(days=number)
    return 2_147_000_000 + number
