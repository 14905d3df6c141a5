# Everything that is made lives in .venv and build/ (and the extension beside the package).
#
#   make venv        the environment with everything that development needs
#   make serve       builds, and serves examples/hello on http://127.0.0.1:8080/hello
#   make test        everything in tests/; ARGS="-k name" chooses
#   make test-page   the page of functions that are served, in chromium
#   make test-asan   tests/native and tests/live with sanitizers in the C sources
#   make coverage    tests, and what of Python and C they have run
#   make bindgen     writes rows and code of the host's functions from the WIT of WASI
#   make analyze     reads the C sources for faults, with clang-tidy
#   make mutants     breaks a C file line by line: ARGS=csrc/http/fields.c
#   make stub        unit_wasm/_native.pyi, the types of what Python calls of C
#   make lint        formatting, types and common faults; `make format` puts formatting right
#   make guests      the WebAssembly guests that the tests need
#   make fuzz        every fuzz target for MINUTES=n (1) each, JOBS=n (1) at a time;
#                    TARGET=name chooses one
#   make bench       our servers and their peers side by side, in 15 minutes: MINUTES=30, QUICK=1
#   make bench-readme puts the newest run of bench/results into README.md
#   make bench-smoke the figures that must not get worse, in a minute
#   make budget      instructions of one exchange against bench/budget.json; needs valgrind
#   make bench-fairness  neighbours of a spinning guest, and the price of epochs
#   make bench-unit  the module in a real Unit beside plain C; needs UNITD and UNIT_SOURCE
#   make bench-calls calls from Python, beside the wasmtime package
#   make bench-files a file of 100 MiB, beside wasmtime serve
#   make bench-functions  functions as services, beside FastAPI
#   make bench-stores  one operation of wasi:keyvalue: by C, by Python, by a guest
#   make bench-starts  from the start of the embedded server to its first answer
#   make bench-resident  the memory of a worker with a Python inside
#   make bench-slow  a normal request beside 500 clients that send a byte a second
#   make bench-hostile  hello beside every attack of tests/guests/c/hostile.c
#   make soak        200,000 requests of each kind: no error, no growth; takes minutes
#   make soak-calls  100,000 instances, traps, objects and resources of load(): no growth
#   make soak-memories  a million instances that change all they have: each begins as the first
#   make soak-unit   500,000 requests over a real Unit; needs UNITD and UNIT_SOURCE
#   make clean       removes all of it
#
# PYTHON chooses the interpreter, ARGS is passed on.

PYTHON ?= python3
ARGS ?=
MINUTES ?=
JOBS ?=
TARGET ?=
QUICK ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

