"""What may be fetched, from where, how long and how much."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from articles import fetching
from articles.fetching import (
    BadAddress,
    Network,
    NoAnswer,
    NoSuchHost,
    NotPublic,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    fetch,
    is_public,
)

AGENT = "Standfirst test (+http://testserver)"


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        answer = self.server.pages.get(self.path.partition("?")[0])
        if callable(answer):
            answer(self)
            return
        status, headers, body = answer or (404, {}, b"")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *arguments):
        """Say nothing: tests read what was seen."""


@contextmanager
def serving(pages):
    """A server on the loopback with pages {path: (status, headers, body)}, and the Network that has it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.pages, server.seen, server.handle_error = pages, [], lambda *arguments: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.network = Network(
        ports=frozenset({server.server_port}),
        is_allowed=lambda address: address == "127.0.0.1",
        look_up=lambda host, port: {"inside.example": ["10.0.0.1"]}.get(host, ["127.0.0.1"]),
    )
    server.base = f"http://site.example:{server.server_port}"
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def get(server, path, **options):
    return fetch(server.base + path, agent=AGENT, network=server.network, **options)


@pytest.mark.parametrize(
    "host",
    [
        # This machine, in every spelling that a resolver knows.
        "127.0.0.1",
        "127.8.9.10",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "017700000001",
        "１２７.0.0.1",
        "127。0。0。1",
        "localhost",
        "LOCALHOST",
        "0.0.0.0",  # noqa: S104
        "0",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        # Networks of our own.
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "2852039166",
        "[fd00:ec2::254]",
        "[fc00::1]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fec0::1]",
        # IPv4 inside IPv6.
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::1]",
        "[2001:0:7f00:1::1]",
        # Nobody's: multicast, examples, tests, the future.
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "192.0.0.8",
        "192.88.99.1",
        "[ff02::1]",
        "[2001:db8::1]",
        "[100::1]",
        "[5f00::1]",
    ],
)
def test_a_machine_that_is_not_public_is_never_asked(host, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *arguments, **options: pytest.fail("connected"))

    with pytest.raises((fetching.Refused, NoSuchHost)):
        fetch(f"http://{host}/", agent=AGENT)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://",
        "http:///path",
        "http://user@example.org/",
        "http://user:password@example.org/",
        "http://@example.org/",
        "http://example.org@127.0.0.1/",
        "http://example.org:22/",
        "http://example.org:8080/",
        "http://example.org:0/",
        "https://example.org:99999/",
        "http://example.org:x/",
        "http://exa mple.org/",
        "http://example.org/\r\nHost: inside",
        "http://example.org\\@127.0.0.1/",
        "http://example.org/\x00",
        "http://[::1/",
        "http://..../",
        f"http://{'a' * 70}.example/",
        f"http://example.org/{'a' * 4000}",
    ],
)
def test_what_is_no_plain_web_address_is_refused_before_any_name_is_looked_up(url):
    network = Network(look_up=lambda host, port: pytest.fail("looked up"))

    with pytest.raises(BadAddress):
        fetch(url, agent=AGENT, network=network)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1"])
def test_the_public_internet_is_public(address):
    assert is_public(address)


def test_one_private_address_among_public_ones_refuses_the_name():
    network = Network(look_up=lambda host, port: ["93.184.216.34", "10.0.0.7"])

    with pytest.raises(NotPublic):
        fetch("http://mixed.example/", agent=AGENT, network=network)


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_used():
    with serving({"/": (200, {}, b"here")}) as server:
        answers = iter([["127.0.0.1"], ["10.0.0.1"]])
        network = Network(
            ports=server.network.ports,
            is_allowed=server.network.is_allowed,
            look_up=lambda host, port: next(answers),
        )

        answer = fetch(f"http://rebinding.example:{server.server_port}/", agent=AGENT, network=network)

    assert answer.body == b"here"
    assert server.seen[0][2]["Host"] == f"rebinding.example:{server.server_port}"


def test_an_answer_says_what_came_and_tells_who_asked():
    with serving({"/a b/ä": (200, {}, b""), "/a%20b/%C3%A4": (200, {"X-A": "1"}, b"words")}) as server:
        answer = get(server, "/a%20b/ä?q=ü&x=%C3%A4")

    assert (answer.status, answer.body, answer.headers["X-A"]) == (200, b"words", "1")
    _method, path, headers = server.seen[0]
    assert path == "/a%20b/%C3%A4?q=%C3%BC&x=%C3%A4"
    assert headers["User-Agent"] == AGENT
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)


