"""The desk of the picture library: the grid, uploads of many, another file, and deleting."""

from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from articles import replacement
from articles.intake import take_in
from articles.models import Article, Image
from tests.articles.picture_files import make_picture
from tests.factories import make_article, make_author, make_colleague, make_image, make_upload

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/image/"
MANY = "/admin/articles/image/many/"
JSON = {"Accept": "application/json"}


def change(image):
    return f"{LIST}{image.pk}/change/"


def figure(image):
    return f'<figure data-image="{image.pk}"></figure>'


def said(image, **fields):
    names = ("title", "alt", "caption", "credit", "focal_x", "focal_y")
    return {name: getattr(image, name) for name in names} | fields


def listed(client, **query):
    return set(client.get(LIST, query).context["cl"].result_list)


def log_in(client, group):
    person = make_colleague(group)
    client.force_login(person)
    return person


# The grid


def test_the_grid_says_where_pictures_are_used_and_can_be_narrowed(admin_client):
    used, unused = make_image(), make_image(alt="")
    make_article(lead_image=used)
    make_article(body=figure(used))

    page = admin_client.get(LIST).text

    assert "Used on 2 articles" in page
    assert "Not used yet" in page
    assert listed(admin_client, use="none") == {unused}
    assert listed(admin_client, description="missing") == {unused}


def test_the_grid_counts_no_further_than_its_pages_lead(admin_client):
    Image.objects.bulk_create(
        Image(title=f"Harbour {number}", file="a.jpg", width=9, height=9, sha256=f"{number}")
        for number in range(1200)
    )

    with CaptureQueriesContext(connection) as captured:
        response = admin_client.get(LIST, {"q": "harbour"})

    assert len(response.context["cl"].result_list) == 48
    assert len(captured) <= 8
    assert not [one["sql"] for one in captured if "COUNT(*)" in one["sql"] and "LIMIT" not in one["sql"]]


def test_a_picture_is_found_by_the_name_of_its_file(admin_client):
    found = make_image(upload=make_upload(name="IMG_2034.jpg"))
    make_image()

    assert listed(admin_client, q="img_2034.jpg") == {found}


# Many at once


def send(client, *files):
    return client.post(MANY, {"upload": files}, headers=JSON).json()


def test_a_file_that_a_script_sends_gets_its_result(admin_client):
    answer = send(admin_client, make_upload(name="pier.jpg"))

    image = Image.objects.get()
    assert answer["state"] == "added"
    assert f'action="/admin/articles/image/{image.pk}/describe/"' in answer["html"]
    assert image.file_name == "pier.jpg"


def test_a_duplicate_is_said_to_be_there_and_where_it_is_used(admin_client):
    image = make_image(upload=make_upload(), title="The pier")
    make_article(lead_image=image)

    answer = send(admin_client, make_upload(name="again.jpg"))

    assert answer["state"] == "known"
    assert f'<a href="{change(image)}">The pier</a>' in answer["html"]
    assert "Used on 1 article" in answer["html"]
    assert Image.objects.count() == 1


def test_a_file_that_is_no_picture_is_refused_by_its_name(admin_client):
    answer = send(admin_client, SimpleUploadedFile("<b>.jpg", b"text"))

    assert answer["state"] == "refused"
    assert "not a JPEG, PNG, GIF or WebP picture" in answer["html"]
    assert "<b>.jpg" not in answer["html"]


def test_a_full_disk_is_a_sentence(admin_client):
    with mock.patch.object(Image.objects, "add", side_effect=OSError(28, "No space left on device")):
        answer = send(admin_client, make_upload())

    assert answer["state"] == "failed"
    assert "Try again in a moment" in answer["html"]


def test_without_a_script_many_go_in_one_form(admin_client):
    files = [make_upload(), make_upload(colour=(200, 0, 0)), SimpleUploadedFile("broken.jpg", b"text")]

    page = admin_client.post(MANY, {"upload": files}).text

    assert page.count('data-state="added"') == 2
    assert page.count('data-state="refused"') == 1
    assert Image.objects.count() == 2


def test_a_writer_says_what_is_missing_and_no_more(client):
    log_in(client, "Writer")
    image = make_image(alt="")
    make_article(body=figure(image))
    address = f"{LIST}{image.pk}/describe/"

    empty = client.post(address, {"alt": ""}, headers=JSON).json()
    first = client.post(address, {"alt": "A buoy"}, headers=JSON).json()
    second = client.post(address, {"alt": "Something else"}, headers=JSON)

    assert "Describe the picture" in empty["html"]
    assert first["state"] == "described"
    assert second.status_code == 403
    assert Image.objects.get().alt == "A buoy"
    assert 'alt="A buoy"' in Article.objects.get().body_html


def test_the_dialogs_upload_of_a_known_picture_changes_nothing(admin_client):
    image = make_image(upload=make_upload(), alt="As it was")

    answer = admin_client.post(f"{LIST}upload/", {"upload": make_upload(), "alt": "Other words"}).json()

    assert (answer["id"], answer["alt"], answer["known"]) == (image.pk, "As it was", "Not used yet")


