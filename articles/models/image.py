"""The image library: pictures as they came in, and the renditions that pages show."""

import functools
import operator

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from articles import intake, pictures

from .fields import LineField


class ImageQuerySet(models.QuerySet):
    def take_in(self, upload, **fields):
        """Add an uploaded picture to the library, or return the one that has the same content.

        Raises intake.Refused, with a sentence for the editor, where the file is no safe picture.
        """
        return self.add(intake.take_in(upload), **fields)

    def add(self, taken, **fields):
        """Add an intake.Intake to the library, or return the image that has the same content.

        The rest of the renditions is made by a task.
        """
        from articles.renditions import quick_rendition
        from articles.tasks import render_image

        if known := self.filter(sha256=taken.sha256).first():
            return known
        image = self.model(sha256=taken.sha256, width=taken.width, height=taken.height, **fields)
        image.file.save(f"{taken.sha256[:20]}.{taken.extension}", taken.as_file(), save=False)
        try:
            with transaction.atomic():
                image.save()
                quick_rendition(image)
                render_image.enqueue(image.pk)
        except BaseException as error:
            image.file.delete(save=False)
            # Somebody else has just added the same picture.
            if isinstance(error, IntegrityError) and (known := self.filter(sha256=taken.sha256).first()):
                return known
            raise
        return image

    def unfinished(self):
        """The images that still lack renditions: AVIF is what the first, quick ones do without."""
        return self.exclude(srcset__natural__sources__has_key="avif")

    def search(self, words):
        """The images whose name, description, caption or credit holds each of the words."""
        found = self
        for word in words.split()[:8]:
            fields = ("title", "alt", "caption", "credit")
            found = found.filter(
                functools.reduce(
                    operator.or_, (models.Q(**{f"{field}__icontains": word}) for field in fields)
                )
            )
        return found


class Image(models.Model):
    file = models.FileField(_("file"), upload_to="images/", max_length=200, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    title = LineField(
        _("name in the library"),
        max_length=150,
        blank=True,
        help_text=_("Helps to find it; readers do not see it."),
    )
    alt = LineField(
        _("alternative text"),
        max_length=500,
        blank=True,
        help_text=_("What the picture shows, for those who do not see it."),
    )
    decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("It adds nothing to the text: screen readers skip it.")
    )
    caption = LineField(_("caption"), max_length=500, blank=True)
    credit = LineField(_("credit"), max_length=200, blank=True)
    focal_x = models.FloatField(_("focal point, across"), default=0.5)
    focal_y = models.FloatField(_("focal point, down"), default=0.5)
    srcset = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    origin = models.CharField(max_length=500, null=True, blank=True, unique=True, editable=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("image")
        verbose_name_plural = _("image library")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focal_x__gte=0, focal_x__lte=1, focal_y__gte=0, focal_y__lte=1),
                name="focal_point_lies_in_the_image",
                violation_error_message=_("The focal point lies outside the picture."),
            ),
            models.CheckConstraint(
                condition=models.Q(decorative=False) | models.Q(alt=""),
                name="decorative_image_has_no_alt",
                violation_error_message=_("Either describe the picture or call it decorative, not both."),
            ),
        ]

    def __str__(self):
        return self.title or self.alt or self.caption or f"Image {self.pk}"

    def delete(self, **kwargs):
        """Delete the image and, once that is certain, its files. An image in use raises ProtectedError."""
        files = [self.file, *(rendition.file for rendition in self.renditions.all())]
        deleted = super().delete(**kwargs)
        for file in files:
            transaction.on_commit(functools.partial(file.storage.delete, file.name))
        return deleted

    def html(self, sizes, lazy):
        """Return the picture's markup for a text, uncropped."""
        return pictures.picture(self, "natural", sizes, lazy=lazy)

    def refresh_uses(self):
        """Derive again, in the caller's transaction, what shows this image in its text.

        Locks are taken on images first and then on texts in the order of their keys, here as in Text.save.
        """
        from .article import Article
        from .page import Page

        for model in (Article, Page):
            texts = model.objects.filter(image_uses__image=self).order_by("pk")
            for text in texts.select_for_update(no_key=True, of=("self",)):
                text.derive()


class Rendition(models.Model):
    image = models.ForeignKey(Image, models.CASCADE, related_name="renditions")
    shape = models.CharField(max_length=10)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=5)
    file = models.FileField(upload_to="renditions/", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "shape", "width", "format"], name="one_rendition_per_size_and_format"
            )
        ]

    def __str__(self):
        return f"{self.shape} {self.width} {self.format}"


class ImageUse(models.Model):
    """Which text shows which image: keeps the image from deletion and finds what to derive again."""

    image = models.ForeignKey(Image, models.PROTECT, related_name="uses")
    article = models.ForeignKey("articles.Article", models.CASCADE, null=True, related_name="image_uses")
    page = models.ForeignKey("articles.Page", models.CASCADE, null=True, related_name="image_uses")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(article=None) ^ models.Q(page=None), name="image_use_has_one_place"
            ),
            models.UniqueConstraint(fields=["image", "article"], name="one_use_per_image_and_article"),
            models.UniqueConstraint(fields=["image", "page"], name="one_use_per_image_and_page"),
        ]

    def __str__(self):
        return f"{self.image} in {self.article or self.page}"
