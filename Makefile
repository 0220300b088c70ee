# Two commands: `make run` and `make test`. Everything goes into .venv of this checkout; the second run is instant.

PYTHON  ?= $(shell command -v python3.11 || command -v python3)
VENV    ?= .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
PIP     := $(BIN)/python -m pip --disable-pip-version-check
TORCH   := $(shell sed -n 's/^\(torch==.*\)/\1/p' constraints.txt)
CALM    := QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1
PYTEST  ?=
MODEL   ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint bench tour install clean

help:  ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: $(STAMP)  ## open the window (MODEL=folder for a model of yours); without a display, write the tour to tour/
	@$(BIN)/latent-explorer --or-tour tour $(MODEL)

test: lint  ## style, types and every test
	@$(CALM) $(BIN)/python -m pytest $(PYTEST)

lint: $(STAMP)  ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

bench: $(STAMP)  ## measure how fast this is here
	@$(BIN)/latent-explorer bench

tour: $(STAMP)  ## map, sliders and a path of a bundled model as pictures, in tour/
	@$(BIN)/latent-explorer tour --out tour $(MODEL)

install: $(STAMP)  ## make .venv and install everything

# torch goes first, by its exact version: so an index that carries it in several builds is asked one plain question.
$(STAMP): constraints.txt pyproject.toml scripts/prepare-system
	@scripts/prepare-system "$(PYTHON)"
	@echo "Making $(VENV); the first time this takes some minutes."
	@"$(PYTHON)" -m venv $(VENV)
	@$(PIP) install --quiet $(TORCH)
	@$(PIP) install --quiet -c constraints.txt hatchling editables
	@$(PIP) install --quiet -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $@

clean:  ## remove .venv, caches and everything that was made
	rm -rf $(VENV) tour out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
