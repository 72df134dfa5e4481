"""1000 bootstrap areas under the ROC curve: bolus beside a loop of sklearn.metrics.roc_auc_score over the same resamples.

Three cases: 463 patients with one score each; 3704 samples (8 windows of 463 patients) drawn singly; the same drawn by patient.
The resamples are made outside the timed part of the loop. Stops if the areas differ; prints the times and their ratio.
"""

import argparse
import json
import os
import platform
import statistics
import time

import numpy as np
import sklearn
from sklearn.metrics import roc_auc_score

import bolus
from bolus.evaluate import Bootstrap

PATIENTS, MUTANT = 463, 95


def case(windows: int, generator: np.random.Generator):
    """Labels, scores and patients of a cohort in which a patient's windows resemble each other."""
    mutant = np.arange(PATIENTS) < MUTANT
    patients = np.repeat(np.arange(PATIENTS), windows)
    scores = np.repeat(1.5 * mutant + generator.normal(size=PATIENTS), windows) + 0.3 * generator.normal(
        size=patients.size
    )
    return mutant[patients].astype(np.int64), scores, patients


def seconds(call) -> tuple[float, np.ndarray]:
    start = time.perf_counter()
    values = call()
    return time.perf_counter() - start, np.asarray(values)


def measure(name: str, windows: int, clustered: bool, replicates: int, repeats: int) -> dict:
    labels, scores, patients = case(windows, np.random.default_rng(0))
    groups = {"patients": patients} if clustered else {}
    single, every_core = Bootstrap(replicates=replicates, threads=1), Bootstrap(replicates=replicates)
    rows = np.arange(labels.size)
    resamples = [np.repeat(rows, single.resample(labels, replicate, **groups)) for replicate in range(replicates)]
    contenders = {
        "sklearn": lambda: [roc_auc_score(labels[rows], scores[rows]) for rows in resamples],
        "one_thread": lambda: single(labels, scores, **groups).values,
        "default": lambda: every_core(labels, scores, **groups).values,
    }
    times = {contender: [] for contender in contenders}
    for _ in range(repeats):  # by turns, so that a busy moment of the machine meets all of them
        values = {}
        for contender, call in contenders.items():
            taken, values[contender] = seconds(call)
            times[contender].append(taken)
        np.testing.assert_allclose(values["one_thread"], values["sklearn"], rtol=0, atol=1e-12)
        np.testing.assert_array_equal(values["one_thread"], values["default"])
    median = {contender: statistics.median(taken) for contender, taken in times.items()}
    return {
        "case": name,
        "samples": labels.size,
        "replicates": replicates,
        "seconds": median,
        "all_seconds": times,
        "ratio_one_thread": median["sklearn"] / median["one_thread"],
        "ratio_default": median["sklearn"] / median["default"],
        "largest_difference": float(np.abs(values["one_thread"] - values["sklearn"]).max()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--output", default="bootstrap_auc.json", help="where the JSON goes")
    arguments = parser.parse_args()
    cases = [("463 patients", 1, False), ("3704 windows", 8, False), ("3704 windows, by patient", 8, True)]
    results = [measure(*each, arguments.replicates, arguments.repeats) for each in cases]

    print(
        f"{arguments.replicates} bootstrap AUCs, median of {arguments.repeats} runs by turns, {os.cpu_count()} cores\n"
    )
    print(f"{'case':26}{'sklearn loop':>14}{'1 thread':>12}{'ratio':>8}{'default':>12}{'ratio':>8}")
    for result in results:
        median = result["seconds"]
        print(
            f"{result['case']:26}{median['sklearn']:12.3f} s{1e3 * median['one_thread']:9.2f} ms"
            f"{result['ratio_one_thread']:7.0f}x"
            f"{1e3 * median['default']:9.2f} ms{result['ratio_default']:7.0f}x"
        )
    report = {
        "benchmark": "bootstrap_auc",
        "bolus": bolus.__version__,
        "sklearn": sklearn.__version__,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "results": results,
    }
    with open(arguments.output, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)


if __name__ == "__main__":
    main()
