"""The study of Choi et al. 2019 from end to end, on a simulated cohort with the paper's demographics.

Everything this module reports comes from simulated patients: it shows that the parts work together and what the method can
find, not how well it does on real ones.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import IDHClassifier, Provenance, __version__
from bolus.dsc import SlidingWindows
from bolus.evaluate import BootstrapAuc, LogisticRegression, MeasurePerformance, PatientSplit
from bolus.files import output_folder, require_writable, write_figure, write_text
from bolus.model import CrossValidation, attention_course
from bolus.pipeline import score_patients
from bolus.simulate import CohortSimulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

__all__ = ["PUBLISHED", "comparison_table", "run"]

#: What Choi et al. 2019 report (Neuro-Oncology 21:1197, Results and Table 2): rates in per cent, AUC with 95 % CI.
PUBLISHED: dict[str, dict[str, Any]] = {
    "validation": {"accuracy": 92.8, "sensitivity": 92.6, "specificity": 93.1, "auc": 0.98, "interval": (0.969, 0.991)},
    "test": {"accuracy": 91.7, "sensitivity": 92.1, "specificity": 91.5, "auc": 0.95, "interval": (0.898, 0.982)},
    "cross-validation": {"auc": 0.96, "spread": 0.02},
    "grade II-III": {
        "accuracy": 86.1,
        "sensitivity": 90.4,
        "specificity": 83.8,
        "auc": 0.95,
        "interval": (0.943, 0.963),
    },
    "grade IV": {"accuracy": 91.0, "sensitivity": 88.4, "specificity": 91.5, "auc": 0.96, "interval": (0.949, 0.976)},
    "logistic regression, age + rCBV": {"sensitivity": 52.0, "auc": 0.85},
}

_SPLIT = {"training": 395, "validation": 50, "test": 18}
_FILES = ("metrics.json", "weights.safetensors", "patients.csv", "roc.png", "confusion_matrix.png", "attention.png")


def run(
    output: str | os.PathLike[str],
    *,
    patients: int = 463,
    seed: int = 0,
    threads: int = 0,
    overwrite: bool = False,
    figures: bool = True,
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
    table = cohort.to_frame()
    dataset = cohort.dataset(SlidingWindows(count=8))
    split = _split(patients, seed)(dataset.patients, dataset.labels)
    part = {name: dataset.select(list(getattr(split, name))) for name in _SPLIT}

    classifier = IDHClassifier(random_state=seed)
    classifier.fit(part["training"], validation=part["validation"], progress=progress)
    cross_validation = CrossValidation(seed=seed, threads=threads)(classifier, dataset, progress=progress)

    probability = np.asarray(cross_validation.prediction.probability)
    measure = MeasurePerformance(bootstrap=BootstrapAuc(seed=seed, threads=threads))

    def subgroup(chosen):
        return measure(dataset.labels[chosen], probability[chosen], patients=dataset.patients[chosen]).to_dict()

    high_grade = np.isin(dataset.patients, table.patient[table.grade == 4])
    metrics: dict[str, Any] = {
        "simulated": True,
        "note": "All patients are simulated, with a separation of the genotypes that was set to come near the paper's AUC. "
        "These figures say nothing about real patients.",
        "patients": patients,
        "samples": len(dataset),
        "split": {name: len(set(part[name].patients)) for name in _SPLIT},
        "validation": score_patients(classifier.network_, part["validation"], seed=seed, threads=threads),
        "test": score_patients(classifier.network_, part["test"], seed=seed, threads=threads),
        "cross-validation": {
            "auc_per_fold": [float(auc) for auc in cross_validation.auc],
            "auc": cross_validation.mean_auc,
            "spread": cross_validation.standard_deviation_auc,
        },
        "grade II-III": subgroup(~high_grade),
        "grade IV": subgroup(high_grade),
        "logistic regression, age + rCBV": _logistic(table, dataset, cross_validation.fold, measure),
        "provenance": json.loads(
            Provenance("demo", {"patients": str(patients), **_options(classifier)}, {}, seed, True).to_json()
        ),
    }

    classifier.save(folder / "weights.safetensors", overwrite=overwrite)
    write_text(folder / "patients.csv", table.to_csv(index=False), overwrite=overwrite)
    if figures:
        _draw(folder, table, cohort, dataset, part, classifier, cross_validation, overwrite)
    write_text(folder / "metrics.json", json.dumps(metrics, indent=2) + "\n", overwrite=overwrite)
    return metrics


def _options(classifier: IDHClassifier) -> dict[str, str]:
    return {name: str(value) for name, value in classifier.get_params().items()}


def _split(patients: int, seed: int) -> PatientSplit:
    """The paper's split, or the same proportions of another number of patients."""
    total = sum(_SPLIT.values())
    validation, test = (round(patients * _SPLIT[name] / total) for name in ("validation", "test"))
    return PatientSplit(training=patients - validation - test, validation=validation, test=test, seed=seed)


