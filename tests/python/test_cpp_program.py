"""The project of docs/cpp_program.md: its files are taken from the page, built against the package, and run."""

import json
import re
import subprocess
from pathlib import Path

import pytest

import bolus

page = Path(__file__).parents[2] / "docs" / "cpp_program.md"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    text = page.read_text()
    for comment, name in (("#", "CMakeLists.txt"), ("//", "main.cpp")):
        (block,) = re.findall(rf"^```\w+\n({comment} {re.escape(name)}\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
        (folder / name).write_text(block)
    commands = (
        (
            "cmake",
            "-G",
            "Ninja",
            "-B",
            "build",
            "-DCMAKE_BUILD_TYPE=Release",
            f"-DCMAKE_PREFIX_PATH={bolus.cmake_prefix_path}",
        ),
        ("cmake", "--build", "build"),
    )
    for command in commands:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def study(project: Path) -> Path:
    """What the page's Python block makes: a study and weights, in the project's folder."""
    (block,) = re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        exec(compile(block, str(page), "exec"), {"__name__": "__main__"})
    return project / "patient07"


def run(project: Path, *arguments: object) -> subprocess.CompletedProcess:
    command = [str(project / "build" / "idh_report"), *map(str, arguments)]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=120)


def test_the_program_predicts_what_python_does(project: Path, study: Path) -> None:
    done = run(project, "idh.safetensors", study, "result.json", 2)
    assert done.returncode == 0, done.stderr
    network = bolus.model.load_checkpoint(project / "idh.safetensors")
    expected = bolus.pipeline.PredictStudy()(bolus.io.read_study(bolus.io.find_study(study)), network)
    result = json.loads((project / "result.json").read_text())
    assert float(done.stdout) == pytest.approx(expected.probability, abs=1e-5)
    assert result == json.loads(expected.to_json())
    assert "model.simulated" in done.stderr


def test_errors_end_with_their_own_exit_code(project: Path, study: Path) -> None:
    assert run(project).returncode == 2
    missing = run(project, "idh.safetensors", project / "nowhere", "none.json")
    assert missing.returncode == 3 and "nowhere" in missing.stderr
    (project / "there.json").write_text("{}")
    assert run(project, "idh.safetensors", study, "there.json").returncode == 3
    assert (project / "there.json").read_text() == "{}"
    (project / "empty").mkdir()
    empty = run(project, "idh.safetensors", project / "empty", "none.json")
    assert empty.returncode == 1 and empty.stderr.startswith("error: ")
