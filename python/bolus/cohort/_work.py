"""What a worker does: one patient, its outcome on disk before anything is said about it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bolus import Cancelled, Error, OptionError, __version__
from bolus._core.core import write_atomically
from bolus.patient import predict
from bolus.patient._folder import INDEX, RunFolder
from bolus.patient._hashes import digest, file_hash
from bolus.patient._lock import FolderBusy

__all__ = [
    "Job",
    "Outcome",
    "is_full",
    "patient_folder",
    "peak_memory",
    "read_status",
    "run_patient",
    "study_hash",
    "write_failure",
]

#: Failures of the data, which come again whenever the data are the same; of others (disk, memory, network) nobody knows.
_LASTING = (
    "DataError",
    "FormatError",
    "GeometryError",
    "ShapeError",
    "ConvergenceError",
    "VersionError",
    "OptionError",
)
#: As this library, C++, LibTorch, ITK, CUDA and the system say it.
_NO_MEMORY = re.compile("no memory (for|to) |bad_alloc|allocate memory|out of memory", re.IGNORECASE)
_FULL = (errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Job:
    """One patient to run; small, and the same on any machine that sees the folders."""

    patient: str
    name: str
    folder: str
    segmentation: str | None
    output: str
    key: str  # of the options
    options: dict[str, Any] = field(default_factory=dict)
    retry_failed: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a job ended: done, failed, busy (somebody else writes to its folder) or full (nothing can be written any more)."""

    state: str
    reason: str = ""
    found: bool = False  # finished before
    memory: int = 0  # largest use of the worker so far, bytes


def patient_folder(output: Path, name: str) -> Path:
    """Where a patient's results lie."""
    return output / "patients" / name


def _status_path(output: Path, name: str) -> Path:
    return output / "status" / f"{name}.json"


def read_status(output: Path, name: str) -> dict[str, Any] | None:
    """What is known of a patient that was run."""
    try:
        found = json.loads(_status_path(output, name).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "state" in found else None


def _write_status(job: Job, state: str, key: str, **facts: Any) -> None:
    path = _status_path(Path(job.output), job.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = {"patient": job.patient, "name": job.name, "state": state, "key": key, "bolus": __version__, **facts}
    write_atomically(path, (json.dumps(text, indent=1) + "\n").encode(), True)


def write_failure(job: Job, reason: str, kind: str, key: str = "") -> None:
    """Note that a patient failed, and why."""
    _write_status(job, "failed", key, kind=kind, reason=reason)


def study_hash(folder: Path) -> str:
    """SHA-256 of the files of a folder: of their places in it and their bytes."""
    state = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        state.update(f"{path.relative_to(folder).as_posix()}\0{file_hash(path)}\n".encode())
    return state.hexdigest()


def peak_memory() -> int:
    """The most memory that this process has had, in bytes; 0 where that is not known."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _key(job: Job) -> str:
    own = None if job.segmentation is None else file_hash(Path(job.segmentation))
    return digest("cohort", __version__, job.key, study_hash(Path(job.folder)), own)


def _still_there(job: Job, status: dict[str, Any]) -> bool:
    """The results are where they were, of the size they had."""
    folder = patient_folder(Path(job.output), job.name)
    try:
        if file_hash(folder / INDEX) != status["index"]:
            return False
        files = json.loads((folder / INDEX).read_text())["files"]
        return all((folder / file["path"]).stat().st_size == file["bytes"] for file in files)
    except (OSError, ValueError, KeyError):
        return False


def _known(job: Job, key: str) -> Outcome | None:
    status = read_status(Path(job.output), job.name)
    if status is None or status.get("key") != key:
        return None
    if status["state"] == "done" and _still_there(job, status):
        return Outcome("done", found=True)
    if status["state"] == "failed" and status.get("kind") in _LASTING and not job.retry_failed:
        return Outcome("failed", status["reason"], found=True)
    return None


def is_full(error: BaseException | None) -> bool:
    """Nothing can be written: by number where there is one, by the system's words where a library only passes those on."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if any(os.strerror(number) in str(error) for number in _FULL):
            return True
        error = error.__cause__ or error.__context__
    return False


#: Names of files that say nothing but what is in them.
_ROLES = {"t1", "t2", "flair", "cet1", "dsc", "labels", "aif"}


def _plain(job: Job, text: str) -> str:
    """A reason without the names of folders and files, which may say who or where somebody is, and differ between runs."""
    for path, name in ((job.output, "the output"), (job.folder, "the study"), (job.segmentation, "the segmentation")):
        if path:
            text = text.replace(str(Path(path)), name)
    folder = Path(job.folder)
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    for number, path in enumerate(files, start=1):
        if path.name.partition(".")[0] not in _ROLES:
            text = text.replace(f"the study/{path}", f"file {number} of the study")
            if len(path.name) > 3:
                text = text.replace(path.name, f"file {number}")
    for path in {parent for file in files for parent in file.parents}:
        if path.name:
            text = text.replace(f"the study/{path}", "a folder of the study")
    return text


def run_patient(job: Job, progress: Any = None) -> Outcome:
    """Run one patient, or find it finished. Errors of the data or the machine become an outcome, never an exception."""
    key = ""
    try:
        key = _key(job)
        if (known := _known(job, key)) is not None:
            return known
        folder = patient_folder(Path(job.output), job.name)
        folder.mkdir(parents=True, exist_ok=True)
        result = predict(
            job.folder, output=folder, patient=job.name, labels=job.segmentation, progress=progress, **job.options
        )
        _write_status(
            job,
            "done",
            key,
            stages=list(result.index["stages"]),
            flags=len(result.flags),
            index=file_hash(folder / INDEX),
        )
        return Outcome("done", memory=peak_memory())
    except Cancelled:
        raise
    except Exception as error:
        return _failed(job, key, error)


def _failed(job: Job, key: str, error: Exception) -> Outcome:
    if isinstance(error, FolderBusy):
        return Outcome("busy", _plain(job, str(error)))
    reason, kind = _plain(job, str(error)), type(error).__name__
    if is_full(error):
        return Outcome("full", str(error))
    if isinstance(error, MemoryError) or _NO_MEMORY.search(reason):
        reason, kind = (
            "the memory that a worker may use was not enough; give it more (--memory), or fewer workers",
            "MemoryError",
        )
    elif not isinstance(error, Error):
        reason = f"{kind}: {reason}; 'bolus --debug predict' on this patient shows where it comes from"
    try:
        write_failure(job, reason, kind, key)
    except (OSError, OptionError) as full:
        return Outcome("full", str(full))
    return Outcome("failed", reason, memory=peak_memory())


def index_of(output: Path, name: str) -> dict[str, Any] | None:
    """The index of a patient's results; None where there are none."""
    return RunFolder.read_index(patient_folder(output, name))
