"""What editors write and choose with, beyond what forms have by themselves."""

import json

from django import forms
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AutocompleteMixin,
    AutocompleteSelect,
    get_select2_language,
)
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import InlineStyle, Media

from . import markup
from .models import Image

EXTENSIONS = {
    "Heading": {"levels": [2, 3, 4]},
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Code": True,
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "HardBreak": True,
    "CodeBlock": True,
    "Link": True,
    "Table": {"resizable": False},
    "TableRow": True,
    "TableCell": True,
    "TableHeader": True,
    "TrailingNode": True,
    "Fullscreen": True,
}
# Ours, from static/admin-desk/prose.js.
OWN_EXTENSIONS = [
    "Abbreviation",
    "Attribution",
    "CaptionedTable",
    "CleanPaste",
    "Deleted",
    "Details",
    "Direction",
    "Facts",
    "FactTerm",
    "FactValue",
    "Footnote",
    "Foreign",
    "Inserted",
    "Isolated",
    "Marked",
    "Mention",
    "Picture",
    "Quotation",
    "Remark",
    "Small",
    "Summary",
    "TableCaption",
    "TableHeads",
    "Tidy",
    "Video",
]
MODULE = {"type": "module"}


def picture_addresses():
    """Return the attributes that tell the picture dialog where the library is."""
    return {
        "data-picture-library": reverse("admin:articles_image_library"),
        "data-picture-file": reverse("admin:articles_image_file", args=[0]),
        "data-picture-upload": reverse("admin:articles_image_upload"),
    }


class ProseEditor(AdminProseEditorWidget):
    """The rich-text editor; needs `with_nonce` on the page's media under a strict policy."""

    def __init__(self, attrs=None):
        attrs = {"data-max-length": markup.MAX_HTML, **(attrs or {})}
        extensions = EXTENSIONS | dict.fromkeys(OWN_EXTENSIONS, True)
        super().__init__(attrs, config={"extensions": extensions}, preset="configurable")

    def get_config(self):
        return super().get_config() | {"js_modules": [static("admin-desk/prose.js")]}

    def build_attrs(self, base_attrs, extra_attrs=None):
        return super().build_attrs(base_attrs, extra_attrs) | picture_addresses()

    @property
    def media(self):
        # The editor adds its own rules in a <style>, which the policy refuses, unless one stands here.
        stands_in = InlineStyle("", **{"data-tiptap-style": True})
        return super().media + Media(css={"all": [stands_in, "admin-desk/prose.css"]})


class PictureInput(forms.NumberInput):
    """A picture of the library by its id; the browser shows it and opens the library's dialog."""

    input_type = "text"
    chosen = None  # the picture that the form's row has, where it is fetched already

    def build_attrs(self, base_attrs, extra_attrs=None):
        return super().build_attrs(base_attrs, extra_attrs) | picture_addresses()

    def render(self, name, value, attrs=None, renderer=None):
        is_id = str(value or "").isdecimal() and len(str(value)) < 18
        picture = self.chosen
        if picture is None or str(value) != str(picture.pk):
            picture = Image.objects.filter(pk=value).first() if is_id else None
        return format_html(
            '<div class="desk-picture" data-picture-field data-picture-name="{}">{}</div>',
            picture or "",
            super().render(name, value, attrs, renderer),
        )

    @property
    def media(self):
        return forms.Media(js=[forms.Script("admin-desk/picture-field.js", **MODULE)])


class TagSelect(AutocompleteMixin, forms.SelectMultiple):
    """Tags by name on the admin's own Select2: suggestions first, then what was typed as a new tag."""

    def __init__(self, attrs=None):
        forms.SelectMultiple.__init__(self, attrs)
        self.i18n_name = get_select2_language()

    def get_url(self):
        return reverse("admin:articles_tag_suggest")

    def build_attrs(self, base_attrs, extra_attrs=None):
        attrs = forms.SelectMultiple.build_attrs(self, base_attrs, extra_attrs)
        return attrs | {
            "data-suggest": self.get_url(),
            "data-spot": reverse("admin:articles_tag_spot"),
            "data-new-tag": _("new tag"),
            "data-token-separators": json.dumps([",", "،", ";"]),
            "class": "desk-tags",
            "lang": self.i18n_name or "en",
        }

    def optgroups(self, name, value, attrs=None):
        options = [self.create_option(name, tag, tag, True, index) for index, tag in enumerate(value)]
        return [(None, options, 0)]

    def format_value(self, value):
        return [getattr(tag, "name", str(tag)) for tag in value or []]

    def value_omitted_from_data(self, data, files, name):
        return False

    @property
    def media(self):
        return super().media + forms.Media(js=[forms.Script("admin-desk/tags.js", **MODULE)])


class RowAutocomplete(AutocompleteSelect):
    """An autocomplete in a row of an inline, which is told the row's own choice and so needs no query."""

    chosen = None

    def optgroups(self, name, value, attr=None):
        value = [key for key in value if str(key).isdecimal() and len(str(key)) < 18]
        if self.chosen is None or list(map(str, value)) != [str(self.chosen.pk)]:
            return super().optgroups(name, value, attr)
        options = [self.create_option(name, self.chosen.pk, str(self.chosen), True, 0)]
        if not self.is_required:
            options.insert(0, self.create_option(name, "", "", False, 0))
        return [(None, options, 0)]


class LabelledSplitDateTime(AdminSplitDateTime):
    """The admin's date and time, each with a name that a screen reader says."""

    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.widgets[0].attrs["aria-label"] = _("Date")
        self.widgets[1].attrs["aria-label"] = _("Time")

    def render(self, name, value, attrs=None, renderer=None):
        """Name the zone in which the time is read and shown."""
        zone = gettext("In the time zone %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
        return format_html(
            '{}<span class="help desk-zone">{}</span>', super().render(name, value, attrs, renderer), zone
        )


class ColourInput(forms.TextInput):
    input_type = "color"


class FocalPointInput(forms.NumberInput):
    """One coordinate of the focal point, from 0 to 1, as a slider."""

    input_type = "range"

    def __init__(self, attrs=None):
        super().__init__({"min": "0", "max": "1", "step": "0.01", **(attrs or {})})


def thumbnail(image):
    """Return a small picture of an image in the library; decorative, since a name stands beside it."""
    if image is None:
        return ""
    return format_html('<img class="desk-thumbnail" src="{}" alt="" loading="lazy">', image_address(image))


def image_address(image, shape="square"):
    """Return the address of a small rendition, or of the original until there is one."""
    made = image.srcset.get(shape) or image.srcset.get("natural")
    name = made["fallback"][0] if made and made.get("fallback") else image.file.name
    return image.file.storage.url(name) if name else static("admin/img/icon-unknown.svg")
