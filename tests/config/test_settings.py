import os
import stat

import pytest

from tests.config.processes import manage, start


def setting(expression, **variables):
    """What an expression about the settings is worth in a process of its own; else its last words."""
    code = f"from config import settings; print({expression})"
    process = start("-c", code, **variables)
    return process.communicate(timeout=60)[0].strip().splitlines()[-1]


@pytest.mark.parametrize("name", ["SECRET_KEY", "SUBSCRIBER_KEY"])
@pytest.mark.parametrize("value", [None, "", "short"])
def test_production_does_not_start_with_a_weak_secret(name, value):
    assert f"ImproperlyConfigured: {name} must be set" in setting("1", production=True, **{name: value})


def test_production_does_not_start_without_its_address():
    assert "ImproperlyConfigured: SITE_URL must be set" in setting("1", production=True, SITE_URL=None)


def test_a_port_that_is_no_number_is_named():
    assert "PORT must be a whole number, not 'http'" in setting("1", PORT="http")


def test_the_address_of_a_trial_follows_its_port(tmp_path):
    assert setting("settings.SITE_URL", PORT=8123, DATA_DIR=tmp_path) == "http://127.0.0.1:8123"


def test_debug_is_off_unless_said(tmp_path):
    assert setting("settings.DEBUG", DATA_DIR=tmp_path) == "False"
    assert setting("settings.DEBUG", production=True) == "False"


def test_the_options_of_the_database_address_are_kept():
    said = setting(
        "settings.DATABASES['default']['OPTIONS']",
        production=True,
        DATABASE_URL="postgres://u:p@db.example.org/site?sslmode=verify-full",
    )

    assert "'sslmode': 'verify-full'" in said
    assert "jit=off" in said


def test_two_first_starts_at_once_agree_on_the_secrets_of_a_trial(tmp_path):
    ask = "from config import settings; print(settings.SECRET_KEY, settings.SUBSCRIBER_KEY)"
    both = [start("-c", ask, DATA_DIR=tmp_path) for _ in range(2)]
    first, second = (process.communicate(timeout=60)[0] for process in both)

    assert first == second
    assert len(set(first.split())) == 2
    assert stat.S_IMODE(os.stat(tmp_path / "secret_key").st_mode) == 0o600


def test_the_database_is_not_started_by_commands_that_need_none(tmp_path):
    manage("check", DATA_DIR=tmp_path)

    assert not (tmp_path / "postgres").exists()


def test_the_settings_of_production_are_complete():
    said = manage("check", "--deploy", "--fail-level", "WARNING", production=True)

    assert said.returncode == 0, said.stderr
