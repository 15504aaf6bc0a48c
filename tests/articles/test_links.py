"""The ledger of outside links: what is in it, and what a check makes of an answer."""

import socket
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles import link_checks
from articles.fetching import Network, NoAnswer, NoSuchHost
from articles.models import LinkUse, OutboundLink, RelatedLink
from articles.tasks import check_link
from config import heartbeat
from tests.articles.test_admin_writing import ADD, form
from tests.articles.test_fetching import serving
from tests.factories import make_article, make_page

pytestmark = pytest.mark.django_db
State = OutboundLink.State


def body(*urls):
    return "".join(f'<p><a href="{url}">There</a></p>' for url in urls)


def links_of(**place):
    return sorted(LinkUse.objects.filter(**place).values_list("link__url", flat=True))


def make_link(url="https://example.org/", **fields):
    """A link in an article; due now unless told otherwise."""
    make_article(body=body(url))
    OutboundLink.objects.filter(url=url).update(**fields)
    return OutboundLink.objects.get(url=url)


# What is recorded


def test_the_outside_links_of_an_article_are_recorded_wherever_they_stand():
    article = make_article(
        body=body("https://a.example/x", "/articles/other/", "http://testserver/about/", "mailto:a@b.example")
        + "<p>Words<a href='https://a.example/x#part'>again</a></p>",
        source_url="https://paper.example/story",
    )
    RelatedLink.objects.create(article=article, url="https://b.example/", title="B")

    article.save()

    assert links_of(article=article) == [
        "https://a.example/x",
        "https://b.example/",
        "https://paper.example/story",
    ]


def test_a_page_has_its_links_recorded():
    page = make_page(body=body("https://a.example/"))

    assert links_of(page=page) == ["https://a.example/"]


def test_a_link_that_is_taken_out_is_no_longer_used_and_its_history_stays():
    article = make_article(body=body("https://a.example/", "https://b.example/"))
    OutboundLink.objects.filter(url="https://a.example/").update(archived_url="https://archive.example/a")

    article.body = body("https://b.example/", "https://c.example/")
    article.save()

    assert links_of(article=article) == ["https://b.example/", "https://c.example/"]
    assert OutboundLink.objects.get(url="https://a.example/").archived_url


def test_two_articles_share_one_link():
    make_article(body=body("https://a.example/"))
    make_article(body=body("https://a.example/"))

    assert OutboundLink.objects.count() == 1
    assert LinkUse.objects.count() == 2


def test_related_links_of_the_form_are_recorded(admin_client):
    admin_client.post(ADD, form(links=[{"url": "https://b.example/", "title": "B"}], _draft="1"))

    assert links_of(article__title="The canal") == ["https://b.example/"]


def test_a_save_asks_the_same_number_of_questions_however_many_links():
    def asked(article):
        with CaptureQueriesContext(connection) as captured:
            article.save()
        return len(captured)

    few = make_article()
    many = make_article()
    few.body = body("https://a.example/")
    many.body = body(*(f"https://b.example/{number}" for number in range(300)))

    assert asked(few) == asked(many)
    assert asked(many) == asked(few)


def test_a_link_that_is_used_again_is_checked_again():
    make_link(due_at=None)

    make_article(body=body("https://example.org/"))

    assert OutboundLink.objects.get().due_at <= timezone.now()


@pytest.mark.parametrize(
    "url", ["https://a.example/" + "x" * 1900, "https://مثال.example/مقال?q=ü", "https://a.example:8080/"]
)
def test_long_and_foreign_addresses_are_recorded(url):
    article = make_article(body=body(url))

    assert len(links_of(article=article)) == 1


# Whose turn it is


def claim():
    return list(
        OutboundLink.objects.filter(pk__in=OutboundLink.objects.claim_due())
        .order_by("url")
        .values_list("url", flat=True)
    )


def test_a_few_links_are_claimed_and_never_two_of_one_host(time_machine):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    make_article(body=body(*(f"https://a.example/{number}" for number in range(3)), "https://b.example/"))

    first = claim()

    assert len(first) == 2
    assert {OutboundLink.objects.get(url=url).host for url in first} == {"a.example", "b.example"}
    assert claim() == []


def test_a_host_is_left_alone_for_a_while_after_its_check(time_machine):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    make_article(body=body("https://a.example/1", "https://a.example/2"))
    OutboundLink.objects.get(pk=OutboundLink.objects.claim_due()[0]).settle(State.GOOD, "200 OK")
    assert claim() == []

    time_machine.move_to("2026-05-01T10:00:31Z", tick=False)

    assert len(claim()) == 1


