"""The edition moves with what readers see, as it commits, and with nothing else."""

import zoneinfo
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from articles import edition, reworks
from articles.models import Article, Edition, EditionMove, Image, Tag
from newsletter.models import Newsletter
from tests.factories import (
    make_article,
    make_author,
    make_colleague,
    make_correction,
    make_image,
    make_page,
    make_series,
    make_site,
    make_tag,
)

pytestmark = pytest.mark.django_db(transaction=True)

# Tables that no public page reads, and why.
NOT_PUBLIC = {
    "articles_autosave": "what somebody types",
    "articles_comment": "said at the desk",
    "articles_commentmail": "said at the desk",
    "articles_draftlink": "its pages are never kept",
    "articles_edition": "the edition itself",
    "articles_editionmove": "the edition itself",
    "articles_imageuse": "protects pictures at the desk",
    "articles_lexeme": "search is never kept",
    "articles_lexiconstate": "search is never kept",
    "articles_linkuse": "the desk's list of links",
    "articles_missedsearch": "the desk's list of searches",
    "articles_outboundlink": "the desk's list of links",
    "articles_override": "the desk's checklist",
    "articles_presence": "who is at the desk",
    "articles_rendition": "pages read the copy in Image.srcset",
    "articles_retiredfile": "files that no page shows",
    "articles_revision": "the desk's versions",
    "articles_tagmerge": "what the desk can undo",
    "articles_throttle": "limits",
    "articles_translationgroup": "a bare key; what belongs to it is a column of the articles",
    "articles_word": "search is never kept",
    "newsletter_confirmationtoken": "private pages are never kept",
    "newsletter_consentevent": "private pages are never kept",
    "newsletter_signuprequest": "private pages are never kept",
    "newsletter_subscriber": "private pages are never kept",
    "newsletter_subscription": "private pages are never kept",
    "newsletter_suppression": "nobody sees it",
    "newsletter_welcomemail": "mail",
}
APPS = ["articles", "newsletter"]  # the others' tables are the desk's


@contextmanager
def moves(expected=True):
    """The block moves the edition, or leaves it where it is."""
    before = edition.read().number
    yield
    after = edition.read().number
    assert after > before if expected else after == before


def stays():
    return moves(False)


@pytest.fixture
def another():
    """Another connection to the same database, as another process has it."""
    other = connection.copy()
    yield other
    other.close()


