"""From a study to a prediction in one call."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from bolus import OptionError, io, pipeline, preprocess
from bolus.files import output_folder
from bolus.patient._case import Case, RunOptions
from bolus.patient._lock import FolderLock
from bolus.patient._models import find_networks, tumour_finder
from bolus.patient._result import PatientResult
from bolus.patient._run import STAGES, Run

__all__ = ["predict", "study_at"]


def study_at(path: str | os.PathLike[str], echo_time: float | None = None, time_step: float | None = None) -> io.Study:
    """``bolus.io.find_study`` with what the files of the series do not tell, in seconds."""
    study = io.find_study(path)
    if echo_time is not None:
        study.perfusion_reading.echo_time = echo_time
    if time_step is not None:
        study.perfusion_reading.time_step = time_step
    return study


def _images(study: Any, echo_time: float | None, time_step: float | None) -> Any:
    if isinstance(study, io.Study | io.StudyImages):
        if echo_time is not None or time_step is not None:
            raise OptionError(
                "echo_time and time_step go with a folder; of a study at hand set perfusion_reading before it is read"
            )
        return study if isinstance(study, io.StudyImages) else io.read_study(study)
    return io.read_study(study_at(study, echo_time, time_step))


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
    (curves and maps on the grid of the series) and ``predict`` (probability, attention, temporal pattern, probability
    map). A stage whose inputs, options and library version are those of before is found again in `output`. Where only
    labels changed, only what depends on them is done again.

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
        used in place of anything else.
    cascade : path or bolus.segment.CascadeWeights, optional
        Weights of the cascade, from ``bolus weights convert``.
    segmenter : path or bolus.segment.Segmenter, optional
        Any other segmenter, told from others by its ``key()``. A path is the description (.json) of a TorchScript network
        that lies beside it (.pt). Without `labels`, `cascade` and `segmenter` the study's own label map is used.
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
    networks = [] if weights is None or until != "predict" else find_networks(weights)
    finder = tumour_finder(cascade, segmenter, substitute_missing, device, threads)
    images = _images(study, echo_time, time_step)
    options = RunOptions(
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
        run = Run(Case(images, folder, patient, options, progress))
        run()
    return PatientResult(folder, run.folder.index, run.times, temporary)
