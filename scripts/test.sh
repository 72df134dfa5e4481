#!/usr/bin/env bash
# Sets up and runs everything: lint, C++ tests, header checks, consumer projects, Python tests, stubs, notebooks, docs. Goes on
# after a failure, ends with one line of counts, and with an error if anything failed. Logs and JUnit files: out/test.
#
# BOLUS_TEST_DATA names the folder of real data; without it the tests on real data are skipped, which fails where CI=true.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

results=$PWD/out/test
rm -rf "$results"
mkdir -p "$results"
python=$PWD/.venv/bin/python
[ -z "${BOLUS_VENV:-}" ] || python=$(realpath -ms "$BOLUS_VENV")/bin/python
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$(nproc)}
export BOLUS_WARNINGS_AS_ERRORS=ON
export MPLBACKEND=Agg

# step name command...: runs it, notes how it ended and how long it took.
step() {
  local name=$1 start=$SECONDS code
  shift
  printf '\n=== %s\n' "$name"
  "$@"
  code=$?
  printf '%s\t%s\t%s\n' "$name" "$code" "$((SECONDS - start))" >>"$results/steps.tsv"
  return $code
}

configure_and_build() {
  # The same flags and the same PyTorch as the wheel, so that ccache compiles the library once for both.
  cmake --preset dev -DPython_EXECUTABLE="$python" -DBOLUS_BUILD_PYTHON=OFF && cmake --build --preset dev
}

if step setup scripts/setup.sh dev,notebook,viewer,plot,cohort,dask,optuna,onnx; then
  step lint "$python" -m pre_commit run --all-files --show-diff-on-failure
  if step "C++ build" configure_and_build; then
    step "C++ tests" ctest --preset dev --output-junit "$results/cpp.xml"
  fi
  step "Python tests" "$python" -m pytest -q --junitxml="$results/python.xml"
  step docs scripts/docs.sh
fi
python3 scripts/test_summary.py "$results"
