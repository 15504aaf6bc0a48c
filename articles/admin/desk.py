"""What the pages of the desk have in common."""

import re

from django import forms
from django.contrib import admin
from django.contrib.messages.storage import default_storage
from django.db import IntegrityError, OperationalError, models, transaction
from js_asset import Media

from articles.forms import DeskForm
from articles.models import Article, Image
from articles.widgets import MODULE, LabelledSplitDateTime, PictureInput, RowAutocomplete

from .paging import LongList, is_key
from .pasted import PastedAdmin

# A picture as the browser's editor writes it into a body.
SHOWN = re.compile(r'data-image="?([1-9][0-9]{0,17})')
DEADLOCK = "40P01"  # PostgreSQL, appendix A: deadlock_detected


class ReadOnly:
    """Rows that nobody makes, changes or deletes at the desk; for use before an admin class."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class PictureFields:
    """Foreign keys to the image library are chosen in its dialog."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.ForeignKey) and db_field.related_model is Image:
            return db_field.formfield(widget=PictureInput)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class DeskAdmin(PictureFields, LongList):
    form = DeskForm
    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": LabelledSplitDateTime}
    }

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Where somebody else took a unique value after ours was checked, check again: now it is an error.

        Where two waited for each other and PostgreSQL undid this one, do it again: the other is through.
        """
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, OperationalError) as error:
            if isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", "") != DEADLOCK:
                raise
            # What the first attempt told the editor did not happen.
            request._messages = default_storage(request)
            return super().changeform_view(request, object_id, form_url, extra_context)


class TextAdmin(PastedAdmin, DeskAdmin):
    """The admin of a text with a body that is written in the editor."""

    prepopulated_fields = {"slug": ["title"]}

    def get_object(self, request, object_id, from_field=None):
        """Return the text; two who save it at once take turns, so that the second sees what the first did."""
        # What only shows the text and its past takes no lock.
        is_saved = request.method == "POST" and transaction.get_connection().in_atomic_block
        if is_saved and is_key(object_id):
            Image.objects.lock({int(pk) for pk in SHOWN.findall(request.POST.get("body", ""))})
            self.lock_rows(object_id)
        return super().get_object(request, object_id, from_field)

    def lock_rows(self, pk):
        """Lock the text for the rest of the transaction; its pictures are locked before."""
        list(self.model.objects.select_for_update(no_key=True).filter(pk=pk).values("pk"))

    def get_prepopulated_fields(self, request, obj=None):
        # An address that was public once should not change with the title.
        return self.prepopulated_fields if obj is None else {}

    def render_change_form(self, request, context, *args, **kwargs):
        media = context["media"]
        if not isinstance(media, Media):
            media = Media.from_media(media)
        # The import map is an inline script, so it needs the nonce of this answer (CSP Level 3).
        context["media"] = media.with_nonce(str(request.csp_nonce))
        return super().render_change_form(request, context, *args, **kwargs)

    @property
    def media(self):
        return super().media + forms.Media(js=[forms.Script("admin-desk/text-form.js", **MODULE)])


class OrderedForm(DeskForm):
    def has_changed(self):
        """A row of which only the position was counted is still an empty row."""
        if self.instance.pk:
            return super().has_changed()
        return bool(set(self.changed_data) - {"position"})


class OrderedInline(PictureFields, admin.TabularInline):
    """Rows in an order that the editor gives with “Move up” and “Move down”."""

    form = OrderedForm
    extra = 0
    max_num = 100
    absolute_max = 400  # rows that are read at all, whatever a request claims

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"absolute_max": self.absolute_max, **kwargs})

    @property
    def media(self):
        return super().media + forms.Media(js=[forms.Script("admin-desk/ordered-rows.js", **MODULE)])


def row_form(*names):
    """Return the form of an inline whose autocompletes take each row's choice from the fetched row."""

    class RowForm(OrderedForm):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            for name in names:
                field = self.fields[name]
                if self.instance.pk and isinstance(field, forms.ModelChoiceField):
                    # What a colleague chose stays, whether or not this person may look at it.
                    chosen = field.queryset.model.objects.filter(pk=getattr(self.instance, f"{name}_id"))
                    field.queryset |= chosen
                widget = getattr(field.widget, "widget", field.widget)
                if self.instance.pk and isinstance(widget, RowAutocomplete):
                    widget.chosen = getattr(self.instance, name)

    return RowForm


class AutocompleteRows:
    """An inline whose autocomplete fields cost no query for each row; for use before OrderedInline."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = RowAutocomplete(db_field, self.admin_site, using=kwargs.get("using"))
        if db_field.related_model is Article:
            kwargs["queryset"] = Article.objects.filter(draft_of=None).visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
