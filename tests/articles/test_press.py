"""Mentions in the press: what they drew on, what was said of an article, all of them by year and outlet."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import revisions, reworks
from articles.comparison import compare
from articles.forms import ArticleForm
from articles.models import Article, DrawnOn, OutboundLink
from articles.snapshots import snapshot
from tests.articles.test_admin_writing import form
from tests.factories import make_article, make_author, make_colleague, make_site

pytestmark = pytest.mark.django_db
SECRET = "Xylograph"


def text(answer):
    return answer.content.decode()


def make_mention(*, drew_on=(), **fields):
    fields.setdefault("source_outlet", "The Harbour Review")
    fields.setdefault("source_date", date(2026, 3, 10))
    mention = make_article(kind="mention", **fields)
    for position, analysis in enumerate(drew_on):
        DrawnOn.objects.create(mention=mention, analysis=analysis, position=position)
    return mention


def test_mention_and_analysis_lead_to_each_other(client):
    analysis = make_article(title="The strait")
    other = make_article(title="The canal", language="ar")
    mention = make_mention(drew_on=[analysis, other], title="Sarn waits")

    page = text(client.get(mention.get_absolute_url()))

    assert "Drew on" in page
    assert page.index("The strait") < page.index("The canal")
    assert f'href="{other.get_absolute_url()}" lang="ar" hreflang="ar" dir="rtl"' in page
    there = text(client.get(analysis.get_absolute_url()))
    assert "In the press</h2>" in there
    assert f'href="{mention.get_absolute_url()}">The Harbour Review</a>' in there
    assert "10 March 2026</time>" in there


def test_quotation_stands_in_its_own_language_beside_the_archived_copy(client):
    mention = make_mention(
        source_quote="Une file\nqui se répète <b>",
        source_quote_language="fr",
        source_url="https://example.org/sarn",
        source_archive="https://archive.example/sarn",
    )

    page = text(client.get(mention.get_absolute_url()))

    assert '<blockquote lang="fr" dir="auto"><p>Une file<br>qui se répète &lt;b&gt;</p></blockquote>' in page
    assert 'href="https://archive.example/sarn"' in page
    assert set(OutboundLink.objects.values_list("host", flat=True)) == {"example.org", "archive.example"}


@pytest.mark.parametrize(
    "hidden",
    [{"status": "draft"}, {"status": "review"}, {"published_at": timezone.now() + timedelta(days=1)}],
)
def test_neither_side_names_what_readers_may_not_see(client, hidden):
    analysis, mention = make_article(), make_mention()
    secret = make_article(title=SECRET, **hidden)
    said = make_mention(drew_on=[analysis], title=SECRET, source_outlet=SECRET, **hidden)
    DrawnOn.objects.create(mention=mention, analysis=secret)

    for path in (
        analysis.get_absolute_url(),
        mention.get_absolute_url(),
        "/kinds/mention/",
        "/kinds/mention/outlets/",
        "/archive/2026/",
    ):
        assert SECRET not in text(client.get(path)), path
    assert client.get(f"/kinds/mention/outlets/{SECRET.lower()}/").status_code == 404
    assert client.get(said.get_absolute_url()).status_code == 404


def test_a_page_full_of_mentions_asks_no_more_and_stays_short(client, django_assert_max_num_queries):
    make_site()
    analysis = make_article(authors=[make_author()])
    bare = len(client.get(analysis.get_absolute_url()).content)
    for number in range(30):
        make_mention(drew_on=[analysis], source_date=date(2026, 1, 1) + timedelta(days=number))

    with django_assert_max_num_queries(8):
        page = client.get(analysis.get_absolute_url())

    assert text(page).count(">The Harbour Review</a>") == 12
    assert "All mentions" in text(page)
    assert "30 January 2026" in text(page)
    assert len(page.content) - bare < 4000


# In the media


def test_mentions_stand_under_their_years_with_counts(client):
    make_mention(source_date=date(2025, 12, 31), title="Old")
    make_mention(source_date=date(2026, 1, 1), title="New")
    make_mention(source_date=None, published_at=datetime(2024, 5, 1, tzinfo=UTC), title="Undated")

    page = text(client.get("/kinds/mention/"))

    assert page.index('id="y2026"') < page.index(">New</a>") < page.index('id="y2025"')
    assert page.index(">Old</a>") < page.index('id="y2024"') < page.index(">Undated</a>")
    assert 'href="/kinds/mention/2025/">2025 (1)</a>' in page
    only = text(client.get("/kinds/mention/2025/"))
    assert ">Old</a>" in only
    assert ">New</a>" not in only


def test_year_of_a_mention_without_a_date_is_that_of_the_site(client):
    make_site(time_zone="Asia/Jerusalem")
    make_mention(source_date=None, published_at=datetime(2025, 12, 31, 23, tzinfo=UTC))

    assert 'id="y2026"' in text(client.get("/kinds/mention/"))


def test_spellings_of_one_outlet_are_one_filter(client):
    make_mention(source_outlet="The Harbour Review", title="One")
    make_mention(source_outlet="The harbour review", title="Two")
    make_mention(source_outlet="The Harbour Review", title="Again")
    make_mention(source_outlet="A Daily", title="Five")
    make_mention(source_outlet="صحيفة المرفأ", title="Three")
    make_mention(source_outlet="!!!", title="Four")

    page = text(client.get("/kinds/mention/"))
    review = text(client.get("/kinds/mention/outlets/the-harbour-review/"))

    # Under the spelling of most of them, and before those with fewer.
    assert re.findall(r"outlets/([^/\"]+)/\">(.*?) \((\d)\)</a>", unquote(page)) == [
        ("the-harbour-review", "The Harbour Review", "3"),
        ("a-daily", "A Daily", "1"),
        ("صحيفة-المرفأ", "صحيفة المرفأ", "1"),
    ]
    assert review.count(">One</a>") == review.count(">Two</a>") == 1
    assert ">Three</a>" not in review
    assert ">Three</a>" in text(client.get("/kinds/mention/outlets/صحيفة-المرفأ/"))
    assert 'href="/kinds/mention/outlets/the-harbour-review/"' in text(client.get("/kinds/mention/outlets/"))


def test_nothing_in_the_press_is_said_and_not_an_error(client):
    assert "Nothing has been published here yet." in text(client.get("/kinds/mention/"))
    assert client.get("/kinds/mention/outlets/").status_code == 200
    for path in ("2026/", "0/", "99999999999999999999/", "outlets/nobody/", "?page=2", "?page=x"):
        assert client.get(f"/kinds/mention/{path}").status_code == 404, path


def test_mentions_by_the_thousand_come_in_pages_at_the_same_price(client, django_assert_max_num_queries):
    make_site()
    Article.objects.bulk_create(
        Article(
            kind="mention",
            title=f"Mention {number}",
            slug=f"mention-{number}",
            status="published",
            published_at=datetime(2026, 3, 1, tzinfo=UTC),
            source_outlet=f"Outlet {number % 40}",
            source_date=date(2000 + number % 20, 1, 1),
        )
        for number in range(400)
    )

    with django_assert_max_num_queries(5):
        page = text(client.get("/kinds/mention/"))
    assert 'rel="next"' in page
    assert "All outlets" in page
    last = text(client.get("/kinds/mention/?page=20"))
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last


# In the form


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"source_archive": "not an address"}, "source_archive", "Enter a valid URL."),
        ({"source_archive": "javascript:alert(1)"}, "source_archive", "Enter a valid URL."),
        (
            {"source_archive": "https://example.org/a", "source_url": "https://example.org/a"},
            "source_archive",
            "This is the page itself.",
        ),
        ({"source_quote": "line\n" * 20}, "source_quote", "at most 12 lines; this one has 20."),
        ({"source_quote": "a", "source_quote_language": "xx"}, "source_quote_language", "valid choice"),
    ],
)
def test_form_says_what_is_wrong_with_a_mention(fields, field, sentence):
    sent = ArticleForm(form(kind="mention", **fields))

    assert sentence in " ".join(sent.errors[field])


def test_editor_says_what_a_mention_drew_on(admin_client):
    analysis = make_article(title="The strait")
    row = {"drawn_on-0-analysis": analysis.pk, "drawn_on-0-position": 1, "drawn_on-TOTAL_FORMS": 1}
    quoted = {"source_quote": "A queue.", "source_quote_language": "en"}
    admin_client.post(reverse("admin:articles_article_add"), form(kind="mention", **row, **quoted))

    mention = Article.objects.get(kind="mention")
    assert mention.drawn_on.get().analysis == analysis
    assert mention.source_quote == "A queue."
    assert mention.source_quote_language == ""  # the article's own

    itself = {"drawn_on-INITIAL_FORMS": 0, "drawn_on-0-analysis": mention.pk, "drawn_on-0-position": 1}
    change = reverse("admin:articles_article_change", args=[mention.pk])
    answer = admin_client.post(change, form(kind="mention", **(row | itself)))
    assert "A mention does not draw on itself." in text(answer)


def test_writer_may_say_what_a_mention_drew_on(client):
    client.force_login(make_colleague("Writer"))

    assert "drawn_on-0-analysis" in text(client.get(reverse("admin:articles_article_add"))) or (
        "drawn_on-__prefix__-analysis" in text(client.get(reverse("admin:articles_article_add")))
    )


# Versions and reworks


def test_an_earlier_version_brings_back_quotation_and_what_it_drew_on():
    editor, analysis = make_colleague("Editor"), make_article(title="The strait")
    mention = make_mention(drew_on=[analysis], source_quote="A queue.", source_archive="https://a.example/")
    revisions.record(mention, editor)
    mention.source_quote, mention.source_archive = "", ""
    mention.save()
    mention.drawn_on.all().delete()
    revisions.record(mention, editor)
    first = mention.revisions.get(number=1)

    changed = compare(first.snapshot, snapshot(mention))
    assert {change.label for change in changed.fields} == {"Quotation", "Archived copy"}
    assert [(change.label, change.removed) for change in changed.lists] == [("Drew on", ["The strait"])]

    gone = revisions.restore(mention, first, editor)

    mention.refresh_from_db()
    assert gone == []
    assert mention.source_quote == "A queue."
    assert mention.drawn_on.get().analysis == analysis
    analysis.delete()
    gone = revisions.restore(mention, first, editor)
    assert gone == ["Article that it drew on “The strait” does not exist any more and was left out."]


def test_a_version_from_before_these_fields_says_nothing_of_them():
    editor = make_colleague("Editor")
    mention = make_mention(drew_on=[make_article()], source_quote="A queue.")
    revisions.record(mention, editor)
    revision = mention.revisions.get(number=1)
    del revision.snapshot["drew_on"]
    for name in ("source_quote", "source_archive", "source_quote_language"):
        del revision.snapshot["fields"][name]

    assert not compare(revision.snapshot, snapshot(make_mention(title=mention.title))).lists
    revisions.restore(mention, revision, editor)

    mention.refresh_from_db()
    assert mention.source_quote == "A queue."
    assert mention.drawn_on.count() == 1


def test_rework_takes_what_a_mention_drew_on_along_and_brings_it_back(client):
    editor, one, other = make_colleague("Editor"), make_article(), make_article(title="The canal")
    mention = make_mention(drew_on=[one])
    rework = reworks.start(mention, editor)
    assert rework.drawn_on.get().analysis == one

    rework.drawn_on.all().delete()
    DrawnOn.objects.create(mention=rework, analysis=other)
    # Readers keep what was there.
    assert "The canal</a></li>" not in text(client.get(mention.get_absolute_url()))
    assert "The Harbour Review</a>" not in text(client.get(other.get_absolute_url()))
    reworks.publish(rework, editor)

    assert mention.drawn_on.get().analysis == other


def test_rework_of_an_analysis_keeps_its_mentions(client):
    editor, analysis = make_colleague("Editor"), make_article()
    make_mention(drew_on=[analysis])
    rework = reworks.start(analysis, editor)
    client.force_login(editor)

    preview = text(client.get(reverse("admin:articles_article_preview", args=[rework.pk])))
    assert ">The Harbour Review</a>" in preview
    reworks.publish(rework, editor)
    assert ">The Harbour Review</a>" in text(client.get(analysis.get_absolute_url()))
