import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.http import Http404

from config import trial
from tests.config.processes import start

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


LINK = "http://testserver/newsletter/confirm/x/"
PLAIN = b"Content-Type: text/plain\n"


def keep(*, subject="Please confirm", body=f"Open {LINK}", html="<p>Hello</p>"):
    """Send as the trial does; several subjects go into one file."""
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend")
    subjects = [subject] if isinstance(subject, str) else subject
    mails = []
    for each in subjects:
        message = EmailMultiAlternatives(each, body, "letter@example.org", ["reader@example.org"])
        message.attach_alternative(html, "text/html")
        mails.append(message)
    connection.send_messages(mails)


def names(client):
    return [mail.name for mail in client.get("/trial/mail/").context["mails"]]


def test_an_empty_folder_says_what_to_do(client, folder):
    assert "Sign up for the newsletter" in client.get("/trial/mail/").text


def test_a_folder_that_is_not_there_yet_is_empty(client, settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "later")
    assert client.get("/trial/mail/").status_code == 200


def test_mails_are_listed_newest_first_and_their_links_can_be_followed(client, folder):
    keep(subject=["First", "Second"])

    page = client.get("/trial/mail/").text
    message = client.get(f"/trial/mail/{names(client)[0]}/")

    assert page.index("Second") < page.index("First")
    assert f'href="{LINK}"' in message.text
    assert "reader@example.org" in message.text
    assert "frame-src 'self'" in message["Content-Security-Policy"]
    assert "no-store" in message["Cache-Control"]


def test_the_designed_part_runs_in_a_sandbox(client, folder):
    keep(html="<script>alert(1)</script><p style='color:red'>Hello</p>")

    part = client.get(f"/trial/mail/{names(client)[0]}/?part=html")

    policy = dict(item.strip().partition(" ")[::2] for item in part["Content-Security-Policy"].split(";"))
    assert policy["sandbox"] == ""
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["img-src"] == "'self' data:"
    assert "script-src" not in policy
    assert part.text == "<script>alert(1)</script><p style='color:red'>Hello</p>"


def test_a_line_of_dashes_in_a_mail_does_not_end_it(client, folder):
    keep(body="Above\n" + "-" * 79 + "\nBelow: still here\n")
    [name] = names(client)
    page = client.get(f"/trial/mail/{name}/").text
    assert "Above" in page
    assert "Below: still here" in page


def test_a_broken_file_is_no_error(client, folder):
    (folder / "20260101-000000-1.log").write_bytes(b"\xff\x00 not a mail")
    (folder / "20260101-000000-2.log").write_bytes(PLAIN + b"Subject: cut off\nDate: never")
    (folder / "20260101-000000-3.log").write_bytes(
        b"Content-Type: text/plain; charset=no-such\nSubject: =?utf-8?b?2LHYs9in2YTYqQ==?=\n\n\xff\xfe\n"
    )
    assert names(client) == ["20260101-000000-3.log.0", "20260101-000000-2.log.0"]
    for name in names(client):
        assert client.get(f"/trial/mail/{name}/").status_code == 200
        assert client.get(f"/trial/mail/{name}/?part=html").status_code == 200


def test_script_in_a_mail_is_shown_as_text(client, folder):
    keep(subject="<script>alert(1)</script>", body="<img src=x onerror=alert(1)>")
    page = client.get(f"/trial/mail/{names(client)[0]}/").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    "name",
    ["..", "../secret.log.0", "/etc/passwd", "20260101-000000-1.log.99", "20260101-000000-9.log.0", "x"],
)
def test_a_name_that_is_not_one_of_ours_is_not_found(folder, name):
    (folder / "20260101-000000-1.log").write_bytes(PLAIN + b"Subject: x\n\nx\n")
    (folder.parent / "secret.log").write_bytes(PLAIN + b"Subject: secret\n\nsecret\n")
    with pytest.raises(Http404):
        trial.find(name)


def test_reading_is_bounded(client, folder, monkeypatch):
    monkeypatch.setattr(trial, "MAX_FILES", 3)
    monkeypatch.setattr(trial, "MAX_BYTES", 1000)
    for number in range(5):
        (folder / f"20260101-00000{number}-1.log").write_bytes(PLAIN + b"Subject: long\n\n" + b"x" * 5000)
    assert len(names(client)) == 3
    assert "x" * 1001 not in client.get(f"/trial/mail/{names(client)[0]}/").text


@pytest.mark.parametrize(("production", "views"), [(False, 2), (True, 0)])
def test_the_mailbox_is_there_in_a_trial_only(tmp_path, production, views):
    code = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup();"
        "from config.urls import urlpatterns;"
        "print(sum(str(pattern.pattern).startswith('trial/') for pattern in urlpatterns))"
    )
    process = start("-c", code, production=production, DATA_DIR=tmp_path)
    assert process.communicate(timeout=60)[0].split()[-1] == str(views)
