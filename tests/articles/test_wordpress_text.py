"""The text of old posts as plain, semantic HTML: nothing that was said is lost."""

import re
import time
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.wordpress.reader import Site
from articles.wordpress.survey import Survey
from articles.wordpress.text import Context, Picture, TooLong, convert, film, plain, repeats, script_language

FILM = '<figure data-embed="youtube" data-embed-id="dQw4w9WgXcQ"></figure>'


def body(content, **context):
    return convert(content, context=Context(**context)).html


def library(address, attachment, alt):
    """A library that has every picture whose number is odd."""
    if attachment is None:
        return None
    known = attachment % 2
    return Picture(
        attachment if known else None, f"https://lamp.example/{attachment}.jpg", "A lamp", "The lamp."
    )


# Classic text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("One.\n\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("One.\nStill one.\n\n\n \n\nTwo.", "<p>One.<br>Still one.</p><p>Two.</p>"),
        ("One.\r\n\r\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("One.<br /><br />Two.", "<p>One.</p><p>Two.</p>"),
        ("One.<br />\nStill one.", "<p>One.<br>Still one.</p>"),
        ("<p>One.</p>\n<p>Two.</p>", "<p>One.</p><p>Two.</p>"),
        ("Before\n<h2>Head</h2>\nAfter", "<p>Before</p><h2>Head</h2><p>After</p>"),
        ("<em>One.\n\nTwo.</em>", "<p><em>One.</em></p><p><em>Two.</em></p>"),
        ("<ul>\n<li>A</li>\n\n<li>B\nC</li>\n</ul>", "<ul><li>A</li><li>B<br>C</li></ul>"),
        ("<blockquote>One.\n\nTwo.</blockquote>", "<blockquote><p>One.</p><p>Two.</p></blockquote>"),
        ("<pre>a\n\n  b\n</pre>", "<pre>a\n\n  b\n</pre>"),
        ("<div>One.</div><div>Two.</div>", "<p>One.</p><p>Two.</p>"),
        (
            "<div>One\n\nTwo<ul><li>A</li></ul>Three</div>",
            "<p>One</p><p>Two</p><ul><li>A</li></ul><p>Three</p>",
        ),
        ("A<hr />B", "<p>A</p><hr><p>B</p>"),
        ("&nbsp;\n\nOne.\n\n&nbsp;", "<p>One.</p>"),
        ("1 < 2 & 3 > 2", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>"),
        ("<p>One.", "<p>One.</p>"),
        ("", ""),
        ("\n \n", ""),
    ],
)
def test_classic_text_gets_the_paragraphs_that_wordpress_showed(content, expected):
    assert body(content) == expected


def test_a_table_keeps_its_cells_through_empty_lines():
    table = "<table>\n\n<tr>\n<th>A</th>\n\n<td>1\n2</td>\n</tr>\n\n</table>"

    assert body(table) == "<table><tr><th>A</th><td>1<br>2</td></tr></table>"


def test_marks_of_read_more_and_of_pages_go():
    assert (
        body("One.<!--more Go on-->Two.\n\n<!--nextpage-->\n\nThree.")
        == "<p>One.</p><p>Two.</p><p>Three.</p>"
    )


# The block editor


def test_block_comments_go_and_line_ends_in_blocks_mean_nothing():
    content = (
        '<!-- wp:paragraph {"dropCap":true} -->\n<p class="x">One\ntwo.</p>\n<!-- /wp:paragraph -->\n\n'
        '<!-- wp:heading {"level":3} -->\n<h3>Head</h3>\n<!-- /wp:heading -->\n\n'
        "<!-- wp:separator -->\n<hr/>\n<!-- /wp:separator --><!-- wp:spacer --><div></div><!-- /wp:spacer -->"
    )

    assert body(content) == "<p>One two.</p><h3>Head</h3><hr>"


