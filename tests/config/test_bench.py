"""The benchmark itself, with numbers too small to mean anything."""

import io
from xml.etree import ElementTree

import pytest
from django.conf import settings as configured
from django.core.management import call_command

from articles.models import Article
from config.bench import content, memory, report
from config.bench.measure import Measurement
from config.management.commands import bench

HERE = configured.BASE_DIR / "config/bench/templates"


class Publication:
    """A publication in the tests' own database, measured by this process."""

    def __init__(self, count, folder):
        content.make(count)
        self.measurement = Measurement()

    def tell(self, requests=None, **question):
        if requests:
            return self.measurement.round(requests)
        return getattr(self.measurement, next(iter(question)))()

    def end(self):
        pass


@pytest.mark.usefixtures("kept_pages")
def test_bench_measures_each_page_and_writes_a_table_and_a_plot(settings, monkeypatch, tmp_path):
    [templates] = settings.TEMPLATES
    settings.TEMPLATES = [{**templates, "DIRS": [*templates["DIRS"], HERE]}]
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(bench, "Publication", Publication)
    monkeypatch.setattr(memory, "served", lambda publication: {"workers": 100.0, "backends": 80.0})
    said = io.StringIO()

    call_command("bench", articles=[60], rounds=1, requests=1, out=tmp_path, stdout=said)

    assert Article.objects.published().count() == 60
    table = (tmp_path / "bench.md").read_text()
    for figure in ("article, warm |", "home, cold |", "feed, 304 |", "search, cold, queries", "home, HTML |"):
        assert figure in table
    # A page that is kept asks nothing.
    assert "| article, warm, queries | 0 |" in table
    assert "| two workers and their backends | 180.00 MB | 150 MB | **no** |" in table
    assert "Missed: " in said.getvalue()
    assert "two workers" in said.getvalue().splitlines()[-3]
    plot = ElementTree.parse(tmp_path / "bench.svg")  # noqa: S314  our own
    assert len(plot.findall("{*}rect")) == table.count(" times |") // 2


def test_growth_is_what_the_larger_publication_costs_more():
    cases = [f"{page} {state}" for page in ("article", "home", "tag", "feed") for state in ("warm", "cold")]
    small = dict.fromkeys([*cases, "search cold"], (2.0, 1.0))

    lines = {line.what: line for line in report.growth(small, small | {"tag cold": (2.0, 4.0)})}

    assert lines["tag, cold, growth"].value == 2
    assert lines["tag, cold, growth"].misses
    assert not lines["home, cold, growth"].misses
