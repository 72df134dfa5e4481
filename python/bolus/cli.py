"""The command ``bolus``: the library's steps by the same names, for the shell.

Exit codes: 0 when all went well, 1 for data that cannot be used, 2 for a command that cannot be understood.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

app = typer.Typer(
    name="bolus",
    help="From a glioma patient's MRI to the probability of an IDH mutation. Research software, not a medical device.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class _SegmentGroup(TyperGroup):
    """``bolus segment STUDY`` is short for ``bolus segment study STUDY``."""

    def resolve_command(self, ctx, args):
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["study", *args]
        return super().resolve_command(ctx, args)


segment_app = typer.Typer(
    cls=_SegmentGroup,
    help="Find the tumour: 'bolus segment STUDY' (short for 'bolus segment study STUDY'), or train the networks that do.",
    no_args_is_help=True,
)
app.add_typer(segment_app, name="segment")
weights_app = typer.Typer(help="Weights of the segmentation cascade.", no_args_is_help=True)
app.add_typer(weights_app, name="weights")
console = Console()
error_console = Console(stderr=True)

_debug = False

Output = Annotated[Path, typer.Option("--output", "-o", help="Where to write.", show_default=False)]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there already.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of everything random; the same seed gives the same numbers.")]
Threads = Annotated[int, typer.Option(min=0, help="Threads; 0 means all cores. Results do not depend on it.")]
Weights = Annotated[
    Path, typer.Option("--weights", "-w", help="Trained weights (.safetensors) from 'bolus train'.", show_default=False)
]
EchoTime = Annotated[
    float | None, typer.Option(help="Echo time in seconds, where the files do not tell.", show_default=False)
]
TimeStep = Annotated[
    float | None, typer.Option(help="Seconds between volumes, where the files do not tell.", show_default=False)
]


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the full traceback of an error.")] = False,
) -> None:
    global _debug
    _debug = debug


def _progress():
    """A rich progress bar as a context manager, and the callback that feeds it."""
    from bolus.progress import RichProgress

    return RichProgress(error_console)


@app.command()
def info(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="An image, DSC series, study folder, curve table or weights file to describe.", show_default=False
        ),
    ] = None,
) -> None:
    """Show versions and parts of this installation, or describe a file or study folder."""
    from bolus.describe import describe_installation, describe_path

    rows = describe_installation() if path is None else describe_path(path)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, value)
    console.print(table)


@app.command()
def simulate(
    output: Output,
    patients: Annotated[int, typer.Option(min=4, help="Patients; 463 is the paper's cohort.")] = 463,
    seed: Seed = 0,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """Simulate a cohort with the paper's demographics: patients.csv and curves.csv in the folder OUTPUT."""
    from bolus import io
    from bolus.files import output_folder, write_text
    from bolus.simulate import CohortSimulator

    folder = output_folder(output)
    with _progress() as progress:
        cohort = CohortSimulator(patients=patients, seed=seed, threads=threads)(progress=progress)
    io.write_curves(folder / "curves.csv", io.curves_of(cohort), overwrite=overwrite)
    write_text(folder / "patients.csv", cohort.to_frame().to_csv(index=False), overwrite=overwrite)
    console.print(f"{patients} simulated patients: {folder / 'patients.csv'}, {folder / 'curves.csv'}")


