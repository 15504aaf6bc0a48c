"""Reading articles aloud on the server, once for each text, and what an editor sends in instead."""

import logging

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from . import audio, sentences, speech
from .models import Article, Narration

logger = logging.getLogger(__name__)

LONGEST = 120_000  # characters: about two and a half hours
WAITING = 20  # texts that are queued at a time


def spoken(article):
    """Return the sentences of an article as it is saved."""
    return sentences.spoken(article.title, article.standfirst, article.body_html)


def make(article, text_hash):
    """Let the server read an article, if it still says what the hash is of; return the narration or None.

    Crash window: a worker that is killed leaves a row that counts as replaced, and starts over.
    """
    engine = speech.engine()
    if engine is None or article.spoken_hash != text_hash or not article.listenable:
        return None
    own = Narration.objects.made().complete().filter(article=article, text_hash=text_hash)
    if known := own.first():
        known.use()
        return known
    text = spoken(article).sentences
    if sum(map(len, text)) > LONGEST or not engine.voices(article.language):
        return None
    made = engine.speak(text, article.language)
    timings = [round(seconds * 100) for seconds in made.durations]
    return Narration.objects.keep(
        article,
        Narration.Source.MADE,
        audio.judge(made.content),
        text_hash=text_hash,
        timings=timings if len(timings) == len(text) else [],
        voice=engine.name,
    )


def count_sentences(limit=200):
    """Derive what is read aloud of the articles that are older than this, a few at a time."""
    uncounted = Article.objects.filter(spoken_hash="").order_by("pk")
    for article in uncounted.only("title", "standfirst", "language", "body_html")[:limit]:
        found = spoken(article)
        Article.objects.filter(pk=article.pk, spoken_hash="").update(
            spoken_spans=found.spans, spoken_hash=found.hash(article.language)
        )


def unread():
    """Return (key, hash) of the texts, live or scheduled, that a server's voice lacks, the newest first.

    What was made of the same text before is taken up again at once.
    """
    engine = speech.engine()
    languages = [code for code in ("en", "ar", "he") if engine and engine.voices(code)]
    if not languages:
        return []
    own = Narration.objects.filter(article=OuterRef("pk"))
    made = own.made().complete().filter(text_hash=OuterRef("spoken_hash"))
    wanting = Article.objects.filter(
        ~Q(spoken_hash=""),
        ~Exists(own.current().filter(Q(source="recorded") | Q(text_hash=OuterRef("spoken_hash")))),
        status=Article.Status.PUBLISHED,
        draft_of=None,
        listenable=True,
        language__in=languages,
    ).annotate(is_known=Exists(made))
    found = []
    rows = wanting.order_by("-published_at", "-pk").values_list("pk", "spoken_hash", "is_known")
    for pk, text_hash, is_known in rows[:WAITING]:
        if is_known:
            Narration.objects.made().complete().filter(article=pk, text_hash=text_hash).first().use()
        else:
            found.append((pk, text_hash))
    return found


def hand_over(rework, article):
    """Let an article inherit the recording of its rework; without one, it keeps the one it has."""
    recording = Narration.objects.current().recorded().filter(article=rework).first()
    if recording is None:
        return
    recording.retire()
    Narration.objects.filter(pk=recording.pk).update(article=article)
    recording.article = article
    recording.use()


def is_behind(article):
    """Whether readers hear a recording of an earlier text. Twin: with_recordings."""
    recordings = Narration.objects.current().recorded().filter(article=article)
    return recordings.exclude(text_hash=article.spoken_hash).exists()


def with_recordings(articles):
    """Annotate `recording_is_behind`: readers hear a recording of an earlier text. Twin: is_behind."""
    behind = Narration.objects.current().recorded().filter(article=OuterRef("pk"))
    return articles.annotate(recording_is_behind=Exists(behind.exclude(text_hash=OuterRef("spoken_hash"))))


def earlier(article):
    """Return the recordings that were replaced or removed and can still be used again."""
    kept = Narration.objects.recorded().complete().filter(article=article, retired_at__lte=timezone.now())
    return kept.order_by("-retired_at")[:20]
