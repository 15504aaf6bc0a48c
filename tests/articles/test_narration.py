"""Articles that can be listened to: recordings, the server's voice, and what readers get of them."""

import shutil
import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles import audio, narrations, reworks, speech
from articles.models import Article, DraftLink, Narration
from config import heartbeat
from tests.articles.recordings import mp3, wav
from tests.factories import make_article, make_colleague

pytestmark = pytest.mark.django_db


class FakeEngine:
    """Reads each sentence in a second."""

    name = "fake"
    spoken = []

    def voices(self, language):
        return ["fake"] if language in ("en", "he") else []

    def speak(self, sentences, language):
        self.spoken.append((sentences, language))
        return speech.Speech(mp3(len(sentences)), [1.0] * len(sentences))


@pytest.fixture
def engine(settings):
    settings.NARRATION_ENGINE = f"{__name__}.FakeEngine"
    FakeEngine.spoken = []
    return FakeEngine


def record(article, *, content=None, read_by="", **fields):
    fields.setdefault("text_hash", article.spoken_hash)
    recording = audio.judge(content or mp3())
    return Narration.objects.keep(article, "recorded", recording, read_by=read_by, **fields)


def beat_and_work():
    """Let the heartbeat queue what is due and do it; return how many texts were queued."""
    before = DBTaskResult.objects.filter(task_path__endswith="narrate").count()
    heartbeat.read_aloud()
    queued = DBTaskResult.objects.filter(task_path__endswith="narrate").order_by("enqueued_at")
    for task in queued[before:]:
        narrations.make(Article.objects.get(pk=task.args_kwargs["args"][0]), task.args_kwargs["args"][1])
    return queued.count() - before


def page(client, article):
    return client.get(article.get_absolute_url()).content.decode()


def test_the_server_reads_a_live_text_once(client, engine):
    article = make_article(title="Ships", body="<p>They wait. They leave.</p>")
    make_article(status="draft")

    assert [beat_and_work(), beat_and_work()] == [1, 0]

    assert engine.spoken == [(["Ships", "They wait.", "They leave."], "en")]
    made = Narration.objects.get()
    shown = page(client, article)
    assert f'<audio controls preload="none" src="{made.file.url}">' in shown
    assert 'data-times="100 100 100"' in shown
    assert 'data-sentences="5,11 11"' in shown
    assert "0 min 03 s, read by a computer" in shown


def test_a_changed_text_is_read_anew_and_one_that_comes_back_is_not(client, engine):
    article = make_article(body="<p>They wait.</p>")
    beat_and_work()
    first = Narration.objects.get()
    article.body = "<p>They left.</p>"
    article.save()

    assert "<audio" not in page(client, article)  # of the old words
    beat_and_work()
    second = Narration.objects.current().get()
    assert second.file.url in page(client, article)

    article.body = "<p>They wait.</p>"
    article.save()
    beat_and_work()
    assert Narration.objects.current().get() == first
    assert len(engine.spoken) == 2


def test_what_nobody_hears_is_not_made(engine):
    make_article(language="ar")
    record(make_article())
    Article.objects.filter(pk=make_article().pk).update(listenable=False)

    assert beat_and_work() == 0


def test_without_an_engine_nothing_is_queued(settings):
    settings.NARRATION_ENGINE = ""
    make_article()
    assert beat_and_work() == 0


def test_a_text_that_moves_on_while_it_waits_is_left_to_its_next_task(engine):
    article = make_article()
    assert narrations.make(article, "another") is None
    assert engine.spoken == []


