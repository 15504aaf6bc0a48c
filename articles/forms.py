"""What editors send in: articles, pages and pictures."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from . import intake, moments, revisions
from .models import Article, Image, Page, Tag
from .models.image import file_name
from .press_form import PressForm
from .review_form import PartForm, ReviewForm
from .rework_form import ReworkChecks
from .translations import TranslationForm
from .widgets import FocalPointInput, TagSelect
from .workflow_form import WorkflowForm

MAX_TAGS = 30


class DeskForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class TextForm(DeskForm):
    """A text with an address of its own in its language; an empty address is made from the title.

    `seen` is the version that the editor opened: where somebody else has saved since, nothing is
    overwritten until the button is pressed again.
    """

    seen = forms.CharField(label="", required=False, widget=forms.HiddenInput)
    overtaken = _(
        "Somebody else saved this text on %(when)s, while you were writing. What you wrote is still "
        "here, and theirs is untouched: look at it in another window, then press again to replace it."
    )
    is_overtaken = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.version
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self):
        cleaned = super().clean()
        if "slug" in self.fields and not self.errors.keys() & {"slug", "title", "language"}:
            self.settle_address()
        elif not cleaned.get("slug"):
            # Beside another error the page is shown again, with links to the address that there is.
            cleaned.pop("slug", None)
        self.check_version()
        return cleaned

    @property
    def version(self):
        return self.instance.updated_at.isoformat()

    def check_version(self):
        seen, current = self.cleaned_data.get("seen"), self.initial.get("seen")
        if not seen or not current or seen == current or self.says_the_same(seen):
            return
        self.is_overtaken = True
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = current
        when = moments.in_full(self.instance.updated_at)
        self.add_error(None, ValidationError(self.overtaken, code="version", params={"when": when}))

    def says_the_same(self, seen):
        """Whether nothing has changed since the version that the editor opened, though it was kept again."""
        return False

    def others(self):
        """The texts beside which this one's address has to stand."""
        model = self._meta.model
        return model._default_manager.filter(language=self.cleaned_data["language"]).exclude(
            pk=self.instance.pk
        )

    def settle_address(self):
        slug = self.cleaned_data["slug"]
        if not slug:
            self.cleaned_data["slug"] = self.free_slug()
        elif self.others().filter(slug=slug).exists():
            self.add_error(
                "slug", _("Another text in this language has this address. Choose a different one.")
            )

    def free_slug(self):
        """Return an address made from the title that nobody has: title, title-2, title-3."""
        base = slugify(self.cleaned_data["title"], allow_unicode=True)[:180].strip("-_")
        base = base or self._meta.model._meta.model_name
        taken = set(self.others().filter(slug__startswith=base).values_list("slug", flat=True))
        slug, number = base, 1
        while slug in taken or self.is_the_sites(slug):
            number += 1
            slug = f"{base}-{number}"
        return slug

    def is_the_sites(self, slug):
        """Whether something else than a text answers at this address."""
        return False


class TagsField(forms.Field):
    """Tags by name, in the editor's order. Other capitals, and another name of a tag, mean that tag."""

    widget = TagSelect

    def clean(self, value):
        names = [" ".join(name.split()) for name in super().clean(value)]
        names = list({name.lower(): name for name in reversed(names) if name}.values())[::-1]
        self.check(names)
        spelling = Tag.objects.spelling(names)
        return list(dict.fromkeys(spelling.get(name.lower(), name) for name in names))

    def check(self, names):
        if len(names) > MAX_TAGS:
            raise ValidationError(
                _("These are %(count)s tags; %(limit)s is the limit.")
                % {"count": len(names), "limit": MAX_TAGS}
            )
        for name in names:
            if len(name) > Tag._meta.get_field("name").max_length:
                raise ValidationError(
                    _("A tag has at most 100 characters; “%(name)s…” is longer.") % {"name": name[:30]}
                )
            if not slugify(name, allow_unicode=True):
                raise ValidationError(_("“%(name)s” needs at least one letter or digit.") % {"name": name})

    def has_changed(self, initial, data):
        return not self.disabled and [tag.name for tag in initial or []] != data


