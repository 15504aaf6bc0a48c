"""What the sanitiser took out of a text is shown to its editor once: after a save, and beside a paste."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from articles import markup
from articles.widgets import ProseEditor


class PastedAdmin:
    """For use before the admin of a text with a body."""

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.pasted))
        name = f"{self.opts.app_label}_{self.opts.model_name}_pasted"
        return [path("pasted/", view, name=name), *super().get_urls()]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "body":
            address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_pasted")
            return db_field.formfield(widget=ProseEditor(attrs={"data-pasted": address}))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def pasted(self, request):
        """Say what is taken out of pasted HTML: the editor in the browser drops it before it is ever sent."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        return JsonResponse({"said": markup.removed(request.body.decode(errors="replace")).sentence})

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "body" in form.changed_data:
            request.taken_out = markup.removed(form.cleaned_data["body"]).sentence

    def changeform_view(self, request, *args, **kwargs):
        response = super().changeform_view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.FOUND and getattr(request, "taken_out", ""):
            messages.info(request, request.taken_out)
        return response
