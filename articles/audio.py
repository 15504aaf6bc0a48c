"""Files that editors send in as recordings: judged by what is in them, never by their name.

MP3 (ISO 11172-3, 13818-3), AAC in MP4 (ISO 14496-12) or in ADTS frames (ISO 13818-7), Opus and Vorbis in Ogg
(RFC 3533, 7845), and WAV. Every frame, page or box is walked in bounded time, so that nothing else hides in
the file. What programs wrote about it (titles, places, covers) is left out, except from Ogg.
"""

import mmap
import re
import struct
from dataclasses import dataclass
from itertools import islice

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_BYTES = 100 * 1024 * 1024
MAX_SECONDS = 4 * 3600
MAX_DAMAGE = 64 * 1024  # bytes between the frames of an MP3
MAX_PARTS = 4000  # tags, chunks and boxes: files of ours have a few dozen
MAX_PAGES = 1_000_000  # of Ogg: four hours at 70 a second
TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "wav": "audio/wav"}

_BITRATES = {  # of Layer III, in kbit/s
    1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
_RATES = {3: [44100, 48000, 32000], 2: [22050, 24000, 16000], 0: [11025, 12000, 8000]}
_AAC_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]
_FOREIGN = re.compile(rb"\xff[\xe0-\xff]")


class Refused(ValueError):
    """A file that is no recording; the message is a sentence for the editor."""


@dataclass(frozen=True)
class Recording:
    """A recording as it may be stored; `pieces` are bytes, or the beginning and end of a part of `data`."""

    extension: str
    duration: float  # seconds
    data: bytes | mmap.mmap
    pieces: list

    @property
    def mime_type(self):
        return TYPES[self.extension]

    def as_file(self):
        return _Pieces(self.data, self.pieces)


class _Pieces(File):
    def __init__(self, data, pieces):
        super().__init__(None)
        self.data, self.pieces = data, pieces
        self.size = sum(len(p) if isinstance(p, bytes) else p[1] - p[0] for p in pieces)

    def chunks(self, chunk_size=None):
        step = chunk_size or self.DEFAULT_CHUNK_SIZE
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                for at in range(piece[0], piece[1], step):
                    yield self.data[at : min(at + step, piece[1])]


def judge(file):
    """Return the Recording in an uploaded file or in bytes; raise Refused where it is none."""
    data = file if isinstance(file, bytes) else _view(file)
    if len(data) > MAX_BYTES:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024**2})
    try:
        extension, duration, pieces = _read(data)
    except (struct.error, IndexError, ZeroDivisionError) as error:
        raise Refused(_("This recording is damaged: it ends too early.")) from error
    if duration > MAX_SECONDS:
        raise Refused(_("The recording is longer than %(limit)s hours.") % {"limit": MAX_SECONDS // 3600})
    if duration < 1:
        raise Refused(_("There is less than a second of sound in this file."))
    return Recording(extension, round(duration, 2), data, pieces)


def _view(file):
    if file.size == 0:
        return b""
    if file.size > MAX_BYTES:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024**2})
    if hasattr(file, "temporary_file_path"):
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    file.seek(0)
    return file.read()


def _read(data):
    head = data[:12]
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _wav(data)
    if head[:4] == b"OggS":
        return _ogg(data)
    if head[4:8] == b"ftyp":
        return _mp4(data)
    start = _after_id3(data)
    if data[start] == 0xFF and data[start + 1] & 0xF6 == 0xF0:
        return _adts(data, start)
    if start or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
        return _mp3(data, start)
    raise Refused(_("This is no recording that browsers play: send an MP3, M4A, AAC, Ogg or WAV file."))


def _after_id3(data):
    """Return where the sound begins behind ID3v2 tags (id3.org, 2.4.0, section 3.1)."""
    at = 0
    for _tag in range(MAX_PARTS):
        if data[at : at + 3] != b"ID3":
            break
        a, b, c, d = struct.unpack("4B", data[at + 6 : at + 10])
        at += 10 + (a << 21 | b << 14 | c << 7 | d) + (10 if data[at + 5] & 0x10 else 0)
        while data[at : at + 1] == b"\0":
            at += len(data[at : at + 4096]) - len(data[at : at + 4096].lstrip(b"\0"))
    return at


