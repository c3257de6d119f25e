# Every command sets up what it needs; PORT and PORTAL_INSTANCE are honoured by all of them.
PYTHON ?= python3
BIN := .venv/bin
RUN := OMP_NUM_THREADS=1 $(BIN)/python

.PHONY: demo test lint bench catalogues vectors locks clean help

help:                ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*##/ –/'

.venv/runtime: requirements.lock bootstrap.sh
	./bootstrap.sh runtime
.venv/dev: requirements-dev.lock bootstrap.sh
	./bootstrap.sh dev

demo: .venv/runtime  ## set everything up, fill Leipzig East, serve http://127.0.0.1:8000
	$(RUN) -m portal demo

test: .venv/dev      ## set everything up (browser, PostgreSQL and IMAP server too), run all tests
	./bootstrap.sh browser
	./bootstrap.sh postgresql
	./bootstrap.sh imap
	$(RUN) -m pytest -q -n 2 --dist loadgroup
	$(RUN) -m pytest -q -n 2 --database postgresql tests/portal

lint: .venv/dev      ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports

bench: .venv/dev     ## pages and matcher: CPU, p50, p95, statements
	$(RUN) -m tests.bench
	$(RUN) -m matching bench --documents 10000

catalogues: .venv/dev  ## extract the texts and refresh every language's catalogue
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k _ -k ngettext:1,2 --no-location --omit-header --sort-output -o portal/translations/messages.pot .
	$(BIN)/pybabel -q update --no-fuzzy-matching -i portal/translations/messages.pot -d portal/translations

vectors: .venv/runtime  ## make the seed texts' vectors anew (after changing them, or the encoders)
	rm -f portal/seeds/vectors.npz
	PORTAL_INSTANCE=$$(mktemp -d) && export PORTAL_INSTANCE && $(RUN) -m portal db upgrade && $(RUN) -m portal seed --write-vectors

locks:               ## pin every dependency with hashes (needs uv)
	uv pip compile --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile --python-version 3.11 --generate-hashes --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:               ## throw away the environment and the demo's data
	rm -rf .venv instance/portal.sqlite* instance/outbox instance/secret_key
