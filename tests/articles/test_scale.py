"""What the desk's pages cost however much there is: questions, bytes, counts, choices."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteMixin, ForeignKeyRawIdWidget, RelatedFieldWidgetWrapper
from django.contrib.auth.models import Group, User
from django.db import connection
from django.forms import ModelChoiceField
from django.forms.widgets import HiddenInput
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from articles.admin import paging
from articles.models import Article, Byline, Correction, TaggedArticle
from articles.widgets import PictureInput, TagSelect
from newsletter.models import Newsletter
from tests.factories import (
    make_article,
    make_author,
    make_colleague,
    make_image,
    make_series,
    make_site,
    make_tag,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
OURS = [model for model in admin.site._registry if model._meta.app_label in ("articles", "newsletter")]


def fill(count, **fields):
    """Many articles with a byline of two and three tags each, made at once."""
    before = Article.objects.count()
    named = {
        "title": "The long way of grain from the northern ports to the markets of the south",
        "standfirst": "Why it takes three weeks, and who earns from it.",
        "status": "published",
        "published_at": datetime(2026, 3, 1, tzinfo=UTC),
        **fields,
    }
    made = Article.objects.bulk_create(
        Article(slug=f"filled-{number}", body="<p>Words.</p>", **named)
        for number in range(before, before + count)
    )
    authors = [make_author(), make_author()]
    tags = [make_tag(), make_tag(), make_tag()]
    Byline.objects.bulk_create(
        Byline(article=article, author=author) for article in made for author in authors
    )
    TaggedArticle.objects.bulk_create(
        TaggedArticle(content_object=article, tag=tag) for article in made for tag in tags
    )
    Article.objects.index()
    return made


def asked(client, address):
    """Return a page and the questions that it cost."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return response, [query["sql"] for query in captured.captured_queries]


@pytest.fixture
def editor(client):
    client.force_login(make_colleague("Editor"))
    return client


@pytest.fixture
def writer(client):
    client.force_login(make_colleague("Writer"))
    return client


@pytest.mark.parametrize("role", ["editor", "writer"])
@pytest.mark.parametrize(
    "asking",
    ["", "?state=live", "?state=draft", "?review=planned", "?q=grain", "?kind__exact=analysis", "?o=1"],
)
def test_the_list_costs_at_most_eight_questions_and_60_kilobytes(request, role, asking):
    client = request.getfixturevalue(role)
    make_site()
    fill(1)
    for status in ("draft", "review"):
        fill(1, status=status, published_at=None, created_by=User.objects.get())
    asked(client, LIST)  # what is asked once for each process
    _page, few = asked(client, f"{LIST}{asking}")
    fill(99)
    page, many = asked(client, f"{LIST}{asking}")

    assert len(many) == len(few) <= 8, "\n".join(many)
    assert len(page.content) <= 60 * 1024


def test_the_list_stays_small_in_arabic_and_with_long_titles(editor):
    fill(60, title="طريق الحبوب الطويل من الموانئ الشمالية إلى أسواق الجنوب ومن يكسب منه " * 2, language="ar")

    page, _questions = asked(editor, LIST)

    assert len(page.content) <= 75 * 1024