def test_classic_text_between_blocks_gets_its_paragraphs():
    content = "Old one.\n\nOld two.\n<!-- wp:paragraph -->\n<p>New.</p>\n<!-- /wp:paragraph -->\nOld three."

    assert body(content) == "<p>Old one.</p><p>Old two.</p><p>New.</p><p>Old three.</p>"


def test_nested_blocks_are_read_in_their_order():
    content = (
        "<!-- wp:columns --><div><!-- wp:column --><div><!-- wp:paragraph --><p>Left.</p>"
        "<!-- /wp:paragraph --></div><!-- /wp:column --><!-- wp:column --><div><!-- wp:list -->"
        "<ul><li>Right.</li></ul><!-- /wp:list --></div><!-- /wp:column --></div><!-- /wp:columns -->"
    )

    assert body(content) == "<p>Left.</p><ul><li>Right.</li></ul>"


def test_a_quotation_keeps_who_said_it():
    content = (
        "<!-- wp:quote --><blockquote><p>Light.</p><cite>Ida Fenn<br></cite></blockquote><!-- /wp:quote -->"
    )

    assert body(content) == "<blockquote><p>Light.</p><footer>Ida Fenn</footer></blockquote>"


def test_a_reusable_block_comes_in_where_it_was_used():
    content = '<!-- wp:paragraph --><p>A</p><!-- /wp:paragraph --><!-- wp:block {"ref":7} /--><p>B</p>'

    assert body(content, reusable={7: "<p>Shared.</p>"}) == "<p>A</p><p>Shared.</p><p>B</p>"


def test_a_reusable_block_that_holds_itself_ends():
    content = 'Again.<!-- wp:block {"ref":7} /-->'

    assert body(content, reusable={7: content}).count("Again.") == 6


def test_blocks_that_showed_something_else_at_each_visit_are_counted():
    converted = convert("<p>A</p><!-- wp:latest-posts {} /--><!-- wp:search /-->")

    assert converted.html == "<p>A</p>"
    assert converted.left_out == {"block “latest-posts”": 1, "block “search”": 1}


def test_footnotes_of_blocks_become_notes():
    content = (
        '<!-- wp:paragraph --><p>Fog<sup data-fn="ab" class="fn"><a href="#ab">1</a></sup>.</p>'
        "<!-- /wp:paragraph -->"
    )

    html = body(content, notes='[{"id":"ab","content":"<em>Mist</em>, to be \\"exact\\"."}]')

    assert html == '<p>Fog<sup data-note="Mist, to be &quot;exact&quot;.">*</sup>.</p>'


# Shortcodes


def test_page_builders_are_unwrapped():
    content = (
        '[et_pb_section fb_built="1"][et_pb_row][et_pb_column type="4_4"][et_pb_text]\n\n'
        "One.\n\nTwo.[/et_pb_text][/et_pb_column][/et_pb_row][/et_pb_section]"
        "[vc_row][vc_column width=”1/2″][vc_column_text]Three.[/vc_column_text][/vc_column][/vc_row]"
        '[fusion_builder_row]Four.[/fusion_builder_row][elementor-template id="12"]'
    )

    assert body(content) == "<p>One.</p><p>Two.</p><p>Three.</p><p>Four.</p>"


def test_words_in_the_attributes_of_page_builders_are_kept():
    content = (
        '[et_pb_toggle title="Why a lamp?"]Ships.[/et_pb_toggle]'
        '[et_pb_cta title="Visit" button_text="Come in" button_url="https://lamp.example/visit/"]'
        "Any day.[/et_pb_cta]"
        '[vc_custom_heading text="The stairs"][fusion_youtube id="dQw4w9WgXcQ"]'
        '[vc_btn title="Climb" link="url:https%3A%2F%2Flamp.example%2Fup|title:Up"]'
    )

    html = body(content)

    assert "<h3>Why a lamp?</h3><p>Ships.</p>" in html
    assert '<h3>Visit</h3><p><a href="https://lamp.example/visit/">Come in</a></p><p>Any day.</p>' in html
    assert f"<h3>The stairs</h3>{FILM}" in html
    assert '<a href="https://lamp.example/up">Climb</a>' in html


