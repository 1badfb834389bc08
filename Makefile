# The few commands of this project; "make help" lists them.
#
#   PYTHON   the Python to use, 3.11 to 3.14 (default: the first that fits)
#   PORT     the port of the Airflow UI (default: 8080)
#   ONCE=1   "make run" exits after the summary
#   ARGS     arguments for pytest, as in: make test ARGS="-k venues"
#   JOBS     how many tests run at once (default: one for each processor, and one more for
#            "make test"; 0: in one process)
#   UPGRADE=1  "make lock" takes newer versions where the requirement files allow them

SHELL := /bin/sh
VENV ?= .local/venv
PORT ?= 8080
PY := $(VENV)/bin/python
# Bounded above, too: Airflow 3.3 does not install on later versions.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))

PYTEST := -m pytest -n

# Tests start hundreds of processes: each would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run stop check test lint bench docs lock resolve lowest release clean install

# Finds a Python that fits, the one of the environment first. Candidates are run, because a name on
# the PATH may be an empty shim.
FIND_PYTHON = for candidate in $(or $(PYTHON),$(PY) python3 python3.14 python3.13 python3.12 python3.11); do \
	if "$$candidate" -c '$(FITS)' >/dev/null 2>&1; then python="$$candidate"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	echo "error: Python 3.11 to 3.14 is needed$(if $(PYTHON),$(comma) $(PYTHON) is not that); choose one with: make PYTHON=/path/to/python3" >&2; \
	exit 1; \
	fi
comma := ,

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: ## Make the virtual environment and install the pinned packages, if they changed
	@$(FIND_PYTHON); exec "$$python" -m localdev.install "$(VENV)"

run: install ## Start everything, make one real run, serve until Ctrl-C (PORT=8081, ONCE=1)
	@exec "$(PY)" -m localdev run --port "$(PORT)" $(if $(filter-out 0 no false,$(ONCE)),--once)

stop: ## Stop a run of this checkout that is alive somewhere
	@$(FIND_PYTHON); exec "$$python" -m localdev stop

check: lint ## Run lint and the quick tests, without Airflow and PostgreSQL, with fewer random inputs
	@exec "$(PY)" $(PYTEST) $(or $(JOBS),logical) --dist load -m "not airflow and not database and not slow" \
		$(WITH_AIRFLOW:%=--ignore=tests/%) -p no:schemathesis --hypothesis-profile=check $(ARGS)

# Not even imported by "make check".
WITH_AIRFLOW := browser dags e2e localdev orchestration security/page web

test: install ## Run all tests (ARGS="-k venues" picks some)
	@exec "$(PY)" $(PYTEST) $(or $(JOBS),logical) --dist loadfile $(ARGS)

lint: install ## Check style and types: ruff, mypy
	"$(PY)" -m ruff check .
	"$(PY)" -m ruff format --check .
	"$(PY)" -m mypy

BENCH := .local/bench
$(BENCH)/installed: bench/requirements.txt | install
	"$(PY)" -m uv venv -q --clear --python "$(PY)" $(BENCH)
	"$(PY)" -m uv pip install -q --python $(BENCH)/bin/python -r bench/requirements.txt
	@touch $@

bench: install $(BENCH)/installed ## Measure everything, beside other tools (ARGS="--only peers" picks some)
	@exec "$(PY)" -m bench $(ARGS)

docs: install ## Renew the tables of README and docs from the code
	@exec "$(PY)" -m localdev.tables

lock: install ## Renew constraints.txt from the requirement files (UPGRADE=1 for newer versions)
	"$(PY)" -m uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate \
		$(if $(UPGRADE),--upgrade) requirements.txt requirements-dev.txt -o constraints.txt

resolve: install ## Resolve requirements.txt beside other providers (asks the registry; the tests need it)
	@exec "$(PY)" -m tests.support.resolution

LOWEST := .local/lowest
lowest: install ## Run the tests of parsing with the lowest versions that requirements.txt allows
	"$(PY)" -m uv venv -q --clear --python "$(PY)" $(LOWEST)
	"$(PY)" -m uv pip compile -q --resolution lowest-direct --python $(LOWEST)/bin/python \
		requirements.txt -o $(LOWEST)/versions.txt
	"$(PY)" -m uv pip install -q --python $(LOWEST)/bin/python \
		-r requirements.txt -r requirements-dev.txt -c $(LOWEST)/versions.txt
	@exec $(LOWEST)/bin/python $(PYTEST) $(or $(JOBS),logical) $(or $(ARGS),tests/text tests/places tests/dates tests/formats tests/connectors)

release: install ## Check everything, then tag the version that the changelog describes
	"$(PY)" -m localdev.release check
	$(MAKE) lint test
	"$(PY)" -m localdev.release tag

clean: ## Stop everything and remove .local/ (packages, databases, logs)
	@$(FIND_PYTHON); exec "$$python" -m localdev clean
