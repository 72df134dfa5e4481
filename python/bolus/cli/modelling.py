"""Training and judging the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bolus.cli._shared import (
    Epochs,
    Folds,
    Output,
    Overwrite,
    Replicates,
    Seed,
    Threads,
    Weights,
    Windows,
    app,
    console,
    progress_bar,
    show,
    show_flags,
    show_left_out,
    show_purpose,
    show_simulated,
)


@app.command()
def train(
    table: Annotated[
        Path, typer.Argument(help="Curve table (.csv) with labels, from 'bolus simulate' or 'bolus curves'.")
    ],
    output: Output,
    windows: Windows = 8,
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
    with progress_bar() as progress:
        classifier.fit(dataset, progress=progress)
    classifier.save(output, overwrite=overwrite)
    show_flags(classifier.flags_)
    best = classifier.history_.best_epoch
    held_out = (
        f", held-out AUC {classifier.history_.validation_auc[best]:.3f}"
        if len(classifier.history_.validation_auc)
        else ""
    )
    show(f"{output}: epoch {best + 1}{held_out}")
    show_simulated(classifier.network_)


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
    replicates: Replicates = 1000,
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
    with progress_bar() as progress:
        scores = score_patients(
            network, dataset, threshold=threshold, replicates=replicates, seed=seed, progress=progress
        )
    result = Table("Level", "n", "Accuracy", "Sensitivity", "Specificity", "AUC (95 % CI)")
    for level, row in scores.items():
        interval = f"{row['auc']:.3f} ({row['auc_low']:.3f}–{row['auc_high']:.3f})"
        rates = [f"{100 * row[name]:.1f}" for name in ("accuracy", "sensitivity", "specificity")]
        result.add_row(level, str(row["n"]), *rates, interval)
    console.print(result)
    show_simulated(network)
    if output is not None:
        write_text(output, json.dumps(scores, indent=2) + "\n", overwrite=overwrite)
    if record is not None:
        data = "simulated patients" if dataset.simulated else "patients of a table given to bolus evaluate"
        save_checkpoint(
            record_validation(network, scores["patients"], data=data, threshold=threshold), record, overwrite
        )
        show(record)


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
    folds: Folds = 5,
    replicates: Replicates = 1000,
    epochs: Epochs = 100,
    seed: Seed = 0,
    threads: Threads = 0,
    overwrite: Overwrite = False,
) -> None:
    """The paper's whole study on your own cohort: tables, figures, checklists and a report in the folder OUTPUT."""
    from bolus import IDHClassifier, io
    from bolus.study import reproduce

    curves = io.read_curves(table)
    with progress_bar() as progress:
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
    show_left_out(result.left_out)
    show(f"Report: {output / 'report.html'}")
    show_simulated(result.classifier.network_)
    show_purpose()
