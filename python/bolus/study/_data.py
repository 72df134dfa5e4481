"""The patients of a study: model input and clinical table, checked against each other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bolus import DataError, Dataset, FormatError, IoError, OptionError
from bolus.dsc import SlidingWindows
from bolus.simulate import SimulatedCohort

__all__ = ["StudyData", "study_data"]

#: Columns of the clinical table and the names they may have.
COLUMNS: dict[str, tuple[str, ...]] = {
    "patient": ("patient", "patient_id", "id"),
    "idh_mutant": ("idh_mutant", "idh", "label"),
    "age": ("age",),
    "sex": ("sex", "gender"),
    "grade": ("grade", "who_grade"),
    "codeleted": ("codeleted", "codeletion_1p19q", "1p19q"),
    "field_strength": ("field_strength", "field", "tesla"),
    "protocol": ("protocol",),
    "mean_rcbv": ("mean_rcbv", "rcbv"),
    "enhancement": ("enhancement", "enhancing"),
}
_NUMBERS = ("age", "grade", "field_strength", "mean_rcbv")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
_TRUE = {"1", "true", "yes", "mutant", "idh-mutant", "codeleted", "mutated"}
_FALSE = {"0", "false", "no", "wildtype", "wild-type", "wild type", "idh-wildtype", "intact", "non-codeleted"}


@dataclass
class StudyData:
    """Samples of the model and one clinical row per patient, in the order of the samples' patients."""

    dataset: Dataset
    clinical: pd.DataFrame
    curves: dict[str, Any] | None = None
    simulated: bool = False
    notes: list[str] = field(default_factory=list)  # what was left out, and why

    def has(self, *columns: str) -> bool:
        """All of these columns are there, for every patient."""
        return all(column in self.clinical and self.clinical[column].notna().all() for column in columns)

    @property
    def labels(self) -> np.ndarray:
        return self.clinical.idh_mutant.to_numpy().astype(int)


def study_data(cohort: Any, clinical: Any = None, windows: SlidingWindows | None = None) -> StudyData:
    """A simulated cohort, a data set, or the curves of patients, joined with what is known about the patients.

    Raises DataError naming the patients that do not fit.
    """
    windows = windows or SlidingWindows(count=8)
    if isinstance(cohort, SimulatedCohort):
        table = cohort.to_frame() if clinical is None else _table(clinical)
        _refuse_twice((patient.id for patient in cohort.patients), "the cohort")
        dataset = cohort.dataset(windows)
        curves = {patient.id: patient.curves for patient in cohort.patients}
    elif isinstance(cohort, Dataset):
        if clinical is None:
            raise OptionError(
                "a Dataset says nothing about its patients but their samples: give clinical=, a table with a row for each"
            )
        dataset, curves, table = cohort, None, _table(clinical)
    elif isinstance(cohort, Sequence) and not isinstance(cohort, str) and all(hasattr(one, "curves") for one in cohort):
        if clinical is None:
            raise OptionError(
                "curves alone say nothing about the patients: give clinical=, a table with a row for each"
            )
        from bolus.pipeline import MakeWindows

        _refuse_twice((one.patient for one in cohort), "the curves")
        dataset, table = MakeWindows(windows=windows)(list(cohort)), _table(clinical)
        curves = {one.patient: one.curves for one in cohort}
    else:
        raise OptionError(
            f"cohort is a {type(cohort).__name__}; expected a simulated cohort, a Dataset or a list of PatientCurves"
        )
    return _joined(dataset, table, curves)


def _refuse_twice(names: Iterable[str], where: str) -> None:
    counts = pd.Series(list(names), dtype=object).value_counts()
    if (counts > 1).any():
        raise DataError(
            f"{where} has patients more than once: {_listed(sorted(counts.index[counts > 1]))}; keep one of each"
        )


def _listed(names: Iterable[Any], most: int = 10) -> str:
    names = [str(name) for name in names]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _table(clinical: Any) -> pd.DataFrame:
    """The clinical table with our names for the columns we use, and values of our kinds."""
    if isinstance(clinical, str | os.PathLike):
        clinical = _read(clinical)
    if not isinstance(clinical, pd.DataFrame):
        raise OptionError(
            f"clinical is a {type(clinical).__name__}; expected a pandas DataFrame or the path of a .csv file"
        )
    lower = {str(column).strip().lower(): column for column in clinical.columns}
    found = {}
    for name, aliases in COLUMNS.items():
        if alias := next((alias for alias in aliases if alias in lower), None):
            found[name] = clinical[lower[alias]].reset_index(drop=True)
    if "patient" not in found:
        raise DataError(f"the clinical table has no column 'patient'; it has {_listed(clinical.columns)}")
    table = pd.DataFrame(found)
    if table.patient.isna().any():
        raise DataError(
            f"row {int(table.patient.isna().idxmax()) + 1} of the clinical table has no patient; name it, or remove the row"
        )
    table["patient"] = table.patient.astype(str)
    _refuse_twice(table.patient, "the clinical table")
    if "grade" in table:
        table["grade"] = table.grade.map(lambda value: _ROMAN.get(str(value).strip().upper(), value))
    for name in _NUMBERS:
        if name in table:
            table[name] = _numbers(table, name)
    for name in ("idh_mutant", "codeleted", "enhancement"):
        if name in table:
            table[name] = _truths(table, name)
    if "sex" in table:
        table["sex"] = table.sex.map(lambda v: {"m": "male", "f": "female"}.get(str(v).strip().lower()[:1]))
    if "protocol" in table:
        table["protocol"] = table.protocol.map(lambda v: str(v) if pd.notna(v) and str(v).strip() else None)
    return table


