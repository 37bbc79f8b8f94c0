# Only Python >= 3.11 and make are assumed. The first target that runs sets up .venv; later runs touch no network.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: run test lint bench golden docs clean
.DEFAULT_GOAL := run

run: $(READY)          ## read corpus/, write outputs/
	$(BIN)/zhclaims run corpus -o outputs

test: $(READY)         ## every rule's tests, every module's tests, the docs
	$(BIN)/python -m pytest

lint: $(READY)         ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)        ## characters per second, stage by stage, beside simpler tools
	$(BIN)/python -m benchmarks.bench

golden: $(READY)       ## take what the corpus gives now as right; read the difference before committing it
	WRITE_GOLDEN=1 $(BIN)/python -m pytest tests/test_golden.py

docs: $(READY)         ## rewrite the parts of README.md that the program makes
	$(BIN)/python -m pipeline.docs

clean:                 ## drop what was made (the environment, caches, outputs)
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find outputs -mindepth 1 ! -name README.md -delete

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "zhclaims needs Python 3.11 or newer: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
