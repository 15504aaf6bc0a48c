"""The picture library: where pictures are used, files that take the place of others, and names."""

import threading
from datetime import timedelta
from unittest import mock

import pytest
from django.core.files import File
from django.db import connection
from django.db.models import ProtectedError
from django.utils import timezone

from articles import image_uses, intake, replacement, reworks
from articles.models import Book, Image, RetiredFile
from articles.tasks import render_image
from tests.factories import make_article, make_author, make_image, make_page, make_site, make_upload

pytestmark = pytest.mark.django_db


def figure(image):
    return f'<figure data-image="{image.pk}"></figure>'


def taken(**options):
    return intake.take_in(make_upload(**options))


def counts(image):
    image = Image.objects.with_uses().get(pk=image.pk)
    return image.article_count, image.place_count


# Where it is used


def test_an_article_and_its_rework_are_one_use():
    image = make_image()
    article = make_article(body=figure(image), lead_image=image)
    make_article(lead_image=image)
    reworks.start(article, None)

    assert counts(image) == (2, 0)
    assert [str(place) for place in image_uses.places(image)].count(article.title) == 1


def test_a_use_in_a_rework_alone_leads_to_the_rework():
    image = make_image()
    rework = reworks.start(make_article(), None)
    rework.lead_image = image
    rework.save()

    assert counts(image) == (1, 0)
    assert image_uses.places(image) == [rework]


def test_every_place_counts():
    image = make_image()
    make_page(body=figure(image))
    make_author(photo=image)
    Book.objects.create(title="Narrow Places", language="en", cover=image)
    make_site(logo=image)

    assert counts(image) == (0, 4)
    assert len(image_uses.places(image)) == 4


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0, 0), "Not used yet"),
        ((1, 0), "Used on 1 article"),
        ((0, 2), "Used in 2 places"),
        ((3, 1), "Used on 3 articles and in 1 other place"),
    ],
)
def test_the_count_is_a_sentence(numbers, words):
    assert image_uses.count_in_words(*numbers) == words


def test_unused_and_is_used_agree():
    """ImageQuerySet.unused and Image.is_used are twins."""
    used = [make_image() for _number in range(6)]
    make_article(body=figure(used[0]), lead_image=used[1])
    make_page(body=figure(used[2]))
    make_author(photo=used[3])
    Book.objects.create(title="Narrow Places", language="en", cover=used[4])
    make_site(logo=used[5])
    unused = make_image()

    assert list(Image.objects.unused()) == [unused]
    assert [image.is_used for image in used] == [True] * 6
    assert not unused.is_used


# Another file in its place


def test_a_replaced_file_is_shown_everywhere_and_the_words_stay(client):
    image = make_image(alt="A buoy", credit="Tidelines", focal_x=0.2)
    article = make_article(body=figure(image), lead_image=image)
    page = make_page(body=figure(image))
    old = image.file.name

    replacement.replace(image, taken(size=(500, 500)), "new.jpg")

    image.refresh_from_db()
    assert (image.alt, image.credit, image.focal_x) == ("A buoy", "Tidelines", 0.2)
    assert (image.width, image.height, image.file_name) == (500, 500, "new.jpg")
    shown = image.srcset["natural"]["fallback"][0]
    for text in (article, page):
        assert shown in client.get(text.get_absolute_url()).text
    assert image.file.storage.exists(image.file.name)
    assert image.file.storage.exists(old)


def test_a_replaced_file_goes_after_a_month(time_machine):
    image = make_image()
    render_image.func(image.pk)
    storage = image.file.storage
    old = {image.file.name, *image.renditions.values_list("file", flat=True)}

    image = replacement.replace(image, taken(size=(500, 500)))
    render_image.func(image.pk)
    assert all(map(storage.exists, old))
    time_machine.move_to(timezone.now() + timedelta(days=31))
    RetiredFile.objects.sweep()

    assert not any(map(storage.exists, old))
    assert storage.exists(image.file.name)
    assert all(map(storage.exists, image.renditions.values_list("file", flat=True)))


def test_a_picture_that_goes_takes_its_replaced_files_along(django_capture_on_commit_callbacks):
    image = make_image()
    storage, old = image.file.storage, image.file.name
    image = replacement.replace(image, taken(size=(500, 500)))
    names = [old, image.file.name, image.srcset["natural"]["fallback"][0]]
    assert all(map(storage.exists, names))

    with django_capture_on_commit_callbacks(execute=True):
        image.delete()

    assert not any(map(storage.exists, names))


def test_a_file_of_another_picture_is_refused_and_nothing_changes():
    image, other = make_image(), make_image(upload=make_upload(size=(500, 500)))
    before = image.file.name

    with pytest.raises(replacement.InLibrary) as refused:
        replacement.replace(image, taken(size=(500, 500)))

    assert refused.value.image == other
    assert Image.objects.get(pk=image.pk).file.name == before


def test_who_replaces_what_somebody_else_has_replaced_is_told():
    image = make_image()
    seen = Image.objects.get(pk=image.pk)
    replacement.replace(image, taken(size=(500, 500)))
    files = set(image.file.storage.listdir("images")[1])

    with pytest.raises(replacement.Overtaken):
        replacement.replace(seen, taken(size=(600, 500)))

    assert set(image.file.storage.listdir("images")[1]) == files


@pytest.mark.parametrize(
    "where", ["articles.models.image.Image.refresh_uses", "articles.replacement.quick_rendition"]
)
def test_a_replacement_that_breaks_off_leaves_everything_as_it_was(where):
    image = make_image()
    article = make_article(body=figure(image))

    with mock.patch(where, side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        replacement.replace(image, taken(size=(500, 500)))

    again = Image.objects.get(pk=image.pk)
    assert (again.file.name, again.srcset, again.sha256) == (image.file.name, image.srcset, image.sha256)
    assert again.file.storage.exists(again.srcset["natural"]["fallback"][0])
    shown = article.body_html
    article.refresh_from_db()
    assert article.body_html == shown


@pytest.mark.django_db(transaction=True)
def test_of_two_who_replace_at_once_one_wins_and_one_is_told():
    image = make_image()
    article = make_article(body=figure(image))
    outcomes = []

    def run(width):
        try:
            outcomes.append(replacement.replace(image, taken(size=(width, 300))).width)
        except replacement.Overtaken:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[width]) for width in (500, 600)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert "told" in outcomes
    image = Image.objects.get(pk=image.pk)
    article.refresh_from_db()
    assert image.width in outcomes
    assert image.srcset["natural"]["fallback"][0] in article.body_html


@pytest.mark.parametrize(
    ("before", "after", "changes"), [((640, 400), (1280, 800), False), ((3000, 2000), (2000, 3000), True)]
)
def test_a_change_of_shape_is_noticed(before, after, changes):
    one, other = Image(width=before[0], height=before[1]), Image(width=after[0], height=after[1])

    assert replacement.changes_shape(one, other) == changes


def test_a_used_picture_is_protected():
    image = make_image()
    make_author(photo=image)

    with pytest.raises(ProtectedError):
        image.delete()


# What files are called


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("harbour.jpg", "harbour.jpg"),
        ("C:\\Pictures\\pier.png", "pier.png"),
        ("../../etc/pier.png", "pier.png"),
        ("شمس.jpg", "شمس.jpg"),
    ],
)
def test_a_picture_is_found_by_the_name_of_its_file(name, kept):
    image = Image.objects.take_in(File(make_upload(), name=name))

    assert image.file_name == kept
    assert list(Image.objects.search(kept)) == [image]
