"""What there is, whether it works, and something to try it on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bolus.cli._shared import Output, Overwrite, Seed, Threads, app, console, progress_bar, show


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
    with progress_bar() as progress:
        cohort = CohortSimulator(patients=patients, seed=seed, threads=threads)(progress=progress)
    io.write_curves(folder / "curves.csv", io.curves_of(cohort), overwrite=overwrite)
    write_text(folder / "patients.csv", cohort.to_frame().to_csv(index=False), overwrite=overwrite)
    show(f"{patients} simulated patients: {folder / 'patients.csv'}, {folder / 'curves.csv'}")


@app.command()
def demo(
    output: Output = Path("bolus-demo"),
    patients: Annotated[int, typer.Option(min=60, help="Simulated patients; 463 is the paper's cohort.")] = 463,
    seed: Seed = 0,
    patient: Annotated[
        bool,
        typer.Option(
            "--patient", help="Also take one simulated patient's images to a report, with the weights of the demo."
        ),
    ] = False,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """The paper's whole study on a simulated cohort: metrics, weights, figures, and a table beside the paper's."""
    from bolus.demo import comparison_table, run

    with progress_bar() as progress:
        metrics = run(
            output,
            patients=patients,
            seed=seed,
            threads=threads,
            overwrite=overwrite,
            patient=patient,
            progress=progress,
        )
    console.print(comparison_table(metrics))
    show(f"Written to {output}: " + ", ".join(sorted(path.name for path in output.iterdir())))
    if patient:
        show(f"To read: {output / 'patient' / 'report.html'}")
