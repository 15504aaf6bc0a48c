import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from newsletter.addresses import address_hash, address_key, mask, validate_address


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("reader", "an @ sign"),
        ("@example.org", "an @ sign"),
        ("reader@example", "lacks the end of its domain, such as .org"),
        ("reader@localhost", "lacks the end of its domain"),
        ("a@example.org, b@example.org", "one address only"),
        ("a@example.org;b@example.org", "one address only"),
        ("reader@example.org\r\nBcc: all@example.org", "one address only"),
        ("reader@exam ple.org", "one address only"),
        ("read\u0131r@example.org", "Before the @ sign"),
        ("\u017fam@example.org", "Before the @ sign"),
        ("\u212aim@example.org", "Before the @ sign"),
        ("用户@例子.广告", "Before the @ sign"),
        ("reader@\u017fam.org", "Is there a slip"),
        ("reader@\u212aim.org", "Is there a slip"),
        ("reader@ｅｘａｍｐｌｅ.org", "Is there a slip"),
        ("reader@[127.0.0.1]", "Is there a slip"),
        ("reader@server.local", "Is there a slip"),
        ("Reader <reader@example.org>", "one address only"),
        ("a..b@example.org", "Is there a slip"),
        ("x" * 65 + "@example.org", "Is there a slip"),
        ("x@" + "y" * 250 + ".org", "254 characters"),
        ("reader@-example.org", "Is there a slip"),
        ("reader@example..org", "Is there a slip"),
        ('"a b"@example.org', "one address only"),
        ("reader\0@example.org", "Is there a slip"),
    ],
)
def test_an_address_that_mail_cannot_reach_is_refused_with_its_reason(address, words):
    with pytest.raises(ValidationError) as refusal:
        validate_address(address)
    assert words in refusal.value.messages[0]


@pytest.mark.parametrize(
    "address",
    ["reader@example.org", "First.Last+tag@Sub.Example.co.uk", "r@bücher.example", "o'neil@example.org"],
)
def test_an_ordinary_address_is_taken(address):
    validate_address(address)


@pytest.mark.parametrize(
    "spelling",
    [
        "reader@bücher.example",
        "READER@BÜCHER.example",
        "Reader@xn--bcher-kva.EXAMPLE",
        "reader@bu\u0308cher.example",
    ],
)
def test_spellings_of_one_mailbox_have_one_key_and_one_hash(spelling):
    assert address_key(spelling) == "reader@xn--bcher-kva.example"
    assert address_hash(spelling) == address_hash("reader@xn--bcher-kva.example")


def test_the_hash_depends_on_its_own_key_and_not_on_the_secret_key(settings):
    before = address_hash("reader@example.org")
    settings.SECRET_KEY = "another" * 10
    assert address_hash("reader@example.org") == before
    settings.SUBSCRIBER_KEY = "another" * 10
    assert address_hash("reader@example.org") != before


def test_a_masked_address_shows_its_first_letter_and_its_domain():
    assert mask("reader@example.org") == "r•••@example.org"


@given(st.text(max_size=300) | st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=40)))
def test_any_text_is_either_refused_or_an_address_of_plain_characters(text):
    try:
        validate_address(text)
    except ValidationError:
        return
    assert address_key(text).isascii()
    assert address_key(address_key(text)) == address_key(text)
