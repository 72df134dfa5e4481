"""What ``bolus doctor`` looks at before work starts: the installation, a data folder, a place for results.

Every finding that is not good ends with what to do.
"""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Finding", "check_data", "check_installation", "check_output"]

_MODALITIES = ("t1", "t2", "flair", "cet1")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: str  #: good, doubtful (works, but) or failed
    message: str
    advice: str = ""  #: what to do; empty where all is well


def check_installation() -> list[Finding]:
    """Versions, parts, threads, memory, graphics cards and what can be added."""
    return [_bolus(), _python(), _torch(), *_parts(), _threads(), _memory(), _graphics(), *_extras(), _works()]


def _bolus() -> Finding:
    from bolus import __version__

    return Finding("bolus", "good", __version__)


def _python() -> Finding:
    found = platform.python_version()
    if tuple(map(int, found.split(".")[:2])) > (3, 13):
        return Finding("Python", "doubtful", f"{found}; tried up to 3.13", "make an environment with Python 3.13")
    return Finding("Python", "good", found)


def _torch() -> Finding:
    from bolus import _build_info

    built = _build_info.torch_version
    if not built:
        return Finding(
            "LibTorch", "doubtful", "this bolus was built without it: no segmentation, no model",
            "install torch, then build bolus again: pip install --no-cache-dir --force-reinstall --no-deps bolus",
        )  # fmt: skip
    import torch

    found = torch.__version__
    same = found.split("+")[0] == built.split("+")[0]
    if same:
        return Finding("LibTorch", "good", f"PyTorch {found}, the one bolus was built with")
    return Finding(
        "LibTorch",
        "doubtful",
        f"PyTorch {found}; bolus was built with {built}",
        f"pip install torch=={built.split('+')[0]}",
    )


def _parts() -> list[Finding]:
    from bolus import _core

    findings = []
    for what, names, advice in (
        ("ITK parts", ("io", "preprocess"), "install ITK (Debian: libinsighttoolkit5-dev) and build bolus again"),
        ("LibTorch parts", ("segment", "model", "pipeline"), "install torch and ITK and build bolus again"),
    ):
        missing = [name for name in names if not hasattr(_core, name)]
        if missing:
            findings.append(Finding(what, "failed", f"{', '.join(missing)} not built", advice))
        else:
            findings.append(Finding(what, "good", ", ".join(names)))
    return findings


def _threads() -> Finding:
    from bolus import _core

    count = _core.core.resolve_threads(0)
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else count
    if allowed < count:
        return Finding(
            "threads", "doubtful", f"{count}, but this process may use {allowed} of the cores",
            f"give --threads {allowed}, or ask the scheduler for more cores",
        )  # fmt: skip
    return Finding("threads", "good", f"{count}")


def _memory() -> Finding:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError, AttributeError):
        return Finding("memory", "doubtful", "not known", "keep 4 GB free for each study that runs at a time")
    if total < 4:
        return Finding(
            "memory", "doubtful", f"{total:.1f} GB; a study with the cascade takes up to 4 GB",
            "close other programs, or use --labels in place of the cascade",
        )  # fmt: skip
    return Finding("memory", "good", f"{total:.1f} GB")


def _graphics() -> Finding:
    try:
        import torch
    except ImportError:
        return Finding("GPU", "good", "none; everything runs on the CPU")
    if not torch.cuda.is_available():
        return Finding("GPU", "good", "none that PyTorch can use; everything runs on the CPU")
    names = ", ".join(torch.cuda.get_device_name(k) for k in range(torch.cuda.device_count()))
    return Finding("GPU", "good", f"{names}; used when asked for (--device cuda)")


def _extras() -> list[Finding]:
    from importlib.util import find_spec

    findings = []
    for name, extra, what in (("matplotlib", "plot", "figures and reports"), ("pydicom", "dev", "making test files")):
        if find_spec(name) is not None:
            findings.append(Finding(name, "good", what))
        elif extra == "plot":
            findings.append(
                Finding(name, "doubtful", f"not installed: no {what}", "pip install 'bolus[plot]', or give --no-report")
            )
    return findings


def _works() -> Finding:
    """The compiled part computes what it should, on the smallest example there is."""
    try:
        import numpy as np

        from bolus import dsc

        times = np.arange(60) * 1.5
        passed = np.clip(times - 15, 0, None)
        signal = 1000 * np.exp(-0.03 * 8 * passed**3 * np.exp(-passed / 1.5))
        timing = dsc.BolusTiming()(signal, times)
        if timing.found and 12 < timing.arrival_time < 20:
            return Finding("self-test", "good", "the bolus of a made-up curve is found where it is")
        return Finding(
            "self-test", "failed", f"the bolus of a made-up curve was put at {timing.arrival_time:.1f} s",
            "install bolus again, and report this",
        )  # fmt: skip
    except Exception as error:  # whatever it is, it is the finding
        return Finding(
            "self-test", "failed", f"{type(error).__name__}: {error}", "install bolus again, and report this"
        )


