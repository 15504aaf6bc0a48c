"""Anything may come in an address; the site answers, and soon."""

import random
import time
from urllib.parse import quote

import pytest
from django.test import Client

from tests.factories import make_article, make_author, make_page, make_series, make_site

from .test_permissions import ADDRESSES

# Twenty thousand in all, in parts that processes can share.
PARTS, REQUESTS = 4, 5_000
PARAMETERS = [
    "q",
    "page",
    "kind",
    "tag",
    "author",
    "year",
    "month",
    "language",
    "outlet",
    "p",
    "page_id",
    "x",
]
# As they stand in an address, already quoted; some are not UTF-8 and some are no quotation at all.
VALUES = [
    *["", "0", "1", "2", "-1", "1.5", "1e9", "+1", "0x1", "01", "9" * 30, "-" + "9" * 400, "NaN", "Infinity"],
    *["%00", "a%00b", "%", "%zz", "%ff%fe", "%c0%af", "%ed%a0%80", "%F4%90%80%80", "%u0041", "%0d%0aX:%20y"],
    *[
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "//",
        "\\\\",
        "%5c",
        ";",
        "&&==",
        "[]",
        "[0]=1",
        "a=b=c",
        "{}",
        "{{7*7}}",
    ],
    *[
        "'",
        '"',
        "';--",
        "1'%20OR%20'1'='1",
        "$1",
        "%25s",
        "%25(x)s",
        "{0.__class__}",
        "<script>",
        "%3Cscript%3E",
    ],
    *[
        "-",
        "--",
        "-" * 40,
        '"',
        '"' * 41,
        '"a',
        'a"b"c',
        "-a",
        '-"a%20b"',
        "a%20-b",
        "!",
        "%26",
        "|",
        "a%20|%20b",
        ":*",
        "a:*",
    ],
    *["OR", "a%20or%20b", "and", "*", "?", "(", ")", "((((", "\\", "<->", "a<2>b", "the", "the%20of%20and"],
    *map(
        quote,
        [
            "سلام",
            "שלום",
            "١٢",
            "٢٠٢٦",
            "É",
            "e\u0301" * 60,
            "\u202e",
            "\u200f\u200e",
            "\ufeff",
            "ﷺ",
            "ﬃ",
            "🎉",
            "ſK",
            "İ",
        ],
    ),
    *map(quote, ["مَرْحَبًا", "שָׁלוֹם", "a\tb\nc", "\x1b[31m", "\x7f", "\u2028", "𝟙", "\U0010ffff", "\u0600" * 30]),
    *["a" * 300, "a%20" * 400, quote("س" * 300), "a" * 7000],
]
SAFE = "/%:;=&?@!$'()*+,-._~\\<>[]{}|\"`^"


@pytest.fixture
def publication(db):
    make_site(words={"en": {}, "ar": {}, "he": {}})
    series = make_series(slug="straits")
    ines = make_author(name="Ines", slug="ines")
    for number, kind in enumerate(["analysis", "bulletin", "mention", "announcement"] * 2):
        make_article(slug=f"piece-{number}", kind=kind, authors=[ines], tags=["Ports"], series=series)
    make_article(slug="own-live", title="The ports of Haifa", authors=[ines], tags=["Ports"])
    make_article(slug="own-draft", status="draft")
    make_page(slug="about")


def paths():
    """What anybody may ask for: every route of the permission matrix beyond the desk, in each language."""
    own = [path for path in ADDRESSES if not path.startswith(("/admin/", "/trial/", "/media/"))]
    return [prefix + path for path in own for prefix in ("", "/ar", "/he")]


def mangled(random, path):
    """Return an address made of a real one: a part of it replaced, and parameters of any kind."""
    if random.random() < 0.3:
        parts = path.split("/")
        parts[random.randrange(1, len(parts))] = random.choice(VALUES)
        path = "/".join(parts)
    query = "&".join(
        f"{random.choice(PARAMETERS)}={random.choice(VALUES)}" for _ in range(random.choice((0, 1, 1, 2, 3)))
    )
    return path, query


@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_of_any_kind_is_an_error_of_ours_or_takes_long(publication, part):
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    client = Client(raise_request_exception=False)
    known = paths()
    faults, times = [], []
    for _ in range(REQUESTS):
        path, query = mangled(chance, chance.choice(known))
        began = time.perf_counter()
        answer = client.get(path or "/", QUERY_STRING=query)
        times.append(time.perf_counter() - began)
        if answer.status_code >= 500:
            faults.append((answer.status_code, path[:200], query[:200]))
    assert faults == [], f"seed {seed}"
    assert sorted(times)[REQUESTS * 99 // 100] < 2  # seconds
