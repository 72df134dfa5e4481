"""From a study to a prediction: the steps joined."""

from __future__ import annotations

import copy
import copyreg
import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from bolus import DataError, Dataset
from bolus._core.pipeline import (
    ExtractCurves,
    MakeWindows,
    PredictStudy,
    ProbabilityMap,
    StudyCurves,
    StudyPrediction,
    VoxelProbability,
    WriteMaps,
    WrittenMaps,
    training_cases,
    write_aligned,
    write_segmentation,
)
from bolus.evaluate import Bootstrap, MeasurePerformance

__all__ = [
    "ExtractCurves",
    "MakeWindows",
    "PredictStudy",
    "ProbabilityMap",
    "StudyCurves",
    "StudyPrediction",
    "VoxelProbability",
    "WriteMaps",
    "WrittenMaps",
    "predictions_to_json",
    "read_windows",
    "record_validation",
    "score_patients",
    "training_cases",
    "write_aligned",
    "write_segmentation",
]

#: Their options, by which they are copied and sent to other processes.
_PARTS = {
    ExtractCurves: ("preprocess", "region_curves", "arterial_search"),
    MakeWindows: ("normalisation", "windows"),
    ProbabilityMap: ("channels", "make_windows", "region", "aggregation", "block", "engine", "threads"),
    WriteMaps: ("preprocess", "options", "deconvolution", "statistics"),
}


def _made_again(kind: type, parts: dict[str, Any]) -> Any:
    return kind(**parts)


def _reduced(step: Any) -> tuple[Any, ...]:
    return _made_again, (type(step), {name: getattr(step, name) for name in _PARTS[type(step)]})


for _kind in _PARTS:
    copyreg.pickle(_kind, _reduced)
del _kind


def read_windows(
    table: str | os.PathLike[str],
    make_windows: MakeWindows | None = None,
    *,
    network: Any = None,
    require_labels: bool = False,
) -> Dataset:
    """The samples of every patient in a curve table.

    Parameters
    ----------
    table : path
        Curve table (.csv), see ``bolus.io.read_curves``.
    make_windows : MakeWindows, optional
        How curves become samples.
    network : bolus.model.AttentionLSTM, optional
        Cut as this network was trained: its channels and its window length.
    require_labels : bool
        Raise DataError when the table has no labels.

    Raises
    ------
    IoError, FormatError, DataError
        If the table cannot be read or used.
    """
    from bolus.io import read_curves

    patients = read_curves(table)
    if require_labels and patients[0].label is None:
        raise DataError(f"{os.fspath(table)} has no labels; add a column 'label' with wildtype or mutant (0 or 1)")
    step = make_windows or MakeWindows()
    return step(patients) if network is None else step.for_network(patients, network)[0]


def score_patients(
    network: Any,
    dataset: Dataset,
    *,
    threshold: float = 0.5,
    replicates: int = 1000,
    seed: int = 0,
    threads: int = 0,
    progress: Callable[[str, int, int], Any] | None = None,
) -> dict[str, dict[str, float]]:
    """Judge a network on labelled samples, once per sample (as the paper does) and once per patient.

    Parameters
    ----------
    network : bolus.model.AttentionLSTM
    dataset : Dataset
        With labels and patients.
    threshold : float
        Probability from which a sample or patient counts as mutant.
    replicates, seed : int
        Of the bootstrap, which draws patients.
    threads : int
        0 means all cores.
    progress : callable ``(stage, done, total)``, optional

    Returns
    -------
    dict
        ``samples`` and ``patients``, each with n, accuracy, sensitivity, specificity, auc, auc_low, auc_high.
    """
    by_sample = network.predict(dataset.curves, threads=threads, progress=progress)
    by_patient = network.predict_patients(dataset, threads=threads)
    label_of = dict(zip(dataset.patients, dataset.labels, strict=True))
    patient_labels = [label_of[patient] for patient in by_patient.patients]
    measure = MeasurePerformance(threshold, Bootstrap(replicates=replicates, seed=seed, threads=threads))
    return {
        "samples": measure(dataset.labels, by_sample.probability, patients=dataset.patients).to_dict(),
        "patients": measure(patient_labels, by_patient.probability).to_dict(),
    }


def record_validation(network: Any, scores: dict[str, float], *, data: str, threshold: float = 0.5) -> Any:
    """A copy of a network with figures of its validation in its notes, which are saved with it and shown by reports.

    Parameters
    ----------
    network : bolus.model.AttentionLSTM
    scores : dict
        Per patient, as ``score_patients`` gives them: n, auc, auc_low, auc_high, accuracy, sensitivity, specificity.
    data : str
        What it was judged on, e.g. "90 patients of another hospital". No names.
    threshold : float
        Of accuracy, sensitivity, specificity.

    Returns
    -------
    bolus.model.AttentionLSTM
    """
    figures = {"data": data, "patients": int(scores["n"]), "threshold": threshold}
    figures |= {
        name: float(scores[name])
        for name in ("auc", "auc_low", "auc_high", "accuracy", "sensitivity", "specificity")
        if name in scores
    }
    recorded = copy.deepcopy(network)
    recorded.notes = {**network.notes, "validation": json.dumps(figures)}
    return recorded


def predictions_to_json(predictions: Iterable[StudyPrediction]) -> str:
    """Predictions as the text of a JSON list."""
    return json.dumps([json.loads(prediction.to_json()) for prediction in predictions], indent=2) + "\n"
