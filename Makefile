# `make` alone lists the commands. A machine needs only Python 3.11 or newer and make.
#
# Variables, on the command line or in the environment:
#   PORT=8000      where `make run` listens (127.0.0.1 only)
#   PYTHON=…       the interpreter that makes the environment (default: the newest found, 3.11 at least)
#   VENV=.venv     where the environment is
#   ARGS="…"       more words for pytest: make test ARGS="-k refused -x"
#   ONLY=sqlite    or ONLY=postgresql: one half of `make test`
#   WORKERS=2      test processes at the same time

VENV ?= .venv
export VENV
python = $(VENV)/bin/python

# PYTHON, or else the first of these that starts, is new enough and (first round) can make an environment by itself.
find_python = for needs in venv,ensurepip sys; do \
	  for name in $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python); do \
	    "$$name" -c "import sys, $$needs; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && echo "$$name" && exit; \
	  done; \
	done
environment = name=$$($(find_python)); \
	if [ -z "$$name" ]; then \
	  echo "No $(or $(PYTHON),python3) of version 3.11 or newer was found."; \
	  echo "Install one (on Debian 12 or later: apt-get install python3), or name it: make $@ PYTHON=/path/to/python3.11"; \
	  exit 1; \
	fi; \
	"$$name" -m tools.environment

.DEFAULT_GOAL := help
.PHONY: help run install test lint look format messages lock coverage fresh clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run:  ## set up everything and start on http://127.0.0.1:8000 (PORT=…); Ctrl-C ends it
	@$(environment)
	@exec $(python) -m tools.run

install:  ## everything but the data: environment, packages, texts, static files (a real city's first step)
	@$(environment)
	@$(python) -m tools.messages --compile
	@$(python) manage.py collectstatic --noinput --verbosity 0

test:  ## the whole suite: on SQLite with a real Chromium, then on a PostgreSQL of its own
	@$(environment) --dev
	@exec $(python) -m tools.test

lint:  ## ruff, djlint, and the locks against the lists they were made from
	@$(environment) --dev
	@$(python) -m ruff check --output-format concise .
	@$(python) -m ruff format --check .
	@$(python) -m djlint --lint --quiet templates
	@$(python) -m tools.locks --check

look:  ## every page in both languages, wide and phone, light and dark, with axe (slow)
	@$(environment) --dev
	@exec $(python) -m tools.test --look

format:  ## put the Python files into ruff's form
	@$(environment) --dev
	@$(python) -m ruff check --fix-only --quiet .
	@$(python) -m ruff format .

messages:  ## gather the texts into enforcement/locale and compile them (needs gettext)
	@$(environment) --dev
	@$(python) -m tools.messages

lock:  ## write requirements*.txt anew from requirements*.in; ARGS=--upgrade for newer versions
	@$(environment) --dev
	@$(python) -m tools.locks $(ARGS)

coverage:  ## which lines no test reaches (SQLite, without the browser)
	@$(environment) --dev
	@$(python) -m coverage run --branch --source=. --omit='tools/*,*/tests/*,.venv*/*' -m pytest -q -m "not browser and not look" $(ARGS)
	@$(python) -m coverage report --skip-covered --show-missing

fresh:  ## prove the newcomer's start: clone, make run, sign of life, Ctrl-C, second start
	@$(environment) --dev
	@$(python) -m tools.fresh $(ARGS)

clean:  ## remove what make made; the data (db.sqlite3, data-private, .secret-key, .env) stays
	rm -rf "$(VENV)" staticfiles .pytest_cache .ruff_cache .hypothesis .coverage test-results
	find . -path ./data-private -prune -o \( -name __pycache__ -o -name '*.mo' \) -prune -exec rm -rf {} +
