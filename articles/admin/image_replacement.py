"""Another file for a picture, wherever it is shown."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from articles import image_uses, replacement
from articles.forms import ReplacementForm
from articles.models import Image
from articles.models.image import RETIRED_FOR, file_name
from articles.widgets import image_address

from .pages import desk_page


class ImageReplacementAdmin:
    """For use before the admin of images."""

    def get_urls(self):
        replace = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.replace))
        return [path("<int:pk>/replace/", replace, name="articles_image_replace"), *super().get_urls()]

    def replace(self, request, pk):
        """Ask for another file and put it in the place of the picture's."""
        image = get_object_or_404(Image.objects.with_uses(), pk=pk)
        if not self.has_change_permission(request, image):
            raise PermissionDenied
        form = ReplacementForm(request.POST or None, request.FILES or None)
        if request.method == "POST":
            if form.is_valid() and self.put_in_place(request, image, form):
                return HttpResponseRedirect(reverse("admin:articles_image_change", args=[pk]))
            # Somebody else may have replaced the file meanwhile.
            image = get_object_or_404(Image.objects.with_uses(), pk=pk)
        return desk_page(
            self,
            request,
            "articles/image/replace.html",
            title=gettext("Replace the file"),
            subtitle=str(image),
            original=image,
            shown=image_address(image, "natural"),
            uses=image_uses.count_in_words(image.article_count, image.place_count),
            days=RETIRED_FOR.days,
            form=form,
            media=self.media,
        )

    def put_in_place(self, request, image, form):
        """Return whether the new file stands; where it does not, the form says why."""
        if form.cleaned_data["seen"] != image.sha256:
            form.add_error(None, overtaken())
            return False
        try:
            with transaction.atomic():
                new = replacement.replace(image, form.taken, file_name(form.cleaned_data["upload"]))
                self.log_change(request, new, gettext("Replaced the file."))
        except replacement.InLibrary as error:
            form.add_error("upload", in_library(error.image, image))
            return False
        except replacement.Overtaken:
            form.add_error(None, overtaken())
            return False
        counted = image_uses.count_in_words(image.article_count, image.place_count)
        words = gettext("The new file is in its place everywhere. %(uses)s.") % {"uses": counted}
        self.message_user(request, words, messages.SUCCESS)
        if replacement.changes_shape(image, new):
            words = gettext(
                "The new file has another shape: %(before)s before, %(after)s now. Look at the crops, and "
                "move the focal point where they cut away what matters."
            )
            sizes = {"before": size(image), "after": size(new)}
            self.message_user(request, words % sizes, messages.WARNING)
        return True


def size(image):
    return f"{image.width} × {image.height}"


def overtaken():
    return gettext(
        "Somebody else has replaced the file since you opened this page. Look at the picture as it is now; "
        "to replace it all the same, choose your file again."
    )


def in_library(known, image):
    if known == image:
        return gettext("This is the file that the picture has already.")
    return format_html(
        '{} <a href="{}">{}</a>',
        gettext("This file is in the library already, as another picture:"),
        reverse("admin:articles_image_change", args=[known.pk]),
        known,
    )
