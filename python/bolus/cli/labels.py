"""Label maps, compared and converted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bolus.cli._shared import (
    Overwrite,
    Regions,
    ResolveOverlap,
    app,
    console,
    segment_regions,
    show,
    show_flags,
)

labels_app = typer.Typer(name="labels", help="Label maps: compare and convert them.", no_args_is_help=True)
app.add_typer(labels_app)


@labels_app.command("compare")
def compare_labels(
    automatic: Annotated[Path, typer.Argument(help="Label map before the correction.", show_default=False)],
    corrected: Annotated[Path, typer.Argument(help="Label map after it (.nii.gz, .seg.nrrd ...).", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the audit here (.json).", show_default=False)
    ] = None,
    region: Regions = None,
    resolve_overlap: ResolveOverlap = False,
    overwrite: Overwrite = False,
) -> None:
    """What a correction by hand changed: voxels added and removed per region, volumes, Dice, hashes."""
    from bolus import segment
    from bolus.files import require_writable

    if output is not None:
        require_writable(output, overwrite)
    before = _labels(automatic)
    after = _labels(corrected, region, resolve_overlap, before.geometry)
    correction = segment.CorrectionAudit()(before, after)
    table = Table("Region", "Before (mL)", "After (mL)", "Added", "Removed", "Dice")
    for row in correction.regions:
        volumes = [f"{volume:.2f}" for volume in (row.volume_before, row.volume_after)]
        table.add_row(row.region, *volumes, str(row.added), str(row.removed), f"{row.dice:.4f}")
    console.print(table)
    console.print(f"{correction.changed_voxels} voxels changed")
    show_flags(correction.flags)
    if output is not None:
        segment.write_audit(output, correction, overwrite=overwrite)


@labels_app.command("convert")
def convert_labels(
    source: Annotated[Path, typer.Argument(help="Label map to read.", show_default=False)],
    target: Annotated[
        Path,
        typer.Argument(
            help="Label map to write: .nii, .nii.gz, .nrrd, or .seg.nrrd for 3D Slicer.", show_default=False
        ),
    ],
    like: Annotated[
        Path | None,
        typer.Option(
            help="Image whose grid a .seg.nrrd file that covers a part of it is placed on.", show_default=False
        ),
    ] = None,
    region: Regions = None,
    resolve_overlap: ResolveOverlap = False,
    overwrite: Overwrite = False,
) -> None:
    """Write a label map in another format."""
    from bolus import io

    grid = None if like is None else io.read_image(like).geometry
    io.write_label_map(target, _labels(source, region, resolve_overlap, grid), overwrite=overwrite)
    show(target)


def _labels(path: Path, regions: list[str] | None = None, resolve_overlap: bool = False, grid=None):
    from bolus import OptionError, io

    if not path.name.lower().endswith(".seg.nrrd"):
        if regions:
            raise OptionError(f"--region is about the segments of a .seg.nrrd file, but {path} is none; leave it out")
        return io.read_label_map(path)
    read = io.read_segmentation(path, regions=segment_regions(regions), resolve_overlap=resolve_overlap, grid=grid)
    show_flags(read.flags)
    return read.labels
