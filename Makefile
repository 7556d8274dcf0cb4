# Every task of the repository; `make help` lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
PYTHON := $(BIN)/python

# A stamp carries the hash of what was installed, so that a second run installs nothing and a changed lock does.
digest = $(shell cat $(1) | sha256sum | cut -c1-16)
APP := .venv/.app-$(call digest,requirements.txt pyproject.toml)
STACK := .venv/.stack-$(call digest,requirements.txt requirements-stack.txt)
DEV := .venv/.dev-$(call digest,requirements.txt requirements-dev.txt)
PIP_INSTALL = $(PYTHON) -m pip install --disable-pip-version-check
INSTALL_LOCKED = install() { $(PIP_INSTALL) --require-hashes -r "$$1" | sed '/^Requirement already satisfied/d'; }; install

# Tests that need no platform run beside those that share one and mostly wait for it.
BESIDE := tests/unit tests/browser $(addprefix tests/integration/,slo slo_rules store voting)
PLATFORM := $(filter-out $(BESIDE) %/__pycache__,$(patsubst %/,%,$(wildcard tests/integration/*/)))
SLOWEST = --durations=20 --durations-min=10
BOTH = $(MAKE) --jobs=2 --keep-going beside platform

.PHONY: help setup run live test test-full platform beside lint bench shots clean lock

help: ## List these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(APP) ## Make .venv with what the application needs; ends with .venv/bin/streamgauge.
	@echo "Ready: $(BIN)/streamgauge"

run: $(APP) ## Start the application, on the sample estate unless a source is configured.
	@exec $(BIN)/streamgauge run

live: $(APP) $(STACK) ## Start the real local platform and the application on it; Ctrl-C stops both.
	@.ci/system-packages maven
	@trap 'trap "" INT TERM; $(PYTHON) -m stack down' EXIT
	$(PYTHON) -m stack up
	$(PYTHON) -m stack workload start
	# Beside, never over, the settings of whoever has configured a cluster here; the database is the stack's own.
	export STREAMGAUGE_CONFIG=/dev/null
	eval "$$($(PYTHON) -m stack env --canary)"
	$(BIN)/streamgauge canary &
	canary=$$!
	trap 'trap "" INT TERM; kill $$canary || true; wait $$canary || true; $(PYTHON) -m stack down' EXIT
	$(BIN)/streamgauge run

test: lint test-tools ## Everything but the long tests: lint, types, contracts, unit, browser, integration.
	@$(BOTH) KIND='-m "not long"'

test-full: lint test-tools ## The same with the long tests: many kills, scale, load, soak.
	@$(BOTH)

platform:
	$(PYTHON) -m pytest $(SLOWEST) $(KIND) $(PLATFORM)

# Its lines would mix with the platform's, so they are kept until all is done. It steps back for the platform's half, which
# lives by real minutes and is the longer one.
beside:
	@mkdir -p build
	nice -n 10 $(PYTHON) -m pytest $(SLOWEST) $(KIND) $(BESIDE) >build/beside.log 2>&1 || { cat build/beside.log; exit 1; }
	tail -n 1 build/beside.log

lint: $(APP) $(DEV) ## Format, lint, types and the import contracts.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: test-tools ## Run every benchmark; each prints ratios against a peer measured in the same run.
	@for file in benchmarks/bench_*.py; do
	  name=$$(basename "$$file" .py)
	  echo "== $$name"
	  $(PYTHON) -m "benchmarks.$$name"
	done

shots: test-tools ## Photograph every page in both themes and three sizes into shots/.
	@$(PYTHON) -m tests.browser.shots

clean: ## Remove what runs and tests leave in the tree; keeps .venv and the downloads.
	@if [ -x $(PYTHON) ] && [ -d .stack ]; then $(PYTHON) -m stack down; fi
	rm -rf .stack shots build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

lock: $(APP) $(DEV) ## Renew the pinned hashes after a change to a requirements*.in or to stack/pom.xml.
	@.ci/system-packages maven
	for part in requirements requirements-stack requirements-dev; do
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-emit-index-url --output-file $$part.txt $$part.in
	done
	$(PYTHON) -m stack.downloads lock

.PHONY: test-tools
test-tools: $(APP) $(DEV)
	@.ci/system-packages maven chromium
	$(PYTHON) -m stack.downloads >/dev/null

# Also when the Python that .venv stands on is gone: its link then leads nowhere.
.venv/bin/python:
	@.ci/python-environment

$(APP): | .venv/bin/python
	@echo "Installing streamgauge's requirements"
	$(INSTALL_LOCKED) requirements.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	$(BIN)/streamgauge version
	rm -f .venv/.app-*
	touch $@

$(STACK): $(APP)
	@echo "Installing the local platform's requirements"
	$(INSTALL_LOCKED) requirements-stack.txt
	rm -f .venv/.stack-*
	touch $@

$(DEV): $(APP)
	@echo "Installing the tests' requirements"
	$(INSTALL_LOCKED) requirements-dev.txt
	rm -f .venv/.dev-*
	touch $@

.ONESHELL:
