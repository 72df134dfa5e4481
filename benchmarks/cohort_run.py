"""A cohort of small simulated studies: two workers against one, and random kill -9 of workers and of the whole run.

Speed-up: the same cohort on one and on two workers, processes or (--dask) a scheduler with workers on this machine. Kills: a
run on two workers, one of which is killed --worker-kills times at random moments, and the run itself --run-kills times;
whatever it was doing, it is started again, until it is finished. Then
every patient must be there once, and every byte that of the
undisturbed run.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
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
        if stage == "patients":
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


def begin(script: Path, table: Path, output: Path, workers: int, scheduler: str = "") -> subprocess.Popen:
    arguments = [sys.executable, str(script), str(table), str(output), str(workers), scheduler]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def measured(script: Path, table: Path, output: Path, workers: int, scheduler: str = "") -> dict:
    shutil.rmtree(output, ignore_errors=True)
    text = begin(script, table, output, workers, scheduler).communicate()[0]
    figures = json.loads(text.splitlines()[-1])
    stamps = [time for time, done in figures.pop("stamps") if done >= workers]
    figures["steady_s"] = stamps[-1] - stamps[0]  # without the start of the workers
    return figures


def children_of(pid: int, mark: bytes) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and mark in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except (OSError, IndexError):
            continue
    return found


def killed(script: Path, table: Path, output: Path, workers: int, runs: int, gap: float, seed: int) -> dict:
    """Kill at random moments until all kills are spent, then let the run end."""
    shutil.rmtree(output, ignore_errors=True)
    draw = random.Random(seed)
    plan = ["worker"] * workers + ["run"] * runs
    draw.shuffle(plan)
    started, done = 1, {"worker": 0, "run": 0}
    process = begin(script, table, output, 2)
    while plan:
        time.sleep(draw.uniform(0.2, 2.0) * gap)
        if process.poll() is not None:
            break
        what = plan[0]
        team = children_of(process.pid, b"spawn_main")
        if what == "worker" and not team:
            continue
        os.kill(draw.choice(team) if what == "worker" else process.pid, signal.SIGKILL)
        done[plan.pop(0)] += 1
        if what == "run":
            process.communicate()
            process = begin(script, table, output, 2)
            started += 1
    process.communicate()
    return {"worker_kills": done["worker"], "run_kills": done["run"], "starts": started, "code": process.returncode}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="for studies and results; studies that are there are used again")
    parser.add_argument("--patients", type=int, default=200)
    parser.add_argument("--size", type=int, default=24, help="voxels along a side")
    parser.add_argument("--worker-kills", type=int, default=20)
    parser.add_argument("--run-kills", type=int, default=5)
    parser.add_argument("--gap", type=float, default=4.0, help="seconds between kills, about")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dask", action="store_true", help="speed-up on Dask workers of this machine")
    parser.add_argument("--no-speed", action="store_true", help="kills only")
    parser.add_argument("--json", help="where the JSON goes")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    table = make(folder / "studies", arguments.patients, arguments.size)
    script = folder / "run.py"
    script.write_text(RUN)
    figures: dict[str, object] = {"patients": arguments.patients, "size": arguments.size, "cores": os.cpu_count()}
    times = {}
    for workers in (2,) if arguments.no_speed else (1, 2):
        if arguments.dask:
            from distributed import LocalCluster

            with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
                times[workers] = measured(script, table, folder / f"out{workers}", workers, cluster.scheduler_address)
        else:
            times[workers] = measured(script, table, folder / f"out{workers}", workers)
        print(
            f"{workers} worker(s): {times[workers]['s']:.1f} s, {times[workers]['steady_s']:.1f} s once they ran, "
            f"{times[workers]['counts']}"
        )
    figures["runs"] = times
    if not arguments.no_speed:
        n = arguments.patients
        rates = {w: (n - w) / found["steady_s"] for w, found in times.items()}
        figures["of_perfect_speed_up"] = rates[2] / rates[1] / 2
        figures["of_perfect_speed_up_with_start"] = times[1]["s"] / times[2]["s"] / 2
        print(
            f"of perfect speed-up: {figures['of_perfect_speed_up']:.3f} "
            f"({figures['of_perfect_speed_up_with_start']:.3f} with the start)"
        )
        assert content(folder / "out1") == content(folder / "out2"), "one and two workers differ"
    found = killed(
        script, table, folder / "killed", arguments.worker_kills, arguments.run_kills, arguments.gap, arguments.seed
    )
    same = content(folder / "killed") == content(folder / "out2")
    figures["kills"] = {**found, "byte_identical": same}
    print(f"kills: {found}, every byte that of the undisturbed run: {same}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2) + "\n")
    if not same or found["code"] != 0:
        sys.exit(1)


if __name__ == "__main__":
    main()
