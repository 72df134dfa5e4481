"""Figures of predicted probabilities: calibration and decision curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bolus.evaluate import brier_score, calibration_curve, decision_curve
from bolus.plot._axes import finish, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _positive(estimator: Any, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(y) == estimator.classes_[1], np.asarray(estimator.predict_proba(X))[:, 1]


class CalibrationDisplay:
    """Observed against predicted share of the positive class, with Wilson intervals and the spread of the probabilities.

    Parameters
    ----------
    curve : CalibrationCurve
    brier : float, optional
        Brier score, shown in the legend.
    probabilities : array (n,), optional
        Drawn as a histogram along the bottom.
    name : str, optional
        Shown in the legend.

    Attributes
    ----------
    ax_, figure_, line_, histogram_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, curve, brier=None, probabilities=None, name=None):
        self.curve = curve
        self.brier = brier
        self.probabilities = probabilities
        self.name = name

    @classmethod
    def from_predictions(
        cls,
        labels,
        probabilities,
        *,
        bins=10,
        strategy="uniform",
        confidence=0.95,
        name=None,
        ax=None,
        histogram=True,
        **line_options,
    ):
        """Draw from labels (1 = mutant) and probabilities."""
        curve = calibration_curve(labels, probabilities, bins=bins, strategy=strategy, confidence=confidence)
        display = cls(
            curve=curve,
            brier=brier_score(labels, probabilities),
            probabilities=np.asarray(probabilities, dtype=float),
            name=name,
        )
        return display.plot(ax=ax, histogram=histogram, **line_options)

    @classmethod
    def from_estimator(cls, estimator, X, y, *, name=None, ax=None, **options):
        """Draw from a fitted classifier and the samples to judge it on."""
        labels, probabilities = _positive(estimator, X, y)
        return cls.from_predictions(labels, probabilities, name=name, ax=ax, **options)

    def plot(self, ax: Axes | None = None, *, name: str | None = None, histogram: bool = True, **line_options: Any):
        """Draw on ``ax``, or on new axes. Returns the display."""
        ax = new_axes(ax, 4.6, 4.4)
        name = name or self.name
        text = f"ECE {self.curve.expected_error:.3f}"
        if self.brier is not None:
            text = f"Brier {self.brier:.3f}, {text}"
        if not ax.lines:
            ax.plot([0, 1], [0, 1], color="0.7", linewidth=1, linestyle="--", label="perfect")
        line_options = {"marker": "o", "markersize": 5, "linewidth": 1.5} | line_options
        line_options.setdefault("label", f"{name}: {text}" if name else text)
        observed = self.curve.observed
        low = np.array([interval.low for interval in self.curve.intervals])
        high = np.array([interval.high for interval in self.curve.intervals])
        bars = np.clip([observed - low, high - observed], 0.0, None)
        container = ax.errorbar(
            self.curve.predicted, observed, yerr=bars, capsize=2.5, elinewidth=1, **line_options, zorder=3
        )
        self.line_ = container.lines[0]
        self.histogram_ = None
        if histogram and self.probabilities is not None:
            counts, edges = np.histogram(self.probabilities, bins=20, range=(0, 1))
            heights = 0.15 * counts / max(counts.max(), 1)  # the tallest takes the lowest 15 % of the axes
            self.histogram_ = ax.bar(
                edges[:-1], heights, np.diff(edges), align="edge", color=self.line_.get_color(), alpha=0.25, zorder=1
            )
        ax.set(xlabel="Predicted probability", ylabel="Observed share", aspect="equal")
        ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        ax.legend(loc="upper left", frameon=False, fontsize="small")
        return finish(self, ax)


class DecisionCurveDisplay:
    """Net benefit over thresholds, beside acting on everyone and on nobody.

    Parameters
    ----------
    curve : DecisionCurve
    name : str, optional
        Shown in the legend.

    Attributes
    ----------
    ax_, figure_, line_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, curve, name=None):
        self.curve = curve
        self.name = name

    @classmethod
    def from_predictions(cls, labels, probabilities, *, thresholds=None, name=None, ax=None, **line_options):
        """Draw from labels (1 = mutant) and probabilities."""
        curve = decision_curve(labels, probabilities, thresholds)
        return cls(curve=curve, name=name).plot(ax=ax, **line_options)

    @classmethod
    def from_estimator(cls, estimator, X, y, *, name=None, ax=None, **options):
        """Draw from a fitted classifier and the samples to judge it on."""
        labels, probabilities = _positive(estimator, X, y)
        return cls.from_predictions(labels, probabilities, name=name, ax=ax, **options)

    def plot(self, ax: Axes | None = None, *, name: str | None = None, **line_options: Any):
        """Draw on ``ax``, or on new axes; a second model can be drawn on the same ones. Returns the display."""
        ax = new_axes(ax, 5.2, 3.6)
        curve = self.curve
        if not ax.lines:
            ax.plot(curve.thresholds, curve.treat_all, color="0.55", linewidth=1, linestyle="--", label="treat all")
            ax.axhline(0.0, color="0.3", linewidth=1, label="treat none")
        line_options = {"linewidth": 2, "label": name or self.name or "model"} | line_options
        (self.line_,) = ax.plot(curve.thresholds, curve.net_benefit, **line_options)
        ax.set(xlabel="Threshold probability", ylabel="Net benefit", xlim=(0, 1))
        ax.set_ylim(-0.25 * curve.prevalence, 1.1 * curve.prevalence)
        ax.legend(loc="upper right", frameon=False, fontsize="small")
        return finish(self, ax)
