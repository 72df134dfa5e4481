"""The stages of one patient, joined."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bolus import (
    AlignedStudy,
    DataError,
    FormatError,
    GeometryError,
    Image,
    IoError,
    OptionError,
    QcFlag,
    __version__,
    dsc,
    evaluate,
    io,
    pipeline,
    preprocess,
    segment,
)
from bolus.files import output_folder
from bolus.model import AttentionLSTM, Ensemble, load_checkpoint, load_ensemble
from bolus.patient._folder import RunFolder, digest, file_hash
from bolus.patient._lock import FolderLock
from bolus.patient._result import PatientResult

__all__ = ["STAGES", "predict"]

#: In their order; a run can stop after each.
STAGES = ("preprocess", "segment", "perfusion", "predict")

_ALIGNED = {"dsc.json": "dsc_sidecar", "motion.csv": "motion", "preprocess.json": "preprocess",
            "provenance.json": "preprocess_provenance"}  # fmt: skip
_MAPPED = {"brain": "perfusion_brain", "white_matter": "perfusion_white_matter", "reference": "perfusion_reference",
           "provenance": "perfusion_provenance"}  # fmt: skip
_SEGMENTED = {"labels": "automatic_labels", "uncertainty": "segmentation_uncertainty",
              "segmentation": "segmentation_report"}  # fmt: skip
#: Quantities that mean nothing without an arterial input.
_NEED_ARTERY = ("CBF", "CBV", "MTT", "Tmax", "delay")
#: And without white matter, and without tissue that does not enhance.
_NEED_WHITE_MATTER = ("nrCBV", "corrected_nrCBV", "relative_PH", "normalised_PSR")
_NEED_TISSUE = ("K1", "K2", "K2_error", "kep", "corrected_rCBV", *_NEED_ARTERY)
#: For the steps after alignment: motion was corrected by then.
_AS_IT_LIES = preprocess.Preprocess(correct_motion=False)


def predict(
    study: Any,
    weights: Any = None,
    *,
    output: str | os.PathLike[str] | None = None,
    patient: str = "01",
    labels: Any = None,
    cascade: Any = None,
    segmenter: Any = None,
    brain: Any = None,
    until: str = "predict",
    report: bool = True,
    preprocess_step: Any = None,
    extract: Any = None,
    maps: Any = None,
    make_windows: Any = None,
    probability_map: Any = None,
    substitute_missing: bool = False,
    label_regions: Mapping[str, str | None] | None = None,
    resolve_overlap: bool = False,
    device: str = "cpu",
    echo_time: float | None = None,
    time_step: float | None = None,
    cache: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    threads: int = 0,
    progress: Callable[[str, int, int], Any] | None = None,
) -> PatientResult:
    """From a study to the probability of an IDH mutation and what it rests on, stage by stage, in one folder.

    The stages are ``preprocess`` (onto the 1 mm grid of CET1), ``segment`` (the tumour and its parts), ``perfusion``
    (curves and
    maps on the grid of the series) and ``predict`` (probability, attention, temporal pattern, probability map). A stage whose
    inputs, options and library version are those of before is found again in `output`. Where only labels changed, only what
    depends on them is done again.

    Parameters
    ----------
    study : path, bolus.io.Study or bolus.io.StudyImages
        A folder of DICOM, NIfTI or BIDS; a study whose files were found or overruled by hand; or images in memory.
    weights : path, bolus.model.AttentionLSTM, bolus.model.Ensemble or bolus.IDHClassifier
        Of the model; not needed with an earlier `until`.
    output : path, optional
        Folder for the results, see :doc:`/patient/results`; a temporary one when not given.
    patient : str
        Name in the results (letters and digits): a pseudonym. It is never taken from headers or folders.
    labels : path or bolus.LabelMap, optional
        The tumour, outlined or corrected by hand, on the 1 mm grid, on that of the series or of one of the images. It is
        used in
        place of anything else.
    cascade : path or bolus.segment.CascadeWeights, optional
        Weights of the cascade, from ``bolus weights convert``.
    segmenter : path or bolus.segment.Segmenter, optional
        Any other segmenter. A path is the description (.json) of a TorchScript network that lies beside it (.pt). Without
        `labels`, `cascade` and `segmenter` the study's own label map is used.
    brain : path, bolus.Mask or bolus.preprocess.BrainExtractor, optional
        Brain mask on the grid of CET1, or what finds it.
    until : {"predict", "perfusion", "segment", "preprocess"}
        The last stage to run.
    report : bool
        Write ``report.html`` (needs matplotlib).
    preprocess_step, extract, maps, make_windows, probability_map : optional
        Options: ``bolus.preprocess.Preprocess``, and of ``bolus.pipeline`` ``ExtractCurves``, ``WriteMaps`` (what they hold of
        preprocessing is not used), ``MakeWindows``, ``ProbabilityMap``.
    substitute_missing : bool
        Cascade: let a similar image take the place of a missing one.
    label_regions, resolve_overlap : optional
        How segments of a .seg.nrrd file in `labels` become labels, see ``bolus.io.read_segmentation``.
    device : str
        Of cascade and TorchScript networks: "cpu", "cuda".
    echo_time, time_step : float, optional
        Seconds, where the files of the series do not tell.
    cache : path, optional
        Folder for the steps within preprocessing; ``.bolus.cache`` in `output` when not given.
    overwrite : bool
        Replace results of other images, options or weights. Going on with the same ones is no overwriting.
    threads : int
        0: all cores. The results do not depend on it.
    progress : callable ``(stage, done, total)``, optional
        Return False to stop.

    Returns
    -------
    PatientResult

    Raises
    ------
    IoError
        If files cannot be read or written, results of something else are there, or another run is writing to the folder.
    DataError
        If the study lacks what is asked for.
    OptionError
        If an option cannot be.
    """
    if until not in STAGES:
        raise OptionError(f"until is '{until}'; expected one of {', '.join(STAGES)}")
    if not re.fullmatch(r"[A-Za-z0-9]+", patient):
        raise OptionError(
            f"the patient's name in the results is '{patient}'; expected letters and digits only, as BIDS has it"
        )
    if weights is None and until == "predict":
        raise OptionError("there are no weights to predict with; give them, or stop before: until='perfusion'")
    if report and find_spec("matplotlib") is None:  # now, not after the work
        raise ImportError(
            "a report needs matplotlib: pip install 'bolus[plot]', or do without (report=False, --no-report)"
        )
    if cascade is not None and segmenter is not None:
        raise OptionError("both a cascade and another segmenter are given; give one of them")
    networks = [] if weights is None or until != "predict" else _networks(weights)
    finder = _finder(cascade, segmenter, substitute_missing, device, threads)
    images = _images(study, echo_time, time_step)
    options = _Options(
        networks=networks,
        finder=finder,
        labels=labels,
        label_regions=dict(label_regions or {}),
        resolve_overlap=resolve_overlap,
        brain=brain,
        until=until,
        report=report,
        align=preprocess_step or preprocess.Preprocess(),
        extract=extract or pipeline.ExtractCurves(),
        maps=maps or pipeline.WriteMaps(),
        make_windows=make_windows or pipeline.MakeWindows(),
        probability_map=probability_map or pipeline.ProbabilityMap(),
        cache=cache,
        overwrite=overwrite,
        threads=threads,
    )
    temporary = tempfile.TemporaryDirectory(prefix="bolus-") if output is None else None
    folder = output_folder(temporary.name if temporary is not None else output)
    with FolderLock(folder):
        run = _Run(images, folder, patient, options, progress)
        run()
    return PatientResult(folder, run.folder.index, run.times, temporary)


class _Options:
    def __init__(self, **values: Any):
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:  # for type checkers: all are set above
        raise AttributeError(name)


def _networks(weights: Any) -> list[AttentionLSTM]:
    if isinstance(weights, AttentionLSTM):
        return [weights]
    if isinstance(weights, Ensemble):
        return list(weights.networks)
    if hasattr(weights, "network_"):
        return [weights.network_]
    if not isinstance(weights, str | os.PathLike):
        raise OptionError(
            f"weights are a {type(weights).__name__}; expected a file, an AttentionLSTM, an Ensemble or a fitted IDHClassifier"
        )
    try:
        return [load_checkpoint(weights)]
    except FormatError as error:
        try:
            return list(load_ensemble(weights).networks)
        except FormatError:
            raise error from None


def _network_key(network: AttentionLSTM) -> str:
    state = hashlib.sha256()
    for name, array in sorted(network.weights.items()):
        state.update(name.encode() + np.ascontiguousarray(array).tobytes())
    facts = (repr(network.shape), list(network.channel_names), network.steps, network.time_step, network.normalisation)
    return digest(state.hexdigest(), facts, network.simulated, dict(network.notes))


class _Cascade:
    """The cascade as it is asked for."""

    def __init__(self, weights: Any, substitute_missing: bool, device: str, threads: int):
        self.name = "cascade"
        self.substitute_missing = substitute_missing
        self.step = segment.SegmentTumour(substitute_missing=substitute_missing, device=device, threads=threads)
        if isinstance(weights, str | os.PathLike):
            self.weights = segment.load_cascade(weights)
            self.key = digest("cascade", file_hash(Path(weights)), substitute_missing, device)
        else:
            self.weights = weights
            arrays = hashlib.sha256()
            for place, network in sorted(weights.networks.items()):
                for name, array in sorted(network.weights.items()):
                    arrays.update(f"{place}{name}".encode() + np.ascontiguousarray(array).tobytes())
            self.key = digest("cascade", arrays.hexdigest(), substitute_missing, device)


class _Other:
    """Any other segmenter."""

    def __init__(self, segmenter: Any, device: str, threads: int):
        if isinstance(segmenter, str | os.PathLike):
            description = Path(segmenter)
            network = description.with_suffix(".pt")
            if not network.is_file():
                raise IoError(
                    f"there is no network {network} beside the description {description}; put it there under this name"
                )
            self.step = segment.TorchScriptSegmenter(network, description, device, threads)
            self.key = digest("torchscript", file_hash(description), file_hash(network), device)
        else:
            self.step = segmenter
            self.key = digest("segmenter", segmenter.name())
        self.name = self.step.name()


def _finder(
    cascade: Any, segmenter: Any, substitute_missing: bool, device: str, threads: int
) -> _Cascade | _Other | None:
    if cascade is not None:
        return _Cascade(cascade, substitute_missing, device, threads)
    return None if segmenter is None else _Other(segmenter, device, threads)


def _images(study: Any, echo_time: float | None, time_step: float | None) -> Any:
    if isinstance(study, io.StudyImages):
        return study
    found = study if isinstance(study, io.Study) else io.find_study(study)
    if echo_time is not None:
        found.perfusion_reading.echo_time = echo_time
    if time_step is not None:
        found.perfusion_reading.time_step = time_step
    return io.read_study(found)


def _hash(value: Any) -> str:
    """Of voxels, place and time; nothing of any header."""
    state = hashlib.sha256(np.ascontiguousarray(value.affine).tobytes())
    array = value.array
    state.update(memoryview(np.ascontiguousarray(array.T)).cast("B"))
    state.update(str(array.shape).encode())
    if hasattr(value, "times"):
        state.update(np.ascontiguousarray(value.times).tobytes())
        protocol = (value.echo_time, value.repetition_time, value.flip_angle, value.field_strength, value.simulated)
        state.update(repr(protocol).encode())
    return state.hexdigest()


def _plain(step: Any) -> str:
    """A step's options as text, without what changes no bit of the result."""
    return re.sub(r"cache=(None|'[^']*'|[^,)]*)|threads=\d+", "", repr(step))