NATIVE := $(wildcard csrc/*.[ch] csrc/*/*.[ch] csrc/*/*/*.[ch]) build.py setup.py pyproject.toml unit_wasm/unit/sources.py
C_SOURCES = $(wildcard csrc/*.[ch] csrc/*/*.[ch] csrc/*/*/*.[ch] tests/double/*.[ch] tests/double/include/*.h tests/fuzz/c/*.[ch] tests/native/*.[ch] bench/*.c)
PY_SOURCES = unit_wasm tests tools build.py $(if $(wildcard bench/*.py),bench)

.DELETE_ON_ERROR:
.PHONY: venv serve bindgen test test-page test-asan coverage analyze mutants fuzz lint format stub guests bench bench-readme bench-smoke bench-fairness bench-unit bench-functions bench-resident bench-slow bench-starts bench-files bench-calls bench-stores bench-hostile budget soak soak-calls soak-memories soak-unit clean

# ---- The environment; each file below .venv is the time at which a step was done ----

$(VENV)/made:
	@command -v $(PYTHON) >/dev/null || { \
	    echo "there is no $(PYTHON): install Python 3.11, 3.12 or 3.13" >&2; exit 1; }
	@$(PYTHON) tools/preflight.py
	$(PYTHON) -m venv $(VENV)
	@touch $@

# $(1) is a list in pyproject.toml; what it names is written beside the step's own file.
define install-list
@$(BIN)/python -c 'import sys, tomllib; \
    print(*tomllib.load(sys.stdin.buffer)$(1), sep="\n")' < pyproject.toml > $@-requires.txt
$(PIP) install -r $@-requires.txt
endef

# What the package needs to run. Built without pip's isolation, so that a rebuild downloads nothing.
$(VENV)/runtime: pyproject.toml | $(VENV)/made
	$(call install-list,["build-system"]["requires"])
	$(PIP) install --no-build-isolation -e .
	@touch $@ $(VENV)/native

$(VENV)/native: $(NATIVE) | $(VENV)/runtime
	$(BIN)/python setup.py --quiet build_ext --inplace
	@touch $@

$(VENV)/dev: pyproject.toml | $(VENV)/runtime
	$(call install-list,["project"]["optional-dependencies"]["dev"])
	@touch $@

# What draws the plots of `make bench`.
$(VENV)/bench: pyproject.toml | $(VENV)/runtime
	$(call install-list,["project"]["optional-dependencies"]["bench"])
	@touch $@

venv: $(VENV)/runtime $(VENV)/native $(VENV)/dev

# ---- Use ----

serve: $(VENV)/runtime $(VENV)/native
	@$(BIN)/unit-wasm serve conf/hello.json $(ARGS)

# ---- Tests ----

bindgen: $(VENV)/runtime $(VENV)/dev
	$(BIN)/python tools/bindgen.py $(ARGS)

guests: $(VENV)/runtime $(VENV)/native
	$(BIN)/python tools/guests.py $(if $(filter guests,$(MAKECMDGOALS)),$(ARGS))

# Meanwhile the Unit module is compiled with its double, by one processor: all would wait for it.
# Where PYTHONDONTWRITEBYTECODE is set, each process of the tests would compile what it imports.
test: venv
	$(BIN)/python tests/double/build.py & $(BIN)/python tools/guests.py && wait $$!
	@$(BIN)/python -m compileall -q unit_wasm
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

# Apart from `make test`: a browser is hundreds of megabytes that only root can install.
test-page: venv guests
	$(BIN)/python -m pytest -n 0 tests/browser $(ARGS)

test-asan: venv guests
	$(BIN)/python tools/asan.py $(ARGS)

coverage: venv guests
	$(BIN)/python tools/measure_coverage.py $(ARGS)

analyze: venv
	$(BIN)/python tools/analyze.py $(ARGS)

mutants: venv guests
	PYTHONPATH=. $(BIN)/python tools/mutants.py $(ARGS)

fuzz: venv guests
	$(BIN)/python -m tests.fuzz.run --minutes $(or $(MINUTES),1) --jobs $(or $(JOBS),1) $(if $(TARGET),--target $(TARGET)) $(ARGS)

lint: venv
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	PYTHONPATH=. $(BIN)/python tools/native_stub.py --check
	$(BIN)/mypy $(PY_SOURCES)
	$(BIN)/clang-format --dry-run -Werror $(C_SOURCES)

stub: venv
	PYTHONPATH=. $(BIN)/python tools/native_stub.py

format: venv
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/clang-format -i $(C_SOURCES)

# ---- Measures ----

COMPARE := PYTHONPATH=.:bench:tools $(BIN)/python -m compare.

bench: venv guests $(VENV)/bench
	$(COMPARE)run $(if $(MINUTES),--minutes $(MINUTES)) $(if $(QUICK),--quick) $(ARGS)

bench-readme: venv
	$(COMPARE)report

bench-smoke: venv guests
	$(BIN)/python bench/smoke.py $(ARGS)

budget: venv guests
	$(BIN)/python bench/budget.py $(ARGS)

bench-fairness: venv guests
	$(BIN)/python bench/fairness.py $(ARGS)

bench-unit: venv guests
	PYTHONPATH=. $(BIN)/python bench/unit.py $(ARGS)

bench-functions: venv guests $(VENV)/bench
	PYTHONPATH=.:bench:tools $(BIN)/python bench/functions.py $(ARGS)

bench-starts: venv guests $(VENV)/bench
	PYTHONPATH=.:bench:tools $(BIN)/python bench/starts.py $(ARGS)

bench-resident: venv guests
	PYTHONPATH=. $(BIN)/python bench/resident.py $(ARGS)

bench-slow: venv guests
	PYTHONPATH=. $(BIN)/python bench/slow_clients.py $(ARGS)

bench-files: venv guests
	PYTHONPATH=.:bench:tools $(BIN)/python bench/files.py $(ARGS)

bench-stores: venv guests
	PYTHONPATH=. $(BIN)/python bench/stores.py $(ARGS)

bench-calls: venv guests
	PYTHONPATH=. $(BIN)/python bench/calls.py $(ARGS)

bench-hostile: venv guests
	PYTHONPATH=. $(BIN)/python bench/hostile.py $(ARGS)

soak: venv guests
	$(BIN)/python -m tests.soak.run $(ARGS)

soak-calls: venv guests
	$(BIN)/python -m tests.soak.calls $(ARGS)

soak-memories: venv guests
	$(BIN)/python -m tests.soak.memories $(ARGS)

soak-unit: venv guests
	$(BIN)/python -m tests.soak.unit $(ARGS)

clean:
	rm -rf $(VENV) build dist unit_wasm.egg-info unit_wasm/_native*.so
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
