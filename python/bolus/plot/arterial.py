"""The figure of an arterial search: where the chosen voxels lie, and their curves beside the rest of the brain's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bolus.drawing.colours import REGION_COLOURS
from bolus.plot._axes import finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CHOSEN = REGION_COLOURS["AIF"]
_TRUTH = "#1b7837"
_CANDIDATE = "#9970ab"


def _depth(signal: np.ndarray, first: int, last: int, echo_time: float | None) -> np.ndarray:
    """dR2* of each row, or -ln(S / S0) where TE is not known; samples <= 0 count as the smallest positive one."""
    signal = np.asarray(signal, dtype=float)
    baseline = signal[..., first:last].mean(-1, keepdims=True)
    floor = np.where(signal > 0, signal, np.inf).min(-1, keepdims=True)
    floor = np.where(np.isfinite(floor), floor, 1.0)
    ratio = np.maximum(signal, floor) / np.where(baseline > 0, baseline, 1.0)
    return -np.log(ratio) * (baseline > 0) / (echo_time or 1.0)


class ArterialSearchDisplay:
    """Chosen voxels on the baseline image and on a map of early dR2*, and their curves.

    The map shows for each column of voxels the largest dR2* before the brain's mean curve peaks: arteries are bright in it,
    veins not yet.

    Parameters
    ----------
    baseline, highest : array (x, y)
        Signal before the bolus in the slice that holds most chosen voxels, and the map of early dR2*.
    voxels : array (n, 3)
        Indices of the chosen voxels.
    slice_index : int
    times : array (t,)
        Seconds.
    candidates : array (m, t)
        Curves of some candidates.
    chosen : array (n, t)
        Curves of the chosen voxels.
    mean, tissue : array (t,)
        The arterial input and the mean of the brain.
    truth : array (t,), optional
        The true arterial input, where it is known.
    unit : str
        Of the curves.
    aspect : float
        Height over width of a voxel in the plane.
    limits : ((float, float), (float, float)), optional
        What is shown of both images along x and y; everything when None.
    quality : float, optional

    Attributes
    ----------
    axes_, ax_, figure_ : after ``plot``; ``ax_`` holds the curves
    """

    ax_: Axes
    axes_: dict[str, Axes]
    figure_: Figure

    def __init__(
        self,
        *,
        baseline,
        highest,
        voxels,
        slice_index,
        times,
        candidates,
        chosen,
        mean,
        tissue,
        truth=None,
        unit="1/s",
        aspect=1.0,
        limits=None,
        quality=None,
    ):
        self.baseline = baseline
        self.highest = highest
        self.voxels = voxels
        self.slice_index = slice_index
        self.times = times
        self.candidates = candidates
        self.chosen = chosen
        self.mean = mean
        self.tissue = tissue
        self.truth = truth
        self.unit = unit
        self.aspect = aspect
        self.limits = limits
        self.quality = quality

    @classmethod
    def from_selection(cls, selection, series, brain, *, truth=None, curves=60, fig=None):
        """Draw from an ArterialSelection, the series and the brain mask it was found in.

        ``truth``: the true signal of the artery (t,), where it is known. ``curves``: at most this many candidates are drawn,
        evenly chosen.
        """
        signal = np.asarray(series.array)
        inside = np.asarray(brain.array) != 0
        window = selection.brain.baseline
        first, last = window.first, window.last
        echo_time = selection.curve.echo_time
        voxels = np.asarray(selection.voxels, dtype=int).reshape(-1, 3)
        chosen = np.asarray(selection.mask.array) != 0
        slice_index = int(np.bincount(voxels[:, 2]).argmax())
        highest = np.zeros(inside.shape)
        for z in range(inside.shape[2]):  # a slice at a time: the whole series in double would be large
            depth = _depth(signal[:, :, z], first, last, echo_time)[..., last : selection.brain.peak]
            before = signal[:, :, z, first:last]
            seen = inside[:, :, z] & (before.mean(-1) > 5 * before.std(-1))  # air and bone are nothing but noise
            highest[:, :, z] = np.where(seen, depth.max(-1, initial=0.0), 0.0)
        candidates = np.asarray(selection.candidates, dtype=int).reshape(-1, 3)
        if len(candidates) > curves:
            candidates = candidates[np.linspace(0, len(candidates) - 1, curves).astype(int)]

        def of(mean: np.ndarray) -> np.ndarray:
            return _depth(mean, first, last, echo_time)

        spacing = series.geometry.spacing
        usable = inside & np.isfinite(signal).all(-1)
        display = cls(
            baseline=signal[:, :, slice_index, first:last].mean(-1),
            highest=highest.max(2),
            voxels=voxels,
            slice_index=slice_index,
            times=np.asarray(series.times),
            candidates=of(signal[tuple(candidates.T)]),
            chosen=of(signal[chosen]),
            mean=np.asarray(selection.curve.delta_r2s) if echo_time else of(np.asarray(selection.curve.signal)),
            tissue=of(signal[usable].mean(0, dtype=float)),
            truth=None if truth is None else of(np.asarray(truth)),
            unit="1/s" if echo_time else "no unit",
            aspect=float(spacing[1] / spacing[0]),
            limits=tuple((found.min() - 3, found.max() + 3) for found in np.nonzero(inside.any(2))),
            quality=selection.quality,
        )
        return display.plot(fig=fig)

    def plot(self, *, fig: Figure | None = None) -> Any:
        """Draw on ``fig``, or on a new figure. Returns the display."""
        if fig is None:
            try:
                import matplotlib.pyplot as plt
            except ImportError as error:
                raise ImportError("figures need matplotlib: pip install 'bolus[plot]'") from error
            fig = plt.figure(figsize=(10.2, 3.9), layout="constrained")
        axes = fig.subplot_mosaic([["baseline", "highest", "curves"]], width_ratios=[1.0, 1.12, 1.75])
        axes = {str(name): ax for name, ax in axes.items()}
        here = self.voxels[self.voxels[:, 2] == self.slice_index]
        marks = {"marker": "s", "facecolors": "none", "linewidths": 1.0}
        axes["baseline"].imshow(self.baseline.T, cmap="gray", aspect=self.aspect, interpolation="nearest")
        axes["baseline"].scatter(here[:, 0], here[:, 1], s=26, edgecolors="#fdb863", **marks)
        axes["baseline"].set_title(f"Signal before the bolus, slice {self.slice_index}", fontsize="medium")
        limit = float(np.percentile(self.highest[self.highest > 0], 99.9)) if (self.highest > 0).any() else 1.0
        shown = axes["highest"].imshow(
            self.highest.T, cmap="magma", vmin=0, vmax=limit, aspect=self.aspect, interpolation="nearest"
        )
        axes["highest"].scatter(self.voxels[:, 0], self.voxels[:, 1], s=26, edgecolors="#80cdc1", **marks)
        axes["highest"].set_title("Largest ΔR2* before the brain's peak", fontsize="medium")
        fig.colorbar(shown, ax=axes["highest"], shrink=0.75, pad=0.02).set_label(self.unit, labelpad=1)
        for name in ("baseline", "highest"):
            axes[name].set_axis_off()
            if self.limits is not None:
                (left, right), (top, bottom) = self.limits
                axes[name].set(xlim=(left - 0.5, right + 0.5), ylim=(bottom + 0.5, top - 0.5))

        ax = axes["curves"]
        if len(self.candidates):
            ax.plot(self.times, self.candidates.T, color=_CANDIDATE, linewidth=0.5, alpha=0.25)
            ax.plot([], [], color=_CANDIDATE, linewidth=1, alpha=0.6, label="candidates")
        if len(self.chosen):
            ax.plot(self.times, self.chosen.T, color=_CHOSEN, linewidth=0.6, alpha=0.5)
            ax.plot([], [], color=_CHOSEN, linewidth=1, alpha=0.6, label=f"chosen voxels ({len(self.chosen)})")
        ax.plot(self.times, self.tissue, color="0.35", linewidth=1.6, label="mean of the brain")
        quality = "" if self.quality is None else f", quality {self.quality:.2f}"
        (self.line_,) = ax.plot(self.times, self.mean, color=_CHOSEN, linewidth=2.2, label=f"arterial input{quality}")
        if self.truth is not None:
            ax.plot(self.times, self.truth, color=_TRUTH, linewidth=1.4, linestyle=(0, (4, 2)), label="truth")
        ax.set(xlabel="Time (s)", ylabel=f"ΔR2* ({self.unit})", xlim=(self.times[0], self.times[-1]))
        ax.legend(loc="upper right", frameon=False, fontsize="small")
        self.axes_ = axes
        return finish(self, ax)
