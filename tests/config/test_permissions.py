"""Who may do what, at every address: a new address without a row here fails."""

import re
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve
from django.utils import timezone

from articles import journal, revisions
from articles.models import (
    Author,
    Book,
    Comment,
    DraftLink,
    LinkUse,
    MissedSearch,
    OutboundLink,
    Redirect,
    Series,
    Tag,
    TagMerge,
)
from newsletter.models import ConsentEvent, Newsletter, Subscriber, Suppression
from tests.factories import make_article, make_colleague, make_image, make_page, make_site

pytestmark = pytest.mark.django_db
ROLES = ["anonymous", "Writer", "Editor", "Newsletter manager", "Administrator"]

# The pages that each model has at the desk. v: see them, a: add, c: change, d: delete; ?: one's page is as
# if it were not there; !: how it came about is not theirs to see. Of articles there is the writer's own and
# that of another.
MODELS = {
    # model, object                Writer  Editor  Newsletter  Administrator
    "articles.article own draft": ("vac", "vacd", "", "vacd"),
    "articles.article own review": ("va", "vacd", "", "vacd"),
    "articles.article own live": ("va", "vacd", "", "vacd"),
    "articles.article other draft": ("va?", "vacd", "", "vacd"),
    "articles.article other live": ("va!", "vacd", "", "vacd"),
    "articles.author": ("v", "vacd", "", "vacd"),
    "articles.book": ("", "vacd", "", "vacd"),
    "articles.image": ("va", "vacd", "", "vacd"),
    "articles.missedsearch": ("", "vd", "", "vd"),
    "articles.outboundlink": ("", "vc", "", "vc"),
    "articles.page": ("", "vacd", "", "vacd"),
    "articles.redirect": ("", "vacd", "", "vacd"),
    "articles.series": ("v", "vacd", "", "vacd"),
    "articles.site": ("", "", "", "vc"),
    "articles.tagmerge": ("", "v", "", "v"),
    "articles.tag": ("", "vacd", "", "vacd"),
    "admin.logentry": ("", "v", "", "v"),
    "auth.group": ("", "", "", "vacd"),
    "auth.user": ("", "", "", "vacd"),
    "newsletter.consentevent": ("", "", "v", "v"),
    "newsletter.newsletter": ("", "", "vac", "vac"),
    "newsletter.subscriber": ("", "", "vcd", "vcd"),
    "newsletter.suppression": ("", "", "vad", "vad"),
    # The machinery is for who runs the server.
    "axes.accessattempt": ("", "", "", ""),
    "axes.accessfailurelog": ("", "", "", ""),
    "axes.accesslog": ("", "", "", ""),
    "django_tasks_database.dbtaskresult": ("", "", "", ""),
}

