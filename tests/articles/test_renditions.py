"""What is made of an image, and that neither repetition, haste nor a crash spoils it."""

import io
import threading
from datetime import timedelta
from unittest import mock

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from PIL import Image as Picture

from articles import renditions
from articles.models import Image, RetiredFile
from articles.renditions import OriginalMissing, make_renditions
from articles.tasks import render_image
from tests.articles.picture_files import make_picture
from tests.factories import make_image

pytestmark = pytest.mark.django_db


def make_library_image(*, kind="JPEG", **options):
    fields = {name: options.pop(name) for name in ("focal_x", "focal_y", "alt") if name in options}
    return make_image(upload=SimpleUploadedFile("picture", make_picture(kind, **options)), **fields)


def open_rendition(rendition):
    with rendition.file.open() as file:
        picture = Picture.open(io.BytesIO(file.read()))
    picture.load()
    return picture


def stored_files(image):
    """The names of the files that the storage holds for the renditions of the image."""
    return {
        f"renditions/{image.pk}/{name}" for name in image.file.storage.listdir(f"renditions/{image.pk}")[1]
    }


def sizes_of(image, shape, kind):
    found = image.renditions.filter(shape=shape, format=kind).order_by("width")
    return list(found.values_list("width", "height"))


def test_a_large_picture_comes_in_every_shape_size_and_format():
    image = make_library_image(size=(3000, 2000))

    make_renditions(image)

    assert sizes_of(image, "natural", "webp") == [(480, 320), (800, 533), (1200, 800), (1920, 1280)]
    assert sizes_of(image, "wide", "webp") == [(320, 200), (640, 400), (1200, 750), (1920, 1200)]
    assert sizes_of(image, "square", "webp") == [(112, 112), (176, 176), (240, 240)]
    assert sizes_of(image, "wide", "avif") == [(320, 200), (640, 400), (1200, 750)]
    assert sizes_of(image, "natural", "jpeg") == [(1200, 800)]
    for rendition in image.renditions.all():
        shown = open_rendition(rendition)
        assert shown.size == (rendition.width, rendition.height)
        assert shown.format.lower() == rendition.format


@pytest.mark.parametrize(
    ("size", "natural", "wide"),
    [
        ((1000, 400), [(480, 192), (800, 320)], [(320, 200), (640, 400)]),
        ((100, 60), [(100, 60)], [(96, 60)]),
        ((1, 1), [(1, 1)], [(1, 1)]),
        ((3000, 1), [(480, 1), (800, 1), (1200, 1), (1920, 1)], [(1, 1)]),
    ],
)
def test_nothing_is_enlarged(size, natural, wide):
    image = make_library_image(kind="PNG", size=size)

    make_renditions(image)

    assert sizes_of(image, "natural", "webp") == natural
    assert sizes_of(image, "wide", "webp") == wide


def test_the_focal_point_decides_what_a_square_shows():
    left = make_library_image(size=(1000, 250), focal_x=0.0)
    right = make_library_image(size=(1001, 250), focal_x=1.0)
    make_renditions(left)
    make_renditions(right)

    reds = [
        open_rendition(image.renditions.get(shape="square", width=176, format="jpeg")).getpixel((88, 88))[0]
        for image in (left, right)
    ]

    assert reds[0] > 150 > 50 > reds[1]


def test_transparency_survives_in_every_format():
    clear = io.BytesIO()
    Picture.new("RGBA", (600, 400), (255, 0, 0, 0)).save(clear, "PNG")
    image = make_image(upload=SimpleUploadedFile("clear.png", clear.getvalue()))

    make_renditions(image)

    assert not image.renditions.filter(format="jpeg").exists()
    for rendition in image.renditions.filter(shape="natural"):
        assert open_rendition(rendition).convert("RGBA").getpixel((5, 5))[3] == 0


def test_a_new_image_can_be_shown_at_once_and_keeps_those_files(django_capture_on_commit_callbacks):
    image = make_library_image(size=(2400, 1600))
    at_once = stored_files(image)
    assert {shape: len(found["sources"]["webp"]) for shape, found in image.srcset.items()} == {
        "natural": 1,
        "wide": 1,
        "square": 1,
    }

    with django_capture_on_commit_callbacks(execute=True):
        make_renditions(image)

    assert at_once < stored_files(image)


