"""The folder of a run: which files belong to which stage, what they were made from, and whether they are still what was
written."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bolus import IoError, __version__
from bolus._core.core import write_atomically
from bolus.files import read_record, require_own
from bolus.patient._hashes import file_hash
from bolus.patient._layout import entry_of, path_of

__all__ = ["INDEX", "RunFolder"]

INDEX = "index.json"
_FORMAT = "bolus.patient"
_SCHEMA = 1


class RunFolder:
    """Reads and writes a run's folder. The caller holds its lock.

    A stage's files are written beside and moved to their places at its end; before that the index says that they are on
    their way. So a run that is killed leaves either the stage or something that the next run knows to be its own.
    """

    def __init__(self, folder: Path, patient: str):
        self.folder, self.patient = folder, patient
        self.index: dict[str, Any] = {
            "format": _FORMAT,
            "schema": _SCHEMA,
            "bolus": __version__,
            "subject": f"sub-{patient}",
            "inputs": {},
            "stages": {},
            "files": [],
        }

    @staticmethod
    def read_index(folder: Path) -> dict[str, Any] | None:
        """The index of a folder; None where there is none.

        Raises
        ------
        FormatError
            If it is damaged or of a later version.
        """
        return read_record(folder / INDEX, _FORMAT, _SCHEMA, "index of bolus predict")

    def open(self, inputs: Mapping[str, str], overwrite: bool) -> None:
        """Take up what an earlier run left. Raises IoError where it is of other images or patient, unless `overwrite`."""
        found = self.read_index(self.folder)
        if found is None:
            require_own(self.folder, "bolus predict", overwrite)
        elif (found["inputs"], found["subject"]) != (dict(inputs), f"sub-{self.patient}"):
            if not overwrite:
                names = sorted(
                    name for name in {*found["inputs"], *inputs} if found["inputs"].get(name) != inputs.get(name)
                )
                what = f"other images (different: {', '.join(names)})" if names else f"{found['subject']}"
                raise IoError(f"{self.folder} holds results of {what}; choose another folder, or ask for overwriting")
            self._remove(found["files"])
        else:
            self.index = found
        self.index["inputs"] = dict(inputs)
        for entry in self.folder.glob(".bolus.staging.*"):  # of a run that was killed
            shutil.rmtree(entry, ignore_errors=True)

    def path(self, name: str) -> Path:
        """Where the file of that name is, or would be."""
        return self.folder / path_of(name, self.patient)

    def files_of(self, stage: str) -> list[dict[str, Any]]:
        return [file for file in self.index["files"] if file["stage"] == stage]

    def has(self, name: str) -> bool:
        return any(file["name"] == name for file in self.index["files"])

    def record(self, stage: str) -> dict[str, Any] | None:
        """What is known of a stage that was finished."""
        return self.index["stages"].get(stage)

    def changed(self, stage: str) -> tuple[list[Path], list[Path]]:
        """Files of a stage that are not as they were written, and those that are gone."""
        changed, gone = [], []
        for file in self.files_of(stage):
            path = self.folder / file["path"]
            if not path.is_file():
                gone.append(path)
            elif path.stat().st_size != file["bytes"] or file_hash(path) != file["sha256"]:
                changed.append(path)
        return changed, gone

    def drop(self, stage: str) -> None:
        """Forget a stage and remove its files."""
        files = self.files_of(stage)
        if stage not in self.index["stages"] and not files:
            return
        self.index["stages"].pop(stage, None)
        self.index["files"] = [file for file in self.index["files"] if file["stage"] != stage]
        self._write_index()
        self._remove(files)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder for the files of a stage, gone afterwards."""
        folder = self.folder / f".bolus.staging.{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir()
        except OSError as error:
            raise IoError(
                f"cannot write into {self.folder}: {error.strerror}; free it, or choose another folder"
            ) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def finish(self, stage: str, record: Mapping[str, Any], files: Mapping[str, Path]) -> None:
        """Put a stage's files (name to where they lie now) in their places and note them."""
        noted = []
        for name, source in files.items():
            entry = entry_of(name)
            described = {
                "name": name,
                "path": path_of(name, self.patient),
                "stage": stage,
                "description": entry.description,
            }
            if entry.space:
                described["space"] = entry.space
            if entry.units:
                described["units"] = entry.units
            noted.append({**described, "bytes": source.stat().st_size, "sha256": file_hash(source)})
        previous = self.files_of(stage)
        self.index["stages"].pop(stage, None)
        kept = {file["path"] for file in noted}
        gone = [file for file in previous if file["path"] not in kept]
        others = [file for file in self.index["files"] if file["stage"] != stage]
        self.index["files"] = others + noted + gone
        self._write_index()  # a run that dies from here on has these files, but not the stage
        for file in noted:
            target = self.folder / file["path"]
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(files[file["name"]], target)
            except OSError as error:
                raise IoError(f"cannot write {target}: {error.strerror}; free the folder and run again") from error
        self._remove(gone)
        self.index["files"] = others + noted
        self.index["stages"][stage] = dict(record)
        self._write_index()

    def _write_index(self) -> None:
        self.index["files"].sort(key=lambda file: file["path"])
        self.index["bolus"] = __version__
        write_atomically(self.folder / INDEX, (json.dumps(self.index, indent=1) + "\n").encode(), True)

    def _remove(self, files: list[dict[str, Any]]) -> None:
        for file in files:
            path = self.folder / file["path"]
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == self.folder:
                    break
                try:
                    parent.rmdir()
                except OSError:
                    break
