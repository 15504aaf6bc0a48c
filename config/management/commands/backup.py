"""`manage.py backup [FILE]`: everything that is stored, in one file."""

from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from config import backup


class Command(BaseCommand):
    help = "Write the database and the media into one file, with checksums."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", help="where to; standfirst-DATE.tar here if unset")

    def handle(self, *, file, **options):
        file = file or f"standfirst-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.tar"
        try:
            manifest = backup.write(file)
        except (backup.Refused, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(manifest["tables"].values())
        self.stdout.write(
            f"{file} holds {rows} rows of {len(manifest['tables'])} tables and"
            f" {len(manifest['files']) - 1} files. It is readable by you alone; so keep it.\n"
            "SECRET_KEY and SUBSCRIBER_KEY are not in it: keep them apart. Without SUBSCRIBER_KEY the"
            " unsubscribe links of sent mails and the list of suppressed addresses are lost."
        )
