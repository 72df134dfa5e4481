"""The report of a cohort: who is in it and why not, how good the data are, and what a model makes of them."""

from __future__ import annotations

import base64
import html as escape
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bolus import ConvergenceError, DataError, Error, OptionError, __version__
from bolus._core.core import write_atomically
from bolus.files import figure_bytes, output_folder, require_writable, write_text

__all__ = ["CohortReport", "CohortReportResult"]

_TITLES = {
    "flow": ("Patients", "From the table of the cohort to the analysis."),
    "exclusions": ("Exclusions", "Every patient that is not analysed, and why."),
    "table1": (
        "Table 1: patients by genotype",
        "Mean and standard deviation, or number; Welch's t test, chi-square or Fisher's exact test. P values are not adjusted.",
    ),
    "protocols": ("Protocols", ""),
    "qc_flags": ("Doubts", "How many patients carry which flag, among those analysed."),
    "qc_verdicts": ("Verdicts of preprocessing", ""),
    "harmonisation": (
        "Quantities over protocols",
        "P of a difference between protocols (analysis of variance for location, Brown-Forsythe for scale) before and after "
        "ComBat over all patients. It describes the data; a model must learn its ComBat from its training patients alone.",
    ),
    "assumptions": ("Assumptions of ComBat", ""),
    "protocols_left_out": ("Each protocol left out", "Trained on all others, judged on this one, per patient."),
}


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
        figures = {"flow": _draw_flow(result.tables["flow"]), **figures}
        if len(result.tables.get("qc_flags", ())):
            figures["qc_flags"] = _draw_flags(result.tables["qc_flags"], len(done))
        self._write(result, figures, done, overwrite)
        return result

    def _describe(self, store: Any, done: pd.DataFrame, result: CohortReportResult) -> None:
        result.tables["table1"] = _table1(done)
        if "protocol" in done:
            groups = done.assign(protocol=done.protocol.fillna("unknown")).groupby("protocol")
            result.tables["protocols"] = pd.DataFrame(
                {"patients": groups.size(), "mutant": groups["label"].sum().astype(int)}
            ).reset_index()
        qc = store.frame("qc")
        qc = qc[qc.patient.isin(done.patient)]
        flags = qc[qc.kind == "flag"]
        if len(flags):
            table = flags.groupby("code").agg(patients=("patient", "nunique"), flags=("patient", "size")).reset_index()
            table["share"] = table.patients / len(done)
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
        figures["harmonisation"] = _draw_harmonisation(wide, after, protocol)

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
        write_text(folder / "report.html", _html(result, images, done), overwrite=overwrite)
        result.tables = every


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
    return (
        pd.DataFrame(rows, columns=["step", "what", "patients"]),
        pd.DataFrame(lost, columns=["patient", "step", "reason"]),
    )


def _short(reason: str) -> str:
    """The reason without numbers and details, so that the same ones count together."""
    text = re.split(r"; |\. |: |\(", reason, maxsplit=1)[0]
    return re.sub(r"\d+(\.\d+)?", "…", text).strip() if len(reason) > 40 else reason


def _table1(done: pd.DataFrame) -> pd.DataFrame:
    """Characteristics by genotype."""
    from bolus.evaluate import chi_square_test, fisher_exact_test, welch_test

    if "label" not in done or done.label.isna().all():
        return pd.DataFrame({"characteristic": ["patients"], "all": [len(done)]})
    mutant = (done.label == 1).to_numpy()
    skip = {
        "patient",
        "label",
        "exclusion",
        "state",
        "reason",
        "kind",
        "stages",
        "simulated",
        "probability",
        "flags",
        "folder",
    }
    rows: list[dict[str, Any]] = [
        {
            "characteristic": "patients",
            "all": str(len(done)),
            "mutant": str(mutant.sum()),
            "wildtype": str((~mutant).sum()),
            "p": np.nan,
        }
    ]
    for name in (column for column in done.columns if column not in skip):
        values = done[name]
        known = values.notna().to_numpy()
        if known.sum() < 2 or values[known].nunique() < 2:
            continue
        number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if number and (values[known].nunique() > 6):
            parts = [
                values[known].to_numpy(float),
                values[known & mutant].to_numpy(float),
                values[known & ~mutant].to_numpy(float),
            ]
            cells = [
                f"{part.mean():.3g} ± {part.std(ddof=1):.2g}"
                if len(part) > 1
                else f"{part.sum():.3g}"
                if len(part)
                else ""
                for part in parts
            ]
            p = np.nan
            if min(len(parts[1]), len(parts[2])) > 1 and np.std(parts[0]) > 0:
                try:
                    p = welch_test(parts[1], parts[2]).p_value
                except DataError:
                    p = np.nan
            rows.append(
                dict(
                    zip(
                        ("characteristic", "all", "mutant", "wildtype", "p"),
                        (name.replace("_", " "), *cells, p),
                        strict=True,
                    )
                )
            )
            continue
        if values[known].nunique() > 12:
            continue
        table = pd.crosstab(values[known], mutant[known])
        counts = table.to_numpy()
        p = np.nan
        if counts.shape[1] == 2:
            try:
                test = fisher_exact_test if counts.shape == (2, 2) else chi_square_test
                p = test(counts).p_value
            except (DataError, Error):
                p = np.nan
        for level, row in table.iterrows():
            of = [int(row.sum()), int(row.get(True, 0)), int(row.get(False, 0))]
            totals = [known.sum(), (known & mutant).sum(), (known & ~mutant).sum()]
            cells = [f"{n} ({100 * n / max(t, 1):.0f} %)" for n, t in zip(of, totals, strict=True)]
            text = f"{level:g}" if isinstance(level, float) else str(level)
            rows.append(
                dict(
                    zip(
                        ("characteristic", "all", "mutant", "wildtype", "p"),
                        (f"{name.replace('_', ' ')}: {text}", *cells, p),
                        strict=True,
                    )
                )
            )
            p = np.nan
    return pd.DataFrame(rows)


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


