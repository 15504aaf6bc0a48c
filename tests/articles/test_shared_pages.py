"""Pages in Redis: one process makes them for all, and a Redis that is away is hardly noticed."""

import socket
import socketserver
import threading
import time

import pytest
from django.test import Client

from articles import edition, views
from articles.edition.shared import Shared, packed, unpacked
from tests.articles.test_kept_pages import LONG, all_at_once, kept_by
from tests.factories import make_article

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("kept_pages")]


class Commands(socketserver.StreamRequestHandler):
    """The few commands of Redis that we use, in its protocol (RESP 2)."""

    def handle(self):
        while line := self.rfile.readline():
            words = []
            for _ in range(int(line[1:])):
                length = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(length))
                self.rfile.read(2)
            with self.server.lock:
                self.wfile.write(self.answer(words[0].upper(), *words[1:]))

    def answer(self, command, *words):
        rows = self.server.rows
        self.server.seen.append(command)
        if command == b"PING":
            return b"+PONG\r\n"
        if command == b"GET":
            row = rows.get(words[0])
            return b"$-1\r\n" if row is None else b"$%d\r\n%s\r\n" % (len(row), row)
        if command == b"SET":
            if b"NX" in words and words[0] in rows:
                return b"$-1\r\n"
            assert b"EX" in words or b"PX" in words
            rows[words[0]] = words[1]
            return b"+OK\r\n"
        if command == b"DEL":
            return b":%d\r\n" % (rows.pop(words[0], None) is not None)
        if command == b"EXISTS":
            return b":%d\r\n" % (words[0] in rows)
        return b"-ERR unknown command\r\n"


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


@pytest.fixture
def redis(settings):
    with Server(("127.0.0.1", 0), Commands) as server:
        server.rows, server.seen, server.lock = {}, [], threading.Lock()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        settings.REDIS_URL = f"redis://127.0.0.1:{server.server_address[1]}/0"
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _connections_end(monkeypatch):
    """Close what the clients of a test hold open to Redis."""
    opened = []
    begin = Shared.__init__
    monkeypatch.setattr(Shared, "__init__", lambda self, url: opened.append(self) or begin(self, url))
    monkeypatch.setattr("articles.edition.shared.RETRY", 0.05)
    yield
    for shared in opened:
        shared.end()


@pytest.fixture
def made(monkeypatch):
    """The pages of articles that were made, each taking a while."""
    pages, render = [], views.render_article

    def slowly(request, article, **context):
        pages.append(article)
        threading.Event().wait(0.2)
        return render(request, article, **context)

    monkeypatch.setattr(views, "render_article", slowly)
    return pages


def test_another_process_takes_what_one_has_made(redis, made, django_assert_num_queries):
    article = make_article(body=LONG)
    path = article.get_absolute_url()
    one, other = Client(), Client()  # each has a memory of its own, as processes have
    first = one.get(path)

    with django_assert_num_queries(0):
        second = other.get(path)

    assert made == [article]
    assert second.content == first.content
    assert dict(second.items()) == dict(first.items())
    packed_one = other.get(path, headers={"accept-encoding": "gzip"})
    assert packed_one["Content-Encoding"] == "gzip"


def test_parameters_are_told_apart_in_another_process_too(redis, django_assert_num_queries):
    for _ in range(views.PER_PAGE + 1):
        make_article()
    one, other = Client(), Client()
    first, second = one.get("/kinds/analysis/"), one.get("/kinds/analysis/?page=2")

    with django_assert_num_queries(0):
        assert other.get("/kinds/analysis/?page=2&utm_source=x").content == second.content
        assert other.get("/kinds/analysis/").content == first.content


def test_a_stampede_on_all_processes_makes_the_page_once(redis, made):
    path = make_article(body=LONG).get_absolute_url()
    processes = [Client() for _ in range(2)]
    for process in processes:
        process.get("/healthz")

    answers = []
    threads = [
        threading.Thread(target=lambda process=process: answers.extend(all_at_once(process, path, 3)))
        for process in processes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(made) == 1
    assert len({answer.content for answer in answers}) == 1
    assert len(answers) == 6


def test_a_change_shows_in_every_process(redis):
    article = make_article(title="Tides")
    path = article.get_absolute_url()
    one, other = Client(), Client()
    one.get(path), other.get(path)

    article.title = "Currents"
    article.save()

    assert b"Currents" in one.get(path).content
    assert b"Currents" in other.get(path).content


def test_claim_of_a_process_that_was_killed_ends(redis, client, monkeypatch):
    path = make_article().get_absolute_url()
    shared = kept_by(client).shared
    monkeypatch.setattr("articles.edition.middleware.PATIENCE", 0.1)
    monkeypatch.setattr(
        shared, "_ask", lambda c, *a, ask=shared._ask, **o: None if o.get("nx") else ask(c, *a, **o)
    )
    redis.rows["claimed"] = b"1"

    assert client.get(path).status_code == 200


def test_what_is_no_page_of_ours_is_passed_over(redis, client):
    path = make_article().get_absolute_url()
    client.get(path)
    for name in redis.rows:
        redis.rows[name] = b"\x00\x00\x00\x04nonsense"

    assert Client().get(path).status_code == 200


@pytest.mark.parametrize("kind", ["closed", "swallows"])
def test_a_dead_redis_costs_half_a_second_once(settings, client, kind, caplog):
    path = make_article().get_absolute_url()
    client.get("/")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        if kind == "closed":
            listener.close()
        process = Client()
        process.get("/healthz")

        began = time.monotonic()
        assert process.get(path).status_code == 200
        plain = Client()
        lost = time.monotonic() - began
        settings.REDIS_URL = ""
        began = time.monotonic()
        plain.get("/healthz")
        plain.get(path)
        usual = time.monotonic() - began
        assert lost - usual < 0.5
        shared = kept_by(process).shared
        assert not shared.is_up

        current = edition.read()
        began = time.monotonic()
        for _ in range(20):
            assert shared.get(current, ("/", "")) is None
        assert time.monotonic() - began < 0.05
    assert "Redis is away" in caplog.text


def test_a_redis_that_comes_back_is_used_again(redis, client):
    shared = kept_by(client).shared
    shared._give_up("it was restarted")
    assert not shared.is_up

    until = time.monotonic() + 10
    while not shared.is_up and time.monotonic() < until:
        threading.Event().wait(0.02)
    client.get("/")

    assert redis.rows


def test_an_answer_is_the_same_after_redis(client):
    path = make_article(body=LONG).get_absolute_url()
    client.get(path)
    middleware = kept_by(client)
    ((answer, _size),) = middleware.memory._main.rows.values()

    again = unpacked(packed(answer))

    for name in ("status", "headers", "body", "packed", "etag", "packed_etag", "reads", "size"):
        assert getattr(again, name) == getattr(answer, name)
    with pytest.raises(ValueError):
        unpacked(b"\x00")
