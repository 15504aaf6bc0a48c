"""What articles and pages have in common: a body that editors write and readers get derived."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from articles import markup

from .image import Image, ImageUse
from .language import Language
from .link import OutboundLink
from .redirect import Redirect, plain


def validate_body(value):
    """Refuse a body that the sanitiser would refuse, with its sentence."""
    try:
        markup.clean(value)
    except markup.Refused as refusal:
        raise ValidationError(str(refusal), code="body") from refusal


class Text(models.Model):
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    body = models.TextField(_("text"), blank=True, validators=[validate_body])
    # Derived from `body` whenever it, or an image that it shows, changes.
    body_html = models.TextField(editable=False, default="")
    body_text = models.TextField(editable=False, default="")
    outline = models.JSONField(editable=False, default=list)
    word_count = models.PositiveIntegerField(editable=False, default=0)

    # The version of the renderer that derived them; an older one's are derived again by the heartbeat.
    renderer = models.PositiveSmallIntegerField(editable=False, default=0, db_index=True)

    DERIVED = ["body_html", "body_text", "outline", "word_count", "renderer"]

    class Meta:
        abstract = True

    def save(self, **kwargs):
        """Save; a body is cleaned on its way in and what readers get is derived in the same transaction.

        Where a text that was public changes its address, the old one goes on to answer. Raises
        markup.Refused where the body is over the sanitiser's limits.
        """
        with transaction.atomic():
            self.keep_old_address(kwargs.get("update_fields"))
            self.save_derived(**kwargs)

    def keep_old_address(self, update_fields):
        """Where a text that was public is about to change its address, let the old one lead here."""
        if self.pk is None or not (update_fields is None or {"slug", "language"} & set(update_fields)):
            return
        before = type(self).objects.once_public().filter(pk=self.pk).only("slug", "language").first()
        if before is None or before.get_absolute_url() == self.get_absolute_url():
            return
        target = {"article": None, "page": None, "url": "", self._meta.model_name: self}
        Redirect.objects.filter(path=plain(self.get_absolute_url()), **target).delete()
        Redirect.objects.update_or_create(path=plain(before.get_absolute_url()), defaults=target)

    def save_derived(self, **kwargs):
        """Save with what is derived from the body, where the body or its language may have changed."""
        fields = kwargs.get("update_fields")
        if fields is not None and not {"body", "language"} & set(fields):
            super().save(**kwargs)
            return
        self.body = markup.clean(self.body)
        shown = markup.image_ids(self.body)
        with transaction.atomic():
            # Locked, so that renditions made meanwhile wait and then find this text among the image's uses.
            images = Image.objects.lock(shown)
            self.render(images)
            if fields is not None:
                kwargs["update_fields"] = {*fields, "body", *self.DERIVED}
            super().save(**kwargs)
            self.image_uses.exclude(image__in=images).delete()
            ImageUse.objects.bulk_create(
                [ImageUse(image=image, **{self._meta.model_name: self}) for image in images.values()],
                ignore_conflicts=True,
            )
            OutboundLink.objects.record(self)

    def derive(self):
        """Derive the readers' text again, because an image that it shows has changed."""
        self.render(Image.objects.in_bulk(markup.image_ids(self.body)))
        type(self).objects.filter(pk=self.pk).update(**{name: getattr(self, name) for name in self.DERIVED})

    def render(self, images):
        rendered = markup.render(self.body, language=self.language, pictures=images, before=self.outline)
        self.body_html, self.body_text = rendered.html, rendered.text
        self.outline, self.word_count = rendered.outline, rendered.words
        self.renderer = markup.RENDERER

    @classmethod
    def derive_stale(cls, limit):
        """Derive again the texts that an older renderer derived, at most `limit`; return how many.

        Each in a transaction of its own, so that a kill loses nothing; one that somebody saves just now is
        left for the next time. No image is locked: whoever changes one derives its texts again after us.
        """
        stale = cls.objects.filter(renderer__lt=markup.RENDERER)
        done = 0
        for pk in list(stale.values_list("pk", flat=True)[:limit]):
            with transaction.atomic():
                found = stale.filter(pk=pk).select_for_update(no_key=True, skip_locked=True, of=("self",))
                if text := found.first():
                    text.derive()
                    done += 1
        return done

    @property
    def direction(self):
        return Language(self.language).direction
