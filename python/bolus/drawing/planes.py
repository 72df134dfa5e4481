"""Axial, coronal and sagittal slices of a volume as radiologists look at them: right on the left, anterior on top or left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["PLANES", "SIDES", "Slice", "busiest_voxel", "lps_axes", "slice_of", "tile", "turned"]

#: Plane, its axis in LPS, and the axes of a tile: across and down; a minus is against LPS.
PLANES = (("axial", 2, "+0", "+1"), ("coronal", 1, "+0", "-2"), ("sagittal", 0, "+1", "-2"))

#: Letters at the left, right, top and bottom of each plane.
SIDES = {"axial": "RLAP", "coronal": "RLSI", "sagittal": "APSI"}


def lps_axes(affine: np.ndarray) -> tuple[list[int], list[bool]]:
    """Axes of an array in the order left, posterior, superior, and which of them run the other way; RAS affine."""
    directions = np.array(affine[:3, :3], float)
    directions[:2] *= -1
    directions = directions / np.linalg.norm(directions, axis=0)
    order: list[int] = []
    for row in range(3):
        free = [axis for axis in range(3) if axis not in order]
        order.append(max(free, key=lambda axis: abs(directions[row, axis])))
    return order, [bool(directions[row, axis] < 0) for row, axis in enumerate(order)]


def turned(array: np.ndarray, order: list[int], flips: list[bool]) -> np.ndarray:
    """The array with its axes along left, posterior, superior; a view of the same memory."""
    return np.transpose(array, order)[tuple(slice(None, None, -1 if flip else 1) for flip in flips)]


def tile(array: np.ndarray, axis: int, index: int, across: str, down: str) -> np.ndarray:
    """One slice of a turned array, with rows downwards and columns to the right."""
    plane = array[(slice(None),) * axis + (index,)]  # a view; np.take would copy all of a turned array
    left = [k for k in range(3) if k != axis]
    rows, columns = int(down[1]), int(across[1])
    plane = np.transpose(plane, (left.index(rows), left.index(columns)))
    return plane[:: -1 if down[0] == "-" else 1, :: -1 if across[0] == "-" else 1]


@dataclass(frozen=True)
class Slice:
    """One slice of a volume.

    Attributes
    ----------
    plane : str
        axial, coronal or sagittal.
    values : array (rows, columns)
        The first row on top.
    mm : (float, float)
        Size of a pixel across and down.
    place : (float, float)
        Column and row of the voxel that it goes through.
    """

    plane: str
    values: np.ndarray
    mm: tuple[float, float]
    place: tuple[int, int]


def slice_of(array: Any, affine: Any, plane: str, voxel: tuple[int, ...]) -> Slice:
    """The slice of a plane through a voxel, which is given in the array's own indices."""
    affine = np.asarray(affine, float)
    order, flips = lps_axes(affine)
    sizes = np.linalg.norm(affine[:3, :3], axis=0)
    _, axis, across, down = next(entry for entry in PLANES if entry[0] == plane)
    whole = turned(np.asarray(array), order, flips)
    at = [whole.shape[k] - 1 - voxel[a] if flips[k] else voxel[a] for k, a in enumerate(order)]
    values = tile(whole, axis, at[axis], across, down)
    place = [
        whole.shape[int(way[1])] - 1 - at[int(way[1])] if way[0] == "-" else at[int(way[1])] for way in (across, down)
    ]
    mm = (float(sizes[order[int(across[1])]]), float(sizes[order[int(down[1])]]))
    return Slice(plane, values, mm, (int(place[0]), int(place[1])))


def busiest_voxel(marked: Any) -> tuple[int, int, int]:
    """Along each axis the slice with most marked voxels, of equal ones the middle; the centre where none is marked."""
    marked = np.asarray(marked)
    order = "F" if marked.flags.f_contiguous else "C"  # as it lies in memory: nothing is copied
    places = np.unravel_index(np.flatnonzero(marked.ravel(order)), marked.shape, order)
    if not len(places[0]):
        return marked.shape[0] // 2, marked.shape[1] // 2, marked.shape[2] // 2
    voxel = []
    for along in places:
        counts = np.bincount(along)
        most = np.flatnonzero(counts == counts.max())
        voxel.append(int(most[len(most) // 2]))
    return voxel[0], voxel[1], voxel[2]
