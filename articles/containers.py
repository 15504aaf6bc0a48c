"""What a picture file is made of: its size, frames and scans, read without decoding a pixel.

An image library answers such questions too, but only after it has parsed text, camera data and previews
that may themselves be the attack. Here the file is walked once, in bounded time, and copied without the
parts that do not make the picture; only that copy is handed on to be decoded.
"""

import re
import struct
from dataclasses import dataclass

# Honest files of 20 MB stay far below; each part costs the reader behind us a turn of a slow loop.
MAX_PARTS = 10_000


class Damaged(ValueError):
    """The file breaks the rules of its own format."""


class EndsEarly(Damaged):
    """The file stops before its picture does."""


@dataclass(frozen=True)
class Container:
    """A picture file that is ready to decode; sizes in pixels, as stored (before any turning)."""

    format: str
    content: bytes
    width: int
    height: int
    frames: int = 1
    scans: int = 1
    channels: int = 4


def open_container(content):
    """Return the Container of a JPEG, PNG, GIF or WebP file, or None where it is none of these.

    Raises Damaged, or EndsEarly where bytes are missing.
    """
    for signature, read in _READERS:
        if signature.match(content):
            try:
                return read(content)
            except (struct.error, IndexError) as error:
                raise EndsEarly("a length points beyond the end of the file") from error
    return None


# JPEG: ISO/IEC 10918-1, annex B. Restart markers stand inside the picture's data and have no length.
_JPEG_MARKER = re.compile(rb"\xff([^\x00\x01\xff\xd0-\xd7])", re.DOTALL)
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END_OF_IMAGE, _COMMENT = 0xDA, 0xD9, 0xFE
# JFIF; camera data, for the orientation; the colour profile; Adobe's colour transform.
_JPEG_KEPT = {0xE0: b"JFIF\0", 0xE1: b"Exif\0\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}


def _jpeg(content):
    kept, frame, scans, first_scan, at, parts = [b"\xff\xd8"], None, 0, None, 2, 0
    while match := _JPEG_MARKER.search(content, at):
        parts += 1
        if parts > MAX_PARTS or (first_scan is None and match.start() > at):
            raise Damaged("bytes that belong to no segment")
        marker, at = match[1][0], match.end()
        if marker == _END_OF_IMAGE:
            break
        (length,) = struct.unpack_from(">H", content, at)
        segment = content[at : at + length]
        if marker in _START_OF_FRAME and frame is None:
            frame = struct.unpack_from(">HHB", content, at + 3)
        if marker == _START_OF_SCAN:
            scans += 1
            if first_scan is None:
                first_scan = at - 2
        elif first_scan is None:
            name = _JPEG_KEPT.get(marker, None if 0xE0 <= marker <= 0xEF or marker == _COMMENT else b"")
            if name is not None and segment[2:].startswith(name):
                kept.append(bytes([0xFF, marker]) + segment)
        at += length
    if frame is None or first_scan is None:
        raise EndsEarly("no picture follows the header")
    height, width, channels = frame
    kept.append(content[first_scan:])
    return Container("JPEG", b"".join(kept), width, height, scans=scans, channels=channels)


# PNG: W3C Portable Network Graphics, section 5. Text, times and the frames of an animation are left out.
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"IDAT", b"IEND"}


def _png(content):
    if content[12:16] != b"IHDR":
        raise Damaged("no header")
    width, height = struct.unpack_from(">II", content, 16)
    kept, frames, at, name = [content[:8]], 0, 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise EndsEarly("the last chunk is cut")
        if name in _PNG_KEPT:
            kept.append(content[at:end])
            if len(kept) > MAX_PARTS:
                raise Damaged("too many chunks")
        frames += name == b"fcTL"
        at = end
    return Container("PNG", b"".join(kept), width, height, frames=max(frames, 1))


# GIF89a, sections 18 to 26. Only the first frame is kept, with the control block that says what is clear.
_GIF_IMAGE, _GIF_EXTENSION, _GIF_CONTROL = 0x2C, 0x21, 0xF9


def _gif(content):
    width, height, flags = struct.unpack_from("<HHB", content, 6)
    at = 13 + _gif_palette(flags)
    kept, frames, blocks = [content[:at]], 0, 0
    control = b""
    while at < len(content) and content[at] in (_GIF_IMAGE, _GIF_EXTENSION) and frames <= MAX_PARTS:
        start, is_image = at, content[at] == _GIF_IMAGE
        if is_image:
            left, top, wide, high, flags = struct.unpack_from("<HHHHB", content, at + 1)
            at += 11 + _gif_palette(flags)
        else:
            at += 2
        try:
            while size := content[at]:
                at += size + 1
        except IndexError:
            if frames:  # the frame that we keep is whole
                break
            raise
        at += 1
        if is_image:
            frames += 1
            if frames == 1:
                # A frame that reaches over the edge enlarges the picture.
                width, height = max(width, left + wide), max(height, top + high)
                kept += [control, content[start:at], b";"]
        elif content[start + 1] == _GIF_CONTROL:
            control = content[start:at]
        elif (blocks := blocks + 1) > MAX_PARTS:
            raise Damaged("too many blocks")
    if not frames:
        raise EndsEarly("no picture follows the header")
    return Container("GIF", b"".join(kept), width, height, frames=frames)


def _gif_palette(flags):
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


# WebP: RFC 9649, section 2.
def _webp(content):
    (size,) = struct.unpack_from("<I", content, 4)
    if size + 8 > len(content):
        raise EndsEarly("the file is shorter than it says")
    frames, at, parts, picture_size = 0, 12, 0, None
    while at + 8 <= size + 8:
        name, length = struct.unpack_from("<4sI", content, at)
        if picture_size is None:
            picture_size = _webp_size(name, content, at + 8)
        frames += name == b"ANMF"
        at += 8 + length + length % 2
        if (parts := parts + 1) > MAX_PARTS:
            raise Damaged("too many chunks")
    if picture_size is None:
        raise EndsEarly("no picture follows the header")
    return Container("WEBP", content, *picture_size, frames=max(frames, 1))


def _webp_size(name, content, at):
    if name == b"VP8X":
        low_wide, high_wide, low_high, high_high = struct.unpack_from("<HBHB", content, at + 4)
        return (high_wide << 16 | low_wide) + 1, (high_high << 16 | low_high) + 1
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, at + 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, at + 6)
        return width & 0x3FFF, height & 0x3FFF
    raise Damaged("the first chunk is no picture")


_READERS = [
    (re.compile(rb"\xff\xd8\xff"), _jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), _png),
    (re.compile(rb"GIF8[79]a"), _gif),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), _webp),
]
