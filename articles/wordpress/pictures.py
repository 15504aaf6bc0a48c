"""Brings pictures of the old site into the library, from a copy of its uploads folder."""

from pathlib import Path

from django.core.files import File

from articles import intake
from articles.models import Image

from .survey import file_of, host, sizes_of
from .text import Picture


class Pictures:
    """Finds what is known of a picture; takes it into the library where its file is at hand."""

    def __init__(self, survey, uploads=None, *, dry_run=False, report=None):
        self.survey, self.dry_run, self.report = survey, dry_run, report
        self.uploads = Path(uploads).resolve() if uploads else None
        self.taken = {}

    def find(self, address, attachment=None, alt=""):
        """Return the Picture of an address or an attachment's number, or None where nothing is known."""
        file = file_of(address) if host(address) in self.survey.hosts else ""
        if attachment not in self.survey.attachments:
            numbers = (self.survey.numbers.get(name) for name in sizes_of(file))
            attachment = next((number for number in numbers if number is not None), None)
        known = self.survey.attachments.get(attachment)
        if known is None and not file:
            return None
        image = self.image(file or file_of(known.address), known, alt)
        if known is None:
            return Picture(image, address)
        return Picture(image, address or known.address, known.alt, known.caption)

    def image(self, file, known, alt):
        """Return the number in the library of a file of the uploads folder, or None."""
        if self.uploads is None or not file:
            return None
        name = sizes_of(file)[0]
        if name not in self.taken:
            path = next(filter(None, map(self.path, sizes_of(file))), None)
            self.taken[name] = self.take(name, path, known, alt) if path else None
        return self.taken[name]

    def path(self, name):
        """Return the path of a file in the uploads folder, or None; never one outside of it."""
        try:
            path = (self.uploads / name).resolve()
            return path if path.is_relative_to(self.uploads) and path.is_file() else None
        except (OSError, ValueError):
            return None

    def take(self, name, path, known, alt):
        origin = f"{self.survey.base}/{name}"[-500:]
        if image := Image.objects.filter(origin=origin).first():
            return image.pk
        if self.dry_run:
            self.report.created["image"] += 1
            return None
        words = {"alt": alt[:500], "title": path.name[:150]}
        if known:
            words["alt"] = known.alt[:500] or words["alt"]
            words["title"] = known.title[:150] or words["title"]
            words |= {"caption": known.caption[:500], "credit": known.credit[:200]}
        try:
            with path.open("rb") as content:
                image = Image.objects.take_in(File(content, name=path.name), origin=origin, **words)
        except (intake.Refused, OSError) as error:
            self.report.warn(f"{name}: {error} It stays a link to its old address.")
            return None
        self.report.created["image"] += image.origin == origin
        return image.pk
