"""How a cohort's report looks: the page, and tables for LaTeX."""

from __future__ import annotations

import base64
import html as escape
import re
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bolus import __version__
from bolus.study._report import NOT_A_DEVICE, TITLES, _cells, _head

if TYPE_CHECKING:
    from bolus.cohort._report import CohortReportResult

__all__ = ["latex", "page"]

#: Parts of the page: its place in the list above it, title, sentence, figures, tables. Tables that are long are folded.
_PARTS: list[tuple[str, str, str, tuple[str, ...], tuple[str, ...]]] = [
    ("patients", "Patients", "From the table of the cohort to the analysis.", ("flow",), ()),
    ("exclusions", "Exclusions", "Every patient that is not analysed, and why.", (), ("exclusions",)),
    (
        "table1", "Table 1: patients by genotype",
        "Mean and standard deviation, or number and share of those of whom it is known. P values are not adjusted for their "
        "number.",
        (), ("table1",),
    ),
    ("protocols", "Protocols", "", (), ("protocols",)),
    ("doubts", "Doubts", "How many of the analysed patients carry which flag, and one of them for instance.", ("qc_flags",),
     ("qc_flags",)),
    ("verdicts", "Verdicts of preprocessing", "", (), ("qc_verdicts",)),
    (
        "harmonisation", "Quantities over protocols",
        "P of a difference between protocols (analysis of variance for location, Brown-Forsythe for scale) before and after "
        "ComBat over all patients. It describes the data; a model must learn its ComBat from its training patients alone.",
        ("harmonisation",), ("harmonisation", "assumptions"),
    ),
    ("model", "The model's patients", "The figures of Choi et al. 2019 stand beside.", ("study_rcbv",),
     ("study_parts", "study_patients", "study_tests", "study_rcbv")),
    ("results", "Results", "", ("study_roc", "study_confusion_matrix"), ("study_results", "study_confusion")),
    ("folds", "Cross-validation", "", ("study_cross_validation",), ("study_folds",)),
    ("left", "Each protocol left out", "Trained on all others, judged on this one, per patient.", (),
     ("protocols_left_out",)),
    ("subgroups", "Subgroups", "Out of fold.", ("study_subgroups",), ("study_subgroups", "study_interactions")),
    ("regression", "Beside logistic regression", "", ("study_comparison",),
     ("study_comparison", "study_differences", "study_regression")),
    ("calibration", "Calibration and decisions", "Out of fold, per patient.", ("study_calibration",),
     ("study_calibration_summary", "study_calibration", "study_decision")),
    ("codeletion", "1p/19q codeletion", "Among the mutants.", ("study_codeletion",), ("study_codeletion",)),
    ("attention", "Attention over time", "", ("study_attention", "study_patterns", "study_attention_map",
     "study_faithfulness"), ("study_patterns", "study_pattern_tests", "study_faithfulness")),
    ("failures", "Wrong side of the threshold", "Patients out of fold.", (), ("study_failures",)),
]  # fmt: skip
_FOLDED = {"exclusions", "assumptions", "study_regression", "study_decision", "study_failures", "study_calibration",
           "harmonisation", "study_confusion"}  # fmt: skip
_NAMES = {"exclusions": "patient by patient", "assumptions": "What ComBat takes for granted, tested",
          "harmonisation": "P values", "study_parts": "Patients of each part",
          "study_patients": "Beside the patients of Choi et al. 2019"}  # fmt: skip
_FIGURES = {
    "flow": "Flow of patients", "qc_flags": "Flags", "harmonisation": "Quantities before and after ComBat",
    "study_rcbv": "Mean rCBV by grade and genotype", "study_roc": "ROC curves",
    "study_confusion_matrix": "Confusion matrices", "study_cross_validation": "Folds",
    "study_subgroups": "AUC of subgroups", "study_comparison": "ROC curves of the models",
    "study_calibration": "Calibration and decision curve", "study_codeletion": "Codeletion",
    "study_attention": "Attention by genotype", "study_patterns": "Temporal patterns",
    "study_attention_map": "Attention of every patient", "study_faithfulness": "Faithfulness of the attention",
}  # fmt: skip
_DPI = 150  # of the figures' files
_AT_MOST = 100  # rows of a table on the page; all are in its .csv


