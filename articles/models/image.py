"""The image library: pictures as they came in, and the renditions that pages show."""

import functools
import operator
from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import intake, pictures

from .fields import LineField

# Feeds, mails and social cards go on to show the address of a file that pages no longer name.
RETIRED_FOR = timedelta(days=30)
# What a search of the library looks through.
SEARCHED = ["title", "alt", "caption", "credit", "file_name"]


class ImageQuerySet(models.QuerySet):
    def take_in(self, upload, **fields):
        """Add an uploaded picture to the library, or return the one that has the same content.

        Raises intake.Refused, with a sentence for the editor, where the file is no safe picture.
        """
        fields.setdefault("file_name", file_name(upload))
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
        """The images whose names, description, caption or credit hold each of the words."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(
                functools.reduce(
                    operator.or_, (models.Q(**{f"{field}__icontains": word}) for field in SEARCHED)
                )
            )
        return found

    def lock(self, pks):
        """Lock images in the order of their keys and return them by key; before the texts that show them."""
        return self.select_for_update(no_key=True).order_by("pk").in_bulk(pks)

    def undescribed(self):
        """The images of which nobody has said yet what they show, or that they are decorative."""
        return self.filter(alt="", decorative=False)

    def unused(self):
        """The images that are shown nowhere. Twin: Image.is_used."""
        unused = self
        for rows, field in _users():
            unused = unused.filter(~models.Exists(rows.filter(**{field: models.OuterRef("pk")})))
        return unused

    def with_uses(self):
        """With `article_count`, an article and its rework being one, and the `place_count` of all else."""
        uses, leads, *others = [
            rows.filter(**{field: models.OuterRef("pk")}).order_by() for rows, field in _users()
        ]
        articles = uses.filter(article__isnull=False)
        articles = articles.values_list(Coalesce("article__draft_of", "article")).union(
            leads.values_list(Coalesce("draft_of", "pk"))
        )
        pages = uses.filter(page__isnull=False).values_list("page")
        places = pages.union(*(rows.values_list("pk") for rows in others), all=True)
        return self.annotate(article_count=_length(articles), place_count=_length(places))


def _users():
    """Return what may show an image: querysets, each with the name of its field; texts, leads, others."""
    from . import Article, Author, Book, Site

    return [
        (ImageUse.objects.all(), "image"),
        (Article.objects.all(), "lead_image"),
        (Author.objects.all(), "photo"),
        (Book.objects.all(), "cover"),
        (Site.objects.all(), "logo"),
    ]


def _length(rows):
    return models.Func(ArraySubquery(rows), function="cardinality", output_field=models.IntegerField())


def file_name(upload):
    """Return the name that a file had where it came from, without its folders."""
    return str(upload.name or "").replace("\\", "/").rpartition("/")[2][-200:]


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
    # As the file was called where it came from; its name here is made from its content.
    file_name = LineField(_("file name"), max_length=200, blank=True, default="", editable=False)
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
        indexes = [models.Index(fields=["-created_at", "-id"], name="image_newest")]
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
        name = self.title or self.alt or self.caption or self.file_name
        return name or gettext("Picture %(number)s") % {"number": self.pk}

    def delete(self, **kwargs):
        """Delete the image and, once that is certain, its files. An image in use raises ProtectedError."""
        storage = self.file.storage
        names = {
            self.file.name,
            *self.renditions.values_list("file", flat=True),
            *self.retired_files.values_list("name", flat=True),
        }
        deleted = super().delete(**kwargs)
        for name in names:
            transaction.on_commit(functools.partial(storage.delete, name))
        return deleted

    @property
    def is_described(self):
        """Whether readers who do not see it are told what it shows, or that it shows nothing."""
        return bool(self.alt) or self.decorative

    @property
    def is_used(self):
        """Whether it is shown anywhere. Twin: ImageQuerySet.unused."""
        return any(rows.filter(**{field: self.pk}).exists() for rows, field in _users())

    def names_file(self, name):
        """Whether a file of that name is its original or one of its renditions."""
        return name == self.file.name or self.renditions.filter(file=name).exists()

    def html(self, sizes, lazy):
        """Return the picture's markup for a text, uncropped."""
        return pictures.picture(self, "natural", pictures.Place(sizes), lazy=lazy)

    def larger(self, identifier):
        """Return what shows the picture large in front of a text, or an empty string."""
        return pictures.larger(self, identifier)

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
        verbose_name = _("size of a picture")
        verbose_name_plural = _("sizes of pictures")
        constraints = [
            models.UniqueConstraint(
                fields=["image", "shape", "width", "format"], name="one_rendition_per_size_and_format"
            )
        ]

    def __str__(self):
        return f"{self.shape} {self.width} {self.format}"


class RetiredFileQuerySet(models.QuerySet):
    def retire(self, image, names):
        """Keep files of an image, by name, for a while after its pages have stopped to name them."""
        self.bulk_create(
            [self.model(image=image, name=name) for name in names],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["retired_at"],
        )

    def expired(self):
        return self.filter(retired_at__lt=timezone.now() - RETIRED_FOR)

    def sweep(self, limit=200):
        """Delete the files whose time has passed, up to `limit`, but none that is shown again.

        A file goes before its row, so that a sweep that was killed is made up for by the next.
        """
        for pk, image_id in list(self.expired().order_by("pk").values_list("pk", "image")[:limit]):
            with transaction.atomic():
                # Whoever takes a name up again, or gives it up, holds this lock.
                image = Image.objects.select_for_update(no_key=True).filter(pk=image_id).first()
                retired = self.expired().filter(pk=pk).first()
                if image is None or retired is None:
                    continue
                if not image.names_file(retired.name):
                    image.file.storage.delete(retired.name)
                retired.delete()


class RetiredFile(models.Model):
    """A file that an image has left behind, and since when."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="retired_files")
    name = models.CharField(max_length=200, unique=True)
    retired_at = models.DateTimeField(default=timezone.now)

    objects = RetiredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("replaced file")
        verbose_name_plural = _("replaced files")
        indexes = [models.Index(fields=["retired_at"], name="retired_file_oldest")]

    def __str__(self):
        return self.name


class ImageUse(models.Model):
    """Which text shows which image: keeps the image from deletion and finds what to derive again."""

    image = models.ForeignKey(Image, models.PROTECT, related_name="uses")
    article = models.ForeignKey("articles.Article", models.CASCADE, null=True, related_name="image_uses")
    page = models.ForeignKey("articles.Page", models.CASCADE, null=True, related_name="image_uses")

    class Meta:
        verbose_name = _("picture in a text")
        verbose_name_plural = _("pictures in texts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(article=None) ^ models.Q(page=None), name="image_use_has_one_place"
            ),
            models.UniqueConstraint(fields=["image", "article"], name="one_use_per_image_and_article"),
            models.UniqueConstraint(fields=["image", "page"], name="one_use_per_image_and_page"),
        ]

    def __str__(self):
        return str(self.image)
