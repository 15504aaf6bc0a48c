"""The same piece in other languages: linked both ways, at most one in each, and no draft among them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from articles import revisions, reworks, translations
from articles.models import Article, TranslationGroup
from tests.articles.test_admin_writing import form
from tests.factories import make_article, make_author, make_colleague, make_site

pytestmark = pytest.mark.django_db
LANGUAGES = {"en": {"tagline": "Ports"}, "ar": {"name": "تايدلاينز"}, "he": {"name": "קווי גאות"}}


def text(answer):
    return answer.content.decode()


def linked(*articles):
    translations.link(*articles)
    for article in articles:
        article.refresh_from_db()
    return articles


def trio():
    return [make_article(language=language, title=f"In {language}") for language in ("en", "ar", "he")]


def group_of(article):
    return {other.pk for other in translations.others(Article.objects.get(pk=article.pk))}


def change(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def save(client, article, chosen, **fields):
    sent = {"title": article.title, "slug": article.slug, "language": article.language, "_save": "1"}
    sent |= {"translations": chosen, **fields}
    return client.post(change(article), form(when=article.published_at, **sent))


# What readers get


def test_translations_name_each_other_and_themselves(client):
    make_site(words=LANGUAGES)
    english, arabic, hebrew = linked(*trio())

    for article in (english, arabic, hebrew):
        page = text(client.get(article.get_absolute_url()))
        for other in (english, arabic, hebrew):
            link = f'rel="alternate" hreflang="{other.language}" href="http://testserver'
            assert f"{link}{other.get_absolute_url()}" in page.replace(
                "http://localhost", "http://testserver"
            )
        assert page.count('hreflang="x-default"') == 1
    page = text(client.get(english.get_absolute_url()))
    assert "Also in:" in page
    assert f'<a href="{arabic.get_absolute_url()}" lang="ar" dir="rtl" hreflang="ar" rel="alternate">' in page
    # The links of the masthead and the footer lead there too.
    assert page.count(f'<a href="{arabic.get_absolute_url()}"') == 3
    assert page.count(f'<a href="{hebrew.get_absolute_url()}"') == 3


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "draft"},
        {"status": "review"},
        {"status": "withdrawn"},
        {"published_at": timezone.now() + timedelta(days=1)},
    ],
)
def test_a_translation_that_readers_may_not_see_is_not_named(client, hidden):
    make_site(words=LANGUAGES)
    english = make_article()
    arabic = make_article(language="ar", title="Xylograph", slug="xylograph", **hidden)
    linked(english, arabic)

    page = text(client.get(english.get_absolute_url()))

    assert "xylograph" not in page.lower()
    assert "Also in:" not in page
    assert 'hreflang="x-default"' not in page
    assert '<a href="/ar/" lang="ar"' in page


def test_translations_cost_no_query(client, django_assert_max_num_queries):
    make_site(words=LANGUAGES)
    english, *_others = linked(*trio())

    with django_assert_max_num_queries(8):
        client.get(english.get_absolute_url())


def test_pages_that_every_language_has_name_each_other(client):
    make_site(words=LANGUAGES)
    author = make_author(slug="ines")
    make_article(authors=[author])

    for path in (
        "/",
        "/kinds/analysis/",
        "/kinds/mention/",
        "/tags/",
        "/authors/",
        "/authors/ines/",
        "/archive/",
    ):
        for language, prefix in {"en": "", "ar": "/ar", "he": "/he"}.items():
            page = text(client.get(f"{prefix}{path}"))
            for code, other in {"en": "", "ar": "/ar", "he": "/he", "x-default": ""}.items():
                assert f'hreflang="{code}" href="http' in page, (language, path, code)
                assert f'{other}{path}">' in page.partition(f'hreflang="{code}" href="')[2][:80]
    assert 'hreflang="x-default"' not in text(client.get("/search/?q=a"))


def test_site_of_one_language_names_no_other(client):
    make_site(words={"en": {"tagline": "Ports"}})

    assert "hreflang" not in text(client.get("/"))


# Groups


def test_group_holds_one_article_of_each_language():
    english, arabic, hebrew = linked(*trio())
    group = english.translation_group

    assert {article.translation_group for article in (arabic, hebrew)} == {group}
    with pytest.raises(IntegrityError), transaction.atomic():
        make_article(translation_group=group)
    with pytest.raises(IntegrityError), transaction.atomic():
        translations.link(make_article(language="ar"), hebrew)
    assert group_of(hebrew) == {english.pk, arabic.pk}


def test_linking_two_groups_makes_them_one():
    english, arabic, hebrew = trio()
    linked(english, arabic)

    linked(hebrew, arabic)

    assert group_of(hebrew) == {english.pk, arabic.pk}
    assert TranslationGroup.objects.count() == 1


def test_one_that_leaves_or_is_deleted_leaves_the_others_together():
    english, arabic, hebrew = linked(*trio())

    translations.leave(arabic)
    assert group_of(english) == {hebrew.pk}
    assert group_of(arabic) == set()

    hebrew.delete()
    assert group_of(english) == set()
    linked(Article.objects.get(pk=english.pk), arabic)
    assert group_of(arabic) == {english.pk}
    assert TranslationGroup.objects.count() == 1


def test_rework_of_a_translation_changes_no_group(client):
    editor = make_colleague("Editor")
    english, arabic, hebrew = linked(*trio())

    rework = reworks.start(arabic, editor)

    assert rework.translation_group is None
    assert arabic.get_absolute_url() in text(client.get(english.get_absolute_url()))
    client.force_login(editor)
    assert "Also in:" not in text(client.get(change(rework)))
    preview = text(client.get(reverse("admin:articles_article_preview", args=[rework.pk])))
    assert hebrew.get_absolute_url() in preview
    reworks.publish(rework, editor)
    assert group_of(arabic) == {english.pk, hebrew.pk}


def test_rework_in_a_language_that_the_group_has_leaves_it():
    editor = make_colleague("Editor")
    english, arabic, hebrew = linked(*trio())
    rework = reworks.start(arabic, editor)
    rework.language = "he"
    rework.save()

    reworks.publish(rework, editor)

    assert group_of(english) == {hebrew.pk}
    assert group_of(arabic) == set()


def test_restoring_a_text_of_another_language_leaves_the_group_and_says_so():
    editor = make_colleague("Editor")
    article = make_article(language="he")
    revisions.record(article, editor)
    article.language = "ar"
    article.save()
    revisions.record(article, editor)
    english, hebrew = make_article(), make_article(language="he")
    linked(article, english, hebrew)

    gone = revisions.restore(article, article.revisions.get(number=1), editor)

    assert gone == ["Its translations have one in this language already, so it is none of them now."]
    assert group_of(english) == {hebrew.pk}


# In the form


def test_editor_links_adds_and_removes_translations(admin_client):
    english, arabic, hebrew = trio()

    save(admin_client, english, [arabic.pk])
    assert group_of(arabic) == {english.pk}
    save(admin_client, hebrew, [english.pk])
    assert group_of(arabic) == {english.pk, hebrew.pk}
    page = text(admin_client.get(change(arabic)))
    assert "In en (English)" in page
    assert "In he (עברית)" in page
    # What is no longer chosen goes; of those that stay nothing is lost.
    save(admin_client, arabic, [english.pk])
    assert group_of(english) == {arabic.pk}
    assert group_of(hebrew) == set()
    # Where nothing is chosen it is this one that goes.
    linked(english, arabic, Article.objects.get(pk=hebrew.pk))
    save(admin_client, english, [])
    assert group_of(english) == set()
    assert group_of(arabic) == {hebrew.pk}


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("same", "“Another” is in the language of this article: a translation is in another."),
        ("two", "are in one language: a piece has one translation in each."),
        ("brought", "are in one language: a piece has one translation in each."),
    ],
)
def test_two_of_one_language_are_refused_with_a_sentence(admin_client, chosen, sentence):
    english, arabic, hebrew = trio()
    another = make_article(title="Another", language="en" if chosen == "same" else "ar")
    if chosen == "brought":
        linked(hebrew, another)
        choice = [arabic.pk, hebrew.pk]
    else:
        choice = [another.pk, arabic.pk] if chosen == "two" else [another.pk]

    answer = save(admin_client, english, choice)

    assert sentence in text(answer)
    assert group_of(english) == set()


def test_language_cannot_become_that_of_a_translation(admin_client):
    english, arabic, _hebrew = linked(*trio())

    answer = save(admin_client, english, [arabic.pk], language="ar")

    assert "is in the language of this article" in text(answer)


@pytest.mark.parametrize("garbage", [["x"], ["0"], ["99999999999999999999999"], ["1'"], ["", "-1"]])
def test_garbage_among_the_translations_is_refused(admin_client, garbage):
    english = make_article()

    assert save(admin_client, english, garbage).status_code == 200
    assert group_of(english) == set()


def test_writer_cannot_part_or_join_what_belongs_to_others(client):
    writer = make_colleague("Writer")
    english, arabic, _hebrew = trio()
    own = make_article(status="draft", created_by=writer, language="he", title="Mine")
    linked(own, english, arabic)
    client.force_login(writer)

    answer = save(client, own, [english.pk])
    assert "is for an editor to say." in text(answer)
    assert group_of(english) == {arabic.pk, own.pk}
    # The own one may leave and come back.
    save(client, own, [])
    assert group_of(own) == set()
    save(client, own, [english.pk])
    assert group_of(own) == {english.pk, arabic.pk}


def test_rework_has_no_translations_in_its_form(admin_client):
    english, *_others = linked(*trio())
    rework = reworks.start(english, None)

    page = text(admin_client.get(change(rework)))

    assert "id_translations" not in page


def test_reader_of_the_desk_sees_the_translations(client):
    english, arabic, _hebrew = linked(*trio())
    client.force_login(make_colleague("Writer"))

    assert arabic.title in text(client.get(change(english)))
