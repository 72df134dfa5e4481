"""Where patients are run: in this process, in processes, on any executor, on Dask. A worker may die at any moment."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from typing import Any

from bolus import IoError, OptionError
from bolus.cohort._work import Job, Outcome, run_patient, write_failure

__all__ = ["in_process", "memory_of", "on_dask", "on_executor", "on_processes"]

#: Called now and then; raises Cancelled.
Check = Callable[[], None]
#: A patient whose worker died this often is taken for the reason of it.
DEATHS = 4


def machine_memory() -> int:
    """Bytes that this process and its children may have together."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as file:
            return min(total, int(file.read()))
    except (OSError, ValueError):
        return total


def memory_of(memory: float | None, workers: int) -> int:
    """Bytes that one worker may use: what is asked for (GB), or its part of nine tenths of the machine."""
    if memory is None:
        return max(int(0.9 * machine_memory() / workers), 1 << 30)
    if not memory > 0:
        raise OptionError(
            f"memory is {memory:g} GB per worker; expected more than 0, or none given for its part of the machine"
        )
    return int(memory * 1e9)


def in_process(jobs: Sequence[Job], check: Check) -> Iterator[tuple[Job, Outcome]]:
    """One after another, here."""

    def progress(stage: str, done: int, total: int) -> bool:
        check()
        return True

    for job in jobs:
        check()
        yield job, run_patient(job, progress)


