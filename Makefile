# make run: set up, load the sample if there are no records yet, build the release, open the dashboard.
# make test: set up what the tests need (a browser included) and run everything.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
N ?= 1500
SEED ?= 3
# Compiled modules lie in the environment, not beside the sources; without them every process compiles all it imports.
export PYTHONPYCACHEPREFIX = $(CURDIR)/.venv/bytecode
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check bench validate reference screenshots strings sample lock clean
.DEFAULT_GOAL := run

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; install one and run make again."; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

# uv installs in seconds; where it cannot reach the package index as configured for pip, pip does the same from the same lock.
define install
	@echo "Installing ($(1))"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable . \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(2)
endef

.venv/runtime: $(BIN)/python requirements.lock pyproject.toml
	$(call install,requirements.lock,$@)

.venv/development: $(BIN)/python requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock,$@)
	@touch .venv/runtime

run: .venv/runtime
	$(BIN)/recovery-outcomes demo

test: .venv/development
	$(BIN)/python tests/browser/find_browser.py
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: .venv/development
	$(BIN)/ruff format --check pipelines dashboard tests
	$(BIN)/ruff check pipelines dashboard tests
	$(BIN)/sqlfmt --check --quiet pipelines
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/development
	$(BIN)/python tests/browser/find_browser.py
	$(BIN)/python -m tests.benchmarks

validate: .venv/development
	$(BIN)/python -m pytest -n 2 -m validate tests/validate

reference:
	Rscript tests/reference/make_reference.R

screenshots: .venv/development
	$(BIN)/python tests/browser/find_browser.py
	$(BIN)/python -m tests.browser.screenshots

strings: .venv/development
	$(BIN)/python -m tests.language.catalogue

sample: .venv/runtime
	$(BIN)/recovery-outcomes sample --people $(N) --seed $(SEED) --to data/sample

lock: $(BIN)/python
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --generate-hashes pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --generate-hashes --extra dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv
