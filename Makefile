# make doctor   judge this machine and your Python          make doctor PYTHON=/path/to/python ARGS=--deep
# make bench    measure its devices (PyTorch is installed into .venv where no Python has it)      make bench PYTHON=…
# make tables   which tables are older than a release they should know (asks the package index; refresh: CONTRIBUTING.md)
# make test     lint, types, import contracts and tests     make lint   the first three alone
# make cures    make real faults in throwaway environments, follow the advice, and see them mended (installs packages)
# Everything is set up by itself, in .venv beside this file; nothing else is touched.

.DEFAULT_GOAL := doctor
.PHONY: setup dev doctor bench test test-xla cures lint measure tables screens schemas shipped clean
.SILENT: setup dev doctor bench

ifeq ($(OS),Windows_NT)
  BIN := .venv/Scripts
  CANDIDATES := py python python3
else
  BIN := .venv/bin
  CANDIDATES := python3 python3.13 python3.12 python3.11 python3.10 python3.14 python
endif

# The first Python on PATH that dlcheck itself can run on. BASE=… names another.
BASE ?= $(shell for one in $(CANDIDATES); do \
  "$$one" -c 'import sys, venv; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1 && { echo "$$one"; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check

setup: .venv/ready
dev: .venv/ready-dev

.venv/ready: pyproject.toml
	@test -n "$(BASE)" || { echo "dlcheck needs Python 3.10 or newer (with venv) to run on, and found none on PATH. \
	Install one from https://www.python.org/downloads/, or with your system's package manager, and run make again."; exit 1; }
	@echo "Setting up dlcheck in .venv (once, a few seconds) ..."
	@"$(BASE)" -m venv .venv || { echo "No virtual environment could be made. On Debian and Ubuntu: \
	sudo apt-get install -y python3-venv"; exit 1; }
	@$(PIP) install --quiet -e .
	@touch $@

.venv/ready-dev: .venv/ready scripts/constraints.txt
	@echo "Setting up the tools for developing ..."
	@$(PIP) install --quiet -c scripts/constraints.txt -e ".[dev]"
	@touch $@

doctor: setup
	$(BIN)/dlcheck doctor $(if $(PYTHON),--python "$(PYTHON)") $(ARGS)

bench: setup
	$(if $(PYTHON),,$(BIN)/python scripts/torch_for_bench.py)
	$(BIN)/dlcheck bench $(if $(PYTHON),--python "$(PYTHON)") $(ARGS)

test: lint
	$(BIN)/python -m pytest -n auto $(ARGS)

# The second device for real: torch_xla's CPU, in an environment of its own (several GB, once).
test-xla: dev .venv-xla/ready
	DLCHECK_XLA_PYTHON="$(CURDIR)/.venv-xla/$(notdir $(BIN))/python" $(BIN)/python -m pytest tests/bench/test_xla.py $(ARGS)

.venv-xla/ready:
	@"$(BASE)" -m venv .venv-xla
	@.venv-xla/$(notdir $(BIN))/python -m pip --disable-pip-version-check install --quiet torch==2.9.1 torch_xla==2.9.0 numpy
	@touch $@

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/write_schemas.py --check
	$(BIN)/python scripts/write_tables.py --check

cures: dev
	$(BIN)/python -m pytest -m cure tests/cures $(ARGS)

measure: setup
	$(BIN)/python scripts/measure.py $(if $(PYTHON),--python "$(PYTHON)") $(ARGS)

tables: dev
	$(BIN)/python scripts/tables.py $(ARGS)

screens: dev
	$(BIN)/python scripts/screens.py

schemas: dev
	$(BIN)/python scripts/write_schemas.py

shipped: dev
	$(BIN)/python scripts/write_tables.py

clean:
	rm -rf .venv .venv-xla dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
