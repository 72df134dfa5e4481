#!/usr/bin/env bash
# The study of Choi et al. 2019 on a simulated cohort, and one simulated patient from images to a report, from a machine with
# nothing on it: sets up, runs, writes into out/demo.
# Further arguments go to `bolus demo`, see: scripts/demo.sh --help
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh plot
exec "${BOLUS_VENV:-.venv}/bin/bolus" demo --output out/demo --patient "$@"
