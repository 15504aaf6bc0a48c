"""Nothing that could run, load, clobber or leave the page survives the sanitiser."""

import re
from html.parser import HTMLParser

import pytest

from articles import html_tree
from articles.markup import clean, cleaning, render

from .payloads import PAYLOADS

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "footer", "a", "strong", "em", "s"),
    *("sub", "sup", "code", "pre", "mark", "small", "abbr", "cite", "q", "span", "bdi", "del", "ins", "dl"),
    *("dt", "dd", "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure"),
    "figcaption",
}
LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*"
ATTRIBUTES = {
    "href": r"(https?://[\w.%-]+(:\d{1,5})?(/|\?|#|$)|mailto:.|tel:[+0-9]|/(?![/\\])|#.)[^\s\\<>\"]*",
    "rel": r"[a-z ]+",
    "title": r"[^\0]+",
    "data-note": r"[^\0]+",
    "lang": LANGUAGE,
    "hreflang": LANGUAGE,
    "dir": "rtl|ltr",
    "scope": "row|col|rowgroup|colgroup",
    "colspan": r"\d{1,3}",
    "rowspan": r"\d{1,3}",
    "start": r"-?\d{1,6}",
    "class": "wide",
    "data-image": r"[0-9]{1,18}",
    "data-embed": "youtube|vimeo",
    "data-embed-id": r"[\w-]{5,20}",
}


# Where a payload may be pasted; each changes how a parser reads what follows.
CONTEXTS = [
    "{}",
    "<p>before {} after</p>",
    "<table><tr><td>{}</td></tr></table>",
    "<ul><li><a href='/x'>{}</a></li></ul>",
    "<blockquote><details><summary>{}</summary>x</details></blockquote>",
    "<pre>{}</pre>",
]


class Judge(HTMLParser):
    """Reads a page with a parser that the sanitiser does not use and lists what should not be there."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.faults = []

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES or not re.fullmatch(ATTRIBUTES[name], value or "", re.ASCII):
                self.faults.append(f"{tag}[{name}={value}]")

    def handle_comment(self, data):
        self.faults.append(f"comment {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def faults(html):
    judge = Judge()
    judge.feed(html)
    judge.close()
    if "\0" in html or "\x1b" in html:
        judge.faults.append("control character")
    return judge.faults


class PlainPicture:
    caption = "<img src=x onerror=alert(1)>"
    credit = "</figcaption><script>alert(1)</script>"

    def html(self, sizes, lazy):
        return "<picture></picture>"

    def larger(self, identifier):
        return ""


def test_the_judge_sees_that_raw_payloads_are_bad():
    unseen = [payload for payload in PAYLOADS if not faults(payload)]

    assert len(unseen) <= len(PAYLOADS) // 20, unseen


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: ascii(payload[:50]))
def test_nothing_hostile_survives_cleaning(payload):
    for context in CONTEXTS:
        assert faults(clean(context.replace("{}", payload))) == []


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: ascii(payload[:50]))
def test_cleaning_what_is_clean_changes_nothing(payload):
    for context in CONTEXTS:
        cleaned = clean(context.replace("{}", payload))
        assert clean(cleaned) == cleaned


class Idle:
    """A sanitiser that lets everything through."""

    def __init__(self, *args, **kwargs):
        pass

    def clean(self, source, **kwargs):
        return source


@pytest.mark.parametrize("alone", ["reader", "nh3", "bleach"])
def test_each_of_the_three_layers_would_hold_alone(monkeypatch, alone):
    if alone != "nh3":
        monkeypatch.setattr(cleaning.nh3, "clean", Idle().clean)
    if alone != "bleach":
        monkeypatch.setattr(cleaning.bleach, "Cleaner", Idle)
    layer = cleaning._ordered if alone == "reader" else cleaning._sanitised

    for payload in PAYLOADS:
        for context in CONTEXTS:
            assert faults(layer(html_tree.plain(context.replace("{}", payload)))) == []


def test_hostile_notes_and_captions_reach_readers_as_text():
    body = clean(
        '<p>x<sup data-note="&lt;script&gt;alert(1)&lt;/script&gt; '
        'https://a.example/&quot;onclick=alert(1)">*</sup></p>'
        '<figure data-image="1"></figure>'
        '<figure data-embed="youtube" data-embed-id="dQw4w9WgXcQ">'
        "<figcaption>&quot;&gt;&lt;script&gt;</figcaption></figure>"
    )

    html = render(body, language="en", pictures={1: PlainPicture()}).html

    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert 'data-title="&quot;&gt;&lt;script&gt;"' in html
