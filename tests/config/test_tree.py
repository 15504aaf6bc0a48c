"""What must be true of the files themselves."""

import re

import pytest
from django.conf import settings
from django.template import engines

LOCKS = ["requirements.txt", "requirements-dev.txt"]
TEMPLATES = sorted(
    path.relative_to(settings.BASE_DIR).as_posix()
    for path in settings.BASE_DIR.glob("**/templates/**/*")
    if path.suffix in {".html", ".txt", ".xml"} and not {".venv", "node_modules"} & set(path.parts)
)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_no_addresses(name):
    text = (settings.BASE_DIR / name).read_text()
    requirements = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)

    assert len(requirements) > 20
    assert all("--hash=sha256:" in one and "==" in one for one in requirements)
    assert not re.search(r"://|^--|^-|file:|[\w.-]+\.(org|com|net|io)\b", text, re.MULTILINE)
    assert "psycopg==" not in text


def test_the_lock_for_development_holds_the_same_versions():
    run, develop = (
        set(re.findall(r"^[a-z0-9][^ ]*==\S+", (settings.BASE_DIR / name).read_text(), re.MULTILINE))
        for name in LOCKS
    )

    assert run <= develop


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name):
    engines["django"].from_string((settings.BASE_DIR / name).read_text())


def test_there_are_templates_to_compile():
    assert len(TEMPLATES) > 10
