"""The desk: reworking a live article in its form."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from articles import checklist, revisions, reworks
from articles.models import Article, Byline, RelatedLink, Tag
from tests.articles.test_admin_writing import change, errors, form
from tests.articles.test_reworks import rework_of, save, soon
from tests.factories import make_article, make_author, make_colleague, make_tag

pytestmark = pytest.mark.django_db
User = get_user_model()
LIST = "/admin/articles/article/"
# The value of a button that publishes in spite of what the checklist warns of.
WARNINGS = ",".join(checklist.WARNINGS)


def press(client, rework, button="_save", **fields):
    """Send a rework's form as the browser does."""
    bylines = list(rework.bylines.all())
    sent = {"title": rework.title, "slug": rework.slug, "body": rework.body}
    rows = {"bylines-TOTAL_FORMS": len(bylines), "bylines-INITIAL_FORMS": len(bylines)}
    for number, row in enumerate(bylines):
        rows |= {
            f"bylines-{number}-id": row.pk,
            f"bylines-{number}-author": row.author_id,
            f"bylines-{number}-position": row.position,
        }
    data = form(**sent) | rows | {"rework_of": rework.draft_of_id, button: WARNINGS} | fields
    return client.post(change(rework), data)


def at(moment):
    return {
        "published_at_0": f"{timezone.localtime(moment):%Y-%m-%d}",
        "published_at_1": f"{timezone.localtime(moment):%H:%M:%S}",
    }


def test_readers_meet_a_rework_nowhere(client, admin_client):
    ines = make_author()
    article = make_article(authors=[ines], tags=["Ports"], title="The old canal")
    other = make_article(authors=[ines], tags=["Ports"], title="A harbour")
    rework_of(article, title="The new canal", slug="new-canal", body="<p>Sluicegates.</p>")

    pages = ["/", "/kinds/analysis/", "/tags/", "/tags/ports/", ines.get_absolute_url(), "/feeds/all.xml"]
    pages += [other.get_absolute_url(), article.get_absolute_url()]
    pages += ["/search/?q=sluicegates", "/search/?q=canal"]
    for page in pages:
        assert "new canal" not in client.get(page).content.decode().lower(), page
    assert client.get("/articles/new-canal/").status_code == 404
    assert Tag.objects.in_use(Article.objects.published()).get().number == 2
    found = admin_client.get(
        "/admin/autocomplete/?app_label=articles&model_name=relatedlink&field_name=target&term=canal"
    )
    assert [row["text"] for row in found.json()["results"]] == ["The old canal"]


def test_nobody_links_to_a_rework_even_by_hand(admin_client):
    article, rework = make_article(), reworks.start(make_article(), None)
    data = form(slug=article.slug, links=[{"target": rework.pk}], _save="1", **at(article.published_at))

    response = admin_client.post(change(article), data)

    assert response.status_code == 200
    assert not RelatedLink.objects.exists()


def test_the_button_begins_a_rework_and_both_forms_say_so(admin_client):
    article = make_article(title="The canal")
    assert "Rework it while readers keep this text" in admin_client.get(change(article)).content.decode()

    response = admin_client.post(f"/admin/articles/article/{article.pk}/rework/", follow=True)

    rework = Article.objects.get(draft_of=article)
    assert response.redirect_chain[-1][0] == change(rework)
    page = response.content.decode()
    assert "Rework of:" in page
    assert change(article) in page
    assert article.get_absolute_url() in page
    assert 'name="_publish"' in page
    assert f"/admin/articles/article/{rework.pk}/drop/" in page
    page = admin_client.get(change(article)).content.decode()
    assert "admin began" in page
    assert change(rework) in page
    assert "Rework it while readers keep this text" not in page


def test_a_rework_is_not_begun_by_a_link_nor_of_a_draft(admin_client):
    draft, article = make_article(status="draft"), make_article()

    assert admin_client.get(f"/admin/articles/article/{article.pk}/rework/").status_code == 405
    admin_client.post(f"/admin/articles/article/{draft.pk}/rework/")

    assert not Article.objects.filter(draft_of__isnull=False).exists()


def test_saving_a_rework_leaves_what_readers_see(admin_client, client):
    article = make_article(body="<p>Old words.</p>", authors=[make_author()], tags=["Ports"])
    rework = reworks.start(article, None)

    response = press(admin_client, rework, body="<p>New words.</p>", tags=["Water"])

    rework.refresh_from_db()
    assert response.headers["Location"] == change(rework)
    assert rework.status == "draft"
    assert rework.body == "<p>New words.</p>"
    assert rework.slug == article.slug
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Old words" in page
    assert "Water" not in page


def test_publish_replaces_at_once_and_leads_to_the_article(admin_client, client):
    article = make_article(body="<p>Old words.</p>", authors=[make_author()])
    rework = reworks.start(article, None)

    response = press(admin_client, rework, "_publish", body="<p>New words.</p>", standfirst="Why.")

    assert response.headers["Location"] == change(article)
    assert "New words" in client.get(article.get_absolute_url()).content.decode()


