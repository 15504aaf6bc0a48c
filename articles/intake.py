"""Reading an uploaded picture that may be hostile; out comes a plain JPEG or PNG, or a refusal in words."""

import hashlib
import io
import re
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from PIL import Image

from articles.containers import Damaged, EndsEarly, open_container

MAX_BYTES = 20 * 1024 * 1024
MAX_SIDE = 12_000
# What decoding costs differs: GIF, PNG and WebP are held whole with transparency, JPEG can be decoded
# at a half or less. Together with DECODED_PIXELS these keep one upload below 300 MB.
MAX_PIXELS = {"JPEG": 64_000_000, "PNG": 24_500_000, "GIF": 24_500_000, "WEBP": 12_500_000}
# A JPEG in several scans must be held whole, as coefficients of two bytes for each channel.
MAX_COEFFICIENTS = 3 * 36_000_000
# Every scan walks the picture again. Encoders write about ten; two thousand take a minute to decode.
MAX_SCANS = 40
MAX_FRAMES = 300

LONG_SIDE = 3840
DECODED_PIXELS = 24_500_000
MAX_PROFILE_BYTES = 32 * 1024
# Above this, a picture without transparency is a photograph, which JPEG keeps in a tenth of the bytes.
PHOTOGRAPHIC_COLOURS = 65_536

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MARKUP = re.compile(rb"<(\?|!|script|html|svg|img|iframe|body)", re.IGNORECASE)


class Refused(ValueError):
    """The file is not taken; the message is a sentence for the editor."""


@dataclass(frozen=True)
class Intake:
    """A picture that is safe to store and to serve: no metadata, upright, at most LONG_SIDE pixels long."""

    content: bytes
    extension: str
    format: str
    width: int
    height: int
    sha256: str

    def as_file(self):
        """Return the content as a file that a storage can save."""
        return ContentFile(self.content)


def take_in(file):
    """Read, check and re-encode an uploaded picture; the same upload always gives the same bytes.

    What it is, is decided by its content, never by its name. Of an animation the first frame is taken.
    Raises Refused.
    """
    content = _read(file)
    try:
        container = open_container(content)
    except EndsEarly as error:
        raise Refused(_("This picture is damaged: the file ends too early.")) from error
    except Damaged as error:
        raise Refused(_("This picture is damaged and cannot be read.")) from error
    if container is None:
        raise Refused(_("This file is not a JPEG, PNG, GIF or WebP picture."))
    _check_limits(container)
    del content
    try:
        return _encode(_decode(container), from_jpeg=container.format == "JPEG")
    # On hostile bytes Pillow raises nearly any type, MemoryError and struct.error among them. Its own
    # warning about large pictures, an error where warnings are, needs no setting of Pillow's changed for
    # the whole process: our limits are checked before it opens the file.
    except Exception as error:
        if "truncated" in str(error).lower():
            raise Refused(_("This picture is damaged: the file ends too early.")) from error
        raise Refused(_("This picture is damaged and cannot be read.")) from error


