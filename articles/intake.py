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
MAX_PIXELS = {"JPEG": 64_000_000, "PNG": 24_500_000, "GIF": 24_500_000, "WEBP": 14_000_000}
# A JPEG in several scans must be held whole, as coefficients of two bytes for each channel.
MAX_COEFFICIENTS = 3 * 36_000_000
# Every scan walks the picture again. Encoders write about ten; two thousand take a minute to decode.
MAX_SCANS = 40
MAX_SCANNED_PIXELS = 400_000_000
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
    size = file.seek(0, io.SEEK_END)
    if size is None:  # Django's upload wrappers do not pass on what seek() returns
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
    width, height, kind = container.width, container.height, container.format
    if not width or not height:
        raise Refused(_("This picture is damaged: it has no size."))
    if width > MAX_SIDE:
        _refuse(_("This picture is %(found)s pixels wide; %(limit)s is the limit."), width, MAX_SIDE)
    if height > MAX_SIDE:
        _refuse(_("This picture is %(found)s pixels high; %(limit)s is the limit."), height, MAX_SIDE)
    pixels, limit = width * height, MAX_PIXELS[kind]
    if pixels > limit:
        _refuse_pixels(
            _("This %(kind)s picture has %(found)s million pixels; %(limit)s million is the limit."),
            pixels,
            limit,
            kind,
        )
    if container.frames > MAX_FRAMES:
        _refuse(
            _("This animation has %(found)s frames; %(limit)s is the limit."), container.frames, MAX_FRAMES
        )
    if container.scans > 1:
        if container.scans > MAX_SCANS:
            _refuse(
                _("This JPEG is stored in %(found)s passes; %(limit)s is the limit."),
                container.scans,
                MAX_SCANS,
            )
        limit = min(MAX_COEFFICIENTS // container.channels, MAX_SCANNED_PIXELS // container.scans)
        if pixels > limit:
            _refuse_pixels(
                _(
                    "This progressive %(kind)s has %(found)s million pixels; %(limit)s million is the limit for it."
                ),
                pixels,
                limit,
                kind,
            )