def test_schedule_gives_it_a_time_and_says_so(admin_client):
    article = make_article(authors=[make_author()])
    rework = reworks.start(article, None)

    response = press(admin_client, rework, "_schedule", standfirst="Why.", **at(soon()))

    assert response.status_code == 302
    rework.refresh_from_db()
    assert rework.is_scheduled
    assert not rework.is_published
    assert "It replaces that text on" in admin_client.get(change(rework)).content.decode()
    assert "It replaces this text on" in admin_client.get(change(article)).content.decode()


def test_newer_words_of_the_article_are_replaced_only_where_the_editor_ticks_it(admin_client):
    article = make_article(title="Old", authors=[make_author()])
    rework = reworks.start(article, None)
    save(article, title="Newer")
    newer = Article.objects.get(pk=article.pk).version

    assert "replaces those newer words" in admin_client.get(change(rework)).content.decode()
    refused = press(admin_client, rework, "_publish", title="New", standfirst="Why.")
    assert "Nothing is replaced yet" in str(errors(refused))
    assert Article.objects.get(pk=article.pk).title == "Newer"

    press(admin_client, rework, "_publish", title="New", standfirst="Why.", replace_newer=str(newer))
    assert Article.objects.get(pk=article.pk).title == "New"


def test_its_own_articles_address_is_free_for_a_rework_and_no_other(admin_client):
    article, other = make_article(), make_article()
    rework = reworks.start(article, None)

    assert press(admin_client, rework, slug=other.slug).status_code == 200
    assert press(admin_client, rework, slug=article.slug).status_code == 302


def test_the_preview_shows_the_article_as_it_will_be(admin_client):
    article = make_article(title="Old")
    rework = rework_of(article, title="New", due=soon())

    page = admin_client.get(f"/admin/articles/article/{rework.pk}/preview/").content.decode()

    assert "<h1>New</h1>" in page
    assert "2026-03-01" in page
    assert "Old" not in page


def test_the_list_shows_one_row_with_its_rework_marked(admin_client, django_assert_max_num_queries):
    article = make_article(title="The canal")
    rework = rework_of(article, title="The new canal", due=soon())

    page = admin_client.get(LIST).content.decode()

    assert page.count('class="field-title"') == 1
    assert "The new canal" not in page
    assert change(rework) in page
    assert "Rework: due on" in page


@pytest.mark.parametrize("state", ["draft", "review", "scheduled"])
def test_an_article_is_found_by_the_state_of_its_rework(admin_client, state):
    article, other = make_article(), make_article()
    due = soon() if state == "scheduled" else None
    rework = rework_of(article, due=due)
    if state == "review":
        rework.submit()

    page = admin_client.get(f"{LIST}?state={state}").content.decode()

    assert change(article) in page
    assert change(other) not in page


def test_dropping_asks_once(admin_client):
    article = make_article(title="Old")
    rework = reworks.start(article, None)
    save(rework, title="Never")
    address = f"/admin/articles/article/{rework.pk}/drop/"

    assert "Readers keep the text" in admin_client.get(address).content.decode()
    assert Article.objects.filter(pk=rework.pk).exists()
    response = admin_client.post(address)

    assert response.headers["Location"] == change(article)
    assert not Article.objects.filter(draft_of=article).exists()
    article.refresh_from_db()
    titles = [row.snapshot["fields"]["title"] for row in article.revisions.all()]
    assert article.title == "Old"
    assert titles[0] == "Old"
    assert "Never" in titles


def test_an_article_that_is_no_rework_cannot_be_dropped(admin_client):
    article = make_article()

    assert admin_client.post(f"/admin/articles/article/{article.pk}/drop/").status_code == 404


def test_deleting_the_article_deletes_its_rework(admin_client):
    article = make_article()
    reworks.start(article, None)

    admin_client.post(f"/admin/articles/article/{article.pk}/delete/", {"post": "yes"})

    assert not Article.objects.exists()


@pytest.mark.parametrize("end", ["publish", "drop"])
def test_what_was_written_in_a_rework_that_is_gone_is_kept_in_a_new_one(admin_client, end):
    ines = make_author()
    article = make_article(title="Old", authors=[ines])
    rework = reworks.start(article, None)
    bylines = list(rework.bylines.all())
    getattr(reworks, end)(rework, None)
    data = form(title="Mine", slug=article.slug) | {
        "rework_of": article.pk,
        "seen": "2026-01-01",
        "bylines-TOTAL_FORMS": 1,
        "bylines-INITIAL_FORMS": 1,
        "bylines-0-id": bylines[0].pk,
        "bylines-0-author": ines.pk,
        "bylines-0-position": 1,
        "_publish": "1",
    }

    response = admin_client.post(change(rework), data, follow=True)

    kept = Article.objects.get(draft_of=article)
    assert kept.title == "Mine"
    assert [row.author for row in kept.bylines.all()] == [ines]
    assert "What you wrote is kept" in response.content.decode()
    assert Article.objects.get(pk=article.pk).title == "Old"


