"""The history of an article: every save, any two side by side, any one brought back; two editors at once."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from articles import journal, markup, revisions, snapshots
from articles.models import Article, Image, RelatedLink
from articles.widgets import MODULE

from .pages import desk_page
from .paging import is_key

PER_PAGE = 50


class RevisionsAdmin:
    """Keeps each save by a person and shows what was kept; for use before the other admins of an article."""

    @property
    def media(self):
        sheet = {"all": ["admin-desk/revisions.css"]}
        script = forms.Script("admin-desk/revisions.js", **MODULE)
        return super().media + forms.Media(css=sheet, js=[script])

    def get_urls(self):
        compare = self.admin_site.admin_view(require_safe(self.compare_view))
        restore = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.restore_view))
        return [
            path("<int:pk>/history/compare/", compare, name="articles_article_compare"),
            path("<int:pk>/history/<int:number>/restore/", restore, name="articles_article_restore"),
            *super().get_urls(),
        ]

    # Keeping

    def save_model(self, request, obj, form, change):
        if change:
            revisions.keep_first(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        before = form.initial_status if change else None
        revisions.record(form.instance, request.user, revisions.what_happened(form.instance, before))

    # Two at once

    def render_change_form(self, request, context, *args, **kwargs):
        form, article = context["adminform"].form, context.get("original")
        context["may_see_past"] = article is not None and article.is_open_to(request.user)
        if form.is_overtaken:
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            context["conflict"] = conflict(form, formsets, context.get("there"))
        return super().render_change_form(request, context, *args, **kwargs)

    # The history

    def history_view(self, request, object_id, extra_context=None):
        article = self.find(request, object_id)
        before = article.revisions.filter(number=models.OuterRef("number") - 1)
        versions = article.revisions.defer("snapshot").select_related("user")
        versions = versions.annotate(has_before=models.Exists(before))
        page = Paginator(versions, PER_PAGE).get_page(request.GET.get("p"))
        context = {
            "title": gettext("History of “%s”") % article,
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            "may_restore": self.has_change_permission(request, article),
            **(extra_context or {}),
        }
        return desk_page(self, request, "articles/article/history.html", original=article, **context)

    def compare_view(self, request, pk):
        """Show any two versions side by side, the earlier one first; one alone is shown whole."""
        article = self.find(request, pk)
        numbers = sorted({version_number(request.GET.get(name)) for name in ("old", "new")} - {None})
        chosen = article.revisions.filter(number__in=numbers).select_related("user")
        found = {revision.number: revision for revision in chosen}
        missing = [number for number in numbers if number not in found]
        if missing or not numbers:
            wanted = ", ".join(map(str, missing)) or "?"
            messages.error(request, gettext("There is no version %s of this article.") % wanted)
            return HttpResponseRedirect(reverse("admin:articles_article_history", args=[article.pk]))
        old, new = found[numbers[0]] if len(numbers) > 1 else None, found[numbers[-1]]
        title = gettext("What changed in “%s”") if old else gettext("A version of “%s”")
        context = {
            "title": title % article,
            "old": old,
            "new": new,
            "latest": article.version,
            "comparison": revisions.compare(old and old.snapshot, new.snapshot),
            "may_restore": self.has_change_permission(request, article),
        }
        return desk_page(self, request, "articles/article/compare.html", original=article, **context)

    def restore_view(self, request, pk, number):
        """Show what restoring would change, and restore when the button is pressed."""
        article = self.find(request, pk)
        revision = article.revisions.filter(number=number).select_related("user").first()
        if revision is None:
            raise Http404
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        if request.method == "POST":
            if self.restore_over(request, article, revision):
                return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
            article = self.find(request, pk)
        title = gettext("Restore version %(number)s of “%(title)s”?")
        context = {
            "title": title % {"number": number, "title": article},
            "revision": revision,
            "comparison": revisions.compare_to_restore(article, revision),
        }
        return desk_page(self, request, "articles/article/restore.html", original=article, **context)

    def restore_over(self, request, article, revision):
        """Restore over the version that the editor saw, say what happened, and return whether it did."""
        try:
            with transaction.atomic():
                # Before the article, as everywhere.
                Image.objects.lock(markup.image_ids(revision.snapshot["fields"]["body"]))
                present = self.get_object(request, str(article.pk))
                if present is None or request.POST.get("seen") != str(present.version):
                    messages.error(
                        request, gettext("Somebody saved this article meanwhile. Look again below.")
                    )
                    return False
                gone = revisions.restore(present, revision, request.user)
                journal.note_all(
                    request.user, [present.pk], journal.RESTORED, made_versions=True, number=revision.number
                )
        except IntegrityError:
            # Something that the old text needs was deleted this very moment.
            messages.error(request, gettext("This did not work, and nothing was changed. Try again."))
            return False
        words = gettext("Version %s is back; what it replaced stays in the history.")
        messages.success(request, words % revision.number)
        for sentence in gone:
            messages.warning(request, sentence)
        return True

    def find(self, request, pk):
        """Return an article whose past this person may see: what readers never saw stays among colleagues."""
        article = Article.objects.filter(pk=pk).first() if is_key(pk) else None
        if article is None:
            raise Http404
        if not (self.has_view_or_change_permission(request, article) and article.is_open_to(request.user)):
            raise PermissionDenied
        return article


def version_number(value):
    """Return a number from an address, or None where it is none."""
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else None


def conflict(form, formsets, there=None):
    """Return what an editor typed beside what somebody else saved meanwhile: `there`, or what is found."""
    saved, article = Article.objects.get(pk=form.instance.pk), form.instance
    try:
        article.body = markup.clean(article.body)
    except markup.Refused:
        article.body = saved.body
    rows = {formset.prefix: typed_rows(formset) for formset in formsets}
    typed = snapshots.typed(
        article,
        tags=form.cleaned_data.get("tags", [tag.name for tag in form.initial.get("tags", [])]),
        authors=[row["author"] for row in rows.get("bylines", []) if row.get("author")],
        related=[
            RelatedLink(**{name: row.get(name) or blank for name, blank in RELATED.items()})
            for row in rows.get("related_links", [])
            if row.get("target") or row.get("url")
        ],
        drew_on=[row["analysis"] for row in rows.get("drawn_on", []) if row.get("analysis")],
    )
    is_wrong = form.errors.keys() - {"__all__"} or not all(formset.is_valid() for formset in formsets)
    return {
        "comparison": revisions.compare(there or snapshots.snapshot(saved), typed),
        "revision": saved.revisions.select_related("user").defer("snapshot").first(),
        "is_incomplete": bool(is_wrong),
    }


RELATED = {"target": None, "url": "", "title": "", "note": ""}


def typed_rows(formset):
    """Return what was typed into the rows of an inline that stay, in the order of their positions."""
    typed = [getattr(form, "cleaned_data", {}) for form in formset.forms]
    kept = [row for row in typed if row and not row.get("DELETE")]
    return sorted(kept, key=lambda row: row.get("position") or 0)
