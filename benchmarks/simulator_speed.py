"""How long the simulator takes: the cohort, a head, and a series on it at rest and moving. Prints medians, writes JSON."""

import argparse
import json
import statistics
import time
from pathlib import Path

import bolus
from bolus.simulate import CohortSimulator, HeadPhantom, PerfusionPhantom


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path, default=Path("simulator_speed.json"))
    arguments = parser.parse_args()
    head = HeadPhantom(seed=1, size=(96, 116, 96), spacing=(2, 2, 2))()
    grid = HeadPhantom.centred_grid((128, 128, 20), (1.8, 1.8, 6))
    moving = {"motion_translation": 2.0, "motion_rotation": 2.0}
    runs = {
        "cohort of 463, one thread": lambda: CohortSimulator(threads=1)(),
        "head, 96 x 116 x 96": lambda: HeadPhantom(seed=1, size=(96, 116, 96), spacing=(2, 2, 2), threads=2)(),
        "series, 128 x 128 x 20 x 60, two threads": lambda: PerfusionPhantom(seed=1, threads=2)(head, grid),
        "series, one thread": lambda: PerfusionPhantom(seed=1, threads=1)(head, grid),
        "series with motion, two threads": lambda: PerfusionPhantom(seed=1, threads=2, **moving)(head, grid),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(arguments.repeats):
        for name, run in runs.items():
            begin = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, value in medians.items():
        print(f"{name:45}{value:8.2f} s")
    text = {"claim": "simulator_speed", "version": bolus.__version__, "seconds": medians}
    arguments.json.write_text(json.dumps(text, indent=2) + "\n")


if __name__ == "__main__":
    main()
