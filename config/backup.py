"""Everything that is stored, in one file, and back: the database by pg_dump, and the media beside it."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg2 import sql

from . import archive
from .postgres_programs import ProgramMissing, command

DUMP = "database.dump"
MEDIA = "media/"
UNPACKING = ".restore-"
LOCK_TIMEOUT = "10s"


class Refused(Exception):
    """Nothing was done or changed; the message says why, to the operator."""


def write(path):
    """Write a backup to `path`, which must not exist, and return its manifest.

    The dump and the counts are of one moment; media are read after it, so that no picture of that moment is
    missing. Raises Refused.
    """
    path = Path(path)
    if path.exists():
        raise Refused(f"{path} exists already; choose another name.")
    if not path.parent.is_dir():
        raise Refused(f"There is no folder {path.parent}.")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        dump = Path(folder) / DUMP
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            _dump(dump, cursor.fetchone()[0])
            tables = {table: _count(cursor, table) for table in _tables(cursor)}
        with archive.Writer(path) as file:
            file.add(DUMP, dump)
            for name in _media():
                file.add(f"{MEDIA}{name}", Path(settings.MEDIA_ROOT) / name)
            facts = {
                "standfirst": version(),
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "postgres": connection.pg_version,
                "migrations": _applied_migrations(),
                "tables": tables,
            }
            file.finish(**facts)
    return archive.verify(path)


def restore(path, *, replace=False):
    """Bring back what `path` holds, and return its manifest.

    All checksums are compared before anything is touched. The database changes in one transaction, or not at
    all; the media are unpacked aside before it and moved into place after it, so an interrupted restore is
    repaired by running it again with `replace`. Raises Refused.
    """
    path = Path(path)
    if not path.is_file():
        raise Refused(f"There is no file {path}.")
    try:
        manifest = archive.verify(path)
    except archive.Damaged as error:
        raise Refused(f"{path} was not restored. {error}") from error
    _refuse_foreign(manifest)
    _refuse_newer(manifest)
    occupied = _database_is_occupied()
    if not replace and (occupied or any(_media())):
        raise Refused(
            "There is content already. To delete it and bring back what the backup holds, add --replace."
        )
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    for left_over in root.glob(f"{UNPACKING}*"):
        shutil.rmtree(left_over)
    with tempfile.TemporaryDirectory(dir=root, prefix=UNPACKING) as folder:
        folder = Path(folder)
        archive.extract(path, lambda name: None if name == archive.MANIFEST else folder / name)
        _load(folder / DUMP, manifest["tables"], empty_first=occupied)
        kept = {name.removeprefix(MEDIA) for name in manifest["files"] if name != DUMP}
        for name in kept:
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder / MEDIA / name, target)
            target.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        for name in set(_media()) - kept:
            (root / name).unlink()
    return manifest


def version():
    """Return the version of Standfirst."""
    with open(settings.BASE_DIR / "pyproject.toml", "rb") as file:
        return tomllib.load(file)["project"]["version"]


def _media():
    """Yield the names of all uploads, relative to the media folder; what begins with a full stop is none."""
    root = Path(settings.MEDIA_ROOT)
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(folder) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix()


def _tables(cursor):
    return sorted(info.name for info in connection.introspection.get_table_list(cursor) if info.type == "t")


def _count(cursor, table):
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return cursor.fetchone()[0]


def _applied_migrations():
    return sorted([app, name] for app, name in MigrationLoader(connection).applied_migrations)


def _refuse_foreign(manifest):
    tables = manifest.get("tables")
    names = [name for name in manifest["files"] if name != DUMP]
    if (
        DUMP not in manifest["files"]
        or not all(name.startswith(MEDIA) for name in names)
        or not isinstance(tables, dict)
        or not all(isinstance(rows, int) for rows in tables.values())
    ):
        raise Refused("This is no backup of Standfirst.")


def _refuse_newer(manifest):
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = set(loader.disk_migrations) | {key for m in loader.disk_migrations.values() for key in m.replaces}
    for app, name in manifest.get("migrations", []):
        if (app, name) not in known and app in loader.migrated_apps:
            raise Refused(
                f"The backup was made by Standfirst {manifest.get('standfirst')}, which is newer than this "
                f"{version()}: it knows {app}.{name}. Update first."
            )


def _database_is_occupied():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)")
        return cursor.fetchone()[0]


def _dump(path, snapshot):
    arguments, environment = _command(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--file={path}",
    )
    done = subprocess.run(  # noqa: S603  PostgreSQL's own program
        arguments, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(f"pg_dump failed: {done.stderr.strip()}")


def _load(dump, tables, *, empty_first):
    """Load a dump in one transaction, which commits only where every table has as many rows as it had.

    psql gets its COMMIT from us, after pg_restore ended well: whatever is killed, nothing has changed.
    """
    check = sql.SQL(
        "DO $check$ BEGIN IF (SELECT count(*) FROM public.{}) <> {}"
        " THEN RAISE EXCEPTION {}; END IF; END $check$;\n"
    )
    connection.ensure_connection()
    checks = "".join(
        check.format(
            sql.Identifier(table), sql.Literal(rows), sql.Literal(f"{table} lacks rows".replace("%", "%%"))
        ).as_string(connection.connection)
        for table, rows in tables.items()
    )
    psql, environment = _command(
        "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"
    )
    pg_restore, _ = _command("pg_restore")
    pg_restore = [pg_restore[0], "--no-owner", "--no-privileges", "--file=-", str(dump)]
    connections.close_all()
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(  # noqa: S603
            psql, env=environment, stdin=subprocess.PIPE, stdout=said, stderr=said
        ) as loading,
        subprocess.Popen(pg_restore, stdout=subprocess.PIPE, stderr=said) as reading,  # noqa: S603
    ):
        try:
            loading.stdin.write(f"BEGIN; SET LOCAL lock_timeout = '{LOCK_TIMEOUT}';\n".encode())
            if empty_first:
                loading.stdin.write(b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
            shutil.copyfileobj(reading.stdout, loading.stdin, archive.CHUNK)
            if reading.wait() == 0:
                loading.stdin.write(f"{checks}COMMIT;\n".encode())
            loading.stdin.flush()
        except BrokenPipeError:
            reading.kill()
        with contextlib.suppress(BrokenPipeError):
            loading.stdin.close()
        if loading.wait() or reading.wait():
            said.seek(0)
            raise Refused(f"The database was not changed: {_first_error(said.read())}")


def _first_error(said):
    lines = [line for line in said.splitlines() if "ERROR" in line or "error:" in line]
    if any("lock timeout" in line for line in lines):
        return "something is using it. Stop the web server and the workers first."
    return lines[0] if lines else said.strip()


def _command(name, *arguments):
    try:
        return command(name, *arguments)
    except ProgramMissing as error:
        raise Refused(str(error)) from error
