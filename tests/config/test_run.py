import os
import re
import shutil
import signal
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.contrib.auth import authenticate, get_user_model

from config.management.commands.run import login
from tests.config.processes import eventually, free_port, manage, start

PREPARE = """
from django.core.management import call_command
from articles.models import Site
call_command("migrate", verbosity=0)
Site.objects.create(name="Tidelines")
"""


@pytest.fixture(scope="module")
def trial():
    """The variables of a trial that has a site already, so that no test waits for the demo."""
    # Not pytest's own folder: each session of it shuts others out, the server's user among them.
    folder = Path(tempfile.mkdtemp(prefix="standfirst-trial-"))
    variables = {
        "DATA_DIR": folder / "data",
        "MEDIA_ROOT": folder / "media",
        "STATIC_ROOT": folder / "static",
        "PORT": free_port(),
    }
    done = manage("shell", "-v0", "-c", PREPARE, **variables)
    assert done.returncode == 0, done.stderr
    yield variables
    shutil.rmtree(folder)


class Running:
    """`manage.py run` of a trial, from its greeting on."""

    def __init__(self, trial):
        self.trial = trial
        self.process = start("manage.py", "run", **trial)
        self.said = ""
        while "Ctrl-C" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=60)

    def get(self, path):
        address = f"http://127.0.0.1:{self.trial['PORT']}{path}"
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.status

    def child(self, word):
        return next(one for one in self.family if word in " ".join(one.cmdline()))

    def end(self):
        """Return the exit code and the rest of what was said; assert that nothing was left behind."""
        rest = self.process.communicate(timeout=60)[0]
        eventually(lambda: not any(one.is_running() and one.status() != "zombie" for one in self.family))
        eventually(lambda: not postgres_runs(self.trial))
        return self.process.returncode, rest


def postgres_runs(trial):
    data_dir = str(trial["DATA_DIR"] / "postgres")
    return any(
        one.info["name"] == "postgres" and data_dir in (one.info["cmdline"] or [])
        for one in psutil.process_iter(["name", "cmdline"])
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_trial_starts_answers_and_stops_cleanly(trial, number):
    with Running(trial) as running:
        assert f"http://127.0.0.1:{trial['PORT']}/admin/" in running.said
        assert re.search(r"user editor, password (\w{4}-){3}\w{4}\n", running.said)
        assert "Tidelines is running." in running.said
        assert running.get("/healthz") == 200
        assert running.get("/admin/login/") == 200
        running.process.send_signal(number)

        assert running.end() == (0, "\nStopped.\n")


@pytest.mark.django_db
def test_the_password_is_the_same_at_each_start_until_it_is_changed(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    said = login()

    assert login() == said
    editor = get_user_model().objects.get(username="editor")
    assert authenticate(username="editor", password=said.split()[-1]) == editor
    assert (tmp_path / "editor_password").stat().st_mode & 0o077 == 0
    editor.set_password("a password of my own")
    editor.save()
    assert "changepassword editor" in login()


@pytest.mark.django_db
def test_a_publication_that_has_an_editor_gets_no_other(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    get_user_model().objects.create_superuser("amira")

    assert "user amira" in login()
    assert not (tmp_path / "editor_password").exists()


def test_a_trial_is_reached_from_this_machine_alone(trial):
    with Running(trial) as running:
        listening = [
            connection.laddr.ip
            for one in running.family
            for connection in one.net_connections(kind="tcp")
            if connection.status == psutil.CONN_LISTEN
        ]

    assert set(listening) == {"127.0.0.1"}


def test_a_taken_port_is_said_with_the_way_out(trial):
    with Running(trial):
        second = manage("run", **trial)

    assert second.returncode == 1
    assert f"Port {trial['PORT']} is not free" in second.stderr
    assert f"PORT={trial['PORT'] + 1} make run" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_killed_trial_leaves_nothing_and_starts_again(trial):
    with Running(trial) as running:
        running.process.kill()

        running.end()
    with Running(trial) as running:
        assert running.get("/healthz") == 200


def test_the_death_of_the_worker_stops_the_web_server_too(trial):
    with Running(trial) as running:
        running.child("worker").kill()

        code, rest = running.end()

    assert code == 1
    assert "The worker ended by itself" in rest
    assert "Traceback" not in rest


def test_a_killed_web_process_is_replaced(trial):
    with Running(trial) as running:
        master = running.child("gunicorn")
        master.children()[0].kill()
        eventually(lambda: len(master.children()) == 2)

        assert running.get("/healthz") == 200


def test_a_restart_of_the_database_costs_no_request_after_it(trial):
    data_dir = trial["DATA_DIR"] / "postgres"
    with Running(trial) as running:
        for _ in range(8):
            assert running.get("/healthz") == 200
        pid = int((data_dir / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)  # PostgreSQL's immediate shutdown
        eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie")

        assert [running.get("/healthz") for _ in range(8)] == [200] * 8
        running.process.terminate()
        assert running.end()[0] == 0


def test_outside_a_trial_the_command_refuses():
    said = manage("run", production=True, DATABASE_URL="postgres://nobody@127.0.0.1:9/none")

    assert said.returncode == 1
    assert "TRIAL=true" in said.stderr
