# make demo   set everything up and run the main job on the sample project, into build/demo
# make test   set everything up and run the tests
# make lock   renew requirements.lock after a change of dependencies

# The first Python that is new enough; say `make demo PYTHON=/path/to/python` to choose another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN = .venv/bin

.PHONY: demo test lock

demo: .venv/ready
	@rm -rf build/demo
	@mkdir -p build
	@$(BIN)/reallot demo build/demo

test: .venv/ready
	@$(BIN)/python -m pytest -m "not long"

.venv/ready: requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "reallot needs Python 3.11 or newer; $(if $(PYTHON),$(PYTHON) is not,there is none on the path)." >&2; \
	  echo "Install one (python.org, brew install python, apt install python3 python3-venv)," >&2; \
	  echo "or name it: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up .venv with $(PYTHON) (once; a few minutes on a slow line) ..."
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; \
	  echo "This Python cannot make virtual environments. On Debian and Ubuntu:" >&2; \
	  echo "  apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv/ready

# uv resolves for every supported Python at once; the lock holds names, versions and markers only.
# Versions that still fit are kept: `make lock UPGRADE=--upgrade` takes the newest of all.
lock:
	"$(PYTHON)" -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --group dev $(UPGRADE) \
	  --no-annotate --no-emit-index-url --custom-compile-command "make lock" \
	  --output-file requirements.lock pyproject.toml
