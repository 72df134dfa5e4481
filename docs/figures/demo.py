"""docs/images/{attention,roc,report,report_top}.png: what `bolus demo --patient` leaves, its report photographed in Chromium.

    python docs/figures/demo.py [out/demo]

With a folder, the pictures of that run of the demo (scripts/demo.sh) are taken; without one, the demo is run. Needs Chromium.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import bolus.demo

IMAGES = Path(__file__).resolve().parents[1] / "images"


def photograph(page: Path, target: Path, height: int) -> None:
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--window-size=1160,{height}",
    ]
    subprocess.run(
        [*command, "--virtual-time-budget=8000", f"--screenshot={target}", page.resolve().as_uri()],
        check=True,
        capture_output=True,
    )


def take(folder: Path) -> None:
    for name in ("attention", "roc"):
        shutil.copyfile(folder / f"{name}.png", IMAGES / f"{name}.png")
    report = folder / "patient" / "report.html"
    photograph(report, IMAGES / "report.png", 1640)
    photograph(report, IMAGES / "report_top.png", 1120)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            bolus.demo.run(Path(folder) / "demo", patient=True)
            take(Path(folder) / "demo")