def _same_grid(a: Any, b: Any) -> bool:
    return a.difference(b) == ""


class _Run:
    def __init__(self, images: Any, folder: Path, patient: str, options: Any, progress: Any):
        self.images, self.options, self.progress = images, options, progress
        self.patient = patient
        self.folder = RunFolder(folder, patient)
        self.times: list[tuple[str, float, bool]] = []
        self._aligned: Any = None
        self.align = copy.copy(options.align)
        self.align.threads = options.threads
        self.align.cache = options.cache or folder / ".bolus.cache"
        series, own = images.perfusion, images.labels
        #: Labels on the series, and nothing else asked for: the structural images are not needed.
        self.series_only = (
            options.finder is None
            and series is not None
            and "cet1" not in images.structural
            and (own is not None or options.labels is not None)
        )
        self.inputs = {name: _hash(image) for name, image in images.structural.items()}
        for name, value in (("dsc", series), ("labels", own), ("arterial_mask", images.arterial_mask)):
            if value is not None:
                self.inputs[name] = _hash(value)
        self._check()
        self.given = self._read_labels()

    # What can be known to go wrong is said before the work.

    def _check(self) -> None:
        there = (
            ", ".join([*self.images.structural, *(["dsc"] if self.images.perfusion is not None else [])]) or "nothing"
        )
        until = self.options.until
        if until in ("perfusion", "predict") and self.images.perfusion is None:
            raise DataError(
                f"the study has no DSC series; it has: {there}. Give one (dsc.nii.gz or DICOM), or stop before: --until segment"
            )
        if not self.series_only and "cet1" not in self.images.structural:
            raise DataError(
                "the study has no contrast-enhanced T1 (cet1), onto which everything is brought; it has: "
                f"{there}. Give one, or "
                "labels on the grid of the DSC series"
            )
        finder = self.options.finder
        if isinstance(finder, _Cascade) and until != "preprocess" and self.options.labels is None:
            missing = [name for name in ("t1", "t2", "flair") if name not in self.images.structural]
            if missing and not finder.substitute_missing:
                raise DataError(
                    f"the cascade needs {' and '.join(missing)}, which the study does not have (it has: {there}); give what is "
                    "missing, labels of your own (--labels), or let a similar image take its place (--substitute-missing)"
                )
        if until != "preprocess" and finder is None and self.options.labels is None and self.images.labels is None:
            raise DataError(
                "nothing tells where the tumour is: give --cascade weights, --segmenter, --labels, or "
                "labels.nii.gz in the study"
            )
        windows = self.options.make_windows.windows
        for network in self.options.networks:
            volumes, length = self.images.perfusion.array.shape[3], windows.length or network.steps
            if length and volumes < length + windows.count - 1:
                raise DataError(
                    f"the weights are for another protocol: they look at {windows.count} windows of {length} volumes "
                    f"({network.time_step:g} s each), and the series has {volumes}; use weights for such "
                    "series, or resample its "
                    "curves (bolus.dsc.Resampling)"
                )

    def _read_labels(self) -> Any:
        """Labels given beside the study, checked against every grid they may lie on."""
        self.given_flags = []
        given = self.options.labels
        if given is None:
            return None
        grids = []
        if "cet1" in self.images.structural:
            grids.append(preprocess.isotropic_geometry(self.images.structural["cet1"].geometry, self.align.spacing))
        if self.images.perfusion is not None:
            grids.append(self.images.perfusion.geometry)
        grids += [image.geometry for image in self.images.structural.values()]
        if not isinstance(given, str | os.PathLike):
            found = given
        elif str(given).lower().endswith(".seg.nrrd"):
            found = self._read_segmentation(Path(given), grids)
        else:
            found = io.read_label_map(given)
        if not any(_same_grid(found.geometry, grid) for grid in grids):
            difference = found.geometry.difference(grids[0]) if grids else "there is no image"
            raise GeometryError(
                f"the labels lie on the grid of no image of the study (with the 1 mm grid: {difference}); draw them on "
                "an image of the results folder, or resample them by nearest neighbour onto one"
            )
        return found

    def _read_segmentation(self, path: Path, grids: list[Any]) -> Any:
        failure: Exception | None = None
        for grid in [*grids, None]:
            try:
                read = io.read_segmentation(
                    path, regions=self.options.label_regions, resolve_overlap=self.options.resolve_overlap, grid=grid
                )
            except GeometryError as error:
                failure = failure or error
                continue
            self.given_flags = list(read.flags)
            return read.labels
        raise failure or GeometryError(f"{path} fits no image of the study")

    # Stages.

    def __call__(self) -> None:
        self.folder.open(self.inputs, self.options.overwrite)
        last = STAGES.index(self.options.until)
        steps = (self._preprocess, self._segment, self._perfusion, self._predict)
        for step in steps[: last + 1]:
            step()
        for name, key in ((stage, self._expected(stage)) for stage in STAGES[last + 1 :]):
            record = self.folder.record(name)
            if record is not None and record["upstream"] != key:  # made from labels or images of before
                self.folder.drop(name)
        if self.options.report:
            self._report()

    def _stage(
        self, name: str, own: Any, upstream: Any, work: Callable[[Path], tuple[dict[str, Any], dict[str, Path]]]
    ) -> None:
        begin = time.perf_counter()
        own, upstream = digest(__version__, name, own), digest(upstream)
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
            found, files = work(staging)
            flags = [{"code": flag.code, "message": flag.message} for flag in found.pop("flags")]
            self.folder.finish(name, {"own": own, "upstream": upstream, **found, "flags": flags}, files)
        self.times.append((name, time.perf_counter() - begin, False))

    def _may_replace(self, name: str, changed: list[Path]) -> bool:
        if self.options.overwrite:
            return True
        given = self.options.labels
        if name != "segment" or not isinstance(given, str | os.PathLike):
            return False
        return all(path.resolve() == Path(given).resolve() for path in changed)

    def _may_change(self, name: str) -> bool:
        return self.options.overwrite or name == "report" or (name == "segment" and self.given is not None)

    def _refusal(self, name: str, record: Mapping[str, Any]) -> str:
        if name == "segment" and record.get("segmenter") == "given labels":
            return (
                f"{self.folder.folder} holds results of labels given by hand; give them again (--labels), or "
                "go back to the automatic "
                "ones by overwriting (--overwrite)"
            )
        what = {"predict": "other weights or options", "segment": "another segmenter"}.get(
            name, "other options or another version"
        )
        return f"{self.folder.folder} holds results of {what} (stage {name}); choose another folder, or overwrite (--overwrite)"

    def _expected(self, name: str) -> str:
        """What a stage that was not asked for would have to be made from."""
        done = {stage: self.folder.record(stage) for stage in STAGES}
        if name == "segment":
            return digest(self._key("preprocess"))
        labels = (done["segment"] or {}).get("labels_dsc")
        if name == "perfusion":
            return digest([self._key("preprocess"), labels])
        return digest(self._upstream_of_prediction())

    def _key(self, name: str) -> list[str]:
        record = self.folder.record(name) or {}
        return [record.get("own", ""), record.get("upstream", "")]

    def _preprocess(self) -> None:
        brain = self.options.brain
        if isinstance(brain, str | os.PathLike):
            brain = io.read_mask(brain)
        name = "none" if brain is None else _hash(brain) if hasattr(brain, "array") else brain.name()
        self.extractor = preprocess.GivenBrainMask(brain) if brain is not None and hasattr(brain, "array") else brain
        #: The study's own labels keep the tumour out of the tissue classes, unless something else finds the tumour.
        self.known = self.images.labels if self.options.finder is None else None
        own = [_plain(self.align), name, self.series_only, "labels" if self.known is not None else ""]
        self._stage("preprocess", own, self.inputs, self._preprocess_work)

    def _preprocess_work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        self._align()
        if self.series_only:
            return {"verdicts": self.verdicts, "flags": self.alignment_flags}, {}
        files = {}
        for path in map(Path, pipeline.write_aligned(self.result, self._structural(), staging, preprocess=self.align)):
            if path.name != "labels.nii.gz":  # a file of the next stage
                files[_ALIGNED.get(path.name, path.name.removesuffix(".nii.gz").removesuffix(".tfm"))] = path
        return {"verdicts": self.verdicts, "flags": self.alignment_flags}, files

    def _structural(self) -> Any:
        images = self.images
        return io.StudyImages(self.patient, images.structural, images.perfusion, self.known, images.arterial_mask)

    def _align(self) -> AlignedStudy:
        """The aligned study; from the cache where the stage was finished before."""
        if self._aligned is not None:
            return self._aligned
        if self.series_only:
            return self._realign()
        self.result = self.align(self._structural(), self.extractor, self.progress)
        frame = self.result.to_frame()
        self.verdicts = json.loads(frame[["image", "stage", "verdict", "reasons"]].to_json(orient="records"))
        self._aligned = self.result.study
        self.alignment_flags = [*self.images.flags, *self._aligned.flags]  # the first are the readers'
        return self._aligned

    def _uncorrected(self) -> dict[str, Any]:
        """The aligned images with their bias field, as the BraTS images that the cascade was trained on have it."""
        aligned = self._align()
        if not self.align.correct_bias:
            return aligned.structural
        step = copy.copy(self.align)
        step.correct_bias = step.classify_tissue = False
        extractor = self.extractor and preprocess.GivenBrainMask(self.result.brain_masks["cet1"])
        images = io.StudyImages(self.patient, self.images.structural)
        return step(images, extractor, self.progress).study.structural  # all but the resampling is in the cache

    def _realign(self) -> AlignedStudy:
        """A study of a series alone: only motion."""
        series, self.alignment_flags, self.verdicts = self.images.perfusion, list(self.images.flags), []
        if self.images.structural:
            self.alignment_flags.append(
                QcFlag(
                    "patient.structural.not_used",
                    "without CET1 the structural images were not used; the labels lie on the series",
                )
            )
        if self.align.correct_motion and series.array.shape[3] > 1:
            step = copy.copy(self.align.motion_correction)
            step.threads = self.options.threads
            try:
                motion = step(series, None, self.progress)
                series = motion.corrected
                self.alignment_flags += motion.flags
            except DataError as reason:
                self.alignment_flags.append(QcFlag("preprocess.motion.skipped", f"motion was not corrected: {reason}"))
        self._aligned = AlignedStudy({}, series, self.known)
        return self._aligned

    def _segment(self) -> None:
        finder = self.options.finder
        if self.given is not None:
            own, self.segmenter = ["given", _hash(self.given)], "given labels"
        elif finder is not None:
            own, self.segmenter = [finder.key], finder.name
        else:
            own, self.segmenter = ["study"], "the study's labels"
        self._stage("segment", own, self._key("preprocess"), self._segment_work)

    def _segment_work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        aligned = self._align()
        flags: list[QcFlag] = list(self.given_flags)
        files: dict[str, Path] = {}
        facts: dict[str, Any] = {"segmenter": self.segmenter}
        if self.given is not None:
            labels = self._placed(self.given, aligned)
            self._keep_automatic(labels, staging, files, facts, flags)
        elif isinstance(self.options.finder, _Cascade):
            found = self.options.finder.step(
                AlignedStudy(self._uncorrected()),
                self.options.finder.weights,
                brain=aligned.brain,
                progress=self.progress,
            )
            for path in map(Path, pipeline.write_segmentation(found, staging)):
                stem = path.name.removesuffix(".nii.gz").removesuffix(".json")
                files[_SEGMENTED.get(stem, stem)] = path
            labels = found.labels
            flags += found.flags
        elif self.options.finder is not None:
            study = aligned
            if not getattr(self.options.finder.step, "wants_bias_correction", lambda: True)():
                study = AlignedStudy(self._uncorrected(), aligned.perfusion, brain=aligned.brain)
            labels = self.options.finder.step(study, self.progress)
            io.write_label_map(staging / "automatic.nii.gz", labels)
            files["automatic_labels"] = staging / "automatic.nii.gz"
        else:
            labels = aligned.labels
        on_series = aligned.perfusion is not None and _same_grid(labels.geometry, aligned.perfusion.geometry)
        try:
            doubts = segment.check_labels(labels, None if on_series else aligned.brain)
        except DataError as error:
            raise DataError(
                f"{error}. Look at the aligned images in {self.folder.folder}, and give labels by hand (--labels)"
            ) from error
        flags += [doubt for doubt in doubts if doubt.code not in {flag.code for flag in flags}]
        self._write_labels(labels, "labels_dsc" if on_series else "labels", staging, files)
        facts["volumes_ml"] = {region: round(labels.volume(region), 4) for region in ("ET", "NET", "ED", "TC", "WT")}
        if aligned.perfusion is not None:
            carried = labels
            if not on_series:
                study = AlignedStudy(
                    {}, aligned.perfusion, labels, perfusion_to_structural=aligned.perfusion_to_structural
                )
                carried = preprocess.labels_on_perfusion_grid(study)
                self._write_labels(carried, "labels_dsc", staging, files)
            facts["labels_dsc"] = _hash(carried)
        if "segmentation_report" not in files:
            report = staging / "segmentation.json"
            text = {"segmenter": self.segmenter, "volumes_ml": facts["volumes_ml"], "labels_sha256": _hash(labels)}
            report.write_text(json.dumps(text, indent=1) + "\n")
            files["segmentation_report"] = report
        return {**facts, "flags": flags}, files

    def _write_labels(self, labels: Any, name: str, staging: Path, files: dict[str, Path]) -> None:
        for ending, entry in ((".nii.gz", name), (".seg.nrrd", name.replace("labels", "segmentation"))):
            path = staging / f"{name}.used{ending}"
            io.write_label_map(path, labels)
            files[entry] = path

    def _placed(self, labels: Any, aligned: AlignedStudy) -> Any:
        """Given labels on the 1 mm grid, or on that of the series where they lie there."""
        if aligned.perfusion is not None and _same_grid(labels.geometry, aligned.perfusion.geometry):
            return labels
        target = aligned.structural["cet1"].geometry
        if _same_grid(labels.geometry, target):
            return labels
        for name in ("cet1", "flair", "t2", "t1"):
            image = self.images.structural.get(name)
            if image is None or not _same_grid(labels.geometry, image.geometry):
                continue
            found = self.result.registrations.get(name)
            transform = preprocess.RigidTransform() if found is None else found.transform
            return preprocess.Resample(labels=self.align.labels)(labels, target, transform)
        raise GeometryError(
            "the labels lie on the grid of no image of the study; draw them on one of the results folder"
        )

    def _keep_automatic(
        self, labels: Any, staging: Path, files: dict[str, Path], facts: dict[str, Any], flags: list[QcFlag]
    ) -> None:
        """What a segmenter found before stays beside the correction, with a record of what was changed."""
        for name in ("automatic_labels", "whole_tumour", "tumour_core", "enhancing", "segmentation_uncertainty"):
            if self.folder.has(name) and self.folder.path(name).is_file():
                kept = staging / self.folder.path(name).name
                shutil.copyfile(self.folder.path(name), kept)
                files[name] = kept
        if "automatic_labels" not in files:
            return
        automatic = io.read_label_map(files["automatic_labels"])
        if not _same_grid(automatic.geometry, labels.geometry):
            return
        audit = segment.CorrectionAudit()(automatic, labels)
        segment.write_audit(staging / "correction.json", audit)
        files["correction"] = staging / "correction.json"
        facts["changed_voxels"] = int(audit.changed_voxels)
        flags += audit.flags

    def _perfusion(self) -> None:
        record = self.folder.record("segment") or {}
        own = [
            _plain(self.options.extract.region_curves),
            _plain(self.options.extract.arterial_search),
            self._map_options(),
        ]
        upstream = [self._key("preprocess"), record.get("labels_dsc")]
        self._stage("perfusion", own, upstream, self._perfusion_work)

    def _map_options(self) -> list[str]:
        maps = self.options.maps
        return [_plain(maps.options), _plain(maps.deconvolution), _plain(maps.statistics)]

    def _on_series(self, arterial: Any) -> Any:
        """The study as the perfusion steps take it: realigned series, labels on its grid."""
        labels = io.read_label_map(self.folder.path("labels_dsc"))
        return io.StudyImages(self.patient, {}, self._align().perfusion, labels, arterial)

    def _perfusion_work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        options = self.options.extract
        extract = pipeline.ExtractCurves(_AS_IT_LIES, options.region_curves, options.arterial_search)
        images = self._on_series(self.images.arterial_mask)
        flags = dsc.ProtocolCheck()(images.perfusion)
        found = extract(images, progress=self.progress)
        flags += found.flags
        io.write_curves(staging / "curves.csv", [io.PatientCurves(self.patient, found.signals)])
        files = {"curves": staging / "curves.csv"}
        arterial = images.arterial_mask
        if arterial is None and found.arterial is not None:
            arterial = found.arterial.mask
        if arterial is not None:
            io.write_mask(staging / "arterial.nii.gz", arterial)
            files["arterial"] = staging / "arterial.nii.gz"
        written = self._maps(arterial, staging / "maps", flags)
        codes = {(flag.code, flag.message) for flag in flags}
        if written is not None:
            flags += [flag for flag in written.flags if (flag.code, flag.message) not in codes]
        for path in map(Path, [] if written is None else written.files):
            stem = path.name.removesuffix(".nii.gz").removesuffix(".csv").removesuffix(".json")
            files[_MAPPED.get(stem, stem)] = path
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
        options = copy.copy(self.options.maps.options)
        options.threads = self.options.threads
        wanted = list(options.quantities)
        if arterial is None:  # said by a flag of the curves
            wanted = [name for name in wanted if name not in _NEED_ARTERY]
        images = self._on_series(arterial)
        for needless in ((), _NEED_WHITE_MATTER, _NEED_TISSUE):
            wanted = [name for name in wanted if name not in needless]
            if not wanted:
                break
            options.quantities = wanted
            shutil.rmtree(folder, ignore_errors=True)
            step = pipeline.WriteMaps(
                _AS_IT_LIES, options, self.options.maps.deconvolution, self.options.maps.statistics
            )
            try:
                return step(images, folder, progress=self.progress)
            except DataError as reason:
                flags.append(QcFlag("patient.maps.left_out", f"maps were left out: {reason}"))
        return None

    def _upstream_of_prediction(self) -> list[Any]:
        curves = [file["sha256"] for file in self.folder.index["files"] if file["name"] == "curves"]
        return [self._key("preprocess"), (self.folder.record("segment") or {}).get("labels_dsc"), curves]

    def _predict(self) -> None:
        own = [
            [_network_key(network) for network in self.options.networks],
            _plain(self.options.make_windows),
            _plain(self.options.probability_map),
        ]
        self._stage("predict", own, self._upstream_of_prediction(), self._predict_work)

    def _predict_work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        networks = self.options.networks
        signals = io.read_curves(self.folder.path("curves"))[0].curves
        step = pipeline.PredictStudy(make_windows=self.options.make_windows, threads=self.options.threads)
        predictions = [step.from_curves(signals, network, self.patient, self.progress) for network in networks]
        flags = list({(flag.code, flag.message): flag for one in predictions for flag in one.flags}.values())
        segments = dsc.BolusSegments()(signals)
        text, doubts = _prediction(predictions, networks, segments)
        flags += [flag for flag in doubts if flag not in flags]
        path = staging / "prediction.json"
        path.write_text(json.dumps(text, indent=1) + "\n")
        files = {"prediction": path}
        images = self._on_series(None)
        try:
            found = self._probability_map(images, signals, networks)
        except DataError as reason:
            flags.append(QcFlag("patient.probability_map.none", f"no probability map: {reason}"))
        else:
            for name, image in (("probability", found.probability), ("spread", found.standard_deviation)):
                values = np.asfortranarray(np.nan_to_num(image.array))
                io.write_image(staging / f"{name}.nii.gz", Image(values, image.affine))
            files |= {"probability": staging / "probability.nii.gz", "probability_spread": staging / "spread.nii.gz"}
            codes = {flag.code for flag in flags}
            flags += [flag for flag in found.flags if flag.code not in codes]
        facts = {
            "probability": text["probability_idh_mutant"],
            "simulated": bool(text["provenance"]["simulated"]),
        }
        return {**facts, "flags": flags}, files

    def _probability_map(self, images: Any, signals: Any, networks: list[AttentionLSTM]) -> Any:
        """Of the first network: of an ensemble one member is enough to see where."""
        return self.options.probability_map(
            images.perfusion, images.labels, signals, networks[0], progress=self.progress
        )

    def _report(self) -> None:
        from bolus.patient._report import render, verdicts_of

        made_from = [[file["path"], file["sha256"]] for file in self.folder.index["files"] if file["stage"] != "report"]
        records = [self.folder.record(stage) for stage in STAGES]
        self._stage(
            "report", "report 1", [made_from, records], lambda staging: self._report_work(staging, render, verdicts_of)
        )

    def _report_work(self, staging: Path, render: Any, verdicts_of: Any) -> tuple[dict[str, Any], dict[str, Path]]:
        aligned = self._align()
        files = {"verdicts": staging / "verdicts.json", "description": staging / "dataset_description.json"}
        files["verdicts"].write_text(json.dumps(verdicts_of(self.folder), indent=1) + "\n")
        files["description"].write_text(json.dumps(_description(), indent=1) + "\n")
        figures = self._figures(staging)
        files["report"] = staging / "report.html"
        files["report"].write_text(render(self.folder, aligned, self.options.networks, figures), encoding="utf-8")
        return {"flags": []}, {**files, **figures}

    def _figures(self, staging: Path) -> dict[str, Path]:
        from bolus.quality_page import write_quality_page

        figures = {}
        if not self.series_only:
            for path in write_quality_page(self.result, self._structural(), staging / "quality"):
                if path.suffix == ".png":
                    figures[path.stem.removeprefix("quality_") + "_figure"] = path
        if self.folder.has("curves"):
            figures["curves_figure"] = self._draw_curves(staging / "curves.png")
        return figures

    def _draw_curves(self, path: Path) -> Path:
        """The curves, over attention where there is a prediction."""
        from bolus.files import write_figure
        from bolus.plot import AttentionDisplay

        signals = io.read_curves(self.folder.path("curves"))[0].curves
        times = np.asarray(signals.times)
        weights, segments = np.zeros(len(times)), None
        if self.folder.has("prediction"):
            attention = json.loads(self.folder.path("prediction").read_text())["attention"]
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


