"""What readers get of a stored body."""

import re
from dataclasses import dataclass

import pytest
from django.utils import translation

from articles.markup import clean, elsewhere, excerpt, render


@dataclass
class Picture:
    caption: str = ""
    credit: str = ""

    def html(self, sizes, lazy):
        loading = "lazy" if lazy else "eager"
        return f'<picture><img src="/m/1.webp" sizes="{sizes}" loading="{loading}"></picture>'

    def larger(self, identifier):
        return ""


def rendered(body, language="en", **pictures):
    numbered = {int(name.removeprefix("image_")): picture for name, picture in pictures.items()}
    return render(clean(body), language=language, pictures=numbered)


def html(body, **kwargs):
    """The HTML without the ids of paragraphs, which test_anchors.py looks at."""
    return re.sub(r' id="p[a-z2-7]{5}(-\d+)?"', "", rendered(body, **kwargs).html)


def test_footnotes_are_numbered_and_listed_at_the_end():
    page = html('<p>A<sup data-note="First.">*</sup> b<sup data-note="Second &amp; last.">*</sup></p>')

    opener = '<button id="r1" type="button" popovertarget="n1" aria-label="Note 1">1</button>'
    assert f'<p class="end">A<sup>{opener}</sup> b<sup>' in page
    assert page.endswith(
        '<section class="notes" aria-labelledby="notes"><h2 id="notes">Notes</h2><ol>'
        '<li id="n1" popover="">First.&nbsp;<a href="#r1" aria-label="Back to note 1 in the text">↑</a></li>'
        '<li id="n2" popover="">Second &amp; last.&nbsp;'
        '<a href="#r2" aria-label="Back to note 2 in the text">↑</a></li>'
        "</ol></section>"
    )


def test_a_text_without_notes_has_no_section_for_them():
    assert html("<p>A</p>") == '<p class="end">A</p>'


def test_a_note_in_a_heading_is_no_part_of_its_id():
    result = rendered('<h2>Cost<sup data-note="n">*</sup></h2>')

    assert result.outline == [{"id": "cost", "text": "Cost", "level": 2}]


@pytest.mark.parametrize(
    ("note", "address", "after"),
    [
        ("See https://example.org/a.", "https://example.org/a", "."),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)", ")"),
        ("http://example.org/?a=1&amp;b=2, and more", "http://example.org/?a=1&amp;b=2", ", and more"),
        ("انظر https://example.org/a، ثم", "https://example.org/a", "، ثم"),
    ],
)
def test_addresses_in_notes_become_links_without_the_punctuation_behind_them(note, address, after):
    page = html(f'<p>A<sup data-note="{note}">*</sup></p>')

    assert f'<a href="{address}" rel="noopener">{address}</a>{after}' in page


def test_only_web_addresses_in_notes_become_links():
    page = html('<p>A<sup data-note="javascript:alert(1) https:// data:x">*</sup></p>')

    assert '<li id="n1" popover="">javascript:alert(1) https:// data:x&nbsp;<a href="#r1"' in page


def test_a_table_is_a_region_with_a_name_that_a_keyboard_can_scroll():
    with_caption = html("<table><caption>Ships</caption><tr><td>a</td></tr></table>")
    without = html("<table><tr><td>a</td></tr></table><table><tr><td>b</td></tr></table>")

    assert with_caption.startswith('<section class="table" aria-labelledby="table-1" tabindex="0"><table>')
    assert '<caption id="table-1">Ships</caption>' in with_caption
    assert '<section class="table" aria-label="Table 2" tabindex="0">' in without


def test_a_first_row_of_headings_becomes_the_head_of_the_table():
    page = html(
        "<table><tr><th></th><th><p>Class</p></th></tr><tr><th>Feeder</th><td><p>Line</p></td></tr></table>"
    )

    assert page.endswith(
        '<thead><tr><td></td><th scope="col">Class</th></tr></thead>'
        '<tbody><tr><th scope="row">Feeder</th><td>Line</td></tr></tbody></table></section>'
    )


