# The project's commands; `make help` lists them. Each sets up what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
CODE := tablekit families components policies local tests benchmarks examples __main__.py
STAGE ?= prod
# Where it is set, each of the hundreds of processes that the tests start would compile the project anew.
unexport PYTHONDONTWRITEBYTECODE
# The address of stage local is then that of its file, whatever the user's own shell has.
AS_ITS_FILE_SAYS := env -u AWS_ENDPOINT_URL -u AWS_ENDPOINT_URL_DYNAMODB

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

.venv/ready: requirements/dev.txt pyproject.toml tablekit/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else f"Python {sys.version.split()[0]} found; this project needs 3.11 or later: make PYTHON=python3.11 …")'
	@echo "Setting up .venv (a minute the first time)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e ./tablekit -e .
	@touch $@

setup: .venv/ready ## the virtual environment and the engine
	@$(BIN)/python -m local engine

up: .venv/ready ## deploy every family to stack local, on an emulator on this machine; seed and smoke it
	@$(BIN)/python -m local up $(if $(FRESH),--fresh) $(if $(VERBOSE),--verbose)
	@$(AS_ITS_FILE_SAYS) $(BIN)/tablekit seed --outputs .local/outputs.json
	@$(AS_ITS_FILE_SAYS) $(BIN)/tablekit smoke --outputs .local/outputs.json
	@echo "Try next:"
	@echo "  ./pulumiw stack output -s local --json        what other teams read"
	@echo "  ./pulumiw preview -s local --diff             what your next change would do"
	@echo "  make plan STAGE=local                         … and what the guard says of it"
	@echo "  make rehearse STAGE=prod                      prod's own configuration, on an emulator of its own"
	@echo "  make down                                     stop the emulator, drop the local state"

plan: .venv/ready ## plan STAGE where it is deployed (local: on the emulator of `make up`), and have the guard judge it
	@$(BIN)/python -m local plan $(STAGE) --plan .local/plan/$(STAGE).json --state .local/plan/$(STAGE).state.json
	@$(BIN)/tablekit guard --plan .local/plan/$(STAGE).json --state .local/plan/$(STAGE).state.json

down: .venv/ready ## stop the emulator, drop local state
	@$(BIN)/python -m local down

rehearse: .venv/ready ## deploy STAGE's own configuration to a throw-away emulator, with the policy pack on
	@$(BIN)/python -m local rehearse $(STAGE) $(if $(OUTPUTS),--outputs $(OUTPUTS)) $(if $(VERBOSE),--verbose)

rehearse-adoption: .venv/ready ## adopt the tables of LIVE, a file of `tablekit live describe --save`, as STAGE will, on a throw-away emulator
	@$(BIN)/python -m local rehearse-adoption $(STAGE) --live "$(or $(LIVE),$(error say which file: make rehearse-adoption STAGE=$(STAGE) LIVE=live.json))"

snapshots: .venv/ready ## write anew what follows from the declarations: docs/contract, the tests' snapshots, the schemas, docs/policies.md
	@$(BIN)/python -m tests.support.snapshots
	@$(BIN)/python -m tablekit.contract.schema
	@$(BIN)/python -m components.schema
	@$(BIN)/python -m policies.reference

check: .venv/ready ## what CI runs: format, lint, types, drift of generated files, workflows, tests
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(filter-out examples,$(CODE))
	@# Each example is a program of its own, with a main module of its own.
	for example in $$(dirname examples/*/*.py | sort -u); do $(BIN)/mypy $$example; done
	$(BIN)/python -m tablekit.contract.schema --check
	$(BIN)/python -m components.schema --check
	$(BIN)/python -m policies.reference --check
	$(BIN)/tablekit check
	.ci/workflows
	@$(MAKE) --no-print-directory test-all

test: setup ## every test but the long ones: kills, adoptions, runbooks, what other people's checkers say
	@$(BIN)/python -m tests.support.tools
	$(BIN)/python -m pytest -m "not long"

test-all: setup ## every test, as CI runs them
	@$(BIN)/python -m tests.support.tools
	$(BIN)/python -m pytest

test-fast: .venv/ready ## the tests that need neither network nor engine: some seconds
	$(BIN)/python -m pytest -n 2 tests/unit tests/components

format: .venv/ready ## format the code
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

benchmark: setup ## preview against the flat program and against cdk synth
	$(BIN)/python -m benchmarks.plan

benchmark-seed: setup ## loading against boto3's batch_writer and PynamoDB
	$(BIN)/python -m benchmarks.seed

benchmark-copy: setup ## copying tables against loading files
	$(BIN)/python -m benchmarks.copy

benchmark-policies: setup ## the preview with the policy pack and without
	$(BIN)/python -m benchmarks.policies

benchmark-smoke: setup ## the smoke test, many checks at a time and one
	$(BIN)/python -m benchmarks.smoke

lock: .venv/ready ## renew the lock files after a change of requirements/*.in
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 requirements/production.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 -c requirements.txt requirements/dev.in -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 requirements/audit.in -o requirements/audit.txt

.PHONY: help setup up plan down rehearse rehearse-adoption snapshots check test test-all test-fast format benchmark benchmark-policies benchmark-seed benchmark-copy benchmark-smoke lock
