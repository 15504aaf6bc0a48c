"""Public pages are made once for each edition and then given from memory, and never to the wrong reader."""

import gzip
import threading
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.utils import timezone

from articles import edition, missing, views
from articles.edition.memory import Memory
from articles.models import Article, DraftLink, Redirect
from tests.factories import make_article, make_colleague, make_page, make_site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("kept_pages")]

LONG = "<p>" + "A sentence that fills the page. " * 40 + "</p>"


@pytest.fixture
def warm(client, django_assert_num_queries):
    """Ask for an address of which we expect that no query but the edition's is needed."""

    def get(path, **options):
        with django_assert_num_queries(0):
            return client.get(path, **options)

    return get


def wait_for(moment):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_sleep(greatest(0, extract(epoch FROM %s - clock_timestamp()))::float)", [moment]
        )


def test_second_reader_gets_the_same_bytes_and_headers_without_a_query(client, warm):
    path = make_article(body=LONG).get_absolute_url()
    first = client.get(path)

    second = warm(path)

    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert dict(first.items()) == dict(second.items())
    assert second["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "default-src 'none'" in second["Content-Security-Policy"]
    assert "camera=()" in second["Permissions-Policy"]
    assert second["Content-Language"] == "en"
    assert second["ETag"].startswith('"')


def test_a_request_asks_for_the_edition_once(client, monkeypatch):
    asked = []
    monkeypatch.setattr(edition, "_ask", lambda ask=edition._ask: asked.append(1) or ask())
    path = make_article().get_absolute_url()

    client.get(path)
    client.get(path)

    assert len(asked) == 2


def test_a_correction_shows_at_once(client):
    article = make_article(title="Tides")
    client.get(article.get_absolute_url())

    article.title = "Currents"
    article.save()

    assert b"Currents" in client.get(article.get_absolute_url()).content


def test_what_did_not_change_keeps_its_validator_through_editions(client):
    path = make_article().get_absolute_url()
    before = client.get(path)["ETag"]
    make_page(in_footer=False)

    again = client.get(path, headers={"if-none-match": before})

    assert again.status_code == 304


def test_a_transaction_that_commits_late_shows_when_it_commits(client, warm):
    article = make_article(title="Tides")
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE articles_article SET title = 'Late' WHERE id = %s", [article.pk])
    assert b"Late" not in client.get(article.get_absolute_url()).content
    assert b"Late" not in warm(article.get_absolute_url()).content

    other.commit()
    other.close()

    assert b"Late" in client.get(article.get_absolute_url()).content


def test_what_is_undone_never_shows(client, warm):
    article = make_article(title="Tides")
    path = article.get_absolute_url()
    client.get(path)

    with transaction.atomic():
        Article.objects.update(title="Undone")
        transaction.set_rollback(True)

    assert b"Undone" not in warm(path).content


def test_a_scheduled_article_appears_between_two_requests(client):
    moment = timezone.now() + timedelta(seconds=0.7)
    article = make_article(published_at=moment)
    path = article.get_absolute_url()
    assert client.get(path).status_code == 404
    assert article.title not in client.get("/").content.decode()

    wait_for(moment)

    assert client.get(path).status_code == 200
    assert article.title in client.get("/").content.decode()


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_clock_of_the_web_process_decides_nothing(client, time_machine, hours):
    now = timezone.now()
    out = make_article(published_at=now - timedelta(minutes=30))
    ahead = make_article(published_at=now + timedelta(minutes=30))
    time_machine.move_to(now + timedelta(hours=hours))

    home = client.get("/").content.decode()

    assert client.get(out.get_absolute_url()).status_code == 200
    assert client.get(ahead.get_absolute_url()).status_code == 404
    assert out.title in home
    assert ahead.title not in home


def test_an_editor_publishes_by_the_clock_of_the_database(admin_client, time_machine):
    article = make_article(status="draft", published_at=None)
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    with edition.at(edition.read().now):
        article.publish()

    assert admin_client.get(article.get_absolute_url()).status_code == 200


def test_languages_are_kept_apart(client, warm):
    make_site(words={"ar": {"name": "خطوط المد"}})
    english, arabic = client.get("/"), client.get("/ar/")

    assert warm("/")["Content-Language"] == "en"
    assert warm("/ar/")["Content-Language"] == "ar"
    assert warm("/").content == english.content
    assert warm("/ar/").content == arabic.content
    assert b'lang="ar"' in arabic.content


def test_reader_who_has_the_page_gets_304(client, warm):
    path = make_article(body=LONG).get_absolute_url()
    page = client.get(path)

    for sent in (page["ETag"], f"W/{page['ETag']}", f'"other", {page["ETag"]}', "*"):
        again = warm(path, headers={"if-none-match": sent})
        assert again.status_code == 304
        assert not again.content
        assert again["ETag"] == page["ETag"]
        assert again["Cache-Control"] == page["Cache-Control"]
        assert again["Vary"] == page["Vary"]
        assert "Content-Type" not in again
    assert warm(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert warm(path, headers={"if-match": '"other"'}).status_code == 412


def test_head_says_what_get_would(client, warm):
    path = make_article(body=LONG).get_absolute_url()

    cold = client.head(path)
    page = warm(path)

    assert cold.status_code == 200
    assert not cold.content
    assert dict(cold.items()) == dict(page.items())
    assert int(cold["Content-Length"]) == len(page.content)


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "*"])
def test_page_is_compressed_once_for_who_takes_it(client, warm, monkeypatch, accepted):
    path = make_article(body=LONG).get_absolute_url()
    plain = client.get(path)
    monkeypatch.setattr("articles.edition.answers.gzip", None)

    packed = warm(path, headers={"accept-encoding": accepted})

    assert packed["Content-Encoding"] == "gzip"
    assert packed["Vary"] == "Accept-Encoding"
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    headers = {"accept-encoding": accepted, "if-none-match": packed["ETag"]}
    assert warm(path, headers=headers).status_code == 304


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br, gzip; q=0.000, *"])
def test_page_is_plain_for_who_does_not(client, accepted):
    path = make_article(body=LONG).get_absolute_url()

    assert not client.get(path, headers={"accept-encoding": accepted}).has_header("Content-Encoding")


