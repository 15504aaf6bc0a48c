from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Article, Image
from config import backup, postgres_programs
from tests.factories import make_article, make_image, make_site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def _keep_the_tables(request):
    """A restore makes every table anew; the next test needs what a fresh database holds."""
    yield
    call_command("migrate", verbosity=0)


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def empty(media):
    """Do as a new machine: no table, no file."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    for path in media.rglob("*"):
        if path.is_file():
            path.unlink()


def test_a_backup_brings_everything_back_to_an_empty_machine(tmp_path, media, capsys):
    make_site(name="Tidelines")
    image = make_image()
    make_article(title="حبر على ورق", tags=["Hormuz"])
    before = files(media)
    call_command("backup", str(tmp_path / "site.tar"))
    said = capsys.readouterr().out
    assert "SECRET_KEY and SUBSCRIBER_KEY are not in it" in said

    empty(media)
    call_command("restore", str(tmp_path / "site.tar"))

    article = Article.objects.get()
    assert article.title == "حبر على ورق"
    assert [tag.name for tag in article.tags.all()] == ["Hormuz"]
    assert Image.objects.get().sha256 == image.sha256
    assert files(media) == before
    assert "Restored" in capsys.readouterr().out
    make_article()  # the sequences go on where they were


def test_a_second_backup_of_the_restored_site_restores_too(tmp_path, media):
    make_article(title="Kept")
    backup.write(tmp_path / "one.tar")
    backup.restore(tmp_path / "one.tar", replace=True)
    backup.write(tmp_path / "two.tar")
    Article.objects.all().delete()

    backup.restore(tmp_path / "two.tar", replace=True)

    assert Article.objects.get().title == "Kept"


def test_content_is_not_replaced_unless_asked(tmp_path, media):
    make_article(title="Old")
    backup.write(tmp_path / "site.tar")
    Article.objects.update(title="New")
    (media / "new.txt").parent.mkdir(exist_ok=True)
    (media / "new.txt").write_text("new")

    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(tmp_path / "site.tar"))
    assert Article.objects.get().title == "New"

    backup.restore(tmp_path / "site.tar", replace=True)
    assert Article.objects.get().title == "Old"
    assert not (media / "new.txt").exists()


@pytest.mark.parametrize("damage", ["cut", "flipped", "absent"])
def test_a_damaged_file_changes_nothing(tmp_path, media, damage):
    make_image()
    path = tmp_path / "site.tar"
    backup.write(path)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        content[1500] ^= 255
        path.write_bytes(content)
    else:
        path.unlink()
    before = files(media)

    with pytest.raises(CommandError):
        call_command("restore", str(path), "--replace")

    assert Image.objects.count() == 1
    assert files(media) == before


def test_a_dump_that_cannot_be_loaded_changes_nothing(tmp_path, media, monkeypatch):
    make_article(title="Here")
    backup.write(tmp_path / "site.tar")
    Article.objects.update(title="Later")
    monkeypatch.setattr(backup, "_refuse_foreign", lambda manifest: manifest["tables"].update(auth_user=77))

    with pytest.raises(backup.Refused, match="auth_user lacks rows"):
        backup.restore(tmp_path / "site.tar", replace=True)

    assert Article.objects.get().title == "Later"


def test_a_database_in_use_is_not_replaced(tmp_path, media, monkeypatch):
    import psycopg2

    monkeypatch.setattr(backup, "LOCK_TIMEOUT", "200ms")
    make_article()
    backup.write(tmp_path / "site.tar")
    parameters = connection.get_connection_params()
    other = psycopg2.connect(**{key: value for key, value in parameters.items() if key != "cursor_factory"})
    other.cursor().execute("SELECT 1 FROM articles_article")

    with pytest.raises(backup.Refused, match="Stop the web server and the workers first"):
        backup.restore(tmp_path / "site.tar", replace=True)

    other.close()
    assert Article.objects.exists()


def test_a_backup_of_a_newer_version_is_refused(tmp_path, monkeypatch):
    applied = backup._applied_migrations()
    monkeypatch.setattr(
        backup, "_applied_migrations", lambda: [*applied, ["articles", "9999_from_the_future"]]
    )
    backup.write(tmp_path / "site.tar")

    with pytest.raises(backup.Refused, match=r"articles\.9999_from_the_future\. Update first"):
        backup.restore(tmp_path / "site.tar", replace=True)


def test_an_existing_file_is_not_overwritten(tmp_path):
    path = tmp_path / "site.tar"
    path.write_text("precious")

    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(path))

    assert path.read_text() == "precious"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(CommandError, match="no folder"):
        call_command("backup", str(tmp_path / "missing" / "site.tar"))


def test_the_programs_must_be_of_the_servers_version(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ENGINE", "django.db.backends.postgresql")
    monkeypatch.setitem(connection.__dict__, "pg_version", 99_0001)

    with pytest.raises(postgres_programs.ProgramMissing, match="postgresql-client-99"):
        postgres_programs.find("pg_dump")


def test_the_password_is_not_among_the_arguments(monkeypatch):
    parameters = connection.get_connection_params() | {"password": "s3cret"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: parameters)

    arguments, environment = postgres_programs.command("pg_dump")

    assert "s3cret" not in " ".join(arguments)
    assert environment["PGPASSWORD"] == "s3cret"
    assert Path(arguments[0]).name.startswith("pg_dump")
