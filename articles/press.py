"""In the media: the mentions of all years, of one year, of one outlet."""

import zoneinfo
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, DateField
from django.db.models.functions import Coalesce, ExtractYear, TruncDate
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from .models import Article
from .views import paginate, public, readable

NAMED = 24  # outlets at the head of the page: those with the most mentions


def dated(request):
    """Return the mentions that readers may see, each with its `day`: that of the outlet, or our own."""
    zone = zoneinfo.ZoneInfo(request.site.time_zone)
    ours = TruncDate("published_at", tzinfo=zone)
    mentions = readable().filter(kind=Article.Kind.MENTION)
    return mentions.annotate(day=Coalesce("source_date", ours, output_field=DateField()))


@dataclass
class Outlet:
    slug: str
    names: Counter = field(default_factory=Counter)

    @property
    def name(self):
        """The spelling that most mentions have."""
        return self.names.most_common(1)[0][0]

    @property
    def count(self):
        return self.names.total()


class Tally:
    """How many mentions there are by year and by outlet: one query."""

    def __init__(self, mentions):
        self.years, self.outlets = Counter(), {}
        spelt = defaultdict(Counter)
        counted = mentions.order_by().values("source_outlet", year=ExtractYear("day"))
        for row in counted.annotate(number=Count("pk")):
            self.years[row["year"]] += row["number"]
            # Two spellings that make one address are one outlet.
            if slug := slugify(row["source_outlet"], allow_unicode=True):
                spelt[slug][row["source_outlet"]] += row["number"]
        outlets = [Outlet(slug, names) for slug, names in spelt.items()]
        for outlet in sorted(outlets, key=lambda one: (-one.count, one.slug)):
            self.outlets[outlet.slug] = outlet

    @property
    def by_year(self):
        return sorted(self.years.items(), reverse=True)

    @property
    def named(self):
        return list(self.outlets.values())[:NAMED]


@public
@require_safe
def press(request, year=None, slug=None):
    """The mentions, newest first, under a heading for each year; of one year or one outlet alone."""
    mentions = dated(request)
    tally = Tally(mentions)
    count, outlet = tally.years.total(), None
    name = Article.Kind.MENTION.plural
    if year is not None:
        if year not in tally.years:
            raise Http404(gettext("Nothing was in the press in this year."))
        mentions, count = mentions.filter(day__year=year), tally.years[year]
        name = gettext("In the press, %(year)s") % {"year": year}
    if slug is not None:
        if slug not in tally.outlets:
            raise Http404(gettext("Nothing of this outlet is here."))
        outlet = tally.outlets[slug]
        mentions, count = mentions.filter(source_outlet__in=list(outlet.names)), outlet.count
        name = gettext("In the press: %(outlet)s") % {"outlet": outlet.name}
    page = paginate(request, mentions.order_by("-day", "-pk").for_list(), count)
    context = {"page": page, "tally": tally, "year": year, "outlet": outlet, "name": name, "count": count}
    context["section"] = reverse("articles:kind", args=["mention"])
    return render(request, "articles/press.html", context)


@public
@require_safe
def outlets(request):
    """All outlets with the numbers of their mentions, by name."""
    tally = Tally(dated(request))
    page = paginate(request, sorted(tally.outlets.values(), key=lambda outlet: outlet.slug))
    context = {"page": page, "section": reverse("articles:kind", args=["mention"])}
    return render(request, "articles/outlets.html", context)
