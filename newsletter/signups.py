"""What a sign-up gets for an answer, decided out of sight of whoever typed the address."""

from articles.models import Throttle

from . import mails
from .addresses import address_hash
from .models import ConfirmationToken, Subscriber, Subscription, Suppression
from .network import network_of

MINUTE, HOUR, DAY = 60, 3600, 86_400
PER_NETWORK = [("network-hour", 20, HOUR)]
PER_SITE = [("site-minute", 100, MINUTE), ("site-hour", 1000, HOUR)]
PER_ADDRESS = [("address-short", 1, 10 * MINUTE), ("address-week", 5, 7 * DAY)]


def network_may_ask(origin):
    """Count one more request and return whether this network, and everybody together, stay within limits."""
    return _within(PER_NETWORK, network_of(origin)) and _within(PER_SITE, "all")


def answer(request):
    """Return the mail that answers a claimed SignupRequest, or None where none is due.

    New, unconfirmed and departed addresses get a link to confirm; subscribed ones are told so. Addresses over
    their limit, and those that complained or were blocked, get nothing. Somebody who was forgotten or whose
    mail came back is asked again: only they can press the button.
    """
    hashed = address_hash(request.email)
    # Counted once for each request: an attempt after a crash is not one more request.
    if request.attempts == 1 and not _within(PER_ADDRESS, hashed):
        return None
    if Suppression.objects.is_final(hashed):
        return None
    subscriber = Subscriber.objects.with_address(request.email, language=request.language)
    subscription, _created = Subscription.objects.select_related("newsletter", "subscriber").get_or_create(
        subscriber=subscriber, newsletter=request.newsletter
    )
    if subscription.is_active:
        return mails.already_subscribed(subscription)
    token = ConfirmationToken.objects.issue(subscription, request)
    return mails.confirmation(subscription, token, request.language)


def _within(limits, key):
    return all(
        Throttle.objects.allow(f"signup-{name}:{key}", limit=limit, seconds=seconds)
        for name, limit, seconds in limits
    )
