"""Opening and filtering the tables of a large cohort of simulated curves, and training on them in bounded memory.

The store is written once and kept. Each figure is of a process of its own, so that nothing is in its memory before; files may
be in the system's. Beside it stands the same question to one CSV of all curves through pandas.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

OPEN = """
import sys, time
begin = time.perf_counter()
import pyarrow.compute as pc, pyarrow.dataset, pyarrow.parquet
from bolus.cohort import CohortStore
ready = time.perf_counter()
store = CohortStore(sys.argv[1])
old = store.where((pc.field("age") > 60) & (pc.field("label") == 1))
opened = time.perf_counter()
frame = old.frame("curves", ["patient", "time_s", "ET"])
read = time.perf_counter()
print(len(old), len(frame), opened - ready, read - ready, ready - begin)
"""
CSV = """
import sys, time, pandas as pd
begin = time.perf_counter()
patients = pd.read_csv(sys.argv[1] + ".patients.csv")
curves = pd.read_csv(sys.argv[1] + ".curves.csv", usecols=["patient", "time", "ET"])
chosen = patients.patient[(patients.age > 60) & (patients.label == 1)]
frame = curves[curves.patient.isin(chosen)]
print(len(chosen), len(frame), time.perf_counter() - begin)
"""
TRAIN = """
import resource, sys, time
import bolus
from bolus.cohort import CohortStore
begin = time.perf_counter()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
dataset = CohortStore(sys.argv[1]).dataset()
middle, made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter() - begin
bolus.IDHClassifier(max_epochs=int(sys.argv[2]), threads=int(sys.argv[3])).fit(dataset)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
end = time.perf_counter() - begin
print(len(dataset), dataset.curves.nbytes / 2**20, before / 1024, middle / 1024, after / 1024, made, end)
"""


BATCHES = """
import resource, sys
from bolus.cohort import CohortStore
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
samples = sum(len(part) for part in CohortStore(sys.argv[1]).batches(patients=256))
print(samples, before / 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def ask(program: str, *arguments: object) -> list[float]:
    found = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return [float(value) for value in found.stdout.split()]


def write(folder: Path, patients: int, seed: int) -> float:
    import bolus
    from bolus.cohort import CohortStore
    from bolus.io import curves_of, write_curves

    cohort = bolus.simulate.CohortSimulator(patients=patients, seed=seed)()
    clinical = cohort.to_frame()
    begin = time.perf_counter()
    CohortStore.from_curves(folder, curves_of(cohort), clinical)
    taken = time.perf_counter() - begin
    write_curves(f"{folder}.curves.csv", curves_of(cohort))
    clinical.rename(columns={"idh_mutant": "label"}).to_csv(f"{folder}.patients.csv", index=False)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the store is, or shall be")
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=2, help="of the training; 0: none")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", help="where the JSON goes")
    arguments = parser.parse_args()
    figures: dict[str, float] = {"patients": arguments.patients}
    if not arguments.folder.exists():
        figures["write_s"] = write(arguments.folder, arguments.patients, arguments.seed)
    runs = [ask(OPEN, arguments.folder) for _ in range(arguments.repeats)]
    best = min(runs, key=lambda run: run[3])
    figures |= {
        "chosen": best[0],
        "rows": best[1],
        "open_and_filter_s": best[2],
        "with_curves_s": best[3],
        "import_s": best[4],
    }
    peer = min((ask(CSV, arguments.folder) for _ in range(arguments.repeats)), key=lambda run: run[2])
    assert peer[:2] == best[:2], "the two ways disagree"
    figures["csv_s"] = peer[2]
    if arguments.epochs:
        names = ("samples", "samples_mib", "before_mib", "dataset_peak_mib", "training_peak_mib", "dataset_s", "all_s")
        figures |= dict(zip(names, ask(TRAIN, arguments.folder, arguments.epochs, arguments.threads), strict=True))
        samples, before, peak = ask(BATCHES, arguments.folder)
        assert samples == figures["samples"], "parts and whole disagree"
        figures |= {"batches_before_mib": before, "batches_peak_mib": peak}
    figures["size_mib"] = sum(path.stat().st_size for path in arguments.folder.glob("*.parquet")) / 2**20
    for name, value in figures.items():
        print(f"{name:20}{value:12.3f}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
