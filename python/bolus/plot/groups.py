"""Figures of values in groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import DataError, OptionError, ShapeError
from bolus.evaluate import mann_whitney_test, one_way_anova, student_test, welch_test
from bolus.plot._axes import finish, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TESTS = {
    "student": ("Student", lambda groups: student_test(*groups)),
    "welch": ("Welch", lambda groups: welch_test(*groups)),
    "mann_whitney": ("Mann-Whitney", lambda groups: mann_whitney_test(*groups)),
    "anova": ("ANOVA", one_way_anova),
}


def format_p(p_value: float) -> str:
    """A P value as journals print it: P = .03, P = .004, P < .001."""
    if p_value < 0.001:
        return "P < .001"
    text = f"{p_value:.3f}" if p_value < 0.01 else f"{p_value:.2f}"
    return "P > .99" if text == "1.00" else f"P = {text.removeprefix('0')}"


class GroupBoxDisplay:
    """Box plot of values in groups, every value as a point, with the P value of a test.

    Parameters
    ----------
    groups : dict
        Values (n,) by the name of the group, in the order they are drawn.
    test : str, optional
        "student", "welch", "mann_whitney" (two groups) or "anova"; when not given, Welch's for two groups and the analysis of
        variance for more. "none": no test.
    ylabel : str, optional

    Attributes
    ----------
    result_ : result of the test, or None
    ax_, figure_, boxes_, points_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, groups, *, test=None, ylabel=None):
        self.groups = {str(name): np.asarray(values, dtype=float) for name, values in dict(groups).items()}
        if not self.groups:
            raise DataError("there are no groups to draw; expected at least one")
        for name, values in self.groups.items():
            if values.ndim != 1:
                raise ShapeError(f"group '{name}' has {values.ndim} dimensions; expected one value per patient")
            if not values.size or not np.isfinite(values).all():
                raise DataError(f"group '{name}' is empty or holds NaN or infinity; drop missing values first")
        if test is None:
            test = {1: "none", 2: "welch"}.get(len(self.groups), "anova")
        if test != "none" and test not in _TESTS:
            raise OptionError(f"test is '{test}'; expected one of 'none', " + ", ".join(f"'{t}'" for t in _TESTS))
        if test not in ("none", "anova") and len(self.groups) != 2:
            raise OptionError(f"the test '{test}' compares two groups, found {len(self.groups)}; use 'anova' or 'none'")
        self.test = test
        self.ylabel = ylabel
        self.result_ = None if test == "none" else _TESTS[test][1](list(self.groups.values()))

    @classmethod
    def from_frame(cls, frame, *, value, group, order=None, test=None, ylabel=None, ax=None, **options):
        """Draw a column of a DataFrame by the groups of another; rows without a value are left out."""
        frame = frame[[value, group]].dropna()
        names = sorted(frame[group].unique(), key=str) if order is None else list(order)
        groups = {str(name): frame.loc[frame[group] == name, value] for name in names}
        return cls(groups, test=test, ylabel=ylabel or value).plot(ax=ax, **options)

    @classmethod
    def from_values(cls, groups, *, test=None, ylabel=None, ax=None, **options):
        """Draw a dict of values by group."""
        return cls(groups, test=test, ylabel=ylabel).plot(ax=ax, **options)

    def plot(self, ax: Axes | None = None, *, colours: Any = None, points: bool = True):
        """Draw on ``ax``, or on new axes. Returns the display."""
        ax = new_axes(ax, 1.6 + 1.1 * len(self.groups), 3.8)
        values = list(self.groups.values())
        places = np.arange(1, len(values) + 1)
        default = ["#4393c3", "#b2182b", "#7b3294", "#1b7837", "#e08214", "#666666"]
        colours = colours or [default[i % len(default)] for i in range(len(values))]
        self.boxes_ = ax.boxplot(
            values,
            positions=places,
            widths=0.55,
            showfliers=not points,
            patch_artist=True,
            medianprops={"color": "black", "linewidth": 1.5},
        )
        for box, colour in zip(self.boxes_["boxes"], colours, strict=True):
            box.set(facecolor=colour, alpha=0.3)
        self.points_ = []
        if points:
            for place, group, colour in zip(places, values, colours, strict=True):
                # Points of neighbours in rank are spread by the golden ratio: even, and the same at every call.
                offset = (np.argsort(np.argsort(group)) * 0.6180339887498949) % 1.0 - 0.5
                size = 12 if group.size < 200 else 5
                self.points_.append(
                    ax.scatter(place + 0.36 * offset, group, s=size, color=colour, alpha=0.6, linewidth=0, zorder=3)
                )
        ax.set_xticks(places, [f"{name}\n(n = {group.size})" for name, group in self.groups.items()])
        ax.set(xlim=(0.4, len(values) + 0.6), ylabel=self.ylabel or "")
        if self.result_ is not None:
            low, high = min(v.min() for v in values), max(v.max() for v in values)
            span = (high - low) or 1.0
            bar = high + 0.06 * span
            ax.plot([1, 1, len(values), len(values)], [bar - 0.015 * span, bar, bar, bar - 0.015 * span], "k-", lw=0.8)
            label = f"{format_p(self.result_.p_value)} ({_TESTS[self.test][0]})"
            ax.text((1 + len(values)) / 2, bar + 0.01 * span, label, ha="center", va="bottom", fontsize="small")
            ax.set_ylim(low - 0.05 * span, bar + 0.1 * span)
        return finish(self, ax)
