"""Curves and maps on the grid of the series."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from bolus import DataError, QcFlag, dsc, io, pipeline, preprocess
from bolus.patient._case import Case
from bolus.patient._hashes import options_text

__all__ = ["PerfusionStage", "images_on_series"]

_NAMES = {"brain": "perfusion_brain", "white_matter": "perfusion_white_matter", "reference": "perfusion_reference",
          "provenance": "perfusion_provenance"}  # fmt: skip
#: Quantities that mean nothing without an arterial input.
_NEED_ARTERY = ("CBF", "CBV", "MTT", "Tmax", "delay")
#: And without white matter, and without tissue that does not enhance.
_NEED_WHITE_MATTER = ("nrCBV", "corrected_nrCBV", "relative_PH", "normalised_PSR")
_NEED_TISSUE = ("K1", "K2", "K2_error", "kep", "corrected_rCBV", *_NEED_ARTERY)
#: For the steps after alignment: motion was corrected by then.
_AS_IT_LIES = preprocess.Preprocess(correct_motion=False)


def images_on_series(case: Case, arterial: Any = None) -> Any:
    """The study as the perfusion steps take it: realigned series, labels on its grid."""
    labels = io.read_label_map(case.folder.path("labels_dsc"))
    return io.StudyImages(case.patient, {}, case.alignment.study.perfusion, labels, arterial)


class PerfusionStage:
    name = "perfusion"

    def __init__(self, case: Case):
        self._case = case

    def own(self) -> Any:
        extract, maps = self._case.options.extract, self._case.options.maps
        return [
            options_text(extract.region_curves),
            options_text(extract.arterial_search),
            [options_text(maps.options), options_text(maps.deconvolution), options_text(maps.statistics)],
        ]

    def upstream(self) -> Any:
        return [self._case.key_of("preprocess"), (self._case.folder.record("segment") or {}).get("labels_dsc")]

    def work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        case, options = self._case, self._case.options.extract
        extract = pipeline.ExtractCurves(_AS_IT_LIES, options.region_curves, options.arterial_search)
        images = images_on_series(case, case.images.arterial_mask)
        flags = dsc.ProtocolCheck()(images.perfusion)
        found = extract(images, progress=case.progress)
        flags += found.flags
        io.write_curves(staging / "curves.csv", [io.PatientCurves(case.patient, found.signals)])
        files = {"curves": staging / "curves.csv"}
        arterial = images.arterial_mask
        if arterial is None and found.arterial is not None:
            arterial = found.arterial.mask
        if arterial is not None:
            io.write_mask(staging / "arterial.nii.gz", arterial)
            files["arterial"] = staging / "arterial.nii.gz"
        written = self._maps(arterial, staging / "maps", flags)
        said = {(flag.code, flag.message) for flag in flags}
        if written is not None:
            flags += [flag for flag in written.flags if (flag.code, flag.message) not in said]
        for path in map(Path, [] if written is None else written.files):
            stem = path.name.removesuffix(".nii.gz").removesuffix(".csv").removesuffix(".json")
            files[_NAMES.get(stem, stem)] = path
        series = images.perfusion
        facts = {
            "protocol": {
                "echo_time_s": series.echo_time,
                "repetition_time_s": series.repetition_time,
                "flip_angle_degrees": series.flip_angle,
                "field_strength_t": series.field_strength,
                "volumes": int(series.array.shape[3]),
                "time_step_s": float(np.median(np.diff(series.times))) if len(series.times) > 1 else None,
                "voxel_mm": [round(float(value), 3) for value in series.geometry.spacing],
            },
            "simulated": bool(series.simulated),
            "arterial_voxels": int(np.count_nonzero(arterial.array)) if arterial is not None else 0,
        }
        return {**facts, "flags": flags}, files

    def _maps(self, arterial: Any, folder: Path, flags: list[QcFlag]) -> Any:
        """The maps, or those of them that the series allows: a prediction needs none."""
        asked = self._case.options.maps
        options = copy.copy(asked.options)
        options.threads = self._case.options.threads
        wanted = list(options.quantities)
        if arterial is None:  # said by a flag of the curves
            wanted = [name for name in wanted if name not in _NEED_ARTERY]
        images = images_on_series(self._case, arterial)
        for needless in ((), _NEED_WHITE_MATTER, _NEED_TISSUE):
            wanted = [name for name in wanted if name not in needless]
            if not wanted:
                break
            options.quantities = wanted
            shutil.rmtree(folder, ignore_errors=True)
            step = pipeline.WriteMaps(_AS_IT_LIES, options, asked.deconvolution, asked.statistics)
            try:
                return step(images, folder, progress=self._case.progress)
            except DataError as reason:
                flags.append(QcFlag("patient.maps.left_out", f"maps were left out: {reason}"))
        return None