def _without_tags(data):
    """Return where the sound ends before ID3v1, Lyrics3 and APE tags."""
    end = len(data)
    if data[max(0, end - 128) : end - 125] == b"TAG":
        end -= 128
    if data[max(0, end - 32) : end - 24] == b"APETAGEX":
        end -= struct.unpack("<I", data[end - 20 : end - 16])[0]
        if data[max(0, end - 32) : end - 24] == b"APETAGEX":
            end -= 32
    return max(end, 0)


def _mp3(data, start):
    at, end = start, _without_tags(data)
    seconds, frames, damage, pieces = 0.0, 0, 0, []
    while at + 4 <= end and seconds <= MAX_SECONDS:
        length, duration = _mp3_frame(data, at)
        if length and (at + length >= end or data[at + length] == 0xFF):
            at, length = at, min(length, end - at)
            seconds, frames = seconds + duration, frames + 1
            if pieces and pieces[-1][1] == at:
                pieces[-1] = (pieces[-1][0], at + length)
            else:
                pieces.append((at, at + length))
            at += length
            continue
        found = _FOREIGN.search(data, at + 1, min(end, at + MAX_DAMAGE))
        ahead = found.start() if found else end
        damage += ahead - at
        if damage > MAX_DAMAGE:
            break
        at = ahead
    if damage > MAX_DAMAGE or frames < 3 or damage * 20 > end - start:
        raise Refused(_("This is no MP3 file, or a damaged one: much of it is not sound."))
    return "mp3", seconds, pieces


def _mp3_frame(data, at):
    """Return the length in bytes and seconds of the frame there; (0, 0) where there is none."""
    one, two, three = data[at : at + 3]
    version, layer = two >> 3 & 3, two >> 1 & 3
    bits, rate = three >> 4, three >> 2 & 3
    if one != 0xFF or two & 0xE0 != 0xE0 or version == 1 or layer != 1 or bits in (0, 15) or rate == 3:
        return 0, 0
    rate = _RATES[version][rate]
    samples, bitrate = (1152, _BITRATES[1][bits]) if version == 3 else (576, _BITRATES[2][bits])
    return samples * bitrate * 125 // rate + (three >> 1 & 1), samples / rate


def _adts(data, start):
    at, end, seconds = start, _without_tags(data), 0.0
    while at + 7 <= end and seconds <= MAX_SECONDS:
        if data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
            break
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if length < 7 or at + length > end:
            break
        seconds += 1024 * ((data[at + 6] & 3) + 1) / _AAC_RATES[data[at + 2] >> 2 & 15]
        at += length
    # The last frame may be cut short.
    if end - at > 8192 and seconds <= MAX_SECONDS:
        raise Refused(_("This is no AAC file, or a damaged one: much of it is not sound."))
    return "aac", seconds, [(start, at)]


def _wav(data):
    at, rate, sound, parts = 12, 0, None, []
    for _chunk in range(MAX_PARTS):
        if at + 8 > len(data) or (sound and parts):
            break
        name, length = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        last = min(at + 8 + length, len(data))
        if name == b"fmt ":
            kind, _channels, _rate, rate, _align, _bits = struct.unpack("<HHIIHH", data[at + 8 : at + 24])
            if kind not in (1, 3, 0xFFFE) or length > 64:
                raise Refused(_("This WAV file is compressed in a way that browsers do not play."))
            parts.append((at, last + length % 2))
        elif name == b"data" and sound is None:
            sound = (at + 8, last)
        at += 8 + length + length % 2
    if sound is None or not rate or not parts:
        raise Refused(_("There is no sound in this WAV file."))
    length = sound[1] - sound[0]
    form = data[parts[0][0] : parts[0][1]]
    head = b"RIFF" + struct.pack("<I", 12 + len(form) + length + length % 2) + b"WAVE" + form
    head += b"data" + struct.pack("<I", length)
    return "wav", length / rate, [head, sound, *([b"\0"] if length % 2 else [])]


