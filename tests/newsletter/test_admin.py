import pytest
from django.contrib.admin.models import LogEntry

from newsletter.addresses import address_hash
from newsletter.models import ConsentEvent, Newsletter, Subscriber, Subscription, Suppression
from tests.confirming import confirm

from .factories import make_newsletter, make_subscription

pytestmark = pytest.mark.django_db
SUBSCRIBERS = "/admin/newsletter/subscriber/"


def choose(client, action, *subscribers):
    return client.post(
        SUBSCRIBERS, {"action": action, "_selected_action": [each.pk for each in subscribers]}, follow=True
    )


def act(client, action, *subscribers):
    return confirm(client, choose(client, action, *subscribers))


def test_an_editor_finds_a_subscriber_by_a_part_of_the_address(admin_client):
    make_subscription(email="Ines.Vale@example.org")
    make_subscription(email="other@example.org")

    page = admin_client.get(SUBSCRIBERS, {"q": "ines.vale@"}).text

    assert "Ines.Vale@example.org" in page
    assert "other@example.org" not in page


def test_an_editor_filters_by_status(admin_client):
    make_subscription(email="here@example.org")
    make_subscription(email="gone@example.org", status="unsubscribed")

    page = admin_client.get(SUBSCRIBERS, {"status": "unsubscribed"}).text

    assert "gone@example.org" in page
    assert "here@example.org" not in page
    assert admin_client.get(SUBSCRIBERS, {"status": "nonsense"}).status_code == 200


def test_an_editor_unsubscribes_with_a_proof(admin_client):
    subscription = make_subscription()

    page = act(admin_client, "unsubscribe", subscription.subscriber)

    assert "1 address gets no more mail." in page.text
    assert Subscription.objects.get().status == "unsubscribed"
    assert ConsentEvent.objects.get(action="withdrawn").method == "editor"


def test_the_desk_first_says_who_would_get_no_more_mail(admin_client):
    here, gone = make_subscription(email="here@example.org"), make_subscription(status="unsubscribed")

    page = choose(admin_client, "unsubscribe", here.subscriber, gone.subscriber)

    assert "1 address will get no more mail" in page.text
    assert "here@example.org" in page.text
    assert "1 is not subscribed" in page.text
    assert set(Subscription.objects.values_list("status", flat=True)) == {"active", "unsubscribed"}


def test_suppressing_twice_is_suppressing_once(admin_client):
    subscriber = make_subscription().subscriber
    page = choose(admin_client, "suppress", subscriber)

    confirm(admin_client, page)
    again = confirm(admin_client, page)

    assert "1 is suppressed already" in again.text
    assert LogEntry.objects.count() == 1


def test_an_editor_suppresses_for_good(admin_client):
    subscriber = make_subscription().subscriber

    act(admin_client, "suppress", subscriber)

    assert Suppression.objects.is_final(subscriber.email_hash)
    assert Subscription.objects.get().status == "unsubscribed"


def test_an_address_is_suppressed_before_it_ever_signs_up(admin_client):
    response = admin_client.post(
        "/admin/newsletter/suppression/add/", {"address": "Enemy@Example.org", "reason": "editor"}
    )

    assert response.status_code == 302
    assert Suppression.objects.get().email_hash == address_hash("enemy@example.org")
    found = admin_client.get("/admin/newsletter/suppression/", {"q": "enemy@example.org"}).text
    assert Suppression.objects.get().email_hash[:12] in found
    assert "1 suppressed address" in found


def test_suppressing_a_subscribers_address_unsubscribes_them(admin_client):
    make_subscription(email="reader@example.org")
    admin_client.post(
        "/admin/newsletter/suppression/add/", {"address": "READER@example.org", "reason": "complaint"}
    )
    assert not Subscription.objects.active().exists()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("reader@example", "lacks the end of its domain"), ("known@example.org", "suppressed already")],
)
def test_a_bad_suppression_is_explained(admin_client, address, sentence):
    Suppression.objects.add(address_hash("known@example.org"), "editor")
    response = admin_client.post(
        "/admin/newsletter/suppression/add/", {"address": address, "reason": "editor"}
    )
    assert sentence in response.text
    assert f'value="{address}"' in response.text


