"""An author's own pages: what this author wrote, on each subject, and where the press drew on it."""

from urllib.parse import quote

from django.db.models import Count
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from .models import Article, Author, Book, DrawnOn, Redirect, Tag
from .views import paginate, public, readable

SUBJECTS = 24
MENTIONS = 5


def subjects(author):
    """Return the tags of what an author wrote, each with its `number`, the most frequent first: one query."""
    written = readable().filter(bylines__author=author).order_by().values("pk")
    tags = Tag.objects.filter(tagged__content_object__in=written)
    return tags.annotate(number=Count("tagged")).order_by("-number", "name")[:SUBJECTS]


def mentions(author):
    """Return the newest mentions in the press that drew on what an author wrote."""
    drawn = DrawnOn.objects.filter(analysis__in=Article.objects.published().filter(bylines__author=author))
    found = readable().filter(kind=Article.Kind.MENTION, pk__in=drawn.order_by().values("mention"))
    return found.latest().for_list()[:MENTIONS]


@public
@require_safe
def author(request, slug):
    author = get_object_or_404(Author.objects.in_language(get_language()).select_related("photo"), slug=slug)
    context = {
        "author": author,
        "page": paginate(request, readable().filter(bylines__author=author).latest().for_list()),
        "subjects": subjects(author),
        "mentions": mentions(author),
        "book": Book.objects.promoted(get_language()),
    }
    return render(request, "articles/author.html", context)


@public
@require_safe
def subject(request, slug, tag):
    """What one author wrote on one subject."""
    found = Author.objects.in_language(get_language()).filter(slug=slug).first()
    if found is None:
        return moved(slug, tag)
    subject = Tag.objects.at(tag)
    if subject is None:
        raise Http404(gettext("Nothing has been published under this tag."))
    if subject.slug != tag:
        return HttpResponsePermanentRedirect(address(found.slug, subject.slug))
    written = readable().filter(bylines__author=found, tagged__tag=subject)
    page = paginate(request, written.latest().for_list())
    if not page.paginator.count:
        raise Http404(gettext("Nothing has been published under this tag."))
    return render(request, "articles/subject.html", {"author": found, "tag": subject, "page": page})


def address(author, tag):
    return reverse("articles:subject", args=[author, tag])


def moved(slug, tag):
    """Lead from an address that an author had to the one of today."""
    target = Redirect.objects.target_of(reverse("articles:author", args=[slug]))
    if target is None:
        raise Http404(gettext("Nobody of this name writes here."))
    return HttpResponsePermanentRedirect(f"{target}tags/{quote(tag)}/")
