"""Reading WordPress exports: every oddity is read or refused in words, in bounded memory."""

import io
import tracemalloc

import pytest

from articles.wordpress.reader import AuthorRecord, Item, Site, Term, Trouble, WXRError, read
from tests.articles.wxr import HEAD, TAIL, make_author, make_item, make_wxr


def records(content):
    return list(read(io.BytesIO(content)))


def items(content):
    return [record for record in records(content) if isinstance(record, Item)]


def refusal(content):
    with pytest.raises(WXRError) as caught:
        records(content)
    return str(caught.value)


class Endless(io.RawIOBase):
    """A file that is made while it is read."""

    def __init__(self, pieces):
        self.pieces = iter(pieces)
        self.rest = b""

    def read(self, size=-1):
        while len(self.rest) < size and (piece := next(self.pieces, b"")):
            self.rest += piece
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken


def head():
    return HEAD.format(
        address="https://lamp.example", language="en", wordpress="http://wordpress.org/export/1.2/"
    ).encode()


def peak_of_reading(pieces):
    """Megabytes that reading takes at most, and the error or the last record that it ends with."""
    tracemalloc.start()
    end = None
    try:
        for record in read(Endless(pieces)):
            end = record
    except WXRError as error:
        end = str(error)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6, end


def test_an_export_gives_its_site_authors_terms_and_items_in_order():
    term = (
        "<wp:tag><wp:tag_slug>fog</wp:tag_slug><wp:tag_name><![CDATA[Fog]]></wp:tag_name>"
        "<wp:tag_description>When nothing is seen.</wp:tag_description></wp:tag>"
    )
    item = make_item(
        title="The lamp & the fog",
        content="<p>Slow.</p>",
        excerpt="Short.",
        tags=["Fog"],
        meta={"_thumbnail_id": "7", "_edit_lock": "1:1"},
        comments=2,
        post_id=12,
    )

    site, author, tag, post = records(make_wxr(term, item))

    assert isinstance(site, Site)
    assert (site.title, site.base_blog_url) == ("The Lamp Room", "https://lamp.example")
    assert author == AuthorRecord("ida", "ida@lamp.example", "Ida Fenn")
    assert tag == Term("post_tag", "fog", "Fog", "When nothing is seen.")
    assert (post.title, post.content, post.excerpt) == ("The lamp & the fog", "<p>Slow.</p>", "Short.")
    assert (post.post_id, post.type, post.status, post.creator) == ("12", "post", "publish", "ida")
    assert post.terms == [Term("post_tag", "fog", "Fog")]
    assert post.meta == {"_thumbnail_id": "7"}
    assert post.comments == 2


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_version_of_the_format_is_read(version, scheme):
    (post,) = items(make_wxr(make_item(title="Old"), wordpress=f"{scheme}://wordpress.org/export/{version}/"))

    assert (post.title, post.status) == ("Old", "publish")


def test_control_characters_are_left_out():
    content = make_wxr(make_item(title="A\x0bB", content="one\x00two\x1fthree\ttab"))

    (post,) = items(content)

    assert (post.title, post.content) == ("AB", "onetwothree\ttab")


def test_bytes_that_are_no_utf8_are_shown_as_such_and_counted():
    content = make_wxr(make_item(title="Caf\u00e9")).replace("é".encode(), b"\xe9")

    *_, post, trouble = records(content)

    assert post.title == "Caf\ufffd"
    assert trouble == Trouble(0, "", "1 characters cannot be read in the file; they are shown as �.")


def test_another_declared_encoding_is_read():
    content = make_wxr(make_item(title="שלום")).decode().replace("UTF-8", "windows-1255")

    (post,) = items(content.encode("windows-1255"))

    assert post.title == "שלום"


def test_characters_split_between_two_reads_stay_whole():
    text = "ا" * 300_000

    (post,) = items(make_wxr(make_item(content=text)))

    assert post.content == text


