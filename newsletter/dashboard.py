"""What the desk's front page shows of the newsletter."""

from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from .models import Subscription

RECENT = timedelta(days=7)


def subscriptions():
    """Return the numbers of subscriptions: those there are, and what the last seven days changed."""
    states, since = Subscription.Status, timezone.now() - RECENT
    return Subscription.objects.aggregate(
        active=Count("pk", filter=Q(status=states.ACTIVE)),
        pending=Count("pk", filter=Q(status=states.PENDING)),
        joined=Count("pk", filter=Q(status=states.ACTIVE, confirmed_at__gte=since)),
        left=Count("pk", filter=Q(status=states.UNSUBSCRIBED, left_at__gte=since)),
        returned=Count("pk", filter=Q(status__in=[states.BOUNCED, states.COMPLAINED])),
    )
