"""How an article is heard: recordings are sent in, replaced and taken out beside its form."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles import audio, journal, narrations, speech
from articles.forms import DeskForm
from articles.models import Article, Narration

from .pages import desk_page


class RecordingForm(DeskForm):
    """A recording; `recording` is the file as it may be stored."""

    upload = forms.FileField(
        label=_("Recording"),
        help_text=_("MP3, M4A, AAC, Ogg or WAV, up to 100 MB and 4 hours. MP3 and M4A play everywhere."),
        widget=forms.FileInput(attrs={"accept": ".mp3,.m4a,.aac,.ogg,.opus,.wav,audio/*"}),
    )
    recording = None

    class Meta:
        model = Narration
        fields = ["upload", "read_by"]

    def clean_upload(self):
        try:
            self.recording = audio.judge(self.cleaned_data["upload"])
        except audio.Refused as refusal:
            raise ValidationError(str(refusal), code="audio") from refusal
        return self.cleaned_data["upload"]


class NarrationAdmin:
    """For use before the admin of articles."""

    def get_urls(self):
        view = never_cache(require_http_methods(["GET", "HEAD", "POST"])(self.narration))
        address = path(
            "<int:pk>/narration/", self.admin_site.admin_view(view), name="articles_article_narration"
        )
        return [address, *super().get_urls()]

    def render_change_form(self, request, context, *args, **kwargs):
        article = context.get("original")
        if article is not None and not context.get("is_popup"):
            context["may_narrate"] = self.may_narrate(request, article)
            context["recording_is_behind"] = article.recording_is_behind
        return super().render_change_form(request, context, *args, **kwargs)

    def may_narrate(self, request, article):
        may = request.user.has_perm("articles.change_narration")
        return may and self.has_change_permission(request, article)

    def recording_mark(self, article):
        """Return what the list says of an article whose recording is of an earlier text; else nothing."""
        if not getattr(article, "recording_is_behind", False):
            return ""
        address = reverse("admin:articles_article_narration", args=[article.pk])
        return format_html(
            ' <a class="desk-rework-mark" href="{}">{}</a>', address, gettext("Recording of an earlier text")
        )

    def narration(self, request, pk):
        """Show how an article is heard; take a recording, and the buttons beside it."""
        article = get_object_or_404(Article.objects.defer("body", "search"), pk=pk)
        if not self.may_narrate(request, article):
            raise PermissionDenied
        sends = request.method == "POST" and "act" not in request.POST
        form = RecordingForm(request.POST, request.FILES) if sends else RecordingForm()
        if sends and form.is_valid():
            if not self.keep_recording(request, article, form):
                self.message_user(request, gettext("This article was deleted meanwhile."), messages.ERROR)
                return HttpResponseRedirect(reverse("admin:articles_article_changelist"))
        elif request.method == "POST" and not sends:
            self.act(request, article)
        if request.method == "POST" and (not sends or form.is_valid()):
            return HttpResponseRedirect(request.path)
        current = {row.source: row for row in Narration.objects.current().filter(article=article)}
        recording, made = current.get("recorded"), current.get("made")
        engine = speech.engine()
        return desk_page(
            self,
            request,
            "articles/article/narration.html",
            title=gettext("How “%s” is heard") % article,
            original=article,
            form=form,
            recording=recording,
            is_behind=recording and recording.text_hash != article.spoken_hash,
            made=made if made and made.text_hash == article.spoken_hash else None,
            engine=engine if engine and engine.voices(article.language) else None,
            earlier=narrations.earlier(article),
        )

    def keep_recording(self, request, article, form):
        """Keep a recording; return False where the article was deleted while it was sent, read or stored."""
        name, still_there = form.cleaned_data["read_by"], Article.objects.filter(pk=article.pk).exists
        try:
            Narration.objects.keep(
                article,
                Narration.Source.RECORDED,
                form.recording,
                text_hash=article.spoken_hash,
                read_by=name,
                created_by=request.user,
            )
        except IntegrityError:
            if still_there():
                raise
        if not still_there():
            return False
        journal.note(request.user, article, journal.RECORDING_KEPT, whom=name or "–")
        self.message_user(request, gettext("The recording is kept. Listen to it below."), messages.SUCCESS)
        return True

    def act(self, request, article):
        """Do what one of the buttons says; what has happened meanwhile is not done twice."""
        act, _colon, key = request.POST["act"].partition(":")
        recorded = Narration.objects.recorded().filter(article=article)
        if act in ("on", "off"):
            Article.objects.filter(pk=article.pk).update(listenable=act == "on")
            note = journal.LISTENING_ON if act == "on" else journal.LISTENING_OFF
            journal.note(request.user, article, note)
        elif act == "remove" and (recording := recorded.current().first()):
            recording.retire()
            journal.note(request.user, article, journal.RECORDING_REMOVED)
            self.message_user(request, gettext("The recording is taken out."), messages.SUCCESS)
        elif act in ("use", "fits") and key.isdecimal() and len(key) < 18:
            recording = recorded.complete().filter(pk=key).first()
            if recording is not None and act == "fits":
                Narration.objects.filter(pk=recording.pk).update(text_hash=article.spoken_hash)
            elif recording is not None:
                recording.use()
                journal.note(request.user, article, journal.RECORDING_KEPT, whom=recording.read_by or "–")
