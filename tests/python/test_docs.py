"""The Python code in the docs and in the README runs as it stands there: all blocks of a page, in order."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

root = Path(__file__).parents[2]
# the examples of the API pages stand by themselves, section by section: test_api_examples.py
pages = [root / "README.md", *sorted(page for page in (root / "docs").rglob("*.md") if page.parent.name != "examples")]
# ```python ... ```, and nothing that is fenced otherwise
block = re.compile(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "page", [page for page in pages if block.search(page.read_text())], ids=lambda page: str(page.relative_to(root))
)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    text = page.read_text()
    names: dict[str, object] = {"__name__": "__main__"}
    for found in block.finditer(text):
        first_line = text.count("\n", 0, found.start("code"))
        exec(compile("\n" * first_line + found["code"], str(page), "exec"), names)


def test_the_docs_hold_code_to_run() -> None:
    assert any(block.search(page.read_text()) for page in pages)


program = re.compile(r"^```cpp\n((?:(?!^```).)*?int main.*?)^```$", re.MULTILINE | re.DOTALL)
programs = [(page, found.group(1)) for page in pages for found in program.finditer(page.read_text())]


@pytest.mark.parametrize(("page", "source"), programs, ids=[str(page.relative_to(root)) for page, _ in programs])
def test_cpp_programs_compile(page: Path, source: str) -> None:
    """Headers alone are enough for that: none of them includes ITK or LibTorch."""
    compiler = shutil.which("c++")
    eigen = next(
        (folder for folder in map(Path, ("/usr/include/eigen3", "/usr/local/include/eigen3")) if folder.is_dir()), None
    )
    if compiler is None or eigen is None:
        pytest.skip("no C++ compiler or no Eigen here")
    command = [compiler, "-std=c++20", "-fsyntax-only", "-x", "c++", "-", f"-I{root / 'include'}", f"-I{eigen}"]
    result = subprocess.run(command, input=source, text=True, capture_output=True)
    assert result.returncode == 0, result.stderr
