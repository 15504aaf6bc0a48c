"""Reworking a live article in a second row: begin, put in its place, drop."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import edition, moments, revisions, reworks
from articles.lists import among
from articles.models import Article
from articles.snapshots import snapshot

from .pages import desk_page
from .paging import is_key

NOT_SEEN = "-"  # stands for no version
NEEDED = ["title", "slug", "language", "status", "published_at", "updated_at", "version", "draft_of_id"]


class LostRework(Exception):
    """The rework that a form was sent for went while the form waited for its lock."""


def form_of(pk):
    return reverse("admin:articles_article_change", args=[pk])


def in_state(articles, **state):
    """Return those articles that are in a state or whose rework is."""
    reworks = Article.objects.filter(draft_of__isnull=False, **state)
    return articles.filter(models.Q(**state) | models.Q(among(reworks.order_by().values("draft_of"))))


class ReworkAdmin:
    """For use before the admin of articles."""

    def get_urls(self):
        start = self.admin_site.admin_view(require_POST(self.start_rework))
        drop = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.drop_rework))
        compare = self.admin_site.admin_view(require_safe(self.compare_rework))
        return [
            path("<int:pk>/rework/", start, name="articles_article_rework"),
            path("<int:pk>/drop/", drop, name="articles_article_drop"),
            path("<int:pk>/rework/compare/", compare, name="articles_article_compare_rework"),
            *super().get_urls(),
        ]

    # Finding

    def lock_rows(self, pk):
        reworks.lock_original(pk)
        super().lock_rows(pk)

    def get_search_results(self, request, queryset, search_term):
        """A rework is found through its article, in the list as where another article is chosen."""
        return super().get_search_results(request, queryset.filter(draft_of=None), search_term)

    def with_reworks(self, queryset):
        """With what the list says of each article's rework, as {"pk", "status", "at", "by"} or None."""
        found = Article.objects.filter(draft_of=models.OuterRef("pk")).order_by()
        said = JSONObject(pk="pk", status="status", at="published_at", by="created_by__username")
        return queryset.annotate(
            rework_said=models.Subquery(found.values(said=said)[:1], output_field=models.JSONField())
        )

    def rework_mark(self, article):
        """Return a link to an article's rework with its state, for the list; nothing where there is none."""
        rework = getattr(article, "rework_said", None)
        if not rework:
            return ""
        words = gettext("Rework: %(state)s") % {"state": Article.Status(rework["status"]).label.lower()}
        if rework["status"] == Article.Status.PUBLISHED:
            when = moments.in_short(parse_datetime(rework["at"]))
            words = gettext("Rework: due on %(when)s") % {"when": when}
        return format_html(' <a class="desk-rework-mark" href="{}">{}</a>', form_of(rework["pk"]), words)

    # The form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        original = self.original_of_lost(request, object_id)
        if original is None:
            try:
                return super().changeform_view(request, object_id, form_url, extra_context)
            except LostRework:
                original = self.original_of_lost(request, object_id)
        return self.save_what_lost_its_rework(request, original, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and obj.draft_of_id:
            live = Article.objects.only(*NEEDED).get(pk=obj.draft_of_id)
            context |= {"rework_of": live, "is_behind": live.version != obj.draft_of_version}
        elif obj is not None:
            found = Article.objects.filter(draft_of=obj).select_related("created_by")
            context["rework"] = found.only(
                "created_at", "status", "published_at", "draft_of_id", "created_by__username"
            ).first()
            context["may_rework"] = obj.is_published and self.may_rework(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def settle_rework(self, request, rework):
        """Put a rework that was saved as due in its article's place, or say how it stands; lead on."""
        is_due = rework.status == Article.Status.PUBLISHED and rework.published_at <= edition.now()
        if is_due and not request.user.has_perm("articles.publish_article"):
            raise PermissionDenied
        if is_due and (original := reworks.publish(rework, request.user)):
            return self.say_replaced(request, original)
        said = gettext("The rework of “{}” is saved; readers still see the old text.")
        if rework.is_scheduled:
            zone = timezone.get_current_timezone_name()
            said = gettext("The rework of “{}” replaces the text on %(when)s (%(zone)s).") % {
                "when": moments.in_full(rework.published_at),
                "zone": zone,
            }
        preview = reverse("admin:articles_article_preview", args=[rework.pk])
        link = format_html('<a href="{}">{}</a>', preview, gettext("Preview"))
        self.message_user(request, format_html("{} {}", format_html(said, rework.title), link))
        return HttpResponseRedirect(form_of(rework.pk))

    def say_replaced(self, request, original):
        if original.is_published:
            said = gettext("“{}” is replaced: readers see the new text.")
            link = format_html('<a href="{}">{}</a>', original.get_absolute_url(), gettext("See it"))
        else:
            said, link = gettext("“{}” is replaced; readers do not see it, as before."), ""
        text = format_html("{} {}", format_html(said, original.title), link)
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(form_of(original.pk))

    # Where the rework was put in its place, or dropped, while somebody was writing in it

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is None and self.original_of_lost(request, object_id):
            raise LostRework
        return found

    def original_of_lost(self, request, object_id):
        """Return the article of the rework that a form was sent for, where that rework is gone."""
        sent = request.POST.get("rework_of", "") if request.method == "POST" else ""
        if not (is_key(sent) and is_key(object_id)):
            return None
        if Article.objects.filter(pk=object_id).exists():
            return None
        original = self.get_queryset(request).filter(pk=sent, draft_of=None).first()
        return original if original and self.may_rework(request, original) else None

    def save_what_lost_its_rework(self, request, original, form_url, extra_context):
        """Keep what was written in a new rework, unless it says what the article says by now.

        Where the next one is begun already, both texts are shown first, as to any two who write at once.
        """
        request.POST = as_new_rows(request.POST)
        with transaction.atomic():
            rework = reworks.start(original, request.user)
            if rework.version and request.POST.get("meant_for") != str(rework.pk):
                request.POST["seen"] = NOT_SEEN
            extra_context = {**(extra_context or {}), "meant_for": rework.pk, "there": snapshot(rework)}
            # The form carries all the rows, as those of the rework that is gone.
            rework.bylines.all().delete()
            rework.related_links.all().delete()
            rework.drawn_on.all().delete()
            answer = super().changeform_view(request, str(rework.pk), form_url, extra_context)
            if not isinstance(answer, HttpResponseRedirect):
                answer.render()
                transaction.set_rollback(True)
                return answer
            rework, original = Article.objects.get(pk=rework.pk), Article.objects.get(pk=original.pk)
            if reworks.same_text(rework, original):
                reworks.drop(rework, request.user)
                list(messages.get_messages(request))
                return self.say_replaced(request, original)
        said = gettext(
            "Meanwhile the rework that you wrote in was put in its place or dropped. What you wrote is kept "
            "in this new one."
        )
        self.message_user(request, said, messages.WARNING)
        return answer

    def view_on_site(self, article):
        """Only what has an address that answers; the preview is beside the buttons."""
        is_there = article.is_published or (
            article.status == article.Status.WITHDRAWN and not article.draft_of_id
        )
        return article.get_absolute_url() if is_there else None

    def compare_rework(self, request, pk):
        """Show the live text and its rework side by side, as they are saved now."""
        rework = self.find(request, pk)
        if not rework.draft_of_id:
            raise Http404(gettext("This is no rework."))
        live = self.find(request, rework.draft_of_id)
        return desk_page(
            self,
            request,
            "articles/article/compare_rework.html",
            title=gettext("What the rework changes in “%s”") % live,
            original=rework,
            live=live,
            comparison=revisions.compare_to_rework(live, rework),
        )

    # The buttons

    def may_rework(self, request, article):
        """Whoever may change the article; its writer too, whose rework an editor publishes."""
        if not self.has_change_permission(request):
            return False
        return article.created_by_id == request.user.pk or self.has_change_permission(request, article)

    def start_rework(self, request, pk):
        article = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.may_rework(request, article):
            raise PermissionDenied
        if not article.is_published:
            self.message_user(
                request, gettext("Readers do not see this article: change it here."), messages.WARNING
            )
            return HttpResponseRedirect(form_of(article.pk))
        is_new = not Article.objects.filter(draft_of=article).exists()
        rework = reworks.start(article, request.user)
        if not is_new:
            said = gettext("There is a rework already: here it is.")
        else:
            said = gettext("Write: readers keep the old text until you replace it.")
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(form_of(rework.pk))

    def drop_rework(self, request, pk):
        """Ask once, then give the rework up."""
        rework = get_object_or_404(self.get_queryset(request).select_related(None), pk=pk)
        if not self.has_change_permission(request, rework):
            raise PermissionDenied
        if not rework.draft_of_id:
            raise Http404(gettext("This is no rework."))
        if request.method == "POST":
            reworks.drop(rework, request.user)
            self.message_user(
                request,
                gettext("The rework is dropped; readers go on to see the old text."),
                messages.SUCCESS,
            )
            return HttpResponseRedirect(form_of(rework.draft_of_id))
        return desk_page(
            self,
            request,
            "articles/article/drop_rework.html",
            title=_("Drop the rework?"),
            original=rework,
            rework_of=Article.objects.only(*NEEDED).get(pk=rework.draft_of_id),
        )

    def delete_model(self, request, obj):
        """Deleting a rework is dropping it."""
        if obj.draft_of_id:
            reworks.drop(obj, request.user)
        else:
            super().delete_model(request, obj)


def as_new_rows(sent):
    """Return what a form sent as if its rows had never been saved, and nothing but “Save” were pressed."""
    new = sent.copy()
    for name in sent:
        _prefix, _hyphen, rest = name.partition("-")
        number, _hyphen, field = rest.partition("-")
        # A row names its own key and its article's; both are of the rework that is gone.
        is_key = number.isdecimal() and field in ("id", "article", "mention")
        if rest == "INITIAL_FORMS":
            new[name] = "0"
        elif is_key or name in ("_publish", "_schedule"):
            del new[name]
    if "meant_for" not in sent:
        # The version that was opened is one of the rework that is gone.
        new["seen"] = ""
    new["_save"] = "1"
    return new
