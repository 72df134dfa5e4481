"""Table 1: who the patients are, by genotype."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bolus import DataError

__all__ = ["table1"]

#: Columns of the store that say nothing about who a patient is.
_SKIPPED = {
    "patient",
    "label",
    "exclusion",
    "state",
    "reason",
    "kind",
    "stages",
    "simulated",
    "probability",
    "flags",
    "folder",
}
_NAMES = {"codeleted": "1p/19q codeletion", "enhancement": "contrast enhancement", "grade": "WHO grade", "age": "age (years)",
          "mean_rcbv": "mean rCBV"}  # fmt: skip
_UNITS = {"s": "s", "t": "T", "ml": "mL", "mm": "mm", "deg": "degrees"}


def title_of(column: str) -> str:
    """A column's name for a reader: units of its ending in brackets."""
    if column in _NAMES:
        return _NAMES[column]
    found = re.fullmatch(r"(.+)_(s|t|ml|mm|deg)", column)
    name, unit = (found[1], f" ({_UNITS[found[2]]})") if found else (column, "")
    return name.replace("_", " ") + unit


def table1(done: pd.DataFrame) -> pd.DataFrame:
    """Characteristics by genotype: characteristic, all, mutant, wildtype, p, test. A level of a characteristic is indented."""
    if "label" not in done or done.label.isna().all():
        return pd.DataFrame({"characteristic": ["patients"], "all": [str(len(done))]})
    groups = {"all": np.ones(len(done), bool), "mutant": (done.label == 1).to_numpy()}
    groups["wildtype"] = (done.label == 0).to_numpy()
    rows: list[dict[str, Any]] = [
        {"characteristic": "patients", **{name: str(chosen.sum()) for name, chosen in groups.items()}}
    ]
    for name in (column for column in done.columns if column not in _SKIPPED):
        values = done[name]
        different = values.dropna().nunique()
        if values.notna().sum() < 2 or different < 2:
            continue
        number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if number and different > 6:
            rows += _number(title_of(name), values, groups)
        elif different <= 12:
            rows += _levels(title_of(name), values, groups)
    return pd.DataFrame(rows, columns=["characteristic", "all", "mutant", "wildtype", "p", "test"])


def _known(title: str, values: pd.Series) -> str:
    missing = int(values.isna().sum())
    return f"{title}, {missing} not known" if missing else title


def _number(title: str, values: pd.Series, groups: dict[str, np.ndarray]) -> Iterator[dict[str, Any]]:
    from bolus.evaluate import welch_test

    parts = {name: values[chosen].dropna().to_numpy(float) for name, chosen in groups.items()}
    row: dict[str, Any] = {"characteristic": _known(title, values)}
    for name, part in parts.items():
        row[name] = (
            f"{part.mean():.3g} ± {part.std(ddof=1):.2g}" if len(part) > 1 else "".join(f"{x:.3g}" for x in part)
        )
    try:
        row |= {"p": welch_test(parts["mutant"], parts["wildtype"]).p_value, "test": "Welch's t"}
    except DataError:  # too few, or they do not vary
        pass
    yield row


def _levels(title: str, values: pd.Series, groups: dict[str, np.ndarray]) -> Iterator[dict[str, Any]]:
    from bolus.evaluate import chi_square_test, fisher_exact_test

    known = values.notna().to_numpy()
    levels = sorted(set(values[known]), key=lambda level: (isinstance(level, str), level))
    counts = np.array(
        [[int((values[chosen & known] == level).sum()) for chosen in groups.values()] for level in levels]
    )
    row: dict[str, Any] = {"characteristic": _known(title, values)}
    try:
        two = counts[:, 1:]
        if two.shape == (2, 2):
            row |= {"p": fisher_exact_test(two).p_value, "test": "Fisher's exact"}
        else:
            row |= {"p": chi_square_test(two).p_value, "test": "chi-square"}
    except DataError:
        pass
    yield row
    totals = [int((chosen & known).sum()) for chosen in groups.values()]
    for level, line in zip(levels, counts, strict=True):
        text = ("no", "yes")[bool(level)] if isinstance(level, bool | np.bool_) else str(level)
        text = f"{level:g}" if isinstance(level, float) else text
        cells = [f"{n} ({100 * n / total:.0f} %)" if total else "" for n, total in zip(line, totals, strict=True)]
        yield {"characteristic": f"    {text}", **dict(zip(groups, cells, strict=True))}