@pytest.mark.parametrize(
    "text", ["[sic]", "[…]", "[the lamp, ed.]", "[1]", "a[0] = b", "[Ida laughs]", "[/s]", "[["]
)
def test_words_in_square_brackets_stay(text):
    assert plain(body(f"He said {text} so.")) == f"He said {text} so."


def test_shortcodes_in_code_and_doubled_ones_stay_as_examples():
    html = body('<pre>[gallery ids="1"]</pre>Write [[caption]] or <code>[vc_row]</code>.')

    assert html == "<pre>[gallery ids=&quot;1&quot;]</pre><p>Write [caption] or <code>[vc_row]</code>.</p>"


def test_an_unknown_plugin_goes_and_is_counted_but_what_it_encloses_stays():
    converted = convert('[tidetable port="Wick"] and [spoiler]high[/spoiler] water.')

    assert plain(converted.html) == "and high water."
    assert converted.left_out == {"[tidetable]": 1, "[spoiler]": 1}


def test_forms_and_gadgets_are_left_out_and_counted():
    converted = convert('Write.\n\n[contact-form-7 id="3" title="Contact"]\n\n[trinity_audio]')

    assert converted.html == "<p>Write.</p>"
    assert converted.left_out == {"[contact-form-7]": 1, "[trinity_audio]": 1}


def test_code_shortcodes_show_their_content_as_it_is():
    assert body("[code]if a < b: [x]\n\n  go[/code]") == "<pre><code>if a &lt; b: [x]\n\n  go</code></pre>"


def test_footnote_shortcodes_become_notes():
    html = body('Fog[ref]See <a href="https://lamp.example/">the log</a>, "1881".[/ref] came.')

    assert html == '<p>Fog<sup data-note="See the log , &quot;1881&quot;.">*</sup> came.</p>'


def test_sounds_and_films_on_file_become_links():
    html = body(
        '[audio mp3="https://lamp.example/up/Fog%20horn.mp3"][/audio][video src="https://lamp.example/a.mp4"]'
    )

    assert html == (
        '<p><a href="https://lamp.example/up/Fog%20horn.mp3">Fog horn.mp3</a></p>'
        '<p><a href="https://lamp.example/a.mp4">a.mp4</a></p>'
    )


# Films


@pytest.mark.parametrize(
    "content",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=4s",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "[embed]https://youtu.be/dQw4w9WgXcQ[/embed]",
        "[youtube https://www.youtube.com/watch?v=dQw4w9WgXcQ&w=640]",
        "[youtube=https://www.youtube.com/watch?v=dQw4w9WgXcQ]",
        '[youtube id="dQw4w9WgXcQ"]',
        '<iframe width="560" src="https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0"></iframe>',
        '<iframe src="//www.youtube-nocookie.com/embed/dQw4w9WgXcQ"></iframe>',
        '<object><param name="movie" value="https://www.youtube.com/v/dQw4w9WgXcQ&hl=en"></object>',
        '<!-- wp:embed {"url":"https://youtu.be/dQw4w9WgXcQ"} -->\n<figure class="wp-block-embed">'
        "<div>\nhttps://youtu.be/dQw4w9WgXcQ\n</div></figure>\n<!-- /wp:embed -->",
    ],
)
def test_films_become_embeds(content):
    assert body(content) == FILM


def test_a_film_on_a_line_of_its_own_parts_the_text():
    assert body("Look:\nhttps://youtu.be/dQw4w9WgXcQ\nSeen?") == f"<p>Look:</p>{FILM}<p>Seen?</p>"


def test_a_film_within_a_sentence_stays_words():
    assert body("See https://youtu.be/dQw4w9WgXcQ now.") == "<p>See https://youtu.be/dQw4w9WgXcQ now.</p>"


