"""What a page says of itself to searches: a title with the name of the site, a description of some length."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template

from articles.templatetags.publication import signed

TAGLINE = "Ports, straits & cables, explained by those who work there."


def site(**text):
    return SimpleNamespace(local_name="Tidelines", text=text)


def described(description, **text):
    """Return a description as a template writes it, where what is typed is escaped before."""
    template = Template("{% load publication %}{% filter filled_out:site %}{{ typed }}{% endfilter %}")
    return template.render(Context({"typed": description, "site": site(**text)}))


def test_a_title_is_signed_with_the_name_of_the_site_where_both_can_be_shown():
    room = 70 - len(" | Tidelines")

    assert signed("The strait", site()) == "The strait | Tidelines"
    assert signed("x" * room, site()) == "x" * room + " | Tidelines"
    assert signed("x" * (room + 1), site()) == "x" * (room + 1)


def test_a_signed_title_is_still_escaped():
    page = Template("{% load publication %}{{ title|signed:site }}").render(
        Context({"title": "<b>Ports</b>", "site": site()})
    )

    assert page == "&lt;b&gt;Ports&lt;/b&gt; | Tidelines"


def test_a_description_of_a_sentence_stays_as_it_is():
    sentence = "x" * 50

    assert described(sentence, tagline=TAGLINE) == sentence


def test_a_short_description_is_followed_by_what_the_site_is_about():
    whole = "On ports. Ports, straits &amp; cables, explained by those who work there."

    assert described("On ports", tagline=TAGLINE) == whole
    assert described("On ports.", tagline=TAGLINE) == whole


@pytest.mark.parametrize("end", ["?", "!", "…", "؟"])
def test_a_question_gets_no_full_stop(end):
    assert described(f"Why{end}", tagline=TAGLINE).startswith(f"Why{end} Ports")


def test_it_goes_on_with_the_next_text_until_it_is_a_sentence():
    said = described("Ports", tagline="By sea", about="What happens in the harbours of the world, and why.")

    assert said == "Ports. By sea. What happens in the harbours of the world, and why."
    assert described("Ports").startswith("Ports. Analyses, bulletins and announcements")


def test_what_a_description_says_already_is_not_said_again():
    assert described("By sea & land", tagline="By sea & land").startswith(
        "By sea &amp; land. Analyses, bulletins"
    )


def test_what_it_is_filled_out_with_is_escaped_and_cut():
    said = described("<i>Ports</i>", tagline="<script>alert(1)</script> " * 20)

    assert said.startswith("&lt;i&gt;Ports&lt;/i&gt;. &lt;script&gt;")
    assert "<" not in said
    assert said.endswith("…")
    assert len(described("Ports", tagline="word " * 100)) <= 162
