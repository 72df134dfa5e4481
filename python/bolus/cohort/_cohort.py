"""Many patients through ``bolus.predict``."""

from __future__ import annotations

import contextlib
import os
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bolus import Cancelled, Error, IoError, OptionError, notebook
from bolus.cohort._result import CohortResult, read_record, write_record, write_tables
from bolus.cohort._table import CohortPatient, read_table
from bolus.cohort._work import Job, Outcome, is_full, write_failure
from bolus.cohort._workers import in_process, machine_memory, memory_of, on_dask, on_executor, on_processes
from bolus.files import output_folder, require_own
from bolus.patient import STAGES
from bolus.patient._hashes import digest, options_text
from bolus.patient._lock import FolderLock
from bolus.patient._models import find_networks, network_key, tumour_finder

__all__ = ["Cohort"]

#: Seconds that a patient's folder may be in the hands of a run that was lost, before it counts as a failure.
_PATIENCE = 600.0


class Cohort:
    """Patients of a table, and how each of them is to be run. Nothing runs before all of the table is in order.

    Parameters
    ----------
    table : path or DataFrame
        See ``bolus.cohort.read_table``: patient, label, folder, and where known age, sex, grade, segmentation, exclusion,
        protocol and any other column.
    weights : path, bolus.model.AttentionLSTM, bolus.model.Ensemble or bolus.IDHClassifier, optional
        Of the model. Without them patients are run up to their curves and maps, from which a model can be trained.
    until : {"predict", "perfusion", "segment", "preprocess"}, optional
        The last stage; "predict" with weights and "perfusion" without when not given.
    cascade, segmenter, substitute_missing, preprocess_step, extract, maps, make_windows, probability_map, device : optional
        As in ``bolus.predict``. On other processes and machines paths are the same files, so they must be seen from there.
    report : bool
        Write each patient's ``report.html`` (needs matplotlib).

    Attributes
    ----------
    patients : list of CohortPatient

    Raises
    ------
    FormatError
        With every problem of the table at once.
    OptionError, IoError
    """

    def __init__(
        self,
        table: Any,
        weights: Any = None,
        *,
        until: str | None = None,
        cascade: Any = None,
        segmenter: Any = None,
        substitute_missing: bool = False,
        preprocess_step: Any = None,
        extract: Any = None,
        maps: Any = None,
        make_windows: Any = None,
        probability_map: Any = None,
        device: str = "cpu",
        report: bool = False,
    ):
        until = until or ("perfusion" if weights is None else "predict")
        if until not in STAGES:
            raise OptionError(f"until is '{until}'; expected one of {', '.join(STAGES)}")
        if until == "predict" and weights is None:
            raise OptionError("there are no weights to predict with; give them, or stop before: until='perfusion'")
        self.patients: list[CohortPatient] = read_table(table)
        whole = [
            os.fspath(Path(one).resolve()) if isinstance(one, str | os.PathLike) else one
            for one in (weights, cascade, segmenter)
        ]
        weights, cascade, segmenter = whole
        steps = {
            "preprocess_step": preprocess_step, "extract": extract, "maps": maps, "make_windows": make_windows,
            "probability_map": probability_map,
        }  # fmt: skip
        self._options = {
            "weights": weights if until == "predict" else None, "cascade": cascade, "segmenter": segmenter,
            "substitute_missing": substitute_missing, "until": until, "report": report, "device": device,
            **{name: step for name, step in steps.items() if step is not None},
        }  # fmt: skip
        finder = tumour_finder(cascade, segmenter, substitute_missing, device, 1)
        networks = find_networks(weights) if self._options["weights"] is not None else []
        #: Hashes of what results depend on; None where it is not given.
        self._keys = {
            "weights": digest([network_key(network) for network in networks]) if networks else None,
            "segmenter": None if finder is None else finder.key,
            **{name: None if step is None else digest(options_text(step)) for name, step in steps.items()},
        }

    def __len__(self) -> int:
        return len(self.patients)

    def __repr__(self) -> str:
        excluded = sum(bool(one.exclusion) for one in self.patients)
        mutant = sum(one.label == 1 for one in self.patients if not one.exclusion)
        text = f"Cohort({len(self)} patients, {excluded} excluded, {mutant} of the others IDH-mutant"
        return text + f", until={self._options['until']!r})"

    def to_frame(self) -> Any:
        """A row for each patient: patient, label, age, sex, grade, exclusion, further columns."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"patient": one.patient, "label": one.label, "age": one.age, "sex": one.sex, "grade": one.grade,
                 "exclusion": one.exclusion, **one.other}
                for one in self.patients
            ]
        )  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook.html(self)

    def run(
        self,
        output: str | os.PathLike[str],
        *,
        workers: int = 1,
        executor: Any = None,
        scheduler: str | None = None,
        memory: float | None = None,
        threads: int = 0,
        retry_failed: bool = False,
        overwrite: bool = False,
        progress: Callable[[str, int, int], Any] | None = None,
    ) -> CohortResult:
        """Run all patients, or what is left of them, and write the tables.

        A patient whose study, options and library version are those of before is found by their hash and not run again; one
        that was broken off goes on with the stage it was in. A patient that fails is noted with the reason, and the others go
        on. Killed at any moment, the same call goes on where it was, and the results are those of an undisturbed run, byte for
        byte.

        Parameters
        ----------
        output : path
            Folder for the results, see :doc:`/cohort/cohort`; with other machines one that they see by the same name.
        workers : int
            Processes. 1: in this process.
        executor : concurrent.futures.Executor or dask.distributed.Client, optional
            Run there instead.
        scheduler : str, optional
            Address of a Dask scheduler, ``tcp://host:8786``. When it is lost, the run waits for it ten minutes.
        memory : float, optional
            GB that a worker process may use; a patient that needs more fails, with this as the reason, and the others go on. By
            default nine tenths of the machine shared among the workers. In this process, on an executor or on Dask the limit
            is theirs (``dask worker --memory-limit``).
        threads : int
            Of each worker; 0: the machine's cores shared among `workers`, 1 on an executor or Dask. Results do not depend on
            it.
        retry_failed : bool
            Run patients again that failed for reasons that lie in their data. Others (memory, disk, a dead worker) are always
            tried again.
        overwrite : bool
            Replace results of other options or weights.
        progress : callable ``(stage, done, total)``, optional
            Counts patients; ``bolus.progress.RichProgress``, ``TqdmProgress``. Return False to stop.

        Returns
        -------
        CohortResult

        Raises
        ------
        IoError
            If the folder cannot be written, its disk is full, another run is writing to it, it holds results of other options,
            or no scheduler answers. What was finished is kept.
        OptionError, Cancelled
        """
        given = [
            name
            for name, value in (("workers", workers != 1), ("executor", executor), ("scheduler", scheduler))
            if value
        ]
        if len(given) > 1:
            raise OptionError(f"{' and '.join(given)} are given; choose one place to run")
        if workers < 1:
            raise OptionError(f"workers is {workers}; expected 1 or more")
        folder = output_folder(output).resolve()
        with _saying_what_to_do(folder), FolderLock(folder):
            self._require_same(folder, overwrite)
            write_record(folder, self.patients, self._keys)
            run = _Run(self, folder, workers, executor, scheduler, memory, threads, retry_failed, overwrite, progress)
            run()
            if progress is not None and progress("tables", 0, 1) is False:
                raise Cancelled("stopped before the tables were written")
            write_tables(folder, self.patients)
            if progress is not None:
                progress("tables", 1, 1)
        record = read_record(folder)
        if record is None:
            raise IoError(f"the results in {folder} were removed while they were made; run again")
        return CohortResult(folder, record, run.computed, run.where, run.memory)

    def _require_same(self, folder: Path, overwrite: bool) -> None:
        """Results of other options are not mixed with ours."""
        record = read_record(folder)
        if record is None:
            require_own(folder, "a cohort", overwrite)
            return
        before = record["options"]
        # Stages may be added: weights where there were none, or a run that stops before what they are for.
        differ = [
            name
            for name, key in self._keys.items()
            if before.get(name) != key and not (name == "weights" and (key is None or before.get(name) is None))
        ]
        if differ and not overwrite:
            raise IoError(
                f"{folder} holds results of other options ({', '.join(sorted(differ))}); choose another folder, or "
                "ask for overwriting (--overwrite)"
            )


@contextlib.contextmanager
def _saying_what_to_do(folder: Path) -> Iterator[None]:
    """A disk that is full is not a matter of the file that was to be written."""
    try:
        yield
    except (Error, OSError) as error:
        if not is_full(error) or "run again" in str(error):
            raise
        raise IoError(
            f"nothing can be written below {folder} any more ({error}); free the disk or its folder, and run again: what was "
            "finished is kept"
        ) from error


class _Run:
    """One run: jobs, where they go, and what comes back."""

    def __init__(
        self, cohort: Cohort, folder: Path, workers: int, executor: Any, scheduler: str | None, memory: float | None,
        threads: int, retry_failed: bool, overwrite: bool, progress: Any,
    ):  # fmt: skip
        self.folder, self.progress = folder, progress
        self.workers, self.executor, self.scheduler = workers, executor, scheduler
        elsewhere = executor is not None or scheduler is not None
        if threads == 0:
            threads = 1 if elsewhere else 0 if workers == 1 else max(1, (os.cpu_count() or 1) // workers)
        self.limit = memory_of(memory, workers) if workers > 1 else 0
        if memory is not None and workers == 1:
            raise OptionError("memory is a limit of worker processes; ask for workers=2 or more, or leave it out")
        options = {**cohort._options, "threads": threads, "overwrite": overwrite}
        key = digest({**cohort._keys, "until": options["until"], "report": options["report"]})
        self.jobs = [
            Job(
                one.patient, one.name, str(one.folder), None if one.segmentation is None else str(one.segmentation),
                str(folder),
                key, options, retry_failed,
            )
            for one in cohort.patients
            if not one.exclusion
        ]  # fmt: skip
        if elsewhere or workers > 1:
            try:
                pickle.dumps(self.jobs[:1])
            except Exception as error:
                raise OptionError(
                    f"an option cannot be sent to another process: {error}; give paths of files instead"
                ) from error
        self.done = self.computed = self.memory = 0
        if scheduler is not None or hasattr(executor, "scheduler_info"):
            self.where = "Dask"
        elif executor is not None:
            self.where = f"{type(executor).__name__}, memory without a limit"
        elif workers > 1:
            self.where = f"{workers} processes of at most {self.limit / 1e9:.1f} GB each"
        else:
            self.where = f"this process, {machine_memory() / 1e9:.1f} GB"

    def check(self) -> None:
        if self.progress is not None and self.progress("patients", self.done, len(self.jobs)) is False:
            raise Cancelled(f"stopped after {self.done} of {len(self.jobs)} patients; run again to go on")

    def tell(self, where: str) -> None:
        self.where = where

    def outcomes(self, jobs: list[Job]) -> Iterator[tuple[Job, Outcome]]:
        if self.scheduler is not None or hasattr(self.executor, "scheduler_info"):
            return on_dask(jobs, self.scheduler or self.executor, self.check, tell=self.tell)
        if self.executor is not None:
            return on_executor(jobs, self.executor, self.check)
        if self.workers > 1:
            return on_processes(jobs, self.workers, self.limit, self.check)
        return in_process(jobs, self.check)

    def __call__(self) -> None:
        waiting, begin = self.jobs, time.monotonic()
        while waiting:
            busy: list[tuple[Job, Outcome]] = []
            outcomes = self.outcomes(waiting)
            try:
                for job, outcome in outcomes:
                    if outcome.state == "full":
                        raise IoError(
                            f"nothing can be written below {self.folder} any more ({outcome.reason}); free the disk or "
                            f"its folder, and run again: {self.done} finished patients are kept"
                        )
                    if outcome.state == "busy":
                        busy.append((job, outcome))
                        continue
                    self.done += 1
                    self.computed += not outcome.found
                    self.memory = max(self.memory, outcome.memory)
                    self.check()
            finally:
                outcomes.close()  # type: ignore[attr-defined]
            if busy and time.monotonic() - begin > _PATIENCE:
                for job, outcome in busy:
                    write_failure(job, outcome.reason, "IoError")
                    self.done += 1
                return
            waiting = [job for job, _ in busy]
            if waiting:  # of a run that was lost, and whose last patient is not finished yet
                time.sleep(1.0)
