"""The tables of a cohort, in Parquet: read lazily, filtered before they are read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import CurveSet, DataError, Dataset, FormatError, IoError, OptionError, __version__, notebook
from bolus.files import output_folder, write_text
from bolus.io import PatientCurves

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TABLES", "CohortStore", "StoreRow", "write_store"]

#: Tables of a store, and what a row of each is.
TABLES = {
    "patients": "a patient: table of the cohort, how the run ended, protocol, volumes, probability",
    "curves": "a patient and a time: signals of ET, NET, ED, WT and the arterial input",
    "perfusion": "a patient, a quantity and a region: mean, median, spread",
    "qc": "a patient and a doubt: flags, verdicts, and reasons of failures",
}
_CHANNELS = ("ET", "NET", "ED", "WT", "AIF")
_FORMAT, _SCHEMA = "bolus.cohort.store", 1
_STATISTICS = ("mean", "standard_deviation", "median", "percentile_5", "percentile_95")
_ROWS = 1 << 16  # held in memory before they go to the file


def _arrow() -> Any:
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.dataset
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError("the tables of a cohort need pyarrow: pip install 'bolus[cohort]'") from error
    return pyarrow


@dataclass
class StoreRow:
    """What goes into the store of one patient."""

    patient: dict[str, Any]  # a row of the table of patients; "patient" is its name
    curves: CurveSet | None = None
    perfusion: list[dict[str, Any]] = field(default_factory=list)
    qc: list[dict[str, Any]] = field(default_factory=list)


def _schemas(channels: Sequence[str]) -> dict[str, Any]:
    pa = _arrow()
    text, number, whole = pa.string(), pa.float64(), pa.int64()
    return {
        "curves": pa.schema(
            [("patient", text), ("time_s", number), *((name, number) for name in channels), ("simulated", pa.bool_())]
        ),
        "perfusion": pa.schema(
            [("patient", text), ("quantity", text), ("region", text), ("voxel_count", whole), ("valid_count", whole)]
            + [(name, number) for name in _STATISTICS]
        ),
        "qc": pa.schema(
            [
                ("patient", text),
                ("stage", text),
                ("kind", text),
                ("code", text),
                ("image", text),
                ("verdict", text),
                ("message", text),
            ]
        ),
    }


class _Writer:
    """Appends rows to a Parquet file, a block at a time."""

    def __init__(self, path: Path, schema: Any):
        pa = _arrow()
        self._path, self._schema, self._columns = path, schema, {name: [] for name in schema.names}
        self._file = pa.parquet.ParquetWriter(path, schema, compression="zstd")

    def add(self, columns: dict[str, Sequence[Any]], count: int) -> None:
        for name, values in self._columns.items():
            values.extend(columns.get(name, [None] * count))
        if len(self._columns["patient"]) >= _ROWS:
            self.flush()

    def flush(self) -> None:
        pa = _arrow()
        if self._columns["patient"]:
            self._file.write_table(pa.table(self._columns, schema=self._schema))
            self._columns = {name: [] for name in self._schema.names}

    def close(self) -> None:
        self._file.close()


@contextmanager
def _written(folder: Path, name: str) -> Iterator[Path]:
    """A file that is there whole or not at all."""
    temporary = folder / f".bolus.{name}.{os.getpid()}"
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, folder / name)
    except OSError as error:
        raise IoError(
            f"cannot write {folder / name}: {error.strerror or error}; free the disk, and run again"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_store(
    folder: str | os.PathLike[str], rows: Iterable[StoreRow], channels: Sequence[str] = _CHANNELS, digest: str = ""
) -> None:
    """Write the tables of a store, in the order of the rows, which are asked for one after another and not kept."""
    import contextlib

    folder = output_folder(folder)
    index = folder / "store.json"
    index.unlink(missing_ok=True)  # while it is not there, no table counts
    patients: list[dict[str, Any]] = []
    schemas = _schemas(channels)
    with contextlib.ExitStack() as stack:
        writers = {}
        for name, schema in schemas.items():
            path = stack.enter_context(_written(folder, f"{name}.parquet"))
            writers[name] = _Writer(path, schema)
            stack.callback(writers[name].close)
        for row in rows:
            patient = row.patient["patient"]
            patients.append(row.patient)
            if row.curves is not None:
                count = len(row.curves.times)
                values = dict(zip(row.curves.names, np.asarray(row.curves.values).T, strict=True))
                columns = {name: values[name].tolist() for name in channels if name in values}
                columns |= {
                    "patient": [patient] * count, "time_s": np.asarray(row.curves.times).tolist(),
                    "simulated": [bool(row.curves.simulated)] * count,
                }  # fmt: skip
                writers["curves"].add(columns, count)
            for name, found in (("perfusion", row.perfusion), ("qc", row.qc)):
                if found:
                    columns = {key: [one.get(key) for one in found] for key in schemas[name].names if key != "patient"}
                    writers[name].add({**columns, "patient": [patient] * len(found)}, len(found))
        for writer in writers.values():
            writer.flush()
        with _written(folder, "patients.parquet") as path:
            _arrow().parquet.write_table(_patients_table(patients), path, compression="zstd")
    text = {
        "format": _FORMAT, "schema": _SCHEMA, "bolus": __version__, "patients": len(patients), "channels": list(channels),
        "digest": digest, "tables": TABLES,
    }  # fmt: skip
    write_text(index, json.dumps(text, indent=1) + "\n", overwrite=True)


def _patients_table(patients: list[dict[str, Any]]) -> Any:
    """Columns of what there is; texts that are all numbers become numbers, as of covariates."""
    pa = _arrow()
    names = list(dict.fromkeys(name for row in patients for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in patients]
        if name not in ("patient", "protocol") and any(isinstance(value, str) for value in values):
            values = _numbers(values)
        columns[name] = pa.array(values)
    return pa.table(columns)


def _numbers(values: list[Any]) -> list[Any]:
    try:
        numbers = [None if value in (None, "") else float(value) for value in values]
    except ValueError:
        return values
    return values if all(number is None for number in numbers) else numbers


class CohortStore:
    """The tables of a cohort. Opening one reads no row.

    The tables are ``patients``, ``curves``, ``perfusion`` and ``qc``, each an attribute: a ``pyarrow.dataset.Dataset``, which
    DuckDB and polars take as it is. ``frame`` and ``scan`` give pandas and polars.

    Parameters
    ----------
    folder : path
        A store, or the results of ``bolus.Cohort.run``, in which it lies.

    Raises
    ------
    IoError, FormatError, VersionError
        If there is none, or it is not whole.
    """

    def __init__(self, folder: str | os.PathLike[str]):
        folder = Path(folder)
        if not (folder / "store.json").is_file() and (folder / "store" / "store.json").is_file():
            folder = folder / "store"
        try:
            index = json.loads((folder / "store.json").read_text())
        except OSError as error:
            raise IoError(
                f"{folder} holds no tables of a cohort, or they were being written; run the cohort again ({error.strerror})"
            ) from error
        except ValueError as error:
            raise FormatError(
                f"{folder / 'store.json'} is damaged ({error}); remove it, and run the cohort again"
            ) from error
        if not isinstance(index, dict) or index.get("format") != _FORMAT:
            raise FormatError(f"{folder / 'store.json'} is no index of a cohort's tables; choose another folder")
        if index["schema"] > _SCHEMA:
            raise FormatError(f"{folder} is of a later version of bolus ({index['bolus']}); update bolus to read it")
        self.folder, self.index = folder, index
        self._chosen: list[str] | None = None

    @classmethod
    def from_curves(
        cls, folder: str | os.PathLike[str], curves: Iterable[PatientCurves], clinical: pd.DataFrame | None = None
    ) -> CohortStore:
        """Write a store of curves that are there already, e.g. of ``bolus.io.read_curves`` or of a simulated cohort.

        Parameters
        ----------
        folder : path
        curves : iterable of bolus.io.PatientCurves
            Taken one by one, so that a generator needs no memory.
        clinical : DataFrame, optional
            A row for each patient, with the column ``patient``.
        """
        known = {}
        if clinical is not None:
            if "patient" not in clinical:
                raise DataError(
                    f"the clinical table has no column 'patient'; it has {', '.join(map(str, clinical.columns))}; "
                    "rename the one with their names"
                )
            known = {str(row["patient"]): row for row in clinical.to_dict("records")}

        def rows() -> Iterator[StoreRow]:
            for one in curves:
                row = {
                    "patient": one.patient,
                    "label": one.label,
                    "state": "done",
                    "simulated": bool(one.curves.simulated),
                }
                row |= {name: value for name, value in known.get(one.patient, {}).items() if name not in row}
                yield StoreRow(row, one.curves)

        if (Path(folder) / "store.json").exists():
            raise IoError(f"{folder} holds a store already; choose another folder")
        write_store(folder, rows())
        return cls(folder)

    def _table(self, name: str) -> Any:
        if name not in TABLES:
            raise OptionError(f"there is no table {name}; expected {', '.join(TABLES)}")
        pa = _arrow()
        try:
            table = pa.dataset.dataset(self.folder / f"{name}.parquet", format="parquet")
        except (OSError, pa.ArrowInvalid) as error:
            raise FormatError(
                f"{self.folder / (name + '.parquet')} cannot be read ({error}); run the cohort again"
            ) from error
        return table if self._chosen is None else table.filter(pa.compute.field("patient").isin(self._chosen))

    patients = property(lambda self: self._table("patients"), doc="A row for each patient.")
    curves = property(lambda self: self._table("curves"), doc="Signals over time.")
    perfusion = property(lambda self: self._table("perfusion"), doc="Quantities by region.")
    qc = property(lambda self: self._table("qc"), doc="Flags, verdicts, failures.")

    def where(self, condition: Any) -> CohortStore:
        """The store of some patients only; still nothing of curves is read.

        Parameters
        ----------
        condition : pyarrow.compute.Expression, or sequence of str
            Of the columns of ``patients``, as in ``pyarrow.compute.field("age") > 60``; or the patients' names.
        """
        pa = _arrow()
        if isinstance(condition, pa.compute.Expression):
            names = self._table("patients").to_table(columns=["patient"], filter=condition)["patient"].to_pylist()
        else:
            asked = [condition] if isinstance(condition, str) else list(condition)
            there = set(self.names)
            if missing := [name for name in asked if name not in there]:
                raise DataError(
                    f"the store has no patient {', '.join(missing[:5])}; store.names lists the {len(there)} that it has"
                )
            names = asked
        chosen = CohortStore.__new__(CohortStore)
        chosen.folder, chosen.index, chosen._chosen = self.folder, self.index, names
        return chosen

    @property
    def names(self) -> list[str]:
        """Patients, in the order of the cohort's table."""
        return self._table("patients").to_table(columns=["patient"])["patient"].to_pylist()

    def __len__(self) -> int:
        return self.index["patients"] if self._chosen is None else len(self._chosen)

    def frame(self, table: str = "patients", columns: Sequence[str] | None = None, where: Any = None) -> pd.DataFrame:
        """A table as a pandas DataFrame: the columns and rows asked for, and no others are read."""
        found = self._table(table)
        if columns is not None and (unknown := [name for name in columns if name not in found.schema.names]):
            raise OptionError(f"{table} has no column {', '.join(unknown)}; it has {', '.join(found.schema.names)}")
        return found.to_table(columns=None if columns is None else list(columns), filter=where).to_pandas()

    def scan(self, table: str = "patients") -> Any:
        """A table as a polars LazyFrame."""
        try:
            import polars
        except ImportError as error:
            raise ImportError("this needs polars: pip install polars") from error
        self._table(table)
        found = polars.scan_parquet(self.folder / f"{table}.parquet")
        return found if self._chosen is None else found.filter(polars.col("patient").is_in(self._chosen))

    def read_curves(self, batch: int = 256) -> Iterator[list[PatientCurves]]:
        """The curves of some patients after another, `batch` at a time, with their labels."""
        frame = self.frame("patients", ["patient", "label"] if "label" in self.patients.schema.names else ["patient"])
        labels = dict(zip(frame["patient"], frame["label"], strict=True)) if "label" in frame else {}
        part = []
        for name, columns in self._rows_of_patients():
            part.append(_curves_of(name, columns, labels.get(name)))
            if len(part) == batch:
                yield part
                part = []
        if part:
            yield part

    def _blocks(self, columns: Sequence[str]) -> Iterator[dict[str, np.ndarray]]:
        """The table of curves a block of rows after another, in the order of the file; nothing is read ahead."""
        table = self._table("curves")
        scanned = table.to_batches(columns=list(columns), batch_size=_ROWS, batch_readahead=1, fragment_readahead=1)
        for block in scanned:
            if block.num_rows:
                yield {name: block.column(name).to_numpy(zero_copy_only=False) for name in columns}

    def _rows_of_patients(self) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
        """Columns of one patient after another; the rows of each stand together, as they were written."""
        held: dict[str, np.ndarray] | None = None
        seen: set[str] = set()
        for block in self._blocks(self._table("curves").schema.names):
            names = block["patient"]
            edges = [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1).tolist(), len(names)]
            for begin, end in pairwise(edges):
                rows = {name: values[begin:end] for name, values in block.items()}
                if held is not None and held["patient"][0] == names[begin]:
                    held = {name: np.concatenate([values, rows[name]]) for name, values in held.items()}
                    continue
                if held is not None:
                    yield held["patient"][0], held
                if names[begin] in seen:
                    raise FormatError(
                        f"the rows of patient {names[begin]} in {self.folder / 'curves.parquet'} do not stand together; run "
                        "the cohort again"
                    )
                seen.add(names[begin])
                held = rows
        if held is not None:
            yield held["patient"][0], held

    def channels(self) -> list[str]:
        """The curves that some patient has, in the order of the table."""
        names = [name for name in self._table("curves").schema.names if name not in ("patient", "time_s", "simulated")]
        there = dict.fromkeys(names, False)
        for block in self._blocks(names):
            for name, values in block.items():
                there[name] = there[name] or not np.isnan(values).all()
            if all(there.values()):
                break
        return [name for name in names if there[name]]

    def extents(self) -> pd.DataFrame:
        """Of each patient with curves (the index): count of time points, first and last time in s."""
        found = self._table("curves").to_table(columns=["patient", "time_s"]).group_by("patient", use_threads=False)
        frame = found.aggregate([("time_s", "count"), ("time_s", "min"), ("time_s", "max")]).to_pandas()
        return frame.set_index("patient").rename(
            columns={"time_s_count": "count", "time_s_min": "first", "time_s_max": "last"}
        )

    def all_curves(self) -> list[PatientCurves]:
        """The curves of all patients that have some."""
        return [one for part in self.read_curves() for one in part]

    def dataset(
        self,
        count: int = 8,
        length: int = 0,
        time_step: float | str | None = None,
        channels: Sequence[str] | None = None,
    ) -> Dataset:
        """The samples of all patients with curves and a label, for ``IDHClassifier``.

        Patients are taken in parts, so that beside the samples themselves (float32) little is needed.

        Parameters
        ----------
        count : int
            Windows per patient.
        length : int
            Time steps of a window. 0: what the shortest series leaves.
        time_step : float or "common", optional
            Bring all series to this step (s), or to the coarsest among them, see ``common_time_base``.
        channels : sequence of str, optional
            Curves to use; by default ET, NET, ED, WT and AIF as far as there are any.

        Raises
        ------
        DataError
            If series differ in their time step and `time_step` is not given, or no patient has curves.
        """
        from bolus.cohort._harmonise import windows_of
        from bolus.dsc import join_datasets

        plan = self._plan(count, length, time_step, channels)
        parts = [windows_of(part, plan) for part in self._labelled()]
        return join_datasets([part for part in parts if part is not None])

    def batches(
        self,
        patients: int = 256,
        count: int = 8,
        length: int = 0,
        time_step: float | str | None = None,
        channels: Sequence[str] | None = None,
    ) -> Iterator[Dataset]:
        """The same samples part by part, of so many patients each: memory does not grow with the store."""
        from bolus.cohort._harmonise import windows_of

        plan = self._plan(count, length, time_step, channels)
        for part in self._labelled(patients):
            if (found := windows_of(part, plan)) is not None:
                yield found

    def _labelled(self, batch: int = 256) -> Iterator[list[PatientCurves]]:
        for part in self.read_curves(batch):
            yield [one for one in part if one.label is not None]

    def _plan(self, count: int, length: int, time_step: Any, channels: Any) -> Any:
        from bolus.cohort._harmonise import plan_windows

        return plan_windows(self, count, length, time_step, channels)

    def quantities(self, statistic: str = "median", regions: Sequence[str] | None = None) -> pd.DataFrame:
        """Perfusion quantities as columns ``quantity_region``, a row for each patient (its name the index)."""
        if statistic not in _STATISTICS:
            raise OptionError(f"statistic is '{statistic}'; expected one of {', '.join(_STATISTICS)}")
        found = self.frame("perfusion", ["patient", "quantity", "region", statistic])
        if regions is not None:
            found = found[found.region.isin(list(regions))]
        found["column"] = found.quantity + "_" + found.region
        order = list(dict.fromkeys(found.column))
        wide = found.pivot(index="patient", columns="column", values=statistic)
        return wide.reindex(index=[name for name in self.names if name in wide.index], columns=order).rename_axis(
            columns=None
        )

    def clinical(self) -> pd.DataFrame:
        """The table of the patients with curves and a label, as ``bolus.study.reproduce`` takes it."""
        frame = self.frame("patients")
        frame = frame[(frame.get("state", "done") == "done") & frame["label"].notna()].rename(columns={"label": "idh"})
        frame["idh"] = frame["idh"].astype(int)
        if "field_strength_t" in frame and "field_strength" not in frame:
            frame = frame.rename(columns={"field_strength_t": "field_strength"})
        if "mean_rcbv" not in frame and (rcbv := self._mean_rcbv()) is not None:
            frame["mean_rcbv"] = frame["patient"].map(rcbv)
        return frame.dropna(axis=1, how="all").reset_index(drop=True)

    def _mean_rcbv(self) -> Any:
        found = self.frame("perfusion", ["patient", "quantity", "region", "mean"])
        for name in ("corrected_nrCBV", "nrCBV"):
            rows = found[(found.quantity == name) & (found.region == "WT")]
            if len(rows):
                return rows.set_index("patient")["mean"]
        return None

    def to_frame(self) -> pd.DataFrame:
        """The table of patients."""
        return self.frame("patients")

    def __repr__(self) -> str:
        return f"CohortStore({len(self)} patients, {self.folder})"

    def _repr_html_(self) -> str:
        return notebook.html(self)


def _curves_of(patient: str, rows: dict[str, np.ndarray], label: Any) -> PatientCurves:
    order = np.argsort(rows["time_s"], kind="stable")
    values = {name: column[order] for name, column in rows.items() if name not in ("patient", "time_s", "simulated")}
    names = [name for name, column in values.items() if not np.isnan(column).all()]
    simulated = any(value is True or value is np.True_ for value in rows["simulated"])
    curves = CurveSet(
        names, rows["time_s"][order], np.column_stack([values[name] for name in names]), simulated=simulated
    )
    return PatientCurves(patient, curves, None if label is None or label != label else int(label))