@app.command()
def preprocess(
    study: Annotated[
        Path, typer.Argument(help="Study folder with t1, t2, flair, cet1 (and dsc, labels).", show_default=False)
    ],
    output: Output,
    brain: Annotated[
        Path | None, typer.Option(help="Your own brain mask, on the grid of CET1.", show_default=False)
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder in which finished stages are kept and found again.", show_default=False)
    ] = None,
    bias: Annotated[
        bool, typer.Option(help="Correct the bias field (N4). Not for 'bolus segment': oedema would be taken for bias.")
    ] = True,
    quality: Annotated[bool, typer.Option(help="Write a page of pictures and verdicts (needs matplotlib).")] = True,
    echo_time: EchoTime = None,
    time_step: TimeStep = None,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """Bring a study onto one 1 mm grid: motion, brain, registration, bias field, tissue, into the folder OUTPUT."""
    from bolus import io, pipeline
    from bolus import preprocess as steps
    from bolus.files import output_folder, require_writable

    require_writable(output_folder(output) / "provenance.json", overwrite)  # now, not after the work
    images = io.read_study(_study(study, echo_time, time_step))
    extractor = steps.GivenBrainMask(io.read_mask(brain)) if brain else None
    step = steps.Preprocess(correct_bias=bias, cache=cache, threads=threads)
    with _progress() as progress:
        result = step(images, extractor, progress)
        written = pipeline.write_aligned(result, images, output, preprocess=step, overwrite=overwrite)
    if quality:
        from bolus.quality_page import write_quality_page

        written += write_quality_page(result, images, output, overwrite=overwrite)
    _show_flags(result.study.flags)
    for path in written:
        console.print(str(path))


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
    substitute_missing: Annotated[
        bool, typer.Option("--substitute-missing", help="Let a similar image take the place of a missing one.")
    ] = False,
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
    with _progress() as progress:
        found = step(AlignedStudy(images.structural), cascade, brain=mask, progress=progress)
    written = pipeline.write_segmentation(found, output, overwrite=overwrite)
    if edit:
        io.write_label_map(segments, found.labels)
        written.append(segments)
    _show_flags(found.flags)
    table = Table("Region", "mL")
    for row in found.to_frame().itertuples():
        table.add_row(row.region, f"{row.volume_ml:.2f}")
    console.print(table)
    for path in written:
        console.print(str(path))
    if edit:
        _show_how_to_edit(files.images, output)
    console.print("Research software, not a medical device.", style="dim")


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
    with _progress() as progress:
        trained = step(training, held_out, progress=progress, initial=first)
    steps.save_cascade(trained.weights, output, overwrite=overwrite)
    write_text(history, trained.to_frame().to_csv(index=False), overwrite=overwrite)
    _show_flags(trained.flags)
    table = Table("Network", "Epochs", "Best", "Dice" if not held_out else "Dice, held out")
    for (one_stage, one_view), course in trained.histories.items():
        dice = course.validation_dice or course.dice
        table.add_row(
            f"{one_stage} {one_view}", str(len(course)), str(course.best_epoch + 1), f"{dice[course.best_epoch]:.3f}"
        )
    console.print(table)
    console.print(f"{output}, {history}: trained on {len(training)} cases, judged on patches of {len(held_out)}")


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
    console.print(f"{output}: nine networks, licence BSD-3-Clause (University College London)")


@app.command()
def curves(
    study: Annotated[
        Path, typer.Argument(help="Study folder with dsc, labels and aif (and cet1 ...).", show_default=False)
    ],
    output: Output,
    echo_time: EchoTime = None,
    time_step: TimeStep = None,
    overwrite: Overwrite = False,
) -> None:
    """Mean T2* signal curves of ET, NET, ED, WT and the arterial input function, as the table OUTPUT (.csv)."""
    from bolus import io, pipeline
    from bolus.files import require_writable

    require_writable(output, overwrite)
    images = io.read_study(_study(study, echo_time, time_step))
    with _progress() as progress:
        extracted = pipeline.ExtractCurves()(images, progress=progress)
    _show_flags(extracted.flags)
    io.write_curves(output, [io.PatientCurves(images.patient, extracted.signals)], overwrite=overwrite)
    console.print(str(output))


@app.command()
def maps(
    study: Annotated[
        Path, typer.Argument(help="Study folder with dsc, and labels and aif where known.", show_default=False)
    ],
    output: Output,
    quantity: Annotated[
        list[str] | None,
        typer.Option(help="A quantity to map, e.g. nrCBV; give it again for more. Default: the usual ones."),
    ] = None,
    bidirectional: Annotated[bool, typer.Option(help="Leakage with back-flux (Leu 2016).")] = False,
    echo_time: EchoTime = None,
    time_step: TimeStep = None,
    overwrite: Overwrite = False,
) -> None:
    """Perfusion maps, region statistics and the masks that were found, into the folder OUTPUT."""
    from bolus import dsc, io, pipeline

    options = pipeline.WriteMaps().options
    if quantity:
        options.quantities = quantity
    if bidirectional:
        options.leakage = dsc.LeakageCorrection(model="bidirectional")
    images = io.read_study(_study(study, echo_time, time_step))
    with _progress() as progress:
        written = pipeline.WriteMaps(options=options)(images, output, overwrite=overwrite, progress=progress)
    _show_flags(written.flags)
    for path in written.files:
        console.print(str(path))


@app.command()
def train(
    table: Annotated[
        Path, typer.Argument(help="Curve table (.csv) with labels, from 'bolus simulate' or 'bolus curves'.")
    ],
    output: Output,
    windows: Annotated[int, typer.Option(min=1, help="Sliding windows per patient.")] = 8,
    seed: Seed = 0,
    overwrite: Overwrite = False,
) -> None:
    """Train the attention-LSTM on labelled curves and write its weights to OUTPUT (.safetensors)."""
    from bolus import IDHClassifier
    from bolus.dsc import SlidingWindows
    from bolus.files import require_writable
    from bolus.pipeline import MakeWindows, read_windows

    require_writable(output, overwrite)
    dataset = read_windows(table, MakeWindows(windows=SlidingWindows(count=windows)), require_labels=True)
    classifier = IDHClassifier(random_state=seed)
    with _progress() as progress:
        classifier.fit(dataset, progress=progress)
    classifier.save(output, overwrite=overwrite)
    _show_flags(classifier.flags_)
    best = classifier.history_.best_epoch
    held_out = (
        f", held-out AUC {classifier.history_.validation_auc[best]:.3f}"
        if len(classifier.history_.validation_auc)
        else ""
    )
    console.print(f"{output}: epoch {best + 1}{held_out}")
    _show_simulated(classifier.network_)


@app.command()
def evaluate(
    table: Annotated[Path, typer.Argument(help="Curve table (.csv) with labels.", show_default=False)],
    weights: Weights,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the figures here (.json).", show_default=False)
    ] = None,
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="Probability from which a patient counts as mutant.")
    ] = 0.5,
    replicates: Annotated[int, typer.Option(min=1, help="Bootstrap replicates of the confidence interval.")] = 1000,
    record: Annotated[
        Path | None,
        typer.Option(
            help="Write the weights again, here, with these figures inside (.safetensors): reports then show them.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 0,
    overwrite: Overwrite = False,
) -> None:
    """Judge trained weights on labelled curves: accuracy, sensitivity, specificity, AUC with its interval."""
    import json

    from bolus.files import require_writable, write_text
    from bolus.model import load_checkpoint, save_checkpoint
    from bolus.pipeline import read_windows, record_validation, score_patients

    for path in (output, record):
        if path is not None:
            require_writable(path, overwrite)
    network = load_checkpoint(weights)
    dataset = read_windows(table, network=network, require_labels=True)
    with _progress() as progress:
        scores = score_patients(
            network, dataset, threshold=threshold, replicates=replicates, seed=seed, progress=progress
        )
    result = Table("Level", "n", "Accuracy", "Sensitivity", "Specificity", "AUC (95 % CI)")
    for level, row in scores.items():
        interval = f"{row['auc']:.3f} ({row['auc_low']:.3f}–{row['auc_high']:.3f})"
        rates = [f"{100 * row[name]:.1f}" for name in ("accuracy", "sensitivity", "specificity")]
        result.add_row(level, str(row["n"]), *rates, interval)
    console.print(result)
    _show_simulated(network)
    if output is not None:
        write_text(output, json.dumps(scores, indent=2) + "\n", overwrite=overwrite)
    if record is not None:
        data = "simulated patients" if dataset.simulated else "patients of a table given to bolus evaluate"
        save_checkpoint(
            record_validation(network, scores["patients"], data=data, threshold=threshold), record, overwrite
        )
        console.print(str(record))


@app.command()
def predict(
    source: Annotated[
        Path, typer.Argument(help="Study folder: DICOM, NIfTI or BIDS; or curve table (.csv).", show_default=False)
    ],
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            "-w",
            help="Trained weights (.safetensors) from 'bolus train'. Not needed when stopping before.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder for the results of a study, or file (.json) for those of a curve table.",
            show_default=False,
        ),
    ] = None,
    patient: Annotated[
        str, typer.Option(help="Name in the results: a pseudonym of letters and digits. Never taken from the images.")
    ] = "01",
    labels: Annotated[
        Path | None,
        typer.Option(
            help="The tumour outlined or corrected by hand (.nii.gz, .seg.nrrd ...), in place of anything else.",
            show_default=False,
        ),
    ] = None,
    cascade: Annotated[
        Path | None,
        typer.Option(help="Find the tumour with these weights, from 'bolus weights convert'.", show_default=False),
    ] = None,
    segmenter: Annotated[
        Path | None,
        typer.Option(
            help="Find the tumour with another network: its description (.json), the TorchScript file beside it (.pt).",
            show_default=False,
        ),
    ] = None,
    brain: Annotated[
        Path | None, typer.Option(help="Your own brain mask, on the grid of CET1.", show_default=False)
    ] = None,
    until: Annotated[
        str, typer.Option(help="Last stage to run: preprocess, segment, perfusion or predict.")
    ] = "predict",
    report: Annotated[bool, typer.Option(help="Write report.html (needs matplotlib).")] = True,
    substitute_missing: Annotated[
        bool, typer.Option("--substitute-missing", help="Cascade: a similar image takes the place of a missing one.")
    ] = False,
    region: Annotated[
        list[str] | None,
        typer.Option(
            "--region",
            help="What a segment of a .seg.nrrd file is: 'Segment_1=ET', or 'Segment_2=' to leave it out.",
            show_default=False,
        ),
    ] = None,
    resolve_overlap: Annotated[
        bool, typer.Option("--resolve-overlap", help="Voxels in more than one segment go to the innermost.")
    ] = False,
    device: Annotated[str, typer.Option(help="Where networks find the tumour: cpu or cuda.")] = "cpu",
    cache: Annotated[
        Path | None,
        typer.Option(help="Folder for finished steps; within OUTPUT when not given.", show_default=False),
    ] = None,
    spacing: Annotated[float, typer.Option(min=0.2, help="Millimetres of the grid that images are brought to.")] = 1.0,
    echo_time: EchoTime = None,
    time_step: TimeStep = None,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """From a scanner's folder to the probability of an IDH mutation, what it rests on, and a report.

    A second run finds finished stages again. Correct the labels in OUTPUT and give them with --labels: only what depends
    on them
    is done again.
    """
    from bolus import OptionError

    if source.suffix == ".csv":
        if weights is None:
            raise OptionError("there are no weights to predict with; give them with --weights")
        return _predict_table(source, weights, output, overwrite)
    if output is not None and output.suffix == ".json":
        raise OptionError(
            f"--output {output} is a file; a study's results need a folder (its prediction is a .json there)"
        )
    import bolus
    from bolus import preprocess as steps

    with _progress() as progress:
        result = bolus.predict(
            source,
            weights,
            output=output,
            patient=patient,
            labels=labels,
            cascade=cascade,
            segmenter=segmenter,
            brain=brain,
            until=until,
            report=report and output is not None,
            preprocess_step=steps.Preprocess(spacing=spacing),
            substitute_missing=substitute_missing,
            label_regions=_segment_regions(region),
            resolve_overlap=resolve_overlap,
            device=device,
            echo_time=echo_time,
            time_step=time_step,
            cache=cache,
            overwrite=overwrite,
            threads=threads,
            progress=progress,
        )
    _show_flags(result.flags)
    for row in result.stages.itertuples():
        console.print(
            f"{row.stage}: {'found again' if row.cached else f'{row.seconds:.1f} s'}", style="dim", highlight=False
        )
    if result.probability is not None and until == "predict":
        text = result.prediction
        _show_probability(patient, result.probability, text["attention"]["time_s"], text["attention"]["weight"])
    if output is not None:
        console.print(f"Results: {output}" + (f", to read: {result.report}" if result.report else ""), soft_wrap=True)
    console.print("Research software, not a medical device.", style="dim")
    return None


