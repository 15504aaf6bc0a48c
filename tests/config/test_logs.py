import logging
import sys

from config.logs import LineFormatter


def line(message, *arguments, error=None):
    info = None
    if error:
        try:
            raise error
        except Exception:
            info = sys.exc_info()
    record = logging.LogRecord("django.request", logging.WARNING, "file", 1, message, arguments, info)
    return LineFormatter().format(record)


def test_a_forged_line_stays_inside_its_own():
    said = line("Not Found: %s", "/x\r\n2026-01-01 ERROR forged\u2028\x1b[31m")

    assert len(said.splitlines()) == 1
    assert "\x1b" not in said
    assert "\\r\\n2026-01-01 ERROR forged" in said


def test_a_message_in_another_script_is_readable():
    assert "مقال" in line("Not Found: %s", "/ar/مقال/")


def test_no_line_of_a_traceback_passes_for_an_entry():
    said = line("failed", error=ValueError("bad\n2026-01-01 ERROR forged\x1b[31m"))

    assert "Traceback" in said
    assert all(later.startswith("    ") for later in said.split("\n")[1:])
    assert "\x1b" not in said


def test_hostile_request_is_worth_a_line_and_no_traceback():
    try:
        raise ValueError("Invalid HTTP_HOST header")
    except ValueError:
        record = logging.LogRecord(
            "django.security.DisallowedHost", logging.ERROR, "", 0, "Bad", (), sys.exc_info()
        )

    assert LineFormatter().format(record).count("\n") == 0
