"""Bringing a WordPress site in: nothing is lost, nothing hidden becomes public, twice changes nothing."""

import shutil
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from articles.management.commands.import_wordpress import LOCK
from articles.models import Article, Author, Image, Lexeme, Page, Redirect, Tag, Word
from tests.articles.wxr import make_author, make_category, make_item, make_wxr
from tests.factories import (
    make_article,
    make_page,
    make_site,
    make_tag,
    make_upload,
)
from tests.factories import (
    make_author as make_author_row,
)

pytestmark = pytest.mark.django_db
PUBLISHED, DRAFT = Article.Status.PUBLISHED, Article.Status.DRAFT


@pytest.fixture
def run(tmp_path, capsys):
    """Import items, or a whole export; return what the command said."""

    def run(*items, content=None, **options):
        file = tmp_path / "export.xml"
        file.write_bytes(make_wxr(*items) if content is None else content)
        call_command("import_wordpress", str(file), **options)
        return capsys.readouterr().out

    return run


@pytest.fixture
def uploads(tmp_path):
    """A copy of an uploads folder: two pictures, a script that calls itself one; beside it a secret."""
    folder = tmp_path / "uploads"
    (folder / "2024/03").mkdir(parents=True)
    (folder / "2024/03/lamp.jpg").write_bytes(make_upload(colour=(200, 180, 20)).read())
    (folder / "2024/03/fog-scaled.jpg").write_bytes(make_upload(colour=(120, 120, 130)).read())
    (folder / "2024/03/virus.jpg").write_bytes(b"<?php system('ls'); ?>")
    (tmp_path / "secret.jpg").write_bytes(make_upload(colour=(1, 2, 3)).read())
    return folder


def attachment(post_id, file, **fields):
    """The attachment item of a file in the uploads folder."""
    return make_item(
        post_id=post_id,
        type="attachment",
        status="inherit",
        content="",
        attachment_url=f"https://lamp.example/wp-content/uploads/{file}",
        **fields,
    )


def test_a_post_can_be_read_with_all_that_it_had(run, client):
    run(
        make_item(
            title="A quiet night &amp; a lamp",
            content="[et_pb_text]Slow <b>fog</b>.\n\nThen none.[/et_pb_text]",
            excerpt="<p>What the log says.</p>",
            categories=["Bulletins"],
            tags=["Fog", "Lamps"],
            slug="a-quiet-night",
        )
    )

    article = Article.objects.get()
    page = client.get("/articles/a-quiet-night/").content.decode()
    assert article.title == "A quiet night & a lamp"
    assert article.body == "<p>Slow <strong>fog</strong>.</p><p>Then none.</p>"
    assert article.standfirst == "What the log says."
    assert article.kind == Article.Kind.BULLETIN
    assert article.published_at == datetime(2024, 3, 5, 8, tzinfo=UTC)
    assert [author.name for author in article.authors.all()] == ["Ida Fenn"]
    assert sorted(article.tags.names()) == ["Fog", "Lamps"]
    assert "Then none." in page
    assert "Ida Fenn" in page


def test_an_authors_mail_address_goes_nowhere(run, client):
    run(make_item(slug="night"))

    assert Author.objects.get().email == ""
    assert "ida@lamp.example" not in client.get("/articles/night/").content.decode()


def test_authors_who_wrote_nothing_get_no_page(run):
    content = make_wxr(make_item(), authors=[make_author(), make_author(login="root", name="Admin")])

    run(content=content)

    assert [author.name for author in Author.objects.all()] == ["Ida Fenn"]


def test_an_author_whom_the_editors_have_entered_is_the_same_person(run):
    known = make_author_row(name="Ida Fenn", bio="Keeps the lamp.")

    run(make_item(), make_item())

    assert Author.objects.get() == known
    assert known.articles.count() == 2


def test_several_authors_of_a_plugin_are_all_in_the_byline(run):
    content = make_wxr(
        make_item(terms=[("author", "cap-ida", "Ida Fenn"), ("author", "cap-tom", "Tom Reay")]),
        authors=[make_author()],
    )

    run(content=content)

    assert [str(byline) for byline in Article.objects.get().bylines.all()] == ["Ida Fenn", "Tom Reay"]


