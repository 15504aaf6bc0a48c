"""Who may do what with an article, the steps from draft to live, and the checklist on the way."""

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles import checklist, revisions
from articles.models import Article

FOR_EDITORS = {"published_at"}
AT_ONCE = 100  # whole articles in memory
NAMED = 10


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
            checklist.demand(form.instance, request.user, form.accepted)

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
            local = timezone.localtime(article.published_at)
            when = f"{date_format(local, 'DATETIME_FORMAT')} ({timezone.get_current_timezone_name()})"
            return gettext("“{}” is scheduled for %(when)s.") % {"when": when}
        if article.state == "review":
            return gettext("“{}” waits for an editor; readers do not see it.")
        if article.state == "withdrawn":
            return gettext("“{}” is withdrawn: at its address readers see why.")
        return gettext("“{}” is saved; readers do not see it.")

    # The list

    @admin.action(description=_("Publish the chosen articles"), permissions=["publish"])
    def publish(self, request, queryset):
        ready = queryset.filter(draft_of=None).exclude(pk__in=Article.objects.published().values("pk"))
        pks = sorted(ready.values_list("pk", flat=True))
        count, held = 0, {}
        for start in range(0, len(pks), AT_ONCE):
            with transaction.atomic():
                chosen = Article.objects.filter(pk__in=pks[start : start + AT_ONCE]).order_by("pk")
                articles = list(chosen.select_for_update(no_key=True))
                findings = checklist.check_all(articles)
                held |= {article: findings[article.pk] for article in articles if findings[article.pk]}
                passed = chosen.filter(pk__in=[each.pk for each in articles if not findings[each.pk]])
                count += self.move(request, passed, "publish", revisions.MOVES[Article.Status.PUBLISHED])
        if count or not held:
            words = ngettext("%d article is live.", "%d articles are live.", count)
            self.message_user(request, words % count)
        if held:
            self.tell_held(request, held)

    @admin.action(description=_("Take the chosen articles back to draft"), permissions=["publish"])
    def take_back(self, request, queryset):
        chosen = Article.objects.filter(pk__in=queryset.values("pk")).exclude(status=Article.Status.DRAFT)
        count = self.move(request, chosen, "take_back", revisions.MOVES[Article.Status.DRAFT])
        words = ngettext("%d article is a draft.", "%d articles are drafts.", count)
        self.message_user(request, words % count)

    def move(self, request, articles, step, action):
        """Let all of them take a step, as one save of each and one entry in the log; return how many."""
        with revisions.saving(articles, request.user, action) as pks:
            moved = Article.objects.filter(pk__in=pks)
            count = getattr(moved, step)()
            changed = [{"changed": {"fields": [str(_("status"))]}}]
            LogEntry.objects.log_actions(request.user.pk, moved.only("title"), CHANGE, changed)
        return count

    def tell_held(self, request, held):
        """Name the articles that the checklist held back, each with the first thing that it found."""
        rows = [
            (reverse("admin:articles_article_change", args=[article.pk]), article.title, findings[0].sentence)
            for article, findings in list(held.items())[:NAMED]
        ]
        words = ngettext(
            "The checklist held %d article back; open it to put it right or to publish it all the same:",
            "The checklist held %d articles back; open each to put it right or to publish it all the same:",
            len(held),
        )
        items = format_html_join("", '<li><a href="{}">{}</a>: {}</li>', rows)
        more = len(held) - len(rows)
        rest = ngettext("and %d more.", "and %d more.", more) % more if more else ""
        text = format_html("{}<ul>{}</ul>{}", words % len(held), items, rest)
        self.message_user(request, text, messages.WARNING)


def without(fieldset, names):
    """Return a fieldset without some fields."""
    title, options = fieldset
    rows = [
        tuple(name for name in row if name not in names) if isinstance(row, tuple | list) else row
        for row in options["fields"]
        if row not in names
    ]
    return title, {**options, "fields": [row for row in rows if row]}
