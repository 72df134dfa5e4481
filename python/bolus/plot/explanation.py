"""Figures of what a network attends to: one patient, many patients, temporal patterns, and whether attention can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import DataError, OptionError, ShapeError
from bolus.drawing.colours import REGION_COLOURS
from bolus.plot._axes import finish, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SEGMENT_NAMES = ("baseline", "downslope", "upslope", "plateau")
GROUP_COLOURS = ("#b2182b", "#2166ac", "#4d9221", "#7b3294", "#e08214", "#444444")
ORDER_COLOURS = {"attention": "#b2182b", "gradients": "#2166ac", "occlusion": "#4d9221", "random": "0.55"}
OUTCOME_COLOURS = {"faithful": "#2166ac", "unfaithful": "#b2182b", "undecided": "0.45"}


def _mark_segments(ax: Axes, segments: Any, half: float) -> None:
    """Borders and names of the segments; a segment too short for its name has it all the same, at another height."""
    times, edges = np.asarray(segments.times), list(segments.edges)
    low, high = ax.get_xlim()
    for number, name in enumerate(SEGMENT_NAMES):
        first, last = edges[number], edges[number + 1]
        if first == last:
            continue
        start, end = max(times[first] - half, low), min(times[last - 1] + half, high)
        if start >= end:
            continue
        if start > low:
            ax.axvline(start, color="0.25", linewidth=0.8, linestyle=":")
        ax.text(
            (start + end) / 2, 1.01 + 0.055 * (number % 2), name, transform=ax.get_xaxis_transform(), ha="center",
            va="bottom", fontsize="x-small", color="0.25",
        )  # fmt: skip


class AttentionDisplay:
    """Curves over a heat map of the attention that the model paid to each time.

    Parameters
    ----------
    curves : array (channels, steps) or (steps,)
    attention : array (steps,)
        Weights; they are scaled to the largest for the colours.
    time : array (steps,), optional
        Seconds; steps are numbered when not given.
    channel_names : sequence of str, optional
        ET, NET, ED, WT and AIF have fixed colours.
    segments : SegmentedSeries, optional
        Of the same seconds: its borders are drawn and its parts named.

    Attributes
    ----------
    ax_, figure_, image_, lines_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, curves, attention, time=None, channel_names=None, segments=None):
        self.curves = np.atleast_2d(np.asarray(curves, dtype=float))
        self.attention = np.asarray(attention, dtype=float)
        if self.attention.shape != (self.curves.shape[1],):
            raise ShapeError(
                f"attention has shape {self.attention.shape}, expected one weight for each of {self.curves.shape[1]} steps"
            )
        if not (np.isfinite(self.curves).all() and np.isfinite(self.attention).all()):
            raise DataError("curves or attention hold NaN or infinity; draw samples that are complete")
        self.time = None if time is None else np.asarray(time, dtype=float)
        self.channel_names = channel_names or [f"channel {i}" for i in range(len(self.curves))]
        self.segments = segments

    @classmethod
    def from_estimator(cls, estimator, X, *, time=None, channel_names=None, ax=None, **options):
        """Draw the mean curves and mean attention of the samples X (samples, channels, steps)."""
        X = np.asarray(X, dtype=float)
        X = X[:, None] if X.ndim == 2 else X
        display = cls(
            curves=X.mean(axis=0), attention=estimator.attention(X).mean(axis=0), time=time, channel_names=channel_names
        )
        return display.plot(ax=ax, **options)

    @classmethod
    def from_predictions(cls, curves, attention, *, time=None, channel_names=None, segments=None, ax=None, **options):
        """Draw given curves and attention."""
        display = cls(curves=curves, attention=attention, time=time, channel_names=channel_names, segments=segments)
        return display.plot(ax=ax, **options)

    def plot(
        self, ax: Axes | None = None, *, title: str | None = None, colour_map: str = "YlOrRd", legend: bool = True
    ):
        """Draw on ``ax``, or on new axes. Returns the display."""
        ax = new_axes(ax, 6.0, 3.2)
        steps = self.curves.shape[1]
        time = np.arange(steps, dtype=float) if self.time is None else self.time
        half = (time[-1] - time[0]) / max(2 * (steps - 1), 1) or 0.5
        low, high = self.curves.min(), self.curves.max()
        margin = 0.06 * (high - low) or 1.0
        extent = (time[0] - half, time[-1] + half, low - margin, high + margin)
        weights = self.attention / max(self.attention.max(), np.finfo(float).tiny)
        self.image_ = ax.imshow(
            weights[None], extent=extent, aspect="auto", origin="lower", cmap=colour_map, vmin=0, vmax=1, alpha=0.75
        )
        self.lines_ = []
        for name, curve in zip(self.channel_names, self.curves, strict=True):
            (line,) = ax.plot(
                time, curve, label=name, color=REGION_COLOURS.get(name), linewidth=2.2 if name == "WT" else 1.3
            )
            self.lines_.append(line)
        ax.set(xlim=extent[:2], ylim=extent[2:], ylabel="Signal (z-score)")
        ax.set_xlabel("Time step" if self.time is None else "Time (s)")
        if self.segments is not None:
            _mark_segments(ax, self.segments, half)
        if title:
            ax.set_title(title, loc="left", fontsize="medium", pad=None if self.segments is None else 22)
        if legend:
            ax.legend(loc="lower right", frameon=False, fontsize="small", ncols=2)
        bar = ax.figure.colorbar(self.image_, ax=ax, pad=0.01)
        bar.set_label("Attention (of largest)", fontsize="small")
        return finish(self, ax)