# What was not public


@pytest.mark.parametrize("status", ["draft", "pending", "private", "trash", "auto-draft", "", "acf-disabled"])
def test_what_was_not_public_is_a_draft_and_is_named(run, client, status):
    said = run(make_item(title="Secret", slug="secret", status=status))

    assert Article.objects.get().status == DRAFT
    assert client.get("/articles/secret/").status_code == 404
    assert "“Secret” (post " in said
    assert "it is a draft here" in said


def test_a_post_behind_a_password_is_a_draft(run):
    said = run(make_item(password="open sesame"))

    assert Article.objects.get().status == DRAFT
    assert "it was protected by a password; it is a draft here." in said
    assert "open sesame" not in said


def test_a_scheduled_post_stays_scheduled(run, client):
    date = (timezone.now() + timedelta(days=3)).replace(microsecond=0)

    run(make_item(slug="soon", status="future", date_gmt=f"{date:%Y-%m-%d %H:%M:%S}"))

    article = Article.objects.get()
    assert (article.status, article.published_at) == (PUBLISHED, date)
    assert client.get("/articles/soon/").status_code == 404


def test_a_post_whose_scheduled_time_passed_in_the_file_is_a_draft(run):
    said = run(make_item(status="future", date_gmt="2024-03-05 08:00:00"))

    assert Article.objects.get().status == DRAFT
    assert "its time had passed without its being published" in said


@pytest.mark.parametrize("fields", [{"status": "private"}, {"password": "x"}, {"status": "future"}])
def test_pages_that_were_not_public_are_not_published(run, client, fields):
    run(make_item(type="page", slug="hidden", **fields))

    assert not Page.objects.get().is_published
    assert client.get("/hidden/").status_code == 404


def test_old_addresses_of_what_is_not_public_lead_nowhere(run, client):
    run(make_item(status="private", link="https://lamp.example/2024/secret/"))

    assert client.get("/2024/secret/").status_code == 404


# Dates


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"date_gmt": "2024-03-05 08:00:00"}, datetime(2024, 3, 5, 8, tzinfo=UTC)),
        ({"date_gmt": "0000-00-00 00:00:00"}, datetime(2024, 3, 5, 8, tzinfo=UTC)),
        ({"date_gmt": "", "date": "2024-07-05 10:00:00"}, datetime(2024, 7, 5, 7, tzinfo=UTC)),
        (
            {"date_gmt": "", "date": "0000-00-00 00:00:00", "pub_date": "Wed, 06 Mar 2024 01:00:00 +0100"},
            datetime(2024, 3, 6, tzinfo=UTC),
        ),
    ],
)
def test_the_gmt_date_counts_then_the_local_one_in_the_sites_zone(run, dates, expected):
    make_site(time_zone="Asia/Jerusalem")

    run(make_item(**dates))

    assert Article.objects.get().published_at == expected


@pytest.mark.parametrize("date", ["0001-01-01 00:00:00", "9999-12-31 23:59:59", "yesterday"])
def test_a_date_that_cannot_be_used_is_named_and_the_next_one_counts(run, date):
    said = run(make_item(date_gmt=date))

    assert Article.objects.get().published_at == datetime(2024, 3, 5, 10, tzinfo=UTC)
    assert f"its date “{date}” cannot be used." in said


def test_a_post_without_any_date_is_a_draft(run):
    nothing = "0000-00-00 00:00:00"

    said = run(make_item(date=nothing, date_gmt=nothing, pub_date="Wed, 30 Nov -0001 00:00:00 +0000"))

    assert Article.objects.get().status == DRAFT
    assert "it has no date that can be used" in said


# Kinds, sources, tags


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("Analysis", "analysis"),
        ("bulletins", "bulletin"),
        ("In The Media", "mention"),
        ("Published Elsewhere", "mention"),
        ("Announcements", "announcement"),
        ("Events", "announcement"),
        ("Lighthouses", "analysis"),
    ],
)
def test_categories_say_the_kind(run, category, kind):
    run(make_item(categories=[category]))

    assert Article.objects.get().kind == kind


def test_a_category_can_be_given_a_kind(run):
    run(make_item(categories=["Notices to Mariners"]), kind=["notices to mariners=bulletin"])

    article = Article.objects.get()
    assert article.kind == "bulletin"
    assert not article.tags.exists()


