"""From images to aligned volumes, curves and maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bolus.cli._shared import (
    EchoTime,
    Output,
    Overwrite,
    Threads,
    TimeStep,
    app,
    progress_bar,
    show,
    show_flags,
)


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
    from bolus.patient import study_at

    require_writable(output_folder(output) / "provenance.json", overwrite)  # now, not after the work
    images = io.read_study(study_at(study, echo_time, time_step))
    extractor = steps.GivenBrainMask(io.read_mask(brain)) if brain else None
    step = steps.Preprocess(correct_bias=bias, cache=cache, threads=threads)
    with progress_bar() as progress:
        result = step(images, extractor, progress)
        written = pipeline.write_aligned(result, images, output, preprocess=step, overwrite=overwrite)
    if quality:
        from bolus.quality_page import write_quality_page

        written += write_quality_page(result, images, output, overwrite=overwrite)
    show_flags(result.study.flags)
    for path in written:
        show(path)


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
    from bolus.patient import study_at

    require_writable(output, overwrite)
    images = io.read_study(study_at(study, echo_time, time_step))
    with progress_bar() as progress:
        extracted = pipeline.ExtractCurves()(images, progress=progress)
    show_flags(extracted.flags)
    io.write_curves(output, [io.PatientCurves(images.patient, extracted.signals)], overwrite=overwrite)
    show(output)


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
    bidirectional: Annotated[bool, typer.Option("--bidirectional", help="Leakage with back-flux (Leu 2016).")] = False,
    echo_time: EchoTime = None,
    time_step: TimeStep = None,
    overwrite: Overwrite = False,
) -> None:
    """Perfusion maps, region statistics and the masks that were found, into the folder OUTPUT."""
    from bolus import dsc, io, pipeline
    from bolus.patient import study_at

    options = pipeline.WriteMaps().options
    if quantity:
        options.quantities = quantity
    if bidirectional:
        options.leakage = dsc.LeakageCorrection(model="bidirectional")
    images = io.read_study(study_at(study, echo_time, time_step))
    with progress_bar() as progress:
        written = pipeline.WriteMaps(options=options)(images, output, overwrite=overwrite, progress=progress)
    show_flags(written.flags)
    for path in written.files:
        show(path)
