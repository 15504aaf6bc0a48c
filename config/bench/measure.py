"""Ask pages in this process, and count what each request costs it and its database backend.

CPU time, not time that passes: what else a machine does changes it little.
"""

import gzip
import io
import random
import re
import statistics
import time
from pathlib import Path

import psutil
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, models
from django.test import override_settings

from articles.edition.answers import LEVEL
from articles.models import Article, Edition

from . import bare
from .figures import ARTICLE, PAGES


class Asker:
    """Requests to a WSGI application, as a server hands them over."""

    def __init__(self, application):
        self.application = application

    def ask(self, path, etag="", encoding=""):
        """Return status, headers and body."""
        path, _mark, query = path.partition("?")
        environment = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if etag:
            environment["HTTP_IF_NONE_MATCH"] = etag
        if encoding:
            environment["HTTP_ACCEPT_ENCODING"] = encoding
        said = []
        answer = self.application(environment, lambda status, headers: said.append((status, headers)))
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        [(status, headers)] = said
        return int(status[:3]), dict(headers), body


def ours():
    """Return the site as it is served."""
    return Asker(WSGIHandler())


def plain():
    """Return the plain views with middleware of their own."""
    with override_settings(MIDDLEWARE=bare.MIDDLEWARE):
        return Asker(WSGIHandler())


def backend_seconds():
    """Return the CPU time of the database backend that serves this process's connection."""
    pid = connection.connection.info.backend_pid
    try:
        # Nanoseconds; the times that psutil reads come in hundredths of a second.
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        times = psutil.Process(pid).cpu_times()
        return times.user + times.system


def forget():
    """Make every page cold, as any change of what readers see does."""
    Edition.objects.update(number=models.F("number") + 1)


class Measurement:
    """The pages over one database."""

    def __init__(self):
        self.site, self.bare = ours(), plain()

    def word(self):
        """Return a word of a title that the search finds."""
        return Article.objects.order_by("pk")[0].title.split()[2]

    def backends(self):
        """Return the keys of the processes that serve the database's other clients."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                " AND pid <> pg_backend_pid()"
            )
            return [pid for (pid,) in cursor]

    def address(self, path):
        return path.format(word=self.word()) if "{" in path else path

    def cases(self):
        """Return {name: (who answers, path, whether cold, whether the reader has it already)}."""
        found = {}
        for page in PAGES:
            found[f"{page.name} bare"] = (self.bare, page.bare, False, False)
            found[f"{page.name} same rows"] = (self.bare, page.whole, False, False)
            found[f"{page.name} cold"] = (self.site, page.path, True, False)
            if page.warm:
                found[f"{page.name} warm"] = (self.site, page.path, False, False)
                found[f"{page.name} 304"] = (self.site, page.path, False, True)
        return found

    def round(self, requests, chance=random):
        """Return {case: CPU milliseconds per request as (this process, its backend)}, in shuffled order."""
        cases = list(self.cases().items())
        chance.shuffle(cases)
        return {name: self.cost(requests, *case) for name, case in cases}

    def cost(self, requests, asker, path, cold, known):
        is_whole = path.startswith("/whole/")
        path = self.address(path)
        asker.ask(path)
        status, headers, _body = asker.ask(path)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}")
        etag = headers["ETag"] if known else ""
        # A page is compressed as it is made; then a plain view of its rows is, too.
        encoding = "gzip" if cold or is_whole else ""
        process = backend = 0.0
        for _number in range(requests):
            if cold:
                forget()
            before = time.process_time(), backend_seconds()
            status, _headers, _body = asker.ask(path, etag, encoding)
            after = time.process_time(), backend_seconds()
            if status != (304 if known else 200):
                raise RuntimeError(f"{path} answers {status}")
            process += after[0] - before[0]
            backend += after[1] - before[1]
        return process * 1000 / requests, backend * 1000 / requests

    def facts(self):
        """Return what needs no repetition: queries and bytes of each page, as a dictionary."""
        found = {"articles": Article.objects.count(), "queries": {}, "bytes": {}, "packed": {}}
        for page in PAGES:
            path = self.address(page.path)
            self.site.ask(path)
            forget()
            cold, body = self.questions(path)
            warm, _body = self.questions(path)
            found["queries"][page.name] = [cold, warm]
            found["bytes"][page.name] = len(body)
            found["packed"][page.name] = len(gzip.compress(body, LEVEL))
        text = Article.objects.get(slug=ARTICLE.split("/")[2]).body_html
        found["beyond"] = found["bytes"]["article"] - len(text.encode())
        return found

    def questions(self, path):
        """Return how many queries a page makes (the edition is read past Django), and the page."""
        asked = []

        def note(execute, sql, params, many, context):
            if not re.match("SAVEPOINT|RELEASE", sql):
                asked.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            status, _headers, body = self.site.ask(path)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}")
        return len(asked), body


def medians(rounds):
    """Return {case: (process, backend)} of several rounds."""
    return {
        name: tuple(statistics.median(each[name][side] for each in rounds) for side in (0, 1))
        for name in rounds[0]
    }
