"""The picture of a report in docs/patient/report.md: a simulated head, photographed in Chromium.

python docs/figures/report.py docs/images/report.png
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import bolus
from bolus import io, preprocess, simulate

head = simulate.HeadPhantom(seed=11, size=(96, 114, 90), spacing=(2, 2, 2))()
series = simulate.PerfusionPhantom(seed=11, volumes=60)(
    head, simulate.HeadPhantom.centred_grid((76, 92, 24), (2.5, 2.5, 6))
).series
images = io.StudyImages("x", {"cet1": head.contrast_t1, "flair": head.flair}, series, head.labels)
cohort = simulate.CohortSimulator(patients=120, seed=1)()
networks = bolus.model.SeedEnsemble(members=3)(bolus.IDHClassifier(max_epochs=12, random_state=0), cohort.dataset())
with tempfile.TemporaryDirectory() as folder:
    out = Path(folder) / "out"
    bolus.predict(
        images,
        networks,
        output=out,
        brain=head.brain,
        preprocess_step=preprocess.Preprocess(spacing=2, correct_bias=False, classify_tissue=False),
    )
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--window-size=1160,1640",
    ]
    subprocess.run(
        [*command, "--virtual-time-budget=8000", f"--screenshot={sys.argv[1]}", (out / "report.html").as_uri()],
        check=True,
        capture_output=True,
    )