def test_redirects_are_followed_and_the_last_address_is_told():
    pages = {
        "/old": (301, {"Location": "new"}, b""),
        "/new": (302, {"Location": "/last?x=1#part"}, b""),
        "/last": (200, {}, b"end"),
    }
    with serving(pages) as server:
        answer = get(server, "/old")

    assert (answer.body, answer.redirects) == (b"end", 2)
    assert answer.url == f"{server.base}/last?x=1#part"


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://inside.example:{port}/", NotPublic),
        ("http://inside.example/", BadAddress),
        ("https://user:pass@site.example:{port}/", BadAddress),
        ("file:///etc/passwd", BadAddress),
        ("http://[", BadAddress),
        ("//site.example:22/", BadAddress),
    ],
)
def test_each_redirect_is_checked_like_the_first_address(location, error):
    with serving({}) as server:
        server.pages["/"] = (302, {"Location": location.format(port=server.server_port)}, b"")

        with pytest.raises(error):
            get(server, "/")

    assert len(server.seen) == 1


def test_a_circle_of_redirects_ends():
    with serving({"/": (302, {"Location": "/"}, b"")}) as server, pytest.raises(TooManyRedirects):
        get(server, "/")

    assert len(server.seen) == fetching.MAX_REDIRECTS + 1


def test_a_redirect_without_an_address_is_an_answer():
    with serving({"/": (302, {}, b"")}) as server:
        assert get(server, "/").status == 302


def test_a_body_that_is_too_large_is_refused_or_cut():
    with serving({"/": (200, {}, b"x" * 200_000)}) as server:
        with pytest.raises(TooLarge):
            get(server, "/", max_bytes=100_000)

        assert get(server, "/", max_bytes=1000, cut=True).body == b"x" * 1000
        assert len(get(server, "/", max_bytes=200_000).body) == 200_000


def test_the_body_of_head_is_not_waited_for():
    with serving({"/": (200, {}, b"x" * 100)}) as server:
        assert get(server, "/", method="HEAD").body == b""


def drip(line):
    """A page that sends a piece now and then, for ever."""

    def answer(handler):
        try:
            while not handler.server._BaseServer__shutdown_request:
                handler.wfile.write(line)
                time.sleep(0.05)
        except OSError:
            return

    return answer


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
def test_neither_silence_nor_a_drip_outlasts_the_time(start):
    def slow(handler):
        handler.wfile.write(start)
        drip(start if b"100" in start else b"a" if start else b"")(handler)

    with serving({"/": slow}) as server:
        began = time.monotonic()
        with pytest.raises(TooSlow):
            get(server, "/", seconds=0.6)

        assert time.monotonic() - began < 3


@pytest.mark.parametrize("raw", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x16\x03\x01" * 50])
def test_what_is_no_http_is_no_answer(raw):
    with serving({"/": lambda handler: handler.wfile.write(raw)}) as server, pytest.raises(NoAnswer):
        get(server, "/")


def test_a_closed_port_is_no_answer():
    with serving({}) as server:
        network, base = server.network, server.base

    with pytest.raises(NoAnswer):
        fetch(base, agent=AGENT, network=network)


def test_a_second_address_is_tried_where_the_first_is_silent():
    with serving({"/": (200, {}, b"here")}) as server:
        network = Network(
            ports=server.network.ports,
            is_allowed=lambda address: True,
            look_up=lambda host, port: ["127.0.0.2", "127.0.0.1"],
        )

        assert fetch(server.base, agent=AGENT, network=network).status == 200


def test_a_plain_answer_on_a_secure_address_is_no_answer():
    with serving({"/": (200, {}, b"")}) as server, pytest.raises(NoAnswer):
        fetch(server.base.replace("http:", "https:"), agent=AGENT, network=server.network)


class Refusal(ssl.SSLContext):
    """A check of certificates that ends as OpenSSL's would, with its code."""

    code = 0

    def wrap_socket(self, stream, **options):
        stream.close()
        error = ssl.SSLCertVerificationError(1, "certificate verify failed")
        error.verify_code = self.code
        raise error


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (10, fetching.Untrusted, "expired"),
        (18, fetching.Untrusted, "signed by itself"),
        (62, fetching.Untrusted, "another name"),
        (20, NoAnswer, "could not be checked"),
    ],
)
def test_a_bad_certificate_is_told_from_a_list_of_authorities_that_is_missing_here(code, error, words):
    def context():
        made = Refusal(ssl.PROTOCOL_TLS_CLIENT)
        made.code = code
        return made

    with serving({}) as server:
        network = Network(
            ports=server.network.ports,
            is_allowed=server.network.is_allowed,
            look_up=server.network.look_up,
            tls=context,
        )
        with pytest.raises(error, match=words):
            fetch(server.base.replace("http:", "https:"), agent=AGENT, network=network)


def test_certificates_are_verified_by_default():
    context = fetching.PUBLIC.tls()

    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize(
    ("number", "error"), [(socket.EAI_NONAME, NoSuchHost), (socket.EAI_AGAIN, NoAnswer), (None, NoAnswer)]
)
def test_an_unknown_name_is_told_from_a_network_that_is_away(monkeypatch, number, error):
    def fail(*arguments, **options):
        raise socket.gaierror(number, "no") if number else OSError("no")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(error) as caught:
        fetch("https://example.org/", agent=AGENT)

    assert type(caught.value) is error
