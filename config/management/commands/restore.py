"""`manage.py restore FILE`: back from a backup."""

from django.core.management.base import BaseCommand, CommandError

from config import backup


class Command(BaseCommand):
    help = "Bring back the database and the media from a file that `backup` wrote."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="delete the content that there is in favour of the backup's",
        )

    def handle(self, *, file, replace, **options):
        try:
            manifest = backup.restore(file, replace=replace)
        except (backup.Refused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored {sum(manifest['tables'].values())} rows of {len(manifest['tables'])} tables and"
            f" {len(manifest['files']) - 1} files, as of {manifest['created']}.\n"
            "The keys are not in a backup: set SECRET_KEY and SUBSCRIBER_KEY to those of that site.\n"
            "If this version is newer than the backup's, run `manage.py migrate` now."
        )
