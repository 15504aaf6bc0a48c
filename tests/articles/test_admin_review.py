"""The desk: corrections, reviews, the order of a series, and what stands under “Read next”."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Correction, RelatedVeto
from tests.articles.test_admin_writing import change, errors, form
from tests.factories import make_article, make_correction, make_series

pytestmark = pytest.mark.django_db


def notes(*rows, initial=0):
    data = {"corrections-TOTAL_FORMS": len(rows), "corrections-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"corrections-{number}-{name}": value for name, value in row.items()}
    return data


def saved(client, article, **fields):
    article.refresh_from_db()
    kept = {"title": article.title, "slug": article.slug, "_save": "1"}
    return client.post(change(article), form(when=article.published_at, **(kept | fields)))


def listed(client, query):
    result = client.get(f"/admin/articles/article/?{query}").context["cl"].result_list
    return [article.title for article in result]


def test_note_without_a_time_is_of_now(admin_client):
    article = make_article()
    row = {"kind": "update", "noted_at_0": "", "noted_at_1": "", "text": "The launch is back."}

    saved(admin_client, article, **notes(row))

    note = Correction.objects.get()
    assert (note.article, note.kind, note.text) == (article, "update", "The launch is back.")
    assert timezone.now() - note.noted_at < timedelta(minutes=1)
    assert "The launch is back." in admin_client.get(article.get_absolute_url()).text


def test_note_in_the_future_is_refused_and_kept_in_the_form(admin_client):
    article = make_article()
    row = {"kind": "update", "noted_at_0": "2100-01-01", "noted_at_1": "12:00", "text": "From tomorrow."}

    response = saved(admin_client, article, **notes(row))

    assert "cannot be dated in the future" in response.text
    assert "From tomorrow." in response.text
    assert not Correction.objects.exists()


def test_note_may_be_changed_and_deleted(admin_client):
    article = make_article()
    note = make_correction(article=article, text="Before.")
    row = {"id": note.pk, "kind": "correction", "text": "After."}
    row |= {"noted_at_0": "2026-03-02", "noted_at_1": "00:00:00"}

    saved(admin_client, article, **notes(row, initial=1))
    assert Correction.objects.get().text == "After."

    saved(admin_client, article, **notes(row | {"DELETE": "on"}, initial=1))
    assert not Correction.objects.exists()


def test_only_what_was_public_has_notes(admin_client):
    article = make_article()
    draft = make_article(status="draft")

    assert "corrections-TOTAL_FORMS" in admin_client.get(change(article)).text
    assert "corrections-TOTAL_FORMS" not in admin_client.get(change(draft)).text


def test_form_opened_before_the_article_was_public_saves_all_the_same(admin_client):
    article = make_article()

    assert saved(admin_client, article, title="Better").status_code == 302
    article.refresh_from_db()
    assert article.title == "Better"


def test_list_of_due_reviews_begins_with_the_one_that_waited_longest(admin_client):
    today = timezone.localdate()
    for title, days in (("waits", -3), ("waited longest", -9), ("planned", 1)):
        make_article(title=title, review_by=today + timedelta(days=days))
    make_article(title="never")
    make_article(title="a draft", status="draft", review_by=today - timedelta(days=9))

    assert listed(admin_client, "review=due") == ["waited longest", "waits"]
    assert listed(admin_client, "review=planned") == ["planned"]
    assert "Review: was due by" in admin_client.get("/admin/articles/article/").text


def test_putting_a_review_off_says_that_it_was_made_today(admin_client):
    article = make_article(review_by=date(2026, 1, 1))

    saved(admin_client, article, review_by="2099-01-01", reviewed_on="")

    article.refresh_from_db()
    assert article.reviewed_on == timezone.localdate()

    saved(admin_client, article, review_by="2098-01-01", reviewed_on="2026-02-03")
    article.refresh_from_db()
    assert article.reviewed_on == date(2026, 2, 3)
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = saved(admin_client, article, review_by="2098-01-01", reviewed_on=str(tomorrow))
    assert "in the future" in errors(response)["reviewed_on"][0]


def test_article_joins_a_series_at_its_end_and_leaves_no_gap_behind(admin_client):
    old, new = make_series(), make_series()
    first, article, last = (make_article(series=old, series_position=place) for place in (1, 2, 3))
    other = make_article(series=new, series_position=1)

    saved(admin_client, article, series=new.pk)

    assert list(old.articles.in_series_order().values_list("pk", "series_position")) == [
        (first.pk, 1),
        (last.pk, 2),
    ]
    assert list(new.articles.in_series_order().values_list("pk", "series_position")) == [
        (other.pk, 1),
        (article.pk, 2),
    ]


def test_series_in_another_language_is_refused(admin_client):
    article, series = make_article(), make_series(language="ar")

    assert "another language" in errors(saved(admin_client, article, series=series.pk))["series"][0]


def test_parts_are_put_in_order_without_touching_the_articles(admin_client):
    series = make_series(title="Narrow places")
    parts = [make_article(series=series, series_position=place, body="<p>Words.</p>") for place in (1, 2, 3)]
    before = {article.pk: (article.version, article.updated_at) for article in Article.objects.all()}
    data = {"language": "en", "title": series.title, "slug": series.slug, "description": ""}
    data |= {"articles-TOTAL_FORMS": 3, "articles-INITIAL_FORMS": 3}
    for row, (article, place) in enumerate(zip(parts, (3, 1, 2), strict=True)):
        data |= {f"articles-{row}-id": article.pk, f"articles-{row}-series": series.pk}
        data[f"articles-{row}-position"] = place

    page = admin_client.get(f"/admin/articles/series/{series.pk}/change/")
    response = admin_client.post(f"/admin/articles/series/{series.pk}/change/", data)

    assert 'name="articles-0-position"' in page.text
    assert response.status_code == 302
    order = list(series.articles.in_series_order())
    assert order == [parts[1], parts[2], parts[0]]
    assert [article.series_position for article in order] == [1, 2, 3]
    assert {article.pk: (article.version, article.updated_at) for article in order} == before
    assert order[0].body == "<p>Words.</p>"


def test_editor_sees_what_stands_there_and_why_and_keeps_one_away(admin_client):
    other = make_article(title="Other piece", tags=["Iraq", "PMU"])
    article = make_article(tags=["Iraq", "PMU"])
    address = f"/admin/articles/article/{article.pk}/related/"

    text = admin_client.get(address).text
    assert "Other piece" in text
    assert "Same subject: Iraq, PMU" in text
    assert address in admin_client.get(change(article)).text

    text = admin_client.post(address, {"veto": other.pk}, follow=True).text
    assert "will not stand beside" in text
    assert "Kept away by an editor" in text
    assert "Other piece" not in admin_client.get(article.get_absolute_url()).text

    admin_client.post(address, {"allow": other.pk})
    assert not RelatedVeto.objects.exists()


def test_suggestion_becomes_a_pick_once(admin_client):
    other, article = make_article(), make_article(related=[make_article()])
    address = f"/admin/articles/article/{article.pk}/related/"
    RelatedVeto.objects.create(article=article, target=other)

    for _ in range(2):
        admin_client.post(address, {"pick": other.pk})

    assert [link.target for link in article.related_links.all()][-1] == other
    assert article.related_links.count() == 2
    assert not RelatedVeto.objects.exists()
    assert "Your pick" in admin_client.get(address).text


@pytest.mark.parametrize("value", ["", "x", "999999", "-1", "9" * 40])
def test_nonsense_changes_nothing(admin_client, value):
    article = make_article()

    answer = admin_client.post(f"/admin/articles/article/{article.pk}/related/", {"veto": value})

    assert answer.status_code in (302, 404)
    assert not RelatedVeto.objects.exists()


def test_form_and_list_keep_to_their_queries(admin_client, django_assert_max_num_queries):
    series = make_series()
    article = make_article(series=series)
    for _ in range(5):
        make_correction(article=article)
    admin_client.get(change(article))

    with django_assert_max_num_queries(13):
        admin_client.get(change(article))
    with django_assert_max_num_queries(8):
        admin_client.get("/admin/articles/article/?review=due")
    for _ in range(20):
        make_article(series=series)
    with django_assert_max_num_queries(12):
        admin_client.get(f"/admin/articles/series/{series.pk}/change/")


def test_a_pick_made_on_the_page_is_a_save_that_is_kept_and_told(admin_client, admin_user):
    article, other = make_article(title="The canal"), make_article(title="The strait")

    for _twice in range(2):
        admin_client.post(f"/admin/articles/article/{article.pk}/related/", {"pick": other.pk})

    article.refresh_from_db()
    [kept] = article.revisions.filter(number=article.version)
    assert article.version == 1
    assert kept.user == admin_user
    assert [row["name"] for row in kept.snapshot["related"]] == ["The strait"]
    log = admin_client.get(f"/admin/articles/article/{article.pk}/history/log/").text
    assert "“The strait” is a pick now" in log