class CohortAttentionDisplay:
    """Heat map of the attention of many patients over the seconds around the arrival of the bolus, one row per patient.

    Rows are sorted by group and, within it, by probability. Seconds that no window of a patient covers, or all of a patient
    without a bolus, are grey.

    Parameters
    ----------
    times : sequence of arrays
        Seconds of each patient's attention.
    attention : sequence of arrays
        Weight of each of these steps; each patient's sum to 1.
    arrival : array (patients,)
        Second at which the bolus arrives; NaN where none was found.
    groups : sequence of str, optional
    probability : array (patients,), optional
    time_step : float, optional
        Seconds of a column; the median step of the patients when not given.

    Attributes
    ----------
    ax_, figure_, image_, order_ : after ``plot``; ``order_`` are the patients from the top row down
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, times, attention, arrival, groups=None, probability=None, time_step=None):
        count = len(times)
        self.times = [np.asarray(part, dtype=float) for part in times]
        self.attention = [np.asarray(part, dtype=float) for part in attention]
        self.arrival = np.asarray(arrival, dtype=float)
        self.groups = None if groups is None else [str(group) for group in groups]
        self.probability = np.zeros(count) if probability is None else np.asarray(probability, dtype=float)
        lengths = {len(self.attention), len(self.arrival), len(self.probability), len(self.groups or self.times)}
        if lengths != {count}:
            raise ShapeError(f"there are {count} patients, but other parts of {sorted(lengths - {count})}")
        if count == 0 or not np.isfinite(self.arrival).any():
            raise DataError("there is no patient with a bolus to draw")
        for number, (seconds, weights) in enumerate(zip(self.times, self.attention, strict=True)):
            if seconds.shape != weights.shape:
                raise ShapeError(f"patient {number} has {len(weights)} weights for {len(seconds)} seconds")
        steps = [np.median(np.diff(part)) for part in self.times if len(part) > 1]
        self.time_step = float(time_step or (np.median(steps) if steps else 1.0))
        if not self.time_step > 0:
            raise OptionError(f"time_step is {self.time_step}; expected a positive number of seconds")

    @classmethod
    def from_table(cls, table, *, class_names=("wildtype", "mutant"), groups=None, ax=None, **options):
        """Draw a ``TemporalPatternTable``, by its labels unless ``groups`` (one per patient) are given."""
        if groups is None and len(table.labels):
            groups = [class_names[label] for label in table.labels]
        display = cls(
            times=[course.times for course in table.courses],
            attention=[course.attention for course in table.courses],
            arrival=table.arrival_times,
            groups=groups,
            probability=table.probability,
        )
        return display.plot(ax=ax, **options)

    def density(self) -> tuple[np.ndarray, np.ndarray]:
        """Seconds after the arrival, and attention per second (patients, seconds) there; NaN where nothing is known."""
        shifted = [seconds - arrival for seconds, arrival in zip(self.times, self.arrival, strict=True)]
        known = [part for part in shifted if np.isfinite(part).all() and len(part)]
        step = self.time_step
        first = int(np.floor(min(part[0] for part in known) / step))
        last = int(np.ceil(max(part[-1] for part in known) / step))
        grid = step * np.arange(first, last + 1)
        rows = np.full((len(shifted), len(grid)), np.nan)
        for row, seconds, weights in zip(rows, shifted, self.attention, strict=True):
            if not np.isfinite(seconds).all() or len(seconds) == 0:
                continue
            own = np.median(np.diff(seconds)) if len(seconds) > 1 else step
            nearest = np.abs(grid[:, None] - seconds).argmin(axis=1)
            inside = np.abs(grid - seconds[nearest]) <= 0.5 * own + 1e-9
            row[inside] = weights[nearest[inside]] / own
        return grid, rows

    def plot(self, ax: Axes | None = None, *, title: str | None = None, colour_map: str = "YlOrRd"):
        """Draw on ``ax``, or on new axes. Returns the display."""
        import matplotlib as mpl

        grid, rows = self.density()
        names = sorted(set(self.groups)) if self.groups else []
        group = np.array([names.index(name) for name in self.groups]) if self.groups else np.zeros(len(rows), dtype=int)
        self.order_ = np.lexsort((self.probability, group))
        ax = new_axes(ax, 6.4, float(np.clip(0.035 * len(rows) + 1.6, 2.4, 7.0)))
        half = 0.5 * self.time_step
        extent = (grid[0] - half, grid[-1] + half, len(rows), 0)
        colours = mpl.colormaps[colour_map].with_extremes(bad="0.88")
        top = float(np.nanpercentile(rows, 99.5)) or 1.0
        self.image_ = ax.imshow(
            np.ma.masked_invalid(rows[self.order_]),
            extent=extent,
            aspect="auto",
            cmap=colours,
            vmin=0,
            vmax=top,
            interpolation="nearest",
        )
        ax.axvline(0, color="0.2", linewidth=0.9, linestyle="--")
        ax.set(xlabel="Time after the arrival of the bolus (s)", yticks=[])
        for number, name in enumerate(names):
            inside = np.flatnonzero(group[self.order_] == number)
            ax.text(
                -0.015, (inside[0] + inside[-1] + 1) / 2, f"{name}\n({len(inside)})",
                transform=ax.get_yaxis_transform(), ha="right", va="center", fontsize="small",
            )  # fmt: skip
            if inside[0] > 0:
                ax.axhline(inside[0], color="0.2", linewidth=1.2)
        if not names:
            ax.set_ylabel(f"{len(rows)} patients")
        if title:
            ax.set_title(title, loc="left", fontsize="medium")
        bar = ax.figure.colorbar(self.image_, ax=ax, pad=0.01, extend="max")
        bar.set_label("Attention per second (1/s)", fontsize="small")
        return finish(self, ax)


class PatternProfileDisplay:
    """Share of the patients of each group with each temporal pattern, as bars with the counts above.

    Parameters
    ----------
    counts : array (groups, 6)
        Patients with TP1 to TP6.
    groups : sequence of str

    Attributes
    ----------
    ax_, figure_, bars_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, counts, groups):
        self.counts = np.atleast_2d(np.asarray(counts))
        self.groups = list(groups)
        if self.counts.shape != (len(self.groups), 6):
            raise ShapeError(
                f"the counts have shape {self.counts.shape}; expected ({len(self.groups)} groups, 6 patterns)"
            )

    @classmethod
    def from_frequencies(cls, frequencies, *, ax=None, **options):
        """Draw ``PatternFrequencies``."""
        display = cls(counts=frequencies.counts, groups=frequencies.groups)
        if frequencies.stratum:
            options = {"title": frequencies.stratum} | options
        return display.plot(ax=ax, **options)

    def plot(self, ax: Axes | None = None, *, p_value: float | None = None, title: str | None = None):
        """Draw on ``ax``, or on new axes; ``p_value`` of a test is written beside the legend. Returns the display."""
        ax = new_axes(ax, 5.8, 3.2)
        totals = self.counts.sum(axis=1)
        width = 0.8 / len(self.groups)
        self.bars_ = []
        for number, (name, counts) in enumerate(zip(self.groups, self.counts, strict=True)):
            places = np.arange(6) + (number - (len(self.groups) - 1) / 2) * width
            bars = ax.bar(
                places, 100 * counts / max(totals[number], 1), width * 0.94, label=f"{name} ({totals[number]})",
                color=GROUP_COLOURS[number % len(GROUP_COLOURS)],
            )  # fmt: skip
            ax.bar_label(bars, [str(count) if count else "" for count in counts], fontsize="x-small", padding=1)
            self.bars_.append(bars)
        pairs = [(a, b) for a in range(4) for b in range(a + 1, 4)]
        labels = [f"TP{i}\n{SEGMENT_NAMES[a]}\n+ {SEGMENT_NAMES[b]}" for i, (a, b) in enumerate(pairs, start=1)]
        ax.set_xticks(range(6), labels, fontsize="x-small")
        ax.set(ylabel="Patients (%)")
        ax.margins(y=0.12)
        if p_value is not None:
            text = "P < .001" if p_value < 0.001 else f"P = {p_value:.3f}".replace("0.", ".", 1)
            ax.plot([], [], " ", label=text)
        ax.legend(frameon=False, fontsize="small", loc="lower right", bbox_to_anchor=(1, 1), ncols=3, columnspacing=1.0)
        if title:
            ax.set_title(title, loc="left", fontsize="medium")
        return finish(self, ax)