def _limit(memory: int) -> None:
    """From here on an allocation beyond this fails, and with it the patient and nothing else."""
    try:
        import resource

        bytes_ = memory + _reserved()
        resource.setrlimit(resource.RLIMIT_DATA, (bytes_, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    except (ImportError, ValueError, OSError):  # no such limit here
        pass


def _reserved() -> int:
    """Bytes that are set aside and not used, as by libraries for their own pools; the system's limit counts them."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            found = dict(line.split(":", 1) for line in file)
        return max(int(found["VmData"].split()[0]) - int(found["RssAnon"].split()[0]), 0) * 1024
    except (OSError, ValueError, KeyError):
        return 0


@contextlib.contextmanager
def _without_arrow_pool() -> Iterator[None]:
    """For processes that are started meanwhile: Arrow's own pool sets a GiB aside at once, which would count as theirs."""
    name = "ARROW_DEFAULT_MEMORY_POOL"
    before = os.environ.get(name)
    os.environ.setdefault(name, "system")
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]


def _serve(pipe: Any, memory: int) -> None:
    """A worker process: patients in, outcomes out, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:  # a run that was killed must not leave workers that write
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    _limit(memory)
    pipe.send(None)  # here we are
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        pipe.send(run_patient(job))


class _Worker:
    def __init__(self, context: Any, memory: int):
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other, memory), daemon=True)
        with _without_arrow_pool():
            self.process.start()
        other.close()
        self.job: Job | None = None
        self.ready = False

    def begin(self, job: Job) -> None:
        self.job = job
        self.pipe.send(job)

    def failed_to_start(self) -> bool:
        """It ended by itself before it could do anything; who was killed by somebody is another matter."""
        self.process.join(5.0)
        return not self.ready and (self.process.exitcode or 0) > 0

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def on_processes(jobs: Sequence[Job], workers: int, memory: int, check: Check) -> Iterator[tuple[Job, Outcome]]:
    """In processes of their own. One that dies is replaced, and its patient goes on where it was."""
    context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
    waiting, deaths = deque(jobs), Counter[str]()
    team = [_Worker(context, memory) for _ in range(min(workers, len(jobs)))]
    try:
        while True:
            for place, worker in enumerate(team):
                if worker.job is not None or not waiting:
                    continue
                try:
                    worker.begin(waiting[0])
                except OSError:  # died while it had nothing to do
                    worker.end()
                    team[place] = _Worker(context, memory)
                    continue
                waiting.popleft()
            busy = [worker for worker in team if worker.job is not None]
            if not busy and not waiting:
                return
            check()
            wait([end for worker in busy for end in (worker.pipe, worker.process.sentinel)], timeout=0.2)
            for worker in busy:
                job, outcome = worker.job, None
                assert job is not None
                try:
                    if worker.pipe.poll():
                        outcome = worker.pipe.recv()
                        if outcome is None:
                            worker.ready = True
                            continue
                    elif worker.process.is_alive():
                        continue
                except (EOFError, OSError):
                    pass
                worker.job = None
                if outcome is not None:
                    yield job, outcome
                    continue
                if worker.failed_to_start():
                    raise IoError(
                        f"worker processes cannot start (exit code {worker.process.exitcode}; what they said stands above); in "
                        "a script, put what runs under if __name__ == '__main__':, as workers read the script too; or use "
                        "workers=1"
                    )
                worker.end()
                team[team.index(worker)] = _Worker(context, memory)
                deaths[job.name] += 1
                if deaths[job.name] < DEATHS:
                    waiting.append(job)
                else:
                    yield job, _died(job, f"its worker died {DEATHS} times")
    finally:
        for worker in team:
            worker.end()


def _died(job: Job, what: str) -> Outcome:
    reason = (
        f"{what}, as it does when the system ends what needs too much memory; give workers more memory, and run again"
    )
    write_failure(job, reason, "WorkerDeath")
    return Outcome("failed", reason)


def on_executor(jobs: Sequence[Job], executor: Any, check: Check) -> Iterator[tuple[Job, Outcome]]:
    """On a concurrent.futures.Executor. One that breaks is its owner's to make again."""
    from concurrent.futures import BrokenExecutor

    if not callable(getattr(executor, "submit", None)):
        raise OptionError(
            f"executor is {type(executor).__name__}; expected a concurrent.futures.Executor or a dask.distributed.Client"
        )
    futures = {}
    try:
        for job in jobs:
            futures[executor.submit(run_patient, job)] = job
        while futures:
            check()
            finished = [future for future in futures if future.done()]
            for future in finished:
                yield futures.pop(future), future.result()
            if not finished:
                time.sleep(0.02)
    except BrokenExecutor as error:
        raise IoError(
            "the executor broke, as it does when one of its workers is killed; what was finished is kept: make a new one and "
            "run again, or use workers=, which replaces those that die"
        ) from error
    finally:
        for future in futures:
            future.cancel()


def on_dask(
    jobs: Sequence[Job],
    client: Any,
    check: Check,
    patience: float = 600.0,
    tell: Callable[[str], None] = lambda text: None,
) -> Iterator[tuple[Job, Outcome]]:
    """On the workers of a Dask scheduler: a client or an address. When the scheduler is lost, it is waited for.

    ``tell`` is given who the workers are, and what memory they may use.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError("this needs Dask: pip install 'bolus[dask]'") from error

    own = isinstance(client, str)
    address = client if own else client.scheduler.address
    if own:
        client = _connect(Client, address, 30.0, check)
    waiting, deaths, told = list(jobs), Counter[str](), False
    try:
        while waiting:
            # A name for each try: Dask takes tasks of the same name for the same, and remembers how they ended.
            futures = {
                client.submit(run_patient, job, pure=False, key=f"bolus-{job.name}-{uuid.uuid4().hex[:8]}"): job
                for job in waiting
            }
            waiting = []
            try:
                while futures:
                    check()
                    moved = False
                    for future in [future for future in futures if future.status not in ("pending", "processing")]:
                        job, moved = futures.pop(future), True
                        if future.status == "finished":
                            try:
                                outcome = future.result(timeout=60)
                                if not told:
                                    tell(_workers_of(client))
                                    told = True
                                yield job, outcome
                                continue
                            except (OSError, TimeoutError):  # gone between the two: what it did is on disk
                                pass
                        elif future.status == "error":
                            deaths[job.name] += 1
                            if type(future.exception()).__name__ == "KilledWorker" and deaths[job.name] > 1:
                                yield job, _died(job, "its workers died again and again")
                                continue
                            if type(future.exception()).__name__ != "KilledWorker" and deaths[job.name] >= DEATHS:
                                raise IoError(
                                    f"a worker cannot run patients: {future.exception()}; install the same version of bolus "
                                    "where the workers are, and run again"
                                )
                        waiting.append(job)
                    if client.status in ("closed", "closing"):
                        break
                    if not moved:
                        time.sleep(0.05)
            finally:
                waiting += futures.values()
                if client.status not in ("closed", "closing") and futures:
                    client.cancel(list(futures))
            if waiting and (client.status in ("closed", "closing") or not _answers(client)):
                client = _connect(Client, address, patience, check)
                own = True
    finally:
        if own:
            client.close(timeout=5)


def _workers_of(client: Any) -> str:
    """How many there are, and the memory of each as Dask bounds it: the nanny ends a worker that comes near it."""
    try:
        found = list(client.scheduler_info(n_workers=-1)["workers"].values())
    except TypeError:  # before distributed 2025 they all came unasked
        found = list(client.scheduler_info()["workers"].values())
    limits = [one.get("memory_limit") or 0 for one in found]
    threads = max((one.get("nthreads", 1) for one in found), default=1)
    text = f"{len(found)} Dask worker{'' if len(found) == 1 else 's'}"
    if threads > 1:
        text += f" that run up to {threads} patients at a time"
    if not limits or min(limits) == 0:
        return f"{text}, memory without a limit"
    return f"{text} of at most {max(limits) / 1e9:.1f} GB each"


def _answers(client: Any) -> bool:
    try:
        client.scheduler_info()
        return client.status == "running"
    except (OSError, ValueError):
        return False


def _connect(kind: Any, address: str, patience: float, check: Check) -> Any:
    begin = time.monotonic()
    while True:
        check()
        try:
            return kind(address, timeout=5, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            if time.monotonic() - begin > patience:
                raise IoError(
                    f"no Dask scheduler answers at {address} ({error}); start one, and run again: what was finished is kept"
                ) from error
            time.sleep(min(1.0, patience / 10))