def test_parameters_that_a_page_does_not_read_make_no_page_of_their_own(client, warm):
    path = make_article(body=LONG).get_absolute_url()
    page = client.get(f"{path}?utm_source=letter")

    for query in ("", "?utm_source=other", "?page=7", "?x[]=1&x[]=2&&;", "?%zz=%"):
        assert warm(path + query).content == page.content


def test_pages_of_a_list_are_kept_apart(client, warm):
    for _ in range(views.PER_PAGE + 1):
        make_article()
    first, second = client.get("/kinds/analysis/"), client.get("/kinds/analysis/?page=2")

    assert first.content != second.content
    assert warm("/kinds/analysis/?utm_source=x").content == first.content
    assert warm("/kinds/analysis/?utm_source=x&page=2").content == second.content
    assert client.get("/kinds/analysis/?page=3").status_code == 404
    assert client.get("/kinds/analysis/?page=x").status_code == 404


def test_a_list_that_was_first_asked_for_by_its_second_page(client, warm):
    for _ in range(views.PER_PAGE + 1):
        make_article()
    second = client.get("/kinds/analysis/?page=2&utm_source=x")

    assert warm("/kinds/analysis/?page=2").content == second.content
    first = client.get("/kinds/analysis/?utm_source=x")
    assert first.content != second.content
    assert warm("/kinds/analysis/").content == first.content


def test_an_old_address_with_a_query_leads_on_although_the_path_alone_is_known(client, warm):
    article = make_article()
    Redirect.objects.create(path="/?p=12", article=article)
    Redirect.objects.create(path="/old.php?id=3", article=article)
    assert client.get("/").status_code == 200
    assert client.get("/old.php").status_code == 404

    for _ in range(2):
        assert client.get("/?p=12")["Location"] == article.get_absolute_url()
        assert client.get("/old.php?id=3")["Location"] == article.get_absolute_url()
        assert client.get("/old.php?id=4").status_code == 404
    assert warm("/").status_code == 200


def test_an_old_address_leads_on_whatever_was_asked_for_before_it(client):
    article = make_article()
    Redirect.objects.create(path="/?p=12", article=article)
    Redirect.objects.create(path="/?p=13&lang=ar", article=article)

    assert client.get("/?p=12&from=a-letter").status_code == 404
    assert client.get("/?p=13").status_code == 404

    assert client.get("/?p=12")["Location"] == article.get_absolute_url()
    assert client.get("/?p=13&lang=ar")["Location"] == article.get_absolute_url()


def test_where_a_header_says_that_the_site_is_mounted_reaches_no_other_reader(client):
    first = client.get("/tags/", SCRIPT_NAME="/elsewhere")

    assert "/elsewhere/" in first.text
    assert "/elsewhere/" not in client.get("/tags/").text


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-16"])
def test_a_charset_that_a_reader_claims_changes_no_page(client, charset):
    make_article(title="Tides")
    for path in ["/?page=%5Cud800", "/nothing/?page=1", "/kinds/analysis/?page=%5Cud800"]:
        claimed = client.get(path, headers={"content-type": f"text/plain; charset={charset}"})
        assert claimed.status_code == client.get(path).status_code
        assert claimed.status_code < 500


