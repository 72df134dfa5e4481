"""From a cohort to a study."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from bolus import IDHClassifier, OptionError
from bolus.study._data import study_data
from bolus.study._panels import NEEDED, PANELS, Study, few_to_train
from bolus.study._result import StudyResult

__all__ = ["reproduce"]


def reproduce(
    cohort: Any,
    clinical: pd.DataFrame | str | os.PathLike[str] | None = None,
    *,
    output: str | os.PathLike[str] | None = None,
    panels: Iterable[str] | None = None,
    classifier: IDHClassifier | None = None,
    folds: int = 5,
    replicates: int = 1000,
    threshold: float = 0.5,
    windows: Any = None,
    seed: int = 0,
    threads: int = 0,
    overwrite: bool = False,
    progress: Callable[[str, int, int], Any] | None = None,
) -> StudyResult:
    """Run the study of Choi et al. 2019 on a cohort: its tables and figures, and what a reader of today asks for besides.

    Parameters
    ----------
    cohort : bolus.simulate.SimulatedCohort, bolus.Dataset, or list of bolus.io.PatientCurves
        The patients' curves. With curves (the first and the last) attention can be read as temporal patterns.
    clinical : DataFrame or path of a .csv, optional
        One row per patient: ``patient``, and where known ``idh``, ``age`` (years), ``sex``, ``grade``, ``codeleted`` (1p/19q),
        ``field_strength`` (T), ``protocol``, ``mean_rcbv``, ``enhancement``. A simulated cohort brings its own. Panels
        whose columns are missing are left out, and the result says so.
    output : path, optional
        Folder to save everything to, as ``StudyResult.save``.
    panels : iterable of str, optional
        The parts to run, of ``bolus.study.PANELS``; by default all. What they build on is run too.
    classifier : IDHClassifier, optional
        Its options are used, its ``random_state`` too; it is not changed. By default the paper's network with
        ``random_state=seed``.
    folds : int
        Of the cross-validation.
    replicates : int
        Of every bootstrap, which draws patients.
    threshold : float
        Probability from which a sample or patient counts as mutant, fixed beforehand.
    windows : bolus.dsc.SlidingWindows, optional
        How curves are cut; by default 8 windows per patient, as in the paper. Not used with a Dataset.
    seed : int
        Of split, training, folds and bootstraps.
    threads : int
        0 means all cores. The numbers do not depend on it.
    overwrite : bool
        Replace what ``output`` holds.
    progress : callable ``(stage, done, total)``, optional
        Returning False stops.

    Returns
    -------
    StudyResult

    Raises
    ------
    DataError
        If there is one patient or one genotype only, a patient is there twice, has no clinical row, or two genotypes; the
        message names the patients.
    OptionError, ShapeError, IoError, Cancelled
    """
    chosen = _chosen(panels)
    if output is not None:
        StudyResult.require_writable(output, chosen, overwrite)
    data = study_data(cohort, clinical, windows)
    if classifier is None:
        classifier = IDHClassifier(random_state=seed)
    else:
        from sklearn.base import clone

        classifier = clone(classifier)
    if threads:
        classifier.set_params(threads=threads)
    smallest = int(min(data.labels.sum(), (1 - data.labels).sum()))
    if few_to_train(smallest, folds) and "cross-validation" in chosen:
        which = "mutant" if data.labels.sum() == smallest else "wildtype"
        advice = "ask for fewer folds" if smallest < folds else "more patients are needed"
        raise OptionError(
            f"there are {smallest} IDH-{which} patients for {folds} folds; expected at least one in each fold, and 2 where one "
            f"is held out (to train, and to stop the training): {advice}"
        )
    study = Study(
        data, classifier, seed=seed, threads=threads, folds=folds, replicates=replicates, threshold=threshold,
        progress=progress,
    )  # fmt: skip
    for name in chosen:
        PANELS[name](study)
    result = StudyResult(study, chosen)
    if output is not None:
        result.save(output, overwrite=overwrite)
    return result


def _chosen(panels: Iterable[str] | None) -> tuple[str, ...]:
    """The panels to run, in their order, with those that they build on."""
    if panels is None:
        return tuple(PANELS)
    asked = {panels} if isinstance(panels, str) else set(panels)
    if unknown := sorted(asked - set(PANELS)):
        raise OptionError(f"there is no panel {', '.join(unknown)}; expected some of {', '.join(PANELS)}")
    for name in reversed(PANELS):
        if name in asked:
            asked |= set(NEEDED.get(name, ()))
    return tuple(name for name in PANELS if name in asked)