@pytest.mark.parametrize("pair", ["Notices", "Notices=", "=bulletin", "Notices=poem"])
def test_a_kind_that_is_none_is_refused(run, pair):
    with pytest.raises(CommandError, match="write CATEGORY=KIND"):
        run(make_item(), kind=[pair])


def test_the_outlet_of_a_mention_is_what_follows_the_last_line_of_its_title(run):
    run(make_item(title="Fog | What it does | THE COAST", categories=["Published Elsewhere"]))

    article = Article.objects.get()
    assert article.source_outlet == "THE COAST"
    assert article.title == "Fog | What it does | THE COAST"


def test_other_categories_become_tags_and_uncategorised_none(run):
    run(make_item(categories=["Analysis", "Lenses", "Uncategorized"], tags=["lenses", "Oil"]))

    assert sorted(Article.objects.get().tags.names()) == ["Lenses", "Oil"]


def test_tags_are_the_same_whatever_their_case(run):
    fog = make_tag(name="FOG")

    run(make_item(tags=["Fog"]), make_item(tags=["fog"]))

    assert Tag.objects.get() == fog
    assert fog.tagged.count() == 2


def test_tags_in_other_scripts_keep_their_addresses(run, client):
    run(make_item(terms=[("post_tag", "%d7%9e%d7%92%d7%93%d7%9c%d7%95%d7%a8", "מגדלור")]))

    assert Tag.objects.get().slug == "מגדלור"
    assert client.get("/tags/מגדלור/").status_code == 200


def test_a_tag_that_cannot_be_kept_is_named(run):
    said = run(make_item(tags=["!!!", "x" * 101]))

    assert not Tag.objects.exists()
    assert said.count("cannot be used here and was left out") == 2


# Languages and addresses


def test_the_language_follows_the_script_and_else_the_site(run):
    run(
        make_item(title="المنارة", content="الضباب كثيف", slug="a"),
        make_item(title="המגדלור", content="הערפל כבד", slug="b"),
        make_item(title="The lamp", slug="c"),
    )

    assert dict(Article.objects.values_list("slug", "language")) == {"a": "ar", "b": "he", "c": "en"}


def test_a_language_can_be_given(run):
    run(make_item(title="1881", content="12, 13, 14"), language="he")

    assert Article.objects.get().language == "he"


def test_addresses_in_other_scripts_are_decoded(run, client):
    run(make_item(title="المنارة", content="الضباب كثيف", slug="%d8%a7%d9%84%d9%85%d9%86%d8%a7%d8%b1%d8%a9"))

    assert Article.objects.get().slug == "المنارة"
    assert client.get("/ar/articles/المنارة/").status_code == 200


def test_a_taken_address_gets_a_number_and_is_reported(run):
    make_article(slug="night")

    said = run(make_item(slug="night"), make_item(slug="night"))

    assert sorted(Article.objects.values_list("slug", flat=True)) == ["night", "night-2", "night-3"]
    assert "its address “night” is taken; it is found at “night-2”." in said


def test_a_post_without_an_address_gets_one_from_its_title(run):
    run(make_item(title="Fog: a year", slug="", post_id=5), make_item(title="!", slug="", post_id=6))

    assert sorted(Article.objects.values_list("slug", flat=True)) == ["fog-a-year", "post-6"]


def test_old_addresses_lead_to_the_article(run, client):
    run(make_item(post_id=7, slug="night", link="https://lamp.example/2024/03/05/night/"))

    for old in ("/2024/03/05/night/", "/?p=7"):
        answer = client.get(old)
        assert (answer.status_code, answer["Location"]) == (301, "/articles/night/")


def test_old_addresses_in_other_scripts_lead_to_the_article(run, client):
    old = "/2024/%d7%9e%d7%92%d7%93%d7%9c%d7%95%d7%a8/"

    run(make_item(slug="night", link=f"https://lamp.example{old}"))

    assert client.get(old)["Location"] == "/articles/night/"


