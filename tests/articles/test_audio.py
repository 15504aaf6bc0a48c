"""Recordings are judged by their content."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from articles import audio
from tests.articles.recordings import aac, box, id3, m4a, mp3, ogg, wav


def stored(recording):
    return b"".join(recording.as_file().chunks())


@pytest.mark.parametrize(
    ("content", "kind", "mime_type"),
    [
        (mp3(), "mp3", "audio/mpeg"),
        (aac(), "aac", "audio/aac"),
        (m4a(), "m4a", "audio/mp4"),
        (ogg(), "ogg", "audio/ogg"),
        (wav(), "wav", "audio/wav"),
    ],
)
def test_each_format_is_known_by_its_content_and_measured(content, kind, mime_type):
    recording = audio.judge(SimpleUploadedFile("invoice.pdf", content))

    assert (recording.extension, recording.mime_type) == (kind, mime_type)
    assert recording.duration == pytest.approx(2, abs=0.05)
    again = audio.judge(stored(recording))
    assert (again.extension, again.duration) == (kind, recording.duration)


def test_what_programs_wrote_about_a_recording_is_left_out():
    tagged = [
        mp3(before=id3(b"APIC secret" * 50), behind=b"TAG secret".ljust(128)),
        m4a(said=b"secret"),
        wav() + b"LIST" + (6).to_bytes(4, "little") + b"secret",
    ]
    for content in tagged:
        assert b"secret" in content
        assert b"secret" not in stored(audio.judge(content))


def test_places_in_an_mp4_stay_where_they_were():
    assert len(stored(audio.judge(m4a()))) == len(m4a())


def test_a_large_file_is_read_where_it_lies():
    upload = TemporaryUploadedFile("a.mp3", "audio/mpeg", 0, None)
    upload.write(mp3(3))
    upload.size = upload.tell()
    upload.flush()

    assert stored(audio.judge(upload)) == mp3(3)


def nested(name, depth):
    content = b""
    for _level in range(depth):
        content = box(name, content)
    return box(b"ftyp", b"M4A ") + content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"MZ" + bytes(2000),
        b"<html><script>alert(1)</script></html>" * 100,
        b"%PDF-1.7" + bytes(2000),
        id3(b"x") + b"<script>alert(1)</script>" * 500,
        mp3(0.3) + b"<script>alert(1)</script>" * 500,
        b"\xff" * 300_000,
        b"ID3" * 100_000,
        mp3(0.5),
        aac(0.2),
        wav()[:30],
        wav().replace(b"data", b"tada"),
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + bytes(16) + b"data\x04\0\0\0abcd",
        b"RIFF\xff\xff\xff\xffWAVE" + b"fmt \xff\xff\xff\xff" + bytes(100),
        ogg()[:-20],
        ogg() + b"<script>",
        ogg(head=b"\x80theora" + bytes(40)),
        ogg() + ogg(),
        m4a(kind=b"vide"),
        m4a(coding=b"alac"),
        m4a() + box(b"evil", b"<script>"),
        m4a()[:-100],
        m4a().replace(b"mvhd", b"mvhx"),
        box(b"ftyp", b"M4A ") + (0).to_bytes(4, "big") + b"moov",
        b"ID3",
        b"ID3\x04\0\0\0",
        nested(b"moov", 5000),
        nested(b"stbl", 300),
    ],
    ids=range(29),
)
def test_what_is_no_recording_is_refused_with_a_sentence(content):
    with pytest.raises(audio.Refused) as refusal:
        audio.judge(SimpleUploadedFile("song.mp3", content))
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    "content",
    [
        id3(b"") * 50_000 + mp3(),
        wav()[:12] + (b"junk" + bytes(4)) * 50_000 + wav()[12:],
        box(b"ftyp", b"M4A ") + box(b"free") * 50_000 + m4a(),
        box(b"ftyp", b"M4A ") + box(b"moov", box(b"udta") * 50_000) + m4a(),
    ],
    ids=["tags", "chunks", "boxes", "boxes in a box"],
)
def test_a_file_of_countless_small_parts_is_refused_before_they_are_counted(content):
    with pytest.raises(audio.Refused):
        audio.judge(content)


def test_only_so_much_is_read_as_a_recording_may_last(monkeypatch):
    monkeypatch.setattr(audio, "MAX_SECONDS", 3)
    for content in (mp3(20), aac(20)):
        looked_at = audio._read(content)[1]
        assert 3 < looked_at < 4


def test_too_long_and_too_large_are_refused(monkeypatch):
    monkeypatch.setattr(audio, "MAX_SECONDS", 3)
    with pytest.raises(audio.Refused, match="longer than"):
        audio.judge(mp3(5))
    monkeypatch.setattr(audio, "MAX_BYTES", 1000)
    with pytest.raises(audio.Refused, match="larger than"):
        audio.judge(SimpleUploadedFile("a.mp3", mp3()))
