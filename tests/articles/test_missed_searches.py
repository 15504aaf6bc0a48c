"""What readers looked for in vain, as editors see it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import MissedSearch
from tests.factories import make_colleague

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/missedsearch/"


def miss(query, **fields):
    return MissedSearch.objects.create(query=query, language="en", **fields)


def test_an_editor_sees_what_was_missed_most_and_deletes_what_is_dealt_with(client):
    miss("amphibious", count=2)
    turnpike = miss("turnpike", count=5, offered="turnpikes")
    client.force_login(make_colleague("Editor"))

    page = client.get(LIST).content.decode()
    assert page.index("turnpike") < page.index("amphibious")
    assert 'href="/search/?q=turnpike"' in page
    assert "amphibious" not in client.get(LIST, {"q": "turn"}).content.decode().split("results")[-1]
    client.post(LIST, {"action": "delete_selected", "_selected_action": [turnpike.pk], "post": "yes"})
    assert list(MissedSearch.objects.values_list("query", flat=True)) == ["amphibious"]


def test_the_list_is_bounded_and_forgets_what_is_old(monkeypatch):
    monkeypatch.setattr(type(MissedSearch.objects.all()), "KEPT", 3)
    now = timezone.now()
    for days in (0, 1, 2, 3):
        miss(f"days {days}", last_at=now - timedelta(days=days))
    MissedSearch.objects.sweep()
    assert set(MissedSearch.objects.values_list("query", flat=True)) == {"days 0", "days 1", "days 2"}

    MissedSearch.objects.filter(query="days 1").update(last_at=now - timedelta(days=181))
    MissedSearch.objects.sweep()
    assert set(MissedSearch.objects.values_list("query", flat=True)) == {"days 0", "days 2"}