def _read(file):
    file.seek(0, io.SEEK_END)
    size = file.tell()
    if size == 0:
        raise Refused(_("This file is empty."))
    if size > MAX_BYTES:
        raise Refused(
            _("This file is %(found)s MB; %(limit)s MB is the limit.")
            % {"found": number_format(size / 1024**2, 1), "limit": MAX_BYTES // 1024**2}
        )
    file.seek(0)
    return file.read()


def _check_limits(container):
    kind, pixels = container.format, container.width * container.height
    if not pixels:
        raise Refused(_("This picture is damaged: it has no size."))
    _limit(container.width, MAX_SIDE, _("This picture is %(found)s pixels wide; %(limit)s is the limit."))
    _limit(container.height, MAX_SIDE, _("This picture is %(found)s pixels high; %(limit)s is the limit."))
    megapixels = _("This picture has %(found)s million pixels; %(limit)s million is the limit for %(kind)s.")
    _limit(pixels, MAX_PIXELS[kind], megapixels, kind=kind, unit=1e6)
    _limit(container.frames, MAX_FRAMES, _("This animation has %(found)s frames; %(limit)s is the limit."))
    _limit(container.scans, MAX_SCANS, _("This JPEG is stored in %(found)s scans; %(limit)s is the limit."))
    if container.scans > 1:
        limit = MAX_COEFFICIENTS // container.channels
        _limit(pixels, limit, megapixels, kind=_("a progressive JPEG"), unit=1e6)


def _limit(found, limit, sentence, *, unit=1, **words):
    if found > limit:
        decimals = 0 if unit == 1 else 1
        words["found"] = number_format(found / unit, decimals, force_grouping=True)
        words["limit"] = number_format(limit / unit, decimals, force_grouping=True)
        raise Refused(sentence % words)


def _decode(container):
    """Return the picture upright, at most LONG_SIDE long, as P, L, RGB or RGBA; its info is bare."""
    source = Image.open(io.BytesIO(container.content), formats=[container.format])
    if source.size != (container.width, container.height):
        raise Damaged("two sizes in one file")
    longest = max(source.size)
    shrink = min(1, LONG_SIDE / longest)
    size = tuple(max(1, round(side * shrink)) for side in source.size)
    cost = source.width * source.height
    if container.scans > 1:
        cost *= container.channels / 3
    if cost > DECODED_PIXELS or longest >= 2 * LONG_SIDE:
        # Decodes a JPEG at half its size for a quarter of the memory; other formats ignore it.
        source.draft(None, tuple(max(1, side // 2) for side in source.size))
        size = tuple(map(min, size, source.size))
    source.load()
    turn = _TURNS.get(_orientation(source))
    profile = source.info.get("icc_profile")

    image = _resize(_eight_bits(source), size)
    if turn is not None:
        image = image.transpose(turn)
    image.info = {key: value for key, value in image.info.items() if key == "transparency"}
    if image.mode != "L" and _is_sane(profile):
        image.info["icc_profile"] = profile
    return image


def _orientation(source):
    try:
        return source.getexif().get(_ORIENTATION_TAG)
    # Broken camera data says nothing about how the picture stands; the picture itself may be fine.
    except Exception:
        return None


def _eight_bits(image):
    """Return the picture as P, L, RGB, RGBA or CMYK, with eight bits a channel."""
    if image.mode.startswith("I"):
        # Converting would clip: 16 bits of grey become white from 256 up.
        image = image.point(lambda value: value * (1 / 256) + 0)
        image.info.pop("transparency", None)
        return _into("L", image)
    if image.mode == "1":
        image = _into("L", image)
    if image.mode == "LA" or (image.mode in ("L", "RGB") and "transparency" in image.info):
        return _into("RGBA", image)
    return image


def _resize(image, size):
    if image.size != size:
        if image.mode == "P":
            image = _into("RGBA" if "transparency" in image.info else "RGB", image)
        transparent = image.mode == "RGBA"
        if transparent:
            # Premultiplied, so that the colour of clear pixels does not bleed into the edges.
            image = _into("RGBa", image)
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        if transparent:
            image = _into("RGBA", image)
    if image.mode == "CMYK" or (image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255)):
        image = _into("RGB", image)
    return image


def _into(mode, image):
    """Convert, and let go of the memory of what was there before."""
    converted = image.convert(mode)
    image.close()
    return converted


def _is_sane(profile):
    """Whether an ICC profile (ICC.1:2022, section 7.2) describes RGB, is small and carries no markup."""
    return (
        bool(profile)
        and 128 < len(profile) <= MAX_PROFILE_BYTES
        and int.from_bytes(profile[:4]) == len(profile)
        and profile[16:20] == b"RGB "
        and profile[36:40] == b"acsp"
        and not _MARKUP.search(profile)
    )


def _encode(image, *, from_jpeg):
    out = io.BytesIO()
    profile = image.info.get("icc_profile")
    opaque = image.mode in ("L", "RGB")
    if from_jpeg or (opaque and image.getcolors(PHOTOGRAPHIC_COLOURS) is None):
        kind, extension = "JPEG", "jpg"
        image.save(out, kind, quality=88, progressive=True, optimize=True, icc_profile=profile)
    else:
        kind, extension = "PNG", "png"
        image.save(out, kind, icc_profile=profile)
    content = out.getvalue()
    return Intake(
        content=content,
        extension=extension,
        format=kind,
        width=image.width,
        height=image.height,
        sha256=hashlib.sha256(content).hexdigest(),
    )