def test_publishing_twice_in_a_row_makes_no_second_rework(admin_client):
    article = make_article(title="Old", authors=[make_author()])
    rework = reworks.start(article, None)
    bylines = [{"pk": row.pk, "author": row.author_id} for row in rework.bylines.all()]
    data = form(title="New", slug=article.slug, standfirst="Why.", _publish=WARNINGS) | {
        "rework_of": article.pk,
        "bylines-TOTAL_FORMS": 1,
        "bylines-INITIAL_FORMS": 1,
        "bylines-0-id": bylines[0]["pk"],
        "bylines-0-author": bylines[0]["author"],
        "bylines-0-position": 0,
    }

    admin_client.post(change(rework), data)
    admin_client.post(change(rework), data)

    assert [one.title for one in Article.objects.all()] == ["New"]


def test_a_colleague_who_may_not_change_articles_neither_begins_nor_drops(client):
    user = User.objects.create_user("guest", password="x", is_staff=True)
    article = make_article()
    rework = reworks.start(article, None)
    client.force_login(user)

    assert client.post(f"/admin/articles/article/{article.pk}/rework/").status_code == 403
    assert client.post(f"/admin/articles/article/{rework.pk}/drop/").status_code in (403, 404)
    assert Article.objects.filter(pk=rework.pk).exists()


def test_the_count_of_a_tag_leaves_reworks_out(admin_client):
    reworks.start(make_article(tags=[make_tag(name="Ports")]), None)

    page = admin_client.get("/admin/articles/tag/").content.decode()

    assert '<td class="field-article_count">1</td>' in page


def test_dropping_a_rework_overtakes_nobody_who_has_the_article_open(admin_client):
    article = make_article(title="Old")
    rework = reworks.start(article, None)
    opened = article.version
    for number in range(3):
        save(rework, title=f"Never {number}")
    reworks.drop(rework, None)

    mine = form(title="Mine", slug=article.slug, seen=opened, when=article.published_at)
    response = admin_client.post(change(article), mine)

    assert response.status_code == 302
    assert Article.objects.get().title == "Mine"


def test_whoever_is_really_overtaken_is_told_although_a_rework_was_dropped(admin_client):
    article = make_article(title="Old")
    rework = reworks.start(article, None)
    save(rework, title="Never")
    save(article, title="Theirs")
    reworks.drop(rework, None)

    mine = form(title="Mine", slug=article.slug, seen=0, when=article.published_at)
    response = admin_client.post(change(article), mine)

    assert "Somebody else saved this text" in str(errors(response))
    assert Article.objects.get().title == "Theirs"


def test_the_rework_leads_to_what_it_changes_and_to_no_address_that_is_not_there(admin_client):
    article = make_article(title="Old", body="<p>One word.</p>")
    rework = rework_of(article, title="New", body="<p>Another word.</p>")
    compare = f"/admin/articles/article/{rework.pk}/rework/compare/"

    page = admin_client.get(change(rework)).content.decode()
    assert compare in page
    assert "View on site" not in page
    assert "View on site" in admin_client.get(change(article)).content.decode()
    compared = admin_client.get(compare).content.decode()
    assert "<del>" in compared
    assert "Another" in compared
    assert "Draft" not in compared
    assert admin_client.get(f"/admin/articles/article/{article.pk}/rework/compare/").status_code == 404


def test_what_is_newer_than_the_rework_is_one_press_away(admin_client):
    article = make_article(title="Old")
    rework = reworks.start(article, None)
    save(article, title="Newer")

    page = admin_client.get(change(rework))

    newer = f"/admin/articles/article/{article.pk}/history/compare/?old=0&new=1"
    assert newer.replace("&", "&amp;") in page.content.decode()
    assert "Newer" in admin_client.get(newer).content.decode()


def test_what_a_colleague_wrote_in_the_next_rework_is_not_replaced_unseen(admin_client):
    article = make_article(title="Old")
    gone = reworks.start(article, None)
    reworks.drop(gone, None)
    following = reworks.start(article, make_colleague("Editor"))
    Byline.objects.create(article=following, author=make_author(name="Ines Vale"))
    with revisions.saving([following], following.created_by, revisions.SAVED):
        Article.objects.filter(pk=following.pk).update(title="Theirs")
    data = form(title="Mine", slug=article.slug, seen="0", rework_of=article.pk)

    page = admin_client.post(change(gone), data)
    following.refresh_from_db()
    assert following.title == "Theirs"
    assert "Theirs" in page.text
    assert "Ines Vale" in page.text
    again = page.context["adminform"].form.data["seen"]
    admin_client.post(change(gone), data | {"seen": again, "meant_for": page.context["meant_for"]})

    following.refresh_from_db()
    assert following.title == "Mine"
    assert {"Theirs", "Mine"} < {row.snapshot["fields"]["title"] for row in following.revisions.all()}


def test_a_writer_whose_rework_was_put_in_its_place_meanwhile_loses_no_word(client):
    writer = make_colleague("Writer")
    article = make_article(title="Old", created_by=writer)
    rework = reworks.start(article, writer)
    reworks.publish(rework, None)
    client.force_login(writer)

    client.post(change(rework), form(title="Mine", slug=article.slug, seen="0", rework_of=article.pk))

    assert Article.objects.get(draft_of=article).title == "Mine"
