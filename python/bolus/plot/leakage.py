"""Figures of leakage correction: a curve before and after, and recovered against true blood volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import DataError, ShapeError
from bolus.plot._axes import finish, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _curve(values: Any, length: int, what: str) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if values.shape != (length,):
        raise ShapeError(f"{what} has shape {values.shape}, expected one value for each of {length} samples")
    if not np.isfinite(values).all():
        raise DataError(f"{what} holds NaN or infinity; draw curves that are complete")
    return values


class LeakageDisplay:
    """A dR2* curve before and after leakage correction; the leakage between them is shaded.

    Parameters
    ----------
    times : array (t,)
        Seconds.
    measured, corrected : array (t,)
        dR2* before and after, 1/s.
    truth : array (t,), optional
        dR2* of the agent in the vessels alone, where it is known.
    k2, k2_error : float, optional
        1/s; shown in the legend.

    Attributes
    ----------
    ax_, figure_, lines_, shade_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, times, measured, corrected, truth=None, k2=None, k2_error=None):
        self.times = np.asarray(times, dtype=float)
        self.measured = _curve(measured, self.times.size, "the measured curve")
        self.corrected = _curve(corrected, self.times.size, "the corrected curve")
        self.truth = None if truth is None else _curve(truth, self.times.size, "the true curve")
        self.k2 = k2
        self.k2_error = k2_error

    @classmethod
    def from_fit(cls, fit, delta_r2s, *, curve=0, truth=None, ax=None, **options):
        """Draw one curve, by name or number, of a LeakageFit and the CurveSet or array (t, n) that was corrected."""
        column = list(fit.names).index(curve) if isinstance(curve, str) else curve
        values = np.asarray(getattr(delta_r2s, "values", delta_r2s), dtype=float)
        values = values[:, None] if values.ndim == 1 else values
        display = cls(
            times=fit.corrected.times,
            measured=values[:, column],
            corrected=fit.corrected.values[:, column],
            truth=truth,
            k2=fit.k2[column],
            k2_error=fit.k2_error[column],
        )
        return display.plot(ax=ax, **options)

    def plot(self, ax: Axes | None = None, *, title: str | None = None, legend: bool = True):
        """Draw on ``ax``, or on new axes. Returns the display."""
        ax = new_axes(ax, 5.2, 3.4)
        label = "leakage"
        if self.k2 is not None:
            label += f", $K_2$ (1/s)\n{self.k2:.4f}" + ("" if self.k2_error is None else f" ± {self.k2_error:.4f}")
        self.shade_ = ax.fill_between(
            self.times, self.measured, self.corrected, color="#fdae61", alpha=0.35, label=label
        )
        ax.axhline(0.0, color="0.75", linewidth=0.8)
        curves = [(self.measured, "measured", "#b2182b", "-"), (self.corrected, "corrected", "#2166ac", "-")]
        if self.truth is not None:
            curves.append((self.truth, "truth", "#111111", "--"))
        self.lines_ = [
            ax.plot(self.times, values, label=name, color=colour, linestyle=style, linewidth=1.7)[0]
            for values, name, colour, style in curves
        ]
        ax.set(xlabel="Time (s)", ylabel="ΔR2* (1/s)", xlim=(self.times[0], self.times[-1]))
        if title:
            ax.set_title(title, loc="left", fontsize="medium")
        if legend:
            ax.legend(loc="upper right", frameon=False, fontsize="small")
        return finish(self, ax)


class LeakageRecoveryDisplay:
    """Blood volume that was found against the true one, coloured by K2.

    Parameters
    ----------
    truth, found : array (n,)
        Relative blood volume.
    k2 : array (n,)
        1/s; colours are symmetric about 0.

    Attributes
    ----------
    ax_, figure_, points_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, truth, found, k2):
        self.truth = np.asarray(truth, dtype=float)
        self.found = _curve(found, self.truth.size, "the blood volume found")
        self.k2 = _curve(k2, self.truth.size, "K2")

    @classmethod
    def from_fit(cls, fit, truth, *, corrected=True, ax=None, **options):
        """Draw the blood volumes of a LeakageFit over that of its reference; ``corrected=False`` for those before."""
        volume = fit.blood_volume if corrected else fit.uncorrected_blood_volume
        return cls(truth=truth, found=volume / fit.reference_blood_volume, k2=fit.k2).plot(ax=ax, **options)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        colour_map: str = "RdBu",
        colour_limit: float | None = None,
        colour_bar: bool = True,
        limits: tuple[float, float] | None = None,
    ):
        """Draw on ``ax``, or on new axes. Returns the display."""
        ax = new_axes(ax, 4.4, 3.8)
        limit = colour_limit or float(np.abs(self.k2).max(initial=0.0)) or 1.0
        span = np.array([self.truth.min(), self.truth.max()])
        ax.plot(span, span, color="0.3", linewidth=1, linestyle="--", zorder=1)
        self.points_ = ax.scatter(
            self.truth,
            self.found,
            c=self.k2,
            cmap=colour_map,
            vmin=-limit,
            vmax=limit,
            s=16,
            edgecolor="0.4",
            linewidth=0.3,
        )
        ax.set(xlabel="True rCBV", ylabel="Found rCBV")
        if limits:
            ax.set_ylim(limits)
        if title:
            ax.set_title(title, loc="left", fontsize="medium")
        if colour_bar:
            ax.figure.colorbar(self.points_, ax=ax, pad=0.01).set_label("$K_2$ (1/s)", fontsize="small")
        return finish(self, ax)