def _logistic(table, dataset, fold, measure: MeasurePerformance) -> dict[str, Any]:
    """Logistic regression on age and mean rCBV, on the folds of the cross-validation: each patient predicted out of fold."""
    fold_of = dict(zip(dataset.patients, fold, strict=True))
    folds = np.array([fold_of[patient] for patient in table.patient])
    labels = table.idh_mutant.to_numpy().astype(int)
    inputs = table[["age", "mean_rcbv"]].to_numpy(dtype=float)
    probability = np.empty(len(table))
    for held_out in np.unique(folds):
        fit = LogisticRegression().fit(inputs[folds != held_out], labels[folds != held_out])
        probability[folds == held_out] = fit.predict_probability(inputs[folds == held_out])
    return measure(labels, probability).to_dict()


def _draw(folder: Path, table, cohort, dataset, part, classifier, cross_validation, overwrite: bool) -> None:
    import matplotlib

    matplotlib.use("agg", force=False)
    import matplotlib.pyplot as plt

    from bolus.plot import AttentionDisplay, ConfusionMatrixDisplay, RocCurveDisplay

    figure, ax = plt.subplots(figsize=(5.2, 5.0), layout="constrained")
    fold = np.asarray(cross_validation.fold)
    probability = np.asarray(cross_validation.prediction.probability)
    for name, colour in (("validation", "#2166ac"), ("test", "#b2182b")):
        scores = classifier.network_.predict(part[name].curves).probability
        RocCurveDisplay.from_predictions(
            part[name].labels, scores, patients=part[name].patients, name=name, ax=ax, color=colour
        )
    for held_out in np.unique(fold):
        RocCurveDisplay.from_predictions(
            dataset.labels[fold == held_out], probability[fold == held_out], replicates=0, ax=ax,
            color="0.6", linewidth=0.8, label="_", zorder=1,
        )  # fmt: skip
    ax.plot([], [], color="0.6", linewidth=0.8, label=f"five folds: AUC {cross_validation.mean_auc:.3f} (mean)")
    ax.legend(loc="lower right", frameon=False, fontsize="small")
    ax.set_title("IDH-mutant or wildtype, simulated cohort", loc="left", fontsize="medium")
    write_figure(folder / "roc.png", figure, overwrite=overwrite)

    predictions = classifier.network_.predict(part["validation"].curves).probability >= 0.5
    display = ConfusionMatrixDisplay.from_predictions(part["validation"].labels, predictions)
    display.ax_.set_title("Validation samples, simulated", loc="left", fontsize="medium")
    write_figure(folder / "confusion_matrix.png", display.figure_, overwrite=overwrite)

    figure, axes = plt.subplots(2, 2, figsize=(11, 6.4), layout="constrained")
    for row, (ax_row, mutant) in enumerate(zip(axes, (False, True), strict=True)):
        genotype = "mutant" if mutant else "wildtype"
        rows = table.index[table.idh_mutant == mutant]
        courses = [_patient_course(dataset, cross_validation, table.patient[row]) for row in rows]
        curves = np.mean([_normalised(cohort, row) for row in rows], axis=0)
        _attention(AttentionDisplay, ax_row[0], cohort, curves, np.mean([course.attention for course in courses], axis=0),
                   courses[0].times, f"IDH-{genotype}, mean of {len(rows)} simulated patients", legend=row == 0)  # fmt: skip
        # The patient nearest to the paper's example, which rCBV alone could not tell apart (mean rCBV 3.58 and 3.59).
        example = rows[np.argmin(np.abs(table.mean_rcbv[rows] - 3.58))]
        course = _patient_course(dataset, cross_validation, table.patient[example])
        p = probability[dataset.patients == table.patient[example]].mean()
        title = f"One of them, rCBV {table.mean_rcbv[example]:.2f}: probability of mutation {p:.2f}"
        _attention(AttentionDisplay, ax_row[1], cohort, _normalised(cohort, example), course.attention, course.times,
                   title, legend=False)  # fmt: skip
    write_figure(folder / "attention.png", figure, overwrite=overwrite)


def _patient_course(dataset, cross_validation, patient: str):
    samples = np.flatnonzero(dataset.patients == patient)
    return attention_course(dataset.select(list(samples)), np.asarray(cross_validation.prediction.attention)[samples])


def _normalised(cohort, row: int) -> np.ndarray:
    values = np.asarray(cohort.patients[row].curves.values)
    return ((values - values.mean(axis=0)) / values.std(axis=0)).T


def _attention(display, ax, cohort, curves, attention, times, title: str, *, legend: bool) -> None:
    display.from_predictions(
        curves, attention, time=times, channel_names=cohort.patients[0].curves.names, ax=ax, title=title, legend=legend
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
    for name, published in PUBLISHED.items():
        own = metrics[name].get("samples", metrics[name])
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
