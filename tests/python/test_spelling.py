"""British spelling in the pages, in docstrings and in the comments that document the headers, by aspell's dictionary.

Words that the dictionary does not know and that are right stand in docs/words.txt, sorted. codespell, among the checks of each
commit, looks for common slips in everything else.
"""

import ast
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

root = Path(__file__).parents[2]
words_file = root / "docs" / "words.txt"
dictionary = "en_GB-ise"


def prose_of_markdown(text: str) -> str:
    text = re.sub(r"^(\s*)(`{3,}|~{3,}).*?^\1\2\s*$", "", text, flags=re.MULTILINE | re.DOTALL)  # code and directives
    text = re.sub(r"^:::.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", " ", text, flags=re.DOTALL)
    text = re.sub(r"\{[a-z:]+\}`[^`]*`", " ", text)
    text = re.sub(r"(`+).+?\1", " ", text, flags=re.DOTALL)
    text = re.sub(r"!?\[([^\]]*)\]\([^)\s]*\)", r"\1", text)
    return re.sub(r"<[^>\s]+>", " ", text)


def prose_of_docstring(text: str) -> str:
    kept = []
    for paragraph in re.split(r"\n\s*\n", text):
        if paragraph.lstrip().startswith((">>>", "..")):
            continue
        kept.append(re.sub(r"^\s*[\w*, ]+ : .*$", "", paragraph, flags=re.MULTILINE))  # names and types of parameters
    text = "\n\n".join(kept)
    text = re.sub(r"::\s*\n\s*\n((?: {4,}|\t).*\n?|\s*\n)*", "\n", text)
    return re.sub(r":\w+:`[^`]*`|(`+).+?\1", " ", text, flags=re.DOTALL)


def prose_of_python(text: str) -> str:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.append(prose_of_docstring(ast.get_docstring(node) or ""))
    return "\n".join(found)


def prose_of_header(text: str) -> str:
    comments = re.findall(r"///<?\s?(.*)$", text, flags=re.MULTILINE)
    return re.sub(r"`[^`]*`|\"[^\"\n]*\"", " ", "\n".join(comments))


def prose_of_binding(text: str) -> str:
    return "\n".join(
        prose_of_docstring(found) for found in re.findall(r'R"(?:doc)?\((.*?)\)(?:doc)?"', text, flags=re.DOTALL)
    )


def prose_of_notebook(text: str) -> str:
    cells = json.loads(text)["cells"]
    return "\n".join(prose_of_markdown("".join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown")


def texts() -> dict[Path, str]:
    kinds = [
        (prose_of_markdown, [root / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]),
        (
            prose_of_markdown,
            (path for path in (root / "docs").rglob("*.md") if not {"generated", "notebooks"} & set(path.parts)),
        ),
        (prose_of_notebook, (root / "examples" / "notebooks").glob("*.ipynb")),
        (prose_of_python, (root / "python" / "bolus").rglob("*.py")),
        (prose_of_header, (root / "include" / "bolus").rglob("*.hpp")),
        (prose_of_binding, (root / "python" / "bindings").rglob("*.cpp")),
    ]
    return {path: prose(path.read_text(encoding="utf-8")) for prose, paths in kinds for path in sorted(paths)}


def words_of(prose: str) -> set[str]:
    """Whole words of letters: no identifiers, abbreviations in capitals, files, addresses or formulas."""
    prose = re.sub(r"https?://\S+|\S*[_/\\@=<>{}\[\]|]\S*|\S+\.\w+\b|\w*\d\w*|--?[a-z][\w-]*", " ", prose)
    found = re.findall(r"(?<![\w'’-])[A-Za-zÀ-ÿ]+(?:['’][a-z]+)?(?![\w])", prose)
    return {word.replace("’", "'") for word in found if len(word) > 2 and (word.islower() or word.istitle())}


@pytest.fixture(scope="module")
def places() -> dict[str, list[Path]]:
    """Every word, and where it stands."""
    found: dict[str, list[Path]] = {}
    for path, prose in texts().items():
        for word in words_of(prose):
            found.setdefault(word, []).append(path.relative_to(root))
    return found


@pytest.fixture(scope="module")
def unknown(places: dict[str, list[Path]]) -> set[str]:
    """Words that the dictionary does not know."""
    if shutil.which("aspell") is None:
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail("aspell is missing: scripts/setup.sh dev installs aspell and aspell-en")
        pytest.skip("aspell is not installed: scripts/setup.sh dev installs it on Debian and Ubuntu")
    command = ["aspell", f"--lang={dictionary}", "--encoding=utf-8", "--dont-suggest", "list"]
    done = subprocess.run(command, input="\n".join(sorted(places)), text=True, capture_output=True, check=True)
    return set(done.stdout.split()) & set(places)


def own_words() -> list[str]:
    return words_file.read_text(encoding="utf-8").split()


def test_words_are_spelt_as_in_britain(places: dict[str, list[Path]], unknown: set[str]) -> None:
    known = set(own_words())
    wrong = sorted((word for word in unknown if word not in known and word.lower() not in known), key=str.lower)
    lines = "\n".join(f"{word}: {places[word][0]}" for word in wrong)
    assert not wrong, f"misspelt, or missing in docs/words.txt:\n{lines}"


def test_the_list_of_own_words_is_sorted_and_in_use(places: dict[str, list[Path]]) -> None:
    words = own_words()
    assert words == sorted(set(words), key=lambda word: (word.lower(), word))
    used = set(places) | {word.lower() for word in places}
    assert not (idle := sorted(set(words) - used)), f"docs/words.txt lists words that nothing uses: {idle}"


def test_a_slip_is_found() -> None:
    if shutil.which("aspell") is None:
        pytest.skip("aspell is not installed")
    assert words_of(prose_of_markdown("A misteak `and_code` in [text](to/file.md).")) == {"misteak", "text"}
    said = subprocess.run(
        ["aspell", f"--lang={dictionary}", "list"],
        input="normalize normalise",
        text=True,
        capture_output=True,
        check=True,
    )
    assert said.stdout.split() == ["normalize"]
