"""One process that measures one publication, told by its parent in lines of JSON.

`python -m config.bench.process COUNT`: it makes COUNT articles in the database below DATA_DIR, says so, and
then answers `{"requests": N}` with a round, and any other question with what Measurement says to it.
"""

import json
import os
import subprocess
import sys

import django
from django.conf import settings

from config.running import Child


class Publication(Child):
    """A publication of `count` articles in a folder of its own, and the process that measures it."""

    def __init__(self, count, folder):
        self.count, self.folder = count, folder
        self.environment = {
            # A new connection in the midst of a round would cost more than the page.
            "DATABASE_CONN_MAX_AGE": "86400",
            "DJANGO_SETTINGS_MODULE": "config.bench.settings",
            "TRIAL": "true",
            "DATABASE_URL": "",
            "DATA_DIR": str(folder / str(count)),
            "MEDIA_ROOT": str(folder / "media"),
            "STATIC_ROOT": str(folder / "static"),
            "SITE_URL": "http://127.0.0.1",
            "LOG_LEVEL": "WARNING",
        }
        self.process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "config.bench.process", str(count)],
            cwd=settings.BASE_DIR,
            env=os.environ | self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The process that measures {self.count} articles has ended.")
        return json.loads(line)

    def tell(self, **order):
        """Give an order and return its answer."""
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.wait()
        self.process.stdout.close()


def main(count):
    django.setup()
    from django.core.management import call_command

    from . import content
    from .measure import Measurement

    # What is printed would be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    content.make(count)
    measurement = Measurement()

    def say(answer):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    say({"articles": count})
    for line in sys.stdin:
        order = json.loads(line)
        if "requests" in order:
            say(measurement.round(order["requests"]))
        else:
            [question] = order
            say(getattr(measurement, question)())


if __name__ == "__main__":
    main(int(sys.argv[1]))
