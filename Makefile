# Thin over packaging/dev.py, which does the same on any system: python packaging/dev.py run
PYTHON ?= python3
.PHONY: run test test-all lint bench screenshots gallery words setup clean

run test test-all lint bench screenshots gallery words setup:
	@$(PYTHON) packaging/dev.py $@ $(ARGS)

clean:
	rm -rf .venv out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
