"""Figures of tumour labels on an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import OptionError, ShapeError
from bolus.drawing.planes import busiest_voxel, lps_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: As in 3D Slicer with a file written by `bolus.io.write_label_map`: by value, the name and the colour.
LABELS = {4: ("ET", "#ffff00"), 1: ("NET", "#ff0000"), 2: ("ED", "#00ff00")}
PLANES = ("axial", "coronal", "sagittal")


class LabelOverlayDisplay:
    """An axial, a coronal and a sagittal slice with outlines of the tumour's parts in the colours of BraTS.

    Slices are shown as radiologists do: the patient's right on the left, in sagittal slices anterior on the left.

    Parameters
    ----------
    image : array (x, y, z)
    labels : array (x, y, z) of int
        BraTS values.
    affine : array (4, 4)
        RAS affine of both.
    voxel : (int, int, int), optional
        Index that the slices go through. When not given, along each axis the slice with most tumour.
    other : array (x, y, z) of int, optional
        A second label map, drawn dashed: e.g. before a correction.

    Attributes
    ----------
    voxel : tuple of int
        Where the slices are.
    axes_, figure_ : after ``plot``
    """

    axes_: list[Axes]
    figure_: Figure

    def __init__(
        self,
        image: Any,
        labels: Any,
        affine: Any,
        voxel: Sequence[int] | None = None,
        other: Any = None,
    ) -> None:
        self.image = np.asarray(image)
        self.labels = np.asarray(labels)
        self.other = None if other is None else np.asarray(other)
        self.affine = np.asarray(affine, float)
        if self.image.ndim != 3:
            raise ShapeError(f"the image has {self.image.ndim} dimension(s); expected 3")
        for name, array in (("labels are", self.labels), ("other labels are", self.other)):
            if array is not None and array.shape != self.image.shape:
                raise ShapeError(f"the {name} {array.shape}, the image {self.image.shape}; they must share a grid")
        if voxel is None:
            voxel = busiest_voxel(self.labels)
        self.voxel = tuple(int(index) for index in voxel)
        if len(self.voxel) != 3 or not all(0 <= i < n for i, n in zip(self.voxel, self.image.shape, strict=True)):
            raise OptionError(f"voxel is {self.voxel}; expected an index within {self.image.shape}")

    @classmethod
    def from_labels(
        cls, image: Any, labels: Any, *, voxel: Sequence[int] | None = None, other: Any = None, **options: Any
    ) -> LabelOverlayDisplay:
        """Draw a label map over an image of the same grid.

        Parameters
        ----------
        image : Image
        labels : LabelMap
        voxel : (int, int, int), optional
            Index that the slices go through.
        other : LabelMap, optional
            Drawn dashed.
        **options
            Passed to ``plot``.

        Raises
        ------
        ShapeError, OptionError
        """
        second = None if other is None else np.asarray(other.array)
        return cls(image.array, labels.array, image.affine, voxel, second).plot(**options)

    def plot(self, axes: Sequence[Axes] | None = None) -> LabelOverlayDisplay:
        """Draw the three planes; ``axes`` must be three when given."""
        try:
            import matplotlib.pyplot as plt
        except ImportError as error:
            raise ImportError("figures need matplotlib: pip install 'bolus[plot]'") from error
        from matplotlib.lines import Line2D

        if axes is None:
            _, made = plt.subplots(1, 3, figsize=(9.6, 3.9), layout="constrained", squeeze=False)
            axes = list(made[0])
        elif len(axes) != 3:
            raise ShapeError(f"there are {len(axes)} axes; expected 3")
        order, flips = lps_axes(self.affine)
        spacing = np.linalg.norm(self.affine[:3, :3], axis=0)[order]
        index = [
            self.image.shape[a] - 1 - self.voxel[a] if flip else self.voxel[a]
            for a, flip in zip(order, flips, strict=True)
        ]
        bright = self.image[self.image != 0]
        white = float(np.percentile(bright, 99.5)) if bright.size else 1.0
        dark = min(0.0, float(self.image.min()))
        for ax, plane, across in zip(axes, PLANES, (2, 1, 0), strict=True):
            right, up = (k for k in range(3) if k != across)
            aspect = spacing[up] / spacing[right]
            below = plane == "axial"  # posterior is down; in the other planes superior is up
            origin = "upper" if below else "lower"

            def cut(array, across=across, at=index[across]):
                turned = np.flip(array.transpose(order), [k for k in range(3) if flips[k]])
                return turned.take(at, axis=across).T

            ax.imshow(
                cut(self.image),
                cmap="gray",
                vmin=dark,
                vmax=white,
                aspect=aspect,
                origin=origin,
                interpolation="nearest",
            )
            for array, style in ((self.labels, "solid"), (self.other, "dashed")):
                if array is None:
                    continue
                shown = cut(array)
                for value, (_, colour) in LABELS.items():
                    if (shown == value).any():
                        ax.contour(shown == value, levels=[0.5], colors=[colour], linewidths=1.1, linestyles=style)
            ax.set_title(plane, fontsize=9)
            ax.set_axis_off()
        present = [(name, colour) for value, (name, colour) in LABELS.items() if (self.labels == value).any()]
        if present:
            keys = [Line2D([], [], color=colour, label=name) for name, colour in present]
            legend = axes[0].figure.legend(handles=keys, loc="outside lower center", ncols=3, frameon=True, fontsize=9)
            legend.get_frame().set_facecolor("#404040")
            for text in legend.get_texts():
                text.set_color("white")
        self.axes_ = list(axes)
        self.figure_ = axes[0].figure
        return self
