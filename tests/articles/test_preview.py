"""The preview beside the form: what is typed now, as readers would get it, and nothing of it saved."""

import pytest
from django.test import Client

from articles import reworks
from articles.models import Article, Autosave, Byline, OutboundLink, Tag
from tests.articles.test_admin_writing import form
from tests.factories import (
    make_article,
    make_author,
    make_colleague,
    make_image,
    make_series,
    make_site,
)

pytestmark = pytest.mark.django_db
TAB = "0123456789abcdef"


def keep(user, article, *, tab=TAB, more=(), **fields):
    """Keep what a tab's form holds, as the page does while somebody types."""
    entries = [
        [name, str(value)]
        for name, values in form(**fields).items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return Autosave.objects.keep(user, article, tab, [*entries, *more])


def address(article, tab=TAB, **query):
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/admin/articles/article/{article.pk}/preview/?typed={tab}{more}"


def test_what_is_typed_is_shown_and_not_saved(admin_client, admin_user):
    ines, photo = make_author(name="Ines Vale", bio="Counts ships."), make_image(alt="A buoy")
    other = make_article(title="What the insurers heard", standfirst="They heard little.")
    Tag.objects.create(name="Ports")
    article = make_article(status="draft", title="As it was", body="<p>Old.</p>", tags=["Old tag"])
    before = Article.objects.filter(pk=article.pk).values().get()
    keep(
        admin_user,
        article,
        title="As it is typed",
        standfirst="Why to read on.",
        body="<h2>First</h2><p>New words.</p><h2>Second</h2><p>x</p><h2>Third</h2><p>x</p>",
        lead_image=photo.pk,
        authors=[ines],
        tags=["Brand new", "Ports"],
        links=[
            {"target": other.pk, "url": "", "title": "", "note": "The other side"},
            {"target": "", "url": "https://example.org/", "title": "Outside", "note": ""},
        ],
    )

    page = admin_client.get(address(article))

    assert page.status_code == 200
    for words in [
        "As it is typed",
        "Why to read on.",
        "New words.",
        'href="#second"',
        "Ines Vale",
        "Counts ships.",
        "Brand new",
        "What the insurers heard",
        "The other side",
        "Outside",
        'alt="A buoy"',
    ]:
        assert words in page.text, words
    assert "As it was" not in page.text
    assert "Old tag" not in page.text
    assert Article.objects.filter(pk=article.pk).values().get() == before
    assert not Tag.objects.filter(name="Brand new").exists()
    assert not Byline.objects.filter(article=article).exists()
    assert not OutboundLink.objects.exists()


def test_what_will_not_do_is_shown_as_saved_and_named(admin_client, admin_user):
    article = make_article(status="draft", title="As it was", source_url="https://example.org/was")
    keep(
        admin_user,
        article,
        title="",
        body="<div>" * 100 + "New words." + "</div>" * 100,
        source_url="no address",
        event_starts_at_0="0001-01-01",
        event_starts_at_1="00:00:00",
        standfirst="New standfirst.",
    )

    page = admin_client.get(address(article))

    assert "As it was" in page.text
    assert "Some words." in page.text
    assert "https://example.org/was" in page.text
    assert "New standfirst." in page.text
    said = page.text.partition('<meta name="preview" content="')[2].partition('"')[0]
    assert said.startswith("As saved, because what is typed there will not do: ")
    assert all(name in said for name in ("Title", "Text", "Begins"))


def test_hostile_words_are_cleaned_as_when_they_are_saved(admin_client, admin_user):
    article = make_article(status="draft")
    keep(
        admin_user,
        article,
        title="<script>alert(1)</script>",
        body='<p onclick="alert(1)">Words<script>alert(1)</script></p><a href="javascript:alert(1)">x</a>',
    )

    for query in ({}, {"as": "search"}, {"as": "card"}, {"as": "letter"}):
        page = admin_client.get(address(article, **query)).text
        assert "<script>alert" not in page
        assert "onclick" not in page
        assert "javascript:" not in page


@pytest.mark.parametrize(
    "more",
    [
        [["bylines-TOTAL_FORMS", "x"], ["bylines-0-author", "none"]],
        [["bylines-TOTAL_FORMS", "3"], ["bylines-0-author", "99999999999999999999"], ["bylines-2-id", "1"]],
        [["related_links-TOTAL_FORMS", "1"], ["related_links-0-target", "0"]],
        [["related_links-TOTAL_FORMS", "1"], ["related_links-0-url", "https://example.org/"]],
        [["lead_image", "99999999999999999999"], ["series", "x"], ["tags", "x" * 300]],
        [["language", "xx"], ["kind", "xx"], ["slug", "a b"], ["seen", "0"], ["published_at_0", "x"]],
        [["_publish", "1"], ["_schedule", "1"], ["_withdraw", "1"]],
    ],
)
def test_entries_that_make_no_sense_are_no_error_of_ours(admin_client, admin_user, more):
    article = make_article(status="draft", body="<p>Words.</p>")
    keep(admin_user, article, more=more)

    for query in ({}, {"as": "search"}):
        assert admin_client.get(address(article, **query)).status_code == 200
    article.refresh_from_db()
    assert article.status == "draft"


def test_an_article_that_moves_to_a_series_says_which_part_it_would_be(admin_client, admin_user):
    series = make_series(title="The straits")
    parts = [make_article(title=f"Part {n}", series=series, series_position=n) for n in (1, 2)]
    article = make_article(status="draft")
    keep(admin_user, article, series=series.pk)

    page = admin_client.get(address(article)).text

    assert "The straits" in page
    assert "part 3 of 3" in page
    assert parts[1].get_absolute_url() in page


def test_the_names_follow_the_language_that_is_chosen(admin_client, admin_user):
    author = make_author(name="Ines Vale")
    author.translations.create(language="he", name="אינס וייל")
    article = make_article(status="draft", authors=[author])
    keep(admin_user, article, language="he", title="נמל", authors=[author])

    page = admin_client.get(address(article))

    assert 'lang="he" dir="rtl"' in page.text
    assert "אינס וייל" in page.text
    assert page["Content-Language"] == "he"


def test_a_correction_that_is_typed_stands_under_the_live_text(admin_client, admin_user):
    article = make_article()
    keep(
        admin_user,
        article,
        more=[
            ["published_at_0", "2026-03-01"],
            ["published_at_1", "00:00:00"],
            ["corrections-TOTAL_FORMS", "1"],
            ["corrections-INITIAL_FORMS", "0"],
            ["corrections-0-kind", "correction"],
            ["corrections-0-noted_at_0", ""],
            ["corrections-0-noted_at_1", ""],
            ["corrections-0-text", "It was nine metres."],
        ],
    )

    assert "It was nine metres." in admin_client.get(address(article)).text
    assert not article.corrections.exists()


def test_a_rework_bears_the_date_of_its_article(admin_client, admin_user):
    article = make_article(title="As readers see it")
    rework = reworks.start(article, admin_user)
    keep(admin_user, rework, title="As it is reworked")

    page = admin_client.get(address(rework)).text

    assert "As it is reworked" in page
    assert "1 March 2026" in page


# Who sees what


def test_nobody_sees_what_a_colleague_types(admin_client, admin_user):
    article = make_article(status="draft", title="As it was")
    keep(make_colleague("Editor"), article, title="Theirs")
    keep(admin_user, make_article(), tab="f" * 16, title="Of another article")

    assert "As it was" in admin_client.get(address(article)).text
    assert "As it was" in admin_client.get(address(article, tab="f" * 16)).text
    assert "As it was" in admin_client.get(address(article, tab="<b>")).text


def test_a_writer_previews_an_own_draft_and_once_it_is_handed_in_what_is_saved():
    writer, client = make_colleague("Writer"), Client()
    client.force_login(writer)
    article = make_article(status="draft", title="As it was", created_by=writer)
    keep(writer, article, title="As it is typed")

    assert "As it is typed" in client.get(address(article)).text
    article.submit()
    assert "As it was" in client.get(address(article)).text
    other = make_article(status="draft")
    assert client.get(address(other)).status_code == 403


def test_the_pane_may_stand_in_our_own_pages_alone_and_is_kept_by_nobody(admin_client):
    article = make_article(status="draft")

    for query in ({}, {"as": "card"}):
        answer = admin_client.get(address(article, **query))
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
        assert "style=" not in answer.text
    policy = admin_client.get(address(article))["Content-Security-Policy"]
    assert "frame-src 'self' https://www.youtube-nocookie.com" in policy


def test_the_plain_preview_says_what_it_is_and_the_pane_needs_not(admin_client):
    article = make_article(status="draft")

    assert "Only you and your colleagues" in admin_client.get(address(article).partition("?")[0]).text
    pane = admin_client.get(address(article, tab="")).text
    assert "Only you and your colleagues" not in pane
    assert '<base target="_blank">' in pane


def test_the_form_has_the_preview_and_a_new_one_says_when_it_will(admin_client):
    article = make_article(status="draft")

    page = admin_client.get(f"/admin/articles/article/{article.pk}/change/").text
    assert f'data-preview="/admin/articles/article/{article.pk}/preview/"' in page
    assert (
        "There is a preview once it has been saved." in admin_client.get("/admin/articles/article/add/").text
    )


# Elsewhere


def test_a_search_result_shows_what_fits_and_says_what_does_not(admin_client, admin_user, settings):
    settings.SITE_URL = "https://tidelines.example"
    make_site(name="Tidelines")
    article = make_article(status="draft", slug="narrow")
    keep(
        admin_user,
        article,
        slug="narrow",
        title="A title of many words that goes on and on beyond what a list of results has room for",
        standfirst="Short.",
    )

    page = admin_client.get(address(article, **{"as": "search"})).text

    assert "https://tidelines.example › <bdi>articles</bdi> › <bdi>narrow</bdi>" in page
    assert "A title of many words that goes on and on beyond what a…" in page
    assert "84 characters; about 60 are shown." in page
    assert "6 of about 155 characters" in page


def test_a_search_result_without_standfirst_says_what_stands_in(admin_client):
    article = make_article(status="draft", body="<p>The opening.</p>")
    empty = make_article(status="draft", body="")

    page = admin_client.get(address(article, **{"as": "search"})).text
    assert "The opening." in page
    assert "There is no standfirst" in page
    assert "There is none" in admin_client.get(address(empty, **{"as": "search"})).text


def test_a_social_card_shows_the_picture_that_it_will_have(admin_client, admin_user):
    image = make_image(alt="A buoy")
    article = make_article(status="draft")

    assert "There is no lead image" in admin_client.get(address(article, **{"as": "card"})).text
    keep(admin_user, article, title="With a picture", lead_image=image.pk)
    page = admin_client.get(address(article, **{"as": "card"})).text
    assert 'alt="A buoy"' in page
    assert "With a picture" in page


def test_the_newsletter_speaks_the_articles_language_and_the_hints_the_editors(admin_client):
    article = make_article(status="draft", language="he", title="נמל")

    page = admin_client.get(address(article, **{"as": "letter"})).text

    assert "לקריאת המאמר" in page
    assert "As an issue of the newsletter brings it" in page
    assert '<html lang="en"' in page


def test_the_query_count_does_not_grow_with_what_is_saved(admin_client, django_assert_max_num_queries):
    authors = [make_author() for _ in range(8)]
    article = make_article(status="draft", authors=authors, tags=[f"Tag {n}" for n in range(12)])

    with django_assert_max_num_queries(16):
        admin_client.get(address(article))
