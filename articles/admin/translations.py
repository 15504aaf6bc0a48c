"""The same piece in other languages, in the form of an article."""

from django.db import transaction
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from articles import translations

from .workflow import without


class TranslationsAdmin:
    """For use before the admin of articles."""

    def get_fieldsets(self, request, obj=None):
        """A rework is in no group: what readers are led to is said of the article that it belongs to."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not obj.draft_of_id:
            return fieldsets
        return [without(fieldset, {"translations", "translations_seen"}) for fieldset in fieldsets]

    def get_object(self, request, object_id, from_field=None):
        # Before its row is locked: whoever has the turn locks the rows of others.
        is_saved = request.method == "POST" and transaction.get_connection().in_atomic_block
        if is_saved and translations.is_changed(request.POST):
            translations.take_turns()
        return super().get_object(request, object_id, from_field)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        names = {"editor": request.user}
        if obj is not None and obj.draft_of_id:
            names |= {"translations": None, "translations_seen": None}
        else:
            # Every form has its own field, with the widget that this desk looks articles up with.
            names["translations"] = translations.TranslationsField(
                label=form.base_fields["translations"].label,
                help_text=form.base_fields["translations"].help_text,
                widget=translations.TranslationsSelect(self.admin_site),
            )
        return type(form)("ArticleForm", (form,), names)

    def translations(self, article):
        """Return the titles of an article's translations, for those who may not change it."""
        found = [(str(other), other.get_language_display()) for other in translations.others(article)]
        return format_html_join(", ", "{} ({})", found) or "–"

    translations.short_description = _("Translations")
