"""Coverage of 95 % intervals of the AUC over simulated studies with several rows per patient and a random patient effect.

Each study: `--patients` patients, a fifth positive, 8 rows each; score = 1.5 * label + patient effect (SD 1) + noise (SD
0.5). The true area, of a random row of a positive patient against one of a negative, is Phi(1.5 / sqrt(2 * 1.25)).
"""

import argparse
import json

import numpy as np
from scipy.stats import norm

from bolus.evaluate import Bootstrap, DelongAuc


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--patients", type=int, default=463)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7, help="of the studies")
    parser.add_argument("--json", help="where the JSON goes")
    arguments = parser.parse_args()
    truth = norm.cdf(1.5 / np.sqrt(2 * 1.25))
    mutant = np.arange(arguments.patients) < arguments.patients // 5
    patients = np.repeat(np.arange(arguments.patients), arguments.rows)
    labels = mutant[patients].astype(np.int64)
    held = {}
    for study in range(arguments.studies):
        generator = np.random.default_rng([arguments.seed, study])
        scores = np.repeat(1.5 * mutant + generator.normal(size=mutant.size), arguments.rows)
        scores = scores + 0.5 * generator.normal(size=scores.size)
        for by, groups in (("patient", patients), ("row", None)):
            for kind in ("percentile", "bca"):
                step = Bootstrap(replicates=arguments.replicates, seed=study, interval=kind)
                result = step(labels, scores, groups)
                held.setdefault(f"bootstrap by {by}, {kind}", []).append(result.low <= truth <= result.high)
            result = DelongAuc()(labels, scores, groups)
            name = "Obuchowski (DeLong by patient), logit" if by == "patient" else "DeLong by row, logit"
            held.setdefault(name, []).append(result.low <= truth <= result.high)
    print(
        f"{arguments.studies} studies of {arguments.patients} patients with {arguments.rows} rows, true AUC {truth:.4f}"
    )
    shares = {name: float(np.mean(values)) for name, values in held.items()}
    for name, share in shares.items():
        print(f"{name:42}{100 * share:7.2f} %  (+- {196 * np.sqrt(share * (1 - share) / arguments.studies):.2f})")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(shares, file, indent=2)


if __name__ == "__main__":
    main()
