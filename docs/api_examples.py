"""The examples of the API pages, one file for each module: api/examples/<module>.md.

A section's heading names what the example is for (``## Bootstrap, BootstrapResult``), its Python block stands by itself. What
stands between them describes a constant, which has no docstring. conf.py puts the blocks on the pages, and
tests/python/test_api_examples.py runs them.
"""

import importlib
import inspect
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Example", "is_constant", "public_modules", "public_names", "read_examples"]

folder = Path(__file__).parent / "api" / "examples"
_section = re.compile(r"^## (?P<names>[^\n]+)\n(?P<text>.*?)^```python\n(?P<code>.*?)^```\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """An example, and what it is for."""

    file: Path
    line: int  #: of the code's first line
    module: str
    names: tuple[str, ...]
    text: str
    code: str

    def as_rst(self) -> list[str]:
        """The lines that show it."""
        code = [f"   {line}".rstrip() for line in self.code.splitlines()]
        return ["", ".. rubric:: Example", "", ".. code-block:: python", "", *code, ""]


def public_modules() -> list[str]:
    """The package, and its modules that it shows."""
    import bolus

    return ["bolus", *(f"bolus.{name}" for name in bolus.__all__ if isinstance(getattr(bolus, name), types.ModuleType))]


def public_names(module: str) -> dict[str, Any]:
    """What a module shows, by name; other modules are not among it."""
    found = importlib.import_module(module)
    shown = {name: getattr(found, name) for name in found.__all__}
    return {name: value for name, value in shown.items() if not isinstance(value, types.ModuleType)}


def is_constant(value: Any) -> bool:
    """Whether it is neither a class nor a function, so that it has no docstring of its own."""
    return not isinstance(value, type) and not inspect.isroutine(value)


def read_examples() -> Iterator[Example]:
    """All examples, module by module. Raises ValueError for a section without a block."""
    for file in sorted(folder.glob("*.md")):
        text = file.read_text()
        module = "bolus" if file.stem == "bolus" else f"bolus.{file.stem}"
        found = list(_section.finditer(text))
        if len(found) != len(re.findall(r"^## ", text, re.MULTILINE)):
            raise ValueError(f"{file}: each section needs one block of Python")
        for one in found:
            names = tuple(name.strip() for name in one["names"].split(","))
            line = text.count("\n", 0, one.start("code")) + 1
            yield Example(file, line, module, names, one["text"].strip(), one["code"])