def _ogg(data):
    at, serial, rate, last, first, pages = 0, None, 0, 0, 0, 0
    while at < len(data) and pages < MAX_PAGES:
        mark, version, flags, granule, stream, _number, _crc, count = struct.unpack(
            "<4sBBqIIIB", data[at : at + 27]
        )
        if mark != b"OggS" or version:
            raise Refused(_("This Ogg file is damaged: something that is no page stands in it."))
        body = at + 27 + count
        if serial is None:
            head = data[body : body + 48]
            if head[:8] == b"OpusHead":
                rate, first = 48000, struct.unpack("<H", head[10:12])[0]
            elif head[:7] == b"\x01vorbis":
                rate = struct.unpack("<I", head[12:16])[0]
            else:
                raise Refused(_("Of Ogg files, only those with one track of Opus or Vorbis are played."))
            serial = stream
        elif stream != serial or flags & 2:
            raise Refused(_("Of Ogg files, only those with one track of Opus or Vorbis are played."))
        last, pages = max(last, granule), pages + 1
        at = body + sum(data[at + 27 : body])
    if at != len(data) or pages < 3:
        raise Refused(_("This recording is damaged: it ends too early."))
    return "ogg", (last - first) / rate, [(0, len(data))]


_CONTAINERS = {b"trak": b"moov", b"mdia": b"trak", b"minf": b"mdia", b"stbl": b"minf"}  # and what they are in
_UNPLAYED_MP4 = gettext_lazy(
    "This M4A file is in a form that browsers do not play. Save it anew as M4A or MP3."
)
_KNOWN = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"udta", b"meta", b"pdin", b"beam"}


def _mp4(data):
    boxes = list(islice(_boxes(data, 0, len(data)), MAX_PARTS + 1))
    if any(name not in _KNOWN for name, *_place in boxes) or len(boxes) > MAX_PARTS:
        raise Refused(_UNPLAYED_MP4)
    pieces, seconds, kinds, formats = [], 0.0, [], []
    for name, at, body, end in boxes:
        if name in (b"udta", b"meta", b"uuid", b"free", b"skip"):
            pieces += _blank(at, body, end)
        elif name != b"moov":
            pieces.append((at, end))
        else:
            seconds = _moov(data, at, body, end, pieces, kinds, formats)
    if b"soun" not in kinds or b"vide" in kinds or set(formats) != {b"mp4a"}:
        raise Refused(_("In this file there is not just sound as AAC. Save it anew as M4A or MP3."))
    return "m4a", seconds, pieces


def _moov(data, at, body, end, pieces, kinds, formats):
    """Note kinds of tracks and formats of sound, keep all but what is said about the file; return seconds."""
    seconds = 0.0
    pieces.append((at, body))
    for name, start, inner, last in _boxes(data, body, end):
        is_misplaced = name in _CONTAINERS and data[at + 4 : at + 8] != _CONTAINERS[name]
        if is_misplaced or name == b"moov" or len(pieces) > 2 * MAX_PARTS:
            raise Refused(_UNPLAYED_MP4)
        if name in (b"udta", b"meta", b"uuid"):
            pieces += _blank(start, inner, last)
            continue
        if name in _CONTAINERS:
            seconds = _moov(data, start, inner, last, pieces, kinds, formats) or seconds
            continue
        if name == b"mvhd":
            wide = data[inner] == 1
            form, skip = (">IQ", 20) if wide else (">II", 12)
            scale, length = struct.unpack(form, data[inner + skip : inner + skip + struct.calcsize(form)])
            seconds = length / scale
        elif name == b"hdlr":
            kinds.append(bytes(data[inner + 8 : inner + 12]))
        elif name == b"stsd" and kinds and kinds[-1] == b"soun":
            formats.append(bytes(data[inner + 12 : inner + 16]))
        pieces.append((start, last))
    return seconds


def _boxes(data, at, end):
    """Yield (name, beginning, beginning of its content, end) of each box."""
    while at < end:
        length, name = struct.unpack(">I4s", data[at : at + 8])
        body = at + 8
        if length == 1:
            length, body = struct.unpack(">Q", data[body : body + 8])[0], body + 8
        elif length == 0:
            length = end - at
        if length < body - at or at + length > end:
            raise Refused(_("This recording is damaged: it ends too early."))
        yield bytes(name), at, body, at + length
        at += length


def _blank(at, body, end):
    """Return the box as an empty one of the same length, since places in the file are counted."""
    head = (
        struct.pack(">I4s", end - at, b"free")
        if body - at == 8
        else struct.pack(">I4sQ", 1, b"free", end - at)
    )
    zeros = bytes(64 * 1024)
    left = end - body
    return [head, *([zeros] * (left // len(zeros))), bytes(left % len(zeros))]
