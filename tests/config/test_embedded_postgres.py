import os
import shutil
import signal
import tempfile
from pathlib import Path

import psutil
import pytest

from tests.config.processes import eventually, start

# Joins the server over the folder given, says so, and leaves at the end of its input or by a kill.
JOIN = """
import os, sys, django, psycopg2
from config import embedded_postgres
parameters = embedded_postgres.start(sys.argv[1])
with psycopg2.connect(dbname="standfirst", **parameters) as connection:
    cursor = connection.cursor()
    cursor.execute("SELECT datlocprovider, datcollate FROM pg_database WHERE datname = 'standfirst'")
    print("joined", *cursor.fetchone(), flush=True)
os.read(int(sys.argv[2]), 1)
"""


class Process:
    """Another process that uses the server until it is told to leave."""

    def __init__(self, data_dir):
        reading, self._writing = os.pipe()
        self.process = start_with(reading, "-c", JOIN, str(data_dir), str(reading))
        os.close(reading)

    def joined(self):
        line = self.process.stdout.readline()
        assert line == "joined b C\n", line + self.process.stdout.read()
        return self

    def leave(self):
        os.close(self._writing)
        said = self.process.communicate(timeout=60)[0]
        assert (self.process.returncode, said) == (0, "")

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=60)
        os.close(self._writing)


def start_with(descriptor, *arguments):
    os.set_inheritable(descriptor, True)
    return start(*arguments, close_fds=False)


@pytest.fixture
def data_dir():
    """A folder with a space and a comma in its name; whatever runs there is stopped."""
    # Not pytest's own folder: each session of it shuts others out, the server's user among them.
    root = Path(tempfile.mkdtemp(prefix="standfirst-server-"))
    folder = root / "the data, of a trial" / "postgres"
    yield folder
    if pid := server_pid(folder):
        os.kill(pid, signal.SIGQUIT)
        eventually(lambda: not server_pid(folder))
    shutil.rmtree(root)


def server_pid(data_dir):
    """The number of the running server, or None."""
    try:
        pid = int((data_dir / "postmaster.pid").read_text().split()[0])
        return pid if psutil.Process(pid).name().startswith("postgres") else None
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None


def test_the_last_to_leave_stops_the_server(data_dir):
    first, second = Process(data_dir), Process(data_dir)  # two first starts at once
    first.joined()
    second.joined()

    first.leave()
    assert server_pid(data_dir)
    second.leave()
    assert not server_pid(data_dir)


def test_a_killed_process_is_forgotten(data_dir):
    Process(data_dir).joined().kill()
    assert server_pid(data_dir)

    Process(data_dir).joined().leave()

    assert not server_pid(data_dir)


def test_a_killed_server_is_started_again(data_dir):
    first = Process(data_dir).joined()
    os.kill(server_pid(data_dir), signal.SIGKILL)

    Process(data_dir).joined().leave()

    first.leave()
    assert not server_pid(data_dir)


def test_the_number_of_a_dead_server_may_be_somebody_elses_by_now(data_dir):
    Process(data_dir).joined().leave()
    stale = f"{os.getpid()}\n{data_dir}\n1\n5432\n{data_dir}\n\n1 1\nready   \n"
    (data_dir / "postmaster.pid").write_text(stale)
    (data_dir / ".s.PGSQL.5432.lock").write_text(stale)

    Process(data_dir).joined().leave()


def test_a_first_start_that_was_killed_is_begun_anew(data_dir):
    half = Path(f"{data_dir}.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")

    Process(data_dir).joined().leave()

    assert not half.exists()


def test_only_its_owner_reaches_the_server(data_dir):
    process = Process(data_dir).joined()

    assert data_dir.stat().st_mode & 0o077 == 0
    process.leave()
