"""Figures of perfusion maps: one slice of several quantities side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import DataError, ShapeError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

UNITS = {
    "arrival_time": "s",
    "peak_time": "s",
    "time_to_peak": "s",
    "delay": "s",
    "delta_r2s_max": "1/s",
    "FWHM": "s",
    "wash_in": "1/s²",
    "wash_out": "1/s²",
    "K2": "1/s",
    "K2_error": "1/s",
    "kep": "1/s",
    "PH": "signal",
    "PSR": "%",
    "CBF": "mL/100 mL/min",
    "CBV": "mL/100 mL",
    "MTT": "s",
    "Tmax": "s",
}
AROUND_ZERO = ("K2", "delay")
FROM_LOW = ("arrival_time", "peak_time", "wash_out")
TIMES = ("arrival_time", "peak_time", "time_to_peak", "MTT", "Tmax", "FWHM")


class PerfusionMapsDisplay:
    """One slice of several perfusion maps, each with a colour bar.

    Colours run from 0 (from the 2nd percentile for arrival, peak and wash-out; symmetric about 0 for K2 and delay) to the 98th
    percentile of the voxels of the slice that have a bolus. Voxels outside the mask and invalid ones stay black. The first axis
    of the image runs to the right and the second one down, so that an axial series in LPS order shows the patient's right on
    the left.

    Parameters
    ----------
    images : dict of str to array (x, y)
        Slices by the name of their quantity.
    usable : array (x, y) of bool
        Voxels that have a value.
    trusted : array (x, y) of bool, optional
        Of those, the ones that set the ends of the colour bar: with a bolus. All usable ones when not given.
    spacing : (float, float)
        Voxel size along x and y, mm.

    Attributes
    ----------
    axes_, figure_, images_ : after ``plot``
    """

    axes_: list[Axes]
    figure_: Figure

    def __init__(self, *, images, usable, trusted=None, spacing=(1.0, 1.0)):
        self.images = {name: np.asarray(values, dtype=float) for name, values in images.items()}
        self.usable = np.asarray(usable, dtype=bool)
        self.trusted = self.usable if trusted is None else np.asarray(trusted, dtype=bool)
        self.spacing = spacing
        if not self.images:
            raise DataError("there is no map to draw; name at least one")
        for name, values in self.images.items():
            if values.ndim != 2 or values.shape != self.usable.shape:
                raise ShapeError(f"the slice of {name} has shape {values.shape}, the mask {self.usable.shape}")

    @classmethod
    def from_maps(cls, maps, quantities=None, *, slice=None, axes=None, **options):
        """Draw one slice of ``ParametricMaps``.

        ``quantities`` are names, all of them when not given; ``slice`` counts along z, the one with most usable voxels when
        not given.
        """
        states = np.asarray(maps.states.array)
        usable = (states > 0) & (states < 4)
        depth = states.shape[2]
        if slice is None:
            slice = int(usable.sum(axis=(0, 1)).argmax())
        if not -depth <= slice < depth:
            raise ShapeError(f"slice {slice} does not exist: the maps have {depth} slices, from 0 to {depth - 1}")
        names = list(maps.images) if quantities is None else list(quantities)
        images = {name: maps[name].array[:, :, slice] for name in names}
        affine = np.asarray(maps.states.affine)
        spacing = tuple(np.linalg.norm(affine[:3, :2], axis=0))
        trusted = (states[:, :, slice] == 1) | (states[:, :, slice] == 2)
        display = cls(images=images, usable=usable[:, :, slice], trusted=trusted, spacing=spacing)
        return display.plot(axes, **options)

    def limits(self, name: str) -> tuple[float, float]:
        """Ends of the colour bar of a map."""
        values = self.images[name][self.trusted]
        values = values[np.isfinite(values)]
        if values.size == 0:
            return 0.0, 1.0
        low, high = np.percentile(values, [2, 98])
        if name in AROUND_ZERO:
            high = max(abs(low), abs(high), 1e-9)
            return -high, high
        low = low if name in FROM_LOW else min(0.0, low)
        return (low, high) if high > low else (low, low + 1.0)

    def plot(self, axes: Any = None, *, columns: int | None = None):
        """Draw on ``axes`` (one for each map), or on new ones. Returns the display."""
        count = len(self.images)
        if axes is None:
            try:
                import matplotlib.pyplot as plt
            except ImportError as error:
                raise ImportError("figures need matplotlib: pip install 'bolus[plot]'") from error
            columns = columns or min(count, 4)
            rows = math.ceil(count / columns)
            ratio = self.usable.shape[1] * self.spacing[1] / (self.usable.shape[0] * self.spacing[0])
            size = (2.75 * columns, 2.2 * rows * min(max(ratio, 0.5), 2.0) + 0.3 * rows)
            _, grid = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
            for unused in grid.flat[count:]:
                unused.set_axis_off()
            axes = grid.flat[:count]
        axes = list(np.atleast_1d(axes))
        if len(axes) != count:
            raise ShapeError(f"there are {len(axes)} axes for {count} maps")
        self.images_ = []
        for ax, (name, values) in zip(axes, self.images.items(), strict=True):
            low, high = self.limits(name)
            colours = "RdBu_r" if name in AROUND_ZERO else "viridis" if name in TIMES else "inferno"
            shown = np.ma.masked_array(values, ~self.usable).T
            image = ax.imshow(
                shown,
                cmap=colours,
                vmin=low,
                vmax=high,
                interpolation="nearest",
                aspect=self.spacing[1] / self.spacing[0],
            )
            ax.set_facecolor("black")
            ax.set(xticks=[], yticks=[])
            ax.set_title(name.replace("_", " "), fontsize="medium")
            bar = ax.figure.colorbar(image, ax=ax, shrink=0.85, pad=0.02)
            bar.ax.tick_params(labelsize="x-small")
            bar.outline.set_visible(False)
            if name in UNITS:
                bar.set_label(UNITS[name], fontsize="x-small")
            self.images_.append(image)
        self.axes_ = axes
        self.figure_ = axes[0].figure
        return self
