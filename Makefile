# Every target is one line that calls a tool which also works without make.
# The logic of setting up lives in bin/setup.

PYTHON ?= python3
VENV := .venv/bin
SEED ?= 1
SHAPE ?= both

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset run test screens slow crash faults bench rabbitmq check lock vendor format clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and install what the product runs on
	@$(PYTHON) bin/setup

demo: setup ## run the product with a demo team and a simulated Kling
	@exec $(VENV)/python manage.py demo

demo-reset: setup ## throw the demo's data away
	@exec $(VENV)/python manage.py demo --reset

run: setup ## run your own, empty installation
	@exec $(VENV)/python manage.py run

test: ## set up for tests and run them all
	@$(PYTHON) bin/setup --dev
	@exec $(VENV)/python bin/test

crash: ## kill a real process at every named instruction on both databases, by hand
	@$(PYTHON) bin/setup --dev --no-browser
	@BY_HAND=1 exec $(VENV)/python -m pytest tests/crash -q -n 2

slow: ## run the tests that take too long for make test, by hand, about half an hour
	@$(PYTHON) bin/setup --dev
	@BY_HAND=1 $(VENV)/python -m pytest -m by_hand -n 2 --dist loadfile tests --ignore=tests/crash --ignore=tests/browser --ignore=tests/journeys
	@BY_HAND=1 $(VENV)/python -m pytest -m by_hand -n 2 --dist loadfile tests/browser tests/journeys
	@exec $(VENV)/python -m tests.services $(VENV)/python -m pytest -m "not sqlite" -n 2 tests/steps tests/models

faults: ## do whatever may happen to an installation, then count, SEED=1 SHAPE=both, by hand
	@$(PYTHON) bin/setup --dev --no-browser
	@exec $(VENV)/python bin/faults --seed $(SEED) --shape $(SHAPE)

screens: ## keep a picture of every screen in var/screens, by hand, about 20 minutes
	@$(PYTHON) bin/setup --dev
	@exec $(VENV)/python bin/screens

bench: ## measure what people feel against bare floors on both stacks, by hand, about 26 minutes
	@$(PYTHON) bin/setup --dev --no-browser
	@exec $(VENV)/python bin/bench

rabbitmq: ## one order over a RabbitMQ, one after it is gone, by hand
	@$(PYTHON) bin/setup --dev --no-browser --rabbitmq
	@exec $(VENV)/python -m tests.services.on_rabbitmq

check: ## formatting, lint, templates, types, migrations, deployment checks
	@$(PYTHON) bin/setup --dev --no-browser --no-servers
	@exec $(VENV)/python bin/check

lock: ## write requirements*.txt from requirements*.in
	@$(PYTHON) bin/setup --dev --no-browser --no-servers
	@exec $(VENV)/python bin/lock

vendor: ## fetch the third-party front-end files of static/vendor/manifest.json
	@exec $(PYTHON) bin/vendor

format: ## format Python and templates
	@$(PYTHON) bin/setup --dev --no-browser --no-servers
	@exec $(VENV)/python bin/check --fix

clean: ## remove the virtual environment and caches; var/ with its data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
