# Festival in two commands: `make run` and `make test`. `make` alone lists all of them.
# Each sets up what it needs first (scripts/make_ready.py) and does nothing that is already done.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= instance
ARGS ?=
ONLY ?=
FROM ?=

BIN := .venv/bin
# Tests start node themselves, and it may be the one in .venv.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
OLD := Festival needs Python 3.11 or newer, and $(PYTHON) is older. Name a newer one: make run PYTHON=python3.12
READY := @$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("$(OLD)")' && $(PYTHON) scripts/make_ready.py

.PHONY: help run test lint translations lock bench clean

help:
	@echo 'make run [PORT=8000] [HOST=127.0.0.1] [DATA=instance]   run Festival here; Ctrl-C stops it'
	@echo 'make test [ARGS="-k seats"]                             run the tests'
	@echo 'make lint                                               check style, types, layers, translations'
	@echo 'make translations [FROM=folder]                         renew the catalogue from the texts in use'
	@echo 'make lock                                               lock the newest packages that fit'
	@echo 'make bench [ONLY=checkin]                               measure; JSON lines on standard output'
	@echo 'make clean                                              remove all that was made, but not your data'

run:
	$(READY) run
	@$(BIN)/python scripts/run.py --host "$(HOST)" --port "$(PORT)" --data "$(DATA)"

test:
	$(READY) test
	@$(BIN)/python scripts/translations.py compile
	@$(WITH_NODE) $(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

lint:
	$(READY) dev
	@$(BIN)/python scripts/lint.py

translations:
	$(READY) dev
	@$(BIN)/python scripts/translations.py update $(FROM)

lock:
	$(READY) dev
	@$(BIN)/python scripts/lock.py

# Progress goes to standard error, so that the results can be piped on.
bench:
	$(READY) test >&2
	@$(WITH_NODE) $(BIN)/python -m bench $(ONLY)

clean:
	rm -rf .venv node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find festival scripts tests bench migrations -name __pycache__ -prune -exec rm -rf {} +
	rm -f festival/translations/*/LC_MESSAGES/messages.mo
