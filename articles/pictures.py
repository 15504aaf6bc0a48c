"""The shapes in which a picture is shown, and its markup, which is written without a query."""

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

FORMATS = ("avif", "webp")  # the first that a browser knows is what it takes
COLUMN = 800  # pixels; what a text shows in its column anyhow


@dataclass(frozen=True)
class Shape:
    """Widths in pixels; the ratio is width to height, or None for the picture's own."""

    widths: tuple[int, ...]
    ratio: tuple[int, int] | None = None


@dataclass(frozen=True)
class Place:
    """Where the layout shows a picture: how wide, as the attribute `sizes`, and the files worth offering.

    The attribute is that of the HTML Standard, section 4.8.4.2.1; `least` and `most` are pixels.
    """

    sizes: str
    least: int = 0
    most: int = 1920


SHAPES = {
    "natural": Shape((480, 800, 1200, 1920)),
    "wide": Shape((320, 640, 1200, 1920), (16, 10)),
    "square": Shape((112, 176, 240), (1, 1)),
}


def picture(image, shape, place, lazy=True, class_name=""):
    """Return the <picture> of an image in a shape of SHAPES at a Place, as HTML.

    With lazy=False it is fetched at once and first: for the one picture on top of a page. Without a Place
    it offers the one file that every browser knows.
    """
    renditions = image.srcset.get(shape, {"sources": {}})
    sources = format_html_join(
        "",
        '<source type="image/{}" {}>',
        (
            (kind, _candidates(image, fitting, place))
            for kind, fitting in (_fitting(renditions["sources"], place) if place else ())
        ),
    )
    return format_html(
        '<picture{}>{}<img src="{}" width="{}" height="{}" alt="{}"{}></picture>',
        format_html(' class="{}"', class_name) if class_name else "",
        sources,
        *fallback(image, shape, renditions),
        "" if image.decorative else image.alt,
        format_html(' {}="{}"', *(("loading", "lazy") if lazy else ("fetchpriority", "high"))),
    )


def preload(image, shape, place):
    """Return the link that fetches a picture early, for the first format that picture() offers.

    A browser that does not know the format leaves the link alone (HTML Standard, section 4.6.7.10), and one
    that does chooses the same file here as there: nothing is fetched twice.
    """
    found = _fitting(image.srcset.get(shape, {"sources": {}})["sources"], place)
    if not found:
        return ""
    kind, fitting = found[0]
    return format_html(
        '<link rel="preload" as="image" type="image/{}" {} fetchpriority="high">\n',
        kind,
        _candidates(image, fitting, place, "image"),
    )


def larger(image, identifier):
    """Return what shows a picture large in front of the page, or "" where no file is larger than a column.

    The browser opens and closes it without a script, by key too (HTML Standard, section 6.12).
    """
    natural = image.srcset.get("natural", {"sources": {}})
    name, width = max(natural["sources"].get("webp", [("", 0)]), key=lambda one: one[1])
    if width <= COLUMN:
        return ""
    return format_html(
        '<button class="zoom" type="button" popovertarget="{0}" aria-label="{1}"></button>'
        '<div id="{0}" popover=""><img src="{2}" width="{3}" height="{4}" alt="{5}" loading="lazy">'
        '<button class="zoom" type="button" popovertarget="{0}" aria-label="{6}"></button></div>',
        identifier,
        gettext("Enlarge the picture"),
        image.file.storage.url(name),
        width,
        round(width * image.height / image.width),
        "" if image.decorative else image.alt,
        gettext("Close the picture"),
    )


def share_url(image):
    """Return the address of the picture that a social card shows: the fallback of the wide shape."""
    return fallback(image, "wide")[0]


def small_address(image):
    """Return the address of the smallest cut picture, for a grid; of the original while there is none."""
    cut = image.srcset.get("wide", {"sources": {}})
    if webp := cut["sources"].get("webp"):
        return image.file.storage.url(webp[0][0])
    return fallback(image, "wide")[0]


def _fitting(sources, place):
    """Return (format, renditions) for each format there is, with the renditions worth offering at a place."""
    found = []
    for kind in FORMATS:
        if made := sources.get(kind):
            fits = [one for one in made if place.least <= one[1] <= place.most]
            # None does where a picture is small: the nearest will do.
            fits = fits or [min(made, key=lambda one: abs(one[1] - place.least))]
            # Few browsers know the second format and not the first: one small file serves them all.
            found.append((kind, fits[-1:] if found and place.most <= COLUMN else fits))
    return found


def _candidates(image, fitting, place, prefix=""):
    """Return the attributes that name the files which a browser may choose from."""
    files = [(image.file.storage.url(name), width) for name, width in fitting]
    if len(files) == 1:
        return format_html('{}srcset="{}"', prefix, files[0][0])
    listed = ",".join(f"{url} {width}w" for url, width in files)
    return format_html('{0}srcset="{1}" {0}sizes="{2}"', prefix, listed, place.sizes)


def fallback(image, shape, renditions=None):
    """Return address, width and height of the picture for every browser: the original while it is uncut."""
    renditions = image.srcset.get(shape, {}) if renditions is None else renditions
    if made := renditions.get("fallback"):
        name, width, height = made
        return image.file.storage.url(name), width, height
    across, down = SHAPES[shape].ratio or (image.width, image.height)
    width = max(1, min(image.width, image.height * across // down))
    return image.file.url, width, max(1, round(width * down / across))
