# make demo: a whole mock election.  make test: all tests.  Both set up everything they need in .venv.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/valik

.PHONY: help run-env dev lint format test test-fast demo capture demo-quick bench load wheel-check docs mutants matrix lock clean

help:
	@echo "make demo         a whole mock election at real key sizes (one to two minutes)"
	@echo "make demo-quick   the same for 60 voters with toy keys (seconds; insecure)"
	@echo "make test         all tests"
	@echo "make test-fast    the tests at toy size only"
	@echo "make dev          set up .venv for working on the code"
	@echo "make lint         formatting, style, types, architecture"
	@echo "make bench        what each step costs"
	@echo "make load         how many ballots a collector accepts in a second"
	@echo "make docs         the documentation as a site, in site/"
	@echo "make mutants      take each defence away and see a test go red (about a quarter of an hour)"
	@echo "make matrix       play all attacks, write their matrix for docs/"
	@echo "make wheel-check  build the wheel, install it in an empty environment, run it"

.venv/run-ready: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev-ready: requirements-dev.txt .venv/run-ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

run-env: .venv/run-ready
dev: .venv/dev-ready

demo: run-env
	$(RUN) mock scenarios/elections/demo.toml --out demo

capture: run-env
	$(RUN) mock scenarios/elections/demo.toml --out demo > docs/demo-output.txt
	sed -i 's/ *$$//' docs/demo-output.txt

demo-quick: run-env
	$(RUN) mock scenarios/elections/demo.toml --voters 60 --parameters toy-512 --insecure-parameters --in-memory \
		--out demo-quick

lint: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-fast: dev
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not full_size"

bench: run-env
	$(RUN) bench

load: run-env
	$(BIN)/python -m benchmarks.load

wheel-check: dev
	$(PYTHON) tests/wheel_check.py

docs: dev
	$(BIN)/python docs/check_table.py
	$(BIN)/python -m docs.builder --out site

mutants: dev
	$(BIN)/python tests/mutations/run.py -j 2

matrix: run-env
	$(RUN) scenario run --all --document docs/attack-matrix.md

lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet pip-tools
	.venv-lock/bin/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --no-emit-options --build-deps-for wheel \
		--output-file requirements.txt pyproject.toml
	.venv-lock/bin/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --no-emit-options --extra dev --constraint requirements.txt \
		--output-file requirements-dev.txt pyproject.toml
	sed -i '1i # Locked with hashes; made by `make lock`. What running Valik needs, and hatchling to install the command.' \
		requirements.txt
	sed -i '1i # Locked with hashes; made by `make lock`. What testing and changing Valik needs.' requirements-dev.txt

clean:
	rm -rf .venv .venv-lock build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