def _prediction(
    predictions: list[Any], networks: list[AttentionLSTM], segments: Any
) -> tuple[dict[str, Any], list[QcFlag]]:
    """One prediction as JSON; of several networks their mean, each, and how far they disagree. And what to doubt."""
    text: dict[str, Any] = json.loads(predictions[0].to_json())
    probabilities = [float(prediction.probability) for prediction in predictions]
    windows = np.mean([prediction.windows.probability for prediction in predictions], axis=0)
    text["probability_idh_mutant"] = float(np.mean(probabilities))
    text["window_probabilities"] = [float(value) for value in windows]
    text["window_standard_deviation"] = float(np.std(windows))
    attention = np.mean([prediction.attention.attention for prediction in predictions], axis=0)
    if len(predictions) > 1:
        text["member_probabilities"] = probabilities
        text["member_standard_deviation"] = float(np.std(probabilities, ddof=1))
        text["attention"]["weight"] = [float(value) for value in attention]
    # As TemporalPatterns has it, for the attention that is shown.
    names, edges, times = (
        ("baseline", "downslope", "upslope", "plateau"),
        list(segments.edges),
        np.asarray(segments.times),
    )
    shares = {name: np.nan if segments.missing(name) else 0.0 for name in names}
    for second, weight in zip(text["attention"]["time_s"], attention, strict=True):
        shares[segments.at_time(second)] += float(weight)
    doubts = list(segments.flags)
    pattern = evaluate.temporal_pattern([shares[name] for name in names])
    doubts += pattern.flags
    text["segments"] = {
        name: {"first_s": float(times[first]), "last_s": float(times[last - 1]), "attention_share": shares[name]}
        for name, first, last in zip(names, edges[:-1], edges[1:], strict=True)
        if last > first
    }
    text["temporal_pattern"] = int(pattern.number)
    text["model"] = {
        "channels": list(networks[0].channel_names),
        "steps": int(networks[0].steps),
        "time_step_s": float(networks[0].time_step),
        "classes": list(networks[0].classes),
        "simulated": bool(any(network.simulated for network in networks)),
        "validation": _validation(networks[0]),
    }
    return text, doubts


def _validation(network: AttentionLSTM) -> Any:
    with contextlib.suppress(KeyError, ValueError):
        return json.loads(network.notes["validation"])
    return None
