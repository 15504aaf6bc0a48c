"""What may be read, when, and what the database refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from articles.models import Article, Image, Redirect, RelatedLink, Tag
from tests.factories import make_article, make_author, make_image, make_page, make_tag, make_upload

pytestmark = pytest.mark.django_db


def test_scheduled_article_appears_at_its_time(client, time_machine):
    article = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert client.get(article.get_absolute_url()).status_code == 404

    time_machine.move_to(article.published_at)

    assert client.get(article.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("status", Article.Status.values)
@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("rework", [False, True])
def test_row_and_queryset_agree_on_what_is_published(status, hours, rework):
    original = make_article()
    article = make_article(
        status=status,
        published_at=timezone.now() + timedelta(hours=hours),
        draft_of=original if rework else None,
    )

    assert article.is_published == Article.objects.published().filter(pk=article.pk).exists()
    assert article.is_published == (status == "published" and hours < 0 and not rework)


@pytest.mark.parametrize("status", ["draft", "review", "withdrawn"])
def test_unpublished_article_is_nowhere(client, status):
    author, tag = make_author(), make_tag()
    make_article(authors=[author], tags=[tag], title="Public piece")
    hidden = make_article(
        title="Quetzalcoatlus", body="<p>Quetzalcoatlus</p>", status=status, authors=[author], tags=[tag]
    )

    places = [
        "/",
        "/kinds/analysis/",
        tag.get_absolute_url(),
        author.get_absolute_url(),
        "/tags/",
        "/feeds/",
        f"/feeds/tags/{tag.slug}/",
        "/search/?q=Quetzalcoatlus",
        make_article(related=[hidden], tags=[tag]).get_absolute_url(),
    ]
    for place in places:
        answer = client.get(place)
        assert answer.status_code == 200
        seen = answer.content.decode().replace("q=Quetzalcoatlus", "").replace("“Quetzalcoatlus”", "")
        seen = seen.replace('value="Quetzalcoatlus"', "").replace("Search: Quetzalcoatlus", "")
        assert "Quetzalcoatlus" not in seen, place


@pytest.mark.parametrize("field", ["published_at", "event_starts_at"])
@pytest.mark.parametrize(
    "moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)]
)
def test_date_that_no_calendar_can_show_is_refused(field, moment):
    article = make_article()
    setattr(article, field, moment)

    with pytest.raises(ValidationError) as refusal:
        article.full_clean()
    assert "1800" in str(refusal.value)
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        article.save()


def test_published_article_needs_a_date():
    with pytest.raises(IntegrityError, match="published_article_has_a_date"):
        make_article(published_at=None)


def test_two_languages_may_share_an_address_but_not_two_articles_of_one():
    make_article(slug="gulf", language="en")
    make_article(slug="gulf", language="ar")

    with pytest.raises(IntegrityError, match="one_article_per_language_and_slug"):
        make_article(slug="gulf", language="en")


def test_rework_shares_the_address_of_its_article_and_there_is_only_one():
    article = make_article(slug="gulf")
    make_article(slug="gulf", draft_of=article, status="draft")

    with pytest.raises(IntegrityError):
        make_article(slug="gulf", draft_of=article, status="draft")


def test_control_characters_do_not_enter_a_title():
    article = make_article(title="One\x0bTwo\x00 \n Three")

    article.refresh_from_db()
    assert article.title == "OneTwo Three"


def test_old_address_leads_to_the_new_one(client):
    article = make_article(slug="first")
    article.slug = "second"
    article.save()
    article.slug = "third"
    article.save()

    for old in ("first", "second"):
        answer = client.get(f"/articles/{old}/")
        assert (answer.status_code, answer["Location"]) == (301, "/articles/third/")


def test_address_changed_back_is_no_loop(client):
    article = make_article(slug="first")
    for slug in ("second", "first"):
        article.slug = slug
        article.save()

    assert client.get("/articles/first/").status_code == 200
    assert client.get("/articles/second/")["Location"] == "/articles/first/"


def test_old_address_of_a_withdrawn_article_leads_to_where_it_is_said_why(client):
    article = make_article(slug="first")
    article.withdraw("The figures were wrong.")
    article.slug = "second"
    article.save()

    answer = client.get("/articles/first/", follow=True)

    assert answer.status_code == 410
    assert "The figures were wrong." in answer.text


@pytest.mark.parametrize("status", ["draft", "review"])
def test_address_changed_while_the_article_was_taken_back_leads_on(client, status):
    article = make_article(slug="first")
    article.status = status
    article.save()
    article.slug = "second"
    article.save()
    assert client.get("/articles/first/").status_code == 404

    article.publish()

    assert client.get("/articles/first/")["Location"] == "/articles/second/"


def test_old_address_of_a_page_leads_to_the_new_one(client):
    page = make_page(slug="about-us")
    page.slug = "about"
    page.save()

    answer = client.get("/about-us/")

    assert (answer.status_code, answer["Location"]) == (301, "/about/")


def test_old_address_stays_another_texts_until_the_new_one_is_public(client):
    moved = make_article(slug="first")
    moved.slug = "second"
    moved.save()
    draft = make_article(slug="draft", published_at=timezone.now() - timedelta(days=1), status="draft")
    draft.slug = "first"
    draft.save()

    assert client.get("/articles/first/")["Location"] == "/articles/second/"


def test_redirect_to_its_own_address_is_no_loop(client):
    Redirect.objects.create(path="/old", url="/old/")

    assert client.get("/old/").status_code == 404


def test_old_address_in_another_script_leads_on(client):
    article = make_article(language="ar", slug="مضيق")
    article.slug = "قناة"
    article.save()

    answer = client.get("/ar/articles/مضيق/")

    assert answer.status_code == 301
    assert client.get(answer["Location"]).status_code == 200


def test_redirect_never_tells_of_what_is_not_public(client):
    draft = make_article(status="draft")
    Redirect.objects.create(path="/2019/05/old/", article=draft)

    assert client.get("/2019/05/old/").status_code == 404


def test_old_wordpress_addresses_answer(client):
    article = make_article()
    Redirect.objects.create(path="/?p=12", article=article)
    Redirect.objects.create(path="/2019/05/old/", article=article)

    for old in ("/?p=12", "/2019/05/old/", "/2019/05/old", "/2019/05/old/?utm_source=x"):
        answer = client.get(old)
        assert (answer.status_code, answer["Location"]) == (301, article.get_absolute_url()), old


def test_changing_a_draft_leaves_no_redirect():
    article = make_article(status="draft", slug="first")
    article.slug = "second"
    article.save()

    assert not Redirect.objects.exists()


def test_tag_is_one_whatever_its_case():
    article = make_article(tags=["Iraq"])
    article.tags.add("IRAQ", "iraq")

    assert [tag.name for tag in Tag.objects.all()] == ["Iraq"]
    with pytest.raises(IntegrityError, match="tag_name_ignoring_case"):
        make_tag(name="IRAQ")


def test_tag_in_another_script_has_an_address_in_it(client):
    article = make_article(language="ar", tags=["مياه عذبة"])

    answer = client.get(f"/ar/tags/{article.tags.get().slug}/")

    assert answer.status_code == 200
    assert "مياه عذبة" in answer.content.decode()


def test_related_link_is_an_article_or_an_outside_page():
    article = make_article()

    with pytest.raises(IntegrityError, match="related_link_has_one_target"), transaction.atomic():
        RelatedLink.objects.create(article=article, url="https://example.org/")
    with pytest.raises(IntegrityError, match="related_link_has_one_target"), transaction.atomic():
        RelatedLink.objects.create(
            article=article, target=make_article(), url="https://example.org/", title="Two"
        )


def test_reading_time_is_at_least_a_minute():
    assert make_article(body="<p>Short.</p>").reading_minutes == 1
    assert make_article(body=f"<p>{'word ' * 2300}</p>").reading_minutes == 10


def test_body_is_cleaned_wherever_it_comes_from():
    article = make_article(body='<p onclick="x()">Text<script>alert(1)</script></p>')
    page = make_page(body='<a href="javascript:1">x</a>')

    assert "script" not in article.body + article.body_html
    assert "onclick" not in article.body_html
    assert "javascript" not in page.body + page.body_html


def test_renaming_is_found_after_indexing():
    author = make_author(name="Ines Vale")
    article = make_article(authors=[author], title="Straits")

    assert "Ines Vale" in Article.objects.get(pk=article.pk).keywords


def test_new_renditions_of_an_image_reach_the_texts_that_show_it():
    image = make_image(alt="Before")
    article = make_article(body=f'<figure data-image="{image.pk}"></figure>')
    page = make_page(body=f'<figure data-image="{image.pk}"></figure>')
    image.alt = "After"
    image.save()

    image.refresh_uses()

    for text in (article, page):
        text.refresh_from_db()
        assert 'alt="After"' in text.body_html


def test_image_in_use_is_kept_and_an_unused_one_takes_its_files_with_it(django_capture_on_commit_callbacks):
    image = make_image()
    article = make_article(body=f'<figure data-image="{image.pk}"></figure>')
    with pytest.raises(ProtectedError):
        image.delete()
    article.body = "<p>Without.</p>"
    article.save()
    names = [image.file.name, *image.renditions.values_list("file", flat=True)]

    with django_capture_on_commit_callbacks(execute=True):
        image.delete()

    assert len(names) > 3
    assert not any(image.file.storage.exists(name) for name in names)


@pytest.mark.django_db(transaction=True)
def test_same_picture_uploaded_twice_at_once_is_one_image():
    content = make_upload(colour=(200, 10, 10)).read()

    def upload(_):
        try:
            return Image.objects.take_in(SimpleUploadedFile("a.jpg", content), alt="A").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(upload, range(4)))

    assert len(keys) == 1
    assert Image.objects.count() == 1
    image = Image.objects.get()
    stored = [name for name in image.file.storage.listdir("images")[1] if name.startswith(image.sha256[:20])]
    assert len(stored) == 1


def test_renamed_author_answers_at_every_old_address_in_every_language(client):
    author = make_author(slug="first")
    for slug in ("second", "third"):
        author.slug = slug
        author.save()

    for old in ("/authors/first/", "/authors/second/", "/ar/authors/first/"):
        answer = client.get(old)
        assert answer.status_code == 301
        assert answer["Location"].endswith("/authors/third/")
        assert client.get(answer["Location"]).status_code == 200


def test_redirect_to_an_old_address_is_refused_so_that_there_is_no_loop():
    Redirect.objects.create(path="/one/", url="/two/")

    with pytest.raises(ValidationError, match="itself an old one"):
        Redirect(path="/two/", url="/one/").full_clean()


def test_only_those_who_published_something_are_listed_as_authors(client):
    ines, daniel, noor = (make_author(name=name) for name in ("Ines", "Daniel", "Noor"))
    make_article(authors=[ines])
    make_article(authors=[ines, daniel], status="draft")
    make_article(authors=[noor], language="ar")

    page = client.get("/authors/").content.decode()

    assert ines.get_absolute_url() in page
    assert daniel.get_absolute_url() not in page
    assert noor.get_absolute_url() in page
