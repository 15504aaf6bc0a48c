"""The login: the password, the second step, what may be tried how often, and when a session ends."""

import base64
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.accounts import sessions, two_factor
from tests.config.accounts import PASSWORD, code_of, log_in, set_up, wrong_code
from tests.factories import make_article, make_colleague, make_site

pytestmark = pytest.mark.django_db
CODE = "/admin/login/code/"
SET_UP = "/admin/account/factor/"


def make_person(group=None, **fields):
    return make_colleague(group, password=PASSWORD, **fields)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def is_inside(client):
    return client.get("/admin/").status_code == 200


def enter(client, code):
    return client.post(CODE, {"code": code})


def secret_on(answer):
    page = answer.text
    letters = re.search(r'desk-secret" dir="ltr">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    return re.search(r'name="secret" value="([^"]+)"', page)[1], base64.b32decode(letters).hex()


def test_a_password_alone_opens_the_desk_of_whoever_has_no_second_factor(client):
    answer = log_in(client, make_person(), place="/admin/account/")

    assert answer["Location"] == "/admin/account/"
    assert is_inside(client)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_second_factor_is_asked_for_and_clocks_may_differ_by_one_step(client, steps):
    person = make_person()
    key, _codes = set_up(person)

    answer = log_in(client, person, place="/admin/account/")
    assert answer["Location"] == f"{CODE}?next=%2Fadmin%2Faccount%2F"
    assert not is_inside(client)

    answer = client.post(answer["Location"], {"code": code_of(key, steps=steps)})
    assert answer["Location"] == "/admin/account/"
    assert is_inside(client)


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_time_is_refused(client, steps):
    person = make_person()
    key, _codes = set_up(person)
    log_in(client, person)

    assert "This code is not right" in enter(client, code_of(key, steps=steps)).text
    assert not is_inside(client)


def test_a_code_works_once(client):
    person = make_person()
    key, _codes = set_up(person)
    code = code_of(key)
    log_in(client, person)
    enter(client, code)
    client.post("/admin/logout/")

    log_in(client, person)

    assert "used already" in enter(client, code).text
    assert not is_inside(client)


def test_a_recovery_code_works_once_however_it_is_typed(client):
    person = make_person()
    _key, codes = set_up(person)
    log_in(client, person)
    answer = enter(client, codes[3].upper().replace("-", " "))
    assert answer.status_code == 302
    assert "9 recovery codes are left." in client.get("/admin/").text
    client.post("/admin/logout/")

    log_in(client, person)

    assert "used already" in enter(client, codes[3]).text
    assert not is_inside(client)


def test_recovery_codes_are_not_stored_as_they_are():
    _key, codes = set_up(make_person())

    stored = " ".join(StaticToken.objects.values_list("token", flat=True))

    assert len(set(codes)) == two_factor.CODES
    assert not any(part in stored for code in codes for part in (code, code.replace("-", "")[:8]))


