"""The shapes in which a picture is shown, and its markup, which is written without a query."""

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join


@dataclass(frozen=True)
class Shape:
    """Widths in pixels; the ratio is width to height, or None for the picture's own."""

    widths: tuple[int, ...]
    ratio: tuple[int, int] | None = None


SHAPES = {
    "natural": Shape((480, 800, 1200, 1920)),
    "wide": Shape((320, 640, 1200, 1920), (16, 10)),
    "square": Shape((112, 176, 240), (1, 1)),
}


def picture(image, shape, sizes, lazy=True, class_name=""):
    """Return the <picture> of an image in a shape of SHAPES, as HTML.

    `sizes` is the attribute of that name (HTML Standard, section 4.8.4.2.1). With lazy=False it is fetched
    at once and first: for the one picture on top of a page.
    """
    renditions = image.srcset.get(shape, {"sources": {}})
    sources = format_html_join(
        "",
        '<source type="image/{}" srcset="{}" sizes="{}">',
        (
            (kind, _candidates(image, shape, renditions["sources"][kind]), sizes)
            for kind in ("avif", "webp")
            if kind in renditions["sources"]
        ),
    )
    return format_html(
        '<picture{}>{}<img src="{}" width="{}" height="{}" alt="{}"{} decoding="async"></picture>',
        format_html(' class="{}"', class_name) if class_name else "",
        sources,
        *fallback(image, shape, renditions),
        "" if image.decorative else image.alt,
        format_html(' {}="{}"', *(("loading", "lazy") if lazy else ("fetchpriority", "high"))),
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


def _candidates(image, shape, renditions):
    if SHAPES[shape].ratio:
        # Screens seldom choose the smallest of a cut shape, and its bytes count on every page of a list.
        renditions = renditions[1:] or renditions
    return ", ".join(f"{image.file.storage.url(name)} {width}w" for name, width in renditions)


def fallback(image, shape, renditions=None):
    """Return address, width and height of the picture for every browser: the original while it is uncut."""
    renditions = image.srcset.get(shape, {}) if renditions is None else renditions
    if made := renditions.get("fallback"):
        name, width, height = made
        return image.file.storage.url(name), width, height
    across, down = SHAPES[shape].ratio or (image.width, image.height)
    width = max(1, min(image.width, image.height * across // down))
    return image.file.url, width, max(1, round(width * down / across))
