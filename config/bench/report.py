"""What was measured, as a table in Markdown and as a plot."""

from dataclasses import dataclass
from datetime import date
from html import escape

from .figures import (
    ARTICLE_BYTES,
    COLD,
    GROWTH,
    HOME_BYTES,
    HOME_PACKED,
    MEMORY,
    PAGES,
    UNCHANGED,
)


@dataclass(frozen=True)
class Line:
    """One figure: what it says of what, in which unit, and what it should be at most (None: no goal)."""

    what: str
    value: float
    unit: str
    most: float | None = None
    detail: str = ""

    @property
    def misses(self):
        return self.most is not None and self.value > self.most

    @property
    def cells(self):
        most = "" if self.most is None else f"{self.most:,g} {self.unit}".strip()
        said = "" if self.most is None else "**no**" if self.misses else "yes"
        value = f"{self.value:,.2f}" if isinstance(self.value, float) else f"{self.value:,}"
        return [self.what, f"{value} {self.unit}".strip(), most, said, self.detail]


HEAD = ["figure", "measured", "at most", "met", "CPU ms per request"]
TIMES = "times"


def ratios(costs):
    """Return the lines of CPU time beside plain views; `costs` is {case: (process, backend)} in ms."""
    total = {case: sum(sides) for case, sides in costs.items()}

    def line(what, case, other, most):
        ours, theirs = costs[case], costs[other]
        detail = f"{ours[0]:.2f} + {ours[1]:.2f} beside {theirs[0]:.2f} + {theirs[1]:.2f}"
        return Line(what, total[case] / total[other], TIMES, most, detail)

    for page in PAGES:
        if page.warm:
            yield line(f"{page.name}, warm", f"{page.name} warm", f"{page.name} bare", page.warm)
            yield line(f"{page.name}, 304", f"{page.name} 304", "article bare", UNCHANGED)
        yield line(f"{page.name}, cold", f"{page.name} cold", f"{page.name} same rows", COLD)


def growth(small, large):
    """Return the lines of what a page costs more in the larger publication."""
    for page in PAGES:
        for state in ("warm", "cold") if page.warm else ("cold",):
            before, after = small[f"{page.name} {state}"], large[f"{page.name} {state}"]
            detail = f"{before[0]:.2f} + {before[1]:.2f} → {after[0]:.2f} + {after[1]:.2f}"
            yield Line(f"{page.name}, {state}, growth", sum(after) / sum(before), TIMES, GROWTH, detail)


def counted(facts):
    """Return the lines of queries and bytes."""
    for page in PAGES:
        cold, warm = facts["queries"][page.name]
        yield Line(f"{page.name}, cold, queries", cold, "", page.queries)
        if page.warm:
            yield Line(f"{page.name}, warm, queries", warm, "", 0)
    yield Line("article, HTML beyond its text", facts["beyond"], "bytes", ARTICLE_BYTES)
    yield Line("home, HTML", facts["bytes"]["home"], "bytes", HOME_BYTES)
    yield Line("home, HTML, compressed", facts["packed"]["home"], "bytes", HOME_PACKED)
    for name in ("article", "tag", "feed", "search"):
        yield Line(f"{name}, compressed", facts["packed"][name], "bytes")


def remembered(memory):
    """Return the line of the memory that the served site takes."""
    detail = f"{memory['workers']:.0f} MB of gunicorn, {memory['backends']:.0f} MB of the database's backends"
    yield Line("two workers and their backends", sum(memory.values()), "MB", MEMORY, detail)


def markdown(lines, numbers):
    """Return the table; `numbers` are the sizes of the publications."""
    sizes = " and ".join(f"{number:,}" for number in numbers)
    rows = [HEAD, ["---"] * len(HEAD), *(line.cells for line in lines)]
    return "\n".join(
        [
            f"# The cost of our pages, {date.today():%-d %B %Y}",  # noqa: DTZ011
            "",
            f"With {sizes} articles. CPU time of a request in the web process + in its database backend,"
            " medians of interleaved rounds in shuffled order. A ratio (times) is to the plain Django view in"
            " the same run: warm and 304 to a first version of that page, cold to a plain view of its rows;"
            " that of growth is to the smaller publication.",
            "",
            *("| " + " | ".join(row) + " |" for row in rows),
            "",
            verdict(lines),
            "",
        ]
    )


def verdict(lines):
    missed = [line.what for line in lines if line.misses]
    return f"Missed: {'; '.join(missed)}." if missed else "Every figure is met."


def table(lines):
    """Return the lines for a terminal."""
    rows = [HEAD, *(line.cells for line in lines)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


STYLE = """
svg { color-scheme: light dark; background: #fdfdfc; }
text { font: 13px system-ui, sans-serif; fill: #17212b; }
.soft { fill: #50606d; } .bar { fill: #33658a; } .over { fill: #9c1757; }
.most { stroke: #17212b; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  svg { background: #10171d; } text { fill: #e4e8eb; } .soft { fill: #a3b0ba; }
  .bar { fill: #7fb2d9; } .over { fill: #f397c0; } .most { stroke: #e4e8eb; }
}
"""
ROW, LEFT, WIDE, MARGIN = 26, 190, 520, 90


def plot(lines):
    """Return the ratios as bars (SVG 2), each with a mark where it should end at the latest."""
    shown = [line for line in lines if line.unit == TIMES]
    longest = max([line.value for line in shown] + [line.most or 0 for line in shown])
    height = ROW * len(shown) + 60
    parts = []
    for number, line in enumerate(shown):
        top = 44 + ROW * number
        length = WIDE * line.value / longest
        limit = LEFT + WIDE * line.most / longest
        parts.append(
            f'<text x="{LEFT - 10}" y="{top + 14}" text-anchor="end">{escape(line.what)}</text>'
            f'<rect class="{"over" if line.misses else "bar"}" x="{LEFT}" y="{top + 2}" height="16"'
            f' width="{max(length, 1):.1f}"/>'
            f'<path class="most" d="M{limit:.1f} {top}v20"/>'
            f'<text x="{max(LEFT + length, limit) + 8:.1f}" y="{top + 14}">{line.value:.2f}</text>'
        )
    width = LEFT + WIDE + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-label="CPU time beside plain Django">'
        f"<style>{STYLE}</style>"
        f'<text class="soft" x="{LEFT}" y="24">CPU time beside plain Django (growth: beside the smaller'
        " publication); the mark is the goal</text>"
        f"{''.join(parts)}</svg>\n"
    )


def write(folder, lines, numbers):
    """Write bench.md and bench.svg, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / "bench.md": markdown(lines, numbers), folder / "bench.svg": plot(lines)}
    for path, text in files.items():
        path.write_text(text)
    return list(files)
