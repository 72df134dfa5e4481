"""What the stages of one run share."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bolus.model import AttentionLSTM
from bolus.patient._alignment import Alignment
from bolus.patient._check import check_study
from bolus.patient._folder import RunFolder
from bolus.patient._given import read_given_labels
from bolus.patient._hashes import image_hash
from bolus.patient._models import CascadeFinder, SegmenterFinder

__all__ = ["Case", "RunOptions"]


@dataclass(frozen=True)
class RunOptions:
    """The arguments of ``predict``, read and with their defaults."""

    networks: list[AttentionLSTM]
    finder: CascadeFinder | SegmenterFinder | None
    labels: Any
    label_regions: dict[str, str | None]
    resolve_overlap: bool
    brain: Any
    until: str
    report: bool
    align: Any
    extract: Any
    maps: Any
    make_windows: Any
    probability_map: Any
    cache: str | os.PathLike[str] | None
    overwrite: bool
    threads: int


class Case:
    """Images, options, folder and what is known of them before the work. What can be known to go wrong is said here.

    Raises
    ------
    DataError
        If the study lacks what is asked for.
    GeometryError
        If labels lie on the grid of no image.
    """

    def __init__(
        self,
        images: Any,
        folder: Path,
        patient: str,
        options: RunOptions,
        progress: Callable[[str, int, int], Any] | None,
    ):
        self.images, self.options, self.patient, self.progress = images, options, patient, progress
        self.folder = RunFolder(folder, patient)
        series, own = images.perfusion, images.labels
        #: Labels on the series, and nothing else asked for: the structural images are not needed.
        self.series_only = (
            options.finder is None
            and series is not None
            and "cet1" not in images.structural
            and (own is not None or options.labels is not None)
        )
        check_study(images, options, self.series_only)
        self.given, self.given_flags = read_given_labels(images, options)
        self.alignment = Alignment(
            images,
            patient,
            options.align,
            options.brain,
            # The study's own labels keep the tumour out of the tissue classes, unless something else finds the tumour.
            known=own if options.finder is None else None,
            series_only=self.series_only,
            cache=Path(options.cache) if options.cache else folder / ".bolus.cache",
            threads=options.threads,
            progress=progress,
        )
        self.inputs = {name: image_hash(image) for name, image in images.structural.items()}
        for name, value in (("dsc", series), ("labels", own), ("arterial_mask", images.arterial_mask)):
            if value is not None:
                self.inputs[name] = image_hash(value)

    def key_of(self, stage: str) -> list[str]:
        """What a finished stage was made by and from."""
        record = self.folder.record(stage) or {}
        return [record.get("own", ""), record.get("upstream", "")]
