"""What a run of a cohort gives back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bolus import DataError, __version__, files, notebook
from bolus.cohort._store import _STATISTICS, CohortStore, StoreRow, write_store
from bolus.cohort._table import CohortPatient
from bolus.cohort._work import patient_folder, read_status
from bolus.patient import PatientResult
from bolus.patient._hashes import digest, file_hash

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CohortResult", "read_record", "write_record", "write_tables"]

_FORMAT, _SCHEMA = "bolus.cohort", 1


def write_record(output: Path, patients: Iterable[CohortPatient], options: dict[str, Any]) -> None:
    """What was asked for, in ``cohort.json``: patients in their order and hashes of options."""
    text = {
        "format": _FORMAT, "schema": _SCHEMA, "bolus": __version__, "options": options,
        "patients": [{"patient": one.patient, "name": one.name, "exclusion": one.exclusion} for one in patients],
    }  # fmt: skip
    files.write_text(output / "cohort.json", json.dumps(text, indent=1) + "\n", overwrite=True)


def read_record(output: Path) -> dict[str, Any] | None:
    """The same, as an earlier run left it; None where there is none. Raises IoError, FormatError."""
    return files.read_record(output / "cohort.json", _FORMAT, _SCHEMA, "record of bolus cohort run")


def write_tables(output: Path, patients: list[CohortPatient]) -> None:
    """The store, from what lies in the folders of the patients; nothing is done where they are those of before."""
    parts: list[Any] = [__version__]
    for one in patients:
        path = output / "status" / f"{one.name}.json"
        known = (one.patient, one.name, one.label, one.age, one.sex, one.grade, one.exclusion, one.other)
        parts.append([known, None if one.exclusion or not path.is_file() else file_hash(path)])
    key = digest(*parts)
    folder = output / "store"
    try:
        if json.loads((folder / "store.json").read_text()).get("digest") == key:
            return
    except (OSError, ValueError):
        pass
    write_store(folder, _rows(output, patients), digest=key)


def _rows(output: Path, patients: list[CohortPatient]) -> Iterator[StoreRow]:
    for one in patients:
        row: dict[str, Any] = {
            "patient": one.patient, "label": one.label, "age": one.age, "sex": one.sex, "grade": one.grade, **one.other,
            "exclusion": one.exclusion or None,
        }  # fmt: skip
        status = None if one.exclusion else read_status(output, one.name)
        if status is None or status["state"] != "done":
            failed = status is not None
            row |= {"state": "excluded" if one.exclusion else "failed" if failed else "missing"}
            row |= {"reason": status["reason"], "kind": status["kind"]} if status else {}
            reason = (
                [{"stage": "run", "kind": "failure", "code": status["kind"], "message": status["reason"]}]
                if status
                else []
            )
            yield StoreRow(row, None, [], reason)
            continue
        yield _finished(row, PatientResult.open(patient_folder(output, one.name)))


def _finished(row: dict[str, Any], found: PatientResult) -> StoreRow:
    from bolus import io

    stages = found.index["stages"]
    facts = stages.get("perfusion", {})
    protocol = {name: value for name, value in facts.get("protocol", {}).items() if name != "voxel_mm"}
    volumes = {f"volume_{name}_ml": value for name, value in stages.get("segment", {}).get("volumes_ml", {}).items()}
    row = {
        **row, "state": "done", "reason": None, "kind": None, "stages": ", ".join(stages),
        "probability": stages.get("predict", {}).get("probability"), "flags": len(found.flags),
        "simulated": bool(facts.get("simulated", False)), **protocol, **volumes,
    }  # fmt: skip
    if not row.get("protocol"):
        row["protocol"] = _protocol_of(protocol)
    qc = [
        {"stage": stage, "kind": "flag", "code": flag["code"], "message": flag["message"]}
        for stage, record in stages.items()
        for flag in record.get("flags", [])
    ]
    qc += [
        {
            "stage": str(one["stage"]), "kind": "verdict", "image": str(one["image"]), "verdict": str(one["verdict"]),
            "message": "; ".join(one["reasons"]) if isinstance(one["reasons"], list) else str(one["reasons"] or ""),
        }
        for one in stages.get("preprocess", {}).get("verdicts", [])
    ]  # fmt: skip
    names = found.names()
    curves = io.read_curves(found.path("curves"))[0].curves if "curves" in names else None
    perfusion = []
    if "regions" in names:
        frame = found.regions.rename(columns={"map": "quantity"})
        perfusion = [
            {
                name: None if value != value or (name in _STATISTICS and not one["valid_count"]) else value
                for name, value in one.items()
            }
            for one in frame.to_dict("records")
        ]
    return StoreRow(row, curves, perfusion, qc)


def _protocol_of(facts: dict[str, Any]) -> str | None:
    """Of a series whose protocol has no name in the table: field strength, TE and time between volumes."""
    parts = []
    if facts.get("field_strength_t"):
        parts.append(f"{facts['field_strength_t']:g} T")
    if facts.get("echo_time_s"):
        parts.append(f"TE {1000 * facts['echo_time_s']:.0f} ms")
    if facts.get("time_step_s"):
        parts.append(f"{facts['time_step_s']:.3g} s")
    return ", ".join(parts) or None


class CohortResult:
    """The results of a cohort in their folder.

    Attributes
    ----------
    folder : pathlib.Path
    record : dict
        What ``cohort.json`` holds.
    computed : int
        Patients that this run worked on; the others were found finished.
    workers : str
        Where it ran, and the memory that a worker could use.
    memory : int
        The most that a worker used, bytes; 0 where nothing was computed.
    """

    def __init__(self, folder: Path, record: dict[str, Any], computed: int = 0, workers: str = "", memory: int = 0):
        self.folder, self.record = folder, record
        self.computed, self.workers, self.memory = computed, workers, memory

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> CohortResult:
        """What earlier runs left in a folder. Raises DataError where there is nothing."""
        record = read_record(Path(folder))
        if record is None:
            raise DataError(f"{folder} holds no results of bolus cohort run; run it first")
        return cls(Path(folder), record)

    @property
    def store(self) -> CohortStore:
        """The tables."""
        return CohortStore(self.folder / "store")

    def patient(self, name: str) -> PatientResult:
        """The results of one patient. Raises DataError where there are none."""
        for one in self.record["patients"]:
            if one["patient"] == name:
                return PatientResult.open(patient_folder(self.folder, one["name"]))
        raise DataError(
            f"there is no patient {name} in this cohort of {len(self.record['patients'])}; to_frame() lists them"
        )

    def to_frame(self) -> pd.DataFrame:
        """A row for each patient: patient, state (done, failed, excluded, missing), kind, reason."""
        import pandas as pd

        rows = []
        for one in self.record["patients"]:
            status = None if one["exclusion"] else read_status(self.folder, one["name"])
            if one["exclusion"]:
                rows.append((one["patient"], "excluded", "", one["exclusion"]))
            elif status is None:
                rows.append((one["patient"], "missing", "", "not run yet"))
            else:
                rows.append((one["patient"], status["state"], status.get("kind", ""), status.get("reason", "")))
        return pd.DataFrame(rows, columns=["patient", "state", "kind", "reason"])

    @property
    def counts(self) -> dict[str, int]:
        """Patients by state."""
        states = self.to_frame()["state"].tolist()
        return {name: states.count(name) for name in ("done", "failed", "excluded", "missing") if name in states}

    @property
    def failed(self) -> pd.DataFrame:
        """Patients that failed, and why."""
        frame = self.to_frame()
        return frame[frame.state == "failed"].reset_index(drop=True)

    def report(self, output: str | os.PathLike[str], **options: Any) -> Any:
        """Write the report of the cohort into a folder, see ``CohortReport``."""
        from bolus.cohort._report import CohortReport

        return CohortReport(**options)(self.store, output)

    def __repr__(self) -> str:
        text = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"CohortResult({len(self.record['patients'])} patients: {text}; {self.folder})"

    def _repr_html_(self) -> str:
        return notebook.html(self)
