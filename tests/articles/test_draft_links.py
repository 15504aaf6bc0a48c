"""Links that let outsiders read a draft: who makes them, what they show, and when they answer no longer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import signing
from django.test import Client
from django.utils import timezone

from articles import journal, reworks
from articles.admin.draft_links import MOST_OPEN
from articles.models import Article, DraftLink
from tests.factories import make_article, make_author, make_colleague, make_image, make_site

pytestmark = pytest.mark.django_db


def make_link(article=None, **fields):
    """A link for a colleague elsewhere that works for another week."""
    fields.setdefault("note", "Dr Reyes")
    fields.setdefault("expires_at", timezone.now() + timedelta(days=7))
    article = article or make_article(status="draft", title="Not yet out")
    return DraftLink.objects.create(article=article, **fields)


def page_of(article):
    return f"/admin/articles/article/{article.pk}/draft-links/"


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


# What an outsider gets


def test_an_outsider_reads_the_draft_as_its_readers_will(client):
    image = make_image(alt="A buoy")
    article = make_article(
        status="draft",
        title="Not yet out",
        body=f'<p>Words of the draft.</p><figure data-image="{image.pk}"></figure>',
        authors=[make_author(name="Ines Vale")],
        lead_image=image,
    )

    page = client.get(make_link(article).get_absolute_url())

    assert page.status_code == 200
    for words in ("Not yet out", "Words of the draft.", "Ines Vale", "A draft, not published."):
        assert words in page.text
    assert page.text.count("<picture") >= 2
    assert image.srcset["natural"]["fallback"][0] in page.text


def test_the_page_is_kept_by_nobody_and_tells_nobody(client):
    link = make_link()

    for answer in (client.get(link.get_absolute_url()), client.get("/drafts/nonsense/")):
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies
        assert "ETag" not in answer.headers
        assert '<meta name="robots" content="noindex, nofollow">' in answer.text
    page = client.get(link.get_absolute_url()).text
    # A chat that shows a card of the link would pass the draft on, and the form would write down its address.
    assert "og:title" not in page
    assert "data-signup" not in page
    assert link.article.get_absolute_url() not in page


def test_the_embargo_is_named_with_its_zone_until_it_is_over(client):
    make_site(time_zone="Asia/Jerusalem")
    ahead = datetime(2100, 7, 1, 9, 0, tzinfo=UTC)
    link = make_link(embargo_until=ahead, expires_at=ahead + timedelta(days=1))

    page = client.get(link.get_absolute_url()).text

    assert "Embargoed until 1 July 2100, 12:00" in page
    assert "Asia/Jerusalem" in page
    DraftLink.objects.update(embargo_until=timezone.now() - timedelta(minutes=1))
    assert "Embargoed" not in client.get(link.get_absolute_url()).text


@pytest.mark.parametrize("language", ["ar", "he"])
def test_the_page_speaks_the_language_of_the_draft(client, language):
    link = make_link(make_article(status="draft", language=language, title="x"))

    answer = client.get(link.get_absolute_url())

    assert link.get_absolute_url().startswith(f"/{language}/drafts/")
    assert f'lang="{language}" dir="rtl"' in answer.text
    assert answer["Content-Language"] == language


def test_the_link_shows_what_is_saved_by_now(client):
    link = make_link()
    article = link.article
    article.body = "<p>Better words.</p>"
    article.save()

    assert "Better words." in client.get(link.get_absolute_url()).text


def test_the_link_of_a_rework_shows_the_rework_and_leads_to_the_article_once_it_replaced_the_text(
    client, admin_user
):
    article = make_article(body="<p>What readers see.</p>")
    rework = reworks.start(article, admin_user)
    rework.body = "<p>What is being rewritten.</p>"
    rework.save()
    link = make_link(rework)
    address = link.get_absolute_url()

    page = client.get(address)
    assert "What is being rewritten." in page.text
    assert "1 March 2026" in page.text
    reworks.publish(rework, admin_user)

    assert client.get(address)["Location"] == article.get_absolute_url()


# When it shows nothing


def test_every_reason_for_showing_nothing_gives_the_same_page(client, admin_user):
    withdrawn = make_article()
    reasons = {
        "expired": make_link(expires_at=timezone.now() - timedelta(seconds=1)),
        "revoked": make_link(revoked_at=timezone.now()),
        "withdrawn": make_link(withdrawn),
    }
    withdrawn.withdraw("It was wrong.")
    addresses = {name: link.get_absolute_url() for name, link in reasons.items()}
    gone = make_link()
    addresses["deleted"] = gone.get_absolute_url()
    gone.article.delete()
    token = make_link().token
    addresses["tampered"] = f"/drafts/{int(token.partition('.')[0]) + 1}.{token.partition('.')[2]}/"
    addresses["cut"] = f"/drafts/{token[:-3]}/"
    addresses["never ours"] = "/drafts/1.aaaa/"
    addresses["no number"] = f"/drafts/{signing.Signer(sep='.', salt='articles.draft-link').sign('x')}/"
    addresses["for something else"] = f"/drafts/{signing.Signer(sep='.').sign(reasons['expired'].pk)}/"
    addresses["far too long"] = f"/drafts/{'1' * 5000}/"

    answers = {name: client.get(address) for name, address in addresses.items()}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({answer.text for answer in answers.values()}) == 1
    assert "Nothing to read at this link" in answers["expired"].text


def test_once_readers_see_the_article_the_link_leads_there(client):
    link = make_link()
    link.article.publish()

    answer = client.get(link.get_absolute_url())

    assert answer.status_code == 302
    assert answer["Location"] == link.article.get_absolute_url()
    assert answer["Cache-Control"] == "private, no-store"
    link.refresh_from_db()
    assert link.views == 0


def test_an_article_that_is_scheduled_is_a_draft_until_its_time(client):
    link = make_link(make_article(published_at=timezone.now() + timedelta(hours=1)))

    assert client.get(link.get_absolute_url()).status_code == 200
    Article.objects.update(published_at=timezone.now())
    assert client.get(link.get_absolute_url()).status_code == 302


def test_the_draft_is_read_at_its_link_and_nowhere_else(client):
    article = make_article(status="draft", title="Marrowbone", body="<p>Marrowbone.</p>", tags=["Marrowbone"])
    address = make_link(article).get_absolute_url()

    assert "Marrowbone" in client.get(address).text
    assert client.get(article.get_absolute_url()).status_code == 404
    for place in ("/", "/feeds/", "/tags/", "/kinds/analysis/", "/corrections/"):
        assert "Marrowbone" not in client.get(place).text
    assert "/articles/" not in client.get("/search/?q=Marrowbone").text


# Counting


def test_a_view_is_counted_and_a_mere_look_ahead_is_not(client):
    link = make_link()
    address = link.get_absolute_url()

    client.head(address)
    client.get(address, headers={"sec-purpose": "prefetch"})
    client.get(address, headers={"sec-purpose": "prefetch;prerender"})
    client.get(address, headers={"purpose": "prefetch"})
    link.refresh_from_db()
    assert (link.views, link.last_viewed_at) == (0, None)

    client.get(address)
    client.get(address)
    link.refresh_from_db()
    assert link.views == 2
    assert timezone.now() - link.last_viewed_at < timedelta(minutes=1)


def test_two_who_look_at_once_are_two():
    link = make_link()
    stale = DraftLink.objects.get(pk=link.pk)

    DraftLink.objects.count_view(link)
    DraftLink.objects.count_view(stale)

    link.refresh_from_db()
    assert link.views == 2


def test_other_methods_are_refused(client):
    assert client.post(make_link().get_absolute_url()).status_code == 405


# At the desk


def test_an_editor_makes_a_link_and_finds_it_with_its_views(admin_client, client, settings):
    article = make_article(status="draft")

    admin_client.post(page_of(article), {"note": "Dr  Reyes", "days": 7, "embargo_until": ""})
    link = DraftLink.objects.get()
    client.get(link.get_absolute_url())
    page = admin_client.get(page_of(article))

    assert link.note == "Dr Reyes"
    assert timedelta(days=6) < link.expires_at - timezone.now() <= timedelta(days=7)
    assert settings.SITE_URL + link.get_absolute_url() in page.text
    assert "1 view, on" in page.text
    assert "no-store" in page["Cache-Control"]
    (sentence,) = journal.sentences(LogEntry.objects.get())
    assert sentence.startswith("Made a link for outsiders until ")
    assert sentence.endswith(": Dr Reyes.")


def test_the_embargo_is_read_in_the_sites_zone(admin_client):
    make_site(time_zone="Asia/Jerusalem")
    article = make_article(status="draft")

    admin_client.post(page_of(article), {"note": "x", "days": 90, "embargo_until": "2100-07-01T12:00"})

    assert DraftLink.objects.get().embargo_until == datetime(2100, 7, 1, 9, tzinfo=UTC)
    assert "Asia/Jerusalem" in admin_client.get(page_of(article)).text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"note": ""}, "This field is required."),
        ({"days": "91"}, "not one of the available choices"),
        ({"days": "0"}, "not one of the available choices"),
        ({"days": "x"}, "not one of the available choices"),
        ({"embargo_until": "2020-01-01T00:00"}, "This time is past"),
        ({"embargo_until": "9000-01-01T00:00"}, "between the years"),
        ({"embargo_until": "soon"}, "Enter a valid date/time."),
    ],
)
def test_a_mistake_gets_a_sentence_and_makes_no_link(admin_client, sent, sentence):
    article = make_article(status="draft")

    page = admin_client.post(page_of(article), {"note": "Reyes", "days": 7, "embargo_until": ""} | sent)

    assert sentence in page.text
    assert not DraftLink.objects.exists()


def test_there_is_an_end_to_open_links(admin_client):
    article = make_article(status="draft")
    for _ in range(MOST_OPEN):
        make_link(article)

    page = admin_client.post(page_of(article), {"note": "One more", "days": 7})

    assert "revoke one first" in page.text
    assert DraftLink.objects.count() == MOST_OPEN


def test_the_page_costs_the_same_with_many_links(admin_client, django_assert_max_num_queries):
    article = make_article(status="draft")
    for _ in range(20):
        make_link(article)
        make_link(article, revoked_at=timezone.now())

    with django_assert_max_num_queries(10):
        page = admin_client.get(page_of(article))

    assert page.text.count("data-copy") == 20


def test_a_link_is_revoked_after_a_question(admin_client, client):
    link = make_link()
    revoke = f"{page_of(link.article)}{link.pk}/revoke/"

    assert "Revoke it" in admin_client.get(revoke).text
    assert client.get(link.get_absolute_url()).status_code == 200
    for _twice in range(2):
        page = admin_client.post(revoke, follow=True)

    assert "answers no longer" in page.text
    assert client.get(link.get_absolute_url()).status_code == 404
    assert link.get_absolute_url() not in page.text
    assert journal.sentences(LogEntry.objects.get()) == ["Revoked the link for outsiders: Dr Reyes."]


def test_the_link_of_another_article_is_not_revoked_here(admin_client):
    link, other = make_link(), make_article(status="draft")

    assert admin_client.post(f"{page_of(other)}{link.pk}/revoke/").status_code == 404
    link.refresh_from_db()
    assert link.is_open


def test_a_public_article_gets_no_link(admin_client):
    article = make_article()

    assert "Readers see this article already" in admin_client.get(page_of(article)).text
    admin_client.post(page_of(article), {"note": "Reyes", "days": 7})
    assert not DraftLink.objects.exists()


def test_a_writer_shares_an_own_draft_and_no_other(client):
    writer = make_colleague("Writer")
    own, other = (make_article(status="draft", created_by=user) for user in (writer, None))
    writing = logged_in(writer)

    assert page_of(own) in writing.get(f"/admin/articles/article/{own.pk}/change/").text
    assert writing.post(page_of(own), {"note": "Reyes", "days": 1}).status_code == 302
    for answer in (writing.get(page_of(other)), writing.post(page_of(other), {"note": "x", "days": 1})):
        assert answer.status_code == 403
    link = make_link(other)
    assert writing.post(f"{page_of(other)}{link.pk}/revoke/").status_code == 403
    assert list(DraftLink.objects.values_list("article", "note").order_by("pk")) == [
        (own.pk, "Reyes"),
        (other.pk, "Dr Reyes"),
    ]


def test_hostile_words_in_the_note_stay_words(admin_client):
    link = make_link(note="<img src=x onerror=alert(1)>")

    for address in (page_of(link.article), f"{page_of(link.article)}{link.pk}/revoke/"):
        assert "<img src=x" not in admin_client.get(address).text
