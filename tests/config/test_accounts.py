"""Accounts: invitations, new passwords by mail, what a password may be, and nobody gives what they lack."""

from datetime import timedelta
from io import StringIO
from smtplib import SMTPServerDisconnected

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.accounts import links, two_factor
from tests.config.accounts import PASSWORD, code_of, link_in, log_in, send_all, set_up
from tests.factories import make_colleague, make_site

pytestmark = pytest.mark.django_db
ADD = "/admin/auth/user/add/"
RESET = "/admin/password_reset/"
NEW = "the pier at low water"
BOTH = {"new_password1": NEW, "new_password2": NEW}


def make_person(group=None, **fields):
    return make_colleague(group, password=PASSWORD, **fields)


def make_administrator(client):
    person = make_person("Administrator")
    client.force_login(person)
    return person


def group(name):
    make_colleague(name)
    return Group.objects.get(name=name)


def invite(client, **fields):
    fields = {"email": "ines@example.org", "first_name": "Ines", "last_name": "Vale", "groups": []} | fields
    return client.post(ADD, fields)


def change(person):
    return f"/admin/auth/user/{person.pk}/change/"


def saved(person, **fields):
    """Return what the form of an account sends."""
    names = ["username", "first_name", "last_name", "email"]
    shown = {name: getattr(person, name) for name in names}
    return shown | {"groups": [row.pk for row in person.groups.all()], "is_active": "on"} | fields


# Invitations


def test_a_colleague_is_invited_sets_a_password_and_logs_in(client):
    make_site(name="Tidelines")
    writers = group("Writer")
    make_administrator(client)

    answer = invite(client, groups=[writers.pk])

    assert answer["Location"] == "/admin/auth/user/"
    ines = User.objects.get(email="ines@example.org")
    assert (ines.username, ines.is_staff, ines.is_superuser) == ("ines", True, False)
    assert not ines.has_usable_password()
    page = client.get("/admin/auth/user/").text
    assert "Invited" in page
    assert "on its way to ines@example.org" in page
    (message,) = send_all()
    assert message.to == ["ines@example.org"]
    assert message.subject == "Your account at Tidelines"
    assert "Your username is ines" in message.body

    visitor, link = Client(), link_in(message)
    assert "<strong>ines</strong>" in visitor.get(link).text
    assert not User.objects.get(pk=ines.pk).has_usable_password()
    assert visitor.post(link, BOTH)["Location"] == "/admin/login/"
    assert "_auth_user_id" not in visitor.session
    assert log_in(visitor, ines, password=NEW)["Location"] == "/admin/"
    assert visitor.get("/admin/").status_code == 200


def test_an_invitation_works_once_for_a_week_and_only_unchanged(client, time_machine):
    person = make_colleague(email="ines@example.org")
    token = links.INVITATION.token(person)
    address = "/admin/invitation/{}/"
    other = make_colleague()
    for wrong in (
        f"{token}x",
        token[:-1],
        token.replace(str(person.pk), str(other.pk), 1),
        "1",
        "9" * 30,
        "é.a.b",
    ):
        assert client.get(address.format(wrong)).status_code == 410, wrong
    # A link for something else is none for this.
    assert client.get(f"{RESET}{token}/").status_code == 410
    assert client.get(address.format(token)).status_code == 200

    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert client.get(address.format(token)).status_code == 410

    again = links.INVITATION.token(person)
    assert client.post(address.format(again), BOTH).status_code == 302
    gone = client.post(address.format(again), BOTH)
    assert gone.status_code == 410
    assert "It was used already" in gone.text


@pytest.mark.parametrize("end", [{"is_active": False}, {"email": "other@example.org"}])
def test_closing_the_account_or_another_address_ends_the_invitation(client, end):
    person = make_colleague(email="ines@example.org")
    token = links.INVITATION.token(person)
    User.objects.filter(pk=person.pk).update(**end)

    assert client.post(f"/admin/invitation/{token}/", BOTH).status_code == 410


def test_an_invitation_is_sent_again_and_what_is_done_is_noted(client):
    make_administrator(client)
    person = make_colleague(email="ines@example.org")
    assert "Send the invitation again" in client.get(change(person)).text

    assert client.get(f"/admin/auth/user/{person.pk}/link/").status_code == 200
    assert not send_all()
    client.post(f"/admin/auth/user/{person.pk}/link/")

    assert "/admin/invitation/" in send_all()[0].body
    assert LogEntry.objects.get().change_message == "Sent a link for setting the password."


