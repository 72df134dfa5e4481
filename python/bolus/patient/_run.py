"""The stages of one patient, joined."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bolus import IoError, __version__
from bolus.patient._case import Case
from bolus.patient._hashes import digest
from bolus.patient._perfusion_stage import PerfusionStage
from bolus.patient._predict_stage import PredictStage
from bolus.patient._preprocess_stage import PreprocessStage
from bolus.patient._segment_stage import GIVEN, SegmentStage
from bolus.patient._stage import Stage

__all__ = ["STAGES", "Run"]

_STAGES = (PreprocessStage, SegmentStage, PerfusionStage, PredictStage)
#: In their order; a run can stop after each.
STAGES = tuple(stage.name for stage in _STAGES)


class Run:
    """Does what is not done yet, stage by stage.

    Attributes
    ----------
    times : list of (stage, seconds, found again)
    """

    def __init__(self, case: Case):
        self._case = case
        self.folder = case.folder
        self.times: list[tuple[str, float, bool]] = []

    def __call__(self) -> None:
        case = self._case
        self.folder.open(case.inputs, case.options.overwrite)
        stages: list[Stage] = [stage(case) for stage in _STAGES]
        last = STAGES.index(case.options.until)
        for stage in stages[: last + 1]:
            self._do(stage)
        for stage in stages[last + 1 :]:
            record = self.folder.record(stage.name)
            if record is not None and record["upstream"] != digest(
                stage.upstream()
            ):  # made from labels or images of before
                self.folder.drop(stage.name)
        if case.options.report:
            from bolus.patient._report_stage import ReportStage  # needs matplotlib

            self._do(ReportStage(case))

    def _do(self, stage: Stage) -> None:
        begin = time.perf_counter()
        name, own, upstream = stage.name, digest(__version__, stage.name, stage.own()), digest(stage.upstream())
        record = self.folder.record(name)
        if record is not None:
            changed, gone = self.folder.changed(name)
            if changed and not self._may_replace(name, changed):
                raise IoError(
                    f"{changed[0]} is not as it was written. To use it, copy it elsewhere and give it (labels: --labels COPY); "
                    "to make it anew, remove it or ask for overwriting (--overwrite)"
                )
            if not changed and not gone and (record["own"], record["upstream"]) == (own, upstream):
                self.times.append((name, time.perf_counter() - begin, True))
                return
            if record["own"] != own and not self._may_change(name):
                raise IoError(self._refusal(name, record))
        with self.folder.staging() as staging:
            found, files = stage.work(staging)
            flags = [{"code": flag.code, "message": flag.message} for flag in found.pop("flags")]
            self.folder.finish(name, {"own": own, "upstream": upstream, **found, "flags": flags}, files)
        self.times.append((name, time.perf_counter() - begin, False))

    def _may_replace(self, name: str, changed: list[Path]) -> bool:
        if self._case.options.overwrite:
            return True
        given = self._case.options.labels
        if name != SegmentStage.name or not isinstance(given, str | os.PathLike):
            return False
        return all(path.resolve() == Path(given).resolve() for path in changed)

    def _may_change(self, name: str) -> bool:
        if self._case.options.overwrite or name not in STAGES:
            return True
        return name == SegmentStage.name and self._case.given is not None

    def _refusal(self, name: str, record: Mapping[str, Any]) -> str:
        if name == SegmentStage.name and record.get("segmenter") == GIVEN:
            return (
                f"{self.folder.folder} holds results of labels given by hand; give them again (--labels), or "
                "go back to the automatic ones by overwriting (--overwrite)"
            )
        what = {PredictStage.name: "other weights or options", SegmentStage.name: "another segmenter"}.get(
            name, "other options or another version"
        )
        return f"{self.folder.folder} holds results of {what} (stage {name}); choose another folder, or overwrite (--overwrite)"