def test_old_addresses_of_a_site_in_a_folder_lead_to_the_article(run, client):
    content = make_wxr(
        make_item(post_id=7, slug="night", link="https://lamp.example/blog/night/", guid="elsewhere"),
        address="https://lamp.example/blog",
    )

    run(content=content)

    assert client.get("/blog/night/")["Location"] == "/articles/night/"
    to_article = Redirect.objects.exclude(article=None)
    assert set(to_article.values_list("path", flat=True)) == {"/blog/night/", "/blog/?p=7"}


def test_an_address_in_use_is_never_redirected(run, client):
    make_page(slug="tides", title="Tides")
    other = make_article(slug="other")
    Redirect.objects.create(path="/was-here/", article=other)

    run(
        make_item(link="https://lamp.example/tides/"),
        make_item(link="https://lamp.example/search/"),
        make_item(link="https://lamp.example/"),
        make_item(link="https://lamp.example/was-here/"),
    )

    assert client.get("/tides/").status_code == 200
    assert client.get("/search/").status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/was-here/")["Location"] == "/articles/other/"
    assert not Redirect.objects.filter(path__in=["/tides/", "/search/", "/"]).exists()


def test_the_guid_of_another_site_is_no_address_of_this_one(run):
    run(make_item(post_id=7, link="", guid="https://elsewhere.example/demo/?p=9"))

    assert [redirect.path for redirect in Redirect.objects.exclude(article=None)] == ["/?p=7"]


# The old site's lists


def test_old_lists_lead_to_ours(run, client):
    run(make_item(categories=["Bulletins", "Lenses"], tags=["Fog"], creator="ida"))

    for old, new in {
        "/category/bulletins/": "/kinds/bulletin/",
        "/category/lenses/": "/tags/lenses/",
        "/tag/fog/": "/tags/fog/",
        "/tag/fog": "/tags/fog/",
        "/author/ida/": "/authors/ida-fenn/",
        "/feed/": "/feeds/",
    }.items():
        answer = client.get(old)
        assert (answer.status_code, answer["Location"]) == (301, new)
        assert client.get(new).status_code == 200


def test_old_lists_of_a_category_below_others_lead_to_its_tag(run, client):
    content = make_wxr(
        make_category("sea"),
        make_category("fog", parent="sea"),
        make_category("haar", parent="fog"),
        make_category("egg", parent="hen"),
        make_category("hen", parent="egg"),
        make_item(categories=["Haar", "Hen"]),
        address="https://lamp.example/blog",
    )

    run(content=content)

    assert client.get("/blog/category/sea/fog/haar/")["Location"] == "/tags/haar/"
    assert client.get("/blog/category/haar/")["Location"] == "/tags/haar/"
    assert client.get("/blog/category/egg/hen/")["Location"] == "/tags/hen/"


def test_old_lists_of_what_is_not_public_lead_nowhere(run, client):
    run(make_item(status="private", categories=["Bulletins", "Lenses"], tags=["Fog"]))

    for old in ("/category/bulletins/", "/category/lenses/", "/tag/fog/", "/author/ida/", "/feed/"):
        assert client.get(old).status_code == 404


def test_an_old_list_leads_to_the_sites_own_language_where_that_has_something(run, client):
    run(
        make_item(title="المنارة", content="الضباب كثيف", tags=["Fog", "Haar"]),
        make_item(title="The lamp", tags=["Fog"]),
    )

    assert client.get("/tag/fog/")["Location"] == "/tags/fog/"
    assert client.get("/tag/haar/")["Location"] == "/ar/tags/haar/"
    assert client.get("/ar/tags/haar/").status_code == 200


def test_old_lists_in_other_scripts_lead_to_the_tag(run, client):
    slug = "%d7%9e%d7%92%d7%93%d7%9c%d7%95%d7%a8"

    run(make_item(terms=[("post_tag", slug, "מגדלור")]))

    assert client.get(f"/tag/{slug}/")["Location"] == f"/tags/{slug.upper()}/"


def test_an_author_is_found_under_the_name_that_wordpress_gave_addresses(run, client):
    run(
        content=make_wxr(make_item(creator="Ida M.Fenn@lamp"), authors=[make_author(login="Ida M.Fenn@lamp")])
    )

    assert client.get("/author/ida-m-fennlamp/")["Location"] == "/authors/ida-fenn/"