def test_no_more_checks_are_under_way_than_allowed():
    make_article(body=body(*(f"https://h{number}.example/" for number in range(20))))

    assert len(claim()) == 4
    assert claim() == []


def test_a_lost_check_is_due_again_an_hour_later(time_machine):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    make_link()
    claim()

    time_machine.move_to("2026-05-01T11:00:01Z", tick=False)

    assert claim() == ["https://example.org/"]


def test_what_no_text_uses_is_not_asked():
    make_link()
    LinkUse.objects.all().delete()

    assert claim() == []
    assert OutboundLink.objects.get().due_at is None


def test_the_heartbeat_queues_checks_only_where_the_operator_wants_them(settings):
    make_link()
    settings.LINK_CHECKS = False
    heartbeat.check_links()
    assert not DBTaskResult.objects.exists()

    settings.LINK_CHECKS = True
    heartbeat.check_links()
    heartbeat.check_links()

    task = DBTaskResult.objects.get()
    assert (task.task_path, task.priority) == (check_link.module_path, -10)


def test_a_trial_asks_nobody_by_itself(settings):
    assert settings.LINK_CHECKS is False


def test_a_check_that_is_run_twice_asks_once(monkeypatch):
    asked = []
    monkeypatch.setattr(
        link_checks, "look", lambda url, **options: asked.append(url) or (State.GOOD, "200 OK")
    )
    [pk] = [make_link().pk]
    OutboundLink.objects.claim_due()

    check_link.call(pk)
    check_link.call(pk)
    check_link.call(pk + 1)

    assert asked == ["https://example.org/"]
    assert OutboundLink.objects.get().state == State.GOOD


# What an answer means


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, State.GOOD),
        (204, State.GOOD),
        (206, State.GOOD),
        (416, State.GOOD),
        (404, State.BROKEN),
        (410, State.BROKEN),
        (401, State.UNCERTAIN),
        (403, State.UNCERTAIN),
        (429, State.UNCERTAIN),
        (500, State.UNCERTAIN),
        (503, State.UNCERTAIN),
        (599, State.UNCERTAIN),
        (302, State.UNCERTAIN),
    ],
)
def test_a_status_says_what_became_of_the_page(status, state):
    with serving({"/": (status, {}, b"")}) as server:
        found, answer = link_checks.look(f"{server.base}/", network=server.network)

    assert found == state
    assert answer.startswith(str(status))


