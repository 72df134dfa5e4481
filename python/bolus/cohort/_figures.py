"""Figures of a cohort's report."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd

__all__ = ["draw_flags", "draw_flow", "draw_harmonisation"]

_BLUE, _RED, _GREY = "#27568f", "#b2182b", "#8b95a3"


def draw_flow(flow: pd.DataFrame) -> Any:
    """Boxes one below another, those left out to the right with their reasons, genotypes at the end, as in CONSORT."""
    import matplotlib.pyplot as plt

    left = int(flow.patients[flow.step == "table"].sum())
    titles = {"excluded": "Excluded beforehand", "failed": "Could not be processed", "missing": "Not run yet"}
    after = {"excluded": "To be processed", "failed": "Processed or waiting", "missing": "Processed"}
    steps, sides = [f"Patients of the table\nn = {left}"], []
    for name, title in titles.items():
        part = flow[flow.step == name]
        if part.empty:
            continue
        lines = [f"{title}: n = {part.patients.sum()}"]
        for row in part[part.what != title.lower()].head(8).itertuples():
            lines += textwrap.wrap(f"{row.what}: {row.patients}", 52, initial_indent="– ", subsequent_indent="   ")
        if len(part) > 8:
            lines.append(f"– {len(part) - 8} other reasons: {part.patients[8:].sum()}")
        sides.append(lines)
        left -= int(part.patients.sum())
        steps.append(f"{after[name]}\nn = {left}")
    steps[-1] = f"Analysed\nn = {left}" if sides else f"Patients of the table, all analysed\nn = {left}"
    ends = [f"{row.what}\nn = {row.patients}" for row in flow[flow.step == "analysed"].itertuples()]

    line, middle, width = 0.185, 1.75, 2.6  # inches
    tall = [0.2 + line * len(lines) for lines in sides]
    total = 0.58 * len(steps) + sum(0.3 + one for one in tall) + (0.98 if ends else 0.0) + 0.1
    figure = plt.figure(figsize=(8, total))
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, 8), ylim=(-total + 0.05, 0.05))
    ax.axis("off")
    arrow = {"arrowstyle": "-|>", "color": "0.35", "shrinkA": 0, "shrinkB": 0, "linewidth": 1.1}

    def box(x: float, top: float, wide: float, high: float, text: str, colour: str, align: str = "center") -> None:
        ax.add_patch(plt.Rectangle((x, top - high), wide, high, facecolor="white", edgecolor=colour, linewidth=1.2))
        at = x + (wide / 2 if align == "center" else 0.12)
        size = 10 if align == "center" else 9
        ax.text(at, top - high / 2, text, ha=align, va="center", fontsize=size, linespacing=1.35, color="0.1")

    top = 0.0
    for k, text in enumerate(steps):
        box(middle - width / 2, top, width, 0.58, text, _BLUE)
        top -= 0.58
        if k < len(sides):
            gap = tall[k] + 0.3
            ax.annotate("", (middle, top - gap), (middle, top), arrowprops=arrow)
            ax.annotate("", (3.6, top - gap / 2), (middle, top - gap / 2), arrowprops=arrow)
            box(3.6, top - 0.15, 4.3, tall[k], "\n".join(sides[k]), _GREY, "left")
            top -= gap
    if ends:
        wide = min(1.6, 3.3 / len(ends))
        places = [middle + (k - (len(ends) - 1) / 2) * (wide + 0.1) for k in range(len(ends))]
        ax.plot([middle, middle], [top, top - 0.2], color="0.35", linewidth=1.1)
        ax.plot([places[0], places[-1]], [top - 0.2, top - 0.2], color="0.35", linewidth=1.1)
        for x, text in zip(places, ends, strict=True):
            ax.annotate("", (x, top - 0.4), (x, top - 0.2), arrowprops=arrow)
            box(x - wide / 2, top - 0.4, wide, 0.58, text, _BLUE)
    return figure


def draw_flags(table: pd.DataFrame, patients: int) -> Any:
    """Share of the patients that carry each flag."""
    import matplotlib.pyplot as plt

    shown = table.head(20)[::-1]
    figure, ax = plt.subplots(figsize=(8, 0.3 * len(shown) + 0.75), layout="constrained")
    bars = ax.barh(shown.code, 100 * shown.patients / patients, height=0.62, color=_BLUE)
    ax.bar_label(bars, [str(count) for count in shown.patients], padding=4, fontsize=9, color="0.3")
    ax.set(xlim=(0, 108), xticks=range(0, 101, 20), ylim=(-0.6, len(shown) - 0.4))
    ax.set_xlabel(f"share of {patients} patients (%); their number beside", fontsize=9)
    ax.tick_params(labelsize=9, length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    return figure


def draw_harmonisation(before: pd.DataFrame, after: pd.DataFrame, protocol: pd.Series) -> Any:
    """The quantities whose protocols lie furthest apart, before and after ComBat."""
    import matplotlib.pyplot as plt

    names = sorted(set(protocol))
    spread = (before.groupby(protocol).mean().std() / before.std()).sort_values(ascending=False)
    shown = list(spread.index[:4])
    figure, axes = plt.subplots(
        2, len(shown), figsize=(2.3 * len(shown), 4.8), layout="constrained", squeeze=False, sharey="col", sharex=True
    )
    short = [name if len(name) <= 22 else name[:21] + "…" for name in names]
    for k, name in enumerate(shown):
        for row, (frame, title) in enumerate(((before, "before"), (after, "after ComBat"))):
            ax = axes[row, k]
            ax.boxplot(
                [frame.loc[protocol == one, name] for one in names], widths=0.55, medianprops={"color": _RED},
                boxprops={"color": _BLUE}, whiskerprops={"color": _BLUE}, capprops={"color": _BLUE},
                flierprops={"markersize": 3, "markeredgecolor": _GREY},
            )  # fmt: skip
            ax.set_xticks(range(1, len(names) + 1), short, rotation=35, ha="right", fontsize=8)
            ax.tick_params(axis="y", labelsize=8)
            ax.set_title(f"{name.replace('_', ' ')}, {title}", fontsize=9)
            ax.spines[["top", "right"]].set_visible(False)
    return figure
