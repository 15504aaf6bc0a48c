"""Picture files to upload: honest ones, broken ones and hostile ones."""

import io
import os
import struct
import zlib

from PIL import Image

GPS_MARK = b"PrivateCamera"


def make_picture(
    kind="JPEG",
    *,
    mode="RGB",
    size=(320, 200),
    noisy=False,
    orientation=None,
    gps=False,
    profile=None,
    **options,
):
    """A picture whose left half is red and right half is blue (or noise), as the bytes of a file."""
    if noisy:
        image = Image.frombytes("L", size, os.urandom(size[0] * size[1])).convert(mode)
    else:
        image = Image.new("RGB", size, (200, 0, 0))
        image.paste((0, 0, 200), (size[0] // 2, 0, *size))
        image = image.convert(mode)
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    if gps:
        exif[0x010F] = GPS_MARK.decode()
        exif.get_ifd(0x8825)[2] = (33.0, 53.0, 42.0)
    if exif:
        options["exif"] = exif.tobytes()
    if profile:
        options["icc_profile"] = profile
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def make_segment(marker, payload):
    """A JPEG segment, to be put behind the two bytes that start the file."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def with_segment(jpeg, marker, payload):
    return jpeg[:2] + make_segment(marker, payload) + jpeg[2:]


def make_scans(count, *, size=(64, 64), mode="L"):
    """A progressive JPEG whose last scan is repeated until it has `count` of them."""
    jpeg = make_picture(size=size, mode=mode, progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    have = jpeg.count(b"\xff\xda")
    return jpeg[:-2] + jpeg[last:-2] * (count - have) + jpeg[-2:]


def make_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def make_png(width, height, *, depth=8, colour=2, rows=None, before=b""):
    """A PNG that claims its size but holds only `rows` (default: all) rows of zeros, well compressed."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = b"\0" * (1 + (width * channels * depth + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height if rows is None else rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    palette = make_chunk(b"PLTE", b"\x10\x20\x30") if colour == 3 else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + make_chunk(b"IHDR", header)
        + palette
        + before
        + make_chunk(b"IDAT", data)
        + make_chunk(b"IEND", b"")
    )


def make_grey_png(values, *, width):
    """A PNG of 16 bits of grey."""
    rows = [values[start : start + width] for start in range(0, len(values), width)]
    data = b"".join(b"\0" + struct.pack(f">{width}H", *row) for row in rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + make_chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 16, 0, 0, 0, 0))
        + make_chunk(b"IDAT", zlib.compress(data))
        + make_chunk(b"IEND", b"")
    )


def make_gif(*, frames=1, size=(40, 30), comment=b""):
    """An animated GIF; its comment is stored in blocks of 255 bytes, as the format demands."""
    one = make_picture("GIF", mode="P", size=size)
    start = one.index(b"\x2c", 13)
    start = one.rindex(b"\x2c\0\0\0\0", 0) if one[start : start + 5] != b"\x2c\0\0\0\0" else start
    blocks = b"".join(
        bytes([len(comment[at : at + 255])]) + comment[at : at + 255] for at in range(0, len(comment), 255)
    )
    extension = b"\x21\xfe" + blocks + b"\0" if comment else b""
    return one[:start] + extension + one[start:-1] * frames + b";"