def test_a_server_that_refuses_head_is_asked_for_the_beginning():
    def only_get(handler):
        handler.send_response(405 if handler.command == "HEAD" else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serving({"/": only_get}) as server:
        found, _answer = link_checks.look(f"{server.base}/", network=server.network)

    assert found == State.GOOD
    assert [method for method, _path, _headers in server.seen] == ["HEAD", "GET"]
    headers = server.seen[1][2]
    assert headers["Range"] == "bytes=0-1023"
    assert headers["User-Agent"] == "Standfirst link check (+http://testserver)"


def test_an_answer_says_where_a_moved_page_is_now():
    with serving({"/": (301, {"Location": "/new"}, b""), "/new": (200, {}, b"")}) as server:
        found, answer = link_checks.look(f"{server.base}/", network=server.network)

    assert found == State.GOOD
    assert answer == f"200 OK, at {server.base}/new"


def unreachable(error):
    def look_up(host, port):
        raise error

    return Network(look_up=look_up)


def test_without_a_network_nothing_is_called_broken():
    make_link("https://good.example/", state=State.GOOD, checked_at=timezone.now())

    for error in (NoAnswer("the name could not be looked up"), NoSuchHost("the name is not known")):
        assert link_checks.look("https://a.example/", network=unreachable(error))[0] == State.UNCERTAIN


def test_a_name_that_is_gone_while_others_are_found_is_broken():
    make_link("https://good.example/", state=State.GOOD, checked_at=timezone.now())

    def look_up(host, port):
        if host == "gone.example":
            raise NoSuchHost("the name is not known")
        return ["93.184.216.34"]

    found, answer = link_checks.look("https://gone.example/", network=Network(look_up=look_up))

    assert (found, answer) == (State.BROKEN, "The name is not known.")


def test_a_link_into_a_private_network_is_broken_for_readers():
    assert link_checks.look("http://127.0.0.1/")[0] == State.BROKEN


def test_a_port_that_is_not_asked_is_uncertain(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: pytest.fail("looked up"))

    assert link_checks.look("https://a.example:8080/") == (State.UNCERTAIN, "Port 8080 is not asked.")


# What becomes of a link


def test_a_link_is_broken_only_after_two_failures_a_day_apart(time_machine):
    link = make_link()
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    first = timezone.now()
    link.settle(State.BROKEN, "404 Not Found")
    assert (link.state, link.broken_since) == (State.UNCERTAIN, None)
    assert link.due_at == first + timedelta(days=1)

    time_machine.move_to("2026-05-01T11:00:00Z", tick=False)
    link.settle(State.BROKEN, "404 Not Found")
    assert link.state == State.UNCERTAIN

    time_machine.move_to("2026-05-02T10:00:00Z", tick=False)
    link.settle(State.BROKEN, "404 Not Found")

    link.refresh_from_db()
    assert (link.state, link.broken_since) == (State.BROKEN, first)


def test_no_clear_answer_keeps_a_broken_link_broken_and_a_good_one_mends_it():
    since = timezone.now() - timedelta(days=9)
    link = make_link(state=State.BROKEN, broken_since=since, failing_since=since, failures=3)

    link.settle(State.UNCERTAIN, "503 Service Unavailable")
    assert (link.state, link.broken_since) == (State.BROKEN, since)

    link.settle(State.GOOD, "200 OK")
    assert (link.state, link.broken_since, link.failures) == (State.GOOD, None, 0)


def test_checks_that_fail_come_ever_less_often(time_machine):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    link = make_link()
    waits = []
    for _check in range(40):
        link.settle(State.UNCERTAIN, "Too slow")
        waits.append((link.due_at - timezone.now()).days)

    assert waits[:7] == [1, 2, 4, 8, 16, 30, 30]
    assert waits[-1] == 30


# What editors see

LIST = "/admin/articles/outboundlink/"


def test_the_list_says_what_is_broken_where_and_since_when(admin_client):
    make_page(title="About us", body=body("https://example.org/"))
    link = make_link(
        state=State.BROKEN,
        broken_since=timezone.now() - timedelta(days=3),
        answer="404 Not Found",
        archived_url="https://archive.example/x",
    )
    make_link("https://fine.example/", state=State.GOOD)

    page = admin_client.get(LIST)

    first, second = page.context["cl"].result_list
    assert (first, second.url) == (link, "https://fine.example/")
    for words in ("example.org", "Broken", "404 Not Found", "About us", "Article"):
        assert words in page.text
    assert list(admin_client.get(LIST, {"state__exact": "broken"}).context["cl"].result_list) == [link]


def test_the_list_of_links_asks_the_same_number_of_questions_whatever_its_length(admin_client):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(LIST).status_code == 200
        return len(captured)

    make_link()
    asked()
    few = asked()
    for number in range(5):
        make_article(body=body(*(f"https://a.example/{n}" for n in range(number * 3))))
    make_page(body=body("https://a.example/0"))

    assert asked() == few


def test_a_link_in_many_articles_names_a_few(admin_client):
    for number in range(5):
        make_article(title=f"Piece {number}", body=body("https://a.example/"))

    page = admin_client.get(LIST).text

    assert "Piece 2" in page
    assert "Piece 3" not in page
    assert "and 2 more" in page
    link = OutboundLink.objects.get()
    assert "Piece 4" in admin_client.get(f"{LIST}{link.pk}/change/").text


def test_an_archived_copy_is_kept_and_the_rest_of_the_row_stays_with_the_checks(admin_client):
    link = make_link(state=State.BROKEN, answer="404 Not Found")

    admin_client.post(
        f"{LIST}{link.pk}/change/",
        {"archived_url": "https://archive.example/x", "state": "good", "answer": "fine"},
    )
    admin_client.post(f"{LIST}{link.pk}/change/", {"archived_url": "javascript:alert(1)"})

    link.refresh_from_db()
    assert (link.archived_url, link.state) == ("https://archive.example/x", State.BROKEN)


def test_a_link_can_be_checked_at_once(admin_client, settings):
    settings.LINK_CHECKS = True
    link = make_link(due_at=timezone.now() + timedelta(days=20))

    response = admin_client.post(LIST, {"action": "check_now", "_selected_action": [link.pk]}, follow=True)

    assert "1 link is checked" in response.text
    assert claim() == [link.url]


def test_where_links_are_not_checked_the_desk_says_so(admin_client):
    link = make_link(due_at=None)

    response = admin_client.post(LIST, {"action": "check_now", "_selected_action": [link.pk]}, follow=True)

    assert "Links are not checked on this site" in response.text
    assert OutboundLink.objects.get().due_at is None


def test_nobody_adds_or_deletes_links_by_hand(admin_client):
    link = make_link()

    for address in ("add/", f"{link.pk}/delete/"):
        assert admin_client.get(LIST + address).status_code == 403
    assert admin_client.get(f"{LIST}99999/change/").status_code == 302