def test_an_old_list_never_takes_an_address_in_use(run, client):
    make_page(slug="feed", title="Feed the gulls")
    other = make_article(slug="other")
    Redirect.objects.create(path="/tag/fog/", article=other)

    run(make_item(tags=["Fog"]))

    assert client.get("/feed/").status_code == 200
    assert client.get("/tag/fog/")["Location"] == "/articles/other/"


def test_old_lists_of_an_import_that_was_cut_short_are_led_by_the_next(run, client):
    item = make_item(tags=["Fog"])
    run(item)
    Redirect.objects.filter(article=None).delete()

    run(item)

    assert client.get("/tag/fog/")["Location"] == "/tags/fog/"


# Links between the old texts


def test_links_to_other_texts_of_the_old_site_are_followed_here(run, client):
    run(
        make_item(slug="night", link="https://lamp.example/2024/night/", post_id=70),
        make_item(
            slug="day",
            content='<a href="http://www.lamp.example/2024/night/?x=1#fog">A</a> '
            '<a href="https://LAMP.example/?p=70">B</a>',
        ),
    )

    page = client.get("/articles/day/").content.decode()
    assert 'href="/2024/night/?x=1#fog"' in page
    assert 'href="/?p=70"' in page
    assert client.get("/2024/night/?x=1")["Location"] == "/articles/night/"
    assert client.get("/?p=70")["Location"] == "/articles/night/"


# Pages


def test_pages_become_pages_that_do_not_crowd_the_footer(run, client):
    run(make_item(type="page", title="About the lamp", slug="about", link="https://lamp.example/about/"))

    page = Page.objects.get()
    assert (page.title, page.in_footer) == ("About the lamp", False)
    assert client.get("/about/").status_code == 200


def test_a_page_below_another_is_found_at_its_old_address(run, client):
    run(make_item(type="page", slug="lens", link="https://lamp.example/about/lens/", post_id=9))

    assert client.get("/about/lens/")["Location"] == "/lens/"
    assert client.get("/?page_id=9")["Location"] == "/lens/"


def test_a_page_does_not_take_an_address_of_the_site(run, client):
    said = run(make_item(type="page", slug="search"))

    assert Page.objects.get().slug == "search-2"
    assert "its address “search” is taken" in said


# Texts that are odd


def test_a_post_without_a_title_is_called_by_its_first_words(run):
    said = run(make_item(title="", content="<p>The lamp went out at four.</p>"))

    assert Article.objects.get().title == "The lamp went out at four."
    assert "it has no title" in said


def test_long_titles_and_excerpts_are_cut_and_reported(run):
    said = run(make_item(title="fog " * 100, excerpt="slow " * 300))

    article = Article.objects.get()
    assert len(article.title) <= 300
    assert article.title.endswith("fog…")
    assert len(article.standfirst) <= 1000
    assert "its title is longer than 300 characters" in said
    assert "its excerpt is longer than 1,000 characters" in said


def test_the_title_is_not_repeated_in_the_text(run):
    run(make_item(title="The lamp", content="<h1>The Lamp</h1>\n\nWords."))

    assert Article.objects.get().body == "<p>Words.</p>"


def test_an_item_that_is_refused_is_named_and_the_import_goes_on(run):
    said = run(
        make_item(title="Endless", content="<p>word</p>" * 60_000),
        make_item(title="Vast", content="x" * 1_000_001),
        make_item(title="Short"),
    )

    assert [article.title for article in Article.objects.all()] == ["Short"]
    assert "“Endless” (post " in said
    assert "its text has 1,000,001 characters; 1,000,000 are the limit; left out." in said
    assert "Skipped: 2 × item that was refused." in said


def test_what_runs_never_gets_into_a_page(run, client):
    run(
        make_item(
            title="<script>steal()</script>Fog",
            content='<script>steal()</script><img src="" onerror="steal()"><a href="javascript:steal()">',
            excerpt="<svg onload=steal()>",
            slug="fog",
            tags=["<b onclick=steal()>Fog</b>"],
        )
    )

    page = client.get("/articles/fog/").content.decode()
    assert "steal()" not in page
    assert "Fog" in page


