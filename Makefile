# Two commands for a stranger: `make demo` and `make test`. Each does the set-up it needs.
.DEFAULT_GOAL := help
.PHONY: help demo test setup check web bench docs

PORT ?= 8000
WORKERS ?= 2

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: ## Set everything up, add a synthetic city and serve it (PORT=8000)
	@bash scripts/setup.sh
	@.venv/bin/gridmaps up --demo --port $(PORT)

test: ## Set everything up and run the tests (PYTEST="-k name" to choose, WORKERS=2 at once)
	@bash scripts/setup.sh --for-tests
	@.venv/bin/python -m pytest -q -m "not long" -n $(WORKERS) --dist loadfile $(PYTEST)

setup: ## Environment, PostGIS, pages; nothing is started
	@bash scripts/setup.sh

check: ## Style, types, and who may import whom
	@bash scripts/setup.sh --for-checks
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports
	@.venv/bin/mypy

web: ## Build the pages when their sources are newer
	@bash scripts/setup.sh --pages-only

bench: ## Measure ourselves against others (NAME=...)
	@bash scripts/setup.sh
	@.venv/bin/gridmaps bench $(NAME)

docs: ## Execute the notebooks, so that what they show is true
	@bash scripts/setup.sh --for-tests
	@.venv/bin/python -m pytest -q tests/walk