def run(connection, sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_every_table_is_watched_or_said_not_to_be_public():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'edition_update'")
        watched = {name for (name,) in cursor.fetchall()}
    tables = {model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models()}

    assert tables - watched - NOT_PUBLIC.keys() == set()
    assert watched & NOT_PUBLIC.keys() == set()
    assert watched <= tables


def test_a_correction_of_a_published_text_moves_the_edition():
    article = make_article()

    with moves():
        article.title = "Another title"
        article.save()


def test_what_nobody_can_read_yet_leaves_the_edition_where_it_is():
    author = make_author()

    with stays():
        draft = make_article(status="draft", authors=[author], tags=["Gulf"])
        draft.title = "Another title"
        draft.save()
        draft.tags.set(["Energy"])
        draft.index()
        make_correction(article=draft)
        draft.delete()
        make_tag()
        make_series()


def test_a_draft_becomes_public_and_goes_again():
    draft = make_article(status="draft")

    with moves():
        draft.publish()
    with moves():
        draft.withdraw("It was wrong.")
    with moves():
        draft.take_back()
    with stays():
        draft.delete()


def test_a_rework_moves_the_edition_when_it_takes_its_place():
    editor = make_colleague("Editor")
    article = make_article()
    with stays():
        rework = reworks.start(article, editor)
        rework.title = "Rewritten"
        rework.save()

    with moves():
        reworks.publish(rework, editor)


def test_what_stands_beside_a_published_text_moves_the_edition():
    article, other, tag, image = make_article(), make_article(), make_tag(), make_image()

    with moves():
        article.tags.add(tag)
    with moves():
        Tag.objects.filter(pk=tag.pk).update(name="Renamed")
    with moves():
        article.related_links.create(target=other)
    with moves():
        correction = make_correction(article=article)
    with moves():
        correction.delete()
    with moves():
        Image.objects.filter(pk=image.pk).update(alt="Another description")
    with moves():
        make_page()
    with moves():
        site = make_site(words={"en": {"tagline": "Slow news"}})
    with moves():
        site.menu_items.create(label="Tags", path="/tags/")
    with moves():
        Newsletter.objects.create(title="Letter", promise="Weekly", sender_email="a@example.org")


def test_statements_past_our_code_move_the_edition(another):
    article = make_article()

    with moves():
        run(another, "UPDATE articles_article SET title = 'By hand' WHERE id = %s", article.pk)
    with moves():
        run(another, "DELETE FROM articles_article WHERE id = %s", article.pk)
    with moves():
        run(another, "TRUNCATE articles_article CASCADE")
    with stays():
        run(another, "UPDATE articles_article SET title = 'Nobody'")


def test_a_transaction_moves_the_edition_once_however_much_it_changes():
    articles = [make_article() for _ in range(3)]
    before = edition.read().number

    with transaction.atomic():
        for article in articles:
            article.save()
            Article.objects.update(title="All of them")
        assert EditionMove.objects.count() == 1
        assert Edition.objects.get().number == before

    assert Edition.objects.get().number > before
    assert not EditionMove.objects.exists()


def test_what_is_undone_moves_nothing():
    article = make_article()

    with stays(), transaction.atomic():
        article.save()
        transaction.set_rollback(True)
    with moves(), transaction.atomic():
        with transaction.atomic():
            article.save()
            transaction.set_rollback(True)
        make_page()


def test_a_transaction_that_commits_late_moves_the_edition_then(another):
    article = make_article()
    another.set_autocommit(False)
    run(another, "UPDATE articles_article SET title = 'Late' WHERE id = %s", article.pk)

    with moves():  # by somebody else, in the meantime
        make_page()
    with moves():
        another.commit()


def test_two_that_commit_at_once_move_it_twice(another):
    article, page = make_article(), make_page()
    another.set_autocommit(False)
    run(another, "UPDATE articles_article SET title = 'One' WHERE id = %s", article.pk)
    before = edition.read().number

    with transaction.atomic():
        page.save()
    between = edition.read().number
    another.commit()

    assert before < between < edition.read().number


def test_a_backup_of_yesterday_gives_no_number_a_second_time(another):
    make_page()
    run(another, "UPDATE articles_edition SET number = 5")  # as an old backup might have it

    with moves():
        make_page()
    assert edition.read().number > timezone.now().timestamp() * 900_000


def test_without_its_row_the_edition_is_nought_until_something_changes(another):
    run(another, "TRUNCATE articles_edition")
    assert edition.read().number == 0

    with moves():
        make_page()


def test_the_moment_moves_where_a_text_appears_by_itself():
    now = timezone.now()
    make_article(published_at=now + timedelta(hours=1))
    passed = make_article(published_at=now - timedelta(hours=1))

    assert moment() == passed.published_at


def test_the_moment_moves_with_notes_and_with_the_end_of_news():
    now = timezone.now()
    article = make_article(published_at=now - timedelta(days=3))
    assert moment() == article.published_at + timedelta(hours=48)

    note = make_correction(article=article, noted_at=now - timedelta(hours=1))
    make_correction(article=article, noted_at=now + timedelta(hours=1))
    assert moment() == note.noted_at


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Jerusalem"])
@pytest.mark.parametrize("days", [-2, -1, 0, 1])
def test_a_review_falls_due_at_the_midnight_of_the_site(zone, days):
    make_site(time_zone=zone)
    there = zoneinfo.ZoneInfo(zone)
    today = timezone.localdate(timezone=there)
    day = today + timedelta(days=days)
    article = make_article(published_at=datetime(2020, 1, 1, tzinfo=UTC), review_by=day)

    is_due = article.is_review_due(today)

    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=there)
    assert (moment() == midnight) is is_due
    assert is_due is (midnight <= timezone.now())


def moment():
    return datetime.fromtimestamp(edition.read().moment / edition.SECOND, UTC)


def test_a_cut_connection_is_made_anew(another):
    edition.read()
    pid = connection.connection.info.backend_pid
    run(another, "SELECT pg_terminate_backend(%s, 2000)", pid)

    assert edition.read().number


def test_a_pooler_that_forgets_what_was_prepared_is_no_error():
    edition.read()
    run(connection, "DEALLOCATE ALL")

    assert edition.read().number
    connection.has_edition_prepared = None
    assert edition.read().number


def test_a_hundred_thousand_rows_take_one_row_of_ours():
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) UPDATE articles_article SET title = title")
        triggers = cursor.fetchone()[0][0]["Triggers"]

    calls = {row["Trigger Name"]: row["Calls"] for row in triggers}
    assert calls["edition_update"] == 1


def test_the_edition_is_one_row():
    with pytest.raises(DatabaseError):
        Edition.objects.create(id=2, number=1)
