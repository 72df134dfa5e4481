"""How well a model does on a protocol that it never saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bolus import Cancelled, DataError, Dataset, OptionError

__all__ = ["leave_one_protocol_out"]


def leave_one_protocol_out(
    classifier: Any,
    dataset: Dataset,
    protocols: Mapping[str, str] | pd.Series,
    *,
    executor: Any = None,
    replicates: int = 1000,
    seed: int = 0,
    threads: int = 0,
    progress: Callable[[str, int, int], Any] | None = None,
) -> pd.DataFrame:
    """Train on all protocols but one, and judge on that one, for each in turn.

    Parameters
    ----------
    classifier : IDHClassifier
        Its options are used; it is not changed.
    dataset : Dataset
        With labels and patients, on one time base.
    protocols : mapping of patient to protocol
    executor : concurrent.futures.Executor or dask.distributed.Client, optional
        Where networks are trained.
    replicates, seed : int
        Of the bootstrap over patients.
    threads : int
        0 means all cores.
    progress : callable ``(stage, done, total)``, optional

    Returns
    -------
    DataFrame
        A row for each protocol, and one of all out-of-protocol predictions pooled: protocol, patients, mutant, auc, auc_low,
        auc_high, accuracy, sensitivity, specificity (per patient), left_out (why there are no figures: one genotype only).

    Raises
    ------
    DataError
        If a patient has no protocol, there is one protocol only, or what remains for training has one genotype.
    """
    from bolus.evaluate import Bootstrap, MeasurePerformance

    patients = [str(name) for name in dataset.patients]
    known = {str(name): str(value) for name, value in dict(protocols).items() if value is not None and value == value}
    if not patients or not len(dataset.labels):
        raise OptionError(
            "the data set has no labels or no patients; expected both, as CohortStore.dataset() gives them"
        )
    if missing := sorted(set(patients) - set(known)):
        raise DataError(
            f"the protocol of {len(missing)} patients is not known: {', '.join(missing[:5])}; add it to the table, or leave "
            "them out (store.where)"
        )
    of_sample = np.array([known[name] for name in patients])
    names = sorted(set(of_sample))
    if len(names) < 2:
        raise DataError(
            f"all patients have the protocol {names[0]}: there is none to leave out; patients of another one are needed"
        )
    labels = np.asarray(dataset.labels)
    for name in names:
        if len(set(labels[of_sample != name])) < 2:
            raise DataError(
                f"without the protocol {name} all patients have one genotype, and nothing can be trained; join it with another "
                "protocol"
            )
    # A protocol of one genotype is trained on, but cannot be judged.
    judged = [name for name in names if len(set(labels[of_sample == name])) == 2]
    folds = [(np.flatnonzero(of_sample != name), np.flatnonzero(of_sample == name)) for name in judged]
    scores = _scores(classifier, dataset, folds, executor, progress) if folds else np.full(len(patients), np.nan)
    measure = MeasurePerformance(0.5, Bootstrap(replicates=replicates, seed=seed, threads=threads))
    frame = pd.DataFrame({"patient": patients, "protocol": of_sample, "label": labels, "score": scores})
    table = frame.groupby("patient", sort=False).agg({"protocol": "first", "label": "first", "score": "mean"})
    rows = []
    for name in [*names, "all"]:
        part = table[table.protocol == name] if name != "all" else table[table.score.notna()]
        row: dict[str, Any] = {"protocol": name, "patients": len(part), "mutant": int(part.label.sum()), "left_out": ""}
        if name != "all" and name not in judged:
            row["left_out"] = "its patients have one genotype only"
        elif len(part):
            values = measure(part.label.to_numpy(), part.score.to_numpy()).to_dict()
            row |= {
                key: values[key] for key in ("auc", "auc_low", "auc_high", "accuracy", "sensitivity", "specificity")
            }
        rows.append(row)
    columns = [
        "protocol",
        "patients",
        "mutant",
        "auc",
        "auc_low",
        "auc_high",
        "accuracy",
        "sensitivity",
        "specificity",
        "left_out",
    ]
    return pd.DataFrame(rows).reindex(columns=columns)


def _scores(classifier: Any, dataset: Dataset, folds: list[Any], executor: Any, progress: Any) -> np.ndarray:
    """Out-of-protocol probability of each sample of a protocol that was judged, NaN of the others."""
    from bolus.executors import run_folds, train_fold
    from bolus.model import fold_seeds

    own = classifier._options().options()
    seeds = fold_seeds(own["seed"], folds, dataset)
    jobs = [
        ({**own, "seed": seed, "threads": 1, "checkpoint": ""}, fold) for seed, fold in zip(seeds, folds, strict=True)
    ]
    if executor is None:
        results = []
        for k, (options, fold) in enumerate(jobs):
            if progress is not None and progress("protocols", k, len(jobs)) is False:
                raise Cancelled(f"stopped during protocols ({k} of {len(jobs)})")
            results.append(train_fold({**options, "threads": own["threads"]}, dataset, fold))
    else:
        results = run_folds(executor, jobs, dataset, progress, "protocols")
    scores = np.full(len(dataset), np.nan)
    for (_, held), result in zip(folds, results, strict=True):
        scores[held] = np.asarray(result.prediction.probability)
    return scores
