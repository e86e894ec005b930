#!/bin/sh
# Rasa's own environment on Python 3.10.    usage: install.sh UV VENV
set -eu
uv=$1 venv=$2
here=$(dirname "$0")
stamp="$venv/.installed"
if [ -f "$stamp" ] && [ ! "$here/requirements.txt" -nt "$stamp" ]; then exit 0; fi
echo "· Rasa environment (Python 3.10, about 2.6 GB)"
if python=$(sh .ci/python 3.10); then
  "$uv" venv --quiet --clear --python "$python" "$venv"
elif ! UV_PYTHON_PREFERENCE=managed "$uv" venv --quiet --clear --python 3.10 "$venv"; then
  echo "  No Python 3.10 found, and none could be fetched. Sprout runs without Rasa (nearest-example understanding)."
  echo "  To mend it: install Python 3.10 (for example 'pyenv install 3.10') and run 'make setup' again."
  exit 0
fi
"$uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r "$here/requirements.txt"
touch "$stamp"