class ArticleForm(ReworkChecks, WorkflowForm, ReviewForm, PartForm, PressForm, TranslationForm, TextForm):
    """An article; the pressed button says whether it is saved, published, scheduled or taken back."""

    tags = TagsField(label=_("Tags"), required=False, help_text=_("Subjects; the most important one first."))
    overtaken = _(
        "Somebody else saved this text on %(when)s, while you were writing. What you wrote is still "
        "here, and theirs is untouched: compare the two, then press again to save yours over it."
    )

    class Meta:
        model = Article
        fields = [
            "kind",
            "language",
            "title",
            "slug",
            "standfirst",
            "body",
            "lead_image",
            "tags",
            "source_outlet",
            "source_journalist",
            "source_date",
            "source_title",
            "source_url",
            "source_archive",
            "source_quote",
            "source_quote_language",
            "event_starts_at",
            "event_ends_at",
            "event_place",
            "series",
            "review_by",
            "reviewed_on",
            "published_at",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"lead_image", "series"} & self.fields.keys():
            widget = self.fields[name].widget
            getattr(widget, "widget", widget).chosen = getattr(self.instance, name)
        # The editor's order: the first tag is the one that lists show.
        if self.instance.pk and "tags" in self.fields:
            self.initial["tags"] = [
                row.tag for row in self.instance.tagged.select_related("tag").order_by("pk")
            ]

    @property
    def version(self):
        return str(self.instance.version)

    def says_the_same(self, seen):
        return seen.isdecimal() and len(seen) < 10 and revisions.is_same_text(self.instance, int(seen))

    def others(self):
        return super().others().filter(draft_of=None)

    def _save_m2m(self):
        # Tags are read in the order of their rows, so a new order needs new rows.
        tags = self.cleaned_data.pop("tags", None)
        super()._save_m2m()
        if tags is not None and "tags" in self.changed_data:
            self.instance.tags.set(tags, clear=True)


class PageForm(TextForm):
    class Meta:
        model = Page
        fields = [
            "language",
            "title",
            "slug",
            "standfirst",
            "body",
            "is_published",
            "in_footer",
            "position",
        ]

    def clean(self):
        cleaned = super().clean()
        is_known = cleaned.get("slug") and "slug" not in self.errors and "language" in cleaned
        if is_known and self.is_the_sites(cleaned["slug"]):
            self.add_error("slug", _("A part of the site has this address already. Choose a different one."))
        return cleaned

    def is_the_sites(self, slug):
        return not Page(slug=slug, language=self.cleaned_data["language"]).is_found_at_its_address()


class ImageForm(DeskForm):
    """What is said about a picture in the library."""

    class Meta:
        model = Image
        fields = ["title", "alt", "decorative", "caption", "credit", "focal_x", "focal_y"]
        widgets = {"focal_x": FocalPointInput, "focal_y": FocalPointInput}

    def clean(self):
        cleaned = super().clean()
        alt, decorative = cleaned.get("alt"), cleaned.get("decorative")
        if decorative and alt:
            self.add_error("alt", _("Either describe the picture or call it decorative, not both."))
        elif not decorative and not alt and "alt" not in self.errors:
            self.add_error("alt", _("Describe the picture, or say that it is decorative."))
        return cleaned


class DescriptionForm(ImageForm):
    """What those are told who do not see a picture."""

    class Meta(ImageForm.Meta):
        fields = ["alt", "decorative"]


class PictureFileForm(forms.Form):
    """A picture file; `taken` is the picture as it may be stored."""

    upload = forms.FileField(
        label=_("Picture file"),
        help_text=_("JPEG, PNG, GIF or WebP, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/gif,image/webp"}),
    )
    taken = None

    def clean_upload(self):
        try:
            self.taken = intake.take_in(self.cleaned_data["upload"])
        except intake.Refused as refusal:
            raise ValidationError(str(refusal), code="picture") from refusal
        return self.cleaned_data["upload"]


class ReplacementForm(PictureFileForm):
    """Another file for a picture; `seen` is the hash of the file that the editor looked at."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ImageUploadForm(PictureFileForm, ImageForm):
    """A picture file with what is said about it; `known` is the one that the library has already."""

    known = None

    class Meta(ImageForm.Meta):
        fields = ["title", "alt", "decorative", "caption", "credit"]

    def clean_upload(self):
        upload = super().clean_upload()
        self.known = Image.objects.filter(sha256=self.taken.sha256).first()
        return upload

    def said(self):
        """Return what the editor said about the picture, and its file's name, as fields of an Image."""
        said = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return said | {"file_name": file_name(self.cleaned_data["upload"])}


class ImageAddForm(ImageUploadForm):
    """A picture that the library does not have yet."""

    def clean_upload(self):
        upload = super().clean_upload()
        if self.known:
            there = reverse("admin:articles_image_change", args=[self.known.pk])
            words = _("This picture is in the library already:")
            raise ValidationError(
                format_html('{} <a href="{}">{}</a>', words, there, self.known), code="known"
            )
        return upload
