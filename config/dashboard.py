"""The desk's front page: what is mine, what waits, what goes live next, what needs a look."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext, pgettext

from articles import dashboard
from articles.models import Article
from newsletter.dashboard import subscriptions

LATE = timedelta(days=3)  # in review
A_DAY_SHOWS = 4  # entries
DAY = "MONTH_DAY_FORMAT"


@dataclass
class Row:
    title: str
    address: str
    facts: list
    when: str
    is_late: bool = False
    language: str = ""


@dataclass
class Panel:
    name: str
    title: str
    total: int
    rows: list
    none: str  # what stands there where there is nothing
    link: str = ""
    link_words: str = ""

    @property
    def more(self):
        """How many there are beyond those shown, in words."""
        count = self.total - len(self.rows)
        return ngettext("and %d more", "and %d more", count) % count if count > 0 else ""


@dataclass
class Entry:
    title: str
    address: str
    time: str
    words: str
    kind: str


@dataclass
class Day:
    date: object
    is_today: bool = False
    is_past: bool = False
    entries: list = field(default_factory=list)
    more: int = 0


def index(request):
    """Django's list of everything, with what the colleague is to do above it."""
    user, today = request.user, timezone.localdate()
    weekday = pgettext("date with weekday", "l j F Y")
    context = {
        "title": gettext("The desk, %(day)s") % {"day": date_format(today, weekday)},
        "zone": timezone.get_current_timezone_name(),
        "quick": list(quick(user)),
        "panels": [],
    }
    if user.has_perm("articles.change_article"):
        coming, due = dashboard.coming(user), dashboard.to_review(user)
        context["panels"] = [
            drafts_panel(user),
            review_panel(user),
            coming_panel(coming, today),
            due_panel(due, today),
            *([links_panel()] if user.has_perm("articles.view_outboundlink") else []),
            unsaved_panel(user),
        ]
        context["calendar"] = calendar(coming.rows, due.rows, today)
    if user.has_perm("newsletter.view_subscriber"):
        context["subscriptions"] = numbers()
    return admin.site.index(request, context)


def quick(user):
    """Yield (words, address) of what is begun most often."""
    if user.has_perm("articles.add_article"):
        new = reverse("admin:articles_article_add")
        words = {
            Article.Kind.ANALYSIS: gettext("New analysis"),
            Article.Kind.BULLETIN: gettext("New bulletin"),
            Article.Kind.MENTION: gettext("New mention"),
            Article.Kind.ANNOUNCEMENT: gettext("New announcement"),
        }
        yield from ((label, f"{new}?{urlencode({'kind': kind})}") for kind, label in words.items())
    if user.has_perm("articles.add_image"):
        yield gettext("Add pictures"), reverse("admin:articles_image_many")


# The panels


def drafts_panel(user):
    found = dashboard.own_drafts(user)
    return Panel(
        "drafts",
        gettext("My drafts"),
        found.total,
        [row(article, draft_facts(article), ago(article.updated_at)) for article in found.rows],
        gettext("Nothing begun. A new article stays here until you hand it on."),
        listed(state="draft", created_by__exact=user.pk),
        gettext("All my drafts"),
    )


def review_panel(user):
    found, now = dashboard.in_review(user), timezone.now()
    rows = [
        row(article, review_facts(article), waited(article, now), is_late=is_late(article, now))
        for article in found.rows
    ]
    if user.has_perm("articles.publish_article"):
        none = gettext("Nobody waits for an editor.")
    else:
        none = gettext("Nothing of yours waits for an editor. Submit a draft, and it shows up here.")
    return Panel(
        "review",
        gettext("Waiting for review"),
        found.total,
        rows,
        none,
        listed(state="review"),
        gettext("All that wait"),
    )


def coming_panel(found, today):
    return Panel(
        "coming",
        gettext("Going live next"),
        found.total,
        [
            row(article, coming_facts(article), soon(article.published_at, today))
            for article in found.rows[: dashboard.SHOWN]
        ],
        gettext("Nothing is scheduled. Give an article a time in the future, and it goes live by itself."),
        listed(state="scheduled"),
        gettext("All that is scheduled"),
    )


def due_panel(found, today):
    rows = [
        row(article, due_facts(article, today), by_day(article.review_by, today), article.review_by < today)
        for article in found.rows[: dashboard.SHOWN]
    ]
    return Panel(
        "due",
        gettext("Needs a new look"),
        found.total,
        rows,
        gettext("No article is to be looked at again in the next four weeks."),
        listed(review="due"),
        gettext("All that is overdue"),
    )


def links_panel():
    found = dashboard.broken_links()
    return Panel(
        "links",
        gettext("Broken links"),
        found.total,
        [link_row(link) for link in found.rows],
        gettext("Every outside link that was checked still leads somewhere."),
        f"{reverse('admin:articles_outboundlink_changelist')}?state__exact=broken",
        gettext("All broken links"),
    )


def unsaved_panel(user):
    found = dashboard.unsaved(user)
    return Panel(
        "unsaved",
        gettext("Typed, not saved"),
        found.total,
        [unsaved_row(kept) for kept in found.rows],
        gettext("All that you typed is saved."),
    )


