#!/usr/bin/env bash
# Builds the documentation into build/docs/html, from the installed package. Warnings are errors.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

exec "${BOLUS_VENV:-.venv}/bin/python" -m sphinx -W --keep-going -q -b html -d build/docs/doctrees docs build/docs/html
