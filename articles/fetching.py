"""The one way out: asks other machines over HTTP, and only those that anybody could ask.

An address may come from an editor, an import or another site's redirect, so that none may lead to a machine
of our own network: every address that a name has must be public, the connection goes to the address that was
checked, and each redirect is checked like the first address. Nothing of ours goes with a request.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from urllib.parse import quote, urljoin, urlsplit

MAX_ADDRESS = 4000  # characters
MAX_BYTES = 20 * 1024 * 1024
MAX_REDIRECTS = 5
SECONDS = 15.0  # for all of it: redirects too
MAX_PEERS = 3  # addresses of one name that are tried

_REDIRECTS = {301, 302, 303, 307, 308}
_PORTS = {"http": 80, "https": 443}
# What an address may hold as it is; the rest is percent-encoded (RFC 3986, section 2).
_SAFE = "%/:=&?~+!$,;'@()*[]"

# The only block that is given out for the public internet (RFC 4291 and IANA's registry), without what leads
# elsewhere: Teredo and other special uses, 6to4, and the examples of documentation.
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_SPECIAL_V6 = [
    ipaddress.ip_network(name) for name in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]
# Which older Pythons take for global: IETF protocol assignments, and the relays of 6to4.
_SPECIAL_V4 = [ipaddress.ip_network(name) for name in ("192.0.0.0/24", "192.88.99.0/24")]

# OpenSSL's X509_V_ERR codes for what is the other site's own fault: expired, signed by itself, another name.
# An unknown issuer may as well be a list of authorities that is missing here.
_EXPIRED, _SELF_SIGNED, _OTHER_NAME = 10, 18, 62


class FetchError(Exception):
    """The address could not be fetched; the message is a phrase that says why."""


class Refused(FetchError):
    """We do not ask this: it is no web address, or not one for us."""


class BadAddress(Refused):
    """Not an http or https address that can be asked."""


class NotPublic(Refused):
    """The name leads to a machine that the public cannot reach."""


class NoSuchHost(FetchError):
    """The name is not known."""


class Untrusted(FetchError):
    """The certificate has expired, is for another name, or is signed by nobody else."""


class NoAnswer(FetchError):
    """The machine could not be reached or broke off; it may be its fault, ours, or the network's."""


class TooSlow(NoAnswer):
    """It took longer than was allowed."""


class TooLarge(FetchError):
    """The answer is larger than was allowed."""


class TooManyRedirects(FetchError):
    """It went on redirecting."""


def is_public(address):
    """Return whether an IP address, as text, is one of the public internet."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6:
        return ip in _GLOBAL_V6 and not any(ip in network for network in _SPECIAL_V6)
    special = ip.is_multicast or ip.is_reserved or any(ip in network for network in _SPECIAL_V4)
    return ip.is_global and not special


def look_up(host, port):
    """Return the IP addresses of a host as text; raises NoSuchHost, or NoAnswer where nobody could say."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        unknown = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
        if error.errno in unknown:
            raise NoSuchHost("the name is not known") from error
        raise NoAnswer("the name could not be looked up") from error
    except (OSError, UnicodeError) as error:
        raise NoAnswer("the name could not be looked up") from error
    return list(dict.fromkeys(entry[4][0] for entry in found))


@dataclass(frozen=True)
class Network:
    """Which machines may be asked. The default is the rule; tests hand in one that has a loopback server."""

    ports: frozenset[int] = frozenset(_PORTS.values())
    is_allowed: Callable[[str], bool] = is_public
    look_up: Callable[[str, int], list[str]] = look_up
    tls: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)

    def peers(self, host, port):
        """Return the addresses to connect to; raises NotPublic where one of them is not for us."""
        addresses = self.look_up(host, port)
        if not addresses or not all(self.is_allowed(address) for address in addresses):
            raise NotPublic("it does not lead to the public internet")
        return addresses[:MAX_PEERS]


PUBLIC = Network()


@dataclass(frozen=True)
class Answer:
    """What came back at last, after `redirects`; `url` is where from."""

    url: str
    status: int
    headers: Message
    body: bytes
    redirects: int = 0

    @property
    def phrase(self):
        """The status as people know it, such as “404 Not Found”."""
        known = self.status in HTTPStatus._value2member_map_
        return f"{self.status} {HTTPStatus(self.status).phrase}" if known else str(self.status)


def fetch(
    url,
    *,
    agent,
    method="GET",
    headers=None,
    body=None,
    max_bytes=MAX_BYTES,
    cut=False,
    seconds=SECONDS,
    network=PUBLIC,
):
    """Ask for an address, as `agent`, following redirects; return the Answer, whatever its status.

    `seconds` bounds the whole but for the look-up of names, which the system's resolver bounds. A body over
    `max_bytes` is cut there if `cut`, and otherwise raises TooLarge. The body is as it was sent: nothing is
    unpacked. Raises FetchError.
    """
    deadline = time.monotonic() + seconds
    headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity", **(headers or {})}
    for redirects in range(MAX_REDIRECTS + 1):
        target = _Target.of(url, network)
        answer, location = _ask(target, method, headers, body, max_bytes, cut, deadline, network)
        if answer.status not in _REDIRECTS or not location:
            return Answer(url, answer.status, answer.headers, answer.body, redirects)
        url = _joined(url, location)
    raise TooManyRedirects(f"it redirects more than {MAX_REDIRECTS} times")


