"""Signatures as a reader wants them, from those that pybind11 writes: without types, which the list of parameters tells."""

import inspect
import re

__all__ = ["of_class", "overloads", "without_types"]

#: A longer default is that of an option struct, whose own entry tells it.
_LONGEST_DEFAULT = 24


def _parts(text: str) -> list[str]:
    """Split at the commas outside of brackets and quotes."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        depth += (letter in "([{<") - (letter in ")]}>") if not quote else 0
        if letter == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def without_types(signature: str) -> str:
    """``(self: A, b: list[int] = [1])`` becomes ``(b=[1])``."""
    shown = []
    for part in _parts(signature.strip()[1:-1]):
        name = re.match(r"\*{0,2}\w+|\*|/", part)
        if name is None or name[0] == "self":
            continue
        default = part.split(" = ", 1)[1] if " = " in part else ""
        if len(default) > _LONGEST_DEFAULT:
            default = "..."
        shown.append(name[0] + (f"={default}" if default else ""))
    return f"({', '.join(shown)})"


class _Shown:
    """A default by its text."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return self.text


def of_class(kind: type) -> inspect.Signature | None:
    """What a class of the compiled module is made from; None where nobody makes one, or in several ways."""
    first = (kind.__init__.__doc__ or "").split("\n", 1)[0]
    found = re.fullmatch(r"__init__(\(self: .*\)) -> None", first)
    if found is None:
        return None
    parameters, sort = [], inspect.Parameter.POSITIONAL_OR_KEYWORD
    for part in _parts(without_types(found[1])[1:-1]):
        name, _, default = part.partition("=")
        if name == "*":
            sort = inspect.Parameter.KEYWORD_ONLY
        else:
            parameters.append(
                inspect.Parameter(name, sort, default=_Shown(default) if default else inspect.Parameter.empty)
            )
    return inspect.Signature(parameters)


def overloads(lines: list[str]) -> list[str]:
    """The docstring of an overloaded function: each way to call it, and each description, once."""
    ways: list[list[str]] = []
    for line in lines:
        found = re.fullmatch(r"\d+\. (\w+)(\(.*\)) -> .*", line)
        if found:
            ways.append([f"``{found[1]}{without_types(found[2])}``"])
        elif ways:
            ways[-1].append(line)
    different = [way for number, way in enumerate(ways) if way not in ways[:number]]
    return [line for way in different for line in [*way, ""]]
