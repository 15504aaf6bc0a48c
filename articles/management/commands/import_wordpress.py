"""Brings the posts and pages of a WordPress site in, from its export file."""

from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from articles import lexicon
from articles.models import Article, Language
from articles.wordpress.importer import Importer, Report
from articles.wordpress.reader import WXRError, read
from articles.wordpress.survey import survey

# Any number, as long as nothing else takes the same advisory lock.
LOCK = 7_241_883_061


class Command(BaseCommand):
    help = (
        "Imports a WordPress export (WXR). Nothing that was not public becomes public; a second run changes "
        "nothing, so that an import that was cut short is started again. What has been deleted here comes "
        "back with the next run; what has been withdrawn stays withdrawn: withdraw what should not return."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="the export, from WordPress under Tools, Export")
        parser.add_argument("--uploads", help="a copy of the folder wp-content/uploads, for the pictures")
        parser.add_argument(
            "--language", choices=Language.values, help="of texts in Latin letters; the site's own by default"
        )
        parser.add_argument(
            "--kind",
            action="append",
            default=[],
            metavar="CATEGORY=KIND",
            help=f"what a category means here; kinds are {', '.join(Article.Kind.values)}. May be repeated.",
        )
        parser.add_argument("--dry-run", action="store_true", help="report, but write nothing")

    def handle(self, *, file, uploads, language, kind, dry_run, **options):
        if uploads and not Path(uploads).is_dir():
            raise CommandError(f"There is no folder {uploads}.")
        kinds = _kinds(kind)
        report = Report(self.stdout.write)
        try:
            with Path(file).open("rb") as stream:
                found = survey(read(stream))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except WXRError as error:
            raise CommandError(f"{file} was refused, nothing was imported. {error}") from error
        importer = Importer(found, report, uploads=uploads, language=language, kinds=kinds, dry_run=dry_run)
        with Path(file).open("rb") as stream, alone(self.stdout.write):
            importer.run(read(stream))
            if not dry_run:
                count()
        self.close(report, dry_run)

    def close(self, report, dry_run):
        """Write the closing report: what was made, left as it was, skipped and left out."""
        self.stdout.write("")
        if dry_run:
            self.stdout.write("A trial run: nothing was written.")
        for words, counts in (
            ("Created", report.created),
            ("Unchanged", report.unchanged),
            ("Skipped", report.skipped),
            ("Left out of texts", report.left_out),
        ):
            counted = ", ".join(f"{count} × {name}" for name, count in counts.most_common() if count)
            self.stdout.write(f"{words}: {counted or 'nothing'}.")
        if report.linked_pictures:
            self.stdout.write(
                f"Pictures that are links to their old address, because their files were not at hand: "
                f"{report.linked_pictures}."
            )
        if report.comments:
            self.stdout.write(f"Comments, which are not imported: {report.comments}.")
        self.stdout.write(f"Lines above that want a look: {report.warnings}.")


def count():
    """Count articles and words at once: until then a search for a frequent word takes too long."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
    lexicon.refresh()


@contextmanager
def alone(tell):
    """Wait until no other import runs, so that two of them give no text two addresses.

    The lock belongs to the connection: it goes with a process that is killed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            tell("Another import is running; this one begins when it has ended.")
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _kinds(pairs):
    """Return {category: kind} from CATEGORY=KIND arguments."""
    kinds = {}
    for pair in pairs:
        category, separator, kind = pair.rpartition("=")
        if not separator or not category.strip() or kind not in Article.Kind.values:
            raise CommandError(
                f"--kind {pair}: write CATEGORY=KIND, KIND being {', '.join(Article.Kind.values)}."
            )
        kinds[category.strip()] = Article.Kind(kind)
    return kinds
