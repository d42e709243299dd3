# Two commands on a fresh machine with python3 (3.11 or newer) and make: `make demo`, `make test`.
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
# One more than there are cores for us, as some tests wait; each costs a quarter of a minute of imports.
WORKERS := $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$((cores < 3 ? cores + 1 : 4)))
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install --no-compile
# pip compiles on one core; a file that is no Python of this version is none that we import.
COMPILE := $(BIN)/python -m compileall -qq -j 0 -x '/tests/' $(VENV)/lib || true
# As tests/browser/find.py looks for it.
BROWSERS := chromium-headless-shell chromium chromium-browser google-chrome
INSTALL_BROWSER := apt-get update -qq && \
	apt-get install -y -qq chromium-headless-shell fonts-noto-core libatomic1 >/dev/null 2>&1

.DEFAULT_GOAL := help
.PHONY: help setup setup-development browser journey survey-in-r other-readers demo test check lint types \
	imports compiled tests coverage mutation proof bench oracle sbom audit format lock clean \
	system-browser

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUNTIME) ## Install what the program needs; leaves the command at .venv/bin/rapport

setup-development: $(DEVELOPMENT) ## Install what checks and tests need as well

demo: setup ## Start an example with a report and a survey to answer (simulated answers)
	@$(BIN)/rapport demo

test: $(BIN)/python ## Everything that must pass
	@$(MAKE) --no-print-directory --jobs 2 setup-development system-browser
	@$(MAKE) --no-print-directory browser check

# What takes one core each is done side by side.
check: setup-development ## Lint, types, import contracts, tests
	@$(MAKE) --no-print-directory --jobs 2 types lint imports compiled
	@$(MAKE) --no-print-directory tests

lint: setup-development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/vulture

types: setup-development
	$(BIN)/mypy

imports: setup-development
	$(BIN)/lint-imports --no-cache

# Once for all workers; what cannot be collected is told by the tests themselves.
compiled: setup-development
	@$(BIN)/python -m compileall -q app analysis migrations
	@PYTHONDONTWRITEBYTECODE= OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q --collect-only \
		-m "not proof" >/dev/null 2>&1 || true

tests: setup-development
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -m "not proof" -n $(WORKERS) --dist loadfile \
		--no-loadscope-reorder

coverage: setup-development ## Every line and branch of analysis is run by its own tests
	$(BIN)/python -m pytest -q -m "not proof" -n $(WORKERS) --dist loadfile \
		tests/unit/analysis tests/golden tests/property tests/attack/test_disclosure.py \
		--cov=analysis --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

mutation: setup-development ## Would the tests of the estimators notice a small mistake?
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.mutation

journey: setup-development browser ## Watch a new agency get from nothing to a published comparison
	@mkdir -p var/journey
	RAPPORT_JOURNEY_PICTURES=$(CURDIR)/var/journey RAPPORT_JOURNEY_WATCHED=$(WATCHED) \
		$(BIN)/python -m pytest -q tests/browser/test_staff_journey.py
	@echo "Pictures of every page: var/journey"

proof: setup-development browser survey-in-r other-readers coverage ## The slow proofs at nightly size
	$(BIN)/python -m pytest -q -m proof

bench: setup-development browser ## Speed, each figure beside its reference in the same run
	$(BIN)/python -m tests.bench

oracle: setup-development ## R's numbers case by case, with the digits that agree
	$(BIN)/python -m tests.golden.oracle

sbom: setup-development ## What the program is made of, as CycloneDX, from the lock file
	$(BIN)/uv tool run --quiet --from cyclonedx-bom cyclonedx-py requirements requirements.lock \
		--output-format JSON --output-file sbom.json

audit: setup-development ## Are there known weaknesses in what the lock file names? Asks the network
	$(BIN)/uv tool run --quiet --from pip-audit pip-audit --requirement requirements.lock \
		--require-hashes --disable-pip

format: setup-development ## Rewrite the code in the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup-development ## Choose versions anew and write both lock files
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-annotate \
		--extra build -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-annotate \
		--extra build --extra dev -o requirements-dev.lock pyproject.toml

clean: ## Remove what make installed and made
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .hypothesis

# A Debian machine may have python3 without its venv module, and no browser: both come from its
# own packages when make runs as root.
$(BIN)/python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Rapport needs Python 3.11 or newer; this is $$(python3 --version)."; exit 1; }
	@python3 -m venv $(VENV) >/dev/null 2>&1 || \
		{ rm -rf $(VENV); echo "Installing python3-venv ..."; apt-get update -qq && \
		apt-get install -y -qq python3-venv >/dev/null 2>&1 && python3 -m venv $(VENV); } || \
		{ echo "python3 cannot make a virtual environment: install the package python3-venv."; exit 1; }

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Rapport (about a minute the first time) ..."
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@$(COMPILE)
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	@echo "Installing what the tests need ..."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@$(COMPILE)
	@touch $@

# The first time, while pip waits for the network. Whether the browser starts is asked afterwards.
system-browser: | $(BIN)/python
	@test -e $(DEVELOPMENT) || \
		python3 -c "import shutil, sys; sys.exit(not any(map(shutil.which, sys.argv[1:])))" $(BROWSERS) || \
		{ $(INSTALL_BROWSER); } || true

browser: setup-development
	@$(BIN)/python -m tests.browser.find >/dev/null 2>&1 || \
		{ echo "Installing a browser for the browser tests ..."; \
		($(INSTALL_BROWSER)) || \
		$(BIN)/playwright install --with-deps --only-shell chromium || \
		{ echo "No browser could be installed: install Chromium, then run make again."; exit 1; }; }

# Only the proofs ask R; without it they are skipped, and say so.
survey-in-r:
	@Rscript --vanilla -e "stopifnot(requireNamespace('survey'))" >/dev/null 2>&1 || \
		{ echo "Installing R and its package survey ..."; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends r-base-core \
		r-cran-survey >/dev/null; } || \
		echo "R could not be installed: the proofs against it are skipped."

# They read what downloads hold; without them these proofs are skipped, and say so.
other-readers:
	@{ command -v pspp && Rscript --vanilla -e "stopifnot(requireNamespace('haven'))"; } >/dev/null 2>&1 || \
		{ echo "Installing PSPP and R's package haven ..."; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends pspp \
		r-cran-haven >/dev/null; } || \
		echo "PSPP and haven could not be installed: the proofs that need them are skipped."
