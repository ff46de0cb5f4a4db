# `make run` and `make test` do their whole set-up themselves and are quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPORA ?= ../shared/corpora
BOTAPI ?= ../shared/botapi/api.json

# uv installs several times faster where it is present; plain pip does as well.
UV := $(shell command -v uv 2>/dev/null)
ifdef UV
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
else
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Most of what tests need is never imported: what is, is compiled then, as it is where uv installs.
LATER := --no-compile
endif

# Hundreds of processes load the same code, and packages of which most is never needed: what is
# compiled is kept, or each would compile it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test bench delivery soak drill fuzz chaos quality train trial-model broadcast lint format types contracts trial docs lock clean

run: $(VENV)/.run
	$(BIN)/hexin run

test: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -q tests

bench: $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks

# What sending costs beside python-telegram-bot, aiogram and bare aiohttp; writes the report.
delivery: $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks.delivery

# Half an hour at fifty times the real rate, with flat memory; HEXIN_SOAK_MINUTES=2 tries it.
soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak

# Inputs that nobody thought of, for every parser. The coverage-guided fuzzer has no wheel for some
# machines; there Hypothesis searches alone, and the report says so.
fuzz: $(VENV)/.dev
	-$(INSTALL) --no-build-isolation -e '.[fuzz]'
	HEXIN_CORPORA=$(wildcard $(CORPORA)) $(BIN)/python -m tests.fuzz

# The sender killed hundreds of times while Telegram drops its connections, on both databases.
chaos: $(VENV)/.dev
	$(BIN)/python -m tests.chaos
# Processes, database, network, disk and clocks break, one after the other; needs PostgreSQL's
# server programs, and root for the full disk. HEXIN_DRILL=sqlite holds those of that name.
drill: $(VENV)/.dev
	HEXIN_DRILL_REPORT=docs/reports/drill.md $(BIN)/python -m tests.drill

trial: $(VENV)/.dev
	$(BIN)/python -m tests.trial --corpora $(CORPORA)

# How good the condensing is, on collections of real articles that are not part of the project.
quality: $(VENV)/.dev
	$(BIN)/python -m tests.quality --corpora $(CORPORA)

# The small weights in the repository, from the same collections; the same data gives the same.
train: $(VENV)/.dev
	$(BIN)/python -m tests.training --corpora $(CORPORA)

# A real model behind an OpenAI-compatible endpoint, in a virtual environment of its own.
trial-model: $(VENV)/.dev
	$(BIN)/python -m tests.trial_model --corpora $(CORPORA)

# An announcement to 20,000 readers, killed in its middle.
broadcast: $(VENV)/.dev
	HEXIN_BROADCAST_READERS=20000 HEXIN_BROADCAST_RATE=600 \
		$(BIN)/pytest -q -s tests/e2e/test_broadcast_killed.py

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev
	$(BIN)/python -m tests.docs

# The locks carry versions and hashes only, so that any index serves.
LOCK := --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
        --no-annotate --quiet
lock: $(VENV)/.dev
	uv pip compile $(LOCK) --extra build pyproject.toml -o requirements.lock
	uv pip compile $(LOCK) --extra build --extra dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.run: $(VENV)/.made requirements.lock pyproject.toml
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: $(VENV)/.made requirements-dev.lock pyproject.toml
	$(INSTALL) $(LATER) --require-hashes -r requirements-dev.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.run