def latex(table: pd.DataFrame) -> str:
    """A table for LaTeX with booktabs."""
    signs = {"\\": r"\textbackslash{}", "_": r"\_", "&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}",
             "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "±": r"$\pm$",
             "<": "$<$", ">": "$>$", "…": r"\ldots{}"}  # fmt: skip

    def clean(text: str) -> str:
        whole = "".join(signs.get(sign, sign) for sign in text.replace("\n", " ").strip())
        return rf"\quad {whole}" if text.startswith("    ") else whole

    head, body = _cells(table)
    lines = [
        rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
        r"\toprule",
        " & ".join(map(clean, head)) + r" \\",
        r"\midrule",
    ]
    lines += [" & ".join(map(clean, row)) + r" \\" for row in body]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def _e(text: Any) -> str:
    return escape.escape(str(text))


def _is_number(cell: str) -> bool:
    return not cell or cell[0] in "0123456789-.<+"


def _table(table: pd.DataFrame) -> str:
    """Numbers to the right, words to the left, levels of a characteristic indented."""
    head, body = _cells(table, _AT_MOST)
    filled = [k for k in range(len(head)) if k == 0 or any(row[k] for row in body)]
    head, body = [head[k] for k in filled], [[row[k] for k in filled] for row in body]
    right = [k > 0 and all(_is_number(row[k]) for row in body) for k in range(len(head))]

    def cell(tag: str, k: int, text: str) -> str:
        kind = " class=n" if right[k] else " class=level" if k == 0 and text.startswith("    ") else ""
        if interval := re.fullmatch(r"(\S+) \((.+ to .+)\)", text):
            return f"<{tag}{kind}>{_e(interval[1])}<small>{_e(interval[2])}</small></{tag}>"
        return f"<{tag}{kind}>{_e(text.strip())}</{tag}>"

    top = "".join(cell("th", k, text) for k, text in enumerate(head))
    rows = "".join(f"<tr>{''.join(cell('td', k, text) for k, text in enumerate(row))}</tr>" for row in body)
    kind = " class=many" if len(head) > 9 else ""
    return f"<div class=wide><table{kind}><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table></div>"


def _title(name: str) -> tuple[str, str]:
    if name in _NAMES:
        return _NAMES[name], ""
    title, sentence = TITLES.get(name.removeprefix("study_"), (name.removeprefix("study_").replace("_", " "), ""))
    return title, sentence


def _tables(result: CohortReportResult, names: Iterable[str], heading: str) -> Iterator[str]:
    for name in names:
        table = result.tables[name]
        title, sentence = _title(name)
        more = f"<p class=soft>The first {_AT_MOST} of {len(table)} rows; all are in tables/{name}.csv.</p>"
        text = (f"<p>{_e(sentence)}</p>" if sentence else "") + _table(table) + (more if len(table) > _AT_MOST else "")
        if name in _FOLDED:
            title = f"{title[0].upper()}{title[1:]}"
            kind = " class=long" if len(table) > 40 else ""
            yield f"<details{kind}><summary>{_e(title)} ({len(table)})</summary>{text}</details>"
        else:
            plain = not name.startswith("study_")
            yield ("" if plain or title == heading else f"<h3>{_e(title)}</h3>") + text


def _figure(name: str, data: bytes) -> str:
    caption = _FIGURES.get(name, name.removeprefix("study_").replace("_", " "))
    picture = base64.b64encode(data).decode()
    width = round(struct.unpack(">I", data[16:20])[0] * 96 / _DPI)  # as large as it was drawn, and sharp
    return (
        f"<figure><img alt='{_e(caption)}' width={width} src='data:image/png;base64,{picture}'>"
        f"<figcaption>{_e(caption)} <code>figures/{name}.svg</code></figcaption></figure>"
    )


