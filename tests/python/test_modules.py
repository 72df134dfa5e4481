"""Which module includes which: one direction, as docs say."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What stands above: a module includes itself and these. Folders of src that are no module are below every one that uses them.
ABOVE = {
    "core": [],
    "dsc": ["core"],
    "simulate": ["core", "dsc"],
    "evaluate": ["core"],
    "io": ["core"],
    "preprocess": ["core", "dsc", "io"],
    "weights": ["core", "compute"],
    "compute": ["core"],
    "segment": ["core", "io", "preprocess", "weights", "compute"],
    "model": ["core", "dsc", "evaluate", "weights", "compute"],
}


def includes(path):
    for target in re.findall(r'#include\s*[<"]([^>"]+)[>"]', path.read_text()):
        found = re.match(r"bolus/(\w+)/", target) or re.match(r"(?:\.\./)+(\w+)/", target)
        if found and found[1] in ABOVE:
            yield found[1], target


@pytest.mark.parametrize("module", ABOVE)
def test_a_module_includes_only_what_stands_above_it(module):
    folders = [ROOT / "include" / "bolus" / module, ROOT / "src" / module]
    files = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.?pp"))]
    assert files
    wrong = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in files
        for other, target in includes(path)
        if other != module and other not in ABOVE[module]
    ]
    assert not wrong, wrong


def test_no_source_folder_is_forgotten():
    assert {path.name for path in (ROOT / "src").iterdir() if path.is_dir()} - {"pipeline"} <= set(ABOVE)
