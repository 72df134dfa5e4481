#!/usr/bin/env python3
"""Writes the type stubs of the compiled module anew, from the installed package: python/bolus/_core/*.pyi.

tests/python/test_stubs.py fails when they no longer fit the module. Another folder can be given as the only argument.
"""

import importlib
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pybind11_stubgen


def main(target: Path) -> None:
    importlib.import_module("bolus._core")
    # The package presents classes under its own name; a stub must define them where the compiled module does.
    compiled = {name: module for name, module in sys.modules.items() if name.startswith("bolus._core")}
    for name, module in compiled.items():
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__.startswith("bolus") and value.__module__ not in compiled:
                value.__module__ = name

    # A default whose text is no Python expression: `= ...` says as much.
    shown_as_dots = ["--ignore-invalid-expressions", r"RigidTransform\(.*"]
    with tempfile.TemporaryDirectory() as folder:
        pybind11_stubgen.main(
            ["bolus._core", "--numpy-array-use-type-var", "--exit-code", *shown_as_dots, "-o", folder]
        )
        written = Path(folder) / "bolus" / "_core"
        if not written.is_dir():  # a module without submodules is one file
            raise SystemExit(f"pybind11-stubgen wrote no folder {written}")
        for stub in written.glob("*.pyi"):
            # pybind11 says `Mask = None` of a pointer that may be null.
            text = re.sub(r": (?!object|typing\.Any)([A-Za-z_][\w.]*) = None", r": \1 | None = None", stub.read_text())
            stub.write_text(text)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(written, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "python" / "bolus" / "_core")