def test_a_mail_server_that_is_away_is_asked_again(client, monkeypatch, time_machine):
    make_administrator(client)
    send = mail.EmailMessage.send

    def fail(self):
        raise SMTPServerDisconnected

    monkeypatch.setattr(mail.EmailMessage, "send", fail)
    invite(client)
    assert not send_all()

    monkeypatch.setattr(mail.EmailMessage, "send", send)
    time_machine.move_to(timezone.now() + timedelta(minutes=3))

    assert len(send_all()) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "AMIRA@example.org"}, "Somebody has an account with this address already."),
        ({"username": "AMIRA"}, "Somebody has this username already."),
        ({"email": ""}, "This field is required."),
        ({"email": "ines"}, "Enter a valid email address."),
    ],
)
def test_names_and_addresses_are_taken_once(client, fields, sentence):
    make_administrator(client)
    make_colleague(username="amira", email="amira@example.org")

    assert sentence in invite(client, **fields).text
    assert not send_all()


def test_a_username_that_is_taken_gets_a_number(client):
    make_administrator(client)
    make_colleague(username="Ines")

    invite(client)

    assert User.objects.get(email="ines@example.org").username == "ines2"


# Nobody gives what they do not have


def test_an_administrator_makes_nobody_more_than_they_are(client):
    make_administrator(client)
    powers = Group.objects.create(name="Powers")
    powers.permissions.add(Permission.objects.get(codename="change_dbtaskresult"))
    person = make_colleague("Writer")

    assert "Select a valid choice" in invite(client, groups=[powers.pk]).text
    assert "Powers" not in client.get(ADD).text
    forged = {"is_superuser": "on", "is_staff": "", "user_permissions": [1], "password": "x"}
    client.post(change(person), saved(person, **forged))
    client.post(change(person), saved(person, groups=[powers.pk]))

    person = User.objects.get(pk=person.pk)
    assert (person.is_superuser, person.is_staff, person.has_usable_password()) == (False, True, False)
    assert list(person.groups.values_list("name", flat=True)) == ["Writer"]
    assert not person.user_permissions.exists()


def test_an_administrator_has_no_hand_in_accounts_that_may_do_more(client, django_user_model):
    make_administrator(client)
    root = django_user_model.objects.create_superuser("root", email="root@example.org", password=PASSWORD)
    set_up(root)
    powers = Group.objects.create(name="Powers")
    powers.permissions.add(Permission.objects.get(codename="change_dbtaskresult"))
    able = make_person(email="able@example.org", is_active=False)
    able.groups.add(powers)

    for person in (root, able):
        assert client.post(change(person), saved(person, email="mine@example.org")).status_code == 403
        for address in (f"{person.pk}/delete/", f"{person.pk}/link/", f"{person.pk}/factor/"):
            assert client.post(f"/admin/auth/user/{address}", {"post": "yes"}).status_code == 403
        bulk = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
        client.post("/admin/auth/user/", bulk)
    page = f"/admin/auth/group/{powers.pk}"
    assert client.post(f"{page}/change/", {"name": "Mine"}).status_code == 403
    assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403

    assert User.objects.filter(email__in=["root@example.org", "able@example.org"]).count() == 2
    assert two_factor.is_on(root)
    assert Group.objects.filter(name="Powers").exists()


def test_a_group_gets_no_right_that_its_maker_lacks(client):
    make_administrator(client)
    right = Permission.objects.get(codename="change_dbtaskresult")

    answer = client.post("/admin/auth/group/add/", {"name": "Powers", "permissions": [right.pk]})

    assert "Select a valid choice" in answer.text
    assert not Group.objects.filter(name="Powers").exists()


def test_nobody_closes_or_deletes_the_own_account(client):
    person = make_administrator(client)

    client.post(change(person), saved(person, is_active="", groups=[], first_name="Amira"))
    assert client.post(f"/admin/auth/user/{person.pk}/delete/", {"post": "yes"}).status_code == 403

    person = User.objects.get(pk=person.pk)
    assert (person.is_active, person.groups.count(), person.first_name) == (True, 1, "Amira")


def test_nobody_sets_the_password_of_another(client):
    make_administrator(client)
    person = make_person()

    new = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    client.post(f"/admin/auth/user/{person.pk}/password/", new)

    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_a_lost_phone_is_forgotten_by_an_administrator_and_that_is_noted(client):
    make_administrator(client)
    person = make_person()
    set_up(person)
    elsewhere = Client()
    elsewhere.force_login(person)

    client.get(f"/admin/auth/user/{person.pk}/factor/")
    assert two_factor.is_on(person)
    client.post(f"/admin/auth/user/{person.pk}/factor/")

    assert not two_factor.is_on(person)
    assert elsewhere.get("/admin/").status_code == 302
    assert LogEntry.objects.get().change_message == "Turned the second factor off for somebody else."


def test_who_runs_the_server_forgets_a_lost_phone():
    person = make_person(username="ines")
    set_up(person)

    call_command("forget_second_factor", "ines", stdout=StringIO())

    assert not two_factor.is_on(person)
    for name in ("ines", "nobody"):
        with pytest.raises(CommandError, match=name):
            call_command("forget_second_factor", name)


