"""Texts as Markdown: what is written reads, by the rules of CommonMark, as what readers see."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from articles.html_tree import Element, read, write
from articles.markdown import escaped, link, markdown

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def written(html):
    return markdown(
        html, lambda address: f"https://example.org{address}" if address.startswith("/") else address
    )


def shown(html):
    """What a reader of the Markdown would see as HTML, in one line."""
    return " ".join(READER.render(written(html)).split())


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<h2 id="one">One</h2><p>Two <em>three </em>four.</p>', "## One\n\nTwo *three* four."),
        ('<p><a href="/about/" rel="x">Us</a></p>', "[Us](https://example.org/about/)"),
        ("<ul><li>One</li><li>Two<ul><li>Three</li></ul></li></ul>", "- One\n\n- Two\n\n  - Three"),
        ('<ol start="3"><li>One</li><li>Two</li></ol>', "3. One\n4. Two"),
        ("<blockquote><p>So.</p><footer>Ines</footer></blockquote>", "> So.\n>\n> — Ines"),
        ("<pre>a\n```\nb</pre>", "````\na\n```\nb\n````"),
        ("<p>The <code>a`b</code></p>", "The ``a`b``"),
        ("<p>One<br>two</p>", "One\\\ntwo"),
        ("<p>H<sub>2</sub>O</p>", "H<sub>2</sub>O"),
        (
            '<section class="table" tabindex="0"><table><caption>Ports</caption><tbody>'
            "<tr><th>Port</th><th>Ships</th></tr>"
            '<tr><td colspan="2">A|B</td></tr></tbody></table></section>',
            "Ports\n\n| Port | Ships |\n| --- | --- |\n| A\\|B |  |",
        ),
        (
            '<p>So.<sup><a id="r1" href="#n1">1</a></sup></p><section class="notes">'
            '<h2 id="notes">Notes</h2><ol>'
            '<li id="n1">See <a href="https://example.net/">there</a>.&nbsp;<a href="#r1">↑</a>'
            "</li></ol></section>",
            "So.[^1]\n\n[^1]: See [there](https://example.net/).",
        ),
        (
            '<figure><picture><source srcset="x"><img src="/media/a (1).jpg" alt="A [strait]"></picture>'
            "<figcaption>Noon</figcaption></figure>",
            "![A \\[strait\\]](https://example.org/media/a%20%281%29.jpg)\n\nNoon",
        ),
        ("<details><summary>More</summary><p>Words</p></details>", "**More**\n\nWords"),
        ("<dl><dt>Tide</dt><dd>Water</dd></dl>", "**Tide**\n\n: Water"),
    ],
)
def test_each_part_of_a_text_has_its_form(html, expected):
    assert written(html) == expected


@pytest.mark.parametrize(
    "text",
    [
        "# no heading",
        "1. no list",
        "- no list",
        "+ no list",
        "> no quotation",
        "=== no heading",
        "*no* _emphasis_ **at** all",
        "<script>alert(1)</script>",
        "[no](javascript:alert(1)) ![picture](x)",
        "&lt; &amp; &copy;",
        "a `b` ~~c~~ | d",
        "\\* \\",
        "    no code",
        "مضيق: [نص] *واحد*",
    ],
)
def test_words_that_look_like_markdown_stay_words(text):
    paragraph = write([Element("p", {}, [text])])

    assert shown(paragraph) == f"<p>{re.sub(' +', ' ', text).strip()}</p>".replace(
        text.strip(), html_of(text.strip())
    )


def html_of(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


@given(st.text(alphabet=st.sampled_from("ab *_`[]()<>#-+1.!|~&\\\n\"'=:ש"), max_size=40))
def test_any_words_read_as_they_were(text):
    paragraph = write([Element("p", {}, [text])])
    expected = " ".join(text.split())

    seen = "".join(element for element in text_of(read(READER.render(written(paragraph)))))

    assert " ".join(seen.split()) == expected
    assert " ".join("".join(text_of(read(READER.render(escaped(text))))).split()) == expected


def text_of(element):
    for child in element.children:
        if isinstance(child, str):
            yield child
        else:
            yield from text_of(child)


def test_link_survives_any_name_and_address():
    made = READER.render(link("A ] (b) *c*", "https://example.org/a (b)<c> d/"))

    assert made == '<p><a href="https://example.org/a%20%28b%29%3Cc%3E%20d/">A ] (b) *c*</a></p>\n'
