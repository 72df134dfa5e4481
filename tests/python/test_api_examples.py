"""Every public name has an example on its page in the docs, and every example runs by itself and is about what it says."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
from api_examples import Example, is_constant, public_modules, public_names, read_examples

examples = list(read_examples())


def names_in(code: str) -> set[str]:
    """Every name and attribute that the code uses."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.name)
    return found


def parts_of(value: Any, depth: int = 5) -> Iterator[Any]:
    """A value, what it holds, and what its attributes hold."""
    yield value
    if depth == 0:
        return
    if isinstance(value, dict):
        inner = list(value.values())
    elif isinstance(value, list | tuple):
        inner = list(value)
    elif type(value).__module__.startswith("bolus"):
        inner = []
        for name in dir(type(value)) + list(getattr(value, "__dict__", {})):
            if not name.startswith("_") and not callable(getattr(type(value), name, None)):
                inner.append(getattr(value, name))
    else:
        return
    for one in inner:
        yield from parts_of(one, depth - 1)


def statements_of(code: str) -> set[int]:
    """Lines on which a statement begins, which all must be reached."""
    return {node.lineno for node in ast.walk(ast.parse(code)) if isinstance(node, ast.stmt)}


@pytest.mark.parametrize("module", public_modules())
def test_every_public_name_has_an_example(module: str) -> None:
    shown = {(one.module, name) for one in examples for name in one.names}
    # what two modules show needs one example
    values = [(public_names(one)[name], name) for one, name in shown]
    missing = [
        name
        for name, value in public_names(module).items()
        if (module, name) not in shown and not any(other is value and name == called for other, called in values)
    ]
    assert not missing, f"{module} has no example of {', '.join(missing)}"


def test_examples_are_of_names_that_exist_and_of_each_once() -> None:
    seen = set()
    for one in examples:
        for name in one.names:
            assert name in public_names(one.module), f"{one.file.name}:{one.line}: {one.module} has no {name}"
            assert (one.module, name) not in seen, f"{one.file.name}:{one.line}: a second example of {name}"
            seen.add((one.module, name))
            if is_constant(public_names(one.module)[name]):
                assert one.text, f"{one.file.name}:{one.line}: say what the constant {name} is"


@pytest.mark.parametrize("example", examples, ids=[f"{one.module}-{one.names[0]}" for one in examples])
def test_example(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    compiled = compile("\n" * (example.line - 1) + example.code, str(example.file), "exec")
    reached: set[int] = set()

    def trace(frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != str(example.file):
            return None
        reached.add(frame.f_lineno - example.line + 1)
        return trace

    namespace: dict[str, Any] = {"__name__": "__main__"}
    before = sys.gettrace()
    if "except " in example.code:  # an error that is told of has to happen
        sys.settrace(trace)
    try:
        exec(compiled, namespace)
    finally:
        sys.settrace(before)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
    if reached:
        assert statements_of(example.code) <= reached, "a line is never reached"

    used = names_in(example.code)
    left = [name for name in example.names if name not in used]
    if left:
        wanted = {name: public_names(example.module)[name] for name in left}
        made = {
            name
            for value in namespace.values()
            for part in parts_of(value)
            for name, kind in wanted.items()
            if isinstance(kind, type) and isinstance(part, kind)
        }
        assert set(left) <= made, f"neither used nor made: {', '.join(sorted(set(left) - made))}"
