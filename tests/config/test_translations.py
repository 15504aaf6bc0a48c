"""Readers and editors of Arabic and Hebrew find no English word of ours on what they see."""

import gettext
import re
import shutil
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from articles import errors
from articles.models import Article
from newsletter import mails
from newsletter.models import ConfirmationToken
from newsletter.tokens import PREFERENCES, UNSUBSCRIBE, make_token
from tests.factories import make_article, make_author, make_image, make_site, make_tag
from tests.newsletter.factories import make_newsletter, make_request, make_subscription

LANGUAGES = ["ar", "he"]
# What an editor may have written: one word that stands for all of them.
WORD = {"ar": "خزان", "he": "נמל"}
# Names that stay what they are in every script.
NAMES = {
    *("Atom", "JSON", "RSS", "BibTeX", "RIS"),
    *("Bluesky", "LinkedIn", "Telegram", "Vimeo", "WhatsApp", "X", "YouTube"),
}
# Forms for exactly none, one and two say the number in a word.
WORDS_FOR_NUMBERS = {"ar": 3, "he": 2}

each_language = pytest.mark.parametrize("language", LANGUAGES)
needs_gettext = pytest.mark.skipif(not shutil.which("xgettext"), reason="the gettext tools are not installed")


def messages(language):
    """The compiled catalogues as pairs of the original and its translation; a plural's forms one by one."""
    for path in (settings.BASE_DIR / "locale" / language / "LC_MESSAGES").glob("*.mo"):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog
        for key, translated in catalogue.items():
            original, form = key if isinstance(key, tuple) else (key, None)
            if original:
                yield original.rpartition("\4")[2], translated, form


