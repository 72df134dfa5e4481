"""A cohort of small simulated studies: two workers against one, and random kill -9 of workers and of the whole run.

Speed-up: the same cohort on one and on two workers of a Dask scheduler on this machine (or, --place processes, on worker
processes of its own), in turns, --repeats times each. Beside the time by the clock stands what does not depend on who else
uses the machine: the processor time of the workers, the share of the time in which a worker had a study (Dask), and how many
cores others took meanwhile.

Kills: a run on two workers, one of which is killed --worker-kills times at random moments, and the run itself --run-kills
times; whatever it was doing, it is started again, until it is finished. Then every patient must be there once, and every byte
that of the undisturbed run.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

RUN = """
import json, sys, time, bolus
if __name__ == "__main__":
    table, output, workers, scheduler = sys.argv[1:5]
    options = bolus.pipeline.WriteMaps().options
    options.quantities = ["rCBV", "PH", "PSR", "FWHM"]
    cohort = bolus.Cohort(table, maps=bolus.pipeline.WriteMaps(options=options))
    stamps = []
    def progress(stage, done, total):
        if stage == "patients" and (not stamps or stamps[-1][1] != done):
            stamps.append((time.perf_counter(), done))
    where = {"scheduler": scheduler} if scheduler else {"workers": int(workers)}
    begin = time.perf_counter()
    result = cohort.run(output, threads=1, progress=progress, **where)
    print(json.dumps({"s": time.perf_counter() - begin, "counts": result.counts, "memory": result.memory, "stamps": stamps}))
"""


def make(folder: Path, patients: int, size: int) -> Path:
    """Studies of a series, labels and an artery, each with noise of its own."""
    import numpy as np

    import bolus
    from bolus import io

    labels = np.zeros((size, size, size // 2), np.uint8)
    a, b, c = size // 4, size // 2, size // 8
    labels[a : a + size // 3, a : a + size // 3, c : c + size // 4] = 2
    labels[a + 1 : b, a + 1 : b, c + 1 : c + 3] = 1
    labels[a + 2 : b - 1, a + 2 : b - 1, c + 1 : c + 2] = 4
    affine = np.diag([6.0, 6.0, 6.0, 1.0])
    brain = bolus.Mask(np.ones(labels.shape, np.uint8), affine)
    lines = ["patient,label,folder"]
    for k in range(patients):
        study = folder / f"s{k:03}"
        if not (study / "aif.nii.gz").exists():
            shutil.rmtree(study, ignore_errors=True)
            study.mkdir(parents=True)
            made = bolus.simulate.PerfusionPhantom(seed=k)(bolus.LabelMap(labels, affine), brain)
            io.write_perfusion_series(study / "dsc.nii.gz", made.series)
            io.write_label_map(study / "labels.nii.gz", made.labels)
            io.write_mask(study / "aif.nii.gz", made.arterial)
        lines.append(f"p{k:03},{k % 2},s{k:03}")
    table = folder / "cohort.csv"
    table.write_text("\n".join(lines) + "\n")
    return table


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".bolus" not in str(path.relative_to(folder))
    }


def begin(script: Path, table: Path, output: Path, workers: int, scheduler: str) -> subprocess.Popen:
    arguments = [sys.executable, str(script), str(table), str(output), str(workers), scheduler]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def children_of(pid: int, mark: bytes = b"spawn_main") -> list[int]:
    """Processes that were started by multiprocessing, as workers are."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and mark in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except (OSError, IndexError):
            continue
    return found


