"""Pictures that are used are not deleted, and say where they are used."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from articles import image_uses
from articles.models import Image

NAMED = 5


class ImageDeletionAdmin:
    """For use before the admin of images."""

    def get_deleted_objects(self, objs, request):
        """Name the pictures alone, not their renditions; a sentence protects each that is used."""
        images = list(Image.objects.filter(pk__in=[image.pk for image in objs]).with_uses())
        used = [image for image in images if image.article_count or image.place_count]
        sentences = [self.used_sentence(request, image) for image in used]
        count = {self.opts.verbose_name_plural: len(images)}
        return [str(image) for image in images], count, set(), sentences

    def used_sentence(self, request, image):
        """Say where a picture is used, with links, and what to do."""
        places = image_uses.linked(self.admin_site, request, image_uses.places(image))
        more = len(places) - NAMED
        listed = format_html_join(gettext(", "), "{}", ((place,) for place in places[:NAMED]))
        if more > 0:
            words = ngettext("and %d more place", "and %d more places", more) % more
            listed = format_html("{} {}", listed, words)
        return format_html(gettext("“{}” is used in {}."), image, listed)

    def delete_queryset(self, request, queryset):
        for image in Image.objects.filter(pk__in=queryset.values("pk")).order_by("pk"):
            image.delete()

    def delete_view(self, request, object_id, extra_context=None):
        return self.or_say_why(request, super().delete_view, request, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        context = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        return self.or_say_why(request, super().changelist_view, request, context)

    def or_say_why(self, request, view, *args):
        """Delete nothing where somebody has begun to use a picture since it was looked at."""
        try:
            with transaction.atomic():
                return view(*args)
        except (ProtectedError, IntegrityError):
            words = gettext("Somebody has just begun to use one of these pictures, so nothing was deleted.")
            self.message_user(request, words, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
