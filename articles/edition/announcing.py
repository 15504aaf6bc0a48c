"""Tells a cache in front of the site (a CDN) that readers see something new: one POST for all that is new."""

import json
import logging
from urllib.parse import urlsplit

from django.conf import settings

from articles import edition
from articles.fetching import FetchError, Network, fetch
from articles.models import Edition

logger = logging.getLogger(__name__)

SECONDS = 5.0  # for the answer; the heartbeat waits for it
_PORTS = {"http": 80, "https": 443}


def announce():
    """POST {"edition": "…"} to PURGE_URL where the edition is another than was last announced.

    Crash window: what was announced and not written down is announced again. What fails is tried again at the
    next beat.
    """
    if not settings.PURGE_URL:
        return
    name = edition.read().name
    due = Edition.objects.filter(id=1).exclude(announced=name)
    if due.exists() and told(name):
        due.update(announced=name)


def told(name):
    try:
        answer = fetch(
            settings.PURGE_URL,
            method="POST",
            body=json.dumps({"edition": name}).encode(),
            headers={"Content-Type": "application/json"},
            agent=f"Standfirst (+{settings.SITE_URL})",
            seconds=SECONDS,
            max_bytes=65_536,
            cut=True,
            network=network(),
        )
    except FetchError as error:
        logger.warning("PURGE_URL was not told of the new edition: %s.", error)
        return False
    if not 200 <= answer.status < 300:
        logger.warning("PURGE_URL was not told of the new edition: it answers %s.", answer.phrase)
        return False
    return True


def network():
    """Return the one machine that the operator has named, be it in our own network."""
    parts = urlsplit(settings.PURGE_URL)
    return Network(ports=frozenset({parts.port or _PORTS[parts.scheme]}), is_allowed=lambda address: True)
