"""What was typed and not saved: kept beside the article, offered again, pruned; and who else is there."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from articles.models import Autosave, Byline, Presence
from config.heartbeat import forget_typing
from tests.articles.test_admin_writing import form
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
NEW = "/admin/articles/article/keep/"
TAB = "0123456789abcdef"


def keep_address(article):
    return f"/admin/articles/article/{article.pk}/keep/"


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


def post(client, address, *, tab=TAB, entries=None, **more):
    body = {"tab": tab, "entries": entries, **more}
    return client.post(address, json.dumps(body), content_type="application/json")


def entries(**fields):
    """The entries of an article's form, as the browser lists them."""
    return [
        [name, str(value)]
        for name, values in form(**fields).items()
        for value in (values if isinstance(values, list) else [values])
    ]


def make_autosave(user, article=None, *, tab=TAB, age=timedelta(0), **fields):
    row = Autosave.objects.create(user=user, article=article, tab=tab, data=entries(**fields))
    Autosave.objects.filter(pk=row.pk).update(updated_at=timezone.now() - age)
    return row


def make_colleague(name="ines", *permissions, **fields):
    user = User.objects.create_user(name, password="a long enough one", is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


# Keeping


def test_each_form_asks_at_its_own_articles_address(admin_client):
    article = make_article()

    there, new = admin_client.get(change(article)), admin_client.get(ADD)

    assert f'data-autosave="{keep_address(article)}"' in there.content.decode()
    assert f'data-autosave="{NEW}"' in new.content.decode()


def test_what_is_typed_is_kept_beside_the_article_and_never_in_it(admin_client):
    article = make_article(title="As it was")

    answer = post(admin_client, keep_address(article), entries=entries(title="As it is typed")).json()

    article.refresh_from_db()
    assert article.title == "As it was"
    assert answer["kept"]
    assert [row["title"] for row in admin_client.get(keep_address(article)).json()["unsaved"]] == [
        "As it is typed"
    ]


def test_one_tab_replaces_what_it_kept_and_another_keeps_its_own(admin_client):
    for tab, title in [(TAB, "One"), (TAB, "One, on"), ("f" * 16, "Another")]:
        post(admin_client, NEW, tab=tab, entries=entries(title=title))

    titles = [row["title"] for row in admin_client.get(NEW).json()["unsaved"]]

    assert titles == ["Another", "One, on"]


def test_a_colleague_is_not_offered_what_somebody_else_typed(admin_client, admin_user):
    article = make_article()
    make_autosave(admin_user, article)
    colleague = logged_in(make_colleague("ines", "change_article", "view_article", is_superuser=True))

    assert colleague.get(keep_address(article)).json()["unsaved"] == []
    assert "The canal" not in colleague.get(f"{change(article)}?unsaved={TAB}").text
    assert colleague.delete(f"{keep_address(article)}?tab={TAB}").status_code == 200
    assert Autosave.objects.count() == 1


def test_an_ended_session_is_told_and_nothing_is_kept(client):
    article = make_article()

    for address in (NEW, keep_address(article)):
        assert post(client, address, entries=entries()).status_code == 401
        assert client.get(address).status_code == 401
        assert client.delete(f"{address}?tab={TAB}").status_code == 401
    assert not Autosave.objects.exists()


def test_who_may_not_change_an_article_keeps_nothing_there():
    article = make_article()
    client = logged_in(make_colleague("ines", "view_article"))

    for address in (NEW, keep_address(article)):
        assert post(client, address, entries=entries()).status_code == 403
    assert not Autosave.objects.exists()
    assert not Presence.objects.exists()


def test_other_methods_are_refused(admin_client):
    assert admin_client.put(NEW).status_code == 405


def test_a_request_without_the_forms_token_is_refused(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)

    assert post(client, NEW, entries=entries()).status_code == 403
    assert client.delete(f"{NEW}?tab={TAB}").status_code == 403
    assert not Autosave.objects.exists()


def test_too_much_is_refused_with_a_sentence(admin_client):
    response = post(admin_client, NEW, entries=entries(body="x" * 2_000_000))

    assert response.status_code == 413
    assert "too large" in response.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 5000,
        json.dumps({"tab": "short", "entries": None}),
        json.dumps({"tab": TAB, "entries": "all"}),
        json.dumps({"tab": TAB, "entries": [["title"]]}),
        json.dumps({"tab": TAB, "entries": [["title", 5]]}),
        json.dumps({"tab": TAB, "entries": [["title", "x"]] * 2001}),
        json.dumps({"tab": {"a": 1}, "entries": []}),
    ],
)
def test_what_no_form_sends_is_refused_with_a_sentence(admin_client, body):
    response = admin_client.post(NEW, body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["error"]


def test_what_no_database_holds_is_left_out_of_what_is_kept(admin_client):
    post(admin_client, NEW, entries=[["title", "A\0 \ud800 B"], ["csrfmiddlewaretoken", "secret"]])

    assert Autosave.objects.get().data == [["title", "A ? B"]]


def test_a_deleted_article_is_told(admin_client):
    article = make_article()
    address = keep_address(article)
    article.delete()

    response = post(admin_client, address, entries=entries())

    assert response.status_code == 404
    assert "deleted" in response.json()["error"]


def test_the_oldest_give_way_beyond_fifty(admin_client, admin_user):
    for number in range(50):
        make_autosave(admin_user, tab=f"tab-{number:06}", age=timedelta(hours=number + 1))

    post(admin_client, NEW, entries=entries())

    assert Autosave.objects.count() == 50
    assert not Autosave.objects.filter(tab="tab-000049").exists()


# Taking up


def test_taken_up_the_form_is_as_it_was_typed_and_nothing_is_saved(admin_client, admin_user):
    ines, daniel = make_author(name="Ines Vale"), make_author(name="Daniel Roke")
    article = make_article(title="As it was", tags=["Ports"], authors=[ines])
    make_autosave(
        admin_user,
        article,
        title="",
        body="<p>Typed at night.</p>",
        tags=["Canals", "A new one"],
        authors=[daniel, ines],
        links=[{"url": "half-", "title": "Half an address"}],
    )

    page = admin_client.get(f"{change(article)}?unsaved={TAB}")

    assert "Typed at night." in page.text
    assert "errorlist" not in page.text
    assert '<option value="A new one" selected>' in page.text
    assert "Daniel Roke" in page.text
    assert 'value="half-"' in page.text
    assert f'name="tab" value="{TAB}"' in page.text
    assert page.context["adminform"].form["title"].value() == ""
    article.refresh_from_db()
    assert article.title == "As it was"


def test_taken_up_and_saved_the_article_has_what_was_typed(admin_client, admin_user):
    ines, daniel = make_author(name="Ines Vale"), make_author(name="Daniel Roke")
    article = make_article(authors=[ines], status="draft")
    typed = form(title="Typed", authors=[ines, daniel], tags=["Canals"]) | {
        "bylines-INITIAL_FORMS": 1,
        "bylines-0-id": article.bylines.get().pk,
        "bylines-0-article": article.pk,
    }
    # A colleague takes the byline away while the words lie there.
    Byline.objects.all().delete()
    post(
        admin_client,
        keep_address(article),
        entries=[
            [name, str(value)]
            for name, values in typed.items()
            for value in (values if isinstance(values, list) else [values])
        ],
    )

    page = admin_client.get(f"{change(article)}?unsaved={TAB}")
    shown = {"tab": TAB, "_draft": "1"} | fields_of(page)
    response = admin_client.post(change(article), shown)

    assert response.status_code == 302
    article.refresh_from_db()
    assert article.title == "Typed"
    assert [row.author for row in article.bylines.all()] == [ines, daniel]
    assert list(article.tags.names()) == ["Canals"]
    assert not Autosave.objects.exists()
    assert response.cookies["desk_saved"].value == TAB


def fields_of(page):
    """What the browser would send of a form that was just shown."""
    shown = {}
    formsets = [inline.formset for inline in page.context["inline_admin_formsets"]]
    forms = [page.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    for each in forms:
        for name in each.fields:
            value = each[name].value()
            if name in ("published_at", "event_starts_at", "event_ends_at"):
                continue
            if name != "DELETE" and value is not None:
                shown[each.add_prefix(name)] = value
    return shown


def test_an_address_of_what_is_no_longer_kept_shows_what_is_saved(admin_client):
    article = make_article(title="As it was")

    for tab in (TAB, "%", "x" * 3000):
        assert "As it was" in admin_client.get(change(article), {"unsaved": tab}).text


def test_a_new_article_is_taken_up_and_its_save_forgets_it(admin_client, admin_user):
    make_autosave(admin_user, title="Begun", authors=[make_author(name="Ines Vale")])

    page = admin_client.get(f"{ADD}?unsaved={TAB}")
    assert 'value="Begun"' in page.text
    assert "Ines Vale" in page.text
    admin_client.post(ADD, form(title="Begun", tab=TAB, _draft="1"))

    assert not Autosave.objects.exists()


def test_a_save_that_is_refused_keeps_what_was_kept(admin_client, admin_user):
    make_autosave(admin_user, title="")

    response = admin_client.post(ADD, form(title="", tab=TAB, _draft="1"))

    assert f'name="tab" value="{TAB}"' in response.text
    assert "desk_saved" not in response.cookies
    assert Autosave.objects.exists()


def test_thrown_away_it_is_gone(admin_client, admin_user):
    article = make_article()
    make_autosave(admin_user, article)

    admin_client.delete(f"{keep_address(article)}?tab={TAB}")

    assert not Autosave.objects.exists()


# Pruning


def test_the_heartbeat_forgets_what_is_old_or_long_saved_over(admin_user):
    article = make_article()
    make_autosave(admin_user, tab="a month old", age=timedelta(days=31))
    make_autosave(admin_user, tab="three weeks old", age=timedelta(days=21))
    make_autosave(admin_user, article, tab="saved over a week ago", age=timedelta(days=8))
    make_autosave(admin_user, article, tab="saved over yesterday", age=timedelta(days=1))

    forget_typing()

    assert set(Autosave.objects.values_list("tab", flat=True)) == {"three weeks old", "saved over yesterday"}


# Who is here


def test_each_sees_that_the_other_has_the_article_open(admin_client):
    article = make_article()
    ines = logged_in(make_colleague(is_superuser=True, first_name="Ines", last_name="Vale"))

    assert post(ines, keep_address(article)).json()["beside"] == ""
    assert post(admin_client, keep_address(article)).json()["beside"] == "Ines Vale has this open too."
    assert post(ines, keep_address(article)).json()["beside"] == "admin has this open too."


def test_who_left_is_no_longer_named(admin_client, time_machine):
    article = make_article()
    ines = make_colleague(is_superuser=True)
    Presence.objects.show(ines, article)

    time_machine.move_to(timezone.now() + timedelta(seconds=91))

    assert post(admin_client, keep_address(article)).json()["beside"] == ""
    forget_typing()
    assert not Presence.objects.filter(user=ines).exists()


def test_a_sign_of_life_costs_a_fixed_number_of_questions(admin_client, django_assert_max_num_queries):
    article = make_article()
    for number in range(5):
        Presence.objects.show(make_colleague(f"colleague-{number}"), article)

    with django_assert_max_num_queries(6):
        assert "and" in post(admin_client, keep_address(article)).json()["beside"]
