"""Comments on an article, and colleagues called by @name: read, written and resolved beside the form."""

import json
from functools import wraps
from http import HTTPStatus

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import comments, tasks
from articles.comment_form import CommentForm
from articles.models import Comment
from articles.models.article import phrase
from articles.models.comment import name_of
from articles.widgets import MODULE

from .autosave import refusal
from .pages import desk_page

LIMIT = 200_000  # bytes of JSON: the longest comment and quotation with every character escaped


class Unfit(Exception):
    """What was sent cannot become a comment; says why in a sentence for whoever wrote it."""


class CommentsAdmin:
    """For use before the admin of articles: whoever may look at an article may comment on it."""

    @property
    def media(self):
        sheet = {"all": ["admin-desk/comments.css"]}
        script = forms.Script("admin-desk/comments.js", **MODULE)
        return super().media + forms.Media(css=sheet, js=[script])

    def get_urls(self):
        base = "<int:pk>/comments/"
        show = require_http_methods(["GET", "HEAD", "POST"])(self.comments_view)
        settle = require_POST(self.in_json(self.settle_comment))
        suggest = require_safe(self.in_json(self.suggest_colleagues))
        return [
            path(base, never_cache(show), name="articles_article_comments"),
            path(f"{base}<int:comment>/", never_cache(settle), name="articles_comment_settle"),
            path(f"{base}colleagues/", never_cache(suggest), name="articles_comment_colleagues"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request, obj=None):
        """Whoever may only look at an article reads its text as text, and can quote from it."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = {"body": "text_to_read"}
        return [
            (title, {**options, "fields": [replaced(row, shown) for row in options["fields"]]})
            for title, options in fieldsets
        ]

    @admin.display(description=_("Text"))
    def text_to_read(self, article):
        text = mark_safe(article.body)  # noqa: S308  the sanitiser cleaned it when it was saved
        return format_html(
            '<div class="desk-read" lang="{}" dir="{}">{}</div>', article.language, article.direction, text
        )

    # What the page asks

    def comments_view(self, request, pk):
        """Show the comments as a page of their own; to the form's script, answer with JSON."""
        if request.method == "POST":
            return self.in_json(self.add_comment)(request, pk)
        if request.accepts("text/html"):
            return self.admin_site.admin_view(self.comments_page)(request, pk)
        return self.in_json(self.list_comments)(request, pk)

    def in_json(self, view):
        """Answer with JSON throughout: 401 where the session has ended, so that the page asks to log in."""

        @wraps(view)
        def wrapped(request, pk, **arguments):
            if not self.admin_site.has_permission(request):
                return refusal(gettext("You are logged out."), HTTPStatus.UNAUTHORIZED)
            try:
                said = view(request, self.article_to_discuss(request, pk), **arguments)
            except Unfit as unfit:
                return refusal(str(unfit), HTTPStatus.BAD_REQUEST)
            except PermissionDenied:
                return refusal(gettext("You may not look at this article."), HTTPStatus.FORBIDDEN)
            except (Http404, IntegrityError):
                return refusal(gettext("This article was deleted meanwhile."), HTTPStatus.NOT_FOUND)
            except Comment.DoesNotExist:
                return refusal(gettext("This comment was deleted meanwhile."), HTTPStatus.NOT_FOUND)
            return JsonResponse({"csrf": get_token(request), **said})

        return wrapped

    def article_to_discuss(self, request, pk):
        """Return the article. Raises Http404 and PermissionDenied."""
        article = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        return article

    def comments_page(self, request, pk):
        article = self.article_to_discuss(request, pk)
        open_ones, resolved = comments.threads(article)
        return desk_page(
            self,
            request,
            "articles/article/comments.html",
            title=gettext("Comments on “%(title)s”") % {"title": article.title},
            original=article,
            open=open_ones,
            resolved=resolved,
        )

    def list_comments(self, request, article):
        open_ones, resolved = comments.threads(article)
        context = {"open": open_ones, "resolved": resolved, "may_answer": True}
        shown = render_to_string("admin/articles/article/_comment_list.html", context, request)
        return {"html": shown, "open": len(open_ones)}

    def add_comment(self, request, article):
        form = CommentForm(sent(request), article=article, user=request.user)
        if not form.is_valid():
            raise Unfit(form.sentence)
        comment = form.instance
        mails, unreachable, strangers = comments.add(comment)
        for mail in mails:
            tasks.send_comment_mail.enqueue(mail.pk)
        said = [gettext("Your comment is there."), told(mails), not_told(unreachable), unknown(strangers)]
        sentence = " ".join(filter(None, said))
        return {**self.list_comments(request, article), "pk": comment.pk, "said": sentence}

    def settle_comment(self, request, article, comment):
        """Resolve a comment with its answers, or open it again, as {"resolved": true or false} says."""
        found = comments.find(article, comment)
        wanted = sent(request).get("resolved")
        if wanted is True:
            found.resolve(request.user)
            said = gettext("The comment is resolved.")
        elif wanted is False:
            found.reopen()
            said = gettext("The comment is open again.")
        else:
            raise Unfit(gettext("This is not what the page sends."))
        return {**self.list_comments(request, article), "pk": found.pk, "said": said}

    def suggest_colleagues(self, request, article):
        term = request.GET.get("q", "")[:150]
        found = comments.suggest(article, request.user, term)
        return {
            "colleagues": [{"username": each.get_username(), "name": each.get_full_name()} for each in found]
        }


def sent(request):
    """Return the JSON object of a request's body. Raises Unfit."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LIMIT:
        raise Unfit(gettext("This is too long for a comment: shorten it, or make two of it."))
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unfit(gettext("This is not what the page sends.")) from error
    if not isinstance(found, dict):
        raise Unfit(gettext("This is not what the page sends."))
    return found


def told(mails):
    names = [name_of(mail.user) for mail in mails]
    sentence = ngettext("%(names)s gets a mail.", "%(names)s get a mail each.", len(names))
    return sentence % {"names": phrase(names)} if names else ""


def not_told(people):
    names = [name_of(person) for person in people]
    sentence = gettext("There is no mail address of %(names)s.")
    return sentence % {"names": phrase(names)} if names else ""


def unknown(strangers):
    names = [f"@{name}" for name in strangers[:5]]
    sentence = gettext("Nobody who may see this article is called %(names)s.")
    return sentence % {"names": phrase(names)} if names else ""


def replaced(row, names):
    """Return a row of a fieldset with other fields in the place of some."""
    if isinstance(row, tuple | list):
        return tuple(names.get(name, name) for name in row)
    return names.get(row, row)
