"""The sizes, shapes and formats in which an image is shown, made from its original."""

import hashlib
import io
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image as Picture
from PIL import ImageOps

from articles.models import Image, Rendition, RetiredFile
from articles.pictures import SHAPES

# Wider than this, AVIF takes seconds to encode and saves little.
AVIF_MAX_WIDTH = 1200

_SAVE = {
    "avif": {"quality": 60, "speed": 8},
    "webp": {"quality": 78, "method": 4},
    "jpeg": {"quality": 80, "progressive": True, "optimize": True},
    "png": {"optimize": True},
}
_EXTENSIONS = {"avif": "avif", "webp": "webp", "jpeg": "jpg", "png": "png"}


class OriginalMissing(Exception):
    """The image's original is not in the storage, so nothing can be made from it."""


@dataclass(frozen=True)
class Made:
    """One rendition, encoded but not yet stored; `name` follows from the content."""

    shape: str
    width: int
    height: int
    format: str
    name: str
    content: bytes

    @property
    def is_fallback(self):
        """Whether it is for readers whose browser knows neither AVIF nor WebP."""
        return self.format in ("jpeg", "png")


def make_renditions(image):
    """Make every rendition of the image, and retire those that no longer belong to it.

    May run twice or beside itself. The files are written before the rows, so a crash leaves at most a file
    without a row, which the next run takes up. Raises OriginalMissing and leaves what there is.
    """
    _make(image, quick=False)


def quick_rendition(image):
    """Make one size of each shape, so that a page has something to show; make_renditions keeps them."""
    _make(image, quick=True)


def _make(image, *, quick):
    image.refresh_from_db(fields=["file", "focal_x", "focal_y"])
    # Encoding takes seconds, so it is done outside the lock. Comes round again only if somebody moved the
    # focal point meanwhile.
    while not _store(image, _encode_all(image, quick=quick)):
        image.refresh_from_db(fields=["file", "focal_x", "focal_y"])


def _store(image, made):
    """Write files, rows and srcset; return whether the image is still as it was when they were made."""
    with transaction.atomic():
        current = _lock(image.pk)
        if current is None:
            return True
        if (current.file, current.focal_x, current.focal_y) != (image.file, image.focal_x, image.focal_y):
            return False
        storage = image.file.storage
        stored = [(one, _write(storage, one.name, one.content)) for one in made]
        stale = set(current.renditions.values_list("file", flat=True)) - {name for one, name in stored}
        current.renditions.all().delete()
        Rendition.objects.bulk_create(
            Rendition(
                image=current,
                shape=one.shape,
                width=one.width,
                height=one.height,
                format=one.format,
                file=name,
            )
            for one, name in stored
        )
        image.srcset = current.srcset = _srcset(stored)
        current.save(update_fields=["srcset"])
        current.refresh_uses()
        RetiredFile.objects.retire(current, stale)
    return True


def _lock(pk):
    # An article that is being saved holds a key-share lock on its images; a plain FOR UPDATE would wait for
    # it while it may wait for us.
    return Image.objects.select_for_update(no_key=True).filter(pk=pk).first()


def _write(storage, name, content):
    if storage.exists(name):
        if storage.size(name) == len(content):
            return name
        storage.delete(name)  # cut short by a crash
    return storage.save(name, ContentFile(content))


def _srcset(stored):
    """What templates need, and nothing that needs a query: {shape: {"sources": …, "fallback": …}}."""
    srcset = {}
    for one, name in sorted(stored, key=lambda pair: pair[0].width):
        shape = srcset.setdefault(one.shape, {"sources": {}, "fallback": None})
        if one.is_fallback:
            shape["fallback"] = [name, one.width, one.height]
        else:
            shape["sources"].setdefault(one.format, []).append([name, one.width])
    return srcset


def _encode_all(image, *, quick):
    original, sizes_by_shape = _open(image)
    transparent = original.mode == "RGBA"
    made = []
    for shape, sizes in sizes_by_shape.items():
        middle = sizes[len(sizes) // 2]
        picture = original
        for size in reversed(sizes):
            # The widest is cut from the original; every other one is made from the one before.
            picture = ImageOps.fit(
                picture, size, Picture.Resampling.LANCZOS, centering=(image.focal_x, image.focal_y)
            )
            formats = ["webp"]
            if size == middle:
                formats.append("png" if transparent else "jpeg")
            elif quick:
                continue
            if size[0] <= AVIF_MAX_WIDTH and not quick:
                formats.append("avif")
            for kind in formats:
                content = _encode(picture, kind, original.info.get("icc_profile"))
                digest = hashlib.sha256(content).hexdigest()[:20]
                name = f"renditions/{image.pk}/{digest}.{_EXTENSIONS[kind]}"
                made.append(Made(shape, *size, kind, name, content))
    return made


def _open(image):
    """Return the original as RGB or RGBA, no larger than needed, and the sizes of each shape."""
    try:
        file = image.file.storage.open(image.file.name)
    except FileNotFoundError as error:
        raise OriginalMissing(
            f"The original of image {image.pk} ({image.file.name}) is not in the storage."
        ) from error
    with file:
        picture = Picture.open(file, formats=["JPEG", "PNG"])
        sizes, spare = _sizes(*picture.size)
        # A JPEG can be decoded at a half or less, several times faster; a PNG ignores it.
        picture.draft(None, tuple(max(1, side // spare) for side in picture.size))
        transparent = picture.mode in ("RGBA", "LA") or "transparency" in picture.info
        return picture.convert("RGBA" if transparent else "RGB"), sizes


def _sizes(width, height):
    """Return {shape: [(width, height), …]}, never enlarged, and by how much the picture exceeds them all."""
    sizes, spare = {}, max(width, height)
    for name, shape in SHAPES.items():
        across, down = shape.ratio or (width, height)
        # What the shape can cut from the picture.
        widest = max(1, min(width, height * across // down))
        widths = [wide for wide in shape.widths if wide <= widest] or [widest]
        sizes[name] = [(wide, max(1, round(wide * down / across))) for wide in widths]
        spare = min(spare, widest // widths[-1])
    return sizes, spare


def _encode(picture, kind, profile):
    out = io.BytesIO()
    picture.save(out, kind.upper(), icc_profile=profile, **_SAVE[kind])
    return out.getvalue()