def _predict_table(source: Path, weights: Path, output: Path | None, overwrite: bool) -> None:
    from bolus import io, pipeline
    from bolus.files import require_writable, write_text
    from bolus.model import load_checkpoint

    if output is not None:
        require_writable(output, overwrite)
    network = load_checkpoint(weights)
    predictions = [
        pipeline.PredictStudy().from_curves(entry.curves, network, patient=entry.patient)
        for entry in io.read_curves(source)
    ]
    for prediction in predictions:
        _show_flags(prediction.flags, prediction.patient if len(predictions) > 1 else "")
        attention = prediction.attention
        _show_probability(prediction.patient, prediction.probability, attention.times, attention.attention)
    console.print("Research software, not a medical device.", style="dim")
    if output is not None:
        write_text(output, pipeline.predictions_to_json(predictions), overwrite=overwrite)


def _show_probability(patient: str, probability: float, times, attention) -> None:
    peak = times[max(range(len(attention)), key=lambda k: attention[k])]
    console.print(
        f"[bold]{patient}[/bold]  probability of an IDH mutation [bold]{probability:.3f}[/bold], "
        f"most attention at {peak:.1f} s"
    )


@app.command()
def doctor(
    folder: Annotated[
        Path | None, typer.Argument(help="A study folder, or a folder of them, to look at as well.", show_default=False)
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option("--weights", "-w", help="Weights that the studies are meant for.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A folder that results shall go to.", show_default=False)
    ] = None,
) -> None:
    """Check this installation, and what is to be worked on, before the work starts. Exit code 1 when something would fail."""
    from bolus.doctor import check_data, check_installation, check_output

    findings = check_installation()
    if folder is not None:
        findings += check_data(folder, weights)
    if output is not None:
        findings += check_output(output)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    signs = {"good": "[green]✓[/green]", "doubtful": "[yellow]?[/yellow]", "failed": "[red]✕[/red]"}
    for finding in findings:
        text = finding.message + (f" → {finding.advice}" if finding.advice else "")
        table.add_row(signs[finding.verdict], finding.what, text)
    console.print(table)
    failed = sum(finding.verdict == "failed" for finding in findings)
    doubtful = sum(finding.verdict == "doubtful" for finding in findings)
    console.print(f"{failed} failed, {doubtful} doubtful, {len(findings) - failed - doubtful} good", highlight=False)
    if failed:
        raise typer.Exit(1)


