"""`make run`: the trial, from an empty folder to a publication that can be read and written."""

import contextlib
import secrets
import shlex
import signal
import socket
import sys
import time
import urllib.error
import urllib.request

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from articles.models import Site
from config.keys import kept
from config.running import Child

ADDRESS = "127.0.0.1"  # a trial is nobody else's to reach
PATIENCE = 60  # seconds until the web server must answer
EDITOR = "editor"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


class Command(BaseCommand):
    help = "Run a trial of the whole publication on this machine: database, demo, web server and worker."

    def handle(self, **options):
        if not settings.TRIAL:
            raise CommandError("This runs a trial only: `make run`, or set TRIAL=true.")
        refuse_taken_port(settings.PORT)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        try:
            self.prepare()
            self.serve()
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")

    def prepare(self):
        self.say("Preparing the database ...")
        call_command("migrate", interactive=False, verbosity=0)
        self.say("Collecting the static files ...")
        call_command("collectstatic", interactive=False, verbosity=0)
        self.login = login()
        if not Site.objects.exists():
            self.say("Loading the demo ...")
            call_command("load_demo", verbosity=0)
        self.name = str(Site.objects.first() or "Standfirst")
        connections.close_all()

    def serve(self):
        level = {} if "LOG_LEVEL" in settings_environment() else {"LOG_LEVEL": "WARNING"}
        children = []
        try:
            gunicorn = ["-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
            children.append(Child("web server", *gunicorn, BIND=f"{ADDRESS}:{settings.PORT}", **level))
            children.append(Child("worker", "manage.py", "worker", **level))
            wait_for_answer(children)
            self.greet()
            watch(children)
        finally:
            # A second Ctrl-C must not interrupt the first one's work.
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            for child in children:
                child.terminate()
            for child in children:
                child.wait()

    def greet(self):
        site = f"http://{ADDRESS}:{settings.PORT}"
        self.say(
            f"\n{self.name} is running.\n\n"
            f"  Read    {site}/\n"
            f"  Write   {site}/admin/\n"
            f"          {self.login}\n"
            f"  Mail    {site}/trial/mail/\n"
            "          No mail leaves this machine: it is kept there.\n\n"
            "Press Ctrl-C to stop.\n"
        )

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()


def settings_environment():
    """Return the environment as the settings read it, with what .env adds."""
    from config.settings import env

    return env.ENVIRON


def refuse_taken_port(port):
    """Raise CommandError where the trial cannot listen on `port`."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((ADDRESS, port))
        except PermissionError:
            raise CommandError(f"Port {port} needs rights that you do not have: PORT=8001 make run") from None
        except (OSError, OverflowError):
            raise CommandError(
                f"Port {port} is not free; perhaps the publication runs already. Choose another:\n\n"
                f"    PORT={port + 1 if port < 65535 else 8001} make run\n"
            ) from None


def login():
    """Return how to log in, in words; where nobody can, make an editor whose password the trial keeps."""
    users = get_user_model().objects
    path = settings.DATA_DIR / "editor_password"
    if not users.filter(is_staff=True).exists():
        users.create_superuser(EDITOR, password=kept(path, generate_password))
    editor = users.filter(username=EDITOR, is_staff=True).first()
    if editor and path.exists() and editor.check_password(path.read_text()):
        return f"user {EDITOR}, password {path.read_text()}"
    someone = editor or users.filter(is_staff=True).first()
    command = f"TRIAL=true {shlex.quote(sys.executable)} manage.py changepassword {someone.get_username()}"
    return f"user {someone.get_username()}, with the password that you chose; a new one: {command}"


def generate_password():
    """Return four groups of four letters and digits: 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def wait_for_answer(children):
    """Return once the web server answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        refuse_dead(children)
        with contextlib.suppress(OSError, urllib.error.URLError):
            opener.open(f"http://{ADDRESS}:{settings.PORT}/healthz", timeout=5).close()
            return
        time.sleep(0.1)
    raise CommandError(f"The web server did not answer within {PATIENCE} seconds.")


def watch(children):
    """Wait for ever; raise CommandError when one of the children ends."""
    while True:
        refuse_dead(children)
        time.sleep(0.5)


def refuse_dead(children):
    for child in children:
        if child.has_ended():
            code = child.process.returncode
            raise CommandError(f"The {child.name} ended by itself ({code}); its own words are above.")