# Figures.


def _draw_flow(flow: pd.DataFrame) -> Any:
    """Boxes one below another, those left out to the right, as in CONSORT."""
    import textwrap

    import matplotlib.pyplot as plt

    steps = dict(flow.groupby("step", sort=False)["patients"].sum())
    main = [("table", f"Patients of the table\nn = {steps['table']}")]
    left = steps["table"]
    sides: list[tuple[str, str] | None] = []
    titles = {"excluded": "Excluded beforehand", "failed": "Could not be processed", "missing": "Not run yet"}
    after = {"excluded": "To be processed", "failed": "Finished or waiting", "missing": "Finished"}
    for name, title in titles.items():
        part = flow[flow.step == name]
        if part.empty:
            continue
        lines = [f"{title}: n = {part.patients.sum()}"]
        for row in part.head(6).itertuples():
            lines += textwrap.wrap(f"{row.what}: {row.patients}", 46, initial_indent="– ", subsequent_indent="   ")
        if len(part) > 6:
            lines.append(f"– {len(part) - 6} other reasons: {part.patients[6:].sum()}")
        sides.append((name, "\n".join(lines)))
        left -= part.patients.sum()
        main.append((name, f"{after[name]}\nn = {left}"))
    analysed = flow[flow.step == "analysed"]
    if len(main) > 1:
        main[-1] = (main[-1][0], f"Analysed\nn = {left}")
    if len(analysed):
        main[-1] = (
            main[-1][0],
            main[-1][1] + "\n" + ", ".join(f"{row.what} {row.patients}" for row in analysed.itertuples()),
        )
    heights = [max(0.9, 0.19 * (text.count("\n") + 1) + 0.35) for _, text in sides]
    total = sum(heights) + 1.0 * len(main) + 0.2
    figure, ax = plt.subplots(figsize=(8, total))
    ax.set(xlim=(0, 8), ylim=(-total, 0))
    ax.axis("off")
    box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": "#2166ac"}
    y = -0.5
    arrow = {"arrowstyle": "-|>", "color": "0.4", "shrinkA": 0, "shrinkB": 0}
    for k, (_, text) in enumerate(main):
        ax.text(1.7, y, text, ha="center", va="center", fontsize=10, bbox=box)
        if k == len(main) - 1:
            break
        step = heights[k] + 1.0
        ax.annotate("", (1.7, y - step + 0.45), (1.7, y - 0.4), arrowprops=arrow)
        middle = y - step / 2
        ax.annotate("", (3.55, middle), (1.7, middle), arrowprops=arrow)
        ax.text(3.75, middle, sides[k][1], ha="left", va="center", fontsize=8.5, bbox={**box, "edgecolor": "0.6"})  # type: ignore[index]
        y -= step
    return figure


def _draw_flags(table: pd.DataFrame, patients: int) -> Any:
    import matplotlib.pyplot as plt

    shown = table.head(20)[::-1]
    figure, ax = plt.subplots(figsize=(8, 0.28 * len(shown) + 0.9), layout="constrained")
    ax.barh(shown.code, 100 * shown.patients / patients, color="#2166ac")
    ax.set(xlabel="patients (%)", xlim=(0, 100))
    ax.spines[["top", "right"]].set_visible(False)
    return figure


