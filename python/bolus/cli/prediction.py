"""One patient."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bolus.cli._shared import (
    Cascade,
    Device,
    EchoTime,
    Overwrite,
    Regions,
    ResolveOverlap,
    Segmenter,
    Spacing,
    SubstituteMissing,
    Threads,
    TimeStep,
    app,
    console,
    progress_bar,
    segment_regions,
    show,
    show_flags,
    show_purpose,
)


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
    cascade: Cascade = None,
    segmenter: Segmenter = None,
    brain: Annotated[
        Path | None, typer.Option(help="Your own brain mask, on the grid of CET1.", show_default=False)
    ] = None,
    until: Annotated[
        str, typer.Option(help="Last stage to run: preprocess, segment, perfusion or predict.")
    ] = "predict",
    report: Annotated[bool, typer.Option(help="Write report.html (needs matplotlib).")] = True,
    substitute_missing: SubstituteMissing = False,
    region: Regions = None,
    resolve_overlap: ResolveOverlap = False,
    device: Device = "cpu",
    cache: Annotated[
        Path | None,
        typer.Option(help="Folder for finished steps; within OUTPUT when not given.", show_default=False),
    ] = None,
    spacing: Spacing = 1.0,
    echo_time: EchoTime = None,
    time_step: TimeStep = None,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """From a scanner's folder to the probability of an IDH mutation, what it rests on, and a report.

    A second run finds finished stages again. Correct the labels in OUTPUT and give them with --labels: only what depends on
    them is done again.
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

    with progress_bar() as progress:
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
            label_regions=segment_regions(region),
            resolve_overlap=resolve_overlap,
            device=device,
            echo_time=echo_time,
            time_step=time_step,
            cache=cache,
            overwrite=overwrite,
            threads=threads,
            progress=progress,
        )
    show_flags(result.flags)
    for row in result.stages.itertuples():
        console.print(
            f"{row.stage}: {'found again' if row.cached else f'{row.seconds:.1f} s'}", style="dim", highlight=False
        )
    if result.probability is not None and until == "predict":
        text = result.prediction
        _show_probability(patient, result.probability, text["attention"]["time_s"], text["attention"]["weight"])
    if output is not None:
        show(f"Results: {output}" + (f", to read: {result.report}" if result.report else ""))
    show_purpose()
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
        show_flags(prediction.flags, prediction.patient if len(predictions) > 1 else "")
        attention = prediction.attention
        _show_probability(prediction.patient, prediction.probability, attention.times, attention.attention)
    show_purpose()
    if output is not None:
        write_text(output, pipeline.predictions_to_json(predictions), overwrite=overwrite)


def _show_probability(patient: str, probability: float, times, attention) -> None:
    peak = times[max(range(len(attention)), key=lambda k: attention[k])]
    console.print(
        f"[bold]{patient}[/bold]  probability of an IDH mutation [bold]{probability:.3f}[/bold], "
        f"most attention at {peak:.1f} s"
    )