def test_a_film_keeps_its_caption():
    content = (
        '<figure class="wp-block-embed"><div>https://vimeo.com/12345678</div>'
        "<figcaption>Fog, <em>1881</em></figcaption></figure>"
    )

    assert body(content) == (
        '<figure data-embed="vimeo" data-embed-id="12345678">'
        "<figcaption>Fog, <em>1881</em></figcaption></figure>"
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://evil.example/?https://youtu.be/dQw4w9WgXcQ",
        "https://www.youtube.com/embed/videoseries?list=PL1",
        "javascript:alert(1)//youtu.be/dQw4w9WgXcQ",
        "https://[::1",
        "https://vimeo.com/channels/staffpicks",
    ],
)
def test_what_only_looks_like_a_film_is_none(address):
    assert film(address) is None


def test_players_of_others_become_links():
    converted = convert('<iframe src="https://maps.example/embed?q=lamp"></iframe>')

    assert converted.html == (
        '<p><a href="https://maps.example/embed?q=lamp">https://maps.example/embed?q=lamp</a></p>'
    )
    assert converted.left_out == {"player of maps.example, left as a link": 1}


def test_words_after_a_player_that_nobody_closed_stay():
    assert body('<iframe src="https://youtu.be/dQw4w9WgXcQ">\n\nWords.') == f"{FILM}<p>Words.</p>"


# Links to the old site itself


def at_home(address, base="https://lamp.example"):
    folder = urlsplit(base).path
    texts = {"7", f"{folder}/2024/night", f"{folder}/night.html", f"{folder}/ليل"}
    return Survey(site=Site(base_blog_url=base), texts=texts).own_path(address)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://lamp.example/2024/night/", "/2024/night/"),
        ("http://www.Lamp.example/?p=7&x=1#fog", "/?p=7&x=1#fog"),
        ("//lamp.example/night.html", "/night.html"),
        ("https://lamp.example", "/"),
        ("https://lamp.example//2024/night/", "/2024/night/"),
        ("https://lamp.example/%D9%84%D9%8A%D9%84/", "/%D9%84%D9%8A%D9%84/"),
        ("https://lamp.example/category/sea/fog/", "/category/sea/fog/"),
    ],
)
def test_links_to_texts_of_the_old_site_lose_its_host(address, path):
    assert at_home(address) == path


@pytest.mark.parametrize(
    "address",
    [
        "https://tides.example/2024/night/",
        "https://lamp.example.evil.example/2024/night/",
        "https://lamp.example@evil.example/2024/night/",
        "https://lamp.example:8000/2024/night/",
        "ftp://lamp.example/2024/night/",
        "https://lamp.example//evil.example/2024/night/",
        "https://lamp.example/?p=8",
        "https://lamp.example/?s=night",
        "https://lamp.example/gone/",
        "https://lamp.example/wp-content/uploads/2024/03/log.pdf",
        "https://lamp.example/wp-login.php",
        "https://lamp.example/files/log.pdf",
        "https://[::1",
        "/night/",
        "#fog",
        "mailto:ida@lamp.example",
        "",
    ],
)
def test_links_to_anything_else_stay(address):
    assert at_home(address) == address


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://lamp.example/blog/2024/night/", "/blog/2024/night/"),
        ("https://lamp.example/blog/", "/"),
        ("https://lamp.example/blog?p=7", "/blog/?p=7"),
        ("https://lamp.example/", "https://lamp.example/"),
        ("https://lamp.example/?p=7", "https://lamp.example/?p=7"),
        ("https://lamp.example/tag/fog/", "https://lamp.example/tag/fog/"),
    ],
)
def test_only_the_folder_of_the_old_site_is_its_own(address, path):
    assert at_home(address, "https://lamp.example/blog") == path


# Pictures


def test_a_picture_at_hand_becomes_a_figure_after_the_words_that_it_stood_in():
    html = body('Up <img class="wp-image-3" src="/3.jpg"> there.', find=library)

    assert html == '<p>Up  there.</p><figure data-image="3"></figure>'


