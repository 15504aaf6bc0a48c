"""The picture that a social network shows of a page without one: what it is called and who wrote it, drawn.

Pillow shapes each run of letters (HarfBuzz, through Raqm) but knows neither fallback fonts nor the order of
runs in a line of two directions, so both are decided here: a reduced form of the Unicode Bidirectional
Algorithm (UAX #9) with one level of embedding, which is what a title needs.
"""

import io
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont

# Pixels. Twice as wide as high, nearly: what Facebook, LinkedIn, X and Signal show uncropped.
WIDTH, HEIGHT = 1200, 630
MARGIN = 80
PAPER, INK, SOFT = "#fdfdfc", "#17212b", "#50606d"
TITLE_SIZES = (92, 80, 70, 62, 54, 48)
TITLE_HEIGHT = 316
LABEL_SIZE = 32

_FONTS = {
    "serif": {
        "latin": "source-serif-4",
        "arabic": "noto-naskh-arabic",
        "hebrew": "frank-ruhl-libre",
    },
    "sans": {
        "latin": "inter",
        "arabic": "noto-naskh-arabic",
        "hebrew": "noto-sans-hebrew",
    },
}
_WEIGHT = 600
_LEADING = {"latin": 1.12, "arabic": 1.5, "hebrew": 1.2}
# Drawing is brief; one at a time keeps a crowd of robots from taking every processor.
_lock = threading.Lock()


@dataclass(frozen=True)
class Run:
    """Letters of one direction and one font."""

    text: str
    script: str
    rtl: bool