# Every other address: what GET and POST get. y: an answer, n: refused (403), l: sent to the login,
# 0: nothing there (404, 410 or back to the desk's front), m: no such method (405).
ADDRESSES = {
    # address: anonymous, Writer, Editor, Newsletter manager, Administrator
    # The desk
    "/admin/": "ll yy yy yy yy",
    "/admin/login/": "yy",
    "/admin/logout/": "00 my my my my",
    "/admin/login/code/": "ll",
    "/admin/account/": "ll ym ym ym ym",
    "/admin/account/factor/": "ll yy yy yy yy",
    "/admin/account/factor/remove/": "ll yy yy yy yy",
    "/admin/account/codes/": "ll yy yy yy yy",
    "/admin/account/sessions/": "ll yy yy yy yy",
    "/admin/invitation/1/": "00",
    "/admin/password_reset/": "yy",
    "/admin/password_reset/done/": "ym",
    "/admin/password_reset/1/": "00",
    "/admin/password_change/": "ll yy yy yy yy",
    "/admin/password_change/done/": "ll ym ym ym ym",
    "/admin/jsi18n/": "ym",
    "/admin/admin/": "ll 00 yy 00 yy",
    "/admin/articles/": "ll yy yy 00 yy",
    "/admin/newsletter/": "ll 00 00 yy yy",
    "/admin/auth/": "ll 00 00 00 yy",
    "/admin/nowhere/": "ll 00 00 00 00",
    "/admin/r/0/1/": "ll 00 00 00 00",
    # What the desk's pages ask for
    "/admin/autocomplete/?app_label=articles&model_name=byline&field_name=author": "ll ym ym nm ym",
    "/admin/articles/article/tags/": "ll ym ym nm ym",
    "/admin/articles/article/keep/": "ll yy yy nn yy",
    "/admin/articles/article/pasted/": "ll my my mn my",
    "/admin/articles/page/pasted/": "ll mn my mn my",
    "/admin/articles/image/library/": "ll ym ym nm ym",
    "/admin/articles/image/upload/": "ll my my mn my",
    "/admin/articles/image/<articles.image>/file/": "ll ym ym nm ym",
    "/admin/articles/image/many/": "ll yy yy nn yy",
    "/admin/articles/image/<articles.image>/describe/": "ll mn my mn my",
    "/admin/articles/image/<articles.image>/replace/": "ll nn yy nn yy",
    "/admin/auth/user/<auth.user>/link/": "ll nn nn nn yy",
    "/admin/auth/user/<auth.user>/factor/": "ll nn nn nn yy",
    # One article: the writer's own, and that of another
    "/admin/articles/article/<own draft>/preview/": "ll ym ym nm ym",
    "/admin/articles/article/<own review>/preview/": "ll ym ym nm ym",
    "/admin/articles/article/<own live>/preview/": "ll ym ym nm ym",
    "/admin/articles/article/<other draft>/preview/": "ll nm ym nm ym",
    "/admin/articles/article/<other live>/preview/": "ll ym ym nm ym",
    "/admin/articles/article/<own draft>/history/log/": "ll ym ym nm ym",
    "/admin/articles/article/<own live>/history/log/": "ll ym ym nm ym",
    "/admin/articles/article/<other draft>/history/log/": "ll nm ym nm ym",
    "/admin/articles/article/<other live>/history/log/": "ll nm ym nm ym",
    "/admin/articles/article/<own draft>/history/compare/": "ll ym ym nm ym",
    "/admin/articles/article/<own draft>/history/1/restore/": "ll yy yy nn yy",
    "/admin/articles/article/<own draft>/keep/": "ll yy yy 00 yy",
    "/admin/articles/article/<own draft>/related/": "ll yy yy nn yy",
    "/admin/articles/article/<own live>/history/compare/": "ll ym ym nm ym",
    "/admin/articles/article/<own live>/history/1/restore/": "ll nn yy nn yy",
    "/admin/articles/article/<own live>/keep/": "ll nn yy nn yy",
    "/admin/articles/article/<own live>/related/": "ll yn yy nn yy",
    "/admin/articles/article/<other draft>/history/compare/": "ll nm ym nm ym",
    "/admin/articles/article/<other draft>/history/1/restore/": "ll nn yy nn yy",
    "/admin/articles/article/<other draft>/keep/": "ll 00 yy 00 yy",
    "/admin/articles/article/<other draft>/related/": "ll nn yy nn yy",
    "/admin/articles/article/<other live>/history/compare/": "ll nm ym nm ym",
    "/admin/articles/article/<other live>/history/1/restore/": "ll nn yy nn yy",
    "/admin/articles/article/<other live>/keep/": "ll nn yy nn yy",
    "/admin/articles/article/<other live>/related/": "ll yn yy nn yy",
    "/admin/articles/article/<own draft>/comments/": "ll yy yy 00 yy",
    "/admin/articles/article/<own review>/comments/": "ll yy yy 00 yy",
    "/admin/articles/article/<own live>/comments/": "ll yy yy nn yy",
    "/admin/articles/article/<other draft>/comments/": "ll 00 yy 00 yy",
    "/admin/articles/article/<other live>/comments/": "ll yy yy nn yy",
    "/admin/articles/article/<own draft>/comments/1/": "ml my my m0 my",
    "/admin/articles/article/<other draft>/comments/2/": "ml m0 my m0 my",
    "/admin/articles/article/<own draft>/comments/colleagues/?q=e": "lm ym ym 0m ym",
    "/admin/articles/article/<other draft>/comments/colleagues/?q=e": "lm 0m ym 0m ym",
    "/admin/articles/article/<other live>/comments/colleagues/?q=e": "lm ym ym nm ym",
    "/admin/articles/article/<own draft>/rework/": "ll my my m0 my",
    "/admin/articles/article/<own live>/rework/": "ll my my mn my",
    "/admin/articles/article/<other draft>/rework/": "ll m0 my m0 my",
    "/admin/articles/article/<other live>/rework/": "ll mn my mn my",
    "/admin/articles/article/<own draft>/narration/": "ll yy yy nn yy",
    "/admin/articles/article/<own review>/narration/": "ll nn yy nn yy",
    "/admin/articles/article/<other draft>/narration/": "ll nn yy nn yy",
    "/admin/articles/article/<other live>/narration/": "ll nn yy nn yy",
    "/admin/articles/article/<own draft>/draft-links/": "ll yy yy nn yy",
    "/admin/articles/article/<own review>/draft-links/": "ll nn yy nn yy",
    "/admin/articles/article/<other draft>/draft-links/": "ll nn yy nn yy",
    "/admin/articles/article/<other live>/draft-links/": "ll nn yy nn yy",
    "/admin/articles/article/<own draft>/draft-links/<articles.draftlink>/revoke/": "ll yy yy nn yy",
    "/admin/articles/article/<other draft>/draft-links/<articles.draftlink>/revoke/": "ll nn 00 nn 00",
    "/admin/articles/article/<own draft>/rework/compare/": "ll 0m 0m nm 0m",
    "/admin/articles/article/<other draft>/rework/compare/": "ll nm 0m nm 0m",
    "/admin/articles/article/<own draft>/drop/": "ll 00 00 00 00",
    "/admin/articles/article/<other draft>/drop/": "ll 00 00 00 00",
    "/admin/articles/tagmerge/<articles.tagmerge>/undo/": "ll mn my mn my",
    "/admin/articles/tag/unused/": "ll nn yy nn yy",
    "/admin/articles/tag/spot/": "ll my my mn my",
    # What readers get, whoever they are
    "/": "ym",
    "/articles/own-live/": "ym",
    "/articles/own-draft/": "0m",
    "/articles/own-withdrawn/": "0m",
    "/articles/own-live/card.png": "ym",
    "/articles/own-draft/card.png": "0m",
    "/articles/own-withdrawn/card.png": "0m",
    "/card.png": "ym",
    "/articles/own-live/cite.bib": "ym",
    "/articles/own-draft/cite.bib": "0m",
    "/articles/own-withdrawn/cite.bib": "0m",
    "/articles/own-live/cite.ris": "ym",
    "/articles/own-draft/cite.ris": "0m",
    "/drafts/1/": "0m",
    "/kinds/analysis/": "ym",
    "/kinds/mention/": "ym",
    "/kinds/mention/2026/": "0m",
    "/kinds/mention/outlets/": "ym",
    "/kinds/mention/outlets/the-review/": "0m",
    "/archive/": "ym",
    "/archive/2026/": "ym",
    "/archive/2026/1/": "0m",
    "/authors/ines/tags/ports/": "0m",
    "/tags/": "ym",
    "/tags/ports/": "0m",
    "/series/straits/": "0m",
    "/corrections/": "ym",
    "/authors/": "ym",
    "/authors/ines/": "ym",
    "/search/": "ym",
    "/search/suggest/": "ym",
    "/theme.css": "ym",
    "/articles/own-live/index.md": "ym",
    "/articles/own-draft/index.md": "0m",
    "/articles/own-withdrawn/index.md": "0m",
    "/llms.txt": "ym",
    "/robots.txt": "ym",
    "/sitemap.xml": "ym",
    "/sitemaps/pages.xml": "ym",
    "/sitemaps/articles-99.xml": "0m",
    "/sitemaps/tags-99.xml": "0m",
    "/feeds/podcast/": "ym",
    "/feeds/all/": "ym",
    "/feeds/": "ym",
    "/feeds/atom/": "ym",
    "/feeds/kinds/analysis/": "ym",
    "/feeds/kinds/analysis/atom/": "ym",
    "/feeds/tags/ports/": "0m",
    "/feeds/tags/ports/json/": "0m",
    "/feeds/series/straits/": "0m",
    "/feeds/series/straits/atom/": "0m",
    "/feeds/authors/ines/": "ym",
    "/feeds/authors/ines/json/": "ym",
    "/about/": "ym",
    "/newsletter/": "ym",
    "/newsletter/signup/": "my",
    "/newsletter/check-mail/": "ym",
    "/newsletter/confirm/1/": "00",
    "/newsletter/preferences/1/": "00",
    "/newsletter/preferences/1/forget/": "00",
    "/newsletter/unsubscribe/1": "00",
    "/healthz": "ym",
    # The trial alone has these
    "/trial/mail/": "ym",
    "/trial/mail/1/": "0m",
    "/media/1": "0m",
}


