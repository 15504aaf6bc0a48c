"""Whether an outside link still leads somewhere: one polite look at a time."""

from django.conf import settings

from .fetching import (
    PUBLIC,
    FetchError,
    NoAnswer,
    NoSuchHost,
    NotPublic,
    TooManyRedirects,
    TooSlow,
    Untrusted,
    fetch,
)
from .models import OutboundLink

SECONDS = 10  # for each of at most two requests
START = 1024  # bytes: enough to see that there is something

GONE = {404, 410}
# The page is there, although not the part of it that was asked for (RFC 9110, section 15.5.17).
THERE = {*range(200, 300), 416}


def check(link, *, network=PUBLIC):
    """Look whether a link leads somewhere and write down what was found."""
    link.settle(*look(link.url, network=network))


def look(url, *, network=PUBLIC):
    """Return the state of an address and the answer in words; never raises for what the other side does."""
    State = OutboundLink.State
    try:
        answer = ask(url, network)
    except NoSuchHost as error:
        # Where no name can be found at all, the fault is ours.
        return State.BROKEN if names_are_found(url, network) else State.UNCERTAIN, sentence(error)
    except (NotPublic, TooManyRedirects, Untrusted) as error:
        return State.BROKEN, sentence(error)
    except FetchError as error:
        return State.UNCERTAIN, sentence(error)
    words = f"{answer.phrase}, at {answer.url}" if answer.redirects else answer.phrase
    if answer.status in THERE:
        return State.GOOD, words
    return State.BROKEN if answer.status in GONE else State.UNCERTAIN, words


def ask(url, network):
    """Return the answer to HEAD, or, where a server makes nothing of that, to GET for the beginning."""
    options = {"agent": agent(), "seconds": SECONDS, "network": network}
    try:
        answer = fetch(url, method="HEAD", **options)
    except TooSlow:
        raise
    except NoAnswer:
        answer = None
    if answer is not None and answer.status in THERE:
        return answer
    return fetch(url, headers={"Range": f"bytes=0-{START - 1}"}, max_bytes=START, cut=True, **options)


def names_are_found(url, network):
    """Whether the name of another host, whose link is good, can be looked up now."""
    others = OutboundLink.objects.filter(state=OutboundLink.State.GOOD).exclude(url=url)
    known = others.exclude(host="").order_by("-checked_at").first()
    if known is None:
        return False
    try:
        return bool(network.look_up(known.host, 443))
    except FetchError:
        return False


def agent():
    return f"Standfirst link check (+{settings.SITE_URL})"


def sentence(error):
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
