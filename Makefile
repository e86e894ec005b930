# make run   sets up all that is missing, then runs everything
# make test  sets up, then checks and tests everything
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
RASA_VENV := nlu/rasa/.venv
WORKERS ?= 2
export UV_NATIVE_TLS := true
export UV_PYTHON_PREFERENCE := only-system
export UV_LINK_MODE := copy

.PHONY: run setup test check lint rasa-env assets lock clean help
.DEFAULT_GOAL := help

help:
	@sed -n '1,2p' Makefile

run: setup
	@./sprout run

# Everything that `sprout run` needs; quick when nothing is missing.
setup: $(VENV)/.app rasa-env assets
	@./sprout setup

$(VENV)/.uv: .ci/uv.txt
	@echo "· Python environment"
	@python=$$(sh .ci/python 3.11 3.12 3.13) || { echo "Sprout needs Python 3.11, 3.12 or 3.13 on the PATH (or in pyenv)."; exit 1; }; \
	"$$python" -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/uv.txt
	@touch $@

$(VENV)/.app: $(VENV)/.uv requirements.txt
	@echo "· app packages"
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.app requirements-dev.txt
	@echo "· packages for tests and checks"
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements-dev.txt
	@touch $@

# Without a Python 3.10 the bot still runs: nearest-example understanding only.
rasa-env: $(VENV)/.uv
	@sh nlu/rasa/install.sh $(UV) $(RASA_VENV)

assets: node_modules/.installed

node_modules/.installed: package-lock.json
	@echo "· front-end packages"
	@npm ci --silent --no-audit --no-fund
	@touch $@

test: $(VENV)/.dev setup check
	@sh .ci/browser
	$(PY) -m pytest -n $(WORKERS) --dist loadfile

check: $(VENV)/.dev
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/mypy

lock: $(VENV)/.app
	$(UV) pip compile requirements.in --generate-hashes --universal --python-version 3.11 --no-header -q -o requirements.txt
	$(UV) pip compile requirements-dev.in --generate-hashes --universal --python-version 3.11 --no-header -q -o requirements-dev.txt
	$(UV) pip compile nlu/rasa/requirements.in --generate-hashes --python-version 3.10 --no-header -q -o nlu/rasa/requirements.txt
	@{ echo "# Cut from requirements.txt by 'make lock': the installer that installs the rest."; sed -n '/^uv==/,/^[a-tv-z]/p' requirements.txt | sed '$$d'; } > .ci/uv.txt

clean:
	rm -rf $(VENV) $(RASA_VENV) node_modules var nlu/rasa/models nlu/rasa/.cache