def test_wrong_codes_make_the_right_one_wait(client, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    person = make_person()
    key, _codes = set_up(person)
    log_in(client, person)
    enter(client, wrong_code(key))

    answer = enter(client, code_of(key))
    assert answer.status_code == 429
    assert "too many wrong codes" in answer.text
    assert not is_inside(client)

    time_machine.move_to(now + timedelta(seconds=2), tick=False)
    assert enter(client, code_of(key)).status_code == 302


def test_wrong_codes_close_the_login_too(client, settings, time_machine):
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    person = make_person()
    key, codes = set_up(person)
    log_in(client, person)

    answers = [enter(client, wrong_code(key)) for _attempt in range(3)]

    assert answers[-1].status_code == 429
    assert "too many attempts" in answers[-1].text
    assert enter(client, codes[0]).status_code == 429
    assert log_in(client, person).status_code == 429
    # Elsewhere the person is not kept out.
    client.cookies.clear()
    client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    log_in(client, person)
    assert enter(client, codes[0]).status_code == 302


def test_wrong_passwords_are_answered_with_429_and_a_plain_page(client, settings):
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    person = make_person()

    answers = [log_in(client, person, password="wrong") for _attempt in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Try again in a quarter of an hour" in answers[-1].text
    assert answers[-1]["Retry-After"]
    assert log_in(client, person).status_code == 429


def test_many_names_from_one_network_are_stopped(client, monkeypatch):
    monkeypatch.setattr("config.accounts.login.PER_NETWORK", {"limit": 2, "seconds": 60})
    people = [make_person() for _number in range(3)]

    answers = [log_in(client, person, password="wrong") for person in people]

    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_the_address_that_counts_is_that_of_our_own_proxies(client, settings):
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT, settings.TRUSTED_PROXIES = True, 2, 1
    person = make_person()
    for number in range(3):
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"10.0.0.{number}, 198.51.100.4"
        answer = log_in(client, person, password="wrong")

    assert answer.status_code == 429


def test_the_second_step_leads_to_the_first_without_a_password_or_after_a_while(client, time_machine):
    person = make_person()
    key, _codes = set_up(person)
    assert enter(client, code_of(key))["Location"] == "/admin/login/"
    log_in(client, person)

    time_machine.move_to(timezone.now() + timedelta(minutes=11))

    assert enter(client, code_of(key))["Location"] == "/admin/login/"
    assert not is_inside(client)


@pytest.mark.parametrize("change", ["password", "closed"])
def test_a_new_password_or_a_closed_account_ends_a_login_under_way(client, change):
    person = make_person()
    key, _codes = set_up(person)
    log_in(client, person)
    if change == "password":
        person.set_password("something else entirely")
    else:
        person.is_active = False
    person.save()

    assert enter(client, code_of(key))["Location"] == "/admin/login/"


@pytest.mark.parametrize(
    "place", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1"]
)
def test_nobody_is_led_to_another_site(client, place):
    person = make_person()
    key, _codes = set_up(person)

    step = log_in(client, person, place=place)["Location"]
    answer = client.post(step, {"code": code_of(key), "next": place})

    assert step == CODE
    assert answer["Location"] == "/admin/"


# Who must have a second factor


@pytest.mark.parametrize(
    ("setting", "group", "must"),
    [
        ("administrators", "Administrator", True),
        ("administrators", "Editor", False),
        ("everyone", "Writer", True),
        ("nobody", "Administrator", False),
    ],
)
def test_the_setting_says_who_must_have_one(client, settings, setting, group, must):
    settings.TWO_FACTOR_REQUIRED = setting
    log_in(client, make_person(group))

    assert is_inside(client) != must


def test_a_superuser_is_an_administrator(client, settings, django_user_model):
    settings.TWO_FACTOR_REQUIRED = "administrators"
    log_in(client, django_user_model.objects.create_superuser("root", password=PASSWORD))

    assert not is_inside(client)


def test_an_administrator_without_one_reaches_nothing_but_the_set_up(client, settings):
    settings.TWO_FACTOR_REQUIRED = "administrators"
    article = make_article()
    log_in(client, make_person("Administrator"))
    login = "/admin/login/?next="

    for address in (
        "/admin/",
        "/admin/articles/article/",
        f"/admin/articles/article/{article.pk}/change/",
        f"/admin/articles/article/{article.pk}/preview/",
        "/admin/auth/user/add/",
        "/admin/account/",
        "/admin/account/codes/",
        "/admin/password_change/",
        "/admin/articles/image/library/",
    ):
        assert client.get(address)["Location"].startswith(login), address
    assert client.post("/admin/articles/image/upload/").status_code in (302, 401)
    keep = client.post(
        f"/admin/articles/article/{article.pk}/keep/", {"tab": "0123456789"}, "application/json"
    )
    assert keep.status_code == 401
    assert keep.json() == {"error": "You are logged out."}

    answer = client.get("/admin/articles/article/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{SET_UP}?next=%2Fadmin%2Farticles%2Farticle%2F"
    assert "Article" not in answer.text
    assert client.post("/admin/logout/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_setting_it_up_opens_the_desk_and_shows_the_recovery_codes_once(client, settings):
    settings.TWO_FACTOR_REQUIRED = "administrators"
    make_site(name="Tidelines")
    person = make_person("Administrator")
    log_in(client, person)
    secret, key = secret_on(client.get(SET_UP))
    assert not TOTPDevice.objects.exists()

    refused = client.post(SET_UP, {"secret": secret, "code": wrong_code(key)})
    assert "This code is not right" in refused.text
    assert secret_on(refused)[1] == key
    answer = client.post(f"{SET_UP}?next=/admin/articles/article/", {"secret": secret, "code": code_of(key)})

    codes = re.findall(r"<li>([a-z2-9]{4}(?:-[a-z2-9]{4}){5})</li>", answer.text)
    assert len(codes) == 10
    assert 'href="/admin/articles/article/"' in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert is_inside(client)
    assert client.get(SET_UP)["Location"] == "/admin/account/"
    assert LogEntry.objects.get().change_message == "Turned the second factor on."
    # The code that proved it is used up, and the recovery codes are real.
    client.post("/admin/logout/")
    log_in(client, person)
    assert "used already" in enter(client, code_of(key)).text
    assert enter(client, codes[0]).status_code == 302


def test_the_secret_of_another_person_or_a_forged_one_is_not_taken(client):
    other, person = make_person(), make_person()
    log_in(client, other)
    secret, key = secret_on(client.get(SET_UP))
    client.post("/admin/logout/")
    log_in(client, person)

    for sent in (secret, secret[:-2], ""):
        answer = client.post(SET_UP, {"secret": sent, "code": code_of(key)})
        assert answer.status_code == 200
    assert not TOTPDevice.objects.exists()


def test_setting_it_up_long_after_the_login_wants_the_password(client, time_machine):
    person = make_person()
    log_in(client, person)
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    secret, key = secret_on(client.get(SET_UP))

    without = client.post(SET_UP, {"secret": secret, "code": code_of(key)})
    wrong = client.post(SET_UP, {"secret": secret, "code": code_of(key), "password": "wrong"})
    assert "This is not your password." in wrong.text
    assert not TOTPDevice.objects.exists()
    assert without.status_code == 200

    client.post(SET_UP, {"secret": secret, "code": code_of(key), "password": PASSWORD})
    assert two_factor.is_on(person)


def test_setting_it_up_ends_the_sessions_that_a_password_alone_opened(client):
    person = make_person()
    elsewhere = client_of(person)
    log_in(client, person)
    secret, key = secret_on(client.get(SET_UP))

    client.post(SET_UP, {"secret": secret, "code": code_of(key)})

    assert is_inside(client)
    assert not is_inside(elsewhere)


@pytest.mark.parametrize("address", ["/admin/account/factor/remove/", "/admin/account/codes/"])
def test_changing_it_needs_a_code(client, address):
    person = make_person()
    key, codes = set_up(person)
    log_in(client, person)
    enter(client, codes[0])

    assert client.post(address, {"code": wrong_code(key)}).status_code == 200
    assert two_factor.recovery_codes_left(person) == 9
    client.post(address, {"code": codes[1]})

    left = two_factor.recovery_codes_left(person)
    assert (left, two_factor.is_on(person)) == ((10, True) if "codes" in address else (0, False))


def test_who_must_have_one_and_turns_it_off_sets_up_the_next(client, settings):
    settings.TWO_FACTOR_REQUIRED = "administrators"
    person = make_person("Administrator")
    _key, codes = set_up(person)
    log_in(client, person)
    enter(client, codes[0])
    assert is_inside(client)

    client.post("/admin/account/factor/remove/", {"code": codes[1]})

    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(SET_UP)


# Sessions


def test_a_session_ends_when_nobody_is_there(client, time_machine):
    start = timezone.now()
    log_in(client, make_person())
    time_machine.move_to(start + timedelta(hours=11))
    assert is_inside(client)
    time_machine.move_to(start + timedelta(hours=22))
    assert is_inside(client)

    time_machine.move_to(start + timedelta(hours=35))

    assert not is_inside(client)


def test_a_page_left_open_keeps_no_session_alive(client, time_machine):
    start = timezone.now()
    article = make_article(status="draft")
    log_in(client, make_person("Editor"))
    keep = f"/admin/articles/article/{article.pk}/keep/"
    time_machine.move_to(start + timedelta(hours=11))
    assert client.post(keep, {"tab": "0123456789"}, "application/json").status_code == 200

    time_machine.move_to(start + timedelta(hours=13))

    assert client.post(keep, {"tab": "0123456789"}, "application/json").status_code == 401


def test_a_session_ends_after_two_weeks_however_busy(client, time_machine):
    start = timezone.now()
    log_in(client, make_person())
    for hours in range(10, 14 * 24, 10):
        time_machine.move_to(start + timedelta(hours=hours))
        assert is_inside(client)

    time_machine.move_to(start + timedelta(days=14, minutes=1))

    assert not is_inside(client)


def test_closing_an_account_or_logging_out_everywhere_ends_sessions(client):
    person = make_person()
    elsewhere, stranger = client_of(person), client_of(make_person())
    log_in(client, person)

    client.post("/admin/account/sessions/")

    assert is_inside(client)
    assert is_inside(stranger)
    assert not is_inside(elsewhere)
    person.is_active = False
    person.save()
    assert not is_inside(client)


def test_a_changed_password_ends_the_other_sessions(client):
    person = make_person()
    elsewhere = client_of(person)
    log_in(client, person)
    new = "the pier at low water"

    client.post(
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )

    assert is_inside(client)
    assert not is_inside(elsewhere)


def test_the_password_of_an_open_session_is_not_guessed(client):
    person = make_person()
    client.force_login(person)
    new = {"new_password1": "the pier at low water", "new_password2": "the pier at low water"}

    codes = [
        client.post("/admin/password_change/", {"old_password": f"guess {number}", **new}).status_code
        for number in range(11)
    ]

    assert codes == [200] * 10 + [429]
    assert person.check_password(PASSWORD)


def test_ending_sessions_passes_over_those_of_nobody(client):
    client.get("/admin/login/")
    Session.objects.create(session_key="a", session_data="broken", expire_date=timezone.now() + timedelta(1))

    assert sessions.end_all(make_person()) == 0
