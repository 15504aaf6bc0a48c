"""One file that holds named members and can prove that it is whole: a tar whose last member is a manifest.

It knows neither Django nor databases. Nothing is held in memory but the manifest.
"""

import contextlib
import hashlib
import io
import json
import os
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

MANIFEST = "manifest.json"
FORMAT = 1
MAX_MANIFEST = 256 * 1024 * 1024  # bytes; about a million files
CHUNK = 1024 * 1024


class Damaged(Exception):
    """The file is no whole archive of ours; the message says why."""


class Writer:
    """Writes an archive aside and moves it into place when it is complete; mode 0600."""

    def __init__(self, path):
        self.path = Path(path)
        self._files = {}

    def __enter__(self):
        self._file = tempfile.NamedTemporaryFile(
            dir=self.path.parent, prefix=f".{self.path.name}.", delete=False
        )
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        return self

    def __exit__(self, kind, error, traceback):
        with self._file:
            if kind is None:
                self._tar.close()
                self._file.flush()
                os.fsync(self._file.fileno())
        if kind is None:
            os.replace(self._file.name, self.path)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._file.name)

    def add(self, name, path):
        """Add the file at `path`, as long as it is now."""
        with open(path, "rb") as file:
            member = tarfile.TarInfo(name)
            status = os.fstat(file.fileno())
            member.size, member.mtime = status.st_size, int(status.st_mtime)
            hashing = _Hashing(file)
            self._tar.addfile(member, hashing)
        self._files[name] = {"size": member.size, "sha256": hashing.hexdigest()}

    def finish(self, **facts):
        """Add the manifest: `facts`, and the size and SHA-256 of every member."""
        manifest = {"format": FORMAT, **facts, "files": self._files}
        content = json.dumps(manifest, indent=1, sort_keys=True).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))


def verify(path):
    """Read the whole archive and return its manifest; raise Damaged unless every byte is as written."""
    found, manifest = {}, None
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                if manifest is not None:
                    raise Damaged("Something follows the end of the backup.")
                _refuse_odd(member)
                if member.name in found:
                    raise Damaged(f"{member.name} is in it twice.")
                if member.name == MANIFEST:
                    if member.size > MAX_MANIFEST:
                        raise Damaged("Its manifest is too long.")
                    manifest = json.loads(tar.extractfile(member).read())
                    continue
                hashing = _Hashing(tar.extractfile(member))
                while hashing.read(CHUNK):
                    pass
                found[member.name] = {"size": member.size, "sha256": hashing.hexdigest()}
    except (tarfile.TarError, EOFError) as error:
        raise Damaged(f"It is no tar file, or it is cut off: {error}.") from error
    except ValueError as error:
        raise Damaged(f"Its manifest cannot be read: {error}.") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise Damaged("It has no manifest: it is cut off, or no backup of Standfirst.")
    if manifest.get("format") != FORMAT:
        raise Damaged(f"It has the format {manifest.get('format')!r}; this version reads format {FORMAT}.")
    for name in manifest["files"].keys() | found.keys():
        if manifest["files"].get(name) != found.get(name):
            raise Damaged(f"{name} is not what was backed up.")
    return manifest


def extract(path, name_to_path):
    """Write the members of a verified archive; `name_to_path` returns where, or None to leave one out."""
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            target = name_to_path(member.name)
            if target is None:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with tar.extractfile(member) as source, open(target, "wb") as file:
                while chunk := source.read(CHUNK):
                    file.write(chunk)
            os.utime(target, (member.mtime, member.mtime))


def _refuse_odd(member):
    """A tar may hold links, devices and names that lead elsewhere; ours never does."""
    name = PurePosixPath(member.name)
    try:
        tarfile.data_filter(member, "/nowhere")
    except tarfile.FilterError as error:
        raise Damaged(f"{member.name!r} would lead out of the backup.") from error
    if not member.isreg() or name.is_absolute() or ".." in name.parts or "\\" in member.name:
        raise Damaged(f"{member.name!r} would lead out of the backup.")


class _Hashing:
    """A file that hashes what is read from it."""

    def __init__(self, file):
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size=-1):
        chunk = self._file.read(size)
        self._hash.update(chunk)
        return chunk

    def hexdigest(self):
        return self._hash.hexdigest()
