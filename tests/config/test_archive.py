import io
import stat
import tarfile

import pytest

from config import archive


@pytest.fixture
def whole(tmp_path):
    """An archive of two members."""
    source = tmp_path / "source"
    source.write_bytes(b"words " * 50_000)
    path = tmp_path / "whole.tar"
    with archive.Writer(path) as file:
        file.add("database.dump", source)
        file.add("media/صورة.jpg", source)
        file.finish(standfirst="1")
    return path


def rewritten(path, change):
    """A copy whose members went through `change(member, content)`, which returns them or None."""
    copy = path.with_name("changed.tar")
    with tarfile.open(path) as old, tarfile.open(copy, "w") as new:
        for member in old:
            changed = change(member, old.extractfile(member).read())
            if changed:
                member, content = changed
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return copy


def test_what_went_in_comes_out(whole, tmp_path):
    manifest = archive.verify(whole)
    archive.extract(whole, lambda name: tmp_path / "out" / name if name != archive.MANIFEST else None)

    assert manifest["standfirst"] == "1"
    assert (tmp_path / "out/media/صورة.jpg").read_bytes() == b"words " * 50_000
    assert not (tmp_path / "out" / archive.MANIFEST).exists()


def test_only_its_owner_may_read_it(whole):
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600


def test_an_interrupted_archive_leaves_nothing(tmp_path):
    path = tmp_path / "cut.tar"
    with pytest.raises(FileNotFoundError), archive.Writer(path) as file:
        file.add("database.dump", tmp_path / "missing")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.99])
def test_a_cut_file_is_recognised(whole, share):
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(archive.Damaged):
        archive.verify(whole)


def test_a_changed_byte_is_recognised(whole):
    content = bytearray(whole.read_bytes())
    content[2000] ^= 1
    whole.write_bytes(content)

    with pytest.raises(archive.Damaged, match=r"database\.dump is not what was backed up"):
        archive.verify(whole)


def test_a_member_that_is_missing_or_new_is_recognised(whole):
    missing = rewritten(whole, lambda member, content: None if "media" in member.name else (member, content))
    with pytest.raises(archive.Damaged, match="not what was backed up"):
        archive.verify(missing)

    def rename(member, content):
        if member.name.startswith("media"):
            member.name, member.pax_headers = "media/other.jpg", {}
        return member, content

    with pytest.raises(archive.Damaged, match="not what was backed up"):
        archive.verify(rewritten(whole, rename))


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "media/../../evil", "..\\evil"])
def test_a_name_that_leads_elsewhere_is_refused(whole, name):
    def rename(member, content):
        if member.name.startswith("media"):
            member.name = name
            member.pax_headers = {}
        return member, content

    with pytest.raises(archive.Damaged, match="would lead out"):
        archive.verify(rewritten(whole, rename))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_plain_file_is_refused(whole, kind):
    def turn(member, content):
        if member.name.startswith("media"):
            member.type, member.linkname = kind, "/etc/passwd"
            content = b""
        return member, content

    with pytest.raises(archive.Damaged, match="would lead out"):
        archive.verify(rewritten(whole, turn))


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"\xff\xd8 no tar at all")

    with pytest.raises(archive.Damaged, match="no tar file"):
        archive.verify(path)
