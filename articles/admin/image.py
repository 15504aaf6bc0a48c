"""The image library."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.forms import Script
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from articles.forms import ImageForm, ImageUploadForm
from articles.models import Article, Author, Book, Image, ImageUse, Page, Site
from articles.tasks import render_image
from articles.widgets import MODULE, image_address

from .desk import DeskAdmin

PER_REQUEST = 24


class DescriptionFilter(admin.SimpleListFilter):
    title = _("description")
    parameter_name = "description"

    def lookups(self, request, model_admin):
        return [("missing", _("Missing"))]

    def queryset(self, request, queryset):
        return queryset.filter(alt="", decorative=False) if self.value() == "missing" else queryset


@admin.register(Image)
class ImageAdmin(DeskAdmin):
    form = ImageForm
    list_display = ["picture", "name", "description", "use_count"]
    list_display_links = ["picture", "name"]
    list_filter = [DescriptionFilter]
    list_per_page = 48
    search_fields = ["title", "alt", "caption", "credit"]

    class Media:
        js = [Script("admin-desk/focal-point.js", **MODULE)]

    def get_queryset(self, request):
        rows = ImageUse.objects.filter(image=OuterRef("pk")).order_by().values("image")
        counted = Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)
        return super().get_queryset(request).annotate(uses_in_texts=counted)

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
    def picture(self, image):
        return format_html(
            '<img class="desk-tile" src="{}" alt="{}" loading="lazy">', image_address(image), str(image)
        )

    @admin.display(description=_("name"), ordering="title")
    def name(self, image):
        return str(image)

    @admin.display(description=_("description"))
    def description(self, image):
        if image.decorative:
            return _("Decorative")
        return image.alt or format_html('<strong class="desk-late">{}</strong>', _("Description is missing"))

    @admin.display(description=_("in texts"), ordering="uses_in_texts")
    def use_count(self, image):
        return image.uses_in_texts

    # The form

    def get_form(self, request, obj=None, change=False, **kwargs):
        return ImageForm if obj else ImageUploadForm

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["upload", *ImageUploadForm.Meta.fields]})]
        return [
            (None, {"fields": ["whole_picture", "focal_x", "focal_y"]}),
            (_("What is said about it"), {"fields": ImageUploadForm.Meta.fields}),
            (_("Where it is used"), {"fields": ["places"]}),
        ]

    def get_readonly_fields(self, request, obj=None):
        return ["whole_picture", "places"] if obj else []

    @admin.display(description=_("picture"))
    def whole_picture(self, image):
        return format_html(
            '<span class="desk-focal" data-focal><img src="{}" width="{}" height="{}" alt="{}"></span>'
            '<span class="help">{}</span>',
            image_address(image, "natural"),
            image.width,
            image.height,
            image.alt,
            _("Press where the picture matters most: crops keep that point."),
        )

    @admin.display(description=_("places"))
    def places(self, image):
        rows = [address_and_name(place) for place in uses_of(image)]
        if not rows:
            return _("Nowhere yet.")
        return format_html(
            '<ul class="desk-places">{}</ul>', format_html_join("", '<li><a href="{}">{}</a></li>', rows)
        )

    def save_form(self, request, form, change):
        image = super().save_form(request, form, change)
        if change:
            return image
        form.instance = Image.objects.add(form.taken, **form.said())
        return form.instance

    def save_model(self, request, obj, form, change):
        if not change:
            return
        super().save_model(request, obj, form, change)
        if {"focal_x", "focal_y"} & set(form.changed_data):
            transaction.on_commit(lambda: render_image.enqueue(obj.pk))
        if {"alt", "decorative", "caption", "credit"} & set(form.changed_data):
            obj.refresh_uses()

    # Deleting

    def delete_view(self, request, object_id, extra_context=None):
        image = self.get_object(request, object_id)
        if image and self.has_delete_permission(request, image) and (places := uses_of(image)):
            names = ", ".join(f"“{place}”" for place in places[:5])
            text = gettext(
                "This picture is used in %(names)s. Take it out there first; then it can be deleted."
            )
            self.message_user(request, text % {"names": names}, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:articles_image_change", args=[image.pk]))
        return super().delete_view(request, object_id, extra_context)

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
        """Take a picture from the editor's dialog: its description, or 400 with a sentence."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImageUploadForm(request.POST, request.FILES)
        if not form.is_valid():
            sentences = [sentence for errors in form.errors.values() for sentence in errors]
            return JsonResponse({"error": " ".join(sentences)}, status=400)
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


def uses_of(image, limit=100):
    """Return the articles, pages, authors, books and the site that show an image, up to `limit` of each."""
    in_text = Q(image_uses__image=image)
    return [
        *Article.objects.filter(in_text | Q(lead_image=image)).distinct().only("title")[:limit],
        *Page.objects.filter(in_text).only("title")[:limit],
        *Author.objects.filter(photo=image)[:limit],
        *Book.objects.filter(cover=image)[:limit],
        *Site.objects.filter(logo=image),
    ]


def address_and_name(row):
    return reverse(f"admin:articles_{row._meta.model_name}_change", args=[row.pk]), str(row)
