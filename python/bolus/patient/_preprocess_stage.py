"""Onto the grid of CET1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bolus import pipeline
from bolus.patient._case import Case
from bolus.patient._hashes import options_text

__all__ = ["PreprocessStage"]

_NAMES = {"dsc.json": "dsc_sidecar", "motion.csv": "motion", "preprocess.json": "preprocess",
          "provenance.json": "preprocess_provenance"}  # fmt: skip


class PreprocessStage:
    name = "preprocess"

    def __init__(self, case: Case):
        self._case = case

    def own(self) -> Any:
        alignment = self._case.alignment
        labels = "labels" if alignment.known is not None else ""
        return [options_text(alignment.step), alignment.brain_key, self._case.series_only, labels]

    def upstream(self) -> Any:
        return self._case.inputs

    def work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        alignment = self._case.alignment
        alignment.study  # noqa: B018 - made here, so that its time is this stage's
        facts = {"verdicts": alignment.verdicts, "flags": alignment.flags}
        files: dict[str, Path] = {}
        if self._case.series_only:
            return facts, files
        for path in map(
            Path, pipeline.write_aligned(alignment.result, alignment.images, staging, preprocess=alignment.step)
        ):
            if path.name != "labels.nii.gz":  # a file of the next stage
                files[_NAMES.get(path.name, path.name.removesuffix(".nii.gz").removesuffix(".tfm"))] = path
        return facts, files
