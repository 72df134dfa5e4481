"""Many patients."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bolus.cli._shared import (
    Cascade,
    Device,
    Epochs,
    Folds,
    Output,
    Overwrite,
    Replicates,
    Seed,
    Segmenter,
    Spacing,
    SubstituteMissing,
    Threads,
    Windows,
    app,
    console,
    progress_bar,
    show,
    show_left_out,
    show_purpose,
    warn,
)

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
    cascade: Cascade = None,
    segmenter: Segmenter = None,
    substitute_missing: SubstituteMissing = False,
    device: Device = "cpu",
    spacing: Spacing = 1.0,
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
    with progress_bar() as progress:
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
        warn(f"{row.patient}: {row.reason}")
    counts = ", ".join(f"{count} {name}" for name, count in result.counts.items())
    show(f"{len(cohort)} patients: {counts}; {result.computed} worked on now, on {result.workers}")
    show(f"Tables: {output / 'store'}")
    show_purpose()
    if not result.counts.get("done"):
        raise typer.Exit(1)


@cohort_app.command("report")
def report_cohort(
    results: Annotated[Path, typer.Argument(help="Results of 'bolus cohort run', or a store.", show_default=False)],
    output: Output,
    train: Annotated[bool, typer.Option(help="Train, cross-validate and evaluate on all patients.")] = True,
    panel: Annotated[
        list[str] | None,
        typer.Option(help="A part of the study, e.g. performance; give it again for more. Default: all."),
    ] = None,
    folds: Folds = 5,
    replicates: Replicates = 1000,
    epochs: Epochs = 100,
    windows: Windows = 8,
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
    with progress_bar() as progress:
        written = step(CohortStore(results), output, overwrite=overwrite, progress=progress)
    show_left_out(written.left_out)
    show(f"Report: {written.html}")
