# Everything a newcomer needs. `make` alone prints this help.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
T ?=
# Compiled modules are kept, also where the environment says not to: tests and services then start in half the time.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup setup-dev run unit test test-faults chaos mutation audit check format bench screenshots contracts clean

help: ## Print what there is to do
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Cần Python 3.11 trở lên / Python 3.11 or later is needed: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Đang cài các gói Python / Installing the Python packages ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || { echo "Không cài được: cần mạng tới kho gói Python. / Could not install: the Python package registry is out of reach." >&2; exit 69; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo "Đang cài các gói để kiểm thử / Installing the packages for tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock || { echo "Không cài được: cần mạng tới kho gói Python. / Could not install: the Python package registry is out of reach." >&2; exit 69; }
	@touch $@

setup: $(VENV)/.runtime ## Install what running needs (Python packages, Kafka, htmx)
	@$(BIN)/python -m deploy.local.setup

setup-dev: setup $(VENV)/.dev ## Install what the tests need too

run: setup ## Start everything, in the foreground until Ctrl-C
	@$(BIN)/motcua up

unit: setup-dev ## Tests that need no server, with fewer drawn examples
	@$(BIN)/python -m pytest tests/unit -n 2 -p no:schemathesis --no-loadscope-reorder --hypothesis-profile quick

test: setup-dev ## All tests but the long fault tests; own ports and folder. One of them: make test T=tests/unit/intake
	@$(BIN)/python -m pytest $(if $(T),-n 0 $(T),-m "not faults" -n 3 --no-loadscope-reorder)

test-faults: setup-dev ## The long fault tests: Kafka away for 60 s, PostgreSQL for 30 s, under load
	@$(BIN)/python -m pytest -m faults --timeout 900

chaos: setup-dev ## Everything fails under load, then a check that nothing is lost or doubled; MINUTES=20 SEED=1
	@$(BIN)/python -m tests.support.chaos --minutes $(or $(MINUTES),20) --seed $(or $(SEED),1)

mutation: setup-dev ## Plant faults in the code and count those that no unit test notices; P=worktime for one package
	@$(BIN)/python -m tests.mutation $(P)

audit: setup-dev ## What we are made of: bill of materials, licences, hashes, known weaknesses, secrets in what is committed
	@$(BIN)/python -m deploy.audit

check: setup-dev ## Lint, types, imports, contracts, and what the house's rules say of the code
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy contracts messaging chassis worktime web services cli deploy bench
	@$(BIN)/lint-imports
	@$(BIN)/python -m contracts.golden --check
	@$(BIN)/python -m deploy.openapi --check
	@$(BIN)/python -m deploy.asyncapi --check
	@$(BIN)/python -m pytest tests/contracts tests/architecture -n 2 --hypothesis-profile quick

format: setup-dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

contracts: setup-dev ## Write the golden schemas, OpenAPI and AsyncAPI documents after adding an event or a route
	@$(BIN)/python -m contracts.golden
	@$(BIN)/python -m deploy.openapi
	@$(BIN)/python -m deploy.asyncapi

bench: setup-dev ## The figures of README, each with its peer in the same run, and README's tables from them
	@$(BIN)/motcua bench relay --save
	@$(BIN)/motcua bench consume --save
	@$(BIN)/motcua bench pipeline --save
	@$(BIN)/motcua bench latency --save
	@$(BIN)/motcua bench lifecycle --save
	@$(BIN)/motcua bench spike --save
	@$(BIN)/motcua bench lanes --save
	@$(BIN)/motcua bench start --save
	@$(BIN)/motcua bench memory --save
	@$(BIN)/motcua bench idle --save
	@$(BIN)/python -m bench.readme

screenshots: setup-dev ## Pictures of every page at 360 and 1,280 px, into docs/images
	@$(BIN)/python -m tests.e2e.browser.screenshots

clean: ## Remove the virtual environment and caches; data in .motcua stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info
