"""Where the tumour is, and the networks that find it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from typer.core import TyperGroup

from bolus.cli._shared import (
    Output,
    Overwrite,
    Seed,
    SubstituteMissing,
    Threads,
    app,
    console,
    progress_bar,
    show,
    show_flags,
    show_purpose,
)


class _SegmentGroup(TyperGroup):
    """``bolus segment STUDY`` is short for ``bolus segment study STUDY``."""

    def parse_args(self, ctx, args):
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["study", *args]
        return super().parse_args(ctx, args)


segment_app = typer.Typer(
    cls=_SegmentGroup,
    help="Find the tumour: 'bolus segment STUDY' (short for 'bolus segment study STUDY'), or train the networks that do.",
    no_args_is_help=True,
)
app.add_typer(segment_app, name="segment")
weights_app = typer.Typer(help="Weights of the segmentation cascade.", no_args_is_help=True)
app.add_typer(weights_app, name="weights")


@segment_app.command("study")
def segment(
    study: Annotated[
        Path,
        typer.Argument(
            help="Study folder with flair, t1, cet1, t2 on one grid of 1 mm: as 'bolus preprocess --no-bias' leaves them.",
            show_default=False,
        ),
    ],
    output: Output,
    weights: Annotated[
        Path,
        typer.Option(
            "--weights", "-w", help="The cascade's weights, from 'bolus weights convert'.", show_default=False
        ),
    ],
    brain: Annotated[
        Path | None,
        typer.Option(
            help="Brain mask; images are set to 0 outside. Default: brain.nii.gz of the study folder; without one the "
            "images must be skull-stripped.",
            show_default=False,
        ),
    ] = None,
    edit: Annotated[
        bool,
        typer.Option(
            "--edit", help="Write labels.seg.nrrd for 3D Slicer as well, and say how to go on with the corrected file."
        ),
    ] = False,
    mode: Annotated[str, typer.Option(help="'stable', or 'published' as the original program.")] = "stable",
    noise: Annotated[
        str, typer.Option(help="'counter', or 'numpy' as the original's (published mode only).")
    ] = "counter",
    mirror: Annotated[bool, typer.Option("--mirror", help="Look at the mirrored head, too: twice the time.")] = False,
    substitute_missing: SubstituteMissing = False,
    seed: Seed = 0,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """Find the tumour and its parts: labels, probabilities, uncertainty and volumes, into the folder OUTPUT."""
    from bolus import AlignedStudy, io, pipeline
    from bolus.segment import SegmentTumour, load_cascade

    step = SegmentTumour(
        mode=mode,
        noise=noise,
        seed=seed,
        mirror=mirror,
        substitute_missing=substitute_missing,
        threads=threads,
    )
    if not overwrite and (output / "labels.nii.gz").exists():
        from bolus import IoError

        raise IoError(
            f"{output / 'labels.nii.gz'} exists already; ask for overwriting (--overwrite) or choose another folder"
        )
    segments = output / "labels.seg.nrrd"
    if edit and segments.exists():
        from bolus import IoError

        raise IoError(
            f"{segments} exists already and may hold corrections by hand, so --overwrite does not replace it; "
            "move it away or choose another folder"
        )
    cascade = load_cascade(weights)
    files = io.find_study(study)
    images = io.read_study(files)
    if brain is None and (study / "brain.nii.gz").exists():
        brain = study / "brain.nii.gz"
    mask = None if brain is None else io.read_mask(brain)
    with progress_bar() as progress:
        found = step(AlignedStudy(images.structural), cascade, brain=mask, progress=progress)
    written = pipeline.write_segmentation(found, output, overwrite=overwrite)
    if edit:
        io.write_label_map(segments, found.labels)
        written.append(segments)
    show_flags(found.flags)
    table = Table("Region", "mL")
    for row in found.to_frame().itertuples():
        table.add_row(row.region, f"{row.volume_ml:.2f}")
    console.print(table)
    for path in written:
        show(path)
    if edit:
        _show_how_to_edit(files.images, output)
    show_purpose()


@segment_app.command("train")
def train_cascade(
    cases: Annotated[
        Path,
        typer.Argument(
            help="Folder with a folder per case, as the BraTS data come: flair, t1, t1ce (or t1c), t2 and seg, NIfTI.",
            show_default=False,
        ),
    ],
    output: Output,
    initial: Annotated[
        Path | None, typer.Option(help="Weights to start from, e.g. the published ones.", show_default=False)
    ] = None,
    validation: Annotated[float, typer.Option(min=0.0, max=0.5, help="Share of the cases held out to judge by.")] = 0.1,
    stage: Annotated[
        list[str] | None, typer.Option(help="WT, TC or ET; give it again for more. Default: all three.")
    ] = None,
    view: Annotated[
        list[str] | None, typer.Option(help="axial, sagittal or coronal; give it again for more. Default: all three.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Of the axial networks.")] = 80,
    view_epochs: Annotated[int, typer.Option(min=1, help="Of the other views', which start from the axial ones.")] = 20,
    epoch_batches: Annotated[int, typer.Option(min=1, help="Batches in an epoch.")] = 250,
    batch_size: Annotated[int, typer.Option(min=1, help="Patches in a batch.")] = 5,
    slices: Annotated[int, typer.Option(min=9, help="Slices of a patch; 8 fewer are predicted.")] = 19,
    patch_size: Annotated[tuple[int, int, int], typer.Option(help="Rows and columns of patches for WT, TC and ET.")] = (
        144,
        96,
        64,
    ),
    loss: Annotated[str, typer.Option(help="'dice' as published, or 'dice_cross_entropy'.")] = "dice",
    learning_rate: Annotated[float, typer.Option(help="Step size of Adam.")] = 1e-3,
    flip: Annotated[bool, typer.Option("--flip", help="Left and right change places in half of the patches.")] = False,
    rotation: Annotated[float, typer.Option(help="Largest turn of a patch within its slices, degrees.")] = 0.0,
    intensity_scale: Annotated[float, typer.Option(help="SD of the logarithm of a factor on each image.")] = 0.0,
    intensity_shift: Annotated[float, typer.Option(help="SD of what is added to each image, in its own SD.")] = 0.0,
    noise: Annotated[float, typer.Option(help="SD of noise on every voxel, in the same units.")] = 0.0,
    device: Annotated[str, typer.Option(help="'cpu' or 'cuda'.")] = "cpu",
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the training's state after each epoch; it goes on from there.", show_default=False
        ),
    ] = None,
    scratch: Annotated[
        Path | None,
        typer.Option(help="Folder for prepared cases, which then need no memory.", show_default=False),
    ] = None,
    seed: Seed = 0,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """Train the cascade's networks on labelled cases: weights OUTPUT (.safetensors), and their courses beside it (.csv)."""
    from bolus import pipeline
    from bolus import segment as steps
    from bolus.files import require_writable, write_text

    history = output.with_suffix(".csv")
    require_writable(output, overwrite)  # now, not after the work
    require_writable(history, overwrite)
    step = steps.TrainCascade(
        stages=stage or ["WT", "TC", "ET"],
        views=view or ["axial", "sagittal", "coronal"],
        epochs=epochs,
        view_epochs=view_epochs,
        epoch_batches=epoch_batches,
        batch_size=batch_size,
        slices=slices,
        patch_size=patch_size,
        loss=loss,
        learning_rate=learning_rate,
        augmentation=steps.PatchAugmentation(flip, rotation, intensity_scale, intensity_shift, noise),
        device=device,
        threads=threads,
        checkpoint=str(checkpoint or ""),
        scratch=str(scratch or ""),
        seed=seed,
    )
    training, held_out = steps.hold_out(pipeline.training_cases(cases), validation, seed)
    first = None if initial is None else steps.load_cascade(initial)
    with progress_bar() as progress:
        trained = step(training, held_out, progress=progress, initial=first)
    steps.save_cascade(trained.weights, output, overwrite=overwrite)
    write_text(history, trained.to_frame().to_csv(index=False), overwrite=overwrite)
    show_flags(trained.flags)
    table = Table("Network", "Epochs", "Best", "Dice" if not held_out else "Dice, held out")
    for (one_stage, one_view), course in trained.histories.items():
        dice = course.validation_dice or course.dice
        table.add_row(
            f"{one_stage} {one_view}", str(len(course)), str(course.best_epoch + 1), f"{dice[course.best_epoch]:.3f}"
        )
    console.print(table)
    show(f"{output}, {history}: trained on {len(training)} cases, judged on patches of {len(held_out)}")


