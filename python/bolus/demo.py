"""The study of Choi et al. 2019 from end to end, on a simulated cohort with the paper's demographics.

Everything this module reports comes from simulated patients: it shows that the parts work together and what the method can
find, not how well it does on real ones. ``bolus.study`` runs the same study on any cohort, with more tables and a report.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from bolus import Provenance, __version__
from bolus.files import output_folder, require_writable, write_figure, write_text
from bolus.simulate import CohortSimulator, HeadPhantom, PerfusionPhantom
from bolus.study import reproduce
from bolus.study.published import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.table import Table

__all__ = ["PUBLISHED", "comparison_table", "run"]

_FIGURES = ("roc", "confusion_matrix", "attention")
_FILES = ("metrics.json", "weights.safetensors", "patients.csv", *(f"{name}.png" for name in _FIGURES))
#: Analyses of the study that the demo shows beside the paper's.
_ROWS = ("validation", "test", "cross-validation", "grade II-III", "grade IV", "logistic regression, age + rCBV")


#: The patient's head and series: voxels, and their size in mm. A head of 2 mm looks like one and does not take long.
_HEAD = ((96, 114, 90), (2, 2, 2))
_SERIES = ((76, 92, 24), (2.5, 2.5, 6))


def run(
    output: str | os.PathLike[str],
    *,
    patients: int = 463,
    seed: int = 0,
    threads: int = 0,
    overwrite: bool = False,
    figures: bool = True,
    patient: bool = False,
    progress: Callable[[str, int, int], Any] | None = None,
) -> dict[str, Any]:
    """Simulate the cohort, train, cross-validate, evaluate, and write everything into the folder ``output``.

    Parameters
    ----------
    output : path
        Folder; made when missing.
    patients : int
        463 is the paper's cohort, split 395 / 50 / 18; other numbers are split in the same proportion.
    seed : int
        Of the simulation, the split, the training and the bootstrap.
    threads : int
        0 means all cores. The results do not depend on it.
    overwrite : bool
        Replace what an earlier run wrote.
    figures : bool
        Also draw the figures, which needs matplotlib.
    patient : bool
        Also take the images of one more simulated patient through ``bolus.predict`` with the weights of this run, into the
        folder ``patient``, with its report where `figures` are drawn.
    progress : callable ``(stage, done, total)``, optional

    Returns
    -------
    dict
        What ``metrics.json`` holds.

    Raises
    ------
    IoError
        If the folder cannot be written or holds results already.
    OptionError
        If there are too few patients to split.
    """
    folder = output_folder(output)
    for name in _FILES:
        require_writable(folder / name, overwrite)
    cohort = CohortSimulator(patients=patients, seed=seed, threads=threads)(progress=progress)
    result = reproduce(
        cohort, panels=("performance", "subgroups", "regression"), seed=seed, threads=threads, progress=progress
    )
    study, folds = result.study, result.study.cross_validation

    def judged(*key: str) -> dict[str, float]:
        return study.performance[key].to_dict()

    metrics: dict[str, Any] = {
        "simulated": True,
        "note": "All patients are simulated, with a separation of the genotypes that was set to come near the paper's AUC. "
        "These figures say nothing about real patients.",
        "patients": patients,
        "samples": len(study.data.dataset),
        "split": {name: len(set(part.patients)) for name, part in study.part.items()},
        **{name: {level: judged(name, level) for level in ("samples", "patients")} for name in ("validation", "test")},
        "cross-validation": {
            "auc_per_fold": [float(auc) for auc in folds.auc],
            "auc": folds.mean_auc,
            "spread": folds.standard_deviation_auc,
        },
        **{name: judged(name, "samples") for name in ("grade II-III", "grade IV")},
        "logistic regression, age + rCBV": judged("logistic regression, age + rCBV", "patients"),
    }
    options = {name: str(value) for name, value in result.classifier_options.items()}
    provenance = Provenance("demo", {"patients": str(patients), **options}, {}, seed, True)
    metrics["provenance"] = json.loads(provenance.to_json())

    result.classifier.save(folder / "weights.safetensors", overwrite=overwrite)
    write_text(folder / "patients.csv", cohort.to_frame().to_csv(index=False), overwrite=overwrite)
    if figures:
        import matplotlib

        matplotlib.use("agg", force=False)
        for name in _FIGURES:
            write_figure(folder / f"{name}.png", result.plot(name).figure_, overwrite=overwrite)
    if patient:
        _predict_patient(folder, seed, threads, overwrite, figures, progress)
    write_text(folder / "metrics.json", json.dumps(metrics, indent=2) + "\n", overwrite=overwrite)
    return metrics


def _predict_patient(
    folder: Path,
    seed: int,
    threads: int,
    overwrite: bool,
    report: bool,
    progress: Callable[[str, int, int], Any] | None,
) -> None:
    """A simulated head with a tumour and a bolus, from images to a report."""
    from bolus import io, predict, preprocess

    head = HeadPhantom(seed=seed + 11, size=_HEAD[0], spacing=_HEAD[1], threads=threads)()
    grid = HeadPhantom.centred_grid(*_SERIES)
    series = PerfusionPhantom(seed=seed + 11, volumes=60, threads=threads)(head, grid).series
    predict(
        io.StudyImages("simulated", {"cet1": head.contrast_t1, "flair": head.flair}, series, head.labels),
        folder / "weights.safetensors",
        output=folder / "patient",
        brain=head.brain,
        preprocess_step=preprocess.Preprocess(spacing=_HEAD[1][0], correct_bias=False, classify_tissue=False),
        report=report,
        threads=threads,
        overwrite=overwrite,
        progress=progress,
    )


def comparison_table(metrics: dict[str, Any]) -> Table:
    """Our figures beside the paper's, as a rich table."""
    from rich.table import Table

    table = Table(
        title=f"bolus {__version__} on {metrics['patients']} simulated patients, beside Choi et al. 2019 on 463 real ones",
        caption="Simulated: how far apart the genotypes' curves lie was set so that a linear model comes near the paper's AUC. "
        "Agreement shows that the parts work together, not how well they do on real patients.",
    )
    for name in ("", "Accuracy %", "Sensitivity %", "Specificity %", "AUC (95 % CI)"):
        table.add_column(name)
    for name in _ROWS:
        published, own = PUBLISHED[name], metrics[name].get("samples", metrics[name])
        rates = ("accuracy", "sensitivity", "specificity")
        table.add_row(f"{name}, simulated", *(f"{100 * own[r]:.1f}" if r in own else "" for r in rates), _auc_text(own))
        table.add_row("  paper", *(f"{published[r]:.1f}" if r in published else "" for r in rates), _auc_text(published),
                      style="dim", end_section=True)  # fmt: skip
    return table


def _auc_text(row: dict[str, Any]) -> str:
    if "spread" in row:
        return f"{row['auc']:.3f} ± {row['spread']:.3f}"
    interval = row.get("interval") or ((row["auc_low"], row["auc_high"]) if "auc_low" in row else None)
    return f"{row['auc']:.3f}" + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")
