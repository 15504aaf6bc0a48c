"""Editors who read Arabic or Hebrew find no English word of ours at the desk."""

import json
import re

import pytest
from django.utils import timezone

from articles import reworks
from articles.models import Comment, LinkUse, OutboundLink, Series, Site, Tag
from newsletter.models import Newsletter
from tests.factories import make_article, make_colleague, make_image, make_page, make_upload

from .test_translations import WORD, content, each_language, english, publication

pytestmark = pytest.mark.django_db
NAMES = {
    # of keys, formats, apps, a header, a time zone and a language
    *("Home", "Shift", "GIF", "JPEG", "PNG", "WebP", "jpg", "QR", "Aegis", "FAS", "Google", "Authenticator"),
    *("Id", "List", "UTC", "English"),
    # of groups: rows that an administrator may call otherwise
    *("Administrator", "Editor", "Newsletter", "Writer", "manager"),
    # in addresses that are an example
    *("gulf", "p", "tags"),
    # of the pictures that Django's lists have for yes and no, and for the search, which a script names
    *("True", "False", "Search"),
}


def arrive(client, language):
    """Fill the publication and come with a browser of a language; return the articles."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = f"{language},en;q=0.5"
    articles = publication(language)
    Site.objects.update(name=WORD[language])
    return articles


def foreign(answer, language):
    """The English words on a page of the desk, which must bring the words of its scripts, and once."""
    page = content(answer)
    assert answer.status_code == 200
    assert page.count("/admin/jsi18n/") == 1
    assert f'lang="{language}" dir="rtl"' in page
    chosen = r'<select name="(?:time_zone|source_quote_language)".*?</select>'
    written = rf"<textarea.*?</textarea>|{chosen}|\S+\.testserver"
    return english(re.sub(written, "", page, flags=re.DOTALL), language) - NAMES


@each_language
def test_login_shows_no_english(client, language):
    arrive(client, language)

    for method, path in (
        (client.get, "/admin/login/"),
        (client.post, "/admin/login/"),
        (client.get, "/admin/password_reset/"),
        (client.get, "/admin/password_reset/done/"),
    ):
        assert not foreign(method(path), language), path


@each_language
def test_desk_shows_no_english(client, language):
    word = WORD[language]
    article = arrive(client, language)["analysis"]
    person = make_colleague("Administrator", username=word, email="desk@example.org")
    client.force_login(person)
    fields = {"language": language, "title": word, "body": f"<p>{word}</p>"}
    draft = make_article(status="draft", created_by=person, **fields)
    waiting = make_article(status="review", submitted_at=timezone.now(), **fields)
    rework = reworks.start(article, person)
    make_page(title=word, language=language)
    series = Series.objects.create(title=word, slug="series", language=language)
    link = OutboundLink.objects.create(url="https://example.org/", sha256="1" * 64, state="broken")
    LinkUse.objects.create(link=link, article=article)
    Comment.objects.create(article=draft, user=person, text=word)
    image, tag = make_image(upload=make_upload(name=f"{word}.jpg"), alt=word), Tag.objects.first()
    for path in (
        "",
        "articles/",
        "articles/article/",
        f"articles/article/?q={word}",
        "articles/article/add/",
        *(f"articles/article/{one.pk}/change/" for one in (article, draft, waiting, rework)),
        f"articles/article/{article.pk}/history/",
        f"articles/article/{article.pk}/history/log/",
        f"articles/article/{article.pk}/related/",
        f"articles/article/{article.pk}/delete/",
        f"articles/article/{draft.pk}/comments/",
        f"articles/article/{draft.pk}/draft-links/",
        "articles/image/",
        "articles/image/many/",
        f"articles/image/{image.pk}/change/",
        f"articles/image/{image.pk}/replace/",
        "articles/tag/",
        f"articles/tag/{tag.pk}/change/",
        "articles/tag/unused/",
        *(f"articles/{model}/" for model in ("author", "book", "page", "redirect", "series", "outboundlink")),
        *(f"articles/{model}/add/" for model in ("author", "book", "page", "redirect", "series")),
        f"articles/series/{series.pk}/change/",
        f"articles/site/{Site.objects.get().pk}/change/",
        "admin/logentry/",
        "newsletter/",
        f"newsletter/newsletter/{Newsletter.objects.get().pk}/change/",
        *(f"newsletter/{model}/" for model in ("newsletter", "subscriber", "suppression", "consentevent")),
        "newsletter/suppression/add/",
        "auth/user/",
        "auth/user/add/",
        f"auth/user/{person.pk}/change/",
        "auth/group/",
        "account/",
        "account/factor/",
        "password_change/",
    ):
        assert not foreign(client.get(f"/admin/{path}"), language), path


@pytest.mark.parametrize(("language", "word"), [("ar", "عريض"), ("he", "מודגש")])
def test_scripts_get_their_words_in_the_language_of_the_browser(client, language, word):
    answer = client.get("/admin/jsi18n/", headers={"accept-language": language})

    assert json.dumps(word) in content(answer)
    assert "Accept-Language" in answer["Vary"]
