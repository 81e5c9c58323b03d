# Every task of the project. `make help` lists them.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
RESOLVE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help demo test test-pythons test-crash test-spark test-pm4py check laws mutants fuzz docs bench lock clean

help: ## list the tasks
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 15

demo: $(VENV)/.core ## set up the core, then tell the story of the cold meeting
	@$(BIN)/journey demo cold-meeting

test: $(VENV)/.ready ## set up, then run every test
	$(BIN)/pytest --numprocesses 2 --dist worksteal

test-pythons: $(VENV)/.ready ## run the tests, with fewer examples, on every other Python from 3.11 on that can be had; names those missing
	PATH="$$(.ci/pythons):$$PATH" TOX_SKIP_ENV=$$($(BIN)/python -c 'import sys; print("%d.%d$$" % sys.version_info[:2])') \
	  $(CURDIR)/$(BIN)/tox run --skip-missing-interpreters $(if $(filter required,$(JOURNEY_PYTHONS)),false,true)

test-crash: $(VENV)/.ready ## kill writers and servers, 200 times per store, and follow eight processes (takes minutes)
	$(BIN)/python tests/trials.py

test-spark: $(VENV)/.ready ## install Apache Spark (500 MB; needs Java 17) and replay a ledger on it
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-spark.txt
	$(BIN)/pytest tests/cluster/test_spark.py

test-pm4py: $(VENV)/.ready ## install pm4py (400 MB, AGPL) in an environment of its own and count what it reads in exported process logs
	$(BIN)/python -m venv .pm4py-venv
	.pm4py-venv/bin/pip install --quiet --disable-pip-version-check pm4py==2.7.23.11
	$(BIN)/python tests/oracles/process_logs/compare.py .pm4py-venv/bin/python

check: $(VENV)/.ready ## formatting, linting, types, and who may import whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports

laws: $(VENV)/.ready ## every law under the thorough profile (10,000 examples each), then at both ends of every parameter (takes long)
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest tests/laws
	$(BIN)/python tests/range_sweep.py

mutants: $(VENV)/.ready ## break each trust rule by hand and see that a test fails (takes long)
	$(BIN)/python tests/mutants.py

fuzz: $(VENV)/.ready ## change files of every format at random and import them (COUNT=20000 SEED=1)
	$(BIN)/python tests/fuzz_imports.py $(COUNT) $(SEED)

docs: $(VENV)/.ready ## write the generated parts of docs/
	$(BIN)/python docs/generate.py

bench: $(VENV)/.ready ## measure against the peers and write docs/performance.md (takes long)
	$(BIN)/python benchmarks/report.py

lock: ## resolve requirements.txt, the core alone and what Spark adds (needs uv)
	$(RESOLVE) --extra dev -o requirements.txt pyproject.toml
	$(RESOLVE) --group build --constraint requirements.txt -o requirements-core.txt pyproject.toml
	$(RESOLVE) --extra spark --constraint requirements.txt -o requirements-spark.txt pyproject.toml

clean: ## remove what the tasks made
	rm -rf $(VENV) .pm4py-venv .tox dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "journey needs Python 3.11 or newer; name one with make PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# One environment for every task, at the versions and hashes of requirements.txt; the demo needs only the core, a tenth of it.
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

$(VENV)/.core: $(BIN)/python pyproject.toml requirements-core.txt
	$(INSTALL) --require-hashes --requirement requirements-core.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready: $(VENV)/.core requirements.txt
	$(INSTALL) --require-hashes --requirement requirements.txt
	@touch $@
