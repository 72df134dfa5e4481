"""What a study found."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bolus import IoError, OptionError, Provenance, __version__
from bolus.files import output_folder, require_writable, write_figure, write_text
from bolus.study import _checklist
from bolus.study._figures import FIGURES, StudyDisplay
from bolus.study._panels import Study, groups

__all__ = ["StudyResult"]

_FIXED = ("report.html", "report.md", "provenance.json", "weights.safetensors", "tripod_ai.md", "claim.md")


class StudyResult:
    """Tables, figures, checklists and report of a study.

    Attributes
    ----------
    tables : dict of str to DataFrame
        By name; rates and areas are shares of 1.
    texts : dict of str to str
        Findings that are sentences, e.g. whether attention is faithful.
    left_out : dict of str to str
        Panels that could not be made, and why.
    panels : tuple of str
        What was run.
    flags : list of QcFlag
        Reasons to doubt a part of it.
    study : the trained classifier, cross-validation and scores behind it
    """

    def __init__(self, study: Study, panels: tuple[str, ...]):
        self.study = study
        self.panels = panels
        self.texts: dict[str, str] = dict(study.found.get("texts", {}))

    tables = property(lambda self: self.study.tables, doc="Tables by name.")
    left_out = property(lambda self: self.study.left_out, doc="Panels that could not be made, and why.")
    flags = property(lambda self: self.study.flags, doc="Reasons to doubt a part of it.")
    classifier = property(lambda self: self.study.classifier, doc="The classifier trained on the training part.")
    simulated = property(lambda self: self.study.data.simulated, doc="Some patients were simulated.")
    mark = property(lambda self: " (simulated)" if self.simulated else "", doc="For titles.")

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures that `plot` can draw."""
        return tuple(name for name, (table, _) in FIGURES.items() if table in self.tables)

    @property
    def software(self) -> dict[str, str]:
        """Versions of what computed the numbers."""
        import torch

        return {
            "bolus": __version__, "PyTorch": torch.__version__, "numpy": np.__version__, "pandas": pd.__version__,
            "Python": platform.python_version(),
        }  # fmt: skip

    @property
    def classifier_options(self) -> dict[str, Any]:
        """Options of the classifier that decide about its numbers."""
        elsewhere = ("threads", "checkpoint", "callbacks")
        return {name: value for name, value in self.classifier.get_params().items() if name not in elsewhere}

    @property
    def provenance(self) -> dict[str, Any]:
        """How the result came to be: version, options, seed, hash of the curves, whether simulated."""
        study, dataset = self.study, self.study.data.dataset
        options = {f"classifier.{name}": str(value) for name, value in self.classifier_options.items()}
        options |= {
            "folds": str(study.folds), "replicates": str(study.replicates), "threshold": f"{study.threshold:g}",
            "panels": ", ".join(self.panels), "patients": str(len(study.table)),
        }  # fmt: skip
        curves = hashlib.sha256(np.ascontiguousarray(dataset.curves).tobytes()).hexdigest()
        own = Provenance("study.reproduce", options, {"curves": curves}, study.seed, self.simulated)
        return json.loads(own.to_json()) | {"software": self.software}

    @property
    def facts(self) -> dict[str, str]:
        """What the run knows about itself, for the checklists."""
        return _checklist.facts_of(self)

    @property
    def tripod_ai(self) -> pd.DataFrame:
        """TRIPOD+AI, filled in as far as the run knows."""
        return _checklist.tripod_ai(self.facts)

    @property
    def claim(self) -> pd.DataFrame:
        """CLAIM, filled in as far as the run knows."""
        return _checklist.claim(self.facts)

    @property
    def limits(self) -> list[str]:
        """What has to be kept in mind with these numbers, bad results among it."""
        from bolus.study._report import limits

        return limits(self)

    def scores_of(self, name: str, level: str) -> tuple[np.ndarray, np.ndarray]:
        """Labels and probabilities behind an analysis: "validation", "test", "cross-validation" or a subgroup.

        ``level`` is "samples" or "patients".
        """
        study = self.study
        if name in study.part:
            dataset, scores = study.part[name], study.scores[name]
        else:
            dataset, scores = study.data.dataset, study.scores["out of fold"]
        labels, patients = np.asarray(dataset.labels), np.asarray(dataset.patients)
        if name not in study.part and name != "cross-validation":
            masks = {level: mask for levels in groups(study).values() for level, mask in levels.items()}
            if name not in masks:
                raise OptionError(f"there is no analysis {name}; expected one of the tables' analyses or subgroups")
            chosen = np.isin(patients, study.table.patient[masks[name]])
            labels, patients, scores = labels[chosen], patients[chosen], scores[chosen]
        if level == "samples":
            return labels, scores
        frame = pd.DataFrame({"patient": patients, "label": labels, "score": scores})
        frame = frame.groupby("patient", sort=False).agg(label=("label", "first"), score=("score", "mean"))
        return frame.label.to_numpy(), frame.score.to_numpy()

    def plot(self, name: str) -> StudyDisplay:
        """Draw a figure; `figures` names them."""
        if name not in self.figures:
            raise OptionError(f"there is no figure {name}; this result has {', '.join(self.figures) or 'none'}")
        return FIGURES[name][1](self)

    def to_frame(self) -> pd.DataFrame:
        """The results table: a row for each analysis and level, the paper's figures beside ours."""
        return self.tables.get("results", pd.DataFrame())

    def __repr__(self) -> str:
        table = self.study.table
        kind = "simulated patients" if self.simulated else "patients"
        text = f"StudyResult({len(table)} {kind}, {int(table.idh_mutant.sum())} IDH-mutant"
        if self.study.cross_validation is not None:
            result = self.study.cross_validation
            text += f", cross-validated AUC {result.mean_auc:.3f} +- {result.standard_deviation_auc:.3f}"
        return text + f"; tables: {', '.join(self.tables)})"

    def _repr_html_(self) -> str:
        from bolus.study._report import html

        return html(self, figures=False, whole=False)

    def report(self) -> str:
        """The report as Markdown; figures are named as `save` writes them."""
        from bolus.study._report import markdown

        return markdown(self)

    @staticmethod
    def require_writable(folder: str | os.PathLike[str], panels: tuple[str, ...], overwrite: bool) -> None:
        """Raises IoError now where saving would fail after the work."""
        path = Path(folder)
        if path.exists() and not path.is_dir():
            raise IoError(f"cannot make the folder {path}: it is a file")
        if path.is_dir() and not overwrite:
            own = [name for name in (*_FIXED, "results.csv", "predictions.csv") if (path / name).exists()]
            if own:
                raise IoError(
                    f"{path / own[0]} exists already; ask for overwriting (--overwrite) or choose another folder"
                )
        output_folder(path)

    def save(self, folder: str | os.PathLike[str], *, figures: bool = True, overwrite: bool = False) -> list[Path]:
        """Write tables (.csv), figures (.png), weights, provenance, checklists and the report into a folder.

        Each file is written whole or not at all. Returns the files. Raises IoError before anything is written where a file is
        there already and `overwrite` is false, or cannot be written.
        """
        from bolus.study import _report

        folder = output_folder(folder)
        names = self.figures if figures else ()
        texts = {f"{name}.csv": table.to_csv(index=False) for name, table in self.tables.items()}
        texts |= {f"{name}.csv": frame.to_csv(index=False) for name, frame in self._checklists().items()}
        texts |= {f"{name}.md": _report.checklist(name, frame) for name, frame in self._checklists().items()}
        texts["report.md"] = _report.markdown(self, figures=names)
        weights = hasattr(self.classifier, "network_")
        files = [
            *texts,
            *(f"{name}.png" for name in names),
            "report.html",
            *(("weights.safetensors",) if weights else ()),
        ]
        for name in [*files, "provenance.json"]:
            require_writable(folder / name, overwrite)
        for name in names:
            write_figure(folder / f"{name}.png", self.plot(name).figure_, overwrite=overwrite)
        texts["report.html"] = _report.html(self, figures=names, folder=folder)
        for name, text in texts.items():
            write_text(folder / name, text, overwrite=overwrite)
        if weights:
            self.classifier.save(folder / "weights.safetensors", overwrite=overwrite)
        record = self.provenance | {
            "files": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sorted(files)}
        }
        write_text(folder / "provenance.json", json.dumps(record, indent=2) + "\n", overwrite=overwrite)
        return [folder / name for name in [*files, "provenance.json"]]

    def _checklists(self) -> dict[str, pd.DataFrame]:
        return {"tripod_ai": self.tripod_ai, "claim": self.claim}
