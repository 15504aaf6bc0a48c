"""The image library."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Script
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from articles import image_uses, pictures
from articles.forms import ImageAddForm, ImageForm, ImageUploadForm
from articles.models import Image
from articles.models.image import SEARCHED
from articles.renditions import OriginalMissing, quick_rendition
from articles.tasks import render_image
from articles.widgets import MODULE, image_address

from .desk import DeskAdmin
from .image_deletion import ImageDeletionAdmin
from .image_replacement import ImageReplacementAdmin
from .image_uploads import ImageUploadsAdmin

PER_REQUEST = 24
# Where the site shows a cut picture; networks cut the middle of the one that social cards name.
CROPS = [
    (_("On top of an article or a page"), "wide", "large"),
    (_("In a list"), "wide", "small"),
    (_("As an author’s face"), "square", "face"),
    (_("As a social card"), "wide", "social"),
]


class DescriptionFilter(admin.SimpleListFilter):
    title = _("description")
    parameter_name = "description"

    def lookups(self, request, model_admin):
        return [("missing", _("Missing"))]

    def queryset(self, request, queryset):
        return queryset.undescribed() if self.value() == "missing" else queryset


class UseFilter(admin.SimpleListFilter):
    title = _("use")
    parameter_name = "use"

    def lookups(self, request, model_admin):
        return [("none", _("Not used yet"))]

    def queryset(self, request, queryset):
        return queryset.unused() if self.value() == "none" else queryset


@admin.register(Image)
class ImageAdmin(ImageUploadsAdmin, ImageReplacementAdmin, ImageDeletionAdmin, DeskAdmin):
    form = ImageForm
    list_display = ["tile", "description", "use_count"]
    list_filter = [DescriptionFilter, UseFilter]
    list_per_page = 48
    # The heads that would sort are out of sight in a grid.
    sortable_by = []
    search_fields = SEARCHED
    search_help_text = _("Words of the name, description, caption, credit or file name.")

    class Media:
        css = {"all": ["admin-desk/library.css"]}
        js = [Script("admin-desk/focal-point.js", **MODULE)]

    def get_queryset(self, request):
        return super().get_queryset(request).with_uses()

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("library/", wrap(require_safe(self.library)), name="articles_image_library"),
            path("upload/", wrap(require_POST(self.upload)), name="articles_image_upload"),
            path("<int:pk>/file/", wrap(require_safe(self.file)), name="articles_image_file"),
            *super().get_urls(),
        ]

    # The list

    @admin.display(description=_("picture"))
    def tile(self, image):
        return format_html(
            '<img class="desk-tile" src="{}" alt="" loading="lazy"><span class="desk-tile-name">{}</span>',
            pictures.small_address(image),
            str(image),
        )

    @admin.display(description=_("description"))
    def description(self, image):
        if image.decorative:
            return _("Decorative")
        return image.alt or format_html('<strong class="desk-late">{}</strong>', _("Description is missing"))

    @admin.display(description=_("use"))
    def use_count(self, image):
        return image_uses.count_in_words(image.article_count, image.place_count)

    # The form

    def get_form(self, request, obj=None, change=False, **kwargs):
        return ImageForm if obj else ImageAddForm

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["upload", *ImageUploadForm.Meta.fields]})]
        return [
            (_("Where it matters most"), {"fields": ["whole_picture", "focal_x", "focal_y", "crops"]}),
            (_("What is said about it"), {"fields": ImageUploadForm.Meta.fields}),
            (_("The file"), {"fields": ["facts"]}),
            (_("Where it is used"), {"fields": ["places"]}),
        ]

    def get_readonly_fields(self, request, obj=None):
        return ["whole_picture", "crops", "facts", "places"] if obj else []

    def get_object(self, request, object_id, from_field=None):
        image = super().get_object(request, object_id, from_field)
        if image:
            # What the read-only fields below say depends on who asks.
            image.linked_places = image_uses.linked(self.admin_site, request, image_uses.places(image))
            image.may_be_replaced = self.has_change_permission(request, image)
        return image

    @admin.display(description=_("picture"))
    def whole_picture(self, image):
        return format_html(
            '<span class="desk-focal" data-focal data-focal-name="{}">'
            '<img src="{}" width="{}" height="{}" alt="{}"></span>'
            '<span class="help" id="desk-focal-help">{}</span>',
            _("Focal point"),
            image_address(image, "natural"),
            image.width,
            image.height,
            image.alt,
            _(
                "Press where the picture matters most, or move the ring with the arrow keys (with Shift in"
                " larger steps; Home is the middle): every crop keeps that point."
            ),
        )

    @admin.display(description=_("crops"))
    def crops(self, image):
        rows = (
            (
                place,
                "{} / {}".format(*pictures.SHAPES[shape].ratio),
                image_address(image, shape),
                image_address(image, "natural"),
                words,
            )
            for words, shape, place in CROPS
        )
        return format_html(
            '<ul class="desk-crops">{}</ul><span class="help">{}</span>',
            format_html_join(
                "",
                '<li class="desk-crop-{}">'
                '<span><img data-crop="{}" src="{}" data-whole="{}" alt=""></span>{}</li>',
                rows,
            ),
            _("Inside a text, and as a book’s cover, the picture is shown whole."),
        )

    @admin.display(description=_("file"))
    def facts(self, image):
        facts = [
            image.file_name,
            gettext("%(width)d × %(height)d pixels") % {"width": image.width, "height": image.height},
            image.file.name.rpartition(".")[2].upper().replace("JPG", "JPEG"),
        ]
        said = format_html(
            '<bdi>{}</bdi> · <a href="{}">{}</a>',
            " · ".join(filter(None, facts)),
            image.file.url,
            _("See it whole"),
        )
        if not getattr(image, "may_be_replaced", False):
            return said
        address = reverse("admin:articles_image_replace", args=[image.pk])
        return format_html(
            '{}<p><a class="button" href="{}">{}</a></p>', said, address, _("Replace the file")
        )

    @admin.display(description=_("places"))
    def places(self, image):
        rows = getattr(image, "linked_places", [])
        if not rows:
            return _("Nowhere yet.")
        count = image_uses.count_in_words(image.article_count, image.place_count)
        listed = format_html_join("", "<li>{}</li>", ((row,) for row in rows))
        return format_html(
            '<p class="desk-places-count">{}</p><ul class="desk-places">{}</ul>', count, listed
        )

    def save_form(self, request, form, change):
        image = super().save_form(request, form, change)
        if change:
            return image
        form.instance = Image.objects.add(form.taken, **form.said())
        return form.instance

    def save_model(self, request, obj, form, change):
        if not change or not form.changed_data:
            return
        # What the form does not show may have changed meanwhile: the file, or its renditions.
        obj.save(update_fields=form.changed_data)
        if {"focal_x", "focal_y"} & set(form.changed_data):
            self.cut_anew(request, obj)
        if {"alt", "decorative", "caption", "credit"} & set(form.changed_data):
            obj.refresh_uses()

    def cut_anew(self, request, image):
        """Show readers the new crops at once; the other sizes follow from a task."""
        try:
            quick_rendition(image)
        except OriginalMissing as error:
            self.message_user(request, gettext("The crops stay as they were: %s") % error, messages.WARNING)
        else:
            render_image.enqueue(image.pk)

    # What the editor asks

    def library(self, request):
        """Answer with a page of the pictures that match ?q=, newest first."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        page = request.GET.get("page", "1")
        page = min(max(int(page), 1), 1000) if page.isascii() and page.isdecimal() and len(page) < 5 else 1
        first = (page - 1) * PER_REQUEST
        found = Image.objects.search(request.GET.get("q", "")[:100])[first : first + PER_REQUEST + 1]
        images = [described(image) for image in found]
        return JsonResponse({"images": images[:PER_REQUEST], "more": len(images) > PER_REQUEST})

    def upload(self, request):
        """Take a picture from the editor's dialog: its description, or 400 with a sentence.

        Of a picture that the library has already the answer is that one, with where it is `known` from.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImageUploadForm(request.POST, request.FILES)
        if not form.is_valid():
            sentences = [sentence for errors in form.errors.values() for sentence in errors]
            return JsonResponse({"error": " ".join(sentences)}, status=400)
        if form.known:
            counted = Image.objects.with_uses().get(pk=form.known.pk)
            said = image_uses.count_in_words(counted.article_count, counted.place_count)
            return JsonResponse(described(form.known) | {"known": said})
        image = Image.objects.add(form.taken, **form.said())
        self.log_addition(request, image, [{"added": {}}])
        return JsonResponse(described(image))

    def file(self, request, pk):
        """Lead to a rendition of a picture: a text knows it by its id alone."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(image_address(get_object_or_404(Image, pk=pk), "natural"))


def described(image):
    return {
        "id": image.pk,
        "url": image_address(image),
        "title": image.title,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit,
    }
