"""Writes the table of docs/perfusion/simulator.md that sets the simulated cohort beside the published one, as Markdown."""

import sys
from pathlib import Path

from bolus.simulate import CohortSimulator

# Choi et al. 2019: group, published count, age mean and SD
ages = [
    ("grade II, IDH-wildtype", "grade == 2 and not idh_mutant", 17, 48.7, 16.3),
    ("grade II, IDH-mutant", "grade == 2 and idh_mutant", 15, 44.3, 10.9),
    ("grade III, IDH-wildtype", "grade == 3 and not idh_mutant", 60, 52.2, 15.2),
    ("grade III, IDH-mutant", "grade == 3 and idh_mutant", 82, 40.9, 10.2),
    ("grade IV, IDH-wildtype", "grade == 4 and not idh_mutant", 261, 57.5, 13.5),
    ("grade IV, IDH-mutant", "grade == 4 and idh_mutant", 28, 43.4, 13.9),
    ("grade II, 1p/19q codeleted", "grade == 2 and codeleted", 7, 41.4, 10.8),
    ("grade II, not codeleted", "grade == 2 and not codeleted", 25, 48.1, 14.6),
    ("grade III, 1p/19q codeleted", "grade == 3 and codeleted", 41, 42.2, 9.3),
    ("grade III, not codeleted", "grade == 3 and not codeleted", 101, 47.1, 14.9),
    ("grade IV, 1p/19q codeleted", "grade == 4 and codeleted", 8, 54.6, 16.7),
    ("grade IV, not codeleted", "grade == 4 and not codeleted", 281, 56.1, 14.1),
    ("all", "grade > 0", 463, 52.2, 14.8),
]
volumes = [  # mean, SD, and range where published
    ("IDH-wildtype", "not idh_mutant", 338, 2.94, 1.25, "1.04-11.81"),
    ("IDH-mutant", "idh_mutant", 125, 2.19, 0.90, "0.86-5.83"),
    ("grade II-III, IDH-wildtype", "grade < 4 and not idh_mutant", 77, 2.53, 1.25, ""),
    ("grade II-III, IDH-mutant", "grade < 4 and idh_mutant", 97, 2.11, 0.75, ""),
    ("grade IV, IDH-wildtype", "grade == 4 and not idh_mutant", 261, 3.07, 1.22, ""),
    ("grade IV, IDH-mutant", "grade == 4 and idh_mutant", 28, 2.49, 1.28, ""),
]


def main(target: Path) -> None:
    table = CohortSimulator(volumes=10)().to_frame()
    lines = ["| age, years | n, paper | n, here | paper | here |", "|---|---|---|---|---|"]
    for name, query, count, mean, deviation in ages:
        group = table.query(query).age
        lines.append(
            f"| {name} | {count} | {len(group)} | {mean} ± {deviation} | {group.mean():.1f} ± {group.std():.1f} |"
        )
    lines += ["", "| mean rCBV | n, both | paper | here | range, paper | range, here |", "|---|---|---|---|---|---|"]
    for name, query, count, mean, deviation, limits in volumes:
        group = table.query(query).mean_rcbv
        assert len(group) == count
        lines.append(
            f"| {name} | {count} | {mean:.2f} ± {deviation:.2f} | {group.mean():.2f} ± {group.std():.2f} "
            f"| {limits} | {group.min():.2f}-{group.max():.2f} |"
        )
    target.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
