"""Links that let outsiders read a draft: made, watched and revoked beside the article's form."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles import journal
from articles.forms import DeskForm
from articles.models import Article, DraftLink

from .pages import desk_page

USUAL, LONGEST = 7, 90  # days
DAYS = [1, 3, USUAL, 14, 30, LONGEST]
MOST_OPEN = 50
CLOSED_SHOWN = 50


class DraftLinkForm(DeskForm):
    """A new link: for whom, for how long, and whether an embargo is named."""

    days = forms.TypedChoiceField(label=_("Works for"), coerce=int, initial=USUAL)
    embargo_until = forms.DateTimeField(
        label=_("Embargo until"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    class Meta:
        model = DraftLink
        fields = ["note", "days", "embargo_until"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(days, ngettext("%d day", "%d days", days) % days) for days in DAYS]
        zone = timezone.get_current_timezone_name()
        self.fields["embargo_until"].help_text = gettext(
            "Readers of the link are told. Leave it empty where there is none. In the time zone %(zone)s."
        ) % {"zone": zone}

    def clean_embargo_until(self):
        moment = self.cleaned_data["embargo_until"]
        if moment is not None and moment <= timezone.now():
            raise ValidationError(_("This time is past: choose one ahead, or none."), code="past")
        return moment

    def clean(self):
        if DraftLink.objects.open().filter(article=self.instance.article).count() >= MOST_OPEN:
            raise ValidationError(_("This article has enough open links: revoke one first."), code="many")
        return super().clean()

    def save(self, **kwargs):
        self.instance.expires_at = timezone.now() + timedelta(days=self.cleaned_data["days"])
        return super().save(**kwargs)


class DraftLinksAdmin:
    """For use before the admin of articles."""

    def get_urls(self):
        wrap, methods = self.admin_site.admin_view, require_http_methods(["GET", "HEAD", "POST"])
        return [
            path(
                "<int:pk>/draft-links/",
                wrap(never_cache(methods(self.draft_links))),
                name="articles_article_draft_links",
            ),
            path(
                "<int:pk>/draft-links/<int:link>/revoke/",
                wrap(methods(self.revoke_draft_link)),
                name="articles_article_revoke_draft_link",
            ),
            *super().get_urls(),
        ]

    def draft_links(self, request, pk):
        """Show an article's links and take the form of a new one."""
        article = self.article_to_share(request, pk)
        link = DraftLink(article=article, created_by=request.user)
        sent = request.POST if request.method == "POST" else None
        form = DraftLinkForm(sent, instance=link)
        if sent is not None and not article.is_published and form.is_valid():
            form.save()
            details = {"moment": link.expires_at, "whom": link.note}
            journal.note(request.user, article, journal.LINK_MADE, **details)
            said = gettext("The link for %(whom)s is ready: copy it below.") % {"whom": link.note}
            self.message_user(request, said, messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        links = DraftLink.objects.filter(article=article).select_related("created_by")
        opened = list(links.open())
        for each in opened:
            # So that its address needs no query.
            each.article = article
            each.address = settings.SITE_URL + each.get_absolute_url()
        closed = links.exclude(pk__in=[each.pk for each in opened])[:CLOSED_SHOWN]
        return desk_page(
            self,
            request,
            "articles/article/draft_links.html",
            title=gettext("Links for outsiders to “%s”") % article,
            original=article,
            form=form,
            open_links=opened,
            closed_links=closed,
        )

    def revoke_draft_link(self, request, pk, link):
        """Ask once, then let the link answer no longer."""
        article = self.article_to_share(request, pk)
        found = get_object_or_404(DraftLink, pk=link, article=article)
        page = reverse("admin:articles_article_draft_links", args=[article.pk])
        if request.method == "POST":
            if found.revoke():
                journal.note(request.user, article, journal.LINK_REVOKED, whom=found.note)
            said = gettext("The link for %(whom)s answers no longer.") % {"whom": found.note}
            self.message_user(request, said, messages.SUCCESS)
            return HttpResponseRedirect(page)
        return desk_page(
            self,
            request,
            "articles/article/revoke_draft_link.html",
            title=gettext("Revoke the link for %s?") % found.note,
            original=article,
            link=found,
            page=page,
        )

    def article_to_share(self, request, pk):
        """Return the article; whoever may change it may let outsiders read it."""
        article = get_object_or_404(
            Article.objects.defer("body", "body_html", "body_text", "search", "search_head"), pk=pk
        )
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        return article