def walk(resolver, prefix=""):
    """Yield the route of every address, as ResolverMatch.route has it."""
    for pattern in resolver.url_patterns:
        own = str(pattern.pattern)
        route = prefix + (own.removeprefix("^") if prefix else own)
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern, route)
        else:
            yield route


def stock(name):
    """Return the addresses that the desk has for a model, each with its outcome by rights."""
    model, _space, which = name.partition(" ")
    base = f"/admin/{model.replace('.', '/')}/"
    one = f"{base}<{which or model}>/"
    return {
        base: lambda rights: "yy" if set("vca") & set(rights) - {"a"} else "nn",
        f"{base}add/": lambda rights: "yy" if "a" in rights else "nn",
        one: lambda rights: "yy",
        f"{one}change/": lambda rights: (
            seen(rights) + ("0" if "?" in rights else "y" if "c" in rights else "n")
        ),
        f"{one}history/": lambda rights: past(model, rights) * 2,
        f"{one}delete/": lambda rights: "yy" if "d" in rights else "nn",
    }


def past(model, rights):
    """Of rows that only the server makes there is none: Django says so before it asks for rights."""
    if model.startswith(("axes", "django_tasks")):
        return "0"
    return "n" if set("?!") & set(rights) else seen(rights)


def seen(rights):
    return "0" if "?" in rights else "y" if set("vc") & set(rights) else "n"


