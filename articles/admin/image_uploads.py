"""Many pictures at once, each with its result and a place for its description."""

import logging
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Media, Script
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from articles import image_uses, intake, pictures
from articles.forms import DescriptionForm
from articles.models import Image
from articles.models.image import file_name
from articles.widgets import MODULE

from .pages import desk_page

logger = logging.getLogger(__name__)

# Each takes a second or two; a browser with scripts sends one at a time.
MAX_AT_ONCE = 20


@dataclass
class Result:
    """What became of one file: added, known (the library has it), described, refused or failed for now."""

    state: str
    name: str
    image: Image | None = None
    reason: str = ""
    form: DescriptionForm | None = None

    @property
    def tile(self):
        return pictures.small_address(self.image)

    @property
    def uses(self):
        counted = Image.objects.with_uses().get(pk=self.image.pk)
        return image_uses.count_in_words(counted.article_count, counted.place_count)


class ImageUploadsAdmin:
    """For use before the admin of images."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        many = require_http_methods(["GET", "POST"])(self.many)
        return [
            path("many/", wrap(many), name="articles_image_many"),
            path("<int:pk>/describe/", wrap(require_POST(self.describe)), name="articles_image_describe"),
            *super().get_urls(),
        ]

    def many(self, request):
        """Take in as many files as there are; whoever asks for JSON sends one and gets one result."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "GET":
            return self.uploads_page(request, [])
        files = request.FILES.getlist("upload")
        results = [self.take(request, file) for file in files[:MAX_AT_ONCE]]
        late = gettext("At most %d files are taken at once. Send it again with the next.") % MAX_AT_ONCE
        results += [Result("refused", file_name(file), reason=late) for file in files[MAX_AT_ONCE:]]
        return self.answer(request, results)

    def take(self, request, upload):
        name = file_name(upload)
        try:
            taken = intake.take_in(upload)
            known = Image.objects.filter(sha256=taken.sha256).first()
            image = known or Image.objects.add(taken, file_name=name)
        except intake.Refused as refusal:
            return Result("refused", name, reason=str(refusal))
        except OSError:
            logger.exception("A picture could not be stored.")
            return Result("failed", name, reason=gettext("It could not be stored. Try again in a moment."))
        if not known:
            self.log_addition(request, image, [{"added": {}}])
        return Result("known" if known else "added", name, image, form=self.description_form(request, image))

    def may_describe(self, request, image):
        """Who may add pictures says what nobody has said; who may change them, says it anew."""
        may_add = self.has_add_permission(request) and not image.is_described
        return may_add or self.has_change_permission(request, image)

    def description_form(self, request, image, data=None):
        if image.is_described and data is None:
            return None
        if not self.may_describe(request, image):
            return None
        return DescriptionForm(data, instance=image, auto_id=f"id_{image.pk}_%s")

    def describe(self, request, pk):
        """Say what a picture shows, or that it is decorative."""
        with transaction.atomic():
            image = get_object_or_404(Image.objects.select_for_update(no_key=True), pk=pk)
            if not self.may_describe(request, image):
                raise PermissionDenied
            name = str(image)
            form = self.description_form(request, image, request.POST)
            if not form.is_valid():
                return self.answer(request, [Result("added", name, image, form=form)])
            image.save(update_fields=["alt", "decorative"])
            image.refresh_uses()
            self.log_change(request, image, self.construct_change_message(request, form, []))
        if not wants_json(request):
            self.message_user(request, gettext("“%s” is described.") % name, messages.SUCCESS)
            return HttpResponseRedirect(
                reverse("admin:articles_image_changelist", query={"description": "missing"})
            )
        return self.answer(request, [Result("described", name, image)])

    def answer(self, request, results):
        if not wants_json(request) or not results:
            return self.uploads_page(request, results)
        html = render_to_string("admin/articles/image/_result.html", {"result": results[0]}, request)
        return JsonResponse({"state": results[0].state, "html": html})

    def uploads_page(self, request, results):
        return desk_page(
            self,
            request,
            "articles/image/many.html",
            title=gettext("Upload pictures"),
            results=results,
            megabytes=intake.MAX_BYTES // 1024**2,
            accept="image/jpeg,image/png,image/gif,image/webp",
            media=self.media + Media(js=[Script("admin-desk/uploads.js", **MODULE)]),
        )


def wants_json(request):
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
