"""Processes that live and die together: the web server and the worker under `manage.py run`."""

import os
import signal
import subprocess
import sys
import threading

from django.conf import settings

# Seconds that a process may take to finish what it does before it is killed.
GRACE = 15


class Child:
    """One of our processes, which stops when we do, however that happens: it watches the pipe to us."""

    def __init__(self, name, *arguments, **environment):
        self.name = name
        self.process = subprocess.Popen(  # noqa: S603  our own programs
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=os.environ | {"STOP_WITH_PARENT": "1"} | environment,
            stdin=subprocess.PIPE,
            # Ctrl-C reaches the whole foreground group; the parent alone decides who stops when.
            start_new_session=True,
        )

    def has_ended(self):
        return self.process.poll() is not None

    def terminate(self):
        if not self.has_ended():
            self.process.terminate()

    def wait(self):
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def stop_with_parent():
    """In a child: end as on SIGTERM once the parent is gone, so that a killed parent leaves no orphans."""
    if os.environ.get("STOP_WITH_PARENT") == "1":
        threading.Thread(target=_stop_at_end_of_input, daemon=True).start()


def _stop_at_end_of_input():
    # Not sys.stdin: its lock, held by a thread that waits, would stop a fork or the interpreter's end.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