@dataclass(frozen=True)
class Pen:
    """A family at a size in pixels, writing in the direction of the page."""

    family: str
    size: int
    rtl: bool

    def font(self, script):
        return _font(_FONTS[self.family][script], self.size)

    def width(self, line):
        return sum(self._length(run) for run in runs(line, self.rtl))

    def _length(self, run):
        return self.font(run.script).getlength(run.text, direction="rtl" if run.rtl else "ltr")

    def wrapped(self, text, width):
        """Return the lines of a text, none wider than `width` pixels: a word too long is cut."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if self.width(longer) <= width:
                lines[-1] = longer
                continue
            while self.width(word) > width:
                word = word[: len(word) * 9 // 10].rstrip("…") + "…"
            lines = [*lines, word] if lines[-1] else [word]
        return lines

    def write(self, draw, line, baseline, colour):
        """Draw a line from the margin at which its direction begins."""
        x = WIDTH - MARGIN - self.width(line) if self.rtl else MARGIN
        for run in runs(line, self.rtl):
            draw.text(
                (x, baseline),
                run.text,
                font=self.font(run.script),
                fill=colour,
                anchor="ls",
                direction="rtl" if run.rtl else "ltr",
            )
            x += self._length(run)


def card(*, site, title, byline="", kicker="", rtl=False, accent, neatline=True):
    """Return a PNG (ISO/IEC 15948) of 1200 by 630 pixels as bytes."""
    with _lock:
        image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        draw = ImageDraw.Draw(image)
        if neatline:
            _draw_neatline(draw)
        label = Pen("sans", LABEL_SIZE, rtl)
        label.write(draw, _fitted(label, drawable(kicker or site)), 118, accent)
        baseline = 118 + 36
        pen, lines = _title(drawable(title), rtl)
        for line in lines:
            baseline += pen.size * _leading(line)
            pen.write(draw, line, baseline, INK)
        label.write(draw, _fitted(label, drawable(byline)), HEIGHT - 96, INK)
        if kicker:
            label.write(draw, _fitted(label, drawable(site)), HEIGHT - 50, SOFT)
        file = io.BytesIO()
        image.quantize(64).save(file, "PNG", optimize=True)
        return file.getvalue()


def _title(text, rtl):
    """Return the largest pen in which the title fits, and its lines; the smallest leaves out the end."""
    for size in TITLE_SIZES:
        pen = Pen("serif", size, rtl)
        lines = pen.wrapped(text, WIDTH - 2 * MARGIN)
        if sum(size * _leading(line) for line in lines) <= TITLE_HEIGHT:
            return pen, lines
    height = 0
    shown = []
    for line in lines:
        height += size * _leading(line)
        if height > TITLE_HEIGHT:
            shown[-1] = shown[-1].rsplit(" ", 1)[0] + " …"
            break
        shown.append(line)
    return pen, shown


def _fitted(pen, line):
    """Return a line with as many of its words as there is room for."""
    first, *rest = pen.wrapped(line, WIDTH - 2 * MARGIN)
    return f"{first.rsplit(' ', 1)[0]} …" if rest else first


def _leading(line):
    return max((_LEADING[script_of(letter)] for letter in line), default=1.0)


def _draw_neatline(draw):
    """The chequered border of a chart, as it stands at the head of the site."""
    top, thickness, step = 0, 14, WIDTH // 8
    for position in range(0, WIDTH, 2 * step):
        draw.rectangle((position, top, position + step - 1, top + thickness), fill=INK)
    draw.rectangle((0, thickness, WIDTH, thickness + 1), fill=INK)


def drawable(text):
    """Return a text in the letters that our fonts have: others lose their marks, or are left out."""
    found = []
    for letter in unicodedata.normalize("NFC", " ".join(text.split())):
        if has(letter):
            found.append(letter)
        else:
            found += filter(has, unicodedata.normalize("NFKD", letter))
    return " ".join("".join(found).split())


@lru_cache(maxsize=4096)
def has(letter):
    """Return whether our fonts draw a letter as itself; marks that control the direction are not drawn."""
    if unicodedata.category(letter) in ("Cc", "Cf", "Cn", "Co", "Cs"):
        return False
    if letter == " " or unicodedata.combining(letter):
        return letter == " " or script_of(letter) != "latin"
    font = _font(_FONTS["serif"][script_of(letter)], 40)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffd"))


def script_of(letter):
    """Return which of our fonts has a letter; what all have is drawn in the latin one."""
    point = ord(letter)
    if 0x0600 <= point <= 0x06FF or 0x0750 <= point <= 0x077F or 0xFB50 <= point <= 0xFEFC:
        return "arabic"
    if 0x0590 <= point <= 0x05FF or 0xFB1D <= point <= 0xFB4F or point == 0x20AA:
        return "hebrew"
    return "latin"


def runs(line, rtl):
    """Return the runs of a line in the order in which they stand from left to right."""
    letters = [Run(letter, script_of(letter), to_left) for letter, to_left in directions(line, rtl)]
    pieces = [
        Run("".join(run.text for run in group), script, to_left)
        for (to_left, script), group in groupby(letters, lambda run: (run.rtl, run.script))
    ]
    sides = [list(group) for _side, group in groupby(pieces, lambda run: run.rtl)]
    if rtl:
        sides.reverse()
    return [run for side in sides for run in (reversed(side) if side[0].rtl else side)]


def directions(line, rtl):
    """Yield each character with whether it is written to the left.

    Digits are written to the right; what has no direction follows its neighbours where they agree, and the
    page otherwise (UAX #9, rules N1 and N2).
    """
    kinds = [unicodedata.bidirectional(letter) for letter in line]
    known = [True if kind in ("R", "AL") else False if kind in ("L", "EN", "AN") else None for kind in kinds]
    before = []
    last = rtl
    for side in known:
        last = last if side is None else side
        before.append(last)
    after = []
    last = rtl
    for side in reversed(known):
        last = last if side is None else side
        after.append(last)
    after.reverse()
    for letter, kind, side, left, right in zip(line, kinds, known, before, after, strict=True):
        if side is None:
            # A mark belongs to the letter before it (rule W1).
            side = left if kind == "NSM" or left == right else rtl
        yield letter, side


@lru_cache(maxsize=64)
def _font(name, size):
    font = ImageFont.truetype(finders.find(f"fonts/{name}.woff2"), size, layout_engine=ImageFont.Layout.RAQM)
    weights = [
        min(max(_WEIGHT if axis["name"] == b"Weight" else size, axis["minimum"]), axis["maximum"])
        for axis in font.get_variation_axes()
    ]
    font.set_variation_by_axes(weights)
    return font
