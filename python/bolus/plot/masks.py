"""Figures of masks on a perfusion series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import OptionError, ShapeError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#67a9cf", "#fdae61", "#d7191c", "#1a9641", "#b35bd6", "#f7e733")


class TissueMasksDisplay:
    """Some slices of the signal before the bolus, with masks drawn over it.

    The first mask is an outline, the others are shaded. The first axis of the image runs to the right and the second one down,
    so that an axial series in LPS order shows the patient's right on the left.

    Parameters
    ----------
    image : array (x, y, z)
    masks : dict of str to array (x, y, z) of bool
        By the name in the legend.
    slices : sequence of int
        Indices along z.
    spacing : (float, float)
        Voxel size along x and y, mm.

    Attributes
    ----------
    axes_, figure_ : after ``plot``
    """

    axes_: list[Axes]
    figure_: Figure

    def __init__(
        self, image: Any, masks: Mapping[str, Any], slices: Sequence[int], spacing: tuple[float, float] = (1.0, 1.0)
    ) -> None:
        self.image = np.asarray(image)
        self.masks = {name: np.asarray(mask) != 0 for name, mask in masks.items()}
        self.slices = list(slices)
        self.spacing = spacing
        for name, mask in self.masks.items():
            if mask.shape != self.image.shape:
                raise ShapeError(f"mask '{name}' is {mask.shape}, the image {self.image.shape}; they must share a grid")
        if not self.slices or not all(0 <= z < self.image.shape[2] for z in self.slices):
            raise OptionError(f"slices are {self.slices}; expected indices from 0 to {self.image.shape[2] - 1}")

    @classmethod
    def from_series(
        cls,
        series: Any,
        masks: Mapping[str, Any],
        *,
        slices: Sequence[int] | None = None,
        frames: int = 5,
        **options: Any,
    ) -> TissueMasksDisplay:
        """Draw masks over the mean of the first frames of a series.

        Parameters
        ----------
        series : PerfusionSeries
        masks : dict of str to Mask or TissueMask
        slices : sequence of int, optional
            Three slices through the first mask when not given.
        frames : int
            Volumes averaged, from the second on.
        **options
            Passed to ``plot``.
        """
        arrays = {name: np.asarray(getattr(mask, "mask", mask).array) for name, mask in masks.items()}
        array = series.array
        image = array[..., min(1, array.shape[3] - 1) : 1 + frames].mean(axis=3)
        if slices is None:
            filled = np.flatnonzero(next(iter(arrays.values()), image).any(axis=(0, 1)))
            filled = filled if filled.size else np.arange(image.shape[2])
            slices = sorted({int(filled[int(share * (filled.size - 1))]) for share in (0.3, 0.5, 0.7)})
        spacing = tuple(np.linalg.norm(series.affine[:3, :2], axis=0))
        return cls(image, arrays, slices, spacing).plot(**options)

    def plot(self, axes: Sequence[Axes] | None = None) -> TissueMasksDisplay:
        """Draw one panel per slice; ``axes`` must be as many when given."""
        try:
            import matplotlib.pyplot as plt
        except ImportError as error:
            raise ImportError("figures need matplotlib: pip install 'bolus[plot]'") from error
        from matplotlib.colors import ListedColormap
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        if axes is None:
            width = 2.9 * len(self.slices)
            _, made = plt.subplots(1, len(self.slices), figsize=(width, 3.8), layout="constrained", squeeze=False)
            axes = list(made[0])
        elif len(axes) != len(self.slices):
            raise ShapeError(f"there are {len(axes)} axes for {len(self.slices)} slices")
        white = float(np.percentile(self.image, 99.5)) or 1.0
        for ax, z in zip(axes, self.slices, strict=True):
            aspect = self.spacing[1] / self.spacing[0]
            ax.imshow(self.image[:, :, z].T, cmap="gray", vmin=0, vmax=white, aspect=aspect, interpolation="nearest")
            for k, mask in enumerate(self.masks.values()):
                plane, colour = mask[:, :, z].T, COLOURS[k % len(COLOURS)]
                if not plane.any():
                    continue
                if k == 0:
                    ax.contour(plane, levels=[0.5], colors=[colour], linewidths=1.2)
                else:
                    shade = np.ma.masked_where(~plane, np.ones(plane.shape))
                    ax.imshow(
                        shade,
                        cmap=ListedColormap([colour]),
                        alpha=0.55,
                        aspect=aspect,
                        interpolation="nearest",
                        vmin=0,
                        vmax=1,
                    )
            ax.set_axis_off()
        keys = [
            Line2D([], [], color=COLOURS[0], label=name)
            if k == 0
            else Patch(color=COLOURS[k % len(COLOURS)], alpha=0.55, label=name)
            for k, name in enumerate(self.masks)
        ]
        if keys:
            axes[0].figure.legend(handles=keys, loc="outside lower center", ncols=min(4, len(keys)), frameon=False)
        self.axes_ = list(axes)
        self.figure_ = axes[0].figure
        return self