def test_what_is_not_there_is_kept_until_it_is(client, warm):
    assert client.get("/articles/tides/").status_code == 404
    page = warm("/articles/tides/", headers={"if-none-match": "*"})
    assert page.status_code == 404
    assert page["Cache-Control"] == "public, max-age=0, must-revalidate"

    make_article(slug="tides")

    assert client.get("/articles/tides/").status_code == 200


def test_a_missing_address_that_too_many_asked_for_gets_its_suggestions_later(client, warm, monkeypatch):
    make_article(title="Nine cables")
    monkeypatch.setattr(missing, "allowance", missing.Allowance(0))
    page = client.get("/nine-cables/")
    assert page["Cache-Control"] == "no-store"
    assert b"Perhaps you were looking for" not in page.content

    monkeypatch.setattr(missing, "allowance", missing.Allowance(1))

    assert b"Perhaps you were looking for" in client.get("/nine-cables/").content
    assert b"Perhaps you were looking for" in warm("/nine-cables/").content


@pytest.mark.parametrize("query", ["%00", "a=%00", "page=%00", "a=" + "x" * 9000])
def test_what_is_refused_is_refused_although_the_page_is_kept(client, warm, query):
    path = make_article().get_absolute_url()
    before = client.get(f"{path}?{query}").status_code
    client.get(path)

    assert before == client.get(f"{path}?{query}").status_code == 400
    assert warm(path).status_code == 200


def test_a_broken_cookie_changes_no_page_whether_it_is_kept_or_not(client, warm):
    path = make_article().get_absolute_url()
    broken = {"headers": {"cookie": 'a="\\000"'}}

    assert client.get(path, **broken).status_code == 200
    assert warm(path, **broken).status_code == 200
    assert client.get("/admin/", **broken).status_code == 400


def test_withdrawn_and_moved_addresses_are_kept(client, warm):
    article = make_article()
    article.withdraw("It was wrong.")
    path = article.get_absolute_url()
    assert client.get(path).status_code == 410
    assert warm(path).status_code == 410
    assert client.get(path.rstrip("/")).status_code == 301
    moved = warm(path.rstrip("/"))
    assert (moved.status_code, moved["Location"]) == (301, path)
    assert "max-age=0" in moved["Cache-Control"]


def test_private_pages_are_never_kept(client, admin_client):
    article = make_article(status="draft", body="<p>Unheard of.</p>")
    link = DraftLink.objects.create(
        article=article, created_by=make_colleague("Editor"), expires_at=timezone.now() + timedelta(days=1)
    )
    middleware = kept_by(client)
    addresses = [
        link.path if hasattr(link, "path") else link.get_absolute_url(),
        "/search/?q=tides",
        "/newsletter/preferences/nonsense/",
        "/newsletter/unsubscribe/nonsense/",
        "/newsletter/confirm/nonsense/",
        "/healthz",
        "/trial/mail/",
    ]
    for address in addresses:
        for _ in range(2):
            answer = client.get(address)
            assert answer.status_code in (200, 404)
            assert not answer.get("ETag", "").endswith('-gz"')
    admin_client.get("/admin/")

    assert not [row for row in kept(middleware) if row.status in (200, 301, 404, 410)]


def kept_by(client):
    """Return the middleware that answers a client."""
    client.get("/healthz")
    found = client.handler._middleware_chain
    while type(found).__name__ != "EditionMiddleware":
        found = found.__wrapped__ if hasattr(found, "__wrapped__") else found.__self__
    return found


def kept(middleware):
    rows = [*middleware.memory._main.rows.values(), *middleware.memory._side.rows.values()]
    return [value for value, _size in rows if hasattr(value, "status")]


def test_answers_to_forms_are_not_kept(client):
    for _ in range(2):
        answer = client.post("/newsletter/signup/", {"email": "not an address"})
        assert answer.status_code == 400
    assert client.post("/").status_code == 405
    assert client.get("/").status_code == 200


