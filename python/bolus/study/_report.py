"""The readable report, as Markdown and HTML."""

from __future__ import annotations

import base64
import html as escape
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["checklist", "html", "limits", "markdown"]

NOT_A_DEVICE = "Research software, not a medical device. Do not let it decide about a patient."

#: Title and, where one is needed, a sentence for each table of the report, in its order.
TITLES: dict[str, tuple[str, str]] = {
    "patients": ("Table 1: patients", "Age in years, mean and standard deviation; the paper's figures beside."),
    "tests": ("Tests", "P values are not adjusted for their number."),
    "rcbv": ("Mean rCBV of the whole tumour", ""),
    "parts": ("Patients of each part", ""),
    "results": (
        "Results",
        "Mutant is the positive class. Intervals are bootstraps over patients; the paper's are over samples, and therefore "
        "narrower than its data allow.",
    ),
    "confusion": ("Confusion matrices", "Shares are of the true class."),
    "folds": ("Cross-validation", ""),
    "subgroups": ("Subgroups, out of fold", ""),
    "interactions": ("Does the AUC differ between subgroups?", ""),
    "comparison": ("Model and logistic regression, out of fold, per patient", ""),
    "differences": ("Differences between the models", ""),
    "regression": ("Logistic regression on all patients", ""),
    "codeletion": ("1p/19q codeletion among the mutants", ""),
    "patterns": ("Temporal patterns", ""),
    "pattern_tests": ("Tests of the temporal patterns", ""),
    "faithfulness": ("Is the attention faithful?", ""),
    "calibration": ("Calibration, out of fold, per patient", ""),
    "calibration_summary": ("Calibration in numbers", ""),
    "decision": ("Decision curve", ""),
    "failures": ("Patients on the wrong side of the threshold, out of fold", ""),
}
_LONG = {"decision", "failures", "history", "predictions"}  # their first rows are enough in the report


def number(value: Any) -> str:
    """A value for a reader."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return str(value)
    if isinstance(value, float | np.floating):
        return f"{value:.3g}" if abs(value) < 0.001 or abs(value) >= 100 else f"{value:.3f}".rstrip("0").rstrip(".")
    return str(value)


def p_text(value: float) -> str:
    """A P value as papers print it."""
    if not np.isfinite(value):
        return ""
    return "< .0001" if value < 1e-4 else f"{value:.3f}".lstrip("0") if value < 0.9995 else "1"


def _joined(table: pd.DataFrame) -> pd.DataFrame:
    """A figure and its interval in one cell, where there are columns x, x_low and x_high."""
    table = table.copy()
    for name in [str(column) for column in table.columns]:
        if f"{name}_low" in table and f"{name}_high" in table:
            intervals = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
            table[name] = [
                f"{number(value)} ({number(low)} to {number(high)})" if pd.notna(low) else value
                for value, low, high in intervals
            ]
            table = table.drop(columns=[f"{name}_low", f"{name}_high"])
    return table


def _cells(table: pd.DataFrame, rows: int | None = None) -> tuple[list[str], list[list[str]]]:
    table = _joined(table if rows is None else table.head(rows)).dropna(axis=1, how="all")
    p_columns = {column for column in table.columns if str(column) == "p" or str(column).startswith("p_")}
    body = [
        [
            p_text(float(v)) if column in p_columns and isinstance(v, float) else number(v)
            for column, v in zip(table.columns, row, strict=True)
        ]
        for row in table.itertuples(index=False)
    ]
    return [str(column).replace("_", " ") for column in table.columns], body


def _markdown_table(table: pd.DataFrame, rows: int | None = None) -> str:
    head, body = _cells(table, rows)
    clean = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in body]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in clean])


def _html_table(table: pd.DataFrame, rows: int | None = None) -> str:
    head, body = _cells(table, rows)
    top = "".join(f"<th>{escape.escape(cell)}</th>" for cell in head)
    lines = ("<tr>" + "".join(f"<td>{escape.escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def limits(result: Any) -> list[str]:
    """What has to be kept in mind with these numbers."""
    study, tables = result.study, result.tables
    lines = []
    if result.simulated:
        lines.append(
            "All patients are simulated. How far apart the genotypes' curves lie was set so that a linear model comes near the "
            "paper's AUC: agreement with the paper was put in, not found. Nothing here says anything about real patients."
        )
    lines.append(
        "Training, validation and test part come from one source; there was no external test, and performance "
        "elsewhere is unknown."
    )
    for name in ("validation", "test"):
        if (name, "patients") in study.performance:
            counts = study.performance[name, "patients"].confusion.counts()
            positives = int(counts[1].sum())
            if positives < 20:
                lines.append(
                    f"The {name} part has {int(counts.sum())} patients, {positives} of them mutant: its figures are uncertain, "
                    "as the intervals show."
                )
    lines.append(
        "Windows of one patient are not independent; figures per sample are given because the paper gives them."
    )
    if study.cross_validation is not None:
        lines.append(
            f"Out-of-fold figures pool {study.folds} networks; folds share training patients and are not independent."
        )
    if study.classifier.class_weights == "balanced":
        lines.append(
            "Class weights shift the probabilities towards the rarer genotype: they are not those of a population."
        )
    lines += [f"{note[0].upper()}{note[1:]}." for note in study.data.notes]
    if "subgroups" in tables and "auc" in tables["subgroups"]:
        known = tables["subgroups"].dropna(subset=["auc"])
        whole = study.performance["cross-validation", "samples"].auc
        for row in known.itertuples():
            if row.auc_high < whole.estimate:
                lines.append(
                    f"In the subgroup {row.subgroup} (n = {row.patients}) the AUC is {row.auc:.3f} "
                    f"({row.auc_low:.3f}-{row.auc_high:.3f}), below the {whole.estimate:.3f} of all patients."
                )
            if min(row.mutant, row.patients - row.mutant) < 10:
                lines.append(
                    f"The subgroup {row.subgroup} has {row.mutant} mutant of {row.patients} patients: too few for a firm "
                    "figure."
                )
    lines += study.found.get("remarks", [])
    return lines


def _sections(result: Any) -> Iterable[tuple[str, str, pd.DataFrame, int | None]]:
    for name, (title, sentence) in TITLES.items():
        if name in result.tables:
            yield title, sentence, result.tables[name], 20 if name in _LONG else None


def _head(result: Any) -> list[str]:
    table = result.study.table
    mutant = int(table.idh_mutant.sum())
    kind = "simulated patients" if result.simulated else "patients"
    lines = [
        f"{len(table)} {kind}, {mutant} IDH-mutant and {len(table) - mutant} IDH-wildtype; "
        f"{len(result.study.data.dataset)} samples. Beside each figure stands that of Choi et al., Neuro-Oncology "
        "2019;21:1197-1209, where the paper gives one.",
    ]
    lines += result.texts.values()
    return lines


def markdown(result: Any, figures: Iterable[str] = ()) -> str:
    """The report as Markdown, with links to the figures' files."""
    lines = ["# Prediction of the IDH genotype from DSC perfusion", "", f"**{NOT_A_DEVICE}**", ""]
    lines += [text + "\n" for text in _head(result)]
    lines += ["## Limits and bad results", ""] + [f"- {line}" for line in result.limits] + [""]
    if result.left_out:
        lines += ["## Left out", ""] + [f"- {name}: {why}." for name, why in result.left_out.items()] + [""]
    for title, sentence, table, rows in _sections(result):
        lines += [f"## {title}", ""] + ([sentence, ""] if sentence else []) + [_markdown_table(table, rows), ""]
        if rows is not None and len(table) > rows:
            lines += [f"The first {rows} of {len(table)} rows.", ""]
    if figures:
        lines += ["## Figures", ""]
        for name in figures:
            lines += [f"![{name.replace('_', ' ')}]({name}.png)", ""]
    if result.flags:
        codes = pd.Series([flag.code for flag in result.flags]).value_counts(sort=False)
        lines += ["## Flags", ""] + [f"- `{code}` ({count})" for code, count in codes.items()] + [""]
    lines += ["## How it was made", ""]
    record = result.provenance
    lines += [f"- {name} {version}" for name, version in result.software.items()]
    lines += [f"- seed {record['seed']}", f"- curves SHA-256 {record['inputs']['curves']}"]
    lines += [f"- {name} = {value}" for name, value in record["options"].items()] + [""]
    return "\n".join(lines)


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;font-size:13px;display:block;overflow-x:auto;margin:.5rem 0 1.5rem}"
    "th,td{padding:.2rem .6rem;text-align:right;border-bottom:1px solid #ddd;white-space:nowrap}"
    "th:first-child,td:first-child{text-align:left}img{max-width:100%}.warn{background:#fff3cd;padding:.6rem 1rem}"
)


