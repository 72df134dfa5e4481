"""Slices for the viewer of the report: one sheet of tiles per plane and image."""

from __future__ import annotations

import base64
import io as buffers
from typing import Any

import numpy as np

from bolus import Image, preprocess
from bolus.drawing.planes import PLANES, lps_axes, tile, turned

__all__ = ["Views", "views_of"]

_LARGEST = 96  # tiles of a plane
_COLUMNS = 8
_MARGIN = 1.0  # mm around the brain


class Views:
    """Everything that the viewer draws, as data URIs and numbers."""

    def __init__(self) -> None:
        self.planes: dict[str, dict[str, Any]] = {}
        self.images: list[str] = []
        self.overlays: dict[str, dict[str, Any]] = {}


def _grown(mask: np.ndarray, steps: list[int]) -> np.ndarray:
    grown = mask
    for axis, count in enumerate(steps):
        for _ in range(count):
            wider = grown.copy()
            ahead = [slice(None)] * 3
            behind = [slice(None)] * 3
            ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
            wider[tuple(ahead)] |= grown[tuple(behind)]
            wider[tuple(behind)] |= grown[tuple(ahead)]
            grown = wider
    return grown


def _box(mask: np.ndarray, margin: list[int]) -> tuple[slice, ...]:
    places = np.argwhere(mask)
    if not len(places):
        return tuple(slice(0, size) for size in mask.shape)
    low, high = places.min(0), places.max(0) + 1
    return tuple(
        slice(max(int(a) - m, 0), min(int(b) + m, size))
        for a, b, m, size in zip(low, high, margin, mask.shape, strict=True)
    )


def _sheet(array: np.ndarray, plane: dict[str, Any], axis: int, across: str, down: str, jpeg: bool) -> str:
    from PIL import Image as Picture

    tiles = [tile(array, axis, index, across, down) for index in plane["slices"]]
    height, width = tiles[0].shape
    rows = -(-len(tiles) // _COLUMNS)
    sheet = np.zeros((rows * height, _COLUMNS * width), np.uint8)
    for k, cut in enumerate(tiles):
        y, x = divmod(k, _COLUMNS)
        sheet[y * height : (y + 1) * height, x * width : (x + 1) * width] = cut
    buffer = buffers.BytesIO()
    picture = Picture.fromarray(sheet)
    if jpeg:
        picture.save(buffer, "JPEG", quality=78, optimize=True)
    else:
        picture.save(buffer, "PNG", optimize=True)
    return f"data:image/{'jpeg' if jpeg else 'png'};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _grey(array: np.ndarray, inside: np.ndarray) -> np.ndarray:
    values = array[inside & np.isfinite(array)]
    low, high = np.percentile(values, (0.5, 99.7)) if values.size else (0.0, 1.0)
    scaled = np.clip((np.nan_to_num(array) - low) / max(high - low, 1e-12), 0, 1)
    return (255 * scaled * inside).astype(np.uint8)


def views_of(
    images: dict[str, Any], labels: Any, brain: Any, overlays: dict[str, tuple[Any, Any, float, float, str]]
) -> Views | None:
    """Sheets of tiles.

    Parameters
    ----------
    images : dict of title to bolus.Image
        On one grid; the first is shown first.
    labels : bolus.LabelMap or None
        On that grid.
    brain : bolus.Mask or None
        What lies outside is left black: a face is identity.
    overlays : dict of title to (image, transform, low, high, units)
        Images on other grids; the transform takes points of this grid to theirs. NaN: nothing to show.
    """
    if not images:
        return None
    first = next(iter(images.values()))
    order, flips = lps_axes(np.asarray(first.affine))
    spacing = [float(np.asarray(first.geometry.spacing)[axis]) for axis in order]
    margin = [max(1, round(_MARGIN / s)) for s in spacing]
    inside = np.asarray(brain.array) != 0 if brain is not None else np.asarray(first.array) > 0
    inside = turned(inside, order, flips)
    if brain is not None:
        inside = _grown(inside, margin)
    if labels is not None:
        inside = inside | (turned(np.asarray(labels.array), order, flips) != 0)
    box = _box(inside, [1, 1, 1])
    inside = inside[box]

    def cut(array: np.ndarray) -> np.ndarray:
        return turned(np.asarray(array), order, flips)[box]

    marks = cut(labels.array).astype(np.uint8) if labels is not None else np.zeros(inside.shape, np.uint8)
    views = Views()
    shown = {title: (_grey(cut(image.array), inside), True) for title, image in images.items()}
    shown["labels"] = (marks, False)
    for title, (image, transform, low, high, units) in overlays.items():
        shown[title] = (_quantised(image, transform, first.geometry, low, high, cut, inside), False)
        views.overlays[title] = {"low": low, "high": high, "units": units}
    views.images = list(images)
    for plane, axis, across, down in PLANES:
        count = inside.shape[axis]
        step = max(1, -(-count // _LARGEST))
        slices = list(range(step // 2, count, step))
        here = (marks != 0).sum(axis=tuple(k for k in range(3) if k != axis))
        start = int(np.argmax(here)) if here.any() else count // 2
        description: dict[str, Any] = {
            "slices": slices,
            "axis": axis,
            "columns": _COLUMNS,
            "across": [int(across[1]), across[0] == "-"],
            "down": [int(down[1]), down[0] == "-"],
            "width": inside.shape[int(across[1])],
            "height": inside.shape[int(down[1])],
            "mm": [spacing[int(across[1])], spacing[int(down[1])]],
            "start": min(range(len(slices)), key=lambda k, start=start, slices=slices: abs(slices[k] - start)),
            "count": count,
        }
        description["sheets"] = {
            title: _sheet(array, description, axis, across, down, jpeg) for title, (array, jpeg) in shown.items()
        }
        views.planes[plane] = description
    return views


def _quantised(
    image: Any, transform: Any, target: Any, low: float, high: float, cut: Any, inside: np.ndarray
) -> np.ndarray:
    """An overlay on the grid of the images, by its nearest voxel: 0 nothing, else 1 to 255 from `low` to `high`."""
    values = np.asarray(image.array)
    known = np.isfinite(values)
    scaled = np.where(known, 1 + np.clip((np.nan_to_num(values) - low) / (high - low), 0, 1) * 254, 0).astype(
        np.float32
    )
    carried = preprocess.Resample(interpolation="nearest")(
        Image(np.asfortranarray(scaled), image.affine), target, transform
    )
    return np.where(inside, np.round(cut(carried.array)), 0).astype(np.uint8)