def expected():
    """Return {address: {role: outcome}} of both tables."""
    table = {}
    for name, rights in MODELS.items():
        for address, outcome in stock(name).items():
            row = ["ll", *map(outcome, rights)]
            table[address] = dict(zip(ROLES, row, strict=True))
    for address, row in ADDRESSES.items():
        cells = row.split()
        table[address] = dict(zip(ROLES, cells if len(cells) > 1 else cells * len(ROLES), strict=True))
    return table


def make_objects(writer):
    """Return what the names in the addresses stand for; the writer's own, and that of another."""
    make_site()
    other = make_colleague("Writer")
    objects = {}
    for owner, person in {"own": writer, "other": other}.items():
        for state in ("draft", "review", "live", "withdrawn"):
            status = "published" if state == "live" else state
            fields = {
                "published_at": timezone.now(),
                "withdrawn_reason": "Wrong.",
                "withdrawn_at": timezone.now(),
            }
            objects[f"{owner} {state}"] = make_article(
                status=status, slug=f"{owner}-{state}", created_by=person, **fields
            )
    for article in objects.values():
        revisions.record(article, article.created_by)
    Comment.objects.create(pk=1, article=objects["own draft"], text="Is that so?")
    Comment.objects.create(pk=2, article=objects["other draft"], text="It is.")
    newsletter = Newsletter.objects.create(title="Letter", sender_name="Ed", sender_email="ed@example.org")
    subscriber = Subscriber.objects.create(email="reader@example.org")
    made = [
        Author.objects.create(name="Ines", slug="ines"),
        Book.objects.create(title="Book", language="en"),
        make_image(),
        OutboundLink.objects.create(url="https://example.org/", sha256="0" * 64),
        make_page(slug="about"),
        Redirect.objects.create(path="/old/", url="https://example.org/"),
        Series.objects.create(title="Straits", slug="straits", language="en"),
        apps.get_model("articles", "Site").objects.get(),
        MissedSearch.objects.create(query="amphibious", language="en"),
        Tag.objects.create(name="Ports", slug="ports"),
        TagMerge.objects.create(
            into=Tag.objects.get(slug="ports"), record={"tags": []}, undone_at=timezone.now()
        ),
        Group.objects.get(name="Writer"),
        User.objects.get(pk=other.pk),
        newsletter,
        subscriber,
        ConsentEvent.objects.create(subscriber=subscriber, newsletter=newsletter, action="requested"),
        Suppression.objects.create(email_hash="0" * 64, reason="editor"),
        DraftLink.objects.create(article=objects["own draft"], note="Reyes", expires_at=timezone.now()),
    ]
    LinkUse.objects.create(link=made[3], article=objects["own live"])
    journal.note(writer, objects["own live"], journal.PUBLISHED)
    made.append(LogEntry.objects.get())
    return objects | {row._meta.label_lower: row for row in made}