def html(result: Any, figures: Iterable[str] | bool = (), *, whole: bool = True, folder: Path | None = None) -> str:
    """The report as HTML; with `whole` a page of its own, its figures inside, else a fragment for a notebook."""
    text = [f"<h1>Prediction of the IDH genotype from DSC perfusion</h1><p class='warn'><b>{NOT_A_DEVICE}</b></p>"]
    text += [f"<p>{escape.escape(line)}</p>" for line in _head(result)]
    text.append("<h2>Limits and bad results</h2><ul>")
    text += [f"<li>{escape.escape(line)}</li>" for line in result.limits] + ["</ul>"]
    if result.left_out:
        text.append("<h2>Left out</h2><ul>")
        text += [f"<li>{escape.escape(f'{name}: {why}.')}</li>" for name, why in result.left_out.items()] + ["</ul>"]
    for title, sentence, table, rows in _sections(result):
        if not whole and title not in ("Results", "Cross-validation", "Differences between the models"):
            continue
        text.append(f"<h2>{escape.escape(title)}</h2>")
        if sentence:
            text.append(f"<p>{escape.escape(sentence)}</p>")
        text.append(_html_table(table, rows))
    for name in figures or ():
        data = base64.b64encode(((folder or Path()) / f"{name}.png").read_bytes()).decode()
        text.append(f"<h2>{name.replace('_', ' ')}</h2><img alt='{name}' src='data:image/png;base64,{data}'>")
    if not whole:
        return "".join(text)
    record = result.provenance
    text.append("<h2>How it was made</h2><ul>")
    text += [f"<li>{escape.escape(f'{name} {version}')}</li>" for name, version in result.software.items()]
    text += [f"<li>{escape.escape(f'{name} = {value}')}</li>" for name, value in record["options"].items()]
    text.append(f"<li>seed {record['seed']}</li><li>curves SHA-256 {record['inputs']['curves']}</li></ul>")
    head = f"<meta charset='utf-8'><title>IDH genotype from DSC perfusion</title><style>{_STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(text)}</body></html>\n"


def checklist(name: str, frame: pd.DataFrame) -> str:
    """A checklist as Markdown."""
    title = {"tripod_ai": "TRIPOD+AI", "claim": "CLAIM"}[name]
    sentence = (
        "Topics are in short words of our own: read the published list beside them. The run filled in what it knows."
    )
    return f"# {title}\n\n{sentence}\n\n" + _markdown_table(frame.drop(columns="filled")) + "\n"
