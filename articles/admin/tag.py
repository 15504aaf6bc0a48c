"""Subjects: their other names, merges and sweeps."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from articles import tagging
from articles.models import Article, Tag, TagAlias, TaggedArticle, TagMerge
from articles.tag_spotting import MAX_TEXT, spot

from .desk import DeskAdmin, ReadOnly
from .pages import desk_page

MAX_MERGED = 50
MAX_SWEPT = 500
LIST = "admin:articles_tag_changelist"


class TagAliasInline(admin.TabularInline):
    model = TagAlias
    fields = ["name", "slug"]
    extra = 1


def counted(tags):
    """Return some tags as a list, each with the number of its articles."""
    tags = list(tags)
    rows = TaggedArticle.objects.filter(tag__in=tags, content_object__draft_of=None).order_by()
    numbers = dict(rows.values_list("tag").annotate(Count("pk")))
    for tag in tags:
        tag.article_count = numbers.get(tag.pk, 0)
    return tags


class TagList(ChangeList):
    def get_results(self, request):
        """Count for the page's tags alone."""
        super().get_results(request)
        self.result_list = counted(self.result_list)


@admin.register(Tag)
class TagAdmin(DeskAdmin):
    fields = ["name", "slug", "description"]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "article_count", "description"]
    search_fields = ["name", "aliases__name"]
    inlines = [TagAliasInline]
    actions = ["merge"]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "unused/",
                view(require_http_methods(["GET", "POST"])(self.unused)),
                name="articles_tag_unused",
            ),
            path("spot/", view(require_POST(self.spot)), name="articles_tag_spot"),
            *super().get_urls(),
        ]

    def get_changelist(self, request, **kwargs):
        return TagList

    def get_search_results(self, request, queryset, search_term):
        """A tag is found by its other names too, each once."""
        for word in search_term.split():
            queryset = queryset.holding(word)
        return queryset, False

    @admin.display(description=_("articles"))
    def article_count(self, tag):
        return tag.article_count

    def get_prepopulated_fields(self, request, obj=None):
        return self.prepopulated_fields if obj is None else {}

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change and "name" in form.changed_data:
            Article.objects.filter(tagged__tag=form.instance).index()

    @admin.action(description=_("Make the chosen tags one"), permissions=["change"])
    def merge(self, request, queryset):
        """Ask which of the tags stays, and then let it take over the others."""
        tags = counted(queryset.order_by("name")[: MAX_MERGED + 1])
        tags.sort(key=lambda tag: -tag.article_count)
        if not 2 <= len(tags) <= MAX_MERGED:
            words = gettext("Choose between two and %(limit)d tags to make one of them.")
            self.message_user(request, words % {"limit": MAX_MERGED}, messages.WARNING)
            return None
        into = next((tag for tag in tags if str(tag.pk) == request.POST.get("into")), None)
        if into is None:
            return desk_page(
                self, request, "articles/tag/merge.html", title=gettext("Which tag stays?"), tags=tags
            )
        try:
            merge = tagging.merge(tags, into, request.user)
        except tagging.Gone:
            words = gettext(
                "Somebody else has just merged or deleted one of these tags; nothing was changed."
            )
            self.message_user(request, words, messages.ERROR)
            return HttpResponseRedirect(reverse(LIST))
        lost = ", ".join(f"“{tag.name}”" for tag in tags if tag != into)
        self.log_change(request, into, gettext("Took over %(tags)s.") % {"tags": lost})
        words = gettext("“%(tag)s” has taken over %(lost)s; old addresses lead there.")
        undo = reverse("admin:articles_tagmerge_change", args=[merge.pk])
        said = format_html(
            '{} <a href="{}">{}</a>', words % {"tag": into, "lost": lost}, undo, gettext("Undo")
        )
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse(LIST))

    def unused(self, request):
        """List the tags that no article has; POST deletes those that were listed and still are unused."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        if request.method == "GET":
            tags = Tag.objects.unused().order_by("name")[:MAX_SWEPT]
            return desk_page(
                self, request, "articles/tag/unused.html", title=gettext("Unused tags"), tags=tags
            )
        pks = [int(pk) for pk in request.POST.getlist("tag")[:MAX_SWEPT] if pk.isdecimal() and len(pk) < 18]
        listed = Tag.objects.filter(pk__in=pks)
        self.log_deletions(request, listed.unused())
        count = len(tagging.sweep(pks))
        words = ngettext("%d unused tag is deleted.", "%d unused tags are deleted.", count)
        self.message_user(request, words % count, messages.SUCCESS)
        return HttpResponseRedirect(reverse(LIST))

    def spot(self, request):
        """Answer with the names of known tags that a text speaks of."""
        if not any(request.user.has_perm(f"articles.{verb}_article") for verb in ("add", "change")):
            raise PermissionDenied
        return JsonResponse({"tags": spot(request.POST.get("text", "")[:MAX_TEXT])})


@admin.register(TagMerge)
class TagMergeAdmin(ReadOnly, DeskAdmin):
    """What merges did, for those who may change tags; each can be undone once."""

    fields = readonly_fields = ["lost", "into", "created_at", "user", "undone_at"]
    list_display = ["lost", "into", "created_at", "user", "undone_at"]
    list_select_related = ["into", "user"]
    actions = None

    def get_urls(self):
        undo = self.admin_site.admin_view(require_POST(self.undo))
        return [path("<int:pk>/undo/", undo, name="articles_tagmerge_undo"), *super().get_urls()]

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("articles.change_tag")

    @admin.display(description=_("taken over"))
    def lost(self, merge):
        return ", ".join(tag["name"] for tag in merge.record["tags"])

    def undo(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        merge = get_object_or_404(TagMerge, pk=pk)
        try:
            undone = tagging.undo(merge, request.user)
        except tagging.Gone:
            self.message_user(request, gettext("This merge has been undone already."), messages.WARNING)
        else:
            level = messages.WARNING if undone.articles_gone or undone.taken else messages.SUCCESS
            self.message_user(request, " ".join(sentences(undone)), level)
        return HttpResponseRedirect(reverse(LIST))


def sentences(undone):
    """Yield what undoing a merge did, and what it could not do."""
    if undone.tags:
        yield gettext("These are tags of their own again: %(tags)s.") % {
            "tags": ", ".join(tag.name for tag in undone.tags)
        }
    if undone.articles_gone:
        yield (
            ngettext(
                "%d article that carried them no longer exists.",
                "%d articles that carried them no longer exist.",
                undone.articles_gone,
            )
            % undone.articles_gone
        )
    for name in undone.taken:
        yield gettext("“%(name)s” names another tag by now, which its articles were given.") % {"name": name}