def test_another_host_gets_the_same_page_and_a_false_one_none(client, warm, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    page = client.get("/")

    assert warm("/", headers={"host": "other.example"}).content == page.content
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_plain_http_is_led_to_https_although_the_page_is_kept(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    page = client.get("/", secure=True)
    assert page["Strict-Transport-Security"] == "max-age=3600"

    plain = client.get("/")

    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/")
    assert client.get("/", secure=True)["Strict-Transport-Security"] == "max-age=3600"


def test_cookies_change_nothing(client, warm):
    page = client.get("/")

    again = warm("/", headers={"cookie": "sessionid=x; csrftoken=y"})

    assert again.content == page.content
    assert not again.cookies


def test_a_database_without_our_tables_is_no_error_of_the_page(client, monkeypatch, caplog):
    def unknown():
        raise ProgrammingError("relation does not exist")

    monkeypatch.setattr(edition, "_ask", unknown)

    assert client.get("/").status_code == 200
    assert "edition" in caplog.text


def all_at_once(client, path, count=8):
    """Ask for a page in many threads at once and return the answers; each has a connection of its own."""
    together, answers = threading.Barrier(count), []

    def ask():
        together.wait(10)
        answers.append(client.get(path))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_a_stampede_makes_the_page_once(client, monkeypatch):
    made, path = [], make_article(body=LONG).get_absolute_url()
    render = views.render_article

    def slowly(*arguments, **keywords):
        made.append(1)
        threading.Event().wait(0.2)
        return render(*arguments, **keywords)

    monkeypatch.setattr(views, "render_article", slowly)
    client.get("/healthz")

    answers = all_at_once(client, path)

    assert len(made) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_who_waits_too_long_makes_the_page_alone(client, monkeypatch):
    path = make_article(body=LONG).get_absolute_url()
    render, first = views.render_article, threading.Lock()
    end = threading.Event()

    def stuck(*arguments, **keywords):
        if first.acquire(blocking=False):
            end.wait(20)
        return render(*arguments, **keywords)

    monkeypatch.setattr(views, "render_article", stuck)
    kept_by(client).flights._patience = 0.1
    threads = [threading.Thread(target=lambda: (client.get(path), connections.close_all()))]
    threads[0].start()
    while not first.locked():
        threading.Event().wait(0.01)

    assert client.get(path).status_code == 200

    end.set()
    threads[0].join(20)


def test_who_waits_for_a_failure_tries_on_its_own(client, monkeypatch):
    client.raise_request_exception = False
    path, first = make_article().get_absolute_url(), threading.Lock()
    render = views.render_article

    def failing_once(*arguments, **keywords):
        if first.acquire(blocking=False):
            threading.Event().wait(0.2)
            raise RuntimeError("once")
        return render(*arguments, **keywords)

    monkeypatch.setattr(views, "render_article", failing_once)
    client.get("/healthz")

    statuses = sorted(answer.status_code for answer in all_at_once(client, path, 4))

    assert statuses == [200, 200, 200, 500]
    assert client.get(path).status_code == 200


def an_edition(number=1, at=1):
    return edition.Edition(number, 0, at)


def test_memory_never_holds_more_than_its_bound():
    memory = Memory(100_000)

    for number in range(1000):
        memory.put(an_edition(), f"page {number}", "text", 1000)
        memory.put(an_edition(), f"guess {number}", "nothing", 1000, aside=True)
        assert memory.used <= 100_000

    assert memory.get(an_edition(), "page 999")
    assert memory.get(an_edition(), "page 0") is None


def test_what_is_asked_for_often_stays():
    memory = Memory(100_000)
    memory.put(an_edition(), "front", "text", 1000)

    for number in range(1000):
        memory.get(an_edition(), "front")
        memory.put(an_edition(), f"page {number}", "text", 1000)

    assert memory.get(an_edition(), "front")


def test_guesses_drive_out_no_page():
    memory = Memory(100_000)
    memory.put(an_edition(), "front", "text", 1000)

    for number in range(10_000):
        memory.put(an_edition(), f"guess {number}", "nothing", 1000, aside=True)

    assert memory.get(an_edition(), "front")


def test_one_enormous_page_drives_out_no_other():
    memory = Memory(100_000)
    memory.put(an_edition(), "front", "text", 1000)
    memory.put(an_edition(), "archive", "text", 90_000)

    assert memory.get(an_edition(), "front")
    assert memory.get(an_edition(), "archive") is None


def test_an_edition_that_is_over_is_forgotten_and_does_not_come_back():
    memory = Memory(100_000)
    memory.put(an_edition(1, at=10), "front", "old", 1000)
    memory.put(an_edition(2, at=20), "front", "new", 1000)
    memory.put(an_edition(1, at=15), "front", "too late", 1000)

    assert memory.get(an_edition(2), "front") == "new"
    assert memory.get(an_edition(1), "front") is None
    assert memory.used < 2000


def test_a_question_mark_in_a_path_is_no_query(client, warm):
    for _ in range(views.PER_PAGE + 1):
        make_article()
    assert client.get("/kinds/analysis/%3Fpage%3D2").status_code == 404
    assert client.get("/kinds/analysis/?page=2").status_code == 200
    assert client.get("/kinds/analysis/%3Fpage%3D2").status_code == 404
    assert warm("/kinds/analysis/?page=2").status_code == 200