def test_a_picture_that_begins_a_paragraph_comes_before_it():
    html = body('<img class="alignleft wp-image-3" src="/3.jpg">Up there.', find=library)

    assert html == '<figure data-image="3"></figure><p>Up there.</p>'


def test_captions_of_every_age_stay_with_their_pictures():
    figure = '<figure data-image="3"><figcaption>The <em>lamp</em></figcaption></figure>'
    image = '<a href="https://lamp.example/3.jpg"><img class="wp-image-3" src="https://lamp.example/3-300x200.jpg"></a>'

    assert (
        body(f'[caption id="attachment_3" width="300"]{image} The <em>lamp</em>[/caption]', find=library)
        == figure
    )
    assert body(f'[caption width="300" caption="The <em>lamp</em>"]{image}[/caption]', find=library) == figure
    assert body(f"<figure>{image}<figcaption>The <em>lamp</em></figcaption></figure>", find=library) == figure


def test_a_picture_that_is_not_at_hand_becomes_a_link_and_is_counted():
    converted = convert('See <img src="https://lamp.example/fog-300x200.jpg" alt="The fog"> there.')

    assert converted.html == '<p>See <a href="https://lamp.example/fog-300x200.jpg">The fog</a> there.</p>'
    assert converted.linked_pictures == 1


def test_a_linked_thumbnail_that_is_not_at_hand_leads_to_the_large_picture():
    content = (
        '<a href="https://lamp.example/fog.jpg"><img src="https://lamp.example/fog-150x150.jpg" alt=""></a>'
    )

    assert body(content) == '<p><a href="https://lamp.example/fog.jpg">fog-150x150.jpg</a></p>'


def test_a_picture_that_was_a_link_keeps_where_it_led():
    html = body('<a href="https://tides.example/"><img class="wp-image-3" src="/3.jpg"></a>', find=library)

    assert html == (
        '<figure data-image="3">'
        '<figcaption><a href="https://tides.example/">The lamp.</a></figcaption></figure>'
    )


def test_galleries_of_every_age_show_their_pictures():
    figures = '<figure data-image="3"></figure><figure data-image="5"></figure>'
    blocks = (
        '<figure class="wp-block-gallery"><ul><li><figure><img class="wp-image-3"></figure></li>'
        '<li><figure><img class="wp-image-5"></figure></li></ul></figure>'
    )

    assert body('[gallery ids="3,5" columns="2"]', find=library) == figures
    assert body("[gallery]", find=library, attached=[3, 5]) == figures
    assert body(blocks.replace("<ul>", '<ul class="blocks-gallery-grid">'), find=library) == figures


def test_a_gallery_without_files_links_to_its_pictures():
    html = body('[gallery ids="2"]', find=library)

    assert html == '<p><a href="https://lamp.example/2.jpg">A lamp</a></p>'


def test_pictures_within_tables_and_lists_follow_them():
    html = body('<ul><li>A</li><li><img class="wp-image-3"></li></ul>', find=library)

    assert html == '<ul><li>A</li></ul><figure data-image="3"></figure>'


def test_smileys_are_words():
    assert body('Well <img class="wp-smiley" src="/s.gif" alt=":-)">') == "<p>Well :-)</p>"


# Headings and emphasis


def test_first_headings_are_second_and_underlines_and_doubled_bold_go():
    html = body('<h1>A</h1><h2><span style="text-decoration: underline;"><strong>B:</strong></span></h2>')

    assert html == "<h2>A</h2><h2>B:</h2>"


def test_styled_spans_become_what_they_meant():
    html = body(
        '<span style="font-weight: 700">a</span> <span style="color: red">b</span> <span lang="ar">ج</span>'
    )

    assert html == '<p><strong>a</strong> b <span lang="ar">ج</span></p>'