def test_what_is_no_text_is_counted(run):
    said = run(
        make_item(type="nav_menu_item"),
        make_item(type="revision", status="inherit"),
        make_item(type="custom_css"),
        make_item(comments=3),
    )

    assert "Created: 3 × redirect" in said or "1 × article" in said
    assert "1 × nav_menu_item, 1 × revision, 1 × custom_css" in said
    assert "Comments, which are not imported: 3." in said


# Pictures


def test_pictures_come_into_the_library_with_their_words(run, uploads):
    run(
        attachment(
            8,
            "2024/03/lamp.jpg",
            title="Lamp room",
            excerpt="The lamp at <em>dusk</em>.",
            meta={
                "_wp_attachment_image_alt": "A lamp behind glass",
                "_wp_attachment_metadata": 'a:1:{s:10:"image_meta";a:1:{s:6:"credit";s:8:"Ida Fenn";}}',
            },
        ),
        make_item(
            content='<img class="wp-image-8" src="https://lamp.example/wp-content/uploads/2024/03/lamp-300x200.jpg">',
            meta={"_thumbnail_id": "8"},
        ),
        uploads=str(uploads),
    )

    image, article = Image.objects.get(), Article.objects.get()
    assert (image.alt, image.caption, image.credit) == (
        "A lamp behind glass",
        "The lamp at dusk.",
        "Ida Fenn",
    )
    assert article.body == f'<figure data-image="{image.pk}"></figure>'
    assert article.lead_image == image
    assert "A lamp behind glass" in article.body_html


def test_pictures_that_wordpress_scaled_are_found(run, uploads):
    run(
        make_item(
            content='<img src="https://lamp.example/wp-content/uploads/2024/03/fog-300x200.jpg" alt="Fog">'
        ),
        uploads=str(uploads),
    )

    assert Image.objects.get().alt == "Fog"


def test_pictures_without_files_become_links_and_are_counted(run):
    said = run(
        make_item(content='<img src="https://lamp.example/wp-content/uploads/2024/03/lamp.jpg" alt="A lamp">')
    )

    assert Article.objects.get().body == (
        '<p><a href="https://lamp.example/wp-content/uploads/2024/03/lamp.jpg">A lamp</a></p>'
    )
    assert "because their files were not at hand: 1." in said


def test_a_file_that_is_no_picture_is_named_and_stays_a_link(run, uploads):
    said = run(
        make_item(content='<img src="https://lamp.example/wp-content/uploads/2024/03/virus.jpg" alt="Hm">'),
        uploads=str(uploads),
    )

    assert not Image.objects.exists()
    assert "2024/03/virus.jpg: " in said
    assert ">Hm</a>" in Article.objects.get().body


@pytest.mark.parametrize("path", ["../secret.jpg", "..%2Fsecret.jpg", "2024/../../secret.jpg", "%00.jpg"])
def test_no_file_outside_the_uploads_folder_is_taken(run, uploads, path):
    run(
        make_item(content=f'<img src="https://lamp.example/wp-content/uploads/{path}" alt="Hm">'),
        uploads=str(uploads),
    )

    assert not Image.objects.exists()


def test_a_picture_of_another_site_is_not_mistaken_for_ours(run, uploads):
    run(
        make_item(content='<img src="https://other.example/wp-content/uploads/2024/03/lamp.jpg" alt="Hm">'),
        uploads=str(uploads),
    )

    assert not Image.objects.exists()


# Twice, cut short, on trial


def everything():
    """All that an import writes, as plain values."""
    models = (Article, Page, Author, Tag, Image, Redirect)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_a_second_run_changes_nothing(run, uploads):
    items = [
        attachment(8, "2024/03/lamp.jpg"),
        make_item(content='<img class="wp-image-8" src="x">', tags=["Fog"], meta={"_thumbnail_id": "8"}),
        make_item(type="page"),
        make_item(slug="item", status="draft"),
        make_item(categories=["Bulletins", "Lenses"]),
    ]
    run(*items, uploads=str(uploads))
    before = everything()

    said = run(*items, uploads=str(uploads))

    assert everything() == before
    assert "Created: nothing." in said
    assert "Unchanged: 3 × article, 1 × page." in said


