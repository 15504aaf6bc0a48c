"""The memory of the site as it is served: gunicorn's workers and their database backends."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
from django.conf import settings

from .figures import PAGES

PATIENCE = 60  # seconds until the server answers
ROUNDS = 30


def served(publication):
    """Return {"workers": MB, "backends": MB} after some requests; a page shared by n counts an nth (PSS)."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | publication.environment
        | {"DJANGO_SETTINGS_MODULE": "config.settings", "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server)
        word = publication.tell(word=True)
        for _number in range(ROUNDS):
            for page in PAGES:
                ask(f"http://127.0.0.1:{port}{page.path.format(word=word)}")
        workers = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        backends = [psutil.Process(pid) for pid in publication.tell(backends=True)]
        return {"workers": proportional(workers), "backends": proportional(backends)}
    finally:
        server.terminate()
        server.wait()


def proportional(processes):
    return sum(process.memory_full_info().pss for process in processes) / 1e6


def ask(address):
    with urllib.request.urlopen(address) as answer:  # noqa: S310  our own address
        answer.read()


def wait_for(address, server):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError):
            return ask(address)
        time.sleep(0.1)
    raise RuntimeError("The web server did not start.")
