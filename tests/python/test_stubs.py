"""The committed type stubs say what the compiled module holds."""

import difflib
import subprocess
import sys
from pathlib import Path

import pytest

import bolus

root = Path(__file__).parents[2]
committed = root / "python" / "bolus" / "_core"


def test_stubs_are_those_of_the_module(tmp_path: Path) -> None:
    pytest.importorskip("pybind11_stubgen")
    written = tmp_path / "_core"
    run = subprocess.run(
        [sys.executable, root / "scripts" / "stubs.py", written], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr

    def texts(folder: Path) -> dict[str, list[str]]:
        return {file.name: file.read_text().splitlines() for file in sorted(folder.glob("*.pyi"))}

    expected, found = texts(written), texts(committed)
    differences = [
        line
        for name in sorted(expected.keys() | found.keys())
        for line in difflib.unified_diff(
            found.get(name, []), expected.get(name, []), f"committed {name}", f"module {name}", lineterm="", n=0
        )
    ]
    assert not differences, "run scripts/stubs.py and commit:\n" + "\n".join(differences[:60])


def test_package_ships_stubs_and_says_that_it_is_typed() -> None:
    package = Path(bolus.__file__).parent
    assert (package / "py.typed").exists()
    assert (package / "_core" / "__init__.pyi").exists()


def test_the_folder_of_stubs_does_not_hide_the_module() -> None:
    assert Path(bolus._core.__file__).suffix == ".so"
