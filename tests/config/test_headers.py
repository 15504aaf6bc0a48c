import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from config import urls
from config.wsgi import with_plain_charset
from tests.config.processes import manage

pytestmark = pytest.mark.django_db


def broken(request):
    raise RuntimeError("a mistake of ours")


def fine(request):
    return HttpResponse("fine")


urlpatterns = [path("broken/", broken), path("fine/", fine), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("charset", ["zlib", "UNICODE_ESCAPE", '"idna"', "utf-16", "x\0"])
def test_an_address_is_read_as_utf_8_whatever_charset_is_claimed(charset):
    claimed = f"text/plain; charset={charset}"
    environ = RequestFactory().get("/?q=%5Cud800%D7%90", content_type=claimed).environ

    assert WSGIRequest(with_plain_charset(environ)).GET["q"] == "\\ud800א"


def test_a_form_in_a_common_charset_is_read():
    environ = RequestFactory().post("/", {"name": "Ada"}).environ

    assert WSGIRequest(with_plain_charset(environ)).POST["name"] == "Ada"
    environ["CONTENT_TYPE"] = "text/plain; charset=ISO-8859-1"
    assert WSGIRequest(with_plain_charset(environ)).encoding == "ISO-8859-1"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/fine/", 200),
        ("/healthz", 200),
        ("/admin/", 302),
        ("/admin/login/", 200),
        ("/fine", 301),
        ("/a\0b/", 400),
        ("/fine/?q=%00", 400),
        ("/" + "x" * 9000, 400),
        ("/there/is/no/such/page/", 404),
        ("/broken/", 500),
    ],
)
def test_every_answer_tells_the_browser_what_it_may_do(client, address, status):
    answer = client.get(address)

    assert answer.status_code == status
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_a_foreign_host_name_is_refused_with_all_headers(client):
    answer = client.get("/fine/", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer


def test_the_admin_has_a_nonce_of_its_own_in_each_answer(client):
    first, second = (client.get("/admin/login/")["Content-Security-Policy"] for _ in range(2))

    if "'nonce-" in first:
        assert first != second
    assert "frame-src 'self'" in first


def test_a_public_answer_has_no_nonce_and_no_cookie(client):
    answer = client.get("/fine/")

    assert "nonce" not in answer["Content-Security-Policy"]
    assert not answer.cookies


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "anything"])
def test_a_cookie_with_a_nul_byte_is_refused(client, name):
    client.cookies.load(f'{name}="aaaaaaaaaaaa\\000b"')

    assert client.get("/admin/").status_code == 400


@pytest.mark.parametrize("kind", ["multipart", "urlencoded"])
def test_a_login_with_a_nul_byte_is_no_error_of_ours(client, settings, kind):
    settings.AXES_ENABLED = True
    form = {"username": "ed\0itor", "password": "x\0y"}
    body = {"data": form}
    if kind == "urlencoded":
        body = {
            "data": "username=ed%00itor&password=x%00y",
            "content_type": "application/x-www-form-urlencoded",
        }

    assert client.post("/admin/login/", **body).status_code < 500


def test_production_tells_browsers_to_come_by_https_for_a_year():
    said = manage(
        "shell",
        "-v0",
        "-c",
        "from django.test import Client\n"
        "c = Client(headers={'host': 'example.org'})\n"
        "print(c.get('/healthz', secure=True)['Strict-Transport-Security'])\n"
        "print(c.get('/about/')['Location'])",
        production=True,
        DATABASE_URL="postgres://nobody@127.0.0.1:9/none",
    )

    assert said.stdout.splitlines() == [
        "max-age=31536000; includeSubDomains; preload",
        "https://example.org/about/",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["csrftoken=\xff", "sessionid=nonsense", "csrftoken=x; sessionid=y"])
def test_broken_cookie_makes_no_public_page_set_one(client, cookie):
    answer = client.get("/", headers={"cookie": cookie})

    assert answer.status_code == 200
    assert not answer.cookies


def test_file_name_that_no_disk_can_hold_is_not_found(client):
    assert client.get(f"/media/{'a' * 300}").status_code == 404