def test_the_direction_of_a_paragraph_stays():
    assert body('<p dir="rtl">سلام\n\nثم</p>') == '<p dir="rtl">سلام</p><p dir="rtl">ثم</p>'
    assert body('<p style="text-align: right; direction: rtl;">שלום</p>') == '<p dir="rtl">שלום</p>'


@pytest.mark.parametrize(
    ("heading", "title", "same"),
    [
        ("The Lamp", "The Lamp", True),
        ("THE LAMP!", "The lamp", True),
        ("The Lamp of Wick | First Notes", "Lamp of Old Wick, Caithness | First Notes", True),
        ("Background", "The Lamp", False),
        ("The Lamp and the Fog", "The Lamp", False),
        ("The Lamp", "The Lamp, the Fog and the Sea in Winter", False),
        ("", "The Lamp", False),
        ("المنارة", "المنارة", True),
    ],
)
def test_a_heading_that_repeats_the_title_is_known(heading, title, same):
    assert repeats(heading, title) is same


def test_only_a_first_heading_that_repeats_the_title_is_left_out():
    assert convert("<h1>The Lamp</h1>Words.", "The Lamp").html == "<p>Words.</p>"
    assert convert("Words.<h1>The Lamp</h1>", "The Lamp").html == "<p>Words.</p><h2>The Lamp</h2>"


# Languages, limits, hostile input


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The lamp", "en"),
        ("المنارة والضباب", "ar"),
        ("המגדלור והערפל", "he"),
        ("المنارة (lamp)", "ar"),
        ("A lamp is منارة in Arabic", "en"),
        ("1881", "en"),
        ("", "en"),
    ],
)
def test_the_language_follows_the_script(text, language):
    assert script_language(text, "en") == language


def test_plain_text_has_no_tags_entities_or_shortcodes():
    assert (
        plain("The <em>lamp</em> &amp; the&nbsp;fog [&#8230;] [vc_row]<br>now")
        == "The lamp & the fog […] now"
    )


def test_a_text_of_more_than_a_million_characters_is_refused_in_words():
    with pytest.raises(TooLong, match="1,000,001 characters"):
        convert("x" * 1_000_001)


def test_nothing_that_runs_comes_along():
    html = body(
        '<script>steal()</script><p onclick="steal()">A</p><a href="javascript:steal()">B</a>'
        '<svg onload="steal()"><text>C</text></svg><img src="x" onerror="steal()">'
        '<iframe srcdoc="<b>D</b>"></iframe>'
    )

    assert "steal" not in html
    assert "<p>A</p>" in html


@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 100_000,
        "<em>" * 100_000 + "x",
        "<ul><li>" * 50_000,
        "<blockquote>\n\nx" * 20_000,
        "[caption]" * 50_000,
        "[caption]" * 10_000 + "[/caption]" * 10_000,
        "[gallery " * 50_000,
        "<pre>" * 50_000,
        "<!-- wp:x " * 50_000,
        "<!-- wp:x {" * 50_000,
        "<!--more" * 50_000,
        "\n " * 200_000,
        "<br>" * 100_000,
        "<img " * 50_000,
        "&" * 200_000,
        "[a " + 'b="' * 100_000 + "]",
        "<figure><img src=x>" * 10_000,
        "<a href=/x><p>" * 10_000,
    ],
    ids=lambda content: content[:12],
)
def test_hostile_text_is_settled_in_seconds(content):
    start = time.process_time()

    convert(content)

    assert time.process_time() - start < 6


SOUP = [
    "[caption]",
    "[/caption]",
    "<p>",
    "</p>",
    "<div>",
    "<b>",
    "</b>",
    "<li>",
    "\n\n",
    "[x]",
    "<pre>",
    "<td>",
]


@given(st.lists(st.sampled_from(SOUP), max_size=30))
def test_words_survive_any_tag_soup(pieces):
    content = " ".join(f"{piece} w{number}" for number, piece in enumerate(pieces))

    assert re.findall(r"w\d+", plain(convert(content).html)) == re.findall(r"w\d+", content)
