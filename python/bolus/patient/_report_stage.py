"""Verdicts, figures and the page to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from bolus import __version__, dsc, io
from bolus.files import write_figure
from bolus.patient._case import Case
from bolus.patient._report import render, verdicts_of

__all__ = ["ReportStage"]


class ReportStage:
    name = "report"

    def __init__(self, case: Case):
        self._case = case

    def own(self) -> Any:
        return "report 1"

    def upstream(self) -> Any:
        index = self._case.folder.index
        made_from = [[file["path"], file["sha256"]] for file in index["files"] if file["stage"] != self.name]
        return [made_from, [record for stage, record in sorted(index["stages"].items()) if stage != self.name]]

    def work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        folder = self._case.folder
        files = {"verdicts": staging / "verdicts.json", "description": staging / "dataset_description.json"}
        files["verdicts"].write_text(json.dumps(verdicts_of(folder), indent=1) + "\n")
        files["description"].write_text(json.dumps(_description(), indent=1) + "\n")
        figures = self._figures(staging)
        files["report"] = staging / "report.html"
        page = render(folder, self._case.alignment.study, self._case.options.networks, figures)
        files["report"].write_text(page, encoding="utf-8")
        return {"flags": []}, {**files, **figures}

    def _figures(self, staging: Path) -> dict[str, Path]:
        from bolus.quality_page import write_quality_page

        alignment = self._case.alignment
        aligned, figures = alignment.study, {}
        if aligned.structural:
            for path in write_quality_page(alignment.result, alignment.images, staging / "quality"):
                if path.suffix == ".png":
                    figures[path.stem.removeprefix("quality_") + "_figure"] = path
        if self._case.folder.has("curves"):
            figures["curves_figure"] = self._draw_curves(staging / "curves.png")
        return figures

    def _draw_curves(self, path: Path) -> Path:
        """The curves, over attention where there is a prediction."""
        from bolus.plot import AttentionDisplay

        folder = self._case.folder
        signals = io.read_curves(folder.path("curves"))[0].curves
        times = np.asarray(signals.times)
        weights, segments = np.zeros(len(times)), None
        if folder.has("prediction"):
            attention = json.loads(folder.path("prediction").read_text())["attention"]
            weights = np.interp(times, attention["time_s"], attention["weight"], left=0, right=0)
            segments = dsc.BolusSegments()(signals)
        values = dsc.ZNormalisation()(signals).values.T
        drawn = AttentionDisplay.from_predictions(
            values, weights, time=times, channel_names=list(signals.names), segments=segments
        )
        write_figure(path, drawn.figure_)
        return path


def _description() -> dict[str, Any]:
    return {
        "Name": "IDH mutation status from MRI",
        "BIDSVersion": "1.9.0",
        "DatasetType": "derivative",
        "GeneratedBy": [
            {"Name": "bolus", "Version": __version__, "Description": "Research software, not a medical device."}
        ],
    }