def test_a_worker_that_is_killed_half_way_leaves_nothing_that_readers_get(client, engine, monkeypatch):
    article = make_article()

    def killed(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            narrations.make(article, article.spoken_hash)
    assert "<audio" not in page(client, article)

    assert narrations.make(article, article.spoken_hash)
    assert "<audio" in page(client, article)


def test_articles_older_than_all_this_are_counted(client, engine):
    article = make_article(body="<p>One. Two.</p>")
    known = article.spoken_spans, article.spoken_hash
    Article.objects.update(spoken_hash="", spoken_spans="")

    heartbeat.read_aloud()

    article.refresh_from_db()
    assert (article.spoken_spans, article.spoken_hash) == known


def test_a_recording_comes_first_and_stays_when_the_text_moves_on(client, engine):
    article = make_article()
    beat_and_work()
    recording = record(article, read_by="Ines <Vale>", content=wav())

    shown = page(client, article)
    assert recording.file.url in shown
    assert "read by Ines &lt;Vale&gt;" in shown
    assert "The text has changed" not in shown

    article.title = "Another"
    article.save()
    shown = page(client, article)
    assert recording.file.url in shown
    assert "The text has changed since it was recorded." in shown


def test_switched_off_there_is_no_player(client):
    article = make_article()
    assert "data-listen" in page(client, article)
    record(article)
    Article.objects.update(listenable=False)
    assert "data-listen" not in page(client, article)
    assert "listen.js" not in page(client, article)


def test_audio_costs_a_page_no_query(client):
    article, other = make_article(), make_article()
    record(other)
    with CaptureQueriesContext(connection) as without:
        page(client, article)
    with CaptureQueriesContext(connection) as with_audio:
        page(client, other)
    assert len(with_audio) == len(without)


def test_a_draft_is_never_heard_with_the_audio_of_other_words(client):
    article = make_article(status="draft", published_at=None)
    record(article)
    link = DraftLink.objects.create(article=article, expires_at=timezone.now() + timedelta(days=1))
    assert "<audio" in client.get(link.get_absolute_url()).content.decode()

    article.body = "<p>Other words.</p>"
    article.save()
    shown = client.get(link.get_absolute_url()).content.decode()
    assert "<audio" not in shown
    assert "data-listen" in shown


def test_a_rework_keeps_the_recording_until_it_brings_its_own(client):
    article = make_article()
    old = record(article)
    editor = make_colleague("Editor")
    rework = reworks.start(article, editor)
    rework.body = "<p>Other words.</p>"
    rework.save()
    reworks.publish(rework, editor)
    assert Narration.objects.current().get() == old
    assert narrations.is_behind(Article.objects.get())

    rework = reworks.start(Article.objects.get(), editor)
    new = record(rework)
    reworks.publish(rework, editor)
    assert Narration.objects.current().get() == new
    assert new.file.url in page(client, article)
    assert not narrations.is_behind(Article.objects.get())


def test_files_of_deleted_articles_and_of_the_long_replaced_go(time_machine):
    deleted, replaced = make_article(), make_article()
    gone, old = record(deleted), record(replaced)
    record(replaced)
    Article.objects.filter(pk=deleted.pk).delete()

    Narration.objects.sweep()
    assert not default_storage.exists(gone.file.name)
    assert default_storage.exists(old.file.name)

    time_machine.move_to(timezone.now() + timedelta(days=31))
    Narration.objects.sweep()
    assert not default_storage.exists(old.file.name)
    assert Narration.objects.current().count() == Narration.objects.count() == 1


def test_names_of_files_say_nothing():
    article = make_article()
    one, two = record(article).file.name, record(article).file.name
    assert one != two
    assert article.slug not in one


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed here")
@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Ships wait.", "-v is no option [[here]].", "They leave & <go>."]),
        ("ar", ["السفن تنتظر.", "ثم تعود."]),
        ("he", ["האניות ממתינות.", "ואז הן חוזרות."]),
    ],
)
def test_espeak_reads_in_three_languages(language, sentences):
    engine = speech.Espeak()
    assert engine.voices(language)

    said = engine.speak(sentences, language)

    recording = audio.judge(said.content)
    assert recording.extension == "mp3"
    assert recording.duration == pytest.approx(sum(said.durations), abs=0.2)
    assert all(seconds > 0.6 for seconds in said.durations)


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 30", "echo one; echo two; printf '\\377\\n\\n'"])
def test_a_program_that_dies_hangs_or_babbles_has_no_voice(tmp_path, script):
    path = tmp_path / "babble"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)

    class Broken(speech.Espeak):
        program = str(path)
        patience = timeout = 0.3

    assert Broken().voices("en") == []
    with pytest.raises(speech.SpeechFailed):
        Broken().speak(["Ships wait."], "en")


def test_without_the_program_espeak_has_no_voice():
    class Missing(speech.Espeak):
        program = "no-such-program"

    assert Missing().voices("en") == []
    with pytest.raises(speech.SpeechFailed):
        Missing().speak(["One."], "en")


# The desk


def address(article):
    return reverse("admin:articles_article_narration", args=[article.pk])


def send(client, article, content, **entries):
    upload = SimpleUploadedFile("reading.mp3", content, content_type="audio/mpeg")
    return client.post(address(article), {"upload": upload, "read_by": "", **entries}, follow=True)


def test_an_editor_sends_in_replaces_and_removes_a_recording(client):
    article = make_article()
    client.force_login(make_colleague("Editor"))

    assert "What readers hear" in send(client, article, mp3(), read_by="Ines Vale").content.decode()
    first = Narration.objects.get()
    assert (first.read_by, first.mime_type, first.duration) == ("Ines Vale", "audio/mpeg", 2.01)
    assert first.size == len(mp3()) == default_storage.size(first.file.name)

    send(client, article, wav())
    second = Narration.objects.current().get()
    assert second.file.name.endswith(".wav")  # whatever it was called

    client.post(address(article), {"act": "remove"})
    assert not Narration.objects.current().exists()
    client.post(address(article), {"act": f"use:{first.pk}"})
    assert Narration.objects.current().get() == first
    log = client.get(reverse("admin:articles_article_log", args=[article.pk])).content.decode()
    assert "Put in a recording, read by Ines Vale." in log
    assert "Took the recording out." in log


