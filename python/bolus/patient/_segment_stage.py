"""Where the tumour is: labels given by hand, of a segmenter, or the study's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from bolus import AlignedStudy, DataError, GeometryError, QcFlag, io, pipeline, preprocess, segment
from bolus.patient._case import Case
from bolus.patient._given import same_grid
from bolus.patient._hashes import image_hash
from bolus.patient._models import CascadeFinder

__all__ = ["GIVEN", "SegmentStage"]

#: How labels given by hand are called in the records.
GIVEN = "given labels"
_NAMES = {
    "labels": "automatic_labels",
    "uncertainty": "segmentation_uncertainty",
    "segmentation": "segmentation_report",
}
_AUTOMATIC = ("automatic_labels", "whole_tumour", "tumour_core", "enhancing", "segmentation_uncertainty")


class SegmentStage:
    name = "segment"

    def __init__(self, case: Case):
        self._case = case
        finder = case.options.finder
        self._by = GIVEN if case.given is not None else "the study's labels" if finder is None else finder.name

    def own(self) -> Any:
        if self._case.given is not None:
            return ["given", image_hash(self._case.given)]
        finder = self._case.options.finder
        return ["study"] if finder is None else [finder.key]

    def upstream(self) -> Any:
        return self._case.key_of("preprocess")

    def work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        case, aligned = self._case, self._case.alignment.study
        flags: list[QcFlag] = list(case.given_flags)
        files: dict[str, Path] = {}
        facts: dict[str, Any] = {"segmenter": self._by}
        if case.given is not None:
            labels = self._placed(case.given, aligned)
            self._keep_automatic(labels, staging, files, facts, flags)
        elif case.options.finder is not None:
            labels = self._find(aligned, staging, files, flags)
        else:
            labels = aligned.labels
        on_series = aligned.perfusion is not None and same_grid(labels.geometry, aligned.perfusion.geometry)
        try:
            doubts = segment.check_labels(labels, None if on_series else aligned.brain)
        except DataError as error:
            raise DataError(
                f"{error}. Look at the aligned images in {case.folder.folder}, and give labels by hand (--labels)"
            ) from error
        flags += [doubt for doubt in doubts if doubt.code not in {flag.code for flag in flags}]
        self._write(labels, "labels_dsc" if on_series else "labels", staging, files)
        facts["volumes_ml"] = {region: round(labels.volume(region), 4) for region in ("ET", "NET", "ED", "TC", "WT")}
        if aligned.perfusion is not None:
            carried = labels
            if not on_series:
                study = AlignedStudy(
                    {}, aligned.perfusion, labels, perfusion_to_structural=aligned.perfusion_to_structural
                )
                carried = preprocess.labels_on_perfusion_grid(study)
                self._write(carried, "labels_dsc", staging, files)
            facts["labels_dsc"] = image_hash(carried)
        if "segmentation_report" not in files:
            report = staging / "segmentation.json"
            text = {"segmenter": self._by, "volumes_ml": facts["volumes_ml"], "labels_sha256": image_hash(labels)}
            report.write_text(json.dumps(text, indent=1) + "\n")
            files["segmentation_report"] = report
        return {**facts, "flags": flags}, files

    def _find(self, aligned: AlignedStudy, staging: Path, files: dict[str, Path], flags: list[QcFlag]) -> Any:
        finder, alignment = self._case.options.finder, self._case.alignment
        assert finder is not None
        if isinstance(finder, CascadeFinder):
            study = AlignedStudy(alignment.uncorrected())
            found = finder.step(study, finder.weights, brain=aligned.brain, progress=self._case.progress)
            for path in map(Path, pipeline.write_segmentation(found, staging)):
                stem = path.name.removesuffix(".nii.gz").removesuffix(".json")
                files[_NAMES.get(stem, stem)] = path
            flags += found.flags
            return found.labels
        study = aligned
        if not getattr(finder.step, "wants_bias_correction", lambda: True)():
            study = AlignedStudy(alignment.uncorrected(), aligned.perfusion, brain=aligned.brain)
        labels = finder.step(study, self._case.progress)
        io.write_label_map(staging / "automatic.nii.gz", labels)
        files["automatic_labels"] = staging / "automatic.nii.gz"
        return labels

    def _placed(self, labels: Any, aligned: AlignedStudy) -> Any:
        """Given labels on the 1 mm grid, or on that of the series where they lie there."""
        if aligned.perfusion is not None and same_grid(labels.geometry, aligned.perfusion.geometry):
            return labels
        target = aligned.structural["cet1"].geometry
        if same_grid(labels.geometry, target):
            return labels
        alignment = self._case.alignment
        for name in ("cet1", "flair", "t2", "t1"):
            image = self._case.images.structural.get(name)
            if image is None or not same_grid(labels.geometry, image.geometry):
                continue
            found = alignment.result.registrations.get(name)
            transform = preprocess.RigidTransform() if found is None else found.transform
            return preprocess.Resample(labels=alignment.step.labels)(labels, target, transform)
        raise GeometryError(
            "the labels lie on the grid of no image of the study; draw them on one of the results folder"
        )

    def _keep_automatic(
        self, labels: Any, staging: Path, files: dict[str, Path], facts: dict[str, Any], flags: list[QcFlag]
    ) -> None:
        """What a segmenter found before stays beside the correction, with a record of what was changed."""
        folder = self._case.folder
        for name in _AUTOMATIC:
            if folder.has(name) and folder.path(name).is_file():
                kept = staging / folder.path(name).name
                shutil.copyfile(folder.path(name), kept)
                files[name] = kept
        if "automatic_labels" not in files:
            return
        automatic = io.read_label_map(files["automatic_labels"])
        if not same_grid(automatic.geometry, labels.geometry):
            return
        audit = segment.CorrectionAudit()(automatic, labels)
        segment.write_audit(staging / "correction.json", audit)
        files["correction"] = staging / "correction.json"
        facts["changed_voxels"] = int(audit.changed_voxels)
        flags += audit.flags

    @staticmethod
    def _write(labels: Any, name: str, staging: Path, files: dict[str, Path]) -> None:
        for ending, entry in ((".nii.gz", name), (".seg.nrrd", name.replace("labels", "segmentation"))):
            path = staging / f"{name}.used{ending}"
            io.write_label_map(path, labels)
            files[entry] = path