def test_what_editors_have_changed_since_stays(run, client):
    item = make_item(title="Nihgt", slug="nihgt", link="https://lamp.example/nihgt/", tags=["Fog"])
    run(item)
    article = Article.objects.get()
    article.title, article.slug, article.body = "Night", "night", "<p>Mended.</p>"
    article.save()
    article.tags.clear()
    author = Author.objects.get()
    author.name = author.slug = "ida-reay"
    author.save()
    before = everything()

    run(item)

    assert everything() == before
    assert client.get("/nihgt/")["Location"] == "/articles/night/"
    assert client.get("/articles/nihgt/")["Location"] == "/articles/night/"


def test_what_was_withdrawn_stays_and_what_was_deleted_comes_back(run):
    items = [make_item(slug="night"), make_item(slug="day")]
    run(*items)
    Article.objects.filter(slug="night").update(status=Article.Status.WITHDRAWN)
    Article.objects.get(slug="day").delete()

    run(*items)

    assert dict(Article.objects.values_list("slug", "status")) == {
        "night": Article.Status.WITHDRAWN,
        "day": PUBLISHED,
    }


def test_an_import_that_was_cut_short_is_resumed(run):
    items = [make_item(title=f"Night {number}", tags=["Fog"]) for number in range(4)]
    run(*items[:2])

    said = run(*items)

    assert Article.objects.count() == 4
    assert "2 × article" in said.split("Created")[1]
    assert "Unchanged: 2 × article." in said


def test_two_sites_with_the_same_numbers_stay_apart(run):
    run(content=make_wxr(make_item(post_id=1, slug="a")))
    run(content=make_wxr(make_item(post_id=1, slug="b"), address="https://other.example"))

    assert Article.objects.count() == 2


def test_an_item_that_is_in_the_file_twice_is_imported_once(run):
    item = make_item()

    run(item, item)

    assert Article.objects.count() == 1


def test_an_item_without_a_number_is_left_out_and_named(run):
    said = run(make_item(title="Nameless", post_id=""))

    assert not Article.objects.exists()
    assert "“Nameless” (post ): it has no number" in said


def test_a_trial_run_writes_nothing_and_reports_the_same(run, uploads):
    items = [
        attachment(8, "2024/03/lamp.jpg"),
        make_item(slug="night", tags=["Fog"], content='<img class="wp-image-8" src="x">'),
        make_item(slug="night", tags=["Fog"]),
        make_item(type="page"),
    ]

    on_trial = run(*items, uploads=str(uploads), dry_run=True)

    assert not any(everything().values())
    in_earnest = run(*items, uploads=str(uploads))
    created = [line for line in in_earnest.splitlines() if line.startswith(("Created", "“"))]
    assert len(created) == 2
    assert [line for line in created if line not in on_trial] == []


# Files that are refused


def test_a_file_that_breaks_off_is_refused_whole(run):
    content = make_wxr(make_item(), make_item(title="Half"))

    with pytest.raises(CommandError, match=r"nothing was imported\. Line \d+: the file breaks off here"):
        run(content=content[: content.index(b"Half")])

    assert not Article.objects.exists()


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("import_wordpress", str(tmp_path / "none.xml"))


def test_a_folder_that_is_not_there_is_refused_in_words(run, uploads):
    shutil.rmtree(uploads)

    with pytest.raises(CommandError, match="There is no folder"):
        run(make_item(), uploads=str(uploads))


def test_an_empty_site_is_imported_without_a_word(run):
    assert "Created: nothing." in run()


def test_a_second_import_waits_for_the_first_to_end(run):
    first = connection.copy()
    first.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK])
    first.inc_thread_sharing()
    end = threading.Timer(0.3, first.close)
    end.start()

    said = run(make_item())

    end.join()
    assert "Another import is running; this one begins when it has ended." in said
    assert Article.objects.count() == 1


def test_words_of_an_import_are_counted_at_its_end_and_none_of_a_trial(run):
    item = make_item(title="A harbour at night")

    run(item, dry_run=True)
    assert not Word.objects.exists()

    run(item)
    assert Word.objects.get(key="harbour").documents == 1
    assert Lexeme.objects.get(lexeme="harbour").documents == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'articles_article'::regclass")
        assert cursor.fetchone()[0] >= 1