def test_the_list_of_accounts_costs_the_same_for_many(client, django_assert_max_num_queries):
    make_administrator(client)
    for _number in range(12):
        make_person("Writer")

    with django_assert_max_num_queries(12):
        client.get("/admin/auth/user/")


def test_secrets_of_second_factors_are_nobodys_to_look_at(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("root"))

    for address in ("otp_totp/totpdevice/", "otp_static/staticdevice/"):
        assert client.get(f"/admin/{address}").status_code == 404


# A new password by mail


def test_a_new_password_by_mail_ends_sessions_and_does_not_skip_the_second_factor(client):
    person = make_person(email="ines@example.org")
    key, codes = set_up(person)
    elsewhere = Client()
    elsewhere.force_login(person)
    assert "Forgotten" in client.get("/admin/login/").text

    answer = client.post(RESET, {"email": "INES@example.org"}, follow=True)
    assert "We’ve emailed you instructions" in answer.text
    link = link_in(send_all()[0])
    assert client.get(link).status_code == 200
    assert client.post(link, BOTH)["Location"] == "/admin/login/"

    assert client.get("/admin/").status_code == 302
    assert elsewhere.get("/admin/").status_code == 302
    assert client.post(link, BOTH).status_code == 410
    assert log_in(client, person, password=NEW)["Location"] == "/admin/login/code/"
    assert client.get("/admin/").status_code == 302
    client.post("/admin/login/code/", {"code": code_of(key)})
    assert client.get("/admin/").status_code == 200
    assert two_factor.recovery_codes_left(person) == len(codes)
    assert TOTPDevice.objects.filter(user=person).count() == 1


def test_the_answer_is_the_same_for_every_address_and_nobody_else_gets_mail(client):
    make_person(email="ines@example.org")
    make_person(email="closed@example.org", is_active=False)
    make_colleague(email="invited@example.org")
    answers = []
    for email in (
        "ines@example.org",
        "closed@example.org",
        "invited@example.org",
        "nobody@example.org",
        "ıneſ@example.org",
    ):
        with_mail = client.post(RESET, {"email": email})
        answers.append((with_mail.status_code, with_mail["Location"], with_mail.content))

    assert len(set(answers[:4])) == 1
    assert [message.to for message in send_all()] == [["ines@example.org"]]


def test_a_link_for_a_new_password_lasts_an_hour(client, time_machine):
    person = make_person(email="ines@example.org")
    token = links.RESET.token(person)

    time_machine.move_to(timezone.now() + timedelta(minutes=61))

    assert client.post(f"{RESET}{token}/", BOTH).status_code == 410


def test_a_login_ends_a_link_that_was_asked_for_before(client):
    person = make_person(email="ines@example.org")
    token = links.RESET.token(person)
    log_in(client, person)

    assert client.get(f"{RESET}{token}/").status_code == 410


def test_mails_to_one_account_and_questions_from_one_network_are_few(client):
    make_person(email="ines@example.org")

    codes = [client.post(RESET, {"email": "ines@example.org"}).status_code for _attempt in range(11)]

    assert codes == [302] * 10 + [429]
    assert len(send_all()) == 3


def test_the_link_leads_to_the_site_whatever_the_request_says(client, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://tidelines.example", ["*"]
    make_person(email="ines@example.org")

    client.post(RESET, {"email": "ines@example.org"}, headers={"host": "evil.example"})

    assert "https://tidelines.example/admin/password_reset/" in send_all()[0].body


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "too short"),
        ("qwerty123456", "too common"),
        ("Tidelines-2026!", "too close"),
        ("standfirst123", "too close"),
        ("ines.vale-1234", "too"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password, sentence):
    make_site(name="Tidelines")
    person = make_colleague(username="ines.vale", email="ines.vale@example.org")

    with pytest.raises(ValidationError, match=sentence):
        validate_password(password, person)


@pytest.mark.parametrize(
    "password",
    [
        "a lantern over slow water",
        "aaaa bbbb cccc",
        "كلمة سر طويلة جدا",
        "Tidelines and nine gulls",
        "x1 " * 80,
    ],
)
def test_a_password_needs_no_kinds_of_characters_and_may_be_long(client, password):
    make_site(name="Tidelines")
    person = make_colleague(email="ines@example.org")

    validate_password(password, person)
    token = links.INVITATION.token(person)
    client.post(f"/admin/invitation/{token}/", {"new_password1": password, "new_password2": password})

    person.refresh_from_db()
    assert person.check_password(password)
    assert not person.check_password(password[:-1])


def test_password_managers_find_their_fields(client):
    person = make_colleague(email="ines@example.org", username="ines")
    page = client.get(f"/admin/invitation/{links.INVITATION.token(person)}/").text
    login = client.get("/admin/login/").text

    assert page.count('autocomplete="new-password"') == 2
    assert 'autocomplete="username" value="ines"' in page
    assert 'autocomplete="current-password"' in login
    assert 'autocomplete="username"' in login
