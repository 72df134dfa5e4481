"""The model against logistic regression on age + rCBV, on the default simulated cohort, over five seeds; beside the paper's.

Every patient is predicted out of fold by both, on the same folds. The difference of the areas is tested per patient by the
paired DeLong test and by a bootstrap over patients. Stops with an error where the model is not better with P < .001 in a seed.
Also prints results, calibration and subgroups, the bad ones too. The cohort is simulated, and how far apart its genotypes lie
was set beforehand: a win here says that software works, and nothing about patients.
"""

import argparse
import json
import os
import platform
import sys
import time

import pandas as pd

import bolus
from bolus.study import PUBLISHED

PANELS = ("performance", "subgroups", "interactions", "comparison", "calibration")


def measure(seed: int, patients: int) -> dict:
    cohort = bolus.simulate.CohortSimulator(patients=patients, seed=seed)()
    start = time.perf_counter()
    result = bolus.study.reproduce(cohort, panels=PANELS, seed=seed)
    return {"seed": seed, "seconds": time.perf_counter() - start, "result": result}


def rows_of(run: dict) -> list[dict]:
    """Areas of one seed by analysis."""
    study = run["result"].study
    rows = []
    for (name, level), performance in study.performance.items():
        own = performance.to_dict()
        kept = ("n", "accuracy", "sensitivity", "specificity", "auc", "auc_low", "auc_high")
        rows.append({"seed": run["seed"], "analysis": name, "level": level, **{key: own[key] for key in kept}})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--patients", type=int, default=463)
    parser.add_argument("--json", default="simulated_study.json", help="where the JSON goes")
    arguments = parser.parse_args()
    runs = [measure(seed, arguments.patients) for seed in range(arguments.seeds)]

    differences = pd.concat([run["result"].tables["differences"].assign(seed=run["seed"]) for run in runs])
    print(
        f"{arguments.patients} simulated patients, out of fold, per patient; {platform.machine()}, {os.cpu_count()} cores\n"
    )
    print(
        f"{'seed':>4}  {'against':32}{'model':>7}{'other':>7}{'difference (95 %)':>26}{'P DeLong':>11}"
        f"{'P bootstrap':>13}{'s':>7}"
    )
    for run in runs:
        for row in run["result"].tables["differences"].itertuples():
            interval = f"{row.difference:.3f} ({row.low:.3f} to {row.high:.3f})"
            print(
                f"{run['seed']:>4}  {row.second:32}{row.first_auc:7.3f}{row.second_auc:7.3f}{interval:>26}"
                f"{row.p_delong:11.1e}{row.p_bootstrap:13.1e}{run['seconds']:7.1f}"
            )

    table = pd.DataFrame([row for run in runs for row in rows_of(run)])
    mean = table.groupby(["analysis", "level"], sort=False)[["accuracy", "sensitivity", "specificity", "auc"]].agg(
        ["mean", "min", "max"]
    )
    print(f"\nMean over {arguments.seeds} seeds (least-largest), beside the paper\n")
    for (name, level), row in mean.iterrows():
        paper = (
            PUBLISHED.get(name, {}) if level == "samples" or "logistic" in name or name == "cross-validation" else {}
        )
        line = f"{name + ', ' + level:52}"
        for rate in ("accuracy", "sensitivity", "specificity"):
            line += f"{100 * row[rate, 'mean']:6.1f}" + (f" [{paper[rate]:4.1f}]" if rate in paper else " " * 7)
        line += f"   AUC {row['auc', 'mean']:.3f} ({row['auc', 'min']:.3f}-{row['auc', 'max']:.3f})"
        print(line + (f" [{paper['auc']:.2f}]" if "auc" in paper else ""))
    print("\n[paper's figure]; per cent\n\nCalibration, out of fold, per patient")
    calibration = pd.concat([run["result"].tables["calibration_summary"].assign(seed=run["seed"]) for run in runs])
    print(calibration.set_index("seed").round(3).to_string())
    print("\nBad results, as the report states them")
    for run in runs:
        for remark in run["result"].study.found.get("remarks", []):
            print(f"  seed {run['seed']}: {remark}")

    with open(arguments.json, "w", encoding="utf-8") as file:
        report = {
            "benchmark": "simulated_study",
            "bolus": bolus.__version__,
            "patients": arguments.patients,
            "seconds": [run["seconds"] for run in runs],
            "differences": differences.to_dict("records"),
            "results": table.to_dict("records"),
            "calibration": calibration.to_dict("records"),
        }
        json.dump(report, file, indent=2)
    main_rows = differences[differences.second == "logistic, age + rCBV"]
    missed = main_rows[(main_rows.p_delong >= 1e-3) | (main_rows.p_bootstrap >= 1e-3) | (main_rows.difference <= 0)]
    if len(missed):
        sys.exit(f"P < .001 was missed by seeds {', '.join(map(str, missed.seed))}")


if __name__ == "__main__":
    main()