@dataclass(frozen=True)
class _Target:
    is_https: bool
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url, network):
        """Take an address apart; raises BadAddress for what is not plainly a web address without a login."""
        if len(url) > MAX_ADDRESS or any(c <= " " or c in "\\\x7f" for c in url):
            raise BadAddress("it is not a web address")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
            host = host.encode("idna").decode() if host else ""
        except ValueError as error:
            raise BadAddress("it is not a web address") from error
        if parts.scheme not in _PORTS or not host or "%" in host:
            raise BadAddress("it is not a web address")
        if parts.username is not None or parts.password is not None:
            raise BadAddress("it has a login in it")
        port = _PORTS[parts.scheme] if port is None else port
        if port not in network.ports:
            raise BadAddress(f"port {port} is not asked")
        path = quote(parts.path or "/", safe=_SAFE)
        if parts.query:
            path += f"?{quote(parts.query, safe=_SAFE)}"
        return cls(parts.scheme == "https", host, port, path)


def _joined(url, location):
    # http.client reads headers as Latin-1; what is meant by bytes beyond ASCII is UTF-8.
    location = location.encode("latin-1", "replace").decode("utf-8", "replace").strip()
    try:
        return urljoin(url, location.replace(" ", "%20"))
    except ValueError as error:
        raise BadAddress("it redirects to what is not a web address") from error


def _ask(target, method, headers, sent, max_bytes, cut, deadline, network):
    """Make one request; return the Answer and where it redirects to."""
    connection = _Pinned(target, network.peers(target.host, target.port), deadline, network)
    try:
        connection.request(method, target.path, body=sent, headers=headers)
        response = connection.getresponse()
        location = response.getheader("Location")
        is_redirect = response.status in _REDIRECTS and location
        body = b"" if method == "HEAD" or is_redirect else _read(response, max_bytes, cut)
        return Answer("", response.status, response.headers, body), location
    except TimeoutError as error:
        raise TooSlow("it took too long") from error
    except ssl.SSLCertVerificationError as error:
        kinds = {_EXPIRED: "expired", _SELF_SIGNED: "signed by itself", _OTHER_NAME: "for another name"}
        if kind := kinds.get(error.verify_code):
            raise Untrusted(f"its certificate is {kind}") from error
        raise NoAnswer("its certificate could not be checked") from error
    except ssl.SSLError as error:
        raise NoAnswer("no secure connection could be made") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer("it gave no proper answer") from error
    finally:
        connection.shut()


def _read(response, max_bytes, cut):
    body = bytearray()
    while len(body) <= max_bytes:
        piece = response.read1(65536)
        if not piece:
            return bytes(body)
        body += piece
    if cut:
        return bytes(body[:max_bytes])
    raise TooLarge(f"it is larger than {max_bytes:,} bytes")


class _Pinned(http.client.HTTPConnection):
    """A connection to one of the addresses that were checked, whatever the name says a moment later."""

    def __init__(self, target, peers, deadline, network):
        super().__init__(target.host, target.port)
        self._target, self._peers, self._deadline, self._network = target, peers, deadline, network
        self._plain = None
        if target.is_https:
            self.default_port = 443

    def connect(self):
        self._plain = self._reach()
        stream = self._plain
        if self._target.is_https:
            stream.settimeout(_left(self._deadline))
            stream = self._network.tls().wrap_socket(stream, server_hostname=self.host)
            self._plain = stream
        self.sock = _Bounded(stream, self._deadline)

    def _reach(self):
        *others, last = self._peers
        for peer in others:
            try:
                return self._to(peer)
            except OSError:
                continue
        return self._to(last)

    def _to(self, peer):
        return socket.create_connection((peer, self.port), timeout=min(5, _left(self._deadline)))

    def shut(self):
        self.close()
        if self._plain is not None:
            self._plain.close()


class _Bounded:
    """A socket that knows one moment for all that it does, so that no drip of bytes can stretch it."""

    def __init__(self, stream, deadline):
        self._stream, self._deadline = stream, deadline

    def sendall(self, data):
        self._stream.settimeout(_left(self._deadline))
        self._stream.sendall(data)

    def makefile(self, mode):
        return io.BufferedReader(_Incoming(self._stream, self._deadline))

    def close(self):
        """Leave the stream open: http.client closes its connection before the answer has been read."""


class _Incoming(io.RawIOBase):
    def __init__(self, stream, deadline):
        super().__init__()
        self._stream, self._deadline = stream, deadline

    def readable(self):
        return True

    def readinto(self, buffer):
        self._stream.settimeout(_left(self._deadline))
        return self._stream.recv_into(buffer)


def _left(deadline):
    """Return the seconds until a moment; raises TimeoutError once it has passed."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
