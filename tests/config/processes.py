"""Other processes of ours, as an operator starts them."""

import os
import socket
import subprocess
import sys
import time

from django.conf import settings

KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
PRODUCTION = {
    "SECRET_KEY": "a-long-and-random-looking-key-of-production-0123456789",
    "SUBSCRIBER_KEY": "another-long-and-random-looking-key-of-production-0123",
    "SITE_URL": "https://example.org",
    "ALLOWED_HOSTS": "example.org",
}


def environment(*, production=False, **variables):
    """The environment of a process that knows nothing of the tests; a variable of None is left out."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    made = kept | (PRODUCTION if production else {"TRIAL": "true"}) | variables
    return {name: str(value) for name, value in made.items() if value is not None}


def start(*arguments, close_fds=True, **variables):
    """Start Python with these arguments in the project's folder; both outputs are one pipe of text."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        close_fds=close_fds,
    )


def manage(*arguments, **variables):
    """Run `manage.py` to its end and return what it said."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def free_port():
    """Return a port below those that the system gives to others."""
    for port in range(21000 + os.getpid() % 1000, 32000):
        with socket.socket() as listener:
            if listener.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no port is free")


def eventually(question, *, seconds=30):
    """Ask until the answer is true, and return it; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.1)
    return answer