@pytest.mark.parametrize("role", ["editor", "writer"])
def test_the_form_costs_at_most_twelve_questions(request, role):
    client = request.getfixturevalue(role)
    make_site()
    person = User.objects.get()
    fill(30)
    targets = fill(30)
    state = {"status": "draft", "published_at": None} if role == "writer" else {}
    full = make_article(
        lead_image=make_image(),
        created_by=person,
        authors=[make_author() for _number in range(8)],
        tags=[f"Tag of many {number}" for number in range(20)],
        related=targets,
        series=make_series(),
        **state,
    )
    for _number in range(5):
        Correction.objects.create(article=full, text="Otherwise.", noted_at=datetime(2026, 3, 3, tzinfo=UTC))
    bare = make_article(created_by=person, **state)
    asked(client, f"{LIST}{bare.pk}/change/")

    _page, few = asked(client, f"{LIST}{bare.pk}/change/")
    _page, many = asked(client, f"{LIST}{full.pk}/change/")

    assert len(many) <= 12, "\n".join(many)
    assert len(few) <= 12, "\n".join(few)
    assert len(asked(client, f"{LIST}add/")[1]) <= 12


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label_lower)
@pytest.mark.parametrize("asking", ["", "?q=grain", "?p=2"])
def test_no_list_counts_a_whole_table(admin_client, model, asking):
    make_site()
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{asking}"

    with CaptureQueriesContext(connection) as captured:
        admin_client.get(address)

    unbounded = [
        query["sql"]
        for query in captured.captured_queries
        if re.match(r"SELECT COUNT\(\*\)", query["sql"]) and "LIMIT" not in query["sql"]
    ]
    assert not unbounded


def test_no_choice_of_another_article_counts_a_whole_table(admin_client):
    fill(3)
    address = "/admin/autocomplete/?app_label=articles&model_name=relatedlink&field_name=target&term=gra"

    page, questions = asked(admin_client, address)

    assert len(page.json()["results"]) == 3
    assert not [sql for sql in questions if "COUNT(*)" in sql and "LIMIT" not in sql]


def bounded(field):
    """Whether a field's choices are looked for, or so few that they may all be in the page."""
    widget = field.widget
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    looked_for = AutocompleteMixin | ForeignKeyRawIdWidget | PictureInput | TagSelect | HiddenInput
    few = {Newsletter, Group}
    return isinstance(widget, looked_for) or field.queryset.model in few


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label_lower)
def test_no_form_lists_all_rows_of_a_table(model):
    model_admin = admin.site._registry[model]
    request = RequestFactory().get("/")
    request.user, request.site = make_colleague(is_superuser=True), make_site()
    opened = model_admin.get_form(request, None, change=not model_admin.has_add_permission(request))
    fields = [(model._meta.label, *each) for each in opened.base_fields.items()]
    for inline in model_admin.get_inline_instances(request, None):
        rows = inline.get_formset(request, None)
        own = [(name, field) for name, field in rows.form.base_fields.items() if name != rows.fk.name]
        fields += [(inline.model._meta.label, *each) for each in own]
    unbounded = [
        f"{label}.{name}"
        for label, name, field in fields
        if isinstance(field, ModelChoiceField) and not bounded(field)
    ]

    assert not unbounded


def test_a_count_that_stopped_says_so(editor, monkeypatch):
    monkeypatch.setattr(paging, "MOST", 50)
    fill(51)

    page, _questions = asked(editor, f"{LIST}?language__exact=en")

    assert "more than 50 articles" in page.text
    assert "more than 50 results" in page.text
    assert "51 articles" not in page.text
    assert editor.get(f"{LIST}?p=2").status_code == 200
    assert editor.get(f"{LIST}?p=3").status_code == 302


def test_an_exact_count_is_a_number(editor):
    fill(3)

    assert "3 articles" in editor.get(LIST).text
    assert "more than" not in editor.get(LIST).text


def test_deleting_takes_no_more_than_can_be_read_through(admin_client, monkeypatch):
    monkeypatch.setattr(paging, "MOST_DELETED", 2)
    [first, *_others] = fill(3)
    sent = {"action": "delete_selected", "_selected_action": [first.pk], "select_across": "1", "post": "yes"}

    answer = admin_client.post(LIST, sent, follow=True)

    assert "At most 2 are deleted at a time" in answer.text
    assert Article.objects.count() == 3


def test_a_pasted_text_is_looked_for_by_its_beginning(editor):
    page, _questions = asked(editor, f"{LIST}?q={'x' * 3000}")

    assert "x" * 200 in page.text
    assert "x" * 201 not in page.text
