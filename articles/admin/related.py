"""What readers are led to after an article, why, and what the editor says to it."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods

from articles import journal, revisions
from articles.models import Article, RelatedLink, RelatedVeto
from articles.related import SHOWN, explained
from articles.widgets import MODULE

from .pages import desk_page
from .paging import is_key

OFFERED = 12
# What each button did, as the page and the log say it.
SAID = {
    "veto": gettext_noop("“%(title)s” will not stand beside this article by itself."),
    "allow": gettext_noop("“%(title)s” may stand beside this article again."),
    "pick": gettext_noop("“%(title)s” is a pick now; the order is in the article's form."),
}


class RelatedAdmin:
    """The list of related articles, explained; for use before TextAdmin."""

    @property
    def media(self):
        return super().media + forms.Media(js=[forms.Script("admin-desk/related.js", **MODULE)])

    def get_urls(self):
        view = require_http_methods(["GET", "HEAD", "POST"])(self.related_view)
        return [
            path("<int:pk>/related/", self.admin_site.admin_view(view), name="articles_article_related"),
            *super().get_urls(),
        ]

    def related_view(self, request, pk):
        """Show what stands under “Read next” and what could, each with its reasons; on POST, do as told."""
        article = get_object_or_404(Article.objects.for_page(), pk=pk)
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        if request.method == "POST":
            if not self.has_change_permission(request, article):
                raise PermissionDenied
            self.settle_related(request, article)
            return HttpResponseRedirect(request.path)
        found = explained(article, OFFERED)
        picks = sum(other.pick is not None for other in found)
        vetoed = RelatedVeto.objects.filter(article=article).select_related("target")
        return desk_page(
            self,
            request,
            "articles/article/related.html",
            title=gettext("Read next: %(title)s") % {"title": article.title},
            original=article,
            shown=found[:SHOWN],
            offered=found[max(SHOWN, picks) :],
            vetoed=vetoed.only("article", "target__title"),
            may_change=self.has_change_permission(request, article),
        )

    def settle_related(self, request, article):
        """Veto an article, allow it again or make it a pick, whichever button was pressed."""
        for verb, sentence in SAID.items():
            if not is_key(request.POST.get(verb, "")):
                continue
            seen = Article.objects.filter(draft_of=None).visible_to(request.user)
            target = get_object_or_404(seen, pk=request.POST[verb])
            with transaction.atomic():
                if verb == "veto":
                    RelatedVeto.objects.get_or_create(article=article, target=target)
                else:
                    RelatedVeto.objects.filter(article=article, target=target).delete()
                if verb == "pick":
                    self.make_pick(request, article, target)
                journal.note(request.user, article, sentence, title=target.title)
            self.message_user(request, gettext(sentence) % {"title": target.title}, messages.SUCCESS)

    def make_pick(self, request, article, target):
        """Put an article behind the other picks; that is a save, since picks are kept with the text."""
        if RelatedLink.objects.filter(article=article, target=target).exists():
            return
        with revisions.saving([article], request.user, revisions.SAVED):
            position = RelatedLink.objects.filter(article=article).count() + 1
            RelatedLink.objects.get_or_create(article=article, target=target, defaults={"position": position})
