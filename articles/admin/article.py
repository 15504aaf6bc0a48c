"""Articles: writing, publishing and the list of all."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from articles import edition, moments, narrations
from articles.forms import ArticleForm
from articles.models import Article, Byline, OutboundLink, RelatedLink, Tag
from articles.models.workflow import State

from .autosave import AutosaveAdmin
from .bulk import ArticleBulkAdmin
from .comments import CommentsAdmin
from .correction import CorrectionAdmin, ReviewFilter, review_words
from .desk import AutocompleteRows, OrderedInline, TextAdmin, row_form
from .draft_links import DraftLinksAdmin
from .finding import FindingAdmin
from .journal import JournalAdmin
from .narration import NarrationAdmin
from .parts import PartAdmin
from .press import DrawnOnInline, PressAdmin
from .preview import PreviewAdmin
from .related import RelatedAdmin
from .revisions import RevisionsAdmin
from .rework import ReworkAdmin, in_state
from .translations import TranslationsAdmin
from .workflow import WorkflowAdmin

HEAVY = ["body", "body_html", "body_text", "outline", "search", "search_head", "desk_search", "keywords"]


class BylineInline(AutocompleteRows, OrderedInline):
    model = Byline
    form = row_form("author")
    fields = ["author", "position"]
    autocomplete_fields = ["author"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("author")

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if obj is None else 0


class RelatedLinkInline(AutocompleteRows, OrderedInline):
    model = RelatedLink
    form = row_form("target")
    fk_name = "article"
    fields = ["target", "url", "title", "note", "position"]
    autocomplete_fields = ["target"]

    def get_queryset(self, request):
        heavy = [f"target__{name}" for name in HEAVY]
        return super().get_queryset(request).select_related("target").defer(*heavy)


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return State.choices

    def queryset(self, request, queryset):
        state = self.value()
        if state == "live":
            return queryset.published()
        if state == "scheduled":
            return in_state(queryset, status=Article.Status.PUBLISHED, published_at__gt=edition.now())
        return in_state(queryset, status=state) if state in Article.Status.values else queryset


class ArticleList(ChangeList):
    def get_queryset(self, request, exclude_parameters=None):
        queryset = super().get_queryset(request, exclude_parameters).filter(draft_of=None)
        return self.model_admin.with_reworks(queryset.for_list())


@admin.register(Article)
class ArticleAdmin(
    JournalAdmin,
    DraftLinksAdmin,
    ReworkAdmin,
    RevisionsAdmin,
    WorkflowAdmin,
    ArticleBulkAdmin,
    AutosaveAdmin,
    CommentsAdmin,
    CorrectionAdmin,
    NarrationAdmin,
    PartAdmin,
    PreviewAdmin,
    RelatedAdmin,
    TranslationsAdmin,
    PressAdmin,
    FindingAdmin,
    AutocompleteRows,
    TextAdmin,
):
    form = ArticleForm
    fieldsets = [
        (None, {"fields": [("kind", "language"), "title", "slug", "standfirst", "body", "seen"]}),
        (_("Beside the text"), {"fields": ["lead_image", "tags", "translations", "translations_seen"]}),
        (
            _("Source elsewhere"),
            {
                "classes": ["collapse"],
                "description": _("For a mention in the press, or a text that was first published elsewhere."),
                "fields": [
                    "source_outlet",
                    "source_journalist",
                    "source_date",
                    "source_title",
                    "source_url",
                    "source_archive",
                    "source_quote",
                    "source_quote_language",
                ],
            },
        ),
        (
            _("Event"),
            {
                "classes": ["collapse"],
                "description": _("For an announcement."),
                "fields": ["event_starts_at", "event_ends_at", "event_place"],
            },
        ),
        (
            _("Series and review"),
            {"classes": ["collapse"], "fields": ["series", ("review_by", "reviewed_on")]},
        ),
        (_("Publication"), {"fields": ["published_at"]}),
    ]
    inlines = [BylineInline, DrawnOnInline, RelatedLinkInline]
    list_display = ["title", "state", "next_step", "kind", "byline", "date", "language"]
    list_filter = [StateFilter, ReviewFilter, "kind", "language"]
    list_per_page = 40
    sortable_by = ["title", "date"]
    autocomplete_fields = ["series"]
    actions = ["publish", "take_back", "add_tags", "remove_tags"]

    def get_queryset(self, request):
        """Leave out what no page of the desk shows; lists leave out the text too."""
        shown = super().get_queryset(request).select_related("lead_image", "series")
        return narrations.with_recordings(shown.defer(*(name for name in HEAVY if name != "body")))

    def get_changelist(self, request, **kwargs):
        return ArticleList

    def get_urls(self):
        suggest = self.admin_site.admin_view(require_safe(self.suggest_tags))
        return [
            path("tags/", suggest, name="articles_tag_suggest"),
            *super().get_urls(),
        ]

    # The list

    @admin.display(description=_("state"))
    def state(self, article):
        kind = "scheduled" if article.is_scheduled else article.status
        marks = self.rework_mark(article), self.recording_mark(article)
        return format_html('<span class="desk-state {}">{}</span>{}{}', kind, article.state.label, *marks)

    @admin.display(description=_("next"))
    def next_step(self, article):
        if article.is_review_due(timezone.localdate()):
            return review_words(article)
        if article.is_published:
            return format_html('<a href="{}">{}</a>', article.get_absolute_url(), _("See it"))
        if article.is_scheduled:
            return _("Appears by itself")
        if article.status == Article.Status.WITHDRAWN:
            return _("Readers see why")
        if article.status == Article.Status.IN_REVIEW:
            return _("Waits for an editor")
        if not article.standfirst:
            return _("Standfirst is missing")
        if not article.bylines.all():
            return _("Byline is missing")
        return _("Publish or schedule")

    @admin.display(description=_("byline"))
    def byline(self, article):
        return article.byline_text or "–"

    @admin.display(description=_("date"), ordering="published_at")
    def date(self, article):
        return moments.in_short(article.published_at) if article.published_at else "–"

    # The form

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.index()
        # Again, since the rows of related links have only now been written.
        OutboundLink.objects.record(form.instance)

    def response_add(self, request, obj, post_url_continue=None):
        return self.say_and_stay(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self.say_and_stay(request, obj) or super().response_change(request, obj)

    def say_and_stay(self, request, article):
        """Say what happened and lead back to the form; None for a popup, which closes itself."""
        if "_popup" in request.POST:
            return None
        if article.draft_of_id:
            return self.settle_rework(request, article)
        if article.state in ("live", "withdrawn"):
            link, words = article.get_absolute_url(), gettext("See it")
        else:
            link, words = reverse("admin:articles_article_preview", args=[article.pk]), gettext("Preview")
        happened = self.what_happened(article).format(article.title)
        text = format_html('{} <a href="{}">{}</a>', happened, link, words)
        self.message_user(request, text, messages.SUCCESS)
        if article.state == "live":
            self.tell_findings(request, article)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))

    def suggest_tags(self, request):
        """Answer with up to 20 tags that hold what was typed, in Select2's form; the best ones first."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        found = Tag.objects.suggest(request.GET.get("term", "")[:100]).values_list("name", "begins")
        return JsonResponse(
            {"results": [{"id": name, "text": name, "begins": begins} for name, begins in found]}
        )