def check_output(folder: str | os.PathLike[str]) -> list[Finding]:
    """Whether results can be written to a folder: rights, space, another run."""
    folder = Path(folder)
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        return [Finding("output", "failed", f"{place} is a file", "choose another folder")]
    if not os.access(place, os.W_OK | os.X_OK):
        return [
            Finding(
                "output",
                "failed",
                f"{place} cannot be written to",
                "choose another folder, or ask for the right to write",
            )
        ]
    free = shutil.disk_usage(place).free / 2**30
    findings = [
        Finding("space", "good", f"{free:.1f} GB free")
        if free >= 1
        else Finding(
            "space", "doubtful", f"{free:.2f} GB free; a study takes about 0.3 GB", "make room, or choose another disk"
        )
    ]
    if (folder / ".bolus.lock").exists():
        findings.append(
            Finding(
                "output",
                "doubtful",
                f"{folder} is locked by a run",
                "wait for it, or remove .bolus.lock if it is gone for certain",
            )
        )
    else:
        findings.append(Finding("output", "good", f"{folder} can be written to"))
    return findings


def check_data(folder: str | os.PathLike[str], weights: Any = None) -> list[Finding]:
    """Whether a study, or every study in a folder of them, has what a prediction needs.

    Parameters
    ----------
    folder : path
        A study's folder, or one whose sub-folders are studies.
    weights : path, optional
        What the studies are meant for: their protocol is compared.
    """
    from bolus import Error, io
    from bolus.model import load_checkpoint

    folder = Path(folder)
    if not folder.is_dir():
        return [Finding("data", "failed", f"there is no folder {folder}", "give the folder of a study, or of several")]
    findings: list[Finding] = []
    network = None
    if weights is not None:
        try:
            network = load_checkpoint(weights)
            findings.append(
                Finding(
                    "weights",
                    "good",
                    f"{network.steps} volumes of {network.time_step:g} s, {', '.join(network.channel_names)}",
                )
            )
        except (Error, OSError) as error:
            findings.append(Finding("weights", "failed", str(error), "give weights of bolus train (.safetensors)"))
    try:
        return findings + _study_findings("", io.find_study(folder), network)
    except Error as error:
        below = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
        if not below:
            return [
                *findings,
                Finding("data", "failed", str(error), "see 'Your own scanner's data' in the documentation"),
            ]
    for entry in below:
        try:
            findings += _study_findings(entry.name, io.find_study(entry), network)
        except (Error, OSError) as error:
            findings.append(
                Finding(entry.name, "failed", str(error), "see 'Your own scanner's data' in the documentation")
            )
    return findings


def _study_findings(name: str, study: Any, network: Any) -> list[Finding]:
    """Of one study: what is there, whether it can be read, and whether its series suits."""
    from bolus import Error, dsc, io

    name = name or "study"
    there = {*study.images, *study.dicom_images}
    has_series = study.perfusion is not None or study.dicom_perfusion is not None
    missing = [modality for modality in _MODALITIES if modality not in there]
    findings = []
    if not has_series:
        findings.append(
            Finding(
                name,
                "failed",
                "no DSC series was recognised",
                "name it dsc.nii.gz, or set the role of the series by hand",
            )
        )
    if "cet1" in missing:
        ready = study.labels is not None
        findings.append(
            Finding(name, "doubtful" if ready else "failed", "there is no contrast-enhanced T1 (cet1)",
                    "give one; labels on the grid of the series do without")
        )  # fmt: skip
    elif missing:
        findings.append(
            Finding(name, "doubtful", f"there is no {' and no '.join(missing)}: the cascade needs it",
                    "give it, labels of your own (--labels), or --substitute-missing")
        )  # fmt: skip
    for flag in study.flags:
        findings.append(
            Finding(name, "doubtful", flag.message, "look at the series (bolus info), and name the files yourself")
        )
    try:
        images = io.read_study(study)
    except (Error, OSError) as error:
        return [*findings, Finding(name, "failed", str(error), "mend or replace the file")]
    series = images.perfusion
    if series is not None:
        volumes, step = (
            series.array.shape[3],
            float(series.times[1] - series.times[0]) if len(series.times) > 1 else 0.0,
        )
        for flag in dsc.ProtocolCheck()(series):
            advice = "give --echo-time" if "echo_time" in flag.code else "compare with the protocol of the scanner"
            findings.append(Finding(name, "doubtful", flag.message, advice))
        if network is not None and network.steps and volumes < network.steps:
            findings.append(
                Finding(
                    name,
                    "failed",
                    f"{volumes} volumes; the weights look at {network.steps}",
                    "use weights for such series",
                )
            )
        elif network is not None and network.time_step and abs(step - network.time_step) > 0.02 * network.time_step:
            findings.append(
                Finding(name, "doubtful", f"a volume every {step:g} s; the weights were trained on {network.time_step:g} s",
                        "use weights for such series, or resample the curves (bolus.dsc.Resampling)")
            )  # fmt: skip
    if not any(finding.verdict == "failed" for finding in findings):
        what = ", ".join([*sorted(there), *(["dsc"] if has_series else []), *(["labels"] if study.labels else [])])
        findings.append(Finding(name, "good", what))
    return findings
