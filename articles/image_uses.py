"""Where a picture of the library is shown, as editors are told."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from .models import Article, Author, Book, ImageUse, Page, Site


def places(image, limit=100):
    """Return the articles, pages, authors, books and the site that show an image, up to `limit` of each.

    An article and its rework are one place; the rework stands for it where it alone shows the image.
    """
    uses = ImageUse.objects.filter(image=image)
    shown = uses.filter(article__isnull=False).values("article")
    leads = Article.objects.filter(lead_image=image).order_by().values("pk")
    articles = Article.objects.filter(pk__in=shown.union(leads)).only(
        "title", "draft_of", "created_by", "status", "published_at"
    )
    articles = list(articles.order_by("-created_at", "-pk")[:limit])
    originals = {article.pk for article in articles}
    return [
        *(article for article in articles if article.draft_of_id not in originals),
        *Page.objects.filter(pk__in=uses.filter(page__isnull=False).values("page")).only("title")[:limit],
        *Author.objects.filter(photo=image)[:limit],
        *Book.objects.filter(cover=image)[:limit],
        *Site.objects.filter(logo=image),
    ]


def count_in_words(article_count, place_count):
    """Say on how many articles and in how many other places a picture is used."""
    articles = ngettext("Used on %d article", "Used on %d articles", article_count) % article_count
    if not place_count:
        return articles if article_count else gettext("Not used yet")
    if not article_count:
        return ngettext("Used in %d place", "Used in %d places", place_count) % place_count
    others = ngettext("and in %d other place", "and in %d other places", place_count) % place_count
    return f"{articles} {others}"


def linked(site, request, places):
    """Return the names of places, each with a link where the person may look at it; `site` is the admin's.

    Of an article that is not for this person to see, not even the title is told.
    """
    return [_linked(site, request, place) for place in places]


def _linked(site, request, place):
    if site.get_model_admin(type(place)).has_view_or_change_permission(request, place):
        address = reverse(f"admin:articles_{place._meta.model_name}_change", args=[place.pk])
        return format_html('<a href="{}">{}</a>{}', address, place, _note(place))
    if isinstance(place, Article):
        return gettext("a colleague’s draft")
    return format_html("{}{}", place, _note(place))


def _note(place):
    """Say what kind of place it is, where that is no article."""
    if isinstance(place, Article):
        return f" ({gettext('rework')})" if place.draft_of_id else ""
    return f" ({place._meta.verbose_name})"