def test_running_twice_changes_nothing(django_capture_on_commit_callbacks):
    image = make_library_image(size=(900, 600))
    make_renditions(image)
    before, files = image.srcset, stored_files(image)

    with django_capture_on_commit_callbacks(execute=True):
        make_renditions(image)

    assert Image.objects.get(pk=image.pk).srcset == before
    assert stored_files(image) == files == set(image.renditions.values_list("file", flat=True))


def test_the_files_of_a_moved_focal_point_stay_for_a_month(time_machine):
    image = make_library_image(size=(900, 300))
    make_renditions(image)
    before = stored_files(image)
    Image.objects.filter(pk=image.pk).update(focal_x=0.1)

    render_image.func(image.pk)
    RetiredFile.objects.sweep()
    assert stored_files(image) > before

    time_machine.move_to(timezone.now() + timedelta(days=31))
    RetiredFile.objects.sweep()
    assert stored_files(image) == set(image.renditions.values_list("file", flat=True)) != before
    assert not RetiredFile.objects.exists()


def test_a_file_that_is_shown_again_is_not_swept(time_machine):
    image = make_library_image(size=(900, 300))
    for focal_x in (0.5, 0.1, 0.5):
        Image.objects.filter(pk=image.pk).update(focal_x=focal_x)
        make_renditions(image)

    time_machine.move_to(timezone.now() + timedelta(days=31))
    RetiredFile.objects.sweep()

    assert stored_files(image) == set(image.renditions.values_list("file", flat=True))


def test_a_focal_point_moved_meanwhile_wins():
    image = make_library_image(size=(1000, 250), focal_x=0.0)
    encode_all, calls = renditions._encode_all, []

    def editor_moves_it_meanwhile(*args, **options):
        made = encode_all(*args, **options)
        if not calls:
            Image.objects.filter(pk=image.pk).update(focal_x=1.0)
        calls.append(made)
        return made

    with mock.patch.object(renditions, "_encode_all", editor_moves_it_meanwhile):
        make_renditions(image)

    square = open_rendition(image.renditions.get(shape="square", width=176, format="jpeg"))
    assert square.getpixel((88, 88))[2] > 150


def test_a_missing_original_is_named_and_leaves_what_there_is():
    image = make_library_image(size=(900, 600))
    make_renditions(image)
    before = stored_files(image)
    image.file.storage.delete(image.file.name)

    with pytest.raises(OriginalMissing, match=image.file.name):
        make_renditions(image)

    assert stored_files(image) == before == set(image.renditions.values_list("file", flat=True))


def test_a_run_killed_half_way_is_completed_by_the_next(django_capture_on_commit_callbacks):
    image = make_library_image(size=(900, 600))
    save, written = FileSystemStorage.save, []

    def killed_in_the_fifth_file(self, name, content):
        written.append(save(self, name, content))
        if len(written) == 5:
            with open(self.path(name), "r+b") as file:
                file.truncate(10)
            raise KeyboardInterrupt
        return written[-1]

    with (
        mock.patch.object(FileSystemStorage, "save", killed_in_the_fifth_file),
        pytest.raises(KeyboardInterrupt),
    ):
        make_renditions(image)
    assert set(image.renditions.values_list("file", flat=True)) <= stored_files(image)

    with django_capture_on_commit_callbacks(execute=True):
        make_renditions(image)

    assert stored_files(image) == set(image.renditions.values_list("file", flat=True))
    for rendition in image.renditions.all():
        assert open_rendition(rendition).size == (rendition.width, rendition.height)


def test_the_task_forgives_an_image_that_was_deleted():
    render_image.func(0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_set_of_rows_and_files():
    image = make_library_image(size=(1300, 900))
    failures = []

    def run():
        try:
            make_renditions(Image.objects.get(pk=image.pk))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert stored_files(image) == set(image.renditions.values_list("file", flat=True))
    assert sizes_of(image, "natural", "webp") == [(480, 332), (800, 554), (1200, 831)]
