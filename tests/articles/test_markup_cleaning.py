"""What an editor's HTML becomes before it is stored."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.markup import MAX_DEPTH, MAX_HTML, Refused, clean, embeds, image_ids

from .test_markup_hostile import faults


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<h1>Title</h1>", "<h2>Title</h2>"),
        ("<h5>a</h5><h6>b</h6>", "<h4>a</h4><h4>b</h4>"),
        (
            "<p><b>a</b><i>b</i><strike>c</strike></p>",
            "<p><strong>a</strong><em>b</em><s>c</s></p>",
        ),
        ("<p><del>old</del><ins>new</ins></p>", "<p><del>old</del><ins>new</ins></p>"),
        ("<p>a</p><p> </p><p>&nbsp;</p><p><br></p><h2></h2><p>b</p>", "<p>a</p><p>b</p>"),
        ('<p><abbr title="">UN</abbr></p>', "<p><abbr>UN</abbr></p>"),
        ("<p>  a\n  b  </p>", "<p>a b</p>"),
        ("<pre>\n\na\n  b</pre>", "<pre>a\n  b</pre>"),
        ("<pre>a\r\n  b\rc</pre>", "<pre>a\n  b\nc</pre>"),
        ("<p><b>a <strong>b</strong></b></p>", "<p><strong>a b</strong></p>"),
        ('<ol start="4"><li>a</li></ol>', '<ol start="4"><li>a</li></ol>'),
        ('<ol start="1" type="a"><li>a</li></ol>', "<ol><li>a</li></ol>"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "<dl><dt>a</dt><dd>b</dd></dl>"),
        (
            "<details open><summary>a</summary><p>b</p></details>",
            "<details><summary>a</summary><p>b</p></details>",
        ),
        ('<p><span lang="fr">eau</span></p>', '<p><span lang="fr">eau</span></p>'),
        ('<p><span style="color:red">red</span></p>', "<p>red</p>"),
        ('<p dir="RTL" lang="ar">ماء</p>', '<p dir="rtl" lang="ar">ماء</p>'),
        ("<p>a &lt; b &amp; c &copy; d</p>", "<p>a &lt; b &amp; c © d</p>"),
        ("a < b", "<p>a &lt; b</p>"),
    ],
)
def test_text_is_written_in_one_way(written, kept):
    assert clean(written) == kept


def test_loose_text_and_unknown_wrappers_become_paragraphs():
    assert clean("one<div>two</div><section><p>three</p>four</section>") == (
        "<p>one</p><p>two</p><p>three</p><p>four</p>"
    )


def test_a_direction_set_on_a_wrapper_is_kept_on_its_paragraphs():
    assert clean('<div dir="rtl"><p>א</p><p dir="ltr">b</p></div>') == (
        '<p dir="rtl">א</p><p dir="ltr">b</p>'
    )


def test_a_link_around_blocks_moves_into_them():
    assert clean('<a href="/x"><h2>Title</h2><p>Text</p></a>') == (
        '<h2><a href="/x">Title</a></h2><p><a href="/x">Text</a></p>'
    )


def test_a_copied_google_document_is_not_all_bold():
    copied = '<b style="font-weight:normal;" id="docs-internal-guid-1"><p>plain <b>bold</b></p></b>'

    assert clean(copied) == "<p>plain <strong>bold</strong></p>"


def test_a_list_beside_its_item_moves_into_it():
    assert clean("<ul><li>a</li><ul><li>b</li></ul></ul>") == (
        "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>"
    )


def test_the_attribution_of_a_quotation_becomes_its_footer():
    quotation = "<blockquote><p>Nobody is late.</p><footer>A pilot</footer></blockquote>"

    assert clean(quotation) == quotation
    assert clean("<blockquote><p>Nobody is late.</p><p><cite>A pilot</cite></p></blockquote>") == quotation


def test_a_table_keeps_caption_head_and_spans_and_nothing_of_its_looks():
    table = (
        '<table border="1" width="100%"><colgroup><col></colgroup><caption>Ships</caption>'
        "<tfoot><tr><td>sum</td></tr></tfoot>"
        '<thead><tr><th scope="col" colspan="2" bgcolor="red">a</th></tr></thead>'
        '<tr><td colspan="1" rowspan="2">b</td><td>c</td></tr></table>'
    )

    assert clean(table) == (
        '<table><caption>Ships</caption><thead><tr><th colspan="2" scope="col">a</th></tr></thead>'
        '<tbody><tr><td rowspan="2">b</td><td>c</td></tr><tr><td>sum</td></tr></tbody></table>'
    )


def test_the_caption_of_a_figure_around_a_table_becomes_the_tables():
    assert clean("<figure><table><tr><td>1</td></tr></table><figcaption>Ships</figcaption></figure>") == (
        "<table><caption>Ships</caption><tbody><tr><td>1</td></tr></tbody></table>"
    )


def test_a_figure_keeps_its_image_and_caption_and_drops_the_editors_img():
    written = (
        '<figure class="figure wide" data-image="12"><img src="/x.jpg" alt="y">'
        '<figcaption class="c"><p>The <em>Sarn</em></p></figcaption></figure>'
    )

    assert clean(written) == (
        '<figure class="wide" data-image="12"><figcaption>The <em>Sarn</em></figcaption></figure>'
    )


def test_a_figure_without_an_image_leaves_only_its_text():
    assert clean('<figure data-image="x"><figcaption>Words</figcaption></figure>') == "<p>Words</p>"


def test_a_footnote_keeps_its_text_and_nothing_else():
    assert clean('<p>a<sup class="fn" data-note=" One\n two &amp; &lt;b&gt; ">7</sup></p>') == (
        '<p>a<sup data-note="One two &amp; &lt;b&gt;">*</sup></p>'
    )


def test_a_footnote_in_a_link_moves_behind_it():
    assert clean('<p><a href="/x">a<sup data-note="n">*</sup>b</a></p>') == (
        '<p><a href="/x">ab</a><sup data-note="n">*</sup></p>'
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://example.org/a?b=1&copy=2#c", "https://example.org/a?b=1&amp;copy=2#c"),
        (" HTTPS://example.org/ ", "https://example.org/"),
        ("//example.org/x", "https://example.org/x"),
        ("www.example.org", "https://www.example.org"),
        (
            "mailto:ines@example.org?subject=A there",
            "mailto:ines@example.org?subject=A%20there",
        ),
        ("tel:+44-20-7946-0000", "tel:+44-20-7946-0000"),
        ("/about/", "/about/"),
        ("#cost", "#cost"),
        ("https://example.org/ماء", "https://example.org/ماء"),
        ("https://en.wikipedia.org/wiki/Strait_(sea)", "https://en.wikipedia.org/wiki/Strait_(sea)"),
        ("https://example.org/a b", "https://example.org/a%20b"),
    ],
)
def test_links_that_may_stay(written, kept):
    assert clean(f'<p><a href="{written}">x</a></p>') == f'<p><a href="{kept}">x</a></p>'


@pytest.mark.parametrize("address", ["javascript:1", "data:1", "sms:5", "x.html", "?a", "https:x", "#", ""])
def test_the_text_of_any_other_link_stays_without_it(address):
    assert clean(f'<p>a <a href="{address}">link</a></p>') == "<p>a link</p>"


def test_a_link_keeps_what_it_says_about_itself_but_opens_no_window():
    link = '<a href="/x" rel="ugc opener nofollow" hreflang="ar" target="_blank">x</a>'

    assert clean(link) == '<p><a href="/x" hreflang="ar" rel="nofollow ugc">x</a></p>'


@pytest.mark.parametrize(
    ("iframe", "provider", "video"),
    [
        (
            '<iframe width="560" src="https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0"></iframe>',
            "youtube",
            "dQw4w9WgXcQ",
        ),
        ("<iframe src=//youtube-nocookie.com/embed/dQw4w9WgXcQ></iframe>", "youtube", "dQw4w9WgXcQ"),
        ("<iframe data-src='https://player.vimeo.com/video/76979871'></iframe>", "vimeo", "76979871"),
    ],
)
def test_a_pasted_player_becomes_an_embed(iframe, provider, video):
    assert clean(f"<p>before {iframe} after</p>") == (
        f'<p>before</p><figure data-embed="{provider}" data-embed-id="{video}"></figure><p>after</p>'
    )


def test_the_title_of_a_player_becomes_its_caption_unless_it_says_nothing():
    player = '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="{}"></iframe>'

    assert "<figcaption>Six minutes &amp; a pilot</figcaption>" in clean(
        player.format("Six minutes &amp; a pilot")
    )
    assert "figcaption" not in clean(player.format("YouTube video player"))


def test_other_frames_are_left_alone_by_embeds_and_dropped_by_clean():
    frame = '<iframe src="https://www.youtube.com/embed/videoseries?list=x"></iframe>'

    assert (
        embeds("<iframe src=https://example.org/></iframe>") == "<iframe src=https://example.org/></iframe>"
    )
    assert clean(f"<p>a</p>{frame}") == "<p>a</p>"


def test_control_characters_never_reach_the_database():
    assert clean("<p>a\x00b\x0bc&#1;d\x85e\uffff\ud800f</p>") == "<p>abcdef</p>"


def test_image_ids_are_those_of_the_figures():
    body = clean(
        '<figure data-image="12"></figure><p>data-image="5"</p><ul><li><figure data-image="3"></figure></ul>'
    )

    assert image_ids(body) == {3, 12}


def test_a_text_over_the_limit_is_refused_with_both_figures():
    with pytest.raises(Refused, match="412,000 characters long; 400,000 is the limit"):
        clean("x" * 412_000)


def test_a_text_that_outgrows_the_limit_by_escaping_is_refused():
    with pytest.raises(Refused, match="is the limit"):
        clean("&" * (MAX_HTML // 2))


def test_a_text_nested_too_deep_is_refused():
    with pytest.raises(Refused, match=f"nested more than {MAX_DEPTH} deep"):
        clean("<div>" * (MAX_DEPTH + 1) + "x")


def test_unclosed_paragraphs_and_items_are_not_depth():
    assert clean("<p>x" * 200) == "<p>x</p>" * 200
    assert clean("<ul>" + "<li>x" * 200) == "<ul>" + "<li>x</li>" * 200 + "</ul>"


def test_unclosed_formatting_does_not_multiply():
    # A parser that follows the standard writes each of the open elements again in each later paragraph.
    opened = "".join(f"<b id=x{number}>" for number in range(50))

    assert len(clean(f"<p>{opened}" + "<p>x" * 1_000)) < 20_000


_NAMES = [
    *(
        "p",
        "div",
        "b",
        "i",
        "em",
        "strong",
        "a",
        "span",
        "sup",
        "sub",
        "code",
        "q",
        "cite",
        "del",
        "ins",
        "mark",
    ),
    *("h1", "h2", "h4", "h6", "ul", "ol", "li", "dl", "dt", "dd", "pre", "br", "hr", "blockquote", "footer"),
    *(
        "details",
        "summary",
        "figure",
        "figcaption",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
    ),
    *("th", "colgroup", "font", "script", "style", "svg", "math", "form", "select", "iframe", "section"),
]
_ATTRIBUTES = [
    "",
    *(' href="/x"', " href='https://a.example/?b&c'", " href=javascript:1", ' data-note="n &amp; &quot;"'),
    *(
        ' dir="rtl"',
        ' lang="he"',
        ' title="t"',
        ' data-image="7"',
        ' class="wide x"',
        ' colspan="2"',
        " rel=me",
    ),
    *(' data-embed="vimeo" data-embed-id="1234567"', " scope=col", ' start="3"', " style=font-weight:normal"),
]
_PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(_NAMES), st.sampled_from(_ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(_NAMES)),
    st.sampled_from(
        ["x", " ", "\n", "&nbsp;", "&", "&lt;", "<", ">", '"', "<!--", "-->", "\u200f", "&#0;", "&copy"]
    ),
    st.text(max_size=5),
)


@settings(max_examples=600)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_cleaning_twice_is_cleaning_once_and_leaves_no_fault(source):
    cleaned = clean(source)

    assert clean(cleaned) == cleaned
    assert faults(cleaned) == []


_WORDS = st.lists(st.text("אבגدذرabc123", min_size=1, max_size=6), min_size=1, max_size=5).map(" ".join)


@given(st.lists(st.tuples(st.sampled_from(["p", "h2", "div", "li", "td", "span", "b"]), _WORDS), max_size=12))
def test_no_word_is_lost(parts):
    source = "".join(f"<{name}>{words}</{name}>" for name, words in parts)
    text = clean(source)

    for _name, words in parts:
        assert words in text
