#!/usr/bin/env bash
# Sets up what bolus needs on Debian or Ubuntu and installs it: system packages, a virtual environment, the Python package.
#
#   scripts/setup.sh [extras]     e.g. scripts/setup.sh plot     or     scripts/setup.sh dev,notebook,plot
#
# BOLUS_VENV names the virtual environment; .venv if unset. What is there already stays, and when nothing has changed since the
# last time this takes a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

extras=${1:-}
venv=${BOLUS_VENV:-.venv}
packages=(
  g++ cmake ninja-build ccache git python3-venv python3-dev
  libinsighttoolkit5-dev libeigen3-dev libfmt-dev nlohmann-json3-dev
)
case ",$extras," in *,dev,*) packages+=(catch2 doxygen graphviz chromium poppler-utils aspell aspell-en) ;; esac

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
else
  echo "Not a Debian or Ubuntu system: taking for granted that the counterparts of these are installed: ${packages[*]}"
fi
if [ ${#missing[@]} -gt 0 ]; then
  echo "Installing system packages: ${missing[*]}"
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Neither root nor sudo: install these first: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi

if [ ! -x "$venv/bin/python" ]; then
  python3 -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' ||
    { echo "bolus needs Python 3.10 to 3.13; python3 is $(python3 --version)" >&2; exit 1; }
  echo "Making the virtual environment $venv"
  python3 -m venv "$venv"
fi
python=$PWD/$venv/bin/python
case "$venv" in /*) python=$venv/bin/python ;; esac

# Everything that goes into the package decides whether it must be built again.
sources=$(find CMakeLists.txt pyproject.toml README.md LICENSE cmake include src python scripts/setup.sh \
  -type f -not -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
stamp=$venv/bolus-installed
installed=""
if [ -e "$stamp" ]; then
  { read -r built; read -r installed; } <"$stamp" || true
  new=$(comm -23 <(tr ',' '\n' <<<"$extras" | sort -u) <(tr ',' '\n' <<<"$installed" | sort -u) | tr -d '\n')
  if [ "$built" = "$sources" ] && [ -z "$new" ]; then
    echo "bolus is installed in $venv and up to date"
    exit 0
  fi
fi
extras=$(tr ',' '\n' <<<"$extras,$installed" | sed '/^$/d' | sort -u | paste -sd, -)

# Built against the PyTorch of this environment, in a folder that stays: nothing is fetched or compiled twice.
echo "Installing bolus into $venv (extras: ${extras:-none})"
"$python" -m pip install -q "torch==2.13.0" "pybind11~=3.0.0" "scikit-build-core>=0.10"
target=.
[ -z "$extras" ] || target=".[$extras]"
export CC=${CC:-cc} CXX=${CXX:-c++} # the names that CMake takes by itself: ccache tells compilers apart by name
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
"$python" -m pip install -q --no-build-isolation -C build-dir=build/wheel \
  -C cmake.define.BOLUS_WARNINGS_AS_ERRORS="${BOLUS_WARNINGS_AS_ERRORS:-OFF}" "$target"
printf '%s\n%s\n' "$sources" "$extras" >"$stamp"