def test_columns_of_numbers_are_marked():
    page = html(
        "<table><thead><tr><th>Class</th><th>Cost</th><th>Year</th><th>Note</th></tr></thead><tbody>"
        "<tr><td>A</td><td>US$ 62,000</td><td>٢٠٢٦</td><td>4</td></tr>"
        "<tr><td>B</td><td>−21.5%</td><td>–</td><td>none yet</td></tr></tbody></table>"
    )

    assert '<th scope="col" class="num">Cost</th><th scope="col" class="num">Year</th>' in page
    assert '<td>A</td><td class="num">US$ 62,000</td><td class="num">٢٠٢٦</td><td>4</td>' in page
    assert '<td class="num">−21.5%</td><td class="num">–</td><td>none yet</td>' in page


def test_columns_are_counted_across_spans():
    page = html(
        '<table><tr><th>a</th><th>b</th><th>c</th></tr><tr><td rowspan="2">x</td><td>1</td><td>y</td></tr>'
        '<tr><td>2</td><td>z</td></tr><tr><td colspan="2">w</td><td>v</td></tr></table>'
    )

    assert page.count('class="num"') == 3
    assert '<td class="num">2</td>' in page


def test_a_figure_shows_the_librarys_caption_and_credit():
    page = html('<figure data-image="3"></figure>', image_3=Picture(caption="A & B", credit="Photo: <C>"))

    assert page == (
        '<figure><picture><img src="/m/1.webp"'
        ' sizes="(min-width: 64rem) 37.5rem, (min-width: 46rem) 40rem, 92vw" loading="lazy">'
        "</picture>"
        '<figcaption>A &amp; B <span class="credit">Photo: &lt;C&gt;</span></figcaption></figure>'
    )


def test_a_caption_of_its_own_replaces_the_librarys():
    page = html(
        '<figure data-image="3" class="wide"><figcaption>The <em>Sarn</em></figcaption></figure>',
        image_3=Picture(caption="Library", credit="C"),
    )

    assert page.startswith(
        '<figure class="wide"><picture><img src="/m/1.webp" sizes="(min-width: 84rem) 55.5rem,'
    )
    assert page.endswith('<figcaption>The <em>Sarn</em> <span class="credit">C</span></figcaption></figure>')


def test_a_figure_without_words_has_no_empty_caption():
    assert "figcaption" not in html('<figure data-image="3"></figure>', image_3=Picture())


def test_a_figure_whose_image_is_gone_is_left_out_with_its_caption():
    result = rendered('<p>A</p><figure data-image="3"><figcaption>Gone</figcaption></figure>')

    assert "figure" not in result.html
    assert "Gone" not in result.html + result.text


@pytest.mark.parametrize(
    ("provider", "video", "page", "player", "label"),
    [
        (
            "youtube",
            "dQw4w9WgXcQ",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1",
            "Watch on YouTube",
        ),
        (
            "vimeo",
            "76979871",
            "https://vimeo.com/76979871",
            "https://player.vimeo.com/video/76979871?autoplay=1",
            "Watch on Vimeo",
        ),
    ],
)
def test_an_embed_is_a_link_that_loads_nothing_before_a_click(provider, video, page, player, label):
    caption = "<figcaption>Six <em>min</em></figcaption>"
    figure = f'<figure data-embed="{provider}" data-embed-id="{video}">{caption}</figure>'

    assert html(figure) == (
        f'<figure class="wide"><a class="video" href="{page}" data-video="{player}" data-title="Six min">'
        f"<span>{label}</span></a>{caption}</figure>"
    )


def test_an_embed_without_a_title_is_named_by_its_label():
    page = html('<figure data-embed="vimeo" data-embed-id="76979871"></figure>')

    assert 'data-title="Watch on Vimeo"' in page
    assert "figcaption" not in page


def test_links_to_other_sites_give_them_no_handle_and_keep_the_rest():
    page = html('<p><a href="https://example.org/" rel="nofollow" hreflang="fr">a</a> <a href="/b">b</a></p>')

    assert '<a href="https://example.org/" hreflang="fr" rel="nofollow noopener">a</a>' in page
    assert '<a href="/b">b</a>' in page


def test_the_last_paragraph_closes_the_text_even_before_a_figure():
    page = html('<p>A</p><p>B</p><figure data-image="3"></figure>', image_3=Picture())

    assert page.startswith('<p>A</p><p class="end">B</p><figure>')


