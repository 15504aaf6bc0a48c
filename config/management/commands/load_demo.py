from django.core.management.base import BaseCommand, CommandError

from articles import lexicon
from articles.models import Site
from config import demo


class Command(BaseCommand):
    help = "Fill an empty database with Tidelines, the demonstration publication."

    def handle(self, **options):
        if Site.objects.exists():
            raise CommandError("There is a publication in this database already; nothing was changed.")
        count = demo.load()
        # So that its words are known before a worker has begun.
        lexicon.refresh()
        self.stdout.write(f"Tidelines is here: {count} articles.")