def test_nobody_is_added_or_changed_by_hand(admin_client):
    subscription = make_subscription(email="reader@example.org")
    subscriber, event = subscription.subscriber, ConsentEvent.objects.get()

    assert admin_client.get(f"{SUBSCRIBERS}add/").status_code == 403
    assert admin_client.get("/admin/newsletter/consentevent/add/").status_code == 403
    assert admin_client.post(f"/admin/newsletter/consentevent/{event.pk}/change/").status_code == 403
    page = admin_client.get(f"{SUBSCRIBERS}{subscriber.pk}/change/").text
    assert 'name="email"' not in page
    assert "192.0.2.7" in page


@pytest.mark.parametrize("from_list", [True, False])
def test_deleting_a_subscriber_forgets_them_and_no_log_keeps_the_address(admin_client, from_list):
    subscriber = make_subscription(email="reader@example.org").subscriber
    change = f"{SUBSCRIBERS}{subscriber.pk}/change/"
    formsets = {
        f"{prefix}-{kind}_FORMS": "0"
        for prefix in ("subscriptions", "consent_events")
        for kind in ("TOTAL", "INITIAL")
    }
    assert admin_client.post(change, {"language": "he", **formsets}).status_code == 302

    if from_list:
        chosen = {"action": "delete_selected", "_selected_action": [subscriber.pk]}
        assert "reader@example.org" in admin_client.post(SUBSCRIBERS, chosen).text
        admin_client.post(SUBSCRIBERS, {**chosen, "post": "yes"})
    else:
        path = f"{SUBSCRIBERS}{subscriber.pk}/delete/"
        assert "reader@example.org" in admin_client.get(path).text
        admin_client.post(path, {"post": "yes"})

    assert not Subscriber.objects.exists()
    assert Suppression.objects.get().reason == "forgotten"
    assert LogEntry.objects.count() == 2
    assert "reader@" not in str(list(LogEntry.objects.values()))
    assert "forgotten" in admin_client.get("/admin/newsletter/consentevent/").text


def test_an_editor_sees_each_consent_and_its_words(admin_client):
    make_subscription(email="reader@example.org")
    event = ConsentEvent.objects.get()
    assert "reader@example.org" in admin_client.get("/admin/newsletter/consentevent/").text
    assert "confirmed by mail" in admin_client.get(f"/admin/newsletter/consentevent/{event.pk}/change/").text


def test_an_editor_makes_a_newsletter_whose_list_id_is_shown_and_fixed(admin_client):
    fields = {
        "language": "en",
        "title": "The letter",
        "promise": "Every Thursday.",
        "sender_name": "Tidelines",
        "sender_email": "letter@example.org",
        "is_default": "on",
        "list_id": "mine.example.org",
    }

    admin_client.post("/admin/newsletter/newsletter/add/", fields)

    newsletter = Newsletter.objects.get()
    assert newsletter.list_id != "mine.example.org"
    path = f"/admin/newsletter/newsletter/{newsletter.pk}/change/"
    assert newsletter.list_id in admin_client.get(path).text
    again = admin_client.post("/admin/newsletter/newsletter/add/", fields)
    assert "Another newsletter is already offered to readers of this language." in again.text


@pytest.mark.parametrize("name", ["subscriber", "consentevent", "suppression", "newsletter"])
def test_lists_cost_the_same_with_many_rows(admin_client, name, django_assert_max_num_queries):
    newsletter = make_newsletter()
    subscribers = Subscriber.objects.bulk_create(
        Subscriber(email=f"r{n}@example.org", email_key=f"r{n}@example.org", email_hash=f"{n:064x}")
        for n in range(300)
    )
    Subscription.objects.bulk_create(
        Subscription(subscriber=subscriber, newsletter=newsletter) for subscriber in subscribers
    )
    ConsentEvent.objects.bulk_create(
        ConsentEvent(subscriber=subscriber, newsletter=newsletter, action="given", method="link")
        for subscriber in subscribers
    )
    Suppression.objects.bulk_create(Suppression(email_hash=f"{n:064x}") for n in range(300))

    with django_assert_max_num_queries(10):
        assert admin_client.get(f"/admin/newsletter/{name}/").status_code == 200