def _show_how_to_edit(images: dict[str, Path], output: Path) -> None:
    """What to open in 3D Slicer, and the commands that take the corrected file further."""
    import shlex

    def quoted(*words: object) -> str:
        return " ".join(shlex.quote(str(word)) for word in words)

    shown = [str(images[name]) for name in ("cet1", "flair") if name in images]
    segments, labels = output / "labels.seg.nrrd", output / "labels.nii.gz"
    corrected = output / "labels.corrected.nii.gz"
    steps = [
        f"1. Open in 3D Slicer: {segments}" + "".join(f", {path}" for path in shown),
        "2. Correct ET, NET and ED in the Segment Editor; Masking > Modify other segments: Overwrite all.",
        f"3. Save the segmentation in place, as {segments}.",
        "4. Keep a record of what was changed, and make a label map of it:",
        "   " + quoted("bolus", "labels", "compare", labels, segments, "-o", output / "labels.audit.json"),
        "   " + quoted("bolus", "labels", "convert", segments, corrected, "--like", labels),
        f"5. Go on with the corrected labels: bolus predict STUDY --labels {shlex.quote(str(corrected))} ..., or copy that "
        "file into the study folder as labels.nii.gz for bolus curves and maps.",
    ]
    console.print("\nTo correct the labels by hand:", style="bold")
    for line in steps:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


@weights_app.command("convert")
def convert_weights(
    folder: Annotated[
        Path, typer.Argument(help="The published checkpoints: model17 of github.com/taigw/brats17.", show_default=False)
    ],
    output: Output,
    overwrite: Overwrite = False,
) -> None:
    """The nine published TensorFlow checkpoints as one file OUTPUT (.safetensors), licence and source within."""
    from bolus.files import require_writable
    from bolus.segment import convert_weights as convert

    require_writable(output, overwrite)
    convert(folder, output, overwrite=overwrite)
    show(f"{output}: nine networks, licence BSD-3-Clause (University College London)")
