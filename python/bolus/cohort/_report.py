"""The report of a cohort: who is in it and why not, how good the data are, and what a model makes of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from bolus import ConvergenceError, DataError, Error, OptionError, __version__
from bolus._core.core import write_atomically
from bolus.cohort._figures import draw_flags, draw_flow, draw_harmonisation
from bolus.cohort._page import latex, page
from bolus.cohort._table1 import table1
from bolus.files import figure_bytes, output_folder, require_writable, write_text

__all__ = ["CohortReport", "CohortReportResult"]


@dataclass
class CohortReportResult:
    """What a report consists of.

    Attributes
    ----------
    folder : pathlib.Path
    tables : dict of str to DataFrame
    figures : list of str
    left_out : dict of str to str
        Parts that could not be made, and why.
    study : bolus.study.StudyResult or None
    """

    folder: Path
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    figures: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    study: Any = None

    @property
    def html(self) -> Path:
        """The file to read."""
        return self.folder / "report.html"

    def __repr__(self) -> str:
        return f"CohortReportResult({self.html}; {len(self.tables)} tables, {len(self.figures)} figures)"


class CohortReport:
    """Writes the report of a store: one HTML file, and a folder of figures (PNG, SVG) and tables (CSV, LaTeX).

    Parameters
    ----------
    train : bool
        Train, cross-validate and evaluate through ``bolus.study.reproduce``, and leave each protocol out.
    classifier : IDHClassifier, optional
        Its options are used.
    panels : sequence of str, optional
        Of ``bolus.study.PANELS``.
    folds, replicates, seed, threads : int
        As in ``bolus.study.reproduce``.
    count : int
        Windows per patient.
    time_step : float or "common"
        Time base of all series.
    harmonise : bool
        Compare quantities between protocols before and after ``ComBat``.
    statistic : str
        Of the quantities in a region.
    """

    def __init__(
        self,
        train: bool = True,
        classifier: Any = None,
        panels: Any = None,
        folds: int = 5,
        replicates: int = 1000,
        seed: int = 0,
        threads: int = 0,
        count: int = 8,
        time_step: float | str = "common",
        harmonise: bool = True,
        statistic: str = "median",
    ):
        self.train, self.classifier, self.panels = train, classifier, panels
        self.folds, self.replicates, self.seed, self.threads = folds, replicates, seed, threads
        self.count, self.time_step, self.harmonise, self.statistic = count, time_step, harmonise, statistic

    def __repr__(self) -> str:
        return f"CohortReport({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    def __call__(
        self,
        store: Any,
        output: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        progress: Callable[[str, int, int], Any] | None = None,
    ) -> CohortReportResult:
        """Write it into a folder. Raises IoError where the report is there already and `overwrite` is false."""
        folder = output_folder(output)
        require_writable(folder / "report.html", overwrite)
        patients = store.frame("patients")
        result = CohortReportResult(folder)
        figures: dict[str, Any] = {}
        result.tables["flow"], result.tables["exclusions"] = _flow(patients)
        done = patients[patients.get("state", "done") == "done"]
        if done.empty:
            result.left_out["all else"] = "no patient is finished"
        else:
            self._describe(store, done, result)
            if self.harmonise:
                self._harmonise(store, done, result, figures)
            if self.train:
                self._study(store, done, result, progress)
        figures = {"flow": draw_flow(result.tables["flow"]), **figures}
        if len(result.tables.get("qc_flags", ())):
            figures["qc_flags"] = draw_flags(result.tables["qc_flags"], len(done))
        self._write(result, figures, done, overwrite)
        return result

    def _describe(self, store: Any, done: pd.DataFrame, result: CohortReportResult) -> None:
        result.tables["table1"] = table1(done)
        if "protocol" in done:
            groups = done.assign(protocol=done.protocol.fillna("unknown")).groupby("protocol")
            result.tables["protocols"] = pd.DataFrame(
                {"patients": groups.size(), "mutant": groups["label"].sum().astype(int)}
            ).reset_index()
        qc = store.frame("qc")
        qc = qc[qc.patient.isin(done.patient)]
        flags = qc[qc.kind == "flag"]
        if len(flags):
            table = (
                flags.groupby("code")
                .agg(patients=("patient", "nunique"), flags=("patient", "size"), example=("message", "first"))
                .reset_index()
            )
            table.insert(2, "percent", (100 * table.patients / len(done)).round(1))
            result.tables["qc_flags"] = table.sort_values(["patients", "code"], ascending=[False, True]).reset_index(
                drop=True
            )
        verdicts = qc[qc.kind == "verdict"]
        if len(verdicts):
            counts = pd.crosstab([verdicts.stage, verdicts.image], verdicts.verdict).reset_index()
            result.tables["qc_verdicts"] = counts.rename_axis(columns=None)

    def _harmonise(self, store: Any, done: pd.DataFrame, result: CohortReportResult, figures: dict[str, Any]) -> None:
        from bolus.cohort._harmonise import ComBat

        if "protocol" not in done or done.protocol.nunique() < 2:
            result.left_out["harmonisation"] = "all patients have one protocol, or none is known"
            return
        wide = store.quantities(self.statistic)
        wide = wide[wide.index.isin(done.patient[done.protocol.notna()])]
        wide = wide.dropna(axis=1, thresh=max(int(0.9 * len(wide)), 1)).dropna()
        protocol = done.set_index("patient").protocol.reindex(wide.index)
        counts = protocol.value_counts()
        keep = protocol.isin(counts.index[counts >= 2])
        wide, protocol = wide[keep], protocol[keep]
        wide = wide.loc[:, wide.nunique() > 1] if len(wide) else wide
        if protocol.nunique() < 2 or wide.shape[1] < 3:
            result.left_out["harmonisation"] = (
                "fewer than two protocols have two patients with three quantities or more"
            )
            return
        try:
            step = ComBat()
            after = step.fit_transform(wide, protocol)
        except DataError as reason:
            result.left_out["harmonisation"] = str(reason)
            return
        result.tables["harmonisation"] = _differences(wide, after, protocol)
        result.tables["assumptions"] = step.assumptions_
        figures["harmonisation"] = draw_harmonisation(wide, after, protocol)

    def _study(self, store: Any, done: pd.DataFrame, result: CohortReportResult, progress: Any) -> None:
        from bolus import IDHClassifier
        from bolus.cohort._harmonise import common_time_base, plan_windows
        from bolus.cohort._protocols import leave_one_protocol_out
        from bolus.dsc import SlidingWindows
        from bolus.study import reproduce

        labelled = store.where(list(done.patient[done.label.notna()])) if "label" in done else None
        if labelled is None or not len(labelled):
            result.left_out["training"] = "no patient has a label"
            return
        classifier = self.classifier or IDHClassifier(random_state=self.seed)
        try:
            plan = plan_windows(labelled, self.count, 0, self.time_step, None)
            curves = common_time_base(labelled.all_curves(), plan.time_step)
            known = {one.patient for one in curves}
            clinical = labelled.clinical()
            result.study = reproduce(
                curves, clinical[clinical.patient.isin(known)], classifier=classifier, folds=self.folds,
                windows=SlidingWindows(count=self.count, length=plan.length), replicates=self.replicates, seed=self.seed,
                threads=self.threads, panels=self.panels, progress=progress,
            )  # fmt: skip
        except (DataError, OptionError, ConvergenceError) as reason:
            result.left_out["training"] = str(reason)
            return
        result.left_out |= {f"study: {name}": why for name, why in result.study.left_out.items()}
        if "protocol" not in done or done.protocol.nunique() < 2:
            result.left_out["protocols left out"] = "there is one protocol only"
            return
        try:
            dataset = labelled.dataset(self.count, plan.length, self.time_step)
            result.tables["protocols_left_out"] = leave_one_protocol_out(
                classifier, dataset, done.set_index("patient").protocol.dropna(), replicates=self.replicates, seed=self.seed,
                threads=self.threads, progress=progress,
            )  # fmt: skip
        except Error as reason:
            result.left_out["protocols left out"] = str(reason)

    def _write(self, result: CohortReportResult, figures: dict[str, Any], done: pd.DataFrame, overwrite: bool) -> None:
        import matplotlib.pyplot as plt

        folder = result.folder
        tables = output_folder(folder / "tables")
        drawings = output_folder(folder / "figures")
        images: dict[str, bytes] = {}
        study = result.study
        for name in study.figures if study is not None else ():
            figures[f"study_{name}"] = study.plot(name).figure_
        for name, figure in figures.items():
            for kind in ("png", "svg"):
                data = figure_bytes(figure, kind)
                write_atomically(drawings / f"{name}.{kind}", data, True)
                if kind == "png":
                    images[name] = data
            plt.close(figure)
        result.figures = list(figures)
        every = dict(result.tables)
        if study is not None:
            every |= {f"study_{name}": table for name, table in study.tables.items()}
            if hasattr(study.classifier, "network_"):
                study.classifier.save(folder / "weights.safetensors", overwrite=True)
        for name, table in every.items():
            write_text(tables / f"{name}.csv", table.to_csv(index=False), overwrite=True)
            write_text(tables / f"{name}.tex", latex(table), overwrite=True)
        record = {"bolus": __version__, "options": {k: repr(v) for k, v in vars(self).items() if k != "threads"}}
        if study is not None:
            record["study"] = study.provenance
        write_text(folder / "provenance.json", json.dumps(record, indent=1) + "\n", overwrite=True)
        result.tables = every
        write_text(folder / "report.html", page(result, images, done), overwrite=overwrite)


def _flow(patients: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Steps with the patients that are left and the reasons of those that are not; and the latter one by one."""
    state = patients["state"] if "state" in patients else pd.Series("done", index=patients.index)
    rows = [("table", "patients of the table", len(patients))]
    lost = []
    titles = {"excluded": "excluded beforehand", "failed": "could not be processed", "missing": "not run yet"}
    for name, title in titles.items():
        part = patients[state == name]
        column = "exclusion" if name == "excluded" else "reason"
        reasons = part[column].fillna("") if column in part else pd.Series("", index=part.index)
        short = reasons.map(lambda text, title=title: _short(text) or title)
        rows += [
            (name, reason, int(count))
            for reason, count in sorted(short.value_counts().items(), key=lambda x: (-x[1], x[0]))
        ]
        lost += [(patient, title, reason) for patient, reason in zip(part.patient, reasons, strict=True)]
    done = patients[state == "done"]
    rows.append(("done", "processed", len(done)))
    if "label" in done:
        rows.append(("analysed", "IDH-mutant", int((done.label == 1).sum())))
        rows.append(("analysed", "IDH-wildtype", int((done.label == 0).sum())))
        if unknown := int(done.label.isna().sum()):
            rows.append(("analysed", "IDH not known", unknown))
    return (
        pd.DataFrame(rows, columns=["step", "what", "patients"]),
        pd.DataFrame(lost, columns=["patient", "step", "reason"]),
    )


def _short(reason: str) -> str:
    """The reason without numbers and details, so that the same ones count together."""
    text = re.split(r"; |\. |: |\(", reason, maxsplit=1)[0]
    return re.sub(r"\d+(\.\d+)?", "…", text).strip() if len(reason) > 40 else reason


def _differences(before: pd.DataFrame, after: pd.DataFrame, protocol: pd.Series) -> pd.DataFrame:
    from scipy import stats

    names = sorted(set(protocol))
    rows = []
    for name in before.columns:
        row: dict[str, Any] = {"quantity": name}
        for when, frame in (("before", before), ("after", after)):
            parts = [frame.loc[protocol == one, name].to_numpy() for one in names]
            row[f"p_location_{when}"] = float(stats.f_oneway(*parts).pvalue)
            row[f"p_scale_{when}"] = float(stats.levene(*parts, center="median").pvalue)
        rows.append(row)
    return pd.DataFrame(rows)
