"""docs/images/study_*.png: figures of the study on the default simulated cohort. Run in any folder; prints nothing."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

import bolus

FIGURES = ("roc", "comparison", "subgroups", "rcbv", "calibration", "patterns", "faithfulness")


def main() -> None:
    result = bolus.study.reproduce(bolus.simulate.CohortSimulator(seed=0)(), seed=0)
    for name in FIGURES:
        figure = result.plot(name).figure_
        figure.savefig(Path(__file__).parents[1] / "images" / f"study_{name}.png", dpi=80, metadata={"Software": None})
        plt.close(figure)


if __name__ == "__main__":
    main()