class Interface(HTMLParser):
    """Gathers the words of a page in its own language, also those that are spoken or shown by scripts."""

    SPOKEN = {"aria-label", "alt", "title", "placeholder", "data-title"}
    SPOKEN |= {f"data-{name}" for name in ("play", "pause", "resume", "stop", "speed", "note")}
    META = {"description", "og:title"}
    VOID = {"br", "hr", "img", "input", "link", "meta", "source"}

    def __init__(self, page, language):
        super().__init__()
        self.language, self.words, self.foreign = language, [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        foreign = attributes.get("lang", self.language) != self.language or attributes.get("dir") == "ltr"
        foreign = foreign or tag in ("script", "style") or any(self.foreign)
        if not foreign:
            self.words += [value for name, value in attributes.items() if name in self.SPOKEN]
            if tag == "meta" and attributes.get("name", attributes.get("property")) in self.META:
                self.words.append(attributes["content"])
        if tag not in self.VOID:
            self.foreign.append(foreign)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            self.foreign.pop()

    def handle_data(self, data):
        if not any(self.foreign):
            self.words.append(data)


def english(page, language):
    """The words in Latin letters on a page, but for names and addresses."""
    text = re.sub(r"https?://\S+|\S+@\S+|example\.org", "", " ".join(Interface(page, language).words))
    return set(re.findall("[A-Za-z]+", text)) - NAMES


def content(answer):
    return answer.content.decode()


def publication(language):
    """Everything that a page can show, in one language; the articles by their kinds."""
    word = WORD[language]
    words = {"name": word, "tagline": word, "about": word, "imprint": word}
    make_site(words={language: words, "en": {"tagline": "Ports and straits"}})
    make_newsletter(language=language, title=word, promise=word, sender_name=word)
    image = make_image(alt=word, caption=word, credit=word)
    authors = [make_author(name=word, role=word, bio=word, photo=image) for _ in range(3)]
    fields = {"language": language, "title": word, "standfirst": word, "lead_image": image}
    paragraph = f"<p>{word}<sup data-note='{word}'></sup></p>"
    body = paragraph + "".join(f"<h2>{word}</h2>" for _ in range(4))
    body += f"<table><tr><th>{word}</th></tr><tr><td>{word}</td></tr></table>"
    body += '<figure data-embed="youtube" data-embed-id="dQw4w9WgXcQ"></figure>'
    fields |= {"authors": authors, "tags": [make_tag(name=word)], "body": body}
    source = {"source_outlet": word, "source_journalist": word, "source_url": "https://example.org/"}
    event = {"event_starts_at": timezone.now(), "event_ends_at": timezone.now(), "event_place": word}
    return {
        "analysis": make_article(kind="analysis", **fields, **source),
        "bulletin": make_article(kind="bulletin", **fields),
        "mention": make_article(kind="mention", source_date=timezone.localdate(), **fields, **source),
        "announcement": make_article(kind="announcement", **fields, **event),
    }


@needs_gettext
def test_every_word_for_readers_and_editors_is_translated_and_compiled():
    call_command("messages", check=True)


@pytest.fixture
def copies(tmp_path, settings):
    """Catalogues that a test may spoil."""
    shutil.copytree(settings.BASE_DIR / "locale", tmp_path / "locale")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    return tmp_path / "locale"


@needs_gettext
def test_word_without_its_translation_is_named(copies):
    catalogue = copies / "he/LC_MESSAGES/django.po"
    catalogue.write_text(catalogue.read_text().replace('msgstr "חיפוש"', 'msgstr ""'))

    with pytest.raises(CommandError, match='msgid "Search"'):
        call_command("messages", check=True)


@needs_gettext
def test_translation_that_is_not_compiled_yet_is_found_and_compiled(copies):
    catalogue = copies / "ar/LC_MESSAGES/django.po"
    catalogue.write_text(catalogue.read_text().replace('msgstr "بحث"', 'msgstr "ابحث"'))

    with pytest.raises(CommandError, match="out of date"):
        call_command("messages", check=True)
    call_command("messages")

    assert "ابحث".encode() in catalogue.with_suffix(".mo").read_bytes()
    call_command("messages", check=True)


@needs_gettext
def test_catalogue_that_was_never_compiled_is_found(copies):
    (copies / "ar/LC_MESSAGES/django.mo").unlink()

    with pytest.raises(CommandError, match="out of date"):
        call_command("messages", check=True)


@needs_gettext
def test_placeholder_that_got_lost_is_not_compiled(copies):
    catalogue = copies / "he/LC_MESSAGES/django.po"
    catalogue.write_text(catalogue.read_text().replace("מאת %(names)s", "מאת %(name)s"))
    before = catalogue.with_suffix(".mo").read_bytes()

    with pytest.raises(CommandError, match=r"django\.po:.*'name'"):
        call_command("messages")

    assert catalogue.with_suffix(".mo").read_bytes() == before


@needs_gettext
def test_catalogues_are_the_same_when_made_again(copies):
    before = {path: path.read_bytes() for path in copies.rglob("*.po")}

    call_command("messages")

    assert {path: path.read_bytes() for path in copies.rglob("*.po")} == before


@each_language
def test_translations_carry_the_tags_and_the_names_of_the_original(language):
    for original, translated, form in messages(language):
        assert sorted(re.findall(r"<[^>]+>", translated)) == sorted(re.findall(r"<[^>]+>", original))
        names = set(re.findall(r"%\(\w+\)[sd]|%[sd]|{}", translated))
        wanted = set(re.findall(r"%\(\w+\)[sd]|%[sd]|{}", original))
        if form is None:
            assert names == wanted, translated
        elif form >= WORDS_FOR_NUMBERS[language]:
            # The original's singular may do without the number.
            assert names >= wanted, translated


@each_language
def test_translations_are_typographically_right(language):
    wrong = {"ar": r"""\.\.\.|["'“”‘’]|[,;?](?=\s|$)""", "he": r"""\.\.\.|["'“”«»‘’]"""}[language]
    for _original, translated, _form in messages(language):
        text = re.sub(r"<[^>]+>", "", translated)
        assert not re.search(wrong, text), text
        assert text == text.strip() or text == "، " or text == ", "
        assert "  " not in text


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("ar", 1, "قراءة دقيقة واحدة"),
        ("ar", 2, "قراءة دقيقتين"),
        ("ar", 3, "قراءة 3 دقائق"),
        ("ar", 11, "قراءة 11 دقيقة"),
        ("ar", 100, "قراءة 100 دقيقة"),
        ("he", 1, "דקת קריאה אחת"),
        ("he", 2, "שתי דקות קריאה"),
        ("he", 20, "20 דקות קריאה"),
    ],
)
def test_minutes_are_counted_as_the_language_counts(language, number, words):
    with translation.override(language):
        text = ngettext("%(n)s minute’s reading", "%(n)s minutes’ reading", number)

    assert text % {"n": number} == words


@pytest.mark.django_db
@each_language
def test_pages_of_the_publication_show_no_english(client, language):
    articles = publication(language)
    word = WORD[language]
    for path in (
        "/",
        *(article.get_absolute_url().removeprefix(f"/{language}") for article in articles.values()),
        *(f"/kinds/{kind}/" for kind in Article.Kind.values),
        "/authors/",
        f"/authors/{articles['analysis'].bylines.first().author.slug}/",
        "/tags/",
        f"/tags/{articles['analysis'].tags.first().slug}/",
        "/search/",
        f"/search/?q={word}",
        "/search/?q=%2B",
        f"/search/?q={word * 80}",
        f"/search/?q={word}&page=9",
        "/search/?q=%D7%A7",
        "/no/such/page/",
        "/newsletter/",
        "/newsletter/check-mail/",
    ):
        assert not english(content(client.get(f"/{language}{path}")), language), path


