"""Who may do what with an article, the steps from draft to live, and the checklist on the way."""

from django.contrib import messages
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import checklist, moments
from articles.models import Article

FOR_EDITORS = {"published_at"}


class WorkflowAdmin:
    """For use before the admin of articles."""

    # Who may do what

    def has_publish_permission(self, request):
        return request.user.has_perm("articles.publish_article")

    def has_view_permission(self, request, obj=None):
        allowed = super().has_view_permission(request, obj)
        return allowed and (obj is None or obj.is_visible_to(request.user))

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.may_be_changed_by(request.user))

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    # The form

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not self.has_publish_permission(request):
            fieldsets = [without(fieldset, FOR_EDITORS) for fieldset in fieldsets]
            return [fieldset for fieldset in fieldsets if fieldset[1]["fields"]]
        if obj is not None and obj.status == Article.Status.WITHDRAWN:
            return [(_("Withdrawn"), {"fields": ["withdrawn_reason"]}), *fieldsets]
        return fieldsets

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.may_publish = self.has_publish_permission(request)
        form.held = getattr(request, "held", ())
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Where the checklist holds the article back, undo what was saved and show what it found."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except checklist.Held as held:
            request.held = held.findings
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
        form.take_step()

    def save_related(self, request, form, formsets, change):
        """The checklist looks at the article as it would be read, so it runs once all of it is saved."""
        super().save_related(request, form, formsets, change)
        if form.step in ("publish", "schedule"):
            form.overridden = checklist.demand(form.instance, request.user, form.accepted)

    def tell_findings(self, request, article):
        """Say what the checklist finds in an article that readers have already."""
        if findings := checklist.check(article):
            sentences = format_html_join("", "<li>{}</li>", [(finding.sentence,) for finding in findings])
            text = format_html("{}<ul>{}</ul>", gettext("The checklist finds in it:"), sentences)
            self.message_user(request, text, messages.WARNING)

    def what_happened(self, article):
        """Return a sentence, with {} for the title, about a saved article's state."""
        if article.state == "live":
            return gettext("“{}” is live.")
        if article.state == "scheduled":
            when = moments.with_zone(article.published_at)
            return gettext("“{}” is scheduled for %(when)s.") % {"when": when}
        if article.state == "review":
            return gettext("“{}” waits for an editor; readers do not see it.")
        if article.state == "withdrawn":
            return gettext("“{}” is withdrawn: at its address readers see why.")
        return gettext("“{}” is saved; readers do not see it.")


def without(fieldset, names):
    """Return a fieldset without some fields."""
    title, options = fieldset
    rows = [
        tuple(name for name in row if name not in names) if isinstance(row, tuple | list) else row
        for row in options["fields"]
        if row not in names
    ]
    return title, {**options, "fields": [row for row in rows if row]}
