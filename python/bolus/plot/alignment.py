"""Figures of a study on its way onto one grid: overlays before and after, masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import DataError, ShapeError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLANES = ("axial", "coronal", "sagittal")
EDGE_COLOUR, MASK_COLOURS = "#ff9f1c", ("#2ec4b6", "#ff9f1c", "#e71d36", "#b35bd6")


def plane_of(array: np.ndarray, plane: str, index: int) -> np.ndarray:
    """A plane of an LPS array as rows and columns of a picture: feet and back of the head at the bottom, right on the left."""
    if plane == "axial":
        return array[:, :, index].T
    if plane == "coronal":
        return array[:, index, :].T[::-1]
    return array[index, :, :].T[::-1]


def in_lps(image: Any) -> Any:
    """An image or mask with its axes towards left, back and head, as pictures need it; no value changes."""
    from bolus.preprocess import Reorient

    return Reorient("LPS")(image)


def _plane_spacing(spacing: np.ndarray, plane: str) -> tuple[float, float]:
    """Height and width of a picture element, mm."""
    return {
        "axial": (spacing[1], spacing[0]),
        "coronal": (spacing[2], spacing[0]),
        "sagittal": (spacing[2], spacing[1]),
    }[plane]


def _middle(mask: np.ndarray) -> dict[str, int]:
    """A slice of each plane through what is there; the sagittal one beside the midline, where structures show."""
    centre = [int(np.mean(np.flatnonzero(mask.any(axis=others)))) for others in ((1, 2), (0, 2), (0, 1))]
    across = np.flatnonzero(mask.any(axis=(1, 2)))
    beside = int(centre[0] + 0.12 * (across[-1] - across[0]))
    return {"axial": centre[2], "coronal": centre[1], "sagittal": beside}


def _show(ax: Axes, picture: np.ndarray, spacing: tuple[float, float], white: float) -> None:
    ax.imshow(picture, cmap="gray", vmin=0, vmax=white, aspect=spacing[0] / spacing[1], interpolation="nearest")
    ax.set_axis_off()


def _edges(picture: np.ndarray) -> np.ndarray:
    """Strength of the edges of a plane, smoothed a little, as share of the strongest."""
    smooth = picture.astype(float)
    for axis in (0, 1):
        before, after = np.roll(smooth, 1, axis), np.roll(smooth, -1, axis)
        smooth = (before + 2 * smooth + after) / 4
    rows, columns = np.gradient(smooth)
    strength = np.hypot(rows, columns)
    top = np.percentile(strength[strength > 0], 98) if (strength > 0).any() else 1.0
    return strength / top


def _white(array: np.ndarray) -> float:
    return float(np.percentile(array[array > 0], 99)) if (array > 0).any() else 1.0


class AlignmentDisplay:
    """Images over the edges of CET1, each before and after registration, in three planes.

    Where the lines run along the borders of the image, it lies right.

    Parameters
    ----------
    reference : Image
        CET1 on the target grid, axes in LPS order.
    before, after : dict of str to Image
        On the same grid, with the headers as they were, and registered.
    captions : dict of str to str, optional
        What stands beside each image, such as its verdict.

    Attributes
    ----------
    axes_, figure_ : after ``plot``
    """

    axes_: np.ndarray
    figure_: Figure

    def __init__(
        self,
        *,
        reference: Any,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        captions: Mapping[str, str] | None = None,
    ) -> None:
        self.reference = reference
        self.before, self.after = dict(before), dict(after)
        self.captions = dict(captions or {})
        if not self.after or set(self.before) != set(self.after):
            raise ShapeError(
                f"images before: {sorted(self.before)}, after: {sorted(self.after)}; expected the same names"
            )
        for name, image in [*self.before.items(), *self.after.items()]:
            if image.array.shape != reference.array.shape:
                raise ShapeError(f"{name} is {image.array.shape}, the reference {reference.array.shape}")

    @classmethod
    def from_result(cls, result: Any, images: Any, **options: Any) -> AlignmentDisplay:
        """Draw the registrations of a study.

        Parameters
        ----------
        result : bolus.preprocess.PreprocessResult
        images : bolus.io.StudyImages
            As they were before.
        **options
            Passed to ``plot``.
        """
        from bolus.preprocess import Resample

        reference = result.study.structural["cet1"]
        resample = Resample()
        before, after, captions = {}, {}, {}

        def add(name: str, image: Any, found: Any, now: Any = None) -> None:
            before[name] = in_lps(resample(image, reference.geometry))
            after[name] = in_lps(now or resample(image, reference.geometry, found.transform))
            moved = f"{found.translation:.1f} mm, {found.rotation:.1f}°"
            captions[name] = f"{found.verdict} ({moved})"

        for name, found in result.registrations.items():
            add(name, images.structural[name], found, result.study.structural[name])
        if result.perfusion_registration is not None:
            mean = result.motion.reference if result.motion else None
            if mean is None:
                raise DataError(
                    "the mean DSC volume is not known without motion correction; draw the structural images"
                )
            add("dsc", mean, result.perfusion_registration)
        return cls(reference=in_lps(reference), before=before, after=after, captions=captions).plot(**options)

    def plot(self) -> AlignmentDisplay:
        """Draw a row for each image: three planes before, three after."""
        import matplotlib.pyplot as plt

        spacing = np.asarray(self.reference.geometry.spacing)
        reference = self.reference.array
        head = reference > 0.1 * _white(reference)
        places = _middle(head if head.any() else np.ones_like(head))
        rows = len(self.after)
        self.figure_, axes = plt.subplots(
            rows, 6, figsize=(13, 2.5 * rows + 0.4), layout="constrained", squeeze=False, facecolor="white"
        )
        for row, name in zip(axes, self.after, strict=True):
            for half, (when, image) in enumerate((("before", self.before[name]), ("after", self.after[name]))):
                for ax, plane in zip(row[3 * half : 3 * half + 3], PLANES, strict=True):
                    picture = plane_of(image.array, plane, places[plane])
                    _show(ax, picture, _plane_spacing(spacing, plane), _white(image.array))
                    edges = _edges(plane_of(reference, plane, places[plane]))
                    ax.contour(edges, levels=[0.55], colors=[EDGE_COLOUR], linewidths=0.5)
                row[3 * half + 1].set_title(when, fontsize="small")
            caption = f"{name}: {self.captions[name]}" if name in self.captions else name
            row[0].text(0.0, 1.06, caption, transform=row[0].transAxes, fontsize="small", weight="bold", va="bottom")
        self.axes_ = axes
        return self


class OutlineDisplay:
    """An image with the outlines of masks, in axial slices from the lowest to the highest.

    Parameters
    ----------
    image : Image
    masks : dict of str to Mask
        On the same grid, by the name in the legend.
    columns, rows : int
        Of the sheet.

    Attributes
    ----------
    axes_, figure_ : after ``plot``
    """

    axes_: np.ndarray
    figure_: Figure

    def __init__(self, image: Any, masks: Mapping[str, Any], *, columns: int = 6, rows: int = 2) -> None:
        self.image, self.masks, self.columns, self.rows = in_lps(image), {}, columns, rows
        for name, mask in masks.items():
            self.masks[name] = in_lps(mask)
            if self.masks[name].array.shape != self.image.array.shape:
                raise ShapeError(
                    f"mask '{name}' is {mask.array.shape}, the image {image.array.shape}; they must share a grid"
                )
        if not self.masks:
            raise DataError("there is no mask to draw; give at least one")

    @classmethod
    def from_masks(cls, image: Any, masks: Mapping[str, Any], **options: Any) -> OutlineDisplay:
        """Make the display and draw it; parameters as those of the class."""
        return cls(image, masks, **options).plot()

    def plot(self) -> OutlineDisplay:
        """Draw the sheet."""
        import matplotlib.pyplot as plt
        from matplotlib.lines import Line2D

        array, spacing = self.image.array, np.asarray(self.image.geometry.spacing)
        filled = np.flatnonzero(np.any([mask.array.any(axis=(0, 1)) for mask in self.masks.values()], axis=0))
        filled = filled if filled.size else np.arange(array.shape[2])
        count = self.columns * self.rows
        slices = filled[np.linspace(0.03 * (filled.size - 1), 0.97 * (filled.size - 1), count).round().astype(int)]
        aspect = spacing[1] / spacing[0] * array.shape[1] / array.shape[0]
        self.figure_, axes = plt.subplots(
            self.rows,
            self.columns,
            figsize=(2.1 * self.columns, 2.1 * aspect * self.rows + 0.4),
            layout="constrained",
            squeeze=False,
        )
        white = _white(array)
        for ax, z in zip(axes.flat, slices, strict=True):
            _show(ax, array[:, :, z].T, (spacing[1], spacing[0]), white)
            for colour, mask in zip(MASK_COLOURS, self.masks.values(), strict=False):
                plane = mask.array[:, :, z].T != 0
                if plane.any() and not plane.all():
                    ax.contour(plane, levels=[0.5], colors=[colour], linewidths=1.0)
        keys = [Line2D([], [], color=c, label=name) for c, name in zip(MASK_COLOURS, self.masks, strict=False)]
        self.figure_.legend(handles=keys, loc="outside lower center", ncols=len(keys), frameon=False)
        self.axes_ = axes
        return self
