# Standfirst. `make` alone says what there is to do.

.DEFAULT_GOAL := help
.PHONY: help run test test-twice check bench lock messages
SHELL := /bin/sh

PYTHON := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP := $(PYTHON) -m pip install --quiet --require-hashes

help:
	@echo 'make run        run the whole publication here, with a demo (another port: PORT=8001 make run)'
	@echo 'make test       run every test, in a real browser too'
	@echo 'make check      look for mistakes without running the tests'
	@echo 'make bench      measure what our pages cost beside plain Django (minutes; BENCH=--help says more)'
	@echo 'make messages   bring the translations up to date'
	@echo 'make lock       choose the versions of all packages anew'

run: .venv/installed
	@TRIAL=true exec $(PYTHON) manage.py run

PYTEST = sh tests/browser.sh $(PYTHON) -m pytest -n auto --maxprocesses 4 --dist worksteal

test: .venv/installed-dev
	@$(PYTEST) $(TESTS)

# For machines that nobody watches: a browser may be late once. Code 1 means that the run was complete.
test-twice: .venv/installed-dev
	@code=0; $(PYTEST) || code=$$?; \
	if [ $$code -eq 1 ]; then echo '*** Once more, what failed: ***'; code=0; $(PYTEST) --last-failed || code=$$?; fi; \
	exit $$code

check: .venv/installed-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	.venv/bin/lint-imports
	TRIAL=true $(PYTHON) manage.py makemigrations --check --dry-run
	sh -c 'set -a; . ./.env.example; SECRET_KEY=$$(head -c 100 /dev/urandom | od -An -vtx1 | tr -d " \n"); \
		SUBSCRIBER_KEY=$$(head -c 100 /dev/urandom | od -An -vtx1 | tr -d " \n"); \
		exec $(PYTHON) manage.py check --deploy --fail-level WARNING'
	@if command -v xgettext >/dev/null && command -v msgfmt >/dev/null; then \
		TRIAL=true $(PYTHON) manage.py messages --check; \
	else \
		echo '*** The TRANSLATIONS WERE NOT CHECKED: there is no gettext here (sudo apt install gettext). ***'; \
	fi
	$(PYTHON) -m pytest -q -p no:cacheprovider tests/config/test_tree.py

bench: .venv/installed
	@TRIAL=true $(PYTHON) manage.py bench $(BENCH)

messages: .venv/installed
	@TRIAL=true $(PYTHON) manage.py messages

lock: .venv/installed
	@$(PYTHON) -m pip install --quiet uv
	@for out in requirements requirements-dev; do \
		group=; test $$out = requirements || group='--group dev --constraint requirements.txt'; \
		$(PYTHON) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
			$$group pyproject.toml --output-file $$out.txt || exit 1; \
	done

# A stamp for each set of packages: a second run is instant, a changed lock installs what changed.

.venv/installed: requirements.txt | .venv/bin/python
	@echo 'Installing the packages ...'
	@$(PIP) -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo 'Installing the packages for development ...'
	@$(PIP) -r requirements-dev.txt
	@touch $@

.venv/bin/python:
	@for python in python3 python3.13 python3.12 python3.11; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then \
			echo 'Python has no venv here. Install it and try again:' >&2; \
			echo '    sudo apt install python3-venv' >&2; \
			exit 1; \
		fi; \
		rm -rf .venv; \
		exec "$$python" -m venv .venv; \
	done; \
	echo 'Standfirst needs Python 3.11 or newer, and found none: python3 --version' >&2; \
	exit 1
