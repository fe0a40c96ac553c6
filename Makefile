# Every target works on a fresh machine with Python 3.11 or newer: what it needs is installed into .venv first,
# from requirements/ by hash, and only when those files change. README.md has the plain commands for Windows.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
MCPB := npx --yes @anthropic-ai/mcpb@2.1.2
PYTEST_ARGS ?= -n auto

# Read by every process that a test starts, and by the next run: compiling anew took a third of the time of the tests.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test slow browser page golden evals faults clients bench rates lint types imports house manifest bundle requirements clean

demo: .venv/runtime.stamp  ## ask each source one question, in the sandbox
	$(BIN)/tradestat-mcp demo

test: .venv/dev.stamp  ## the test suite but what is marked slow
	$(BIN)/python -m pytest $(PYTEST_ARGS) -m "not slow"

slow: .venv/dev.stamp  ## the tests that take long: killed processes, memory, quality
	$(BIN)/python -m pytest $(PYTEST_ARGS) -m slow

browser: .venv/browser.stamp  ## the page that shows charts, in chromium, shown by a host of the official bridge (npm)
	$(BIN)/python -m pytest -m browser -s tests/browser

page: .venv/dev.stamp  ## is the page in the package what server/page builds? (npm; `python scripts/page.py` builds it)
	$(BIN)/python scripts/page.py --check

faults: .venv/dev.stamp  ## every fault against every service, as a table
	PYTHONPATH=tests/support $(BIN)/python -m fault_matrix

golden: .venv/dev.stamp  ## write anew what every tool answers to the calls of tests/golden; read the difference before keeping it
	$(BIN)/python scripts/golden.py --write

evals: .venv/dev.stamp  ## ask the scripted agent the questions of evals/; another one with AGENT="command"
	$(BIN)/python -m evals $(if $(AGENT),--agent "$(AGENT)") $(EVALS_ARGS)

clients: .venv/dev.stamp  ## what other clients of UN Comtrade make of the stand-in; installs them from a registry
	$(BIN)/python scripts/other_clients.py

bench: .venv/dev.stamp .venv/bench.stamp  ## what the engine is worth and what it costs, as ratios measured in one run; BENCH_ARGS="--out folder" writes them too
	$(BIN)/python -m bench $(BENCH_ARGS)

rates: .venv/dev.stamp  ## beside a bare server of the SDK, in short; fails where a ratio is worse than half its goal
	$(BIN)/python -m bench.rates --short

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/browser.stamp
	$(BIN)/pyright --pythonpath $(BIN)/python

imports: .venv/dev.stamp
	$(BIN)/lint-imports

house: .venv/dev.stamp  ## how large it is, and whether modules import each other in circles
	$(BIN)/python scripts/house.py

manifest: .venv/dev.stamp  ## is manifest.json valid, are it and README.md in step with the code, and areas with their sources?
	$(MCPB) validate manifest.json
	$(BIN)/python scripts/generated.py --check
	$(BIN)/python scripts/areas.py --check >/dev/null

bundle: .venv/dev.stamp .venv/bundle.stamp  ## pack dist/tradestat-mcp.mcpb and start a server from it
	mkdir -p dist
	$(MCPB) pack . dist/tradestat-mcp.mcpb
	$(BIN)/python scripts/start_bundle.py dist/tradestat-mcp.mcpb

requirements: .venv/bundle.stamp  ## pin the newest versions that pyproject.toml admits
	$(BIN)/python scripts/pin.py

clean:
	rm -rf .venv dist

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found. Set PYTHON=/path/to/python."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements/runtime.txt pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/runtime.stamp
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

.venv/browser.stamp: requirements/browser.txt .venv/dev.stamp
	$(PIP) install --require-hashes -r requirements/browser.txt
	@touch $@

.venv/bench.stamp: requirements/bench.txt | .venv/bin/python  # apart: it wants other versions than the server
	$(BIN)/python -m venv .venv/bench
	.venv/bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/bench.txt
	@touch $@

.venv/bundle.stamp: requirements/bundle.txt | .venv/bin/python
	$(PIP) install --require-hashes -r requirements/bundle.txt
	@touch $@
