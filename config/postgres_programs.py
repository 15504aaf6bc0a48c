"""pg_dump, pg_restore and psql, of the same version as the server, for the site's database."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg2.extensions
from django.db import connection

from . import embedded_postgres


class ProgramMissing(Exception):
    """There is no fitting program; the message says what to install."""


def command(name, *arguments):
    """Return the arguments and the environment that run a program on the site's database.

    The password travels in the environment, as other users can read arguments.
    """
    connection.ensure_connection()
    parameters = connection.get_connection_params()
    parameters = {key: value for key, value in parameters.items() if key not in NOT_LIBPQ}
    password = parameters.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    dsn = psycopg2.extensions.make_dsn(**parameters)
    return [str(find(name)), f"--dbname={dsn}", *arguments], environment


# What Django's own connection takes beside the keywords of libpq.
NOT_LIBPQ = {
    "cursor_factory",
    "client_encoding",
    "isolation_level",
    "assume_role",
    "server_side_binding",
    "pool",
}


def find(name):
    """Return the path of a program of the server's own major version, or raise ProgramMissing."""
    if connection.settings_dict["ENGINE"] == "config.embedded_postgres":
        return embedded_postgres.binary(name)
    major = connection.pg_version // 10_000
    candidates = [
        shutil.which(name),
        f"/usr/lib/postgresql/{major}/bin/{name}",
        embedded_postgres.binary(name),
    ]
    for candidate in filter(None, candidates):
        if Path(candidate).exists() and _major(candidate) == major:
            return candidate
    raise ProgramMissing(
        f"The server is PostgreSQL {major}, and there is no {name} of version {major} in PATH. "
        f"Debian and Ubuntu have it in the package postgresql-client-{major}."
    )


def _major(program):
    said = subprocess.run(  # noqa: S603  a program of PostgreSQL's
        [program, "--version"], capture_output=True, text=True, check=False
    )
    match = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(match[1]) if match else None
