"""The publisher: one row, colours that can be read, a zone that exists."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from articles.models import Site
from tests.factories import make_site

pytestmark = pytest.mark.django_db


def test_there_is_one_site():
    make_site()
    with pytest.raises(IntegrityError):
        make_site()


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("accent", "#ffcc00", "too pale"),
        ("accent_dark", "#102030", "too dark"),
        ("accent", "red;}", "hexadecimal"),
        ("time_zone", "Mars/Olympus", "time zone"),
    ],
)
def test_what_readers_could_not_use_is_refused(field, value, word):
    with pytest.raises(ValidationError, match=word):
        Site(**{"name": "Tidelines", field: value}).full_clean()


def test_colours_that_can_be_read_are_taken():
    Site(name="Tidelines", accent="#004488", accent_dark="#88ccff", time_zone="Asia/Jerusalem").full_clean()


def test_page_without_a_site_row_works(client):
    assert client.get("/").status_code == 200
