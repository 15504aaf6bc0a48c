"""What an uploaded file must not do, and what an honest picture must look like afterwards."""

import contextlib
import io
import os
import random
import struct
import zlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from articles import intake
from articles.intake import Refused, take_in
from tests.articles.picture_files import (
    GPS_MARK,
    make_chunk,
    make_gif,
    make_grey_png,
    make_picture,
    make_png,
    make_scans,
    make_segment,
    with_segment,
)

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
NOT_A_PICTURE = "This file is not a JPEG, PNG, GIF or WebP picture."
ENDS_EARLY = "This picture is damaged: the file ends too early."
UNREADABLE = "This picture is damaged and cannot be read."


def taken(content):
    """What intake makes of the content, and its picture."""
    result = take_in(ContentFile(content))
    picture = Image.open(io.BytesIO(result.content))
    picture.load()
    assert picture.size == (result.width, result.height)
    assert picture.format == result.format
    return result, picture


def refusal(content):
    with pytest.raises(Refused) as caught:
        take_in(ContentFile(content))
    return str(caught.value)


def is_red(pixel):
    return pixel[0] > 150 > 80 > pixel[2]


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"\0\0\0\x18ftypheic" + bytes(200),
        b"%PDF-1.7\n",
        b"BM" + bytes(200),
        b"II*\0" + bytes(200),
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"<?php system($_GET['c']); ?>",
        b"x",
    ],
    ids=["svg", "heic", "pdf", "bmp", "tiff", "eps", "php", "one byte"],
)
def test_what_is_no_picture_is_refused_whatever_its_name(content):
    with pytest.raises(Refused, match=NOT_A_PICTURE):
        take_in(SimpleUploadedFile("holiday.jpg", content, content_type="image/jpeg"))


def test_a_wrong_extension_does_not_matter():
    result = take_in(SimpleUploadedFile("drawing.svg", make_picture("JPEG")))

    assert (result.extension, result.format) == ("jpg", "JPEG")


def test_an_empty_file_is_refused():
    assert refusal(b"") == "This file is empty."


def test_a_file_of_too_many_bytes_is_refused_before_it_is_read():
    assert refusal(b"\xff\xd8\xff" + bytes(21 * 1024**2)) == "This file is 21.0 MB; 20 MB is the limit."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (make_png(14_000, 10, rows=1), "This picture is 14,000 pixels wide; 12,000 is the limit."),
        (make_png(10, 50_000, rows=1), "This picture is 50,000 pixels high; 12,000 is the limit."),
        (
            make_png(6000, 6000, rows=1),
            "This picture has 36.0 million pixels; 24.5 million is the limit for PNG.",
        ),
        (
            b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\x9f\x0f\0\x9f\x0f\0" + bytes(4),
            "This picture has 16.0 million pixels; 12.5 million is the limit for WEBP.",
        ),
        (make_scans(2000), "This JPEG is stored in 2,000 scans; 40 is the limit."),
        (make_gif(frames=301), "This animation has 301 frames; 300 is the limit."),
        (make_png(0, 10), "This picture is damaged: it has no size."),
    ],
    ids=["wide", "high", "PNG bomb", "WebP canvas", "scans", "frames", "no size"],
)
def test_a_limit_is_named_with_what_was_found(content, sentence):
    assert refusal(content) == sentence


def test_a_frame_that_outgrows_its_gif_is_measured():
    gif = make_gif(size=(5000, 5000))

    assert "25.0 million pixels" in refusal(gif[:6] + struct.pack("<HH", 1, 1) + gif[10:])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_cut_file_is_refused(kind, part):
    content = make_picture(kind, noisy=True)

    assert refusal(content[: int(len(content) * part)]) == ENDS_EARLY


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0\0\2" + b"\xff\0" * 500_000,
        b"\xff\xd8" + b"\xff\xe0\0\2" * 500_000,
        b"\xff\xd8" + b"\xff" * 2_000_000,
        make_png(10, 10)[:-12] + make_chunk(b"IDAT", b"") * 20_000 + make_chunk(b"IEND", b""),
        make_png(10, 10, before=make_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(50_000_000)))),
        b"RIFF" + struct.pack("<I", 800_004) + b"WEBP" + b"VP8 \0\0\0\0" * 100_000,
    ],
    ids=["stuffing", "segments", "fill bytes", "PNG chunks", "profile bomb", "WebP chunks"],
)
def test_a_file_made_to_keep_its_reader_busy_is_refused(content):
    assert refusal(content) in (UNREADABLE, ENDS_EARLY)


@pytest.mark.parametrize(
    "content",
    [
        make_gif(comment=b"x" * 3_000_000),
        make_png(10, 10, before=make_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(900_000))) * 2000),
        make_picture()[:-2] + b"\xff\xd0" * 1_000_000,
    ],
    ids=["GIF comment", "PNG texts", "restart markers"],
)
def test_ballast_beside_the_picture_is_left_out(content):
    result, _ = taken(content)

    assert len(result.content) < 5000


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damage_of_any_kind_ends_in_a_refusal_or_a_picture():
    chance = random.Random(5)
    sources = [
        make_picture("JPEG", orientation=6, gps=True, profile=SRGB),
        make_picture("JPEG", progressive=True),
        make_picture("PNG", mode="P"),
        make_picture("PNG", mode="RGBA"),
        make_gif(frames=3),
        make_picture("WEBP", profile=SRGB),
    ]
    for _ in range(300):
        content = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with contextlib.suppress(Refused):
            taken(bytes(content))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_stored_upright(kind, orientation):
    # Where the left (red) half of the stored pixels belongs: EXIF 2.32, tag 274.
    red_at = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}

    _, picture = taken(make_picture(kind, size=(160, 80), orientation=orientation))

    points = (
        {"left": (20, 40), "right": (140, 40)} if orientation < 5 else {"top": (40, 20), "bottom": (40, 140)}
    )
    red = [where for where, point in points.items() if is_red(picture.convert("RGB").getpixel(point))]
    assert red == [red_at[orientation]]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_camera_data_does_not_spoil_the_picture():
    jpeg = with_segment(
        make_picture(size=(160, 80)), 0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(range(200))
    )

    assert taken(jpeg)[1].size == (160, 80)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_it_was_taken_is_forgotten(kind):
    content = make_picture(kind, gps=True)
    assert GPS_MARK in content

    result, picture = taken(content)

    assert GPS_MARK not in result.content
    assert not picture.getexif()


