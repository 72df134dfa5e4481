"""The table of a cohort: what ``bolus.io.read_cohort`` reads, and what a run of studies needs besides."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bolus import DataError, FormatError, IoError, OptionError, io

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CohortPatient", "name_of", "read_table", "study_problems"]


@dataclass(frozen=True)
class CohortPatient:
    """One patient of a cohort.

    Attributes
    ----------
    patient : str
        As in the table.
    name : str
        In names of files: letters and digits.
    label : int or None
        1 = IDH-mutant, 0 = wildtype; None of excluded patients of whom it is not known.
    folder : pathlib.Path or None
        The study; None of excluded patients.
    age : float or None
        Years.
    sex : str or None
        "F" or "M".
    grade : int or None
        WHO grade.
    segmentation : pathlib.Path or None
        Labels outlined or corrected by hand, used in place of anything else.
    exclusion : str
        Why the patient is not analysed; empty for all others.
    other : dict
        Further columns as text.
    row : int
        In the table, whose header is row 1.
    """

    patient: str
    name: str
    label: int | None
    folder: Path | None
    age: float | None = None
    sex: str | None = None
    grade: int | None = None
    segmentation: Path | None = None
    exclusion: str = ""
    other: dict[str, str] = field(default_factory=dict)
    row: int = 0


def name_of(patient: str) -> str:
    """A name of letters and digits, the same in every run; two patients never share one."""
    plain = re.sub(r"[^A-Za-z0-9]", "", patient)
    return patient if plain == patient else f"{plain}x{hashlib.sha256(patient.encode()).hexdigest()[:8]}"


def read_table(table: Any) -> list[CohortPatient]:
    """The patients of a cohort table.

    Parameters
    ----------
    table : path or DataFrame
        As for ``bolus.io.read_cohort``, with the columns ``patient``, ``label`` (or ``idh``) and ``folder``; where known
        ``age``, ``sex``, ``grade``, ``segmentation`` (a label map of the tumour), ``exclusion`` (why a patient is not
        analysed; such a patient needs no label and no folder), ``protocol``, and any
        other column. Paths count from the folder of the table.

    Raises
    ------
    IoError
        If it cannot be read.
    FormatError
        With every problem at once: missing columns, patients named twice, labels that are none, folders that are missing or
        hold no study.
    """
    patients, problems, source = _read(table)
    problems += study_problems(patients)
    if problems:
        problems.sort(key=_row_of)
        raise FormatError(
            f"{source} has {len(problems)} problem(s):"
            + "".join(f"\n  {problem}" for problem in problems)
            + "\nNothing was run: mend them in the table or in the folders, and look again (bolus cohort check)."
        )
    return patients


def _row_of(problem: str) -> int:
    found = re.match(r"row (\d+)", problem)
    return int(found[1]) if found else 0


def study_problems(patients: Iterable[CohortPatient]) -> list[str]:
    """What keeps these folders from being studies, a line for each."""
    problems = []
    for one in patients:
        if one.folder is None:
            continue
        try:
            found = io.find_study(one.folder)
        except (DataError, IoError, FormatError) as error:
            problems.append(f"row {one.row}: the folder of patient '{one.patient}' is no study: {error}")
            continue
        if found.perfusion is None and found.dicom_perfusion is None and not found.images and not found.dicom_images:
            problems.append(
                f"row {one.row}: the folder of patient '{one.patient}' holds no image of a study; put dsc, t1, t2, flair or "
                "cet1 there"
            )
    return problems


def _read(table: Any) -> tuple[list[CohortPatient], list[str], str]:
    """Patients, problems, and how the table is called in messages."""
    import pandas as pd

    if isinstance(table, pd.DataFrame):
        records, base, source = _records(table), Path.cwd(), "the table"
    elif isinstance(table, str | os.PathLike):
        base, source = Path(table).resolve().parent, os.fspath(table)
        try:
            with open(table, newline="", encoding="utf-8-sig") as file:
                records = list(csv.reader(file))
        except OSError as error:
            raise IoError(f"cannot read {source}: {error.strerror or error}; give the path of a .csv file") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise FormatError(
                f"{source} is no comma-separated table in UTF-8: {error}; save it as one (CSV UTF-8)"
            ) from error
    else:
        raise OptionError(f"the cohort is a {type(table).__name__}; expected the path of a .csv file or a DataFrame")
    if not records:
        raise FormatError(
            f"{source} is empty; expected a header with patient, label and folder, and a row for each patient"
        )
    return (*_patients(records, base, source), source)


def _records(frame: pd.DataFrame) -> list[list[str]]:
    def text(value: Any) -> str:
        if value is None or value != value:
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value).strip()

    rows = [[text(value) for value in row] for row in frame.astype(object).itertuples(index=False)]
    return [[str(column) for column in frame.columns], *rows]


def _patients(records: list[list[str]], base: Path, source: str) -> tuple[list[CohortPatient], list[str]]:
    """One reader reads tables: ours only fills in what excluded patients need not have, and makes paths whole."""
    columns = [column.strip().lower() for column in records[0]]
    place = {name: k for k, name in enumerate(columns)}
    label_name = "label" if "label" in place else "idh"
    excluded: dict[int, tuple[str, bool]] = {}
    problems: list[str] = []
    found = ", ".join(f"'{column}'" for column in columns)
    absent = [
        name for name, missing in (("patient", "patient" not in place), ("label", label_name not in place)) if missing
    ]
    if any(";" in column for column in columns):
        absent = []  # the whole row is one cell: what is wrong is not this
    for name in absent + ["folder"] * ("folder" not in place):
        or_so = " (or 'idh')" if name == "label" else ""
        problems.append(f"row 1: there is no column '{name}'{or_so}; found: {found}; add it")
    known_folders: dict[int, str] = {}
    # What is absent is filled in, so that the other cells of the table are looked at all the same.
    filled = [[*records[0], *absent]]
    for row, record in enumerate(records[1:], start=2):
        record = [cell.strip() for cell in record]
        if len(record) != len(columns):
            problems.append(f"row {row}: found {len(record)} fields, expected {len(columns)}")
            known = {"patient": f"row {row}", label_name: "0"}
            filled.append([known.get(name, "") for name in (*columns, *absent)])
            continue
        reason = record[place["exclusion"]] if "exclusion" in place else ""
        if reason:
            excluded[row] = (reason, not record[place[label_name]] if label_name in place else True)
            if label_name in place and not record[place[label_name]]:
                record[place[label_name]] = "0"
        if "folder" in place:
            folder = record[place["folder"]]
            record[place["folder"]] = str(base / folder) if folder and not reason else ""
            if folder and not reason:
                known_folders[row] = str(base / folder)
            elif not reason:
                problems.append(
                    f"row {row}: the folder is missing; fill it in, or say in the column 'exclusion' why there is none"
                )
        if "segmentation" in place and not reason:
            segmentation = record[place["segmentation"]]
            if segmentation and not (base / segmentation).is_file():
                problems.append(
                    f"row {row}: there is no file {base / segmentation}; correct its name, or leave the cell empty"
                )
        record += [f"row {row}" if name == "patient" else "0" for name in absent]
        filled.append(record)
    with tempfile.TemporaryDirectory(prefix="bolus-") as folder:
        path = Path(folder) / "cohort.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(filled)
        try:
            rows = io.read_cohort(path).rows
        except FormatError as error:
            lines = str(error).split("\n")
            more = [line.strip() for line in lines[1:]] or [lines[0].replace(str(path), source)]
            usable = [
                CohortPatient(
                    filled[row - 1][place["patient"]] if "patient" in place else f"row {row}",
                    "",
                    None,
                    Path(where),
                    row=row,
                )
                for row, where in known_folders.items()
                if Path(where).is_dir()
            ]
            return usable, more + problems
    patients = []
    for row, one in enumerate(rows, start=2):
        reason, unknown = excluded.get(row, ("", False))
        other = {name: value for name, value in one.other.items() if name not in ("segmentation", "exclusion")}
        segmentation = one.other.get("segmentation")
        patients.append(
            CohortPatient(
                one.patient, name_of(one.patient), None if unknown else one.label, one.folder, one.age, one.sex, one.grade,
                base / segmentation if segmentation else None, reason, other, row,
            )
        )  # fmt: skip
    names: dict[str, str] = {}
    for one in patients:
        if (before := names.setdefault(one.name.lower(), one.patient)) != one.patient:
            problems.append(
                f"row {one.row}: patients '{before}' and '{one.patient}' would share a folder; rename one of them"
            )
    if all(one.exclusion for one in patients):
        problems.append("every patient is excluded: empty the column 'exclusion' of those that shall be run")
    return patients, problems
