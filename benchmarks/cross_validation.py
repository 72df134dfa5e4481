"""5-fold cross-validation of the simulated 463-patient study: seconds, and the AUC of the fused engine beside LibTorch's.

Options and early stopping are those of the demo. For each of the seeds both engines train the same folds from the same first
weights, by turns. Claims: at most 60 s on two cores, and an AUC of the fused engine that is no worse, paired over the seeds.
"""

import argparse
import json
import math
import os
import platform
import statistics
import time

import bolus
from bolus.model import CrossValidation, aggregate_patients


def measure(engine: str, dataset, seed: int, threads: int) -> dict:
    """Seconds and areas of one cross-validation."""
    label_of = dict(zip(dataset.patients, dataset.labels, strict=True))
    start = time.perf_counter()
    result = CrossValidation(folds=5, seed=seed, threads=threads)(
        bolus.IDHClassifier(engine=engine, random_state=seed), dataset
    )
    taken = time.perf_counter() - start
    patients = aggregate_patients(dataset.patients, result.prediction)
    labels = [label_of[patient] for patient in patients.patients]
    return {
        "seed": seed,
        "seconds": taken,
        "epochs": sum(len(model.history) for model in result.models),
        "mean_auc": result.mean_auc,
        "pooled_auc": result.pooled_auc,
        "patient_auc": bolus.evaluate.roc_auc(labels, patients.probability),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--patients", type=int, default=463)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", default="cross_validation.json", help="where the JSON goes")
    arguments = parser.parse_args()
    dataset = bolus.simulate.CohortSimulator(patients=arguments.patients, seed=0)().dataset()
    runs = {"fused": [], "libtorch": []}
    print(f"{len(dataset)} samples of {arguments.patients} simulated patients, 5 folds, {arguments.threads} threads\n")
    print(f"{'seed':>4} {'engine':10}{'seconds':>9}{'epochs':>8}{'mean AUC':>10}{'pooled':>9}{'patients':>10}")
    for seed in range(arguments.seeds):
        for engine, results in runs.items():  # by turns, so that a busy moment of the machine meets both
            run = measure(engine, dataset, seed, arguments.threads)
            results.append(run)
            print(
                f"{seed:4} {engine:10}{run['seconds']:9.1f}{run['epochs']:8}{run['mean_auc']:10.4f}"
                f"{run['pooled_auc']:9.4f}{run['patient_auc']:10.4f}",
                flush=True,
            )
    differences = [a["mean_auc"] - b["mean_auc"] for a, b in zip(runs["fused"], runs["libtorch"], strict=True)]
    seconds = {engine: statistics.median(run["seconds"] for run in results) for engine, results in runs.items()}
    mean = statistics.mean(differences)
    error = statistics.stdev(differences) / math.sqrt(len(differences)) if len(differences) > 1 else math.nan
    print(f"\nmedian seconds: fused {seconds['fused']:.1f}, libtorch {seconds['libtorch']:.1f}")
    print(f"mean AUC, fused less libtorch: {mean:+.4f} +- {error:.4f} (standard error over {len(differences)} seeds)")
    report = {
        "benchmark": "cross_validation",
        "bolus": bolus.__version__,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "threads": arguments.threads,
        "median_seconds": seconds,
        "auc_difference": {"mean": mean, "standard_error": error, "all": differences},
        "runs": runs,
    }
    with open(arguments.json, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)


if __name__ == "__main__":
    main()
