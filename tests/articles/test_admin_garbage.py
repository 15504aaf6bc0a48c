"""What no page of the desk ever sends is refused, and is never an error of ours."""

import pytest

from articles.models import Article
from tests.articles.test_admin_writing import form
from tests.factories import make_article, make_page

pytestmark = pytest.mark.django_db
MANY_DIGITS = "9" * 4400  # more than Python reads as a number


@pytest.mark.parametrize(
    "address",
    [
        "articles/article/add/?series=abc",
        "articles/article/add/?published_at=abc",
        "articles/redirect/add/?article=1.5",
        f"articles/redirect/add/?page={MANY_DIGITS}",
        "admin/logentry/?day=9999-12-31",
        "admin/logentry/?day=0001-01-01",
        "articles/article/{pk}/history/log/?p=" + MANY_DIGITS,
    ],
)
def test_an_address_with_garbage_shows_its_page(admin_client, address):
    address = address.format(pk=make_article().pk)

    assert admin_client.get(f"/admin/{address}").status_code == 200


@pytest.mark.parametrize(
    "address", ["articles/article/?title__regex=(", "axes/accesslog/1/delete/?_to_field="]
)
def test_what_only_an_attacker_asks_is_a_bad_request(admin_client, address):
    assert admin_client.get(f"/admin/{address}").status_code == 400


@pytest.mark.parametrize("model", ["articles/article", "articles/page", "articles/outboundlink", "auth/user"])
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_a_key_that_is_none_leads_nowhere(admin_client, model, page):
    address = f"/admin/{model}/{MANY_DIGITS}/{page}/"

    assert admin_client.get(address).status_code in (302, 403, 404)
    assert admin_client.post(address, {"rework_of": "1", "body": ""}).status_code in (302, 403, 404)


@pytest.mark.parametrize(
    ("model", "action"),
    [("articles/article", "add_tags"), ("articles/tag", "merge"), ("auth/user", "delete_selected")],
)
def test_chosen_rows_that_are_none_are_passed_over(admin_client, model, action):
    sent = {"action": action, "_selected_action": ["abc", "²", "1.5", MANY_DIGITS]}
    response = admin_client.post(f"/admin/{model}/", sent, follow=True)

    assert response.status_code == 200


def test_a_chosen_row_that_is_none_comes_back_with_its_form(admin_client):
    sent = {"series": "abc", "bylines-TOTAL_FORMS": "1", "bylines-INITIAL_FORMS": "0"}
    sent |= {"bylines-0-author": MANY_DIGITS, "related_links-TOTAL_FORMS": "0"}
    sent |= {"related_links-INITIAL_FORMS": "0", "title": "Kept words", "_draft": "1"}

    response = admin_client.post("/admin/articles/article/add/", sent)

    assert response.status_code == 200
    assert "Kept words" in response.text


@pytest.mark.django_db(transaction=True)
def test_the_history_of_a_page_may_be_posted_to(admin_client):
    address = f"/admin/articles/page/{make_page().pk}/history/"

    assert admin_client.post(address).status_code == 200


def test_nobody_has_a_name_that_is_too_long_for_the_count_of_failures(client):
    answer = client.post("/admin/login/", {"username": "n" * 1000, "password": "wrong"})

    assert answer.status_code == 200
    assert "Please enter the correct username" in answer.text


@pytest.mark.parametrize("button", ["_publish", "_schedule"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_has_publishes_nothing_and_loses_no_word(admin_client, button, day):
    sent = form(title="Kept words", slug="x", published_at_0=day, published_at_1="23:59:00")

    answer = admin_client.post("/admin/articles/article/add/", sent | {button: "byline,lead-image"})

    assert "Kept words" in answer.text
    assert "between the years 1800 and 2199" in answer.text
    assert not Article.objects.exists()


def test_a_claim_of_a_thousand_million_rows_is_refused_with_a_sentence(admin_client):
    sent = form(title="Rows") | {"bylines-TOTAL_FORMS": "1000000000", "bylines-INITIAL_FORMS": "0"}

    answer = admin_client.post("/admin/articles/article/add/", sent)

    assert "Please submit at most 100 forms." in answer.text
    assert answer.text.count('name="bylines-') < 3000
    assert not Article.objects.exists()