def busy_cores() -> float:
    """Seconds of all cores that were spent so far, by anybody."""
    ticks = [int(part) for part in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def spent(pid: int) -> float:
    """Processor seconds of a process and of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


class Place:
    """Where patients run, and who its workers are."""

    address = ""

    def workers(self, run: subprocess.Popen) -> list[int]:
        return children_of(run.pid)

    def studies(self) -> list[tuple[float, float]]:
        """When each study began and ended; only Dask tells."""
        return []


class DaskPlace(Place):
    def __init__(self, cluster: object, client: object):
        self.address = cluster.scheduler_address  # type: ignore[attr-defined]
        self._client = client

    def workers(self, run: subprocess.Popen) -> list[int]:
        found = self._client.run(os.getpid, on_error="ignore")  # type: ignore[attr-defined]
        return [value for value in found.values() if isinstance(value, int)]

    def studies(self) -> list[tuple[float, float]]:
        return [
            (part["start"], part["stop"])
            for task in self._client.get_task_stream()  # type: ignore[attr-defined]
            for part in task["startstops"]
            if part["action"] == "compute" and str(task["key"]).startswith("bolus-")
        ]


@contextlib.contextmanager
def place(kind: str, workers: int) -> Iterator[Place]:
    if kind == "processes":
        yield Place()
        return
    from distributed import Client, LocalCluster

    options = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with LocalCluster(**options) as cluster, Client(cluster, set_as_default=False) as client:
        client.get_task_stream()  # from here on it is kept
        yield DaskPlace(cluster, client)


def measured(script: Path, table: Path, output: Path, workers: int, kind: str) -> dict:
    shutil.rmtree(output, ignore_errors=True)
    with place(kind, workers) as where:
        before, own, began = busy_cores(), spent(os.getpid()), time.perf_counter()
        process = begin(script, table, output, workers, where.address)
        team = where.workers(process) if kind == "dask" else []
        at_start = {pid: spent(pid) for pid in team}
        text, errors = process.communicate()
        taken = time.perf_counter() - began
        if process.returncode:
            sys.exit(errors)
        figures = json.loads(text.splitlines()[-1])
        ours = spent(os.getpid()) - own + sum(spent(pid) - value for pid, value in at_start.items())
        figures["others_cores"] = (busy_cores() - before - ours) / taken
        if team:
            figures["worker_cpu_s"] = sum(spent(pid) - value for pid, value in at_start.items())
        if studies := where.studies():
            span = max(end for _, end in studies) - min(start for start, _ in studies)
            figures["studies_s"] = sum(end - start for start, end in studies)
            figures["occupied"] = figures["studies_s"] / span / workers
    stamps = [when for when, done in figures.pop("stamps") if done >= workers]
    figures["steady_s"] = stamps[-1] - stamps[0]  # without the start of the workers
    return figures


def killed(script: Path, table: Path, output: Path, kind: str, workers: int, runs: int, gap: float, seed: int) -> dict:
    """Kill at random moments until all kills are spent, then let the run end."""
    shutil.rmtree(output, ignore_errors=True)
    draw = random.Random(seed)
    plan = ["worker"] * workers + ["run"] * runs
    draw.shuffle(plan)
    started, done = 1, {"worker": 0, "run": 0}
    with place(kind, 2) as where:
        process = begin(script, table, output, 2, where.address)
        while plan:
            time.sleep(draw.uniform(0.2, 2.0) * gap)
            if process.poll() is not None:
                break
            what = plan[0]
            team = [process.pid] if what == "run" else where.workers(process)
            if not team:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.kill(draw.choice(team), signal.SIGKILL)
                done[plan.pop(0)] += 1
            if what == "run":
                process.communicate()
                process = begin(script, table, output, 2, where.address)
                started += 1
        _, errors = process.communicate()
    if process.returncode:
        print(errors, file=sys.stderr)
    return {"worker_kills": done["worker"], "run_kills": done["run"], "starts": started, "code": process.returncode}


def speed_up(arms: dict[int, list[dict]], patients: int) -> dict[str, float]:
    """Of perfect: by the clock, whole and without the start, each the median of runs side by side; and the workers' own."""
    pairs = list(zip(arms[1], arms[2], strict=True))

    def middle(of: Callable[[dict, dict], float]) -> float:
        return statistics.median(of(one, two) for one, two in pairs)

    found = {
        "of_perfect_speed_up": middle(lambda one, two: one["s"] / two["s"] / 2),
        "of_perfect_speed_up_without_start": middle(
            lambda one, two: (one["steady_s"] / (patients - 1)) / (two["steady_s"] / (patients - 2)) / 2
        ),
    }
    if "worker_cpu_s" in arms[1][0]:
        found["worker_cpu_two_to_one"] = middle(lambda one, two: two["worker_cpu_s"] / one["worker_cpu_s"])
        found["occupied_of_two"] = statistics.median(two["occupied"] for two in arms[2])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="for studies and results; studies that are there are used again")
    parser.add_argument("--patients", type=int, default=200)
    parser.add_argument("--size", type=int, default=32, help="voxels along a side")
    parser.add_argument("--repeats", type=int, default=3, help="of the two arms, in turns; 0: kills only")
    parser.add_argument("--place", choices=("dask", "processes"), default="dask")
    parser.add_argument("--worker-kills", type=int, default=20)
    parser.add_argument("--run-kills", type=int, default=5)
    parser.add_argument("--gap", type=float, default=1.5, help="seconds between kills, about")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", help="where the JSON goes")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    table = make(folder / f"studies{arguments.size}", arguments.patients, arguments.size)
    script = folder / "run.py"
    script.write_text(RUN)
    figures: dict[str, object] = {
        "patients": arguments.patients, "size": arguments.size, "cores": os.cpu_count(), "place": arguments.place,
    }  # fmt: skip
    undisturbed = folder / "out2"
    arms: dict[int, list[dict]] = {1: [], 2: []}
    for turn in range(arguments.repeats):
        for workers in (1, 2) if turn % 2 == 0 else (2, 1):
            found = measured(script, table, folder / f"out{workers}", workers, arguments.place)
            arms[workers].append(found)
            text = f"{workers} worker(s): {found['s']:.1f} s, {found['steady_s']:.1f} s once they ran"
            if "occupied" in found:
                text += (
                    f", workers {100 * found['occupied']:.1f} % occupied, {found['worker_cpu_s']:.1f} s of processor"
                )
            text += f"; others took {found['others_cores']:.2f} cores" if found["others_cores"] > 0 else ""
            print(f"{text}; {found['counts']}", flush=True)
        assert content(folder / "out1") == content(undisturbed), "one and two workers differ"
    if arguments.repeats:
        figures |= {"runs": arms, **(ratios := speed_up(arms, arguments.patients))}
        for name, value in ratios.items():
            print(f"{name:36}{value:8.3f}")
    else:
        shutil.rmtree(undisturbed, ignore_errors=True)
        if errors := begin(script, table, undisturbed, 1, "").communicate()[1]:
            print(errors, file=sys.stderr)
    found = killed(
        script, table, folder / "killed", arguments.place, arguments.worker_kills, arguments.run_kills, arguments.gap,
        arguments.seed,
    )  # fmt: skip
    same = content(folder / "killed") == content(undisturbed)
    figures["kills"] = {**found, "byte_identical": same}
    print(f"kills: {found}, every byte that of the undisturbed run: {same}")
    spent_all = found["worker_kills"] == arguments.worker_kills and found["run_kills"] == arguments.run_kills
    if not spent_all:
        print("the run was over before all kills were spent: ask for a smaller --gap or more patients")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2) + "\n")
    if not same or not spent_all or found["code"] != 0:
        sys.exit(1)


if __name__ == "__main__":
    main()
