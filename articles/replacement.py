"""Another file in the place of a library picture's, wherever it is shown."""

from django.db import IntegrityError, transaction

from .models import Image, RetiredFile
from .renditions import quick_rendition
from .tasks import render_image

# Above this, what the crops show may be something else: 3:2 to 4:3 is one eighth.
SAME_SHAPE = 1.1


class InLibrary(Exception):
    """The new file is that of an image of the library, `image`, perhaps of the same one."""

    def __init__(self, image):
        super().__init__(f"The file is that of image {image.pk}.")
        self.image = image


class Overtaken(Exception):
    """Somebody else has replaced the file, or deleted the image, since it was looked at."""


def replace(image, taken, file_name=""):
    """Put an intake.Intake in the place of an image's file; return the image as it is then.

    Words and focal point stay; sizes, renditions and the texts that show it change in one transaction. The
    old files go on to answer for a while (RetiredFile). Raises InLibrary and Overtaken.

    Crash window: the new file is written first, so that nothing ever leads to a file that is not there; a
    process that is killed in between leaves one file that nobody knows of.
    """
    if known := Image.objects.filter(sha256=taken.sha256).first():
        raise InLibrary(known)
    storage = image.file.storage
    name = storage.save(f"images/{taken.sha256[:20]}.{taken.extension}", taken.as_file())
    try:
        with transaction.atomic():
            return _replace(image, taken, name, file_name)
    except BaseException as error:
        storage.delete(name)
        # Somebody else has just added the same picture.
        if isinstance(error, IntegrityError) and (known := Image.objects.filter(sha256=taken.sha256).first()):
            raise InLibrary(known) from error
        raise


def _replace(image, taken, name, file_name):
    current = Image.objects.select_for_update(no_key=True).filter(pk=image.pk).first()
    if current is None or current.sha256 != image.sha256:
        raise Overtaken
    RetiredFile.objects.retire(current, [current.file.name])
    current.file.name = name
    current.sha256, current.width, current.height = taken.sha256, taken.width, taken.height
    current.file_name = file_name
    current.save(update_fields=["file", "sha256", "width", "height", "file_name"])
    quick_rendition(current)
    render_image.enqueue(current.pk)
    return current


def changes_shape(before, after):
    """Return whether two pictures differ so much in shape that their crops want a look."""
    one, other = before.width / before.height, after.width / after.height
    return max(one, other) / min(one, other) > SAME_SHAPE
