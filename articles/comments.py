"""What colleagues say to each other about an article, and whom they call by @name."""

import unicodedata
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from .models import Article, Comment, CommentMail
from .models.comment import NAME

OFFERED = 8
AGAIN = timedelta(minutes=1)


def colleagues(article):
    """Return who may look at an article at the desk. Twin: ArticleAdmin.has_view_or_change_permission."""
    allowed = ModelBackend().with_perm
    may_look = allowed("articles.view_article") | allowed("articles.change_article")
    found = get_user_model().objects.filter(is_staff=True, pk__in=may_look.values("pk"))
    if article.is_published:
        return found
    editors = allowed("articles.publish_article")
    return found.filter(Q(pk__in=editors.values("pk")) | Q(pk=article.created_by_id))


def suggest(article, user, term):
    """Return up to eight colleagues of a user who may look at an article and whose name holds a term."""
    holds = Q(username__icontains=term) | Q(first_name__istartswith=term) | Q(last_name__istartswith=term)
    begins = Q(username__istartswith=term)
    found = colleagues(article).exclude(pk=user.pk).filter(holds).annotate(begins=begins)
    return found.order_by("-begins", "username")[:OFFERED]


def threads(article):
    """Return an article's comments as (open, resolved), each with its `replies`; one query."""
    roots, answers = {}, []
    for comment in article.comments.for_panel():
        if comment.parent_id is None:
            comment.replies = []
            roots[comment.pk] = comment
        else:
            answers.append(comment)
    for answer in answers:
        roots[answer.parent_id].replies.append(answer)
    open_ones = [root for root in roots.values() if root.resolved_at is None]
    resolved = [root for root in roots.values() if root.resolved_at is not None]
    return open_ones, resolved


def add(comment):
    """Save a new comment with the mails to those whom it names, all or nothing.

    The same words, sent again by a page that got no answer, are the comment that is there already.
    Returns (mails, people without a mail address, names that nobody who may look at the article has).
    """
    with transaction.atomic():
        list(Article.objects.select_for_update(no_key=True).filter(pk=comment.article_id).values("pk"))
        if there := same_as(comment):
            comment.pk = there.pk
            return [], [], []
        comment.save()
        people, strangers = named(comment)
        others = [person for person in people if person.pk != comment.user_id]
        mails = CommentMail.objects.bulk_create(
            CommentMail(comment=comment, user=person) for person in others if person.email
        )
    return mails, [person for person in others if not person.email], strangers


def same_as(comment):
    """Return the comment of a moment ago that says the same of the same, or None."""
    names = ["article", "user", "parent", "text", "quotation", "prefix", "suffix"]
    said = {name: getattr(comment, name) for name in names}
    return Comment.objects.filter(**said, created_at__gt=timezone.now() - AGAIN).first()


def named(comment):
    """Return (people, names that are nobody's) whom a comment calls by @name.

    Other capitals mean the same person where only one is called so; a full stop may follow a name.
    """
    spellings = [spellings_of(match[1]) for match in NAME.finditer(comment.text)]
    wanted = {spelling for each in spellings for spelling in each}
    rows = colleagues(comment.article).annotate(small=Lower("username"))
    rows = rows.filter(Q(username__in=wanted) | Q(small__in={each.lower() for each in wanted}))
    exact, small = {}, {}
    for person in rows if wanted else ():
        exact[person.username] = person
        small.setdefault(person.small, []).append(person)
    people, strangers = {}, []
    for each in filter(None, spellings):
        found = next((hit for name in each if (hit := look_up(name, exact, small))), None)
        if found:
            people[found.pk] = found
        else:
            strangers.append(each[-1])
    return list(people.values()), list(dict.fromkeys(strangers))


def look_up(name, exact, small):
    alike = small.get(name.lower(), [])
    return exact.get(name) or (alike[0] if len(alike) == 1 else None)


def spellings_of(written):
    """Return what somebody may be called who is written so at the end of a sentence; none for mere signs."""
    name = unicodedata.normalize("NFKC", written)
    bare = name.rstrip(".+-@")
    return list(dict.fromkeys([name, bare])) if bare else []


def find(article, pk):
    """Return an article's comment that begins a thread. Raises Comment.DoesNotExist."""
    return Comment.objects.get(article=article, pk=pk, parent=None)