@pytest.mark.parametrize(
    "content",
    [
        with_segment(make_picture(), 0xFE, b"<?php system($_GET['c']); ?>"),
        with_segment(make_picture(), 0xE1, b"http://ns.adobe.com/xap/1.0/\0<?php system() ?>"),
        make_picture() + b"<?php system($_GET['c']); ?>",
        make_png(10, 10, before=make_chunk(b"tEXt", b"Comment\0<?php system() ?>")),
        make_png(10, 10) + b"<?php system() ?>",
        make_gif(comment=b"<?php system() ?>"),
        make_gif() + b"<?php system() ?>",
    ],
    ids=["comment", "XMP", "behind a JPEG", "PNG text", "behind a PNG", "GIF comment", "behind a GIF"],
)
def test_code_in_a_picture_does_not_get_through(content):
    assert b"<?php" in content

    assert b"<?php" not in taken(content)[0].content


@pytest.mark.parametrize(
    ("profile", "is_kept"),
    [
        (SRGB, True),
        (SRGB[:16] + b"CMYK" + SRGB[20:], False),
        (SRGB[:200], False),
        (SRGB[:-30] + b"<script>alert(1)</script>     ", False),
        ((100_000).to_bytes(4) + SRGB[4:] + bytes(100_000 - len(SRGB)), False),
        (b"garbage", False),
    ],
    ids=["sRGB", "CMYK", "cut", "script", "100 KB", "garbage"],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_only_a_sane_colour_profile_is_kept(kind, profile, is_kept):
    _, picture = taken(make_picture(kind, profile=profile))

    assert picture.info.get("icc_profile") == (profile if is_kept else None)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_the_same_upload_gives_the_same_hash(kind):
    content = make_picture(kind, size=(500, 300))

    assert take_in(ContentFile(content)).sha256 == take_in(SimpleUploadedFile("b.png", content)).sha256


def test_a_large_picture_is_stored_at_3840_pixels():
    result, _ = taken(make_picture(size=(4800, 3000)))

    assert (result.width, result.height) == (3840, 2400)


def test_a_narrow_strip_keeps_at_least_one_pixel():
    assert taken(make_picture("PNG", size=(12_000, 1)))[1].size == (3840, 1)


def test_cmyk_becomes_rgb():
    _, picture = taken(make_picture("JPEG", mode="CMYK"))

    assert picture.mode == "RGB"
    assert is_red(picture.getpixel((20, 20)))


def test_sixteen_bits_of_grey_keep_their_tones():
    _, picture = taken(make_grey_png([0, 0x4000, 0x8000, 0xFFFF], width=4))

    assert list(picture.convert("L").tobytes()) == [0, 64, 128, 255]


@pytest.mark.parametrize("size", [(40, 20), (5000, 20)], ids=["as it is", "made smaller"])
@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("GIF", "P"), ("WEBP", "RGBA")])
def test_transparency_is_kept(kind, mode, size):
    clear = Image.new("RGBA", size, (0, 0, 0, 0))
    clear.paste((200, 0, 0, 255), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    (clear if kind == "GIF" else clear.convert(mode)).save(out, kind)

    result, picture = taken(out.getvalue())

    shown = picture.convert("RGBA")
    assert result.format == "PNG"
    assert shown.getpixel((1, 0))[3] == 255
    assert shown.getpixel((shown.width - 1, 0))[3] == 0


def test_a_few_colours_stay_a_palette():
    result, picture = taken(make_picture("PNG", mode="P"))

    assert (result.format, picture.mode) == ("PNG", "P")


def test_a_photograph_without_transparency_becomes_a_jpeg():
    photograph = Image.frombytes("RGBA", (400, 400), os.urandom(400 * 400 * 4))
    photograph.putalpha(255)
    out = io.BytesIO()
    photograph.save(out, "PNG")

    assert taken(out.getvalue())[0].extension == "jpg"


def test_a_preview_of_a_camera_does_not_count_as_a_scan(monkeypatch):
    monkeypatch.setattr(intake, "MAX_SCANS", 1)
    preview = make_segment(0xE1, b"Exif\0\0" + make_picture())

    assert taken(make_picture()[:2] + preview + make_picture()[2:])[0].format == "JPEG"


def test_only_the_first_frame_of_an_animation_is_taken():
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "green")]
    for kind in ("GIF", "PNG", "WEBP"):
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:])

        _, picture = taken(out.getvalue())

        assert is_red(picture.convert("RGB").getpixel((5, 5)))
        assert getattr(picture, "n_frames", 1) == 1


def test_other_code_keeps_its_own_limits():
    before = Image.MAX_IMAGE_PIXELS

    taken(make_picture())

    assert before == Image.MAX_IMAGE_PIXELS