def numbers():
    """Return the newsletter's panel: its numbers with what they count."""
    counted = subscriptions()
    return [
        (gettext("Subscribed"), counted["active"]),
        (gettext("Not confirmed yet"), counted["pending"]),
        (gettext("Joined in 7 days"), counted["joined"]),
        (gettext("Left in 7 days"), counted["left"]),
        (gettext("Mail came back, or complained"), counted["returned"]),
    ]


# Their rows


def row(article, facts, when, is_late=False):
    address = reverse("admin:articles_article_change", args=[article.pk])
    facts = [fact for fact in facts if fact]
    return Row(article.title, address, facts, when, is_late, article.language)


def draft_facts(article):
    if article.draft_of_id:
        yield gettext("Rework: readers still see the old text")
    else:
        yield article.get_kind_display()
        yield article.get_language_display()
    yield ngettext("%d word", "%d words", article.word_count) % article.word_count
    if not article.standfirst:
        yield gettext("standfirst missing")
    yield comments(article)


def review_facts(article):
    yield gettext("Rework") if article.draft_of_id else article.get_kind_display()
    if article.created_by:
        name = article.created_by.get_full_name() or article.created_by.get_username()
        yield gettext("by %(name)s") % {"name": name}
    yield comments(article)


def coming_facts(article):
    yield gettext("Rework, replaces the live text") if article.draft_of_id else article.get_kind_display()
    yield comments(article)


def due_facts(article, today):
    if article.review_by < today:
        yield gettext("Readers see “may be out of date”")
    yield gettext("Published %(day)s") % {
        "day": date_format(timezone.localtime(article.published_at), "DATE_FORMAT")
    }


def comments(article):
    count = article.open_comments
    return ngettext("%d comment open", "%d comments open", count) % count if count else ""


def link_row(link):
    facts = [link.answer]
    if link.broken_since:
        facts.append(
            gettext("since %(day)s") % {"day": date_format(timezone.localtime(link.broken_since), DAY)}
        )
    others = link.place_count - len(link.places)
    facts += [gettext("in %(title)s") % {"title": title} for title in link.places]
    facts += [ngettext("and %d more", "and %d more", others) % others] if others > 0 else []
    checks = ngettext("%d check", "%d checks", link.failures) % link.failures
    title = link.url.partition("://")[2].removeprefix("www.").rstrip("/")
    title = title if len(title) <= 60 else f"{title[:59]}…"
    address = reverse("admin:articles_outboundlink_change", args=[link.pk])
    return Row(title, address, [fact for fact in facts if fact], checks)


def unsaved_row(kept):
    title = kept.typed_title or gettext("Without a title")
    if kept.article_id:
        address, fact = reverse("admin:articles_article_change", args=[kept.article_id]), ""
    else:
        address, fact = reverse("admin:articles_article_add"), gettext("A new article")
    address = f"{address}?{urlencode({'unsaved': kept.tab})}"
    return Row(title, address, [fact] if fact else [], ago(kept.updated_at))


def listed(**filters):
    return f"{reverse('admin:articles_article_changelist')}?{urlencode(filters)}"


# Times in words


def ago(moment):
    if timezone.now() - moment < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(time)s ago") % {"time": timesince(moment, depth=1)}


def waited(article, now):
    return timesince(article.submitted_at, now, depth=1) if article.submitted_at else ""


def is_late(article, now):
    return article.submitted_at is not None and now - article.submitted_at >= LATE


def soon(moment, today):
    """Return a moment in the future in words; its day is one in the site's zone."""
    local = timezone.localtime(moment)
    time = date_format(local, "H:i")
    if local.date() == today:
        return gettext("Today %(time)s") % {"time": time}
    if local.date() == today + timedelta(days=1):
        return gettext("Tomorrow %(time)s") % {"time": time}
    if local.year != today.year:
        return date_format(local, "SHORT_DATETIME_FORMAT")
    return gettext(", ").join([date_format(local, DAY), time])


def by_day(day, today):
    days = (day - today).days
    if days < 0:
        return ngettext("%d day late", "%d days late", -days) % -days
    if days == 0:
        return gettext("Today")
    return ngettext("In %d day", "In %d days", days) % days


# The calendar


def calendar(coming, due, today):
    """Return this week and the three or four after it, each day with what goes live and what is due on it.

    None where nothing is planned.
    """
    first = today - timedelta(days=(today.weekday() + 1 - get_format("FIRST_DAY_OF_WEEK")) % 7)
    last = today + dashboard.AHEAD - timedelta(days=1)
    count = (last - first).days // 7 * 7 + 7
    days = [first + timedelta(days=each) for each in range(count)]
    shown = {day: Day(day, day == today, day < today) for day in days}
    for article in coming:
        local = timezone.localtime(article.published_at)
        if day := shown.get(local.date()):
            words = gettext("rework replaces the text") if article.draft_of_id else gettext("goes live")
            add(day, article, date_format(local, "H:i"), words, "live")
    for article in due:
        if (day := shown.get(article.review_by)) and not day.is_past:
            add(day, article, "", gettext("review by this day"), "due")
    if not any(day.entries for day in shown.values()):
        return None
    return [[shown[day] for day in days[start : start + 7]] for start in range(0, count, 7)]


def add(day, article, time, words, kind):
    if len(day.entries) < A_DAY_SHOWS:
        address = reverse("admin:articles_article_change", args=[article.pk])
        day.entries.append(Entry(article.title, address, time, words, kind))
    else:
        day.more += 1