def test_a_text_that_ends_in_a_list_has_no_paragraph_that_closes_it():
    assert "end" not in html("<p>A</p><ul><li>b</li></ul>")


def test_paragraphs_alone_in_an_item_are_taken_out_of_it():
    page = html('<ul><li><p dir="rtl">a</p></li><li><p>b</p><p>c</p></li></ul>')

    assert page == '<ul><li dir="rtl">a</li><li><p>b</p><p>c</p></li></ul>'


def test_the_text_for_search_has_a_line_for_each_block_and_the_notes_at_the_end():
    result = rendered(
        '<h2>Cost</h2><p>One<sup data-note="The note.">*</sup>, <em>two</em><br>three.</p>'
        "<ul><li><p>four</p></li><li>five</li></ul>"
        "<table><caption>Ships</caption><tr><th>a</th><td>1</td></tr></table>"
        '<figure data-image="3"></figure>'
        '<figure data-embed="vimeo" data-embed-id="76979871"><figcaption>Film</figcaption></figure>'
        "<blockquote><p>Nobody &lt;3</p><footer>A pilot</footer></blockquote>",
        image_3=Picture(caption="A chart", credit="Nobody"),
    )

    assert result.text.split("\n") == [
        *(
            "Cost",
            "One, two three.",
            "four",
            "five",
            "Ships",
            "a 1",
            "A chart",
            "Film",
            "Nobody <3",
            "A pilot",
        ),
        "The note.",
    ]
    assert result.words == 18


def test_an_empty_body_renders_to_nothing():
    result = rendered("<p> </p>")

    assert (result.html, result.text, result.outline, result.words) == ("", "", [], 0)


def test_the_words_of_the_page_are_in_the_language_of_the_article():
    heard = []

    class Listener(Picture):
        def html(self, sizes, lazy):
            heard.append(translation.get_language())
            return ""

    with translation.override("he"):
        html('<figure data-image="3"></figure>', language="ar", image_3=Listener())
        heard.append(translation.get_language())

    assert heard == ["ar", "he"]


def test_a_picture_that_has_a_larger_file_opens_in_front_of_the_page():
    class Large(Picture):
        def larger(self, identifier):
            return f'<button class="zoom" popovertarget="{identifier}"></button>'

    figures = "".join(f'<figure data-image="{number}"></figure>' for number in (3, 4, 3))

    page = html(figures, image_3=Large(caption="A"), image_4=Picture())

    assert re.findall(r'popovertarget="(\w+)"', page) == ["f1", "f2"]
    assert "</picture><button" in page


def test_elsewhere_the_numbers_of_notes_are_links_and_pictures_do_not_open():
    class Large(Picture):
        def larger(self, identifier):
            return (
                f'<button class="zoom" popovertarget="{identifier}"></button>'
                f'<div id="{identifier}" popover=""><img src="/m/2.webp"><button class="zoom"></button></div>'
            )

    body = '<h2>Cost</h2><p>A<sup data-note="N.">*</sup></p><figure data-image="3"></figure>'
    page = elsewhere(html(body, image_3=Large()))

    assert '<sup><a href="#n1">1</a></sup>' in page
    assert '<li id="n1">N.' in page
    assert 'loading="lazy"></picture></figure>' in page
    assert "button" not in page
    assert "popover" not in page


def test_rendering_adds_no_style_and_no_script():
    page = html('<p style="x">a<sup data-note="b">*</sup></p><table><tr><td>1</td></tr></table>')

    assert "style" not in page
    assert "script" not in page


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("One two three", 240, "One two three"),
        ("One two three", 10, "One two…"),
        ("One two, three", 10, "One two…"),
        ("One\ntwo\nthree four", 13, "One two…"),
        ("Onetwothree", 5, "Onet…"),
        ("", 5, ""),
        ("كلمة واحدة هنا", 11, "كلمة واحدة…"),
    ],
)
def test_an_excerpt_ends_between_words(text, length, short):
    assert excerpt(text, length) == short
    assert len(short) <= length


def test_levels_of_headings_leave_none_out():
    html = render("<h4>One</h4><h4>Two</h4><h2>Three</h2><h4>Four</h4>", language="en", pictures={}).html

    assert re.findall(r"<(h\d)", html) == ["h2", "h3", "h2", "h3"]
