"""The picture of a cohort's report in docs/cohort/cohort.md: 200 simulated patients, photographed in Chromium.

python docs/figures/cohort_report.py docs/images/cohort_report.png
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import bolus
from bolus import io
from bolus.cohort import CohortReport, CohortStore
from bolus.cohort._store import StoreRow, write_store

REASONS = {"no IDH status": 11, "no DSC series": 9, "treated before imaging": 6, "images of poor quality": 4}


def rows(cohort):
    """Patients as a run leaves them, and others that were left out."""
    clinical = cohort.to_frame().set_index("patient")
    for one in io.curves_of(cohort):
        known = clinical.loc[one.patient].to_dict()
        row = {name: known[name] for name in ("age", "sex", "grade", "codeleted", "enhancement", "protocol")}
        row |= {
            "patient": one.patient,
            "label": one.label,
            "state": "done",
            "simulated": True,
            "mean_rcbv": known["mean_rcbv"],
        }
        yield StoreRow(row, one.curves)
    names = np.repeat(list(REASONS), list(REASONS.values()))
    for k, reason in enumerate(names):
        yield StoreRow({"patient": f"X{k}", "state": "excluded", "exclusion": str(reason)})
    for k in range(5):
        yield StoreRow(
            {"patient": f"Y{k}", "label": 0, "state": "failed", "reason": "no bolus was found in the series"}
        )


with tempfile.TemporaryDirectory() as folder:
    write_store(Path(folder) / "store", rows(bolus.simulate.CohortSimulator(patients=200, seed=2)()))
    step = CohortReport(classifier=bolus.IDHClassifier(max_epochs=40, random_state=0), panels=["cross-validation"])
    page = step(CohortStore(Path(folder) / "store"), Path(folder) / "report").html
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1160,1560",
         "--virtual-time-budget=8000", f"--screenshot={sys.argv[1]}", page.as_uri()],
        check=True, capture_output=True,
    )  # fmt: skip
