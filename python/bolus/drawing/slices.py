"""Slices as SVG: grey values as a picture, outlines as lines, an overlay between them, letters for the sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bolus.drawing.colours import LABEL_COLOURS, overlay_ramp
from bolus.drawing.planes import SIDES, Slice
from bolus.drawing.png import png_uri

__all__ = ["grey_levels", "label_outlines", "label_picture", "overlay_picture", "slice_svg", "window_of"]

_DARK = (6, 8, 12)
_PATH = 5000  # characters of an outline


def window_of(array: Any, most: int = 200_000) -> tuple[float, float]:
    """Grey values to show as black and as white: of some of the voxels that are not 0, the 0.5th and 99.7th percentile."""
    array = np.asarray(array)
    step = max(1, int(np.ceil((array.size / most) ** (1 / max(array.ndim, 1)))))
    values = array[(slice(None, None, step),) * array.ndim].astype(float).ravel()
    values = values[np.isfinite(values) & (values != 0)]
    if not values.size:
        return 0.0, 1.0
    low, high = (float(edge) for edge in np.percentile(values, (0.5, 99.7)))
    low = min(low, 0.0) if low > 0 and low < 0.5 * high else low  # zero is black wherever it is near
    return (low, high) if high > low else (low - max(1.0, 0.01 * abs(low)), high)


def grey_levels(values: np.ndarray, window: tuple[float, float]) -> np.ndarray:
    """From `window`'s black to its white, uint8; what is not finite is black."""
    low, high = window
    known = np.isfinite(values)
    scaled = (np.where(known, values, low).astype(float) - low) / (high - low)
    return (255 * np.clip(scaled, 0, 1)).round().astype(np.uint8)


def _fewer(pixels: np.ndarray, largest: int, mean: bool) -> tuple[np.ndarray, int]:
    """At most `largest` pixels a side: blocks of them as their mean, or as their first."""
    step = max(1, -(-max(pixels.shape[:2]) // largest))
    if step == 1:
        return pixels, 1
    if not mean:
        return pixels[::step, ::step], step
    rows, columns = (-(-size // step) * step for size in pixels.shape[:2])
    padded = np.pad(pixels, ((0, rows - pixels.shape[0]), (0, columns - pixels.shape[1])), "edge")
    blocks = padded.reshape(rows // step, step, columns // step, step).mean(axis=(1, 3))
    return blocks.round().astype(np.uint8), step


def label_picture(values: np.ndarray) -> np.ndarray:
    """Labels as areas of their colours, RGB."""
    colours = np.full((256, 3), 255, np.uint8)
    colours[0] = _DARK
    for value, (_, colour) in LABEL_COLOURS.items():
        colours[value] = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return colours[np.asarray(values, np.uint8)]


def overlay_picture(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values from `low` to `high` in colours, RGBA; what is not finite is clear."""
    known = np.isfinite(values)
    shown = np.where(known, values, low)
    levels = (255 * np.clip((shown - low) / max(high - low, 1e-12), 0, 1)).round().astype(np.uint8)
    return np.concatenate([overlay_ramp()[levels], np.where(known, 255, 0).astype(np.uint8)[..., None]], axis=-1)


def _outline(mask: np.ndarray) -> str:
    """The border between marked and other pixels as an SVG path, in pixels."""
    step = 1
    while True:
        padded = np.pad(mask[::step, ::step], 1).astype(np.int8)
        parts = []
        for edges, along in ((np.abs(np.diff(padded, axis=0)), "h"), (np.abs(np.diff(padded, axis=1)).T, "v")):
            for line, row in enumerate(edges):
                ends = np.flatnonzero(np.diff(np.concatenate(([0], row, [0]))))
                for a, b in zip(ends[::2], ends[1::2], strict=True):
                    first, length = (int(a) - 1) * step, int(b - a) * step
                    at = f"{first} {line * step}" if along == "h" else f"{line * step} {first}"
                    parts.append(f"M{at}{along}{length}")
        path = "".join(parts)
        if len(path) <= _PATH or max(mask.shape) // step < 8:
            return path
        step *= 2  # of specks all over, some


def label_outlines(values: np.ndarray) -> list[tuple[str, str]]:
    """Path and colour of each part of the tumour."""
    return [
        (_outline(values == value), colour) for value, (_, colour) in LABEL_COLOURS.items() if (values == value).any()
    ]


def slice_svg(
    cut: Slice,
    picture: np.ndarray,
    *,
    outlines: Sequence[tuple[str, str]] = (),
    overlay: np.ndarray | None = None,
    opacity: float = 0.5,
    cross: bool = False,
    largest: int = 256,
) -> str:
    """A slice as it lies in space: pixels are as wide and high as the voxels.

    Parameters
    ----------
    cut : Slice
        Its plane and the size of its pixels.
    picture : array (rows, columns) or (rows, columns, 3) of uint8
    outlines : sequence of (path, colour)
        In pixels.
    overlay : array (rows, columns, 4) of uint8, optional
    opacity : float
        Of the overlay.
    cross : bool
        Mark the voxel that the slice goes through.
    largest : int
        Pixels a side; larger pictures are made smaller.
    """
    rows, columns = picture.shape[:2]
    across, down = cut.mm
    width, height = columns * across, rows * down
    unit = max(width, height) / 100
    parts = [
        f'<svg class="slice" viewBox="0 0 {width:.5g} {height:.5g}" role="img" aria-label="{cut.plane} slice">'
        f'<rect width="{width:.5g}" height="{height:.5g}" fill="rgb{_DARK}"/>'
    ]
    for layer, mean, extra in ((picture, picture.ndim == 2, ""), (overlay, False, f' opacity="{opacity:.3g}"')):
        if layer is None:
            continue
        few, step = _fewer(layer, largest, mean)
        size = f'width="{few.shape[1] * step * across:.5g}" height="{few.shape[0] * step * down:.5g}"'
        smooth = "" if mean else ' style="image-rendering:pixelated"'
        parts.append(f'<image href="{png_uri(few)}" {size} preserveAspectRatio="none"{extra}{smooth}/>')
    lines = "".join(
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.4" vector-effect="non-scaling-stroke"/>'
        for path, colour in outlines
    )
    if cross:
        x, y = cut.place[0] + 0.5, cut.place[1] + 0.5
        lines += (
            f'<path d="M{x} 0V{rows}M0 {y}H{columns}" fill="none" stroke="#fff" stroke-opacity=".45" stroke-width="1" '
            'vector-effect="non-scaling-stroke"/>'
        )
    if lines:
        parts.append(f'<g transform="scale({across:.5g} {down:.5g})">{lines}</g>')
    left, right, top, bottom = SIDES[cut.plane]
    for side, x, y, anchor in (
        (left, 1.5 * unit, height / 2 + 2 * unit, "start"),
        (right, width - 1.5 * unit, height / 2 + 2 * unit, "end"),
        (top, width / 2, 6.5 * unit, "middle"),
        (bottom, width / 2, height - 2 * unit, "middle"),
    ):
        parts.append(
            f'<text x="{x:.5g}" y="{y:.5g}" font-size="{5.5 * unit:.4g}" text-anchor="{anchor}" fill="#c9d3df" '
            f'stroke="#000" stroke-width="{0.8 * unit:.3g}" paint-order="stroke">{side}</text>'
        )
    return "".join(parts) + "</svg>"
