"""Where a picture of the library is shown, as editors are told."""

from django.utils.translation import gettext, ngettext

from .models import Article, Author, Book, ImageUse, Page, Site


def places(image, limit=100):
    """Return the articles, pages, authors, books and the site that show an image, up to `limit` of each.

    An article and its rework are one place; the rework stands for it where it alone shows the image.
    """
    uses = ImageUse.objects.filter(image=image)
    shown = uses.filter(article__isnull=False).values("article")
    leads = Article.objects.filter(lead_image=image).order_by().values("pk")
    articles = Article.objects.filter(pk__in=shown.union(leads)).only("title", "draft_of")
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
