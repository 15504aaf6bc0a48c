"""How long a session lives: it ends when nobody is there, when it is old, and when its owner says so.

Idle time is the age of the cookie and of the row (SESSION_COOKIE_AGE), renewed by what a person does.
"""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.utils import timezone

from articles.desk import is_desk

BEGAN, SEEN = "began", "seen"
# A session's row is written at most this often.
RENEWAL = 10 * 60  # seconds
# So long after the login nobody is asked for the password again.
FRESH = 15 * 60  # seconds


class SessionLimits:
    """End sessions that have reached their greatest age, and renew those in which somebody is at work."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_desk(request) or SESSION_KEY not in request.session:
            return self.get_response(request)
        if age(request) > settings.SESSION_MAX_AGE:
            logout(request)
        response = self.get_response(request)
        # A page left open asks for news by itself: that is nobody at work.
        if SESSION_KEY in request.session and not getattr(request, "is_unattended", False):
            renew(request.session)
        return response


def begin(sender, request, user, **kwargs):
    """Note when a session began; connected to Django's signal of a login."""
    now = int(time.time())
    request.session[BEGAN] = request.session[SEEN] = now


def age(request):
    """Return the seconds since the login."""
    return time.time() - request.session.setdefault(BEGAN, int(time.time()))


def renew(session):
    now = int(time.time())
    if now - session.get(SEEN, 0) > RENEWAL:
        session[SEEN] = now


def end_all(user, keep=None):
    """End every session of a person, but for the one with the key `keep`; return how many ended."""
    ended = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=keep or ""):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
            ended += 1
    return ended
