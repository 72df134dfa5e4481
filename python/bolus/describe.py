"""What ``bolus info`` says of this installation and of a file."""

from __future__ import annotations

import platform
from pathlib import Path

from bolus import FormatError, IoError, __version__, _core

__all__ = ["describe_installation", "describe_path"]

Rows = list[tuple[str, str]]


def describe_installation() -> Rows:
    """Versions and parts of this installation, as rows of name and value."""
    import torch

    parts = [name for name in ("io", "preprocess", "segment", "model", "pipeline") if hasattr(_core, name)]
    return [
        ("bolus", __version__),
        ("parts", "core, dsc, simulate, evaluate, " + ", ".join(parts)),
        ("LibTorch", torch.__version__),
        ("Python", platform.python_version()),
        ("threads", str(_core.core.resolve_threads(0))),
        ("intended for", "research; not a medical device"),
    ]


def describe_path(path: str | Path) -> Rows:
    """What a file or study folder holds, as rows of name and value.

    Raises
    ------
    IoError
        If there is nothing at ``path``.
    FormatError
        If it is of no kind that bolus knows.
    """
    from bolus import io

    path = Path(path)
    if not path.exists():
        raise IoError(f"there is no file or folder {path}; check the name, and the folder that you are in")
    if path.is_dir():
        return _study_rows(io.find_study(path))
    if path.suffix == ".safetensors":
        return _weights_rows(path)
    if path.suffix == ".csv":
        return _curve_rows(io.read_curves(path))
    if path.name.lower().endswith(".seg.nrrd"):
        return _segmentation_rows(io.read_segmentation(path, resolve_overlap=True))
    if path.name.endswith((".nii", ".nii.gz", ".nrrd")):
        return _image_rows(path)
    raise FormatError(
        f"{path} is of no kind that bolus knows: expected an image, a curve table (.csv) or weights (.safetensors)"
    )


def _study_rows(study) -> Rows:
    rows = [("study", study.patient)]
    rows += [(name, Path(file).name) for name, file in study.images.items()]
    others = (("dsc", study.perfusion), ("labels", study.labels), ("arterial mask", study.arterial_mask))
    return rows + [(name, Path(file).name if file else "none") for name, file in others]


def _weights_rows(path: Path) -> Rows:
    from bolus.model import load_checkpoint
    from bolus.segment import load_cascade

    try:
        return _network_rows(load_checkpoint(path))
    except FormatError as error:
        if "bolus.segmentation_cascade" not in str(error):
            raise
    notes = load_cascade(path).notes
    shown = ("source", "licence", "training_data", "citation")
    return [
        ("weights", "cascade of nine segmentation networks"),
        *((name, notes[name]) for name in shown if name in notes),
    ]


def _network_rows(network) -> Rows:
    return [
        ("weights", repr(network.shape)),
        ("channels", ", ".join(network.channel_names) or "not named"),
        ("steps", f"{network.steps} of {network.time_step:g} s" if network.steps else "not known"),
        ("normalisation", network.normalisation),
        ("trained on", "simulated patients" if network.simulated else "data not marked as simulated"),
    ]


def _curve_rows(patients) -> Rows:
    first = patients[0].curves
    labels = [entry.label for entry in patients if entry.label is not None]
    return [
        ("patients", str(len(patients))),
        ("curves", ", ".join(first.names)),
        ("time points", f"{len(first.times)}, {first.times[0]:g} to {first.times[-1]:g} s"),
        ("labels", f"{sum(labels)} mutant, {len(labels) - sum(labels)} wildtype" if labels else "none"),
    ]


def _segmentation_rows(segmentation) -> Rows:
    rows = [("segmentation", repr(segmentation.labels))]
    rows += [
        (segment.region or "left out", f"{segment.name}, {segment.voxels} voxels") for segment in segmentation.segments
    ]
    return rows + [(flag.code, flag.message) for flag in segmentation.flags]


def _image_rows(path: Path) -> Rows:
    from bolus import ShapeError, io

    try:
        series = io.read_perfusion_series(path)
    except (ShapeError, ValueError):
        image = io.read_image(path)
        values = image.array
        return [("image", repr(image)), ("values", f"{values.min():g} to {values.max():g}")]
    echo_time = "not known" if series.echo_time is None else f"{1000 * series.echo_time:g} ms"
    return [("DSC series", repr(series)), ("echo time", echo_time)]
