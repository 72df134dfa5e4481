"""The aligned study, made when a stage first asks for it."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bolus import AlignedStudy, DataError, QcFlag, io, preprocess
from bolus.patient._hashes import image_hash

__all__ = ["Alignment"]


class Alignment:
    """Preprocessing of one study; from the cache of its steps where it was done before.

    Attributes
    ----------
    step : bolus.preprocess.Preprocess
        The options, with cache and threads of this run.
    brain_key : str
        Tells apart what finds the brain.
    result : bolus.preprocess.PreprocessResult
        After `study` was asked for; not of a series alone.
    verdicts, flags : list
        After `study` was asked for. The first flags are the readers'.
    """

    def __init__(
        self,
        images: Any,
        patient: str,
        step: Any,
        brain: Any,
        *,
        known: Any,
        series_only: bool,
        cache: Path,
        threads: int,
        progress: Callable[[str, int, int], Any] | None,
    ):
        self._images, self._progress, self._series_only = images, progress, series_only
        self.step = copy.copy(step)
        self.step.threads = threads
        self.step.cache = cache
        if isinstance(brain, str | os.PathLike):
            brain = io.read_mask(brain)
        given = hasattr(brain, "array")
        self._extractor = preprocess.GivenBrainMask(brain) if given else brain
        self.brain_key = "none" if brain is None else image_hash(brain) if given else brain.name()
        self.known = known
        #: The study as preprocessing takes it.
        self.images = io.StudyImages(patient, images.structural, images.perfusion, known, images.arterial_mask)
        self.result: Any = None
        self.verdicts: list[dict[str, Any]] = []
        self.flags: list[QcFlag] = []
        self._study: AlignedStudy | None = None

    @property
    def study(self) -> AlignedStudy:
        if self._study is None:
            self._study = self._realign() if self._series_only else self._align()
        return self._study

    def uncorrected(self) -> dict[str, Any]:
        """The aligned images with their bias field, as the BraTS images that the cascade was trained on have it."""
        aligned = self.study
        if not self.step.correct_bias:
            return aligned.structural
        step = copy.copy(self.step)
        step.correct_bias = step.classify_tissue = False
        extractor = self._extractor and preprocess.GivenBrainMask(self.result.brain_masks["cet1"])
        images = io.StudyImages(self.images.patient, self._images.structural)
        return step(images, extractor, self._progress).study.structural  # all but the resampling is in the cache

    def _align(self) -> AlignedStudy:
        self.result = self.step(self.images, self._extractor, self._progress)
        frame = self.result.to_frame()
        self.verdicts = json.loads(frame[["image", "stage", "verdict", "reasons"]].to_json(orient="records"))
        self.flags = [*self._images.flags, *self.result.study.flags]
        return self.result.study

    def _realign(self) -> AlignedStudy:
        """A study of a series alone: only motion."""
        series, self.flags = self._images.perfusion, list(self._images.flags)
        if self._images.structural:
            self.flags.append(
                QcFlag(
                    "patient.structural.not_used",
                    "without CET1 the structural images were not used; the labels lie on the series",
                )
            )
        if self.step.correct_motion and series.array.shape[3] > 1:
            step = copy.copy(self.step.motion_correction)
            step.threads = self.step.threads
            try:
                motion = step(series, None, self._progress)
                series = motion.corrected
                self.flags += motion.flags
            except DataError as reason:
                self.flags.append(QcFlag("preprocess.motion.skipped", f"motion was not corrected: {reason}"))
        return AlignedStudy({}, series, self.known)