@pytest.mark.django_db
@each_language
def test_empty_publication_shows_no_english(client, language):
    make_site(words={language: {"name": WORD[language]}})

    for path in ("/", "/kinds/analysis/", "/authors/", "/tags/", "/newsletter/"):
        assert not english(content(client.get(f"/{language}{path}")), language), path


@pytest.mark.django_db
@each_language
def test_second_page_of_a_list_shows_no_english(client, language):
    make_site(words={language: {"name": WORD[language]}})
    for _ in range(21):
        make_article(language=language, title=WORD[language], body=f"<p>{WORD[language]}</p>")

    for query in ("page=1", "page=2"):
        assert not english(content(client.get(f"/{language}/kinds/analysis/?{query}")), language)


@each_language
@pytest.mark.parametrize("template", ["400.html", "403.html", "500.html", "503.html"])
def test_errors_are_told_in_the_language_of_the_address(language, template):
    with translation.override(language):
        assert not english(render_to_string(template), language)


@each_language
def test_broken_page_is_told_in_the_language_of_the_address(language):
    with translation.override(language):
        page = content(errors.server_error(HttpRequest()))

    assert f'lang="{language}"' in page
    assert not english(page, language)


@pytest.mark.django_db
@each_language
def test_pages_of_a_subscription_show_no_english(client, language):
    publication(language)
    newsletter = make_newsletter(
        language=language, title=WORD[language], promise=WORD[language], is_default=False
    )
    subscription = make_subscription(newsletter=newsletter, language=language)
    waiting = make_subscription(newsletter=newsletter, language=language, status="pending")
    token = ConfirmationToken.objects.issue(waiting, make_request(newsletter=newsletter))
    start = f"/{language}/newsletter"
    preferences = f"{start}/preferences/{make_token(PREFERENCES, subscription.subscriber.uuid)}/"
    unsubscribe = f"{start}/unsubscribe/{make_token(UNSUBSCRIBE, subscription.uuid)}"
    for method, path in (
        (client.get, f"{start}/confirm/{token}/"),
        (client.post, f"{start}/confirm/{token}/"),
        (client.get, f"{start}/confirm/wrong/"),
        (client.get, preferences),
        (client.get, f"{preferences}?saved=1"),
        (client.post, preferences),
        (client.get, unsubscribe),
        (client.post, unsubscribe),
        (client.get, f"{preferences}forget/"),
        (client.post, f"{preferences}forget/"),
    ):
        assert not english(content(method(path)), language), path


@pytest.mark.django_db
@each_language
@pytest.mark.parametrize("address", ["", "reader", "reader@", "a b@example.org", "x" * 255])
def test_mistyped_address_is_explained_without_english(client, language, address):
    publication(language)

    answer = client.post(f"/{language}/newsletter/signup/", {"email": address})

    assert answer.status_code == 400
    assert not english(content(answer), language)


@pytest.mark.django_db
@each_language
def test_mails_about_a_subscription_hold_no_english(language):
    publication(language)
    newsletter = make_newsletter(
        language=language, title=WORD[language], promise=WORD[language], is_default=False
    )
    subscription = make_subscription(newsletter=newsletter, language=language)

    for mail in (
        mails.confirmation(subscription, "token", language),
        mails.already_subscribed(subscription),
        mails.welcome(subscription),
    ):
        html = mail.alternatives[0].content
        assert f'<html lang="{language}" dir="rtl">' in html
        for part in (mail.subject, mail.body, html):
            assert not english(part, language), part


@pytest.mark.django_db
@each_language
def test_site_in_hebrew_or_arabic_quotes_dates_and_joins_as_it_is_written(client, language):
    articles = publication(language)

    page = content(client.get(articles["analysis"].get_absolute_url()))

    quoted = {"ar": "«خزان»", "he": "״נמל״"}[language]
    joined = {"ar": r"خزان</a>، <a [^>]+>خزان</a> و<a ", "he": r"נמל</a>, <a [^>]+>נמל</a> ו<a "}[language]
    assert quoted in page
    assert {"ar": "1 مارس 2026", "he": "1 במרץ 2026"}[language] in page
    assert re.search(joined, page)
    bulletin = content(client.get(articles["bulletin"].get_absolute_url()))
    assert {"ar": "1 مارس 2026، 00:00", "he": "1 במרץ 2026, 00:00"}[language] in bulletin