def _sections(result: CohortReportResult, images: dict[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Place, title and content of each part that has any."""
    left_tables = [name for name in result.tables if name not in {one for part in _PARTS for one in part[4]}]
    left_figures = [name for name in images if name not in {one for part in _PARTS for one in part[3]}]
    hidden = {
        "flow",
        "study_history",
        "study_predictions",
        "study_attention",
    }  # drawn, or too long: their files are there
    rest = ("more", "More", "", tuple(left_figures), tuple(name for name in left_tables if name not in hidden))
    for place, title, sentence, figures, tables in [*_PARTS, rest]:
        names = [name for name in tables if name in result.tables and len(result.tables[name])]
        drawn = [name for name in figures if name in images]
        if not names and not drawn:
            continue
        text = f"<p>{_e(sentence)}</p>" if sentence else ""
        if place == "exclusions":
            text += _table(_reasons(result.tables["exclusions"]))
        text += "".join(_figure(name, images[name]) for name in drawn) + "".join(_tables(result, names, title))
        yield place, title, text


def _reasons(exclusions: pd.DataFrame) -> pd.DataFrame:
    """Exclusions counted by step and reason."""
    counts = exclusions.assign(reason=exclusions.reason.where(exclusions.reason != "", "not given"))
    counts = counts.groupby(["step", "reason"], sort=False).size().rename("patients").reset_index()
    return counts.sort_values("patients", ascending=False, kind="stable").head(20)


def _lights(result: CohortReportResult, done: pd.DataFrame) -> str:
    """The report in four numbers."""
    flow = result.tables["flow"]
    shown = [(str(int(flow.patients.iloc[0])), "patients in the table"), (str(len(done)), "analysed")]
    if "label" in done:
        shown.append((f"{int((done.label == 1).sum())} : {int((done.label == 0).sum())}", "IDH-mutant to wildtype"))
    if result.study is not None and ("cross-validation", "patients") in result.study.study.performance:
        area = result.study.study.performance["cross-validation", "patients"].auc
        shown.append((f"{area.estimate:.3f}", f"AUC out of fold per patient ({area.low:.3f} to {area.high:.3f})"))
    return "".join(f"<div><b>{_e(value)}</b><span>{_e(text)}</span></div>" for value, text in shown)


def page(result: CohortReportResult, images: dict[str, bytes], done: pd.DataFrame) -> str:
    """The whole report as one HTML page that loads nothing."""
    warnings = [NOT_A_DEVICE]
    if "simulated" in done and done.simulated.fillna(False).astype(bool).any():
        warnings.append("Some or all patients are simulated: no figure here says anything about real ones.")
    parts = list(_sections(result, images))
    limits = list(result.study.limits) if result.study is not None else []
    limits += [f"Left out: {name}: {why.rstrip('.')}." for name, why in result.left_out.items()]
    if limits:
        items = "".join(f"<li>{_e(line)}</li>" for line in limits)
        parts.append(("limits", "Limits of this report", f"<ul>{items}</ul>"))
    made = [f"bolus {__version__}"]
    if result.study is not None:
        record = result.study.provenance
        made += [f"{name} {version}" for name, version in result.study.software.items() if name != "bolus"]
        made += [f"seed {record['seed']}", f"curves SHA-256 {record['inputs']['curves']}"]
    made.append(
        "every option and hash: provenance.json; every table: tables/ (.csv, .tex); every figure: figures/ (.png, .svg)"
    )
    parts.append(("made", "How it was made", f"<ul>{''.join(f'<li>{_e(line)}</li>' for line in made)}</ul>"))
    links = "".join(f"<a href='#{place}'>{_e(title)}</a>" for place, title, _ in parts)
    head = ""
    if result.study is not None:
        head = "".join(f"<p>{_e(line)}</p>" for line in _head(result.study))
    body = [
        f"<header><div><h1>Report of a cohort</h1><p>{_e(_subtitle(done))}</p></div></header><main>",
        f"<section><div class=numbers>{_lights(result, done)}</div>",
        "".join(f"<p class=warning>{_e(line)}</p>" for line in warnings) + f"<nav>{links}</nav></section>",
    ]
    for place, title, text in parts:
        body.append(f"<section id={place}><h2>{_e(title)}</h2>{head if place == 'model' else ''}{text}</section>")
    style = (Path(__file__).parent / "_page.css").read_text(encoding="utf-8")
    meta = "<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>Report of a cohort</title>"
    return (
        f"<!doctype html><html lang='en'><head>{meta}<style>{style}</style></head>"
        f"<body>{''.join(body)}<footer>{_e(NOT_A_DEVICE)}</footer></main></body></html>\n"
    )


def _subtitle(done: pd.DataFrame) -> str:
    text = "IDH genotype of gliomas from DSC perfusion"
    if "protocol" in done and done.protocol.notna().any():
        count = done.protocol.nunique()
        text += f", {count} protocol{'' if count == 1 else 's'}"
    return text
