"""The archive: everything by year and month, as the site's time zone has them."""

import zoneinfo
from datetime import datetime

from django.db import connection
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from .models.fields import EARLIEST, LATEST
from .views import paginate, public, readable

# Each month is a range of the index of dates; to reckon the month of every row takes far longer. Where clocks
# are put back over midnight, a month begins at the first of its two midnights, as in span().
_MONTHS = """
    WITH ends AS (
        SELECT zone, (SELECT min(published_at) FROM ({dates}) AS dates) AT TIME ZONE zone AS first,
            (SELECT max(published_at) FROM ({dates}) AS dates) AT TIME ZONE zone AS last
        FROM (SELECT %s::text AS zone) AS named
    ), midnights AS (
        SELECT month, zone, month AT TIME ZONE zone AS start FROM ends,
        generate_series(date_trunc('month', first), last + interval '1 month', '1 month') AS month
    ), months AS (
        SELECT month, start, lead(start) OVER (ORDER BY month) AS next FROM (
            SELECT month, CASE WHEN (start - interval '1 hour') AT TIME ZONE zone = month
                THEN start - interval '1 hour' ELSE start END AS start FROM midnights
        ) AS starts
    )
    SELECT month, number FROM months, LATERAL (
        SELECT count(*) AS number FROM ({dates}) AS dates
        WHERE published_at >= start AND published_at < next
    ) AS counted
    WHERE number > 0 ORDER BY month DESC
"""


def site_zone(request):
    return zoneinfo.ZoneInfo(request.site.time_zone)


def months(articles, zone):
    """Return [(first day of the month, number of its articles)], the newest first: one query."""
    dates, arguments = articles.order_by().values("published_at").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _MONTHS.format(dates=dates),
            [*arguments, *arguments, zone.key, *arguments],
        )
        return [(month.replace(tzinfo=zone), number) for month, number in cursor]


def by_year(counted):
    """Return [(year, its number, its months)] of what months() returns."""
    years = {}
    for month, number in counted:
        years.setdefault(month.year, []).append((month, number))
    return [(year, sum(number for _month, number in found), found) for year, found in years.items()]


def span(zone, year, month=None):
    """Return the beginning and the end of a year or a month; Http404 where no calendar of ours has it."""
    if not EARLIEST.year <= year < LATEST.year or not 1 <= (1 if month is None else month) <= 12:
        raise Http404(gettext("There is no such month."))
    start = datetime(year, month or 1, 1, tzinfo=zone)
    if month is None or month == 12:
        return start, datetime(year + 1, 1, 1, tzinfo=zone)
    return start, datetime(year, month + 1, 1, tzinfo=zone)


def beside(articles, start, end, zone):
    """Return the moments of the last article before a span and of the first one after it; None for none."""
    dates = articles.order_by().values_list("published_at", flat=True)
    earlier = dates.filter(published_at__lt=start).order_by("-published_at")[:1]
    later = dates.filter(published_at__gte=end).order_by("published_at")[:1]
    found = sorted(earlier.union(later, all=True))
    before = [timezone.localtime(moment, zone) for moment in found if moment < start]
    after = [timezone.localtime(moment, zone) for moment in found if moment >= end]
    return (before or [None])[0], (after or [None])[0]


@public
@require_safe
def archive(request):
    counted = months(readable(), site_zone(request))
    return render(request, "articles/archive.html", {"years": by_year(counted)})


@public
@require_safe
def archive_of_year(request, year):
    zone = site_zone(request)
    start, end = span(zone, year)
    articles = readable().filter(published_at__gte=start, published_at__lt=end)
    counted = months(articles, zone)
    return listed(request, articles, (start, end), sum(number for _month, number in counted), months=counted)


@public
@require_safe
def archive_of_month(request, year, month):
    start, end = span(site_zone(request), year, month)
    articles = readable().filter(published_at__gte=start, published_at__lt=end)
    return listed(request, articles, (start, end), articles.count(), month=start)


def listed(request, articles, of, count, **context):
    """Answer with a page of the articles of a span of time; 404 where it has none."""
    if not count:
        raise Http404(gettext("Nothing was published then."))
    if request.path != (address := own_address(request)):
        return HttpResponsePermanentRedirect(address)
    page = paginate(request, articles.latest().for_list(), count)
    before, after = beside(readable(), *of, site_zone(request))
    context |= {"page": page, "count": count, "start": of[0], "before": before, "after": after}
    return render(request, "articles/archive_span.html", context)


def own_address(request):
    """Return the one address of a month or a year: a number can be written with zeros before it."""
    found = request.resolver_match
    return reverse(found.view_name, kwargs=found.kwargs)
