"""Small recordings in each format, made here."""

import io
import struct
import wave

RATE = 22050


def wav(seconds=2.0, rate=8000):
    """A WAV file of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * int(seconds * rate)))
    return out.getvalue()


def mp3(seconds=2.0, before=b"", behind=b""):
    """Frames of MPEG 2 Layer III at 22,050 Hz and 32 kbit/s, between what others wrote."""
    frame = b"\xff\xf3\x40\xc4".ljust(104, b"\0")
    return before + frame * round(seconds * RATE / 576) + behind


def id3(text):
    length = struct.pack(">4B", *(len(text) >> shift & 127 for shift in (21, 14, 7, 0)))
    return b"ID3\x04\0\0" + length + text


def aac(seconds=2.0):
    """Frames of ADTS at 44,100 Hz."""
    frame = bytes([0xFF, 0xF1, 0x50, 0x40, 100 >> 3, (100 & 7) << 5 | 0x1F, 0xFC]).ljust(100, b"\0")
    return frame * round(seconds * 44100 / 1024)


def box(name, *content):
    content = b"".join(content)
    return struct.pack(">I4s", 8 + len(content), name) + content


def m4a(seconds=2, kind=b"soun", coding=b"mp4a", said=b"Recorded at home"):
    """The boxes of an MP4 file with one track."""
    track = box(
        b"trak",
        box(
            b"mdia",
            box(b"hdlr", bytes(8), kind, bytes(12)),
            box(b"minf", box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), box(coding, bytes(28))))),
        ),
    )
    head = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000), bytes(80))
    moov = box(b"moov", head, track, box(b"udta", said))
    return box(b"ftyp", b"M4A \0\0\0\0") + moov + box(b"mdat", bytes(2000))


def ogg(seconds=2, head=b"OpusHead\x01\x01\0\0" + bytes(7)):
    """The pages of an Ogg file with one track."""

    def page(flags, granule, number, content):
        return struct.pack("<4sBBqIIIBB", b"OggS", 0, flags, granule, 7, number, 0, 1, len(content)) + content

    pages = [page(2, 0, 0, head), page(0, 0, 1, b"OpusTags" + bytes(8))]
    return b"".join([*pages, page(4, seconds * 48000, 2, bytes(200))])
