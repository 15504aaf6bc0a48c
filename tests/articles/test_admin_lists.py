"""The desk's lists, the picture library and the rows beside the articles."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.models import Article, Book, Image, Site
from tests.confirming import confirm
from tests.factories import (
    make_article,
    make_author,
    make_complete_article,
    make_image,
    make_page,
    make_site,
    make_tag,
    make_upload,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def fill(count):
    authors = [make_author(), make_author()]
    for _number in range(count):
        make_article(authors=authors, tags=["Ports"], lead_image=make_image())


@pytest.mark.parametrize(
    "address",
    [f"/admin/articles/{model}/" for model in ("article", "author", "tag", "image", "redirect")],
)
def test_a_list_asks_the_same_number_of_questions_whatever_its_length(admin_client, address):
    fill(1)
    few = queries(admin_client, address)
    fill(6)

    assert queries(admin_client, address) == few


def test_the_form_asks_no_question_for_each_row(admin_client):
    authors = [make_author() for _number in range(6)]
    short = make_article(authors=authors[:1], related=[make_article()])
    long = make_article(authors=authors, related=[make_article() for _number in range(6)])
    address = "/admin/articles/article/{}/change/"

    queries(admin_client, address.format(short.pk))  # what is asked once per process
    few = queries(admin_client, address.format(short.pk))

    assert queries(admin_client, address.format(long.pk)) == few


def test_the_list_says_state_and_next_step(admin_client):
    make_article(title="A", standfirst="Why.", status="draft")
    make_article(title="B", published_at=timezone.now() + timedelta(days=1))
    make_article(title="C", standfirst="")
    make_article(title="D", standfirst="", status="draft")

    page = admin_client.get(LIST).text

    for words in ("Byline is missing", "Appears by itself", "See it", "Standfirst is missing", "Scheduled"):
        assert words in page


@pytest.mark.parametrize(
    ("state", "title"), [("draft", "A"), ("scheduled", "B"), ("live", "C"), ("withdrawn", "D")]
)
def test_the_list_can_be_narrowed_to_a_state(admin_client, state, title):
    make_article(title="A", status="draft")
    make_article(title="B", published_at=timezone.now() + timedelta(days=1))
    make_article(title="C")
    make_article(title="D", status="withdrawn")

    found = admin_client.get(LIST, {"state": state}).context["cl"].result_list

    assert [article.title for article in found] == [title]


def test_the_list_finds_articles_by_their_authors(admin_client):
    make_article(title="Hers", authors=[make_author(name="Salma Idrissi")])
    make_article(title="Other")

    found = admin_client.get(LIST, {"q": "idrissi"}).context["cl"].result_list

    assert [article.title for article in found] == ["Hers"]


def run(client, action, *articles):
    data = {"action": action, "_selected_action": [article.pk for article in articles]}
    return confirm(client, client.post(LIST, data))


def test_many_can_be_published_at_once_and_keep_earlier_dates(admin_client):
    earlier = timezone.now() - timedelta(days=9)
    fresh, again = make_complete_article(), make_complete_article(published_at=earlier)
    ahead = make_complete_article(status="published", published_at=timezone.now() + timedelta(days=2))

    response = run(admin_client, "publish", fresh, again, ahead)

    assert "3 articles are live" in response.text
    assert Article.objects.published().count() == 3
    again.refresh_from_db()
    assert again.published_at == earlier


def test_publishing_one_and_many_agree(time_machine):
    """Article.publish and ArticleQuerySet.publish are twins."""
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    dates = [None, timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)]
    for date in dates:
        one, many = (make_article(status="draft", published_at=date) for _twin in range(2))
        one.publish()
        Article.objects.filter(pk=many.pk).publish()
        many.refresh_from_db()
        assert (one.status, one.published_at) == (many.status, many.published_at)


def test_many_can_be_taken_back_at_once(admin_client):
    response = run(admin_client, "take_back", make_article(), make_article())

    assert "2 articles are drafts" in response.text
    assert not Article.objects.published().exists()


# Names that articles are found by


def test_a_renamed_author_is_found_under_the_new_name(admin_client):
    author = make_author(name="Ines", slug="ines")
    article = make_article(authors=[author])

    admin_client.post(
        f"/admin/articles/author/{author.pk}/change/",
        {
            "name": "Ines Vale",
            "slug": "ines",
            "translations-TOTAL_FORMS": 1,
            "translations-INITIAL_FORMS": 0,
            "translations-0-language": "he",
            "translations-0-name": "אינס",
            "links-TOTAL_FORMS": 0,
            "links-INITIAL_FORMS": 0,
        },
    )

    article.refresh_from_db()
    assert "Ines Vale" in article.keywords
    assert "אינס" in article.keywords


def test_a_renamed_tag_is_found_under_the_new_name(admin_client):
    tag = make_tag(name="Ports", slug="ports")
    article = make_article(tags=[tag])

    admin_client.post(
        f"/admin/articles/tag/{tag.pk}/change/",
        {"name": "Harbours", "slug": "ports", "aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0},
    )

    article.refresh_from_db()
    assert article.keywords.split() == ["Harbours"]


def test_the_list_of_tags_says_how_many_articles_each_has(admin_client):
    make_article(tags=["Ports"])
    make_article(tags=["Ports"])

    [tag] = admin_client.get("/admin/articles/tag/").context["cl"].result_list

    assert tag.article_count == 2


# Pictures


def upload(client, **fields):
    data = {"upload": make_upload(), "alt": "A buoy", "caption": "At dawn", "credit": "Tidelines"} | fields
    return client.post("/admin/articles/image/upload/", data)


def test_an_upload_answers_with_the_picture(admin_client):
    answer = upload(admin_client).json()

    image = Image.objects.get()
    assert answer["id"] == image.pk
    assert (answer["alt"], answer["caption"], answer["credit"]) == ("A buoy", "At dawn", "Tidelines")
    assert answer["url"].startswith("/media/")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"upload": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")}, "not a JPEG, PNG, GIF or WebP"),
        ({"upload": SimpleUploadedFile("a.jpg", b"")}, "empty"),
        ({"alt": ""}, "Describe the picture"),
        ({"decorative": "on"}, "not both"),
        ({"alt": "x" * 501}, "500"),
    ],
)
def test_a_wrong_upload_gets_a_sentence(admin_client, fields, sentence):
    response = upload(admin_client, **fields)

    assert response.status_code == 400
    assert sentence in response.json()["error"]
    assert not Image.objects.exists()


def test_the_library_is_for_those_who_may_see_it(client, django_user_model):
    image = make_image()
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))

    for address in ("/admin/articles/image/library/", f"/admin/articles/image/{image.pk}/file/"):
        assert client.get(address).status_code == 403
    assert upload(client).status_code == 403


def test_the_library_finds_pictures_page_by_page(admin_client):
    Image.objects.bulk_create(
        Image(title=f"Harbour {number}", file="a.jpg", width=9, height=9, sha256=f"{number}")
        for number in range(25)
    )
    make_image(title="Lighthouse", caption="North pier")
    address = "/admin/articles/image/library/"

    first = admin_client.get(address, {"q": "harbour"}).json()
    second = admin_client.get(address, {"q": "harbour", "page": "2"}).json()

    assert (len(first["images"]), first["more"]) == (24, True)
    assert (len(second["images"]), second["more"]) == (1, False)
    [found] = admin_client.get(address, {"q": "pier light"}).json()["images"]
    assert found["title"] == "Lighthouse"
    for page in ("0", "-1", "x", "٣", "9" * 30):
        assert admin_client.get(address, {"page": page}).status_code == 200


def test_a_picture_of_a_text_is_shown_by_its_number(admin_client):
    image = make_image()

    response = admin_client.get(f"/admin/articles/image/{image.pk}/file/")

    assert response.headers["Location"].startswith("/media/")
    assert admin_client.get("/admin/articles/image/99999/file/").status_code == 404


def test_a_picture_added_by_the_form_says_what_is_wrong_with_the_file(admin_client):
    data = {"upload": SimpleUploadedFile("a.png", b"text"), "alt": "A buoy", "caption": "Long caption"}

    response = admin_client.post("/admin/articles/image/add/", data)

    assert "not a JPEG" in response.context["adminform"].form.errors["upload"][0]
    assert "Long caption" in response.text


def test_a_picture_added_by_the_form_is_in_the_library(admin_client):
    admin_client.post("/admin/articles/image/add/", {"upload": make_upload(), "alt": "A buoy"})

    assert Image.objects.get().alt == "A buoy"


def said(image, **fields):
    names = ("title", "alt", "caption", "credit", "focal_x", "focal_y")
    return {name: getattr(image, name) for name in names} | fields


def test_a_new_description_reaches_the_texts_that_show_the_picture(admin_client):
    image = make_image(alt="Old words")
    article = make_article(body=f'<figure data-image="{image.pk}"></figure>')

    admin_client.post(f"/admin/articles/image/{image.pk}/change/", said(image, alt="New words"))

    article.refresh_from_db()
    assert 'alt="New words"' in article.body_html


def test_a_moved_focal_point_is_cut_anew(admin_client, django_capture_on_commit_callbacks):
    image = make_image()
    before = DBTaskResult.objects.count()

    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(f"/admin/articles/image/{image.pk}/change/", said(image, focal_x="0.2"))

    image.refresh_from_db()
    assert image.focal_x == 0.2
    assert DBTaskResult.objects.count() > before


def test_a_used_picture_is_not_deleted_and_says_where_it_is_used(admin_client):
    image = make_image()
    make_article(title="The canal", body=f'<figure data-image="{image.pk}"></figure>')

    response = admin_client.post(f"/admin/articles/image/{image.pk}/delete/", {"post": "yes"}, follow=True)

    link = f'<a href="/admin/articles/article/{Article.objects.get().pk}/change/">The canal</a>'
    assert f"is used in {link}." in response.text
    assert Image.objects.exists()


def test_a_pictures_page_says_where_it_is_used(admin_client):
    image = make_image()
    make_article(title="In the text", body=f'<figure data-image="{image.pk}"></figure>')
    make_article(title="On top", lead_image=image)
    make_author(name="On the face", photo=image)

    page = admin_client.get(f"/admin/articles/image/{image.pk}/change/").text

    for words in ("In the text", "On top", "On the face"):
        assert words in page


# The site


def test_there_is_one_site_and_its_list_is_its_form(admin_client):
    assert admin_client.get("/admin/articles/site/").headers["Location"] == reverse("admin:articles_site_add")
    site = make_site()

    response = admin_client.get("/admin/articles/site/")

    assert response.headers["Location"] == reverse("admin:articles_site_change", args=[site.pk])
    assert admin_client.get("/admin/articles/site/add/").status_code == 403
    assert admin_client.get(f"/admin/articles/site/{site.pk}/delete/").status_code == 403
    assert Site.objects.count() == 1


@pytest.mark.parametrize("model", ["article", "author", "tag", "image", "page", "book", "redirect", "site"])
def test_every_form_of_the_desk_opens(admin_client, model):
    make_page()
    Book.objects.create(title="Narrow Places", author="Ines", description="x", url="/b/", button="Buy")

    assert admin_client.get(f"/admin/articles/{model}/add/").status_code == 200
    assert admin_client.get(f"/admin/articles/{model}/", follow=True).status_code == 200


def test_the_desk_is_called_after_the_site(admin_client):
    make_site(name="Tidelines")

    assert "Tidelines</a>" in admin_client.get("/admin/").text