def filled(address, objects):
    """Return an address with keys in the place of names; 1 where there is no such row."""
    for name, row in objects.items():
        address = address.replace(f"<{name}>", str(row.pk))
    return re.sub("<[^>]*>", "1", address)


def outcome(client, method, address):
    """Return the letter of what an address answers; what a POST does is undone."""
    with transaction.atomic():
        response = getattr(client, method)(address)
        transaction.set_rollback(True)
    code, place = response.status_code, response.headers.get("Location", "")
    if code == 302 and urlsplit(place).path == "/admin/login/" and address != "/admin/logout/":
        return "l"
    if code == 401:  # asks for the login in place
        return "l"
    if code in (404, 410) or (code == 302 and place == "/admin/" and address != "/admin/login/"):
        return "0"
    if code >= 500:
        return "!"
    return {403: "n", 405: "m"}.get(code, "y")


def test_every_address_has_a_row():
    covered = set()
    for address in expected():
        try:
            covered.add(resolve(urlsplit(filled(address, {})).path).route)
        except Resolver404:
            continue
    missing = [route or "/" for route in walk(get_resolver()) if route not in covered]

    assert not missing, (
        "Say in MODELS or ADDRESSES who may use these addresses, and check with the other test:\n"
        + "\n".join(missing)
    )


def test_every_row_has_an_address():
    lost = []
    for address in expected():
        try:
            resolve(urlsplit(filled(address, {})).path)
        except Resolver404:
            lost.append(address)

    assert not lost, f"These rows are about addresses that are no more: {lost}"


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_what_the_table_says(role):
    writer = make_colleague("Writer")
    objects = make_objects(writer)
    person = {"anonymous": None, "Writer": writer}[role] if role in ROLES[:2] else make_colleague(role)
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(person)
    session = client.cookies.output(header="")
    wrong = []
    for address, row in expected().items():
        path, got = filled(address, objects), ""
        for method in ("get", "post"):
            # Whatever the one before did, such as logging out, is undone.
            client.cookies.clear()
            client.cookies.load(session)
            got += outcome(client, method, path)
        if got != row[role]:
            wrong.append(f"{address}: GET and POST give {got}, the table says {row[role]}")

    assert not wrong, f"{role}:\n" + "\n".join(wrong)
