"""Labels given beside the study: outlined or corrected by hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bolus import GeometryError, QcFlag, io, preprocess

if TYPE_CHECKING:
    from bolus.patient._case import RunOptions

__all__ = ["read_given_labels", "same_grid"]


def same_grid(a: Any, b: Any) -> bool:
    return a.difference(b) == ""


def read_given_labels(images: Any, options: RunOptions) -> tuple[Any, list[QcFlag]]:
    """The labels, checked against every grid they may lie on, and doubts about their file; None where none are given.

    Raises
    ------
    GeometryError
        If they lie on the grid of no image.
    """
    given = options.labels
    if given is None:
        return None, []
    grids = []
    if "cet1" in images.structural:
        grids.append(preprocess.isotropic_geometry(images.structural["cet1"].geometry, options.align.spacing))
    if images.perfusion is not None:
        grids.append(images.perfusion.geometry)
    grids += [image.geometry for image in images.structural.values()]
    flags: list[QcFlag] = []
    if not isinstance(given, str | os.PathLike):
        found = given
    elif str(given).lower().endswith(".seg.nrrd"):
        found, flags = _read_segmentation(Path(given), grids, options)
    else:
        found = io.read_label_map(given)
    if not any(same_grid(found.geometry, grid) for grid in grids):
        difference = found.geometry.difference(grids[0]) if grids else "there is no image"
        raise GeometryError(
            f"the labels lie on the grid of no image of the study (with the 1 mm grid: {difference}); draw them on "
            "an image of the results folder, or resample them by nearest neighbour onto one"
        )
    return found, flags


def _read_segmentation(path: Path, grids: list[Any], options: RunOptions) -> tuple[Any, list[QcFlag]]:
    failure: Exception | None = None
    for grid in [*grids, None]:
        try:
            read = io.read_segmentation(
                path, regions=options.label_regions, resolve_overlap=options.resolve_overlap, grid=grid
            )
        except GeometryError as error:
            failure = failure or error
            continue
        return read.labels, list(read.flags)
    raise failure or GeometryError(f"{path} fits no image of the study")