@app.command()
def demo(
    output: Output = Path("bolus-demo"),
    patients: Annotated[int, typer.Option(min=60, help="Simulated patients; 463 is the paper's cohort.")] = 463,
    seed: Seed = 0,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """The paper's whole study on a simulated cohort: metrics, weights, figures, and a table beside the paper's."""
    from bolus.demo import comparison_table, run

    with _progress() as progress:
        metrics = run(output, patients=patients, seed=seed, threads=threads, overwrite=overwrite, progress=progress)
    console.print(comparison_table(metrics))
    console.print(f"Written to {output}: " + ", ".join(sorted(path.name for path in output.iterdir())))


@app.command()
def study(
    table: Annotated[Path, typer.Argument(help="Curve table (.csv), all patients.", show_default=False)],
    output: Output,
    clinical: Annotated[
        Path,
        typer.Option(
            "--clinical",
            "-c",
            help="Clinical table (.csv): patient, idh, and where known age, sex, grade, codeleted, field_strength, protocol, "
            "mean_rcbv, enhancement.",
            show_default=False,
        ),
    ],
    folds: Annotated[int, typer.Option(min=2, help="Folds of the cross-validation.")] = 5,
    replicates: Annotated[int, typer.Option(min=1, help="Bootstrap replicates of the confidence intervals.")] = 1000,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training samples at most.")] = 100,
    seed: Seed = 0,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """The paper's whole study on your own cohort: tables, figures, checklists and a report in the folder OUTPUT."""
    from bolus import IDHClassifier, io
    from bolus.study import reproduce

    curves = io.read_curves(table)
    with _progress() as progress:
        result = reproduce(
            curves,
            clinical,
            output=output,
            classifier=IDHClassifier(max_epochs=epochs, random_state=seed),
            folds=folds,
            replicates=replicates,
            seed=seed,
            threads=threads,
            overwrite=overwrite,
            progress=progress,
        )
    shown = Table("Analysis", "Level", "n", "Accuracy", "Sensitivity", "Specificity", "AUC (95 % CI)")
    for row in result.to_frame().dropna(subset=["auc"]).itertuples():
        rates = [f"{100 * rate:.1f}" for rate in (row.accuracy, row.sensitivity, row.specificity)]
        interval = f"{row.auc:.3f} ({row.auc_low:.3f}–{row.auc_high:.3f})"
        shown.add_row(row.analysis, row.level, str(int(row.n)), *rates, interval)
    console.print(shown)
    for name, why in result.left_out.items():
        console.print(f"Left out: {name}: {why}.", style="dim", highlight=False, markup=False)
    console.print(f"Report: {output / 'report.html'}")
    _show_simulated(result.classifier.network_)
    console.print("Research software, not a medical device.", style="dim")


cohort_app = typer.Typer(name="cohort", help="Many patients: check, run, report.", no_args_is_help=True)
app.add_typer(cohort_app)

CohortTable = Annotated[
    Path,
    typer.Argument(
        help="Table (.csv) with patient, label, folder, and where known age, sex, grade, segmentation, exclusion, protocol.",
        show_default=False,
    ),
]


@cohort_app.command("check")
def check_cohort(table: CohortTable) -> None:
    """Look at the table and every folder in it; say everything that is wrong at once."""
    from bolus.cohort import read_table

    patients = read_table(table)
    excluded = sum(bool(one.exclusion) for one in patients)
    mutant = sum(one.label == 1 for one in patients if not one.exclusion)
    console.print(
        f"{len(patients)} patients, {excluded} of them excluded; of the others {mutant} IDH-mutant and "
        f"{len(patients) - excluded - mutant} IDH-wildtype. Nothing is wrong with the table."
    )


@cohort_app.command("run")
def run_cohort(
    table: CohortTable,
    output: Output,
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            "-w",
            help="Trained weights (.safetensors); without them up to curves and maps.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Last stage: preprocess, segment, perfusion or predict.", show_default=False)
    ] = None,
    cascade: Annotated[
        Path | None,
        typer.Option(help="Find tumours with these weights, from 'bolus weights convert'.", show_default=False),
    ] = None,
    segmenter: Annotated[
        Path | None,
        typer.Option(
            help="Find tumours with another network: its description (.json), beside it the .pt file.",
            show_default=False,
        ),
    ] = None,
    substitute_missing: Annotated[
        bool, typer.Option("--substitute-missing", help="Cascade: a similar image takes the place of a missing one.")
    ] = False,
    device: Annotated[str, typer.Option(help="Where networks find tumours: cpu or cuda.")] = "cpu",
    spacing: Annotated[float, typer.Option(min=0.2, help="Millimetres of the grid that images are brought to.")] = 1.0,
    report: Annotated[bool, typer.Option("--report", help="Write each patient's report.html.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="Run on Dask: the address of its scheduler, tcp://host:8786.", show_default=False)
    ] = None,
    memory: Annotated[
        float | None,
        typer.Option(help="GB that a worker process may use; by default its part of the machine.", show_default=False),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Run patients again that failed for reasons in their data.")
    ] = False,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """Run every patient of a table, and put what comes of it into tables. Stopped at any moment, the same command goes on."""
    import bolus
    from bolus import preprocess as steps

    cohort = bolus.Cohort(
        table,
        weights,
        until=until,
        cascade=cascade,
        segmenter=segmenter,
        substitute_missing=substitute_missing,
        preprocess_step=steps.Preprocess(spacing=spacing),
        device=device,
        report=report,
    )
    with _progress() as progress:
        result = cohort.run(
            output,
            workers=workers,
            scheduler=scheduler,
            memory=memory,
            threads=threads,
            retry_failed=retry_failed,
            overwrite=overwrite,
            progress=progress,
        )
    for row in result.failed.itertuples():
        error_console.print(f"[yellow]{row.patient}: {row.reason}[/yellow]", soft_wrap=True)
    counts = ", ".join(f"{count} {name}" for name, count in result.counts.items())
    console.print(
        f"{len(cohort)} patients: {counts}; {result.computed} worked on now, on {result.workers}", highlight=False
    )
    console.print(f"Tables: {output / 'store'}", soft_wrap=True)
    console.print("Research software, not a medical device.", style="dim")


@cohort_app.command("report")
def report_cohort(
    results: Annotated[Path, typer.Argument(help="Results of 'bolus cohort run', or a store.", show_default=False)],
    output: Output,
    train: Annotated[bool, typer.Option(help="Train, cross-validate and evaluate on all patients.")] = True,
    panel: Annotated[
        list[str] | None,
        typer.Option(help="A part of the study, e.g. performance; give it again for more. Default: all."),
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Folds of the cross-validation.")] = 5,
    replicates: Annotated[int, typer.Option(min=1, help="Bootstrap replicates of the confidence intervals.")] = 1000,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training samples at most.")] = 100,
    windows: Annotated[int, typer.Option(min=1, help="Sliding windows per patient.")] = 8,
    harmonise: Annotated[
        bool, typer.Option(help="Compare quantities between protocols before and after ComBat.")
    ] = True,
    seed: Seed = 0,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """Who is in the cohort and why not, how good the data are, Table 1, and what a model makes of them."""
    from bolus import IDHClassifier
    from bolus.cohort import CohortReport, CohortStore

    step = CohortReport(
        train=train,
        classifier=IDHClassifier(max_epochs=epochs, random_state=seed),
        panels=panel,
        folds=folds,
        replicates=replicates,
        seed=seed,
        threads=threads,
        count=windows,
        harmonise=harmonise,
    )
    with _progress() as progress:
        written = step(CohortStore(results), output, overwrite=overwrite, progress=progress)
    for name, why in written.left_out.items():
        console.print(f"Left out: {name}: {why}", style="dim", highlight=False, markup=False)
    console.print(f"Report: {written.html}", soft_wrap=True)


labels_app = typer.Typer(name="labels", help="Label maps: compare and convert them.", no_args_is_help=True)
app.add_typer(labels_app)

Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        help="What a segment of a .seg.nrrd file is, by its name or ID: 'Segment_1=ET', or 'Segment_2=' to leave it out. "
        "Give it again for more.",
        show_default=False,
    ),
]
ResolveOverlap = Annotated[
    bool, typer.Option(help="Give voxels in more than one segment to the innermost: ET, then NET, then ED.")
]


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
    _show_flags(correction.flags)
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
    console.print(str(target))


def _labels(path: Path, regions: list[str] | None = None, resolve_overlap: bool = False, grid=None):
    from bolus import OptionError, io

    if not path.name.lower().endswith(".seg.nrrd"):
        if regions:
            raise OptionError(f"--region is about the segments of a .seg.nrrd file, but {path} is none")
        return io.read_label_map(path)
    read = io.read_segmentation(path, regions=_segment_regions(regions), resolve_overlap=resolve_overlap, grid=grid)
    _show_flags(read.flags)
    return read.labels


def _segment_regions(regions: list[str] | None) -> dict[str, str | None]:
    from bolus import OptionError

    chosen: dict[str, str | None] = {}
    for text in regions or []:
        name, separator, value = text.rpartition("=")
        if not separator or value not in ("", "ET", "NET", "ED", "WT", "TC"):
            raise OptionError(
                f"--region is '{text}'; expected a segment's name or ID, '=', and ET, NET, ED, WT, TC or nothing"
            )
        chosen[name] = value or None
    return chosen


def _study(folder: Path, echo_time: float | None, time_step: float | None):
    from bolus import io

    study = io.find_study(folder)
    if echo_time is not None:
        study.perfusion_reading.echo_time = echo_time
    if time_step is not None:
        study.perfusion_reading.time_step = time_step
    return study


def _show_flags(flags, patient: str = "") -> None:
    for flag in flags:
        error_console.print(
            f"[yellow]{patient + ': ' if patient else ''}{flag.message}[/yellow] [dim]({flag.code})[/dim]"
        )


def _show_simulated(network) -> None:
    if network.simulated:
        console.print("[yellow]Trained on simulated patients: no figure here says anything about real ones.[/yellow]")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; called by the installed command ``bolus``."""
    from bolus import Error, OptionError

    try:
        app(args=arguments, prog_name="bolus")
    except (Error, OSError, ImportError) as error:
        if _debug:
            raise
        error_console.print(f"[bold red]Error:[/bold red] {error}", highlight=False, markup=True, soft_wrap=True)
        sys.exit(2 if isinstance(error, OptionError) else 1)
    except KeyboardInterrupt:
        error_console.print("Stopped.")
        sys.exit(130)
