# MediaNest's everyday commands. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python that is new enough; otherwise whichever there is, which then says what it lacks.
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.13 python3.14; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then command -v $$p; exit; fi; \
	done; command -v python3 || command -v python)

.PHONY: help run demo setup python-there

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: python-there ## Start MediaNest (PORT=8000 HOST=0.0.0.0 MEDIANEST_DATA=./var)
	@exec "$(PYTHON)" -m medianest.launch run

demo: python-there ## Start it with simulated services, people and playlists to try
	@exec "$(PYTHON)" -m medianest.launch demo

setup: python-there ## Make .venv with everything for development
	@exec "$(PYTHON)" -m medianest.launch setup

python-there:
	@if [ -z "$(PYTHON)" ]; then echo "MediaNest needs Python 3.11 or newer, and no Python was found. Install it (Debian, Ubuntu: apt install python3 python3-venv), or name one: make run PYTHON=/path/to/python3.11" >&2; exit 1; fi