def _read(path: str | os.PathLike[str]) -> pd.DataFrame:
    """A comma-separated table, all as text, so that names of patients keep their zeros."""
    try:
        return pd.read_csv(
            path, dtype=str, keep_default_na=False, na_values=["", "NA", "NaN", "nan"], encoding="utf-8-sig"
        )
    except OSError as error:
        raise IoError(f"cannot read {os.fspath(path)}: {error.strerror or error}") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise FormatError(f"{os.fspath(path)} is no comma-separated table: {error}") from error


def _numbers(table: pd.DataFrame, name: str) -> pd.Series:
    numbers = pd.to_numeric(table[name], errors="coerce")
    wrong = numbers.isna() & table[name].notna() & (table[name].astype(str).str.strip() != "")
    if wrong.any():
        row = wrong.idxmax()
        raise DataError(f"{name} of patient {table.patient[row]} is {table[name][row]!r}; expected a number")
    if np.isinf(numbers).any():
        raise DataError(
            f"{name} of patient {table.patient[np.isinf(numbers).idxmax()]} is infinite; correct it, or leave the field empty"
        )
    return numbers


def _truths(table: pd.DataFrame, name: str) -> pd.Series:
    def truth(value: Any) -> Any:
        text = str(value).strip().lower()
        if text in _TRUE or text == "1.0":
            return True
        if text in _FALSE or text == "0.0":
            return False
        return None

    values = table[name].map(truth)
    wrong = values.isna() & table[name].notna() & (table[name].astype(str).str.strip() != "")
    if name == "idh_mutant" and wrong.any():
        row = wrong.idxmax()
        raise DataError(
            f"idh of patient {table.patient[row]} is {table[name][row]!r}; expected wildtype or mutant (0 or 1)"
        )
    return values.astype("boolean")


def _joined(dataset: Dataset, table: pd.DataFrame, curves: dict[str, Any] | None) -> StudyData:
    if not len(dataset.patients):
        raise DataError("the data set does not say which samples belong to one patient; give it patients")
    order = list(dict.fromkeys(str(patient) for patient in dataset.patients))
    if len(order) < 2:
        raise DataError(f"there is one patient only, {order[0]}; a study needs many")
    if len(dataset.start_times):
        pairs = pd.DataFrame({"patient": dataset.patients, "start": dataset.start_times})
        twice = pairs[pairs.duplicated()].patient.unique()
        if len(twice):
            raise DataError(
                f"samples start at the same time twice in {_listed(twice)}: is a patient in the data set more than once?"
            )
    rows = table.set_index("patient", drop=False)
    if missing := [patient for patient in order if patient not in rows.index]:
        raise DataError(
            f"{len(missing)} patients have samples but no row in the clinical table: {_listed(missing)}; add the "
            "rows, or leave the patients out"
        )
    notes = []
    if unused := sorted(set(rows.index) - set(order)):
        notes.append(
            f"{len(unused)} patients of the clinical table have no samples and were left out: {_listed(unused)}"
        )
    clinical = rows.loc[order].reset_index(drop=True)
    dataset, clinical = _labelled(dataset, clinical)
    for name in COLUMNS:
        if name not in clinical:
            continue
        absent = clinical.patient[clinical[name].isna()]
        if len(absent) and name not in ("codeleted", "idh_mutant"):
            notes.append(f"{name} is not known of {len(absent)} of {len(clinical)} patients: {_listed(absent)}")
    return StudyData(dataset, clinical, curves, bool(dataset.simulated), notes)


def _labelled(dataset: Dataset, clinical: pd.DataFrame) -> tuple[Dataset, pd.DataFrame]:
    """The genotype of samples and table, which must agree where both are there."""
    patients = np.asarray(dataset.patients)
    if len(dataset.labels):
        seen = pd.DataFrame({"patient": patients, "label": dataset.labels}).drop_duplicates()
        if (both := seen.patient[seen.patient.duplicated()]).size:
            raise DataError(
                f"samples of one patient have both labels: {_listed(both)}; correct the labels or the names"
            )
        own = clinical.patient.map(dict(zip(seen.patient, seen.label, strict=True))).astype(bool)
        if "idh_mutant" in clinical:
            differs = clinical.idh_mutant.notna() & (clinical.idh_mutant.fillna(False).astype(bool) != own)
            if differs.any():
                raise DataError(
                    f"samples and clinical table disagree about the genotype of {_listed(clinical.patient[differs])}"
                )
        clinical["idh_mutant"] = own
    else:
        if "idh_mutant" not in clinical:
            raise DataError("neither the samples have labels nor the clinical table a column 'idh'")
        if (unknown := clinical.patient[clinical.idh_mutant.isna()]).size:
            raise DataError(f"the genotype of {_listed(unknown)} is not known; leave these patients out")
        clinical["idh_mutant"] = clinical.idh_mutant.astype(bool)
        label = dict(zip(clinical.patient, clinical.idh_mutant.astype(int), strict=True))
        dataset = Dataset(
            np.asarray(dataset.curves),
            dataset.channel_names,
            [label[patient] for patient in patients],
            list(patients),
            list(dataset.start_times),
            dataset.time_step,
            dataset.simulated,
            list(dataset.lengths),
        )
    if clinical.idh_mutant.nunique() < 2:
        which = "mutant" if clinical.idh_mutant.iloc[0] else "wildtype"
        raise DataError(f"all {len(clinical)} patients are IDH-{which}: there is nothing to tell apart")
    return dataset, clinical