def test_blank_lines_before_the_declaration_do_no_harm_and_count_as_lines():
    content = b"\n\n" + make_wxr(make_item())
    line = content[: content.index(b"<item>")].count(b"\n") + 1

    (post,) = items(content)

    assert post.line == line


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b" \n\r\n ", "The file is empty."),
        (b"PK\x03\x04 a zip", "Line 1: this is not an XML file."),
        (b"Dear editor, see attached.", "Line 1: this is not an XML file."),
        (b"<html><body>Log in</body></html>", "Line 1: the file begins with <html>"),
        (
            b"<rss><channel><title>News</title><item><title>A</title></item></channel></rss>",
            "not a WordPress",
        ),
        (b"<rss><channel><title>News</title></channel></rss>", "not a WordPress export"),
        ("<?xml version='1.0'?>".encode("utf-16"), "Line 1: the file is in UTF-16."),
        (b"<?xml version='1.0' encoding='klingon'?><rss/>", "encoding “klingon”"),
        (b"<?xml version='1.0' encoding='rot13'?><rss/>", "encoding “rot13”"),
    ],
)
def test_what_is_no_export_is_refused_in_words(content, words):
    assert words in refusal(content)


def test_a_file_that_breaks_off_names_the_line_after_giving_what_was_whole():
    content = make_wxr(make_item(title="Whole"), make_item(title="Half"))
    content = content[: content.index(b"Half")]
    read_so_far = []

    with pytest.raises(WXRError) as caught:
        read_so_far.extend(read(io.BytesIO(content)))

    line = content.count(b"\n") + 1
    assert str(caught.value) == f"Line {line}: the file breaks off here. Copy or export it again."


def test_broken_xml_names_its_line():
    content = make_wxr(make_item(), "<item><title>Fish & chips</title></item>")
    line = content[: content.index(b"Fish")].count(b"\n") + 1

    assert refusal(content).startswith(f"Line {line}: the XML is broken here")


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">',
    ],
)
def test_declarations_are_refused_before_anything_is_read(declaration):
    content = make_wxr(make_item()).replace(b"<rss", declaration + b"<rss", 1)

    assert "declares a document type or entities" in refusal(content)


def test_billions_of_laughs_are_refused_at_the_first():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    content = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]><rss>&l9;</rss>'

    assert refusal(content.encode()).startswith("Line 1: the file declares")


def test_elements_nested_200_000_deep_are_refused():
    assert "elements lie more than 30 deep" in refusal(head() + b"<item>" + b"<a>" * 200_000)


def test_a_flood_of_attributes_is_refused():
    attributes = " ".join(f'a{n}="1"' for n in range(5000))

    assert "more attributes" in refusal(head() + f"<item {attributes}>".encode())


def test_a_flood_of_names_is_refused():
    names = "".join(f"<n{n}/>" for n in range(5000))

    assert "more or longer names" in refusal(head() + f"<item>{names}</item>".encode())


def test_a_flood_of_fields_leaves_the_item_out_and_goes_on():
    flood = "<item><title>Flood</title>" + "<category>x</category>" * 30_000 + "</item>\n"
    content = make_wxr(flood, make_item(title="After"))

    *_, trouble, post = records(content)

    assert (trouble.title, post.title) == ("Flood", "After")
    assert trouble.reason == "it has more than 20000 fields, and was left out."


def test_an_item_of_60_megabytes_is_left_out_in_bounded_memory():
    piece = b"<p>Sixty megabytes of one and the same.</p>" * 1000
    pieces = [head(), b"<item><title>Huge</title><content:encoded><![CDATA["]
    pieces += [piece] * (60_000_000 // len(piece))
    pieces += [b"]]></content:encoded></item>", make_item(title="After").encode(), TAIL.encode()]

    peak, end = peak_of_reading(pieces)

    assert end.title == "After"
    assert peak < 40


def test_one_endless_tag_is_refused_in_bounded_memory():
    peak, end = peak_of_reading([head(), b"<item ", *[b"a" * 100_000] * 600])

    assert "one tag or comment is larger than 4 MB" in end
    assert peak < 40


def test_two_thousand_items_are_read_one_at_a_time():
    item = make_item(content="<p>The lamp turns.</p>" * 500).encode()

    few, _ = peak_of_reading([head(), *[item] * 200, TAIL.encode()])
    many, _ = peak_of_reading([head(), *[item] * 2000, TAIL.encode()])

    assert many < few * 1.5


def test_many_comments_make_no_item_too_big():
    (post,) = items(make_wxr(make_item(title="Debate", comments=12_000)))

    assert (post.title, post.comments) == ("Debate", 12_000)


def test_an_export_without_items_gives_its_site():
    assert [type(record) for record in records(make_wxr(authors=[make_author()]))] == [Site, AuthorRecord]
    assert [type(record) for record in records(make_wxr(authors=[]))] == [Site]
