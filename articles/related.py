"""What to read next, and why."""

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext

from .models import Article, Byline, RelatedLink, TaggedArticle

RECENT = 40


def related_articles(article, limit=4):
    """Return up to `limit` published articles, each with the `reason` for which it stands there.

    The editor's picks come first, in the editor's order; then whatever shares tags, then authors, then
    the newest in the language. Two queries (the articles and their bylines), whatever the numbers.
    """
    published = Article.objects.published().exclude(pk=article.pk)
    same_language = published.filter(language=article.language)
    picks = RelatedLink.objects.filter(article=article, target__isnull=False)
    tags = TaggedArticle.objects.filter(content_object=article).values("tag")
    authors = Byline.objects.filter(article=article).values("author")

    def newest(queryset):
        return queryset.order_by("-published_at").values("pk")[:RECENT]

    candidates = (
        Q(pk__in=picks.values("target"))
        | Q(pk__in=newest(same_language.filter(tagged__tag__in=tags)))
        | Q(pk__in=newest(same_language.filter(bylines__author__in=authors)))
        | Q(pk__in=same_language.order_by("-published_at").values("pk")[:limit])
    )
    pick = picks.filter(target=OuterRef("pk"))
    shared_tags = TaggedArticle.objects.filter(content_object=OuterRef("pk"), tag__in=tags)
    shared_author = Byline.objects.filter(article=OuterRef("pk"), author__in=authors).named()
    found = (
        published.filter(candidates)
        .for_list()
        .annotate(
            pick=Subquery(pick.values("position")[:1]),
            note=Subquery(pick.values("note")[:1]),
            shared=Subquery(
                shared_tags.order_by().values("content_object").annotate(n=Count("pk")).values("n"),
                output_field=IntegerField(),
            ),
            shared_tag=Subquery(shared_tags.order_by("pk").values("tag__name")[:1]),
            shared_author=Subquery(shared_author.values("local_name")[:1]),
            by_same=Case(When(shared_author=None, then=Value(0)), default=Value(1)),
        )
        .order_by(
            F("pick").asc(nulls_last=True),
            F("shared").desc(nulls_last=True),
            "-by_same",
            "-published_at",
        )[:limit]
    )
    for other in found:
        other.reason = reason(other)
    return found


def reason(other):
    """Say in a few words why an article stands in the list."""
    if other.note:
        return other.note
    if other.pick is None and other.shared_tag:
        return gettext("Also on %(tag)s") % {"tag": other.shared_tag}
    if other.pick is None and other.shared_author:
        return gettext("Also by %(author)s") % {"author": other.shared_author}
    return other.get_kind_display()
