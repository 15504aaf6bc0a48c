"""`make bench`: measure our pages beside plain Django views of the same rows."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from config.bench import memory, report
from config.bench.measure import medians
from config.bench.process import Publication


class Command(BaseCommand):
    help = "Measure our pages beside plain Django views, in publications that it makes and keeps for itself."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--articles",
            type=int,
            nargs="+",
            default=[1_000, 100_000],
            help="sizes of the publications, the smallest first (the large one takes minutes to make, once)",
        )
        parser.add_argument("--rounds", type=int, default=9)
        parser.add_argument("--requests", type=int, default=20, help="of each page in a round")
        parser.add_argument("--out", type=Path, default=settings.DATA_DIR / "bench", help="where it writes")

    def handle(self, *, articles, rounds, requests, out, **options):
        folder = (settings.DATA_DIR / "bench").resolve()
        publications = []
        try:
            for count in articles:
                self.stdout.write(f"A publication of {count:,} articles ...")
                publications.append(Publication(count, folder))
            measured = [[] for _publication in publications]
            for number in range(rounds):
                self.stdout.write(f"Round {number + 1} of {rounds} ...")
                for publication, costs in zip(publications, measured, strict=True):
                    costs.append(publication.tell(requests=requests))
            small, *_others = publications
            lines = summary([medians(costs) for costs in measured], small.tell(facts=True))
            lines += report.remembered(memory.served(small))
        finally:
            for publication in publications:
                publication.end()
        self.stdout.write(report.table(lines))
        self.stdout.write(report.verdict(lines))
        for path in report.write(out, lines, articles):
            self.stdout.write(str(path))


def summary(costs, facts):
    """Return the lines of a report: `costs` of each publication, the smallest first, and its facts."""
    lines = [*report.ratios(costs[0]), *report.counted(facts)]
    if len(costs) > 1:
        lines += report.growth(costs[0], costs[-1])
    return lines
