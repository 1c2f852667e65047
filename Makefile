# Everything a newcomer needs, with Python 3.11 and make alone. `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help env demo services stop test lint bench data lock clean

PYTHON := .venv/bin/python
LAUNCH := $(PYTHON) -m project.launch
BOOTSTRAP := @sh project/launch/python.sh project/launch/bootstrap.py
LOCK := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"

help: ## List what make can do
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

env: ## Make the environment: Python packages, front-end packages, translations
	$(BOOTSTRAP)

demo: ## Start everything with demonstration data, print address and accounts; Ctrl-C stops it (PORT=8000)
	$(BOOTSTRAP)
	@$(LAUNCH) demo $(if $(PORT),--port "$(PORT)")

services: ## Start PostgreSQL and Redis only, print their addresses and leave them running
	$(BOOTSTRAP)
	@$(LAUNCH) services

stop: ## Stop everything of ours that runs
	@if [ -x $(PYTHON) ]; then $(LAUNCH) stop; else echo "Nothing of ours was running."; fi

test: ## Run all tests on services of their own (ARGS= goes to pytest)
	$(BOOTSTRAP)
	@$(LAUNCH) test $(ARGS)

lint: ## Check style, types, imports, migrations, translations and the settings for production
	$(BOOTSTRAP)
	@$(LAUNCH) lint

bench: ## Measure against the bare database (ONLY=step|worklist|sweep|pages|national_picture|demand|statement|wall|match|assignment|last_place|guidance)
	$(BOOTSTRAP)
	@$(LAUNCH) bench $(if $(ONLY),--only "$(ONLY)")

data: ## Load demonstration data into the demonstration's database (SIZE=small|large)
	$(BOOTSTRAP)
	@$(LAUNCH) data --size "$(or $(SIZE),small)"

lock: ## Resolve the dependencies again and write both lock files
	$(BOOTSTRAP)
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group embedded --group dev pyproject.toml --output-file requirements.lock
	@$(LOCK) --constraint requirements.lock pyproject.toml --output-file requirements-production.lock

clean: ## Remove the environment and everything made at run time, data included (asks first; YES=1 does not)
	@sh project/launch/python.sh project/launch/clean.py $(if $(YES),--yes)
