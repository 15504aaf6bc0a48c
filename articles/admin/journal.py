"""Who did what: each article's log in sentences, and the list of everything, which nobody changes."""

from datetime import datetime, time, timedelta

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from articles import journal, moments
from articles.models import Revision
from articles.models.fields import EARLIEST, LATEST

from .desk import ReadOnly
from .pages import desk_page
from .paging import LongList, is_key

PER_PAGE = 100
FARTHEST = 1000  # pages
DAYS = 14  # offered as filters
COLLEAGUES = 200  # offered as filters
STEPS = {
    "submit": journal.SUBMITTED,
    "send_back": journal.SENT_BACK,
    "take_back": journal.TAKEN_BACK,
}


class JournalAdmin:
    """Writes each save of the form down, and shows an article's log; for use before its other admins."""

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.log_view))
        return [path("<int:pk>/history/log/", view, name="articles_article_log"), *super().get_urls()]

    def construct_change_message(self, request, form, formsets, add=False):
        """Return Django's message of what changed, with what was done and overridden before it."""
        article = form.instance
        revision = Revision.objects.filter(article=article, number=article.version).only("pk").first()
        done = [journal.did(action, **details) for action, details in what_was_done(form, add)]
        done += [journal.did(journal.OVERRODE, warning=sentence) for sentence in form.overridden]
        message = super().construct_change_message(request, form, formsets, add)
        changed = [part for part in message if part != {"added": {}}]
        if revision:
            made = {"revision": revision.pk}
            done = [{"did": done[0]["did"] | made}, *done[1:]] if done else [{"did": made}]
        return [*done, *changed]

    def log_view(self, request, pk):
        """Show who did what with an article, the newest first."""
        article = self.find(request, pk)
        number = request.GET.get("p", "")
        number = min(int(number), FARTHEST) if is_key(number) else 1
        first = (max(number, 1) - 1) * PER_PAGE
        rows = list(journal.entries(article)[first : first + PER_PAGE + 1])
        made = journal.versions(rows)
        context = {
            "title": gettext("Who did what with “%s”") % article,
            "entries": [(row, journal.sentences(row), made.get(row.pk)) for row in rows[:PER_PAGE]],
            "newer": number - 1 if number > 1 else None,
            "older": number + 1 if len(rows) > PER_PAGE else None,
        }
        return desk_page(self, request, "articles/article/log.html", original=article, **context)


def what_was_done(form, add):
    """Yield (action, details) of a save of an article's form."""
    article = form.instance
    if add:
        yield journal.BEGUN, {}
    if article.draft_of_id:
        yield journal.REWORK_SAVED, {}
    if form.step in ("publish", "schedule") and article.is_scheduled:
        yield journal.SCHEDULED, {"moment": article.published_at}
    elif form.step == "publish" and not article.draft_of_id:
        yield journal.PUBLISHED, {}
    elif form.step == "withdraw":
        yield journal.WITHDRAWN, {"reason": article.withdrawn_reason}
    elif form.step in STEPS:
        yield STEPS[form.step], {}


# The list of everything


class PersonFilter(admin.SimpleListFilter):
    title = _("person")
    parameter_name = "user"

    def lookups(self, request, model_admin):
        colleagues = get_user_model().objects.filter(is_staff=True).order_by("first_name", "username")
        return [(str(user.pk), user.get_full_name() or str(user)) for user in colleagues[:COLLEAGUES]]

    def queryset(self, request, queryset):
        chosen = self.value() or ""
        return queryset.filter(user=chosen) if chosen.isdecimal() and len(chosen) < 10 else queryset


class DayFilter(admin.SimpleListFilter):
    title = _("day")
    parameter_name = "day"

    def lookups(self, request, model_admin):
        today = timezone.localdate()
        days = [today - timedelta(days=each) for each in range(DAYS)]
        return [(day.isoformat(), _("Today") if day == today else date_format(day, "l j F")) for day in days]

    def queryset(self, request, queryset):
        """The rows of one day in the site's zone."""
        try:
            day = parse_date(self.value() or "")
        except ValueError:
            return queryset
        if day is None or not EARLIEST.date() <= day < LATEST.date():
            return queryset
        begin, end = (timezone.make_aware(moment) for moment in bounds(day))
        return queryset.filter(action_time__gte=begin, action_time__lt=end)


def bounds(day):
    """Return the naive midnights at which a day begins and ends."""
    begin = datetime.combine(day, time.min)
    return begin, begin + timedelta(days=1)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly, LongList):
    """An editor sees what was done in the publication, an administrator all of it; nobody changes it."""

    list_display = ["when", "who", "row", "what"]
    list_display_links = None
    list_filter = [DayFilter, PersonFilter]
    list_per_page = PER_PAGE
    list_select_related = ["user", "content_type"]
    ordering = ["-action_time"]
    actions = None
    fields = readonly_fields = ["when", "who", "row", "what"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if request.user.has_perm("auth.view_user"):
            return rows
        return rows.filter(content_type__app_label="articles")

    @admin.display(description=_("when"), ordering="action_time")
    def when(self, row):
        return moments.in_short(row.action_time)

    @admin.display(description=_("who"))
    def who(self, row):
        return row.user.get_full_name() or row.user.get_username()

    @admin.display(description=_("with what"))
    def row(self, row):
        kind = capfirst(row.content_type.name) if row.content_type else ""
        address = None if row.is_deletion() else row.get_admin_url()
        name = format_html('<a href="{}">{}</a>', address, row.object_repr) if address else row.object_repr
        return format_html("{} <small>{}</small>", name, kind)

    @admin.display(description=_("what"))
    def what(self, row):
        return " ".join(journal.sentences(row))
