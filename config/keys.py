"""Secrets that a trial makes for itself and keeps beside its data."""

import contextlib
import os
import secrets
import tempfile


def kept(path, make=lambda: secrets.token_urlsafe(50)):
    """Return the secret in the file `path` (mode 0600), made at the first call; two at once agree."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}.") as file:
            file.write(make())
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()