def _draw_harmonisation(before: pd.DataFrame, after: pd.DataFrame, protocol: pd.Series) -> Any:
    import matplotlib.pyplot as plt

    names = sorted(set(protocol))
    spread = (before.groupby(protocol).mean().std() / before.std()).sort_values(ascending=False)
    shown = list(spread.index[:4])
    figure, axes = plt.subplots(
        2, len(shown), figsize=(2.3 * len(shown), 4.6), layout="constrained", squeeze=False, sharey="col"
    )
    for k, name in enumerate(shown):
        for row, (frame, title) in enumerate(((before, "before"), (after, "after ComBat"))):
            ax = axes[row, k]
            ax.boxplot(
                [frame.loc[protocol == one, name] for one in names], widths=0.6, medianprops={"color": "#b2182b"}
            )
            ax.set_xticks(
                range(1, len(names) + 1), names if row else [""] * len(names), rotation=40, ha="right", fontsize=7
            )
            ax.set_title(f"{name.replace('_', ' ')}\n{title}" if row == 0 else title, fontsize=8)
            ax.spines[["top", "right"]].set_visible(False)
    return figure


# Texts.


def latex(table: pd.DataFrame) -> str:
    """A table for LaTeX with booktabs."""
    from bolus.study._report import _cells

    signs = {"\\": r"\textbackslash{}", "_": r"\_", "&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}",
             "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "±": r"$\pm$",
             "<": "$<$", ">": "$>$", "…": r"\ldots{}"}  # fmt: skip

    def clean(text: str) -> str:
        return "".join(signs.get(sign, sign) for sign in text.replace("\n", " "))

    head, body = _cells(table)
    lines = [
        rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
        r"\toprule",
        " & ".join(map(clean, head)) + r" \\",
        r"\midrule",
    ]
    lines += [" & ".join(map(clean, row)) + r" \\" for row in body]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def _html(result: CohortReportResult, images: dict[str, bytes], done: pd.DataFrame) -> str:
    from bolus.study._report import _STYLE, NOT_A_DEVICE, TITLES, _head, _html_table

    def picture(name: str) -> str:
        data = base64.b64encode(images[name]).decode()
        return f"<img alt='{name.replace('_', ' ')}' src='data:image/png;base64,{data}'>"

    flow = result.tables["flow"]
    text = [f"<h1>Report of a cohort</h1><p class='warn'><b>{NOT_A_DEVICE}</b></p>"]
    if "simulated" in done and done.simulated.fillna(False).astype(bool).any():
        text.append(
            "<p class='warn'>Some or all patients are simulated: no figure here says anything about real ones.</p>"
        )
    text.append(f"<p>{int(flow.patients.iloc[0])} patients in the table, {len(done)} processed.</p>")
    beside = {"flow": "flow", "qc_flags": "qc_flags", "harmonisation": "harmonisation"}
    for name, (title, sentence) in _TITLES.items():
        if name not in result.tables or (name == "exclusions" and result.tables[name].empty):
            continue
        text.append(f"<h2>{title}</h2>" + (f"<p>{escape.escape(sentence)}</p>" if sentence else ""))
        if beside.get(name) in images:
            text.append(picture(beside[name]))
        shown = None if name != "exclusions" else 100
        text.append(_html_table(result.tables[name], shown))
        if shown is not None and len(result.tables[name]) > shown:
            text.append(f"<p>The first {shown} of {len(result.tables[name])}; all are in tables/{name}.csv.</p>")
    if result.study is not None:
        text.append("<h1>The model</h1>")
        text += [f"<p>{escape.escape(line)}</p>" for line in _head(result.study)]
        text.append("<h2>Limits and bad results</h2><ul>")
        text += [f"<li>{escape.escape(line)}</li>" for line in result.study.limits] + ["</ul>"]
        for name, (title, sentence) in TITLES.items():
            if name in result.study.tables:
                text.append(f"<h2>{escape.escape(title)}</h2><p>{escape.escape(sentence)}</p>")
                text.append(_html_table(result.study.tables[name], 20))
        for name in images:
            if name.startswith("study_"):
                text.append(f"<h2>{name.removeprefix('study_').replace('_', ' ')}</h2>{picture(name)}")
    if result.left_out:
        text.append("<h2>Left out</h2><ul>")
        text += [f"<li>{escape.escape(f'{name}: {why}')}</li>" for name, why in result.left_out.items()] + ["</ul>"]
    text.append(f"<p>bolus {__version__}; options and hashes: provenance.json.</p>")
    head = f"<meta charset='utf-8'><title>Report of a cohort</title><style>{_STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(text)}</body></html>\n"
