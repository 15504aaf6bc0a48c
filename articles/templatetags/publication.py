"""What the public templates need beyond Django's own tags."""

import base64
from urllib.parse import quote

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext, pgettext

from articles import pictures, sharing
from articles.markup import excerpt
from articles.models.article import phrase
from articles.models.language import Language
from articles.pictures import Place

register = template.Library()

# Pictures as the layout in site.css shows them. What has one width there has one file, of twice that width.
PLACES = {
    "lead": Place("(min-width:78rem) 52rem,92vw", least=640),
    "hero": Place("(min-width:64rem) 55.5rem,(min-width:46rem) 40rem,92vw", least=640),
    "feed": None,
    "card": Place("(min-width:78rem) 22rem,(min-width:46rem) 28vw,92vw", most=640),
    "row": Place("(min-width:46rem) 13rem,92vw", most=640),
    "byline": Place("3.5rem", least=112, most=112),
    "face": Place("5.5rem", least=176, most=176),
    "portrait": Place("(min-width:64rem) 8rem,5.5rem", least=176),
    "cover": Place("9.5rem", least=304, most=480),
}


@register.simple_tag
def picture(image, shape, place, lazy=True):
    """Show a library image in a shape (natural, wide, square) at a place of the layout."""
    return pictures.picture(image, shape, PLACES[place], lazy=lazy) if image else ""


@register.simple_tag
def preload(image, shape, place):
    """Let the browser fetch the picture on top before it has come to it in the page."""
    return pictures.preload(image, shape, PLACES[place]) if image else ""


@register.filter
def share_image(image):
    """The address of the picture that a social card shows."""
    return pictures.share_url(image)


@register.filter
def cleaned(article_or_page):
    """Mark the derived text as HTML: the one place, since the one sanitiser has cleaned it."""
    return mark_safe(article_or_page.body_html)  # noqa: S308


@register.filter
def signed(title, site):
    """A title with the name of the site, unless that is longer than the 70 characters that searches show."""
    whole = f"{title} | {site.local_name}"
    return whole if len(whole) <= 70 else title


ENDS = (".", "?", "!", "…", "؟")


@register.filter
def filled_out(description, site):
    """What a page says of itself (HTML), and what the site is about where that is less than a sentence."""
    all_sites = gettext("Analyses, bulletins and announcements, to read here, by mail or by feed.")
    for more in (site.text.get("tagline"), site.text.get("about"), all_sites):
        if more and len(description) < 50 and escape(more) not in description:
            more = Truncator(more).chars(160 - len(description))
            end = "" if description.endswith(ENDS) else "."
            description = format_html("{}{} {}", mark_safe(description), end, more)  # noqa: S308
    return description


@register.filter
def long_date(value):
    """A date with its year, in the order of the language: 12 March 2026."""
    return date_format(local(value), pgettext("date with year", "j F Y"))


@register.filter
def short_date(value):
    """A date without its year: 12 March."""
    return date_format(local(value), pgettext("date without year", "j F"))


@register.filter
def month_and_year(value):
    """A month with its year: March 2026."""
    return date_format(local(value), pgettext("month with year", "F Y"))


@register.filter
def beside(value, other):
    """A date as it is said beside an earlier one: without the year where it is the same."""
    same_year = other and local(value).year == local(other).year
    return short_date(value) if same_year else long_date(value)


@register.filter
def clock_beside(value, other):
    """A moment as it is said beside an earlier one: the time alone on the same day."""
    if other and local(value).date() == local(other).date():
        return clock(value)
    return f"{beside(value, other)}{gettext(', ')}{clock(value)}"


@register.filter
def clock(value):
    """A time of day: 09:40."""
    return date_format(local(value), "H:i")


@register.filter
def month(value):
    return date_format(local(value), "F")


@register.filter
def day(value):
    return date_format(local(value), "j")


def local(value):
    return timezone.localtime(value) if hasattr(value, "tzinfo") else value


@register.filter
def direction(language):
    return Language(language).direction


@register.filter
def language_name(language):
    """The language's name in itself."""
    return Language(language).label


@register.filter
def lead_in(article, length=200):
    """What a list shows beneath the title: the standfirst, or the beginning of the text."""
    # What was fetched for a list or a page has only the opening of its text.
    text = article.standfirst or (article.opening if hasattr(article, "opening") else article.body_text)
    return excerpt(text, length)


@register.filter
def byline_links(article):
    """The authors' names as one phrase, each leading to the author's page."""
    links = [
        format_html('<a href="{}" rel="author">{}</a>', byline.author.get_absolute_url(), byline.local_name)
        for byline in article.bylines.all()
    ]
    return mark_safe(phrase(links))  # noqa: S308 made of format_html and our own translations


@register.filter
def shielded(address):
    """Show a mail address to people, not to collectors.

    Between its letters stand words that are never displayed, read aloud or copied, so that neither the
    source nor its text holds the address; the script makes a link of what people see.
    """
    parts = format_html_join("", "{}<i hidden>{}</i>", zip(address, _decoys(), strict=False))
    token = base64.b64encode(address[::-1].encode()).decode()
    return format_html('<span class="address" dir="ltr" data-address="{}">{}</span>', token, parts)


def _decoys():
    while True:
        yield from (".at.", "no", "@", "spam", "-", ".invalid")


@register.filter
def absolute(path):
    """A path with the site's name before it."""
    return settings.SITE_URL + path


@register.filter
def share_links(article):
    """The services on which readers pass an article on: their names and addresses."""
    return sharing.links(settings.SITE_URL + article.get_absolute_url())


@register.filter
def mailto(article):
    """The query of a mailto: link that sends an article on."""
    address = settings.SITE_URL + article.get_absolute_url()
    return f"subject={quote(article.title)}&body={quote(address)}"
