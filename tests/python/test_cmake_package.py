"""The C++ library inside the installed Python package: `bolus.cmake_prefix_path` is all that a CMake project needs."""

import subprocess
from pathlib import Path

import pytest

import bolus

project = Path(__file__).parents[1] / "consumer" / "find_package"


@pytest.mark.parametrize(("components", "program"), [("core", "core"), ("core;imaging;nn", "everything")])
def test_a_cmake_project_finds_the_library_in_the_package(components: str, program: str, tmp_path: Path) -> None:
    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # LibTorch is the one beside the package, whatever Python CMake would find.
    run(
        *("cmake", "-G", "Ninja", "-S", str(project), "-B", str(tmp_path), "-DCMAKE_BUILD_TYPE=Release"),
        *(f"-DCMAKE_PREFIX_PATH={bolus.cmake_prefix_path}", f"-DBOLUS_COMPONENTS={components}"),
        "-DPython_EXECUTABLE=/nowhere/python",
    )
    run("cmake", "--build", str(tmp_path))
    assert run(str(tmp_path / program))
