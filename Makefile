# MediaNest's everyday commands. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python that is new enough; otherwise whichever there is, which then says what it lacks.
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.13 python3.14; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then command -v $$p; exit; fi; \
	done; command -v python3 || command -v python)

VENV = $(or $(MEDIANEST_VENV),.venv)/bin
TESTS ?=
# Enough of an environment to load the settings where no server is needed.
STANDIN = DJANGO_SECRET_KEY=stand-in-for-checks-only-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx ENCRYPTION_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= DATABASE_URL=postgres://u:p@/db REDIS_URL=redis://localhost PLAIN_HTTP=1
# The same as a server on the internet has them.
PRODUCTION = DJANGO_SECRET_KEY=stand-in-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH ENCRYPTION_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= DATABASE_URL=postgres://u:p@/db REDIS_URL=redis://localhost PUBLIC_URL=https://nest.example.org PLAIN_HTTP=0

.PHONY: help run demo setup python-there reset-admin test lint types check check-run bench screenshots schema fix

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: python-there ## Start MediaNest (PORT=8000 HOST=0.0.0.0 MEDIANEST_DATA=./var)
	@exec "$(PYTHON)" -m medianest.launch run

demo: python-there ## Start it with simulated services, people and playlists to try
	@exec "$(PYTHON)" -m medianest.launch demo

setup: python-there ## Make .venv with everything for development
	@exec "$(PYTHON)" -m medianest.launch setup

reset-admin: python-there ## Print a new one-time password for the first administrator
	@exec "$(PYTHON)" -m medianest.launch manage bootstrap_admin --reset

PROCESSES ?= 2
# Which PostgreSQL the tests run on: 18, the embedded one, or 15, the machine's own.
POSTGRES ?= 18

test: setup ## Run all tests, on their own PostgreSQL and Redis (PROCESSES=2 TESTS=path POSTGRES=18)
	@$(VENV)/python -m tools.browser
	TEST_POSTGRES=$(POSTGRES) $(VENV)/python -m pytest -p medianest.tests.servers -n $(PROCESSES) --dist loadfile $(TESTS)

lint: setup ## Style, layers, templates, sizes, migrations, generated pages
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/lint-imports --no-logo
	git ls-files -z 'templates/*.html' | xargs -0 $(VENV)/djade --target-version 5.2 --check
	$(VENV)/djlint templates --lint --quiet
	$(VENV)/python -m tools.check_sizes
	$(VENV)/python -m tools.settings_table --check
	$(STANDIN) $(VENV)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(VENV)/python manage.py check --deploy --fail-level WARNING
	$(VENV)/python -m tools.schema --check

types: setup ## Type checks, strict
	$(STANDIN) $(VENV)/mypy .

check: lint types test ## All of it: what continuous integration runs

check-run: ## Start from a clean clone, answer, stop, leave nothing behind
	@tools/check_run.sh

bench: setup ## Measure, as ratios in one run
	$(VENV)/python -m bench

screenshots: setup ## Draw every page into var/screenshots
	$(VENV)/python -m tools.screenshots

schema: setup ## Write docs/schema.md from a freshly migrated database
	$(VENV)/python -m tools.schema

fix: setup ## Format and mend what can be mended
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .
	git ls-files -z 'templates/*.html' | xargs -0 $(VENV)/djade --target-version 5.2
	$(VENV)/python -m tools.settings_table

python-there:
	@if [ -z "$(PYTHON)" ]; then echo "MediaNest needs Python 3.11 or newer, and no Python was found. Install it (Debian, Ubuntu: apt install python3 python3-venv), or name one: make run PYTHON=/path/to/python3.11" >&2; exit 1; fi
