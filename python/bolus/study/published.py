"""What Choi et al. 2019 report (Neuro-Oncology 21:1197-1209), to be set beside a run's own figures."""

from __future__ import annotations

from typing import Any

__all__ = ["COHORT", "PUBLISHED", "PUBLISHED_PATTERNS", "PUBLISHED_RCBV", "PUBLISHED_TESTS"]

#: Performance, per sample: rates in per cent, AUC with its 95 % interval.
PUBLISHED: dict[str, dict[str, Any]] = {
    "validation": {"accuracy": 92.8, "sensitivity": 92.6, "specificity": 93.1, "auc": 0.98, "interval": (0.969, 0.991)},
    "test": {"accuracy": 91.7, "sensitivity": 92.1, "specificity": 91.5, "auc": 0.95, "interval": (0.898, 0.982)},
    "cross-validation": {"auc": 0.96, "spread": 0.02},
    "grade II-III": {
        "accuracy": 86.1,
        "sensitivity": 90.4,
        "specificity": 83.8,
        "auc": 0.95,
        "interval": (0.943, 0.963),
    },
    "grade IV": {"accuracy": 91.0, "sensitivity": 88.4, "specificity": 91.5, "auc": 0.96, "interval": (0.949, 0.976)},
    "logistic regression, age + rCBV": {"sensitivity": 52.0, "auc": 0.85},
    "logistic regression, age + enhancement": {
        "accuracy": 77.1,
        "sensitivity": 42.4,
        "specificity": 89.9,
        "auc": 0.80,
        "interval": (0.765, 0.839),
    },
}

#: Group of Table 1: patients, mean age, standard deviation.
COHORT: dict[str, tuple[int, float, float]] = {
    "all": (463, 52.2, 14.8),
    "male": (272, 52.7, 15.3),
    "female": (191, 51.6, 14.1),
    "grade II, IDH-wildtype": (17, 48.7, 16.3),
    "grade II, IDH-mutant": (15, 44.3, 10.9),
    "grade III, IDH-wildtype": (60, 52.2, 15.2),
    "grade III, IDH-mutant": (82, 40.9, 10.2),
    "grade IV, IDH-wildtype": (261, 57.5, 13.5),
    "grade IV, IDH-mutant": (28, 43.4, 13.9),
    "grade II, 1p/19q codeleted": (7, 41.4, 10.8),
    "grade II, not codeleted": (25, 48.1, 14.6),
    "grade III, 1p/19q codeleted": (41, 42.2, 9.3),
    "grade III, not codeleted": (101, 47.1, 14.9),
    "grade IV, 1p/19q codeleted": (8, 54.6, 16.7),
    "grade IV, not codeleted": (281, 56.1, 14.1),
}

#: P values of the paper's tests, as printed there.
PUBLISHED_TESTS: dict[str, str] = {
    "age, male or female": ".402",
    "age, wildtype or mutant": "< .0001",
    "IDH mutation, grade II-III or IV": "< .0001",
    "field strength, wildtype or mutant": ".053",
    "rCBV, wildtype or mutant": ".005",
    "rCBV, wildtype or mutant, grade II-III": "< .0001",
    "rCBV, wildtype or mutant, grade IV": "< .0001",
    "AUC, grade II-III or IV": ".331",
    "temporal pattern, wildtype or mutant": "< .0001",
    "temporal pattern, wildtype or mutant, grade II-III": "< .0001",
    "temporal pattern, wildtype or mutant, grade IV": "< .0001",
    "AUC, model or age + rCBV": "< .0001",
    "AUC, model or age + enhancement": "< .0001",
}

#: Mean rCBV of a group: mean, standard deviation, and range where it is given.
PUBLISHED_RCBV: dict[str, tuple[float, float, tuple[float, float] | None]] = {
    "IDH-wildtype": (2.94, 1.25, (1.04, 11.81)),
    "IDH-mutant": (2.19, 0.90, (0.86, 5.83)),
    "grade II-III, IDH-wildtype": (2.53, 1.25, None),
    "grade II-III, IDH-mutant": (2.11, 0.75, None),
    "grade IV, IDH-wildtype": (3.07, 1.22, None),
    "grade IV, IDH-mutant": (2.49, 1.28, None),
}

#: Patients with a temporal pattern, of all of a genotype; the paper names the two most frequent.
PUBLISHED_PATTERNS: dict[str, dict[str, tuple[int, int]]] = {
    "wildtype": {"TP6": (127, 338), "TP4": (107, 338)},
    "mutant": {"TP1": (79, 125), "TP4": (17, 125)},
}