class FaithfulnessDisplay:
    """Whether attention can be trusted: deletion, insertion and the checks with their intervals, side by side.

    Deletion hides the steps from the most important on: the lower the curve, the more these steps matter. Insertion shows
    them: the higher, the more. In the third panel a check holds where its whole interval lies on the shaded side.

    Parameters
    ----------
    result : FaithfulnessResult

    Attributes
    ----------
    axes_, figure_ : after ``plot``
    """

    axes_: list[Axes]
    figure_: Figure

    def __init__(self, *, result):
        self.result = result

    @classmethod
    def from_result(cls, result, *, axes=None, **options):
        """Draw what ``AttentionFaithfulness`` returns."""
        return cls(result=result).plot(axes, **options)

    def plot(self, axes: Any = None, *, title: str | None = None):
        """Draw on three ``axes``, or on new ones. Returns the display."""
        if axes is None:
            try:
                import matplotlib.pyplot as plt
            except ImportError as error:
                raise ImportError("figures need matplotlib: pip install 'bolus[plot]'") from error
            _, axes = plt.subplots(1, 3, figsize=(11, 3.3), layout="constrained", width_ratios=(1, 1, 1.15))
        axes = list(np.atleast_1d(axes))
        if len(axes) != 3:
            raise ShapeError(f"there are {len(axes)} axes; expected 3: deletion, insertion, checks")
        result = self.result
        for ax, curves, areas, what in (
            (axes[0], result.deletion, result.areas[:, 0], "hidden"),
            (axes[1], result.insertion, result.areas[:, 1], "shown"),
        ):
            for curve, area, name in zip(curves.T, areas, result.orders, strict=True):
                ax.plot(
                    100 * result.fraction, curve, color=ORDER_COLOURS.get(name), label=f"{name}: {area:.3f}",
                    linewidth=2.2 if name == "attention" else 1.3, linestyle="--" if name == "random" else "-",
                )  # fmt: skip
            ax.set(xlabel=f"Steps {what}, most important first (%)", ylabel="Probability of the class predicted")
            ax.legend(frameon=False, fontsize="x-small", title="area", title_fontsize="x-small")
            ax.set_title("Deletion" if what == "hidden" else "Insertion", loc="left", fontsize="medium")
        self._draw_checks(axes[2])
        if title:
            axes[0].figure.suptitle(title, x=0.01, ha="left", fontsize="medium")
        for ax in axes:
            for side in ("top", "right"):
                ax.spines[side].set_visible(False)
        self.axes_ = axes
        self.figure_ = axes[0].figure
        return self

    def _draw_checks(self, ax: Axes) -> None:
        checks = self.result.checks
        labels = {
            "gradients": "rank correlation,\ngradients", "occlusion": "rank correlation,\nocclusion",
            "deletion": "deletion,\nbetter than random", "insertion": "insertion,\nbetter than random",
            "randomisation": "rank correlation,\nnew weights",
        }  # fmt: skip
        ends = [end for check in checks for end in (check.low, check.high, check.limit)]
        low, high = min(*ends, -0.05), max(*ends, 0.05)
        margin = 0.08 * (high - low)
        low, high = low - margin, high + margin
        for row, check in enumerate(checks):
            good = (low, check.limit) if check.name == "randomisation" else (check.limit, high)
            ax.fill_betweenx([row - 0.38, row + 0.38], *good, color="#2166ac", alpha=0.10, linewidth=0)
            ax.plot([check.limit] * 2, [row - 0.38, row + 0.38], color="0.3", linewidth=0.9)
            colour = OUTCOME_COLOURS[check.outcome]
            ax.plot([check.low, check.high], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt")
            ax.plot([check.value], [row], marker="o", color=colour, markersize=5)
        ax.set_yticks(range(len(checks)), [labels.get(check.name, check.name) for check in checks], fontsize="x-small")
        ax.set(xlim=(low, high), ylim=(len(checks) - 0.5, -0.5), xlabel="Mean over patients, and its interval")
        ax.set_title(f"Verdict: {self.result.verdict}", loc="left", fontsize="medium")