def test_the_form_for_one_leads_to_the_picture_that_is_there_already(admin_client):
    image = make_image(upload=make_upload(), title="The pier")

    page = admin_client.post(f"{LIST}add/", {"upload": make_upload(), "alt": "Again"}).text

    assert f'already: <a href="{change(image)}">The pier</a>' in page


# One picture


def test_a_moved_focal_point_shows_on_the_page_at_once(admin_client, client):
    image = make_image(upload=SimpleUploadedFile("halves.jpg", make_picture(size=(1200, 300))))
    article = make_article(lead_image=image)
    before = image.srcset["wide"]["fallback"][0]

    admin_client.post(change(image), said(image, focal_x="0.9"))

    now = Image.objects.get().srcset["wide"]["fallback"][0]
    assert now != before
    assert now in client.get(article.get_absolute_url()).text


def test_words_that_are_saved_after_the_file_was_replaced_leave_the_new_file(admin_client):
    image = make_image()
    stale = Image.objects.with_uses().get(pk=image.pk)
    new = replacement.replace(image, take_in(make_upload(size=(500, 500))))

    with mock.patch("django.contrib.admin.ModelAdmin.get_object", return_value=stale):
        admin_client.post(change(image), said(image, alt="New words"))

    image = Image.objects.get()
    assert (image.alt, image.file.name, image.srcset) == ("New words", new.file.name, new.srcset)


def test_titles_of_others_drafts_are_not_told(client):
    log_in(client, "Writer")
    image = make_image()
    make_article(title="Secret plans", status="draft", lead_image=image)
    make_article(title="Known to all", lead_image=image)
    make_author(name="Ines Vale", photo=image)

    page = client.get(change(image)).text

    assert "Secret plans" not in page
    assert "a colleague’s draft" in page
    assert "Known to all</a>" in page
    assert "Ines Vale" in page
    assert "Replace the file" not in page


# Another file


def replace(client, image, upload, seen=None):
    data = {"upload": upload, "seen": seen or image.sha256}
    return client.post(f"{LIST}{image.pk}/replace/", data, follow=True)


def test_a_file_of_another_shape_takes_the_place_with_a_warning(admin_client):
    image = make_image(alt="A buoy")
    make_article(lead_image=image)

    page = replace(admin_client, image, make_upload(name="tall.jpg", size=(400, 640))).text

    assert "in its place everywhere. Used on 1 article." in page
    assert "another shape: 640 × 400 before, 400 × 640 now" in page
    assert "tall.jpg" in page
    assert Image.objects.get().alt == "A buoy"


def test_a_file_of_the_same_shape_takes_the_place_without_a_warning(admin_client):
    page = replace(admin_client, make_image(), make_upload(size=(1280, 800))).text

    assert "in its place everywhere" in page
    assert "another shape" not in page


def test_a_replacement_that_will_not_do_says_why(admin_client):
    image = make_image()
    other = make_image(upload=make_upload(size=(500, 300)), title="The pier")
    broken = SimpleUploadedFile("a.jpg", b"text")

    assert "not a JPEG" in replace(admin_client, image, broken).text
    page = replace(admin_client, image, make_upload(size=(500, 300))).text
    assert f'<a href="{change(other)}">The pier</a>' in page
    page = replace(admin_client, image, make_upload(size=(700, 300)), seen="0" * 64).text
    assert "Somebody else has replaced the file" in page
    assert Image.objects.get(pk=image.pk).sha256 == image.sha256


# Deleting


def delete_many(client, *images, **data):
    chosen = {"action": "delete_selected", "_selected_action": [image.pk for image in images]}
    return client.post(LIST, chosen | data, follow=True)


def test_of_many_a_used_one_keeps_all_and_says_where_it_is_used(admin_client):
    used, unused = make_image(title="The pier"), make_image()
    make_author(name="Ines Vale", photo=used)

    for data in ({}, {"post": "yes"}):
        page = delete_many(admin_client, used, unused, **data).text
        assert "“The pier” is used in" in page
        assert "Ines Vale</a> (author)" in page
    assert Image.objects.count() == 2


def test_unused_pictures_go_with_their_files(admin_client, django_capture_on_commit_callbacks):
    images = [make_image(), make_image()]
    files = [image.file for image in images]

    assert "Rendition" not in delete_many(admin_client, *images).text
    with django_capture_on_commit_callbacks(execute=True):
        delete_many(admin_client, *images, post="yes")

    assert not Image.objects.exists()
    assert not any(file.storage.exists(file.name) for file in files)


@pytest.mark.parametrize("many", [True, False])
def test_a_picture_that_somebody_has_just_used_stays(admin_client, many):
    image = make_image()

    with mock.patch.object(Image, "delete", side_effect=ProtectedError("used", {image})):
        if many:
            page = delete_many(admin_client, image, post="yes").text
        else:
            page = admin_client.post(f"{LIST}{image.pk}/delete/", {"post": "yes"}, follow=True).text

    assert "nothing was deleted" in page
    assert Image.objects.exists()