def test_a_hostile_file_is_refused_with_a_sentence(client):
    article = make_article()
    client.force_login(make_colleague("Editor"))

    answer = send(client, article, b"<script>alert(1)</script>" * 100)

    assert "This is no recording that browsers play" in answer.content.decode()
    assert not Narration.objects.exists()


def test_the_editor_is_told_that_the_text_has_moved_on(client):
    article = make_article()
    record(article)
    client.force_login(make_colleague("Editor"))
    form, shown = reverse("admin:articles_article_change", args=[article.pk]), "The text has changed since"
    rows = reverse("admin:articles_article_changelist")
    assert shown not in client.get(form).content.decode()
    assert "Recording of an earlier text" not in client.get(rows).content.decode()

    article.body = "<p>Other words.</p>"
    article.save()
    assert shown in client.get(form).content.decode()
    assert "Recording of an earlier text" in client.get(rows).content.decode()
    assert shown in client.get(address(article)).content.decode()

    client.post(address(article), {"act": f"fits:{Narration.objects.get().pk}"})
    assert shown not in client.get(form).content.decode()


def test_listening_is_switched_off_and_on_for_one_article(client):
    article = make_article()
    editor = make_colleague("Editor")
    client.force_login(editor)
    client.post(address(article), {"act": "off"})
    assert "data-listen" not in page(client, article)
    rework = reworks.start(article, editor)
    reworks.publish(rework, editor)
    assert "data-listen" not in page(client, article)
    client.post(address(article), {"act": "on"})
    assert "data-listen" in page(client, article)


@pytest.mark.parametrize("act", ["use:1", "use:x", "use:" + "9" * 40, "fits:0", "remove", "", "x" * 5000])
def test_a_button_that_is_none_of_ours_does_nothing(client, act):
    article = make_article()
    other = record(make_article())
    client.force_login(make_colleague("Editor"))
    for pressed in (act, f"use:{other.pk}", f"fits:{other.pk}"):
        assert client.post(address(article), {"act": pressed}).status_code == 302
    assert list(Narration.objects.current()) == [other]


def test_a_group_can_lose_the_right(client):
    article, editor = make_article(), make_colleague("Editor")
    client.force_login(editor)
    editor.groups.get().permissions.remove(Permission.objects.get(codename="change_narration"))
    assert client.get(address(article)).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_recordings_at_once_leave_one_in_use():
    article = make_article()

    def keep():
        try:
            record(article)
        finally:
            connection.close()

    both = [threading.Thread(target=keep) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert Narration.objects.count() == 2
    assert Narration.objects.current().count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before its row", "before it is in use"])
def test_a_recording_of_an_article_that_is_deleted_meanwhile_is_not_kept(client, monkeypatch, moment):
    article = make_article()
    client.force_login(make_colleague("Editor"))

    def deleting(do):
        return lambda *given, **named: Article.objects.filter(pk=article.pk).delete() and do(*given, **named)

    if moment == "before its row":
        monkeypatch.setattr(audio, "judge", deleting(audio.judge))
    else:
        monkeypatch.setattr(Narration, "use", deleting(Narration.use))

    answer = send(client, article, mp3())

    assert answer.status_code == 200
    assert "This article was deleted meanwhile." in answer.content.decode()
    assert "The recording is kept." not in answer.content.decode()
    # What is there of it is swept up.
    assert Narration.objects.count() == Narration.objects.expired().count()


# The trial's own answers


@pytest.mark.parametrize(
    ("wanted", "status", "begin", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=10-", 206, 10, None),
        ("bytes=-5", 206, -5, None),
        ("bytes=0-999999", 206, 0, None),
        ("bytes=999999-", 416, None, None),
        ("bytes=9-3", 416, None, None),
        ("bytes=-", 200, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("seconds=1-2", 200, 0, None),
    ],
)
def test_listeners_can_jump(client, wanted, status, begin, end):
    narration = record(make_article())
    with narration.file.open() as file:
        content = file.read()

    answer = client.get(narration.file.url, headers={"range": wanted})

    assert answer.status_code == status
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(content)}"
        return
    got = b"".join(answer.streaming_content)
    assert got == content[begin:end]
    assert int(answer["Content-Length"]) == len(got)
    assert answer["Content-Type"] == "audio/mpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
