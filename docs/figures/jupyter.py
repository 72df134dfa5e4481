"""docs/images/jupyter_*.png: displays of a simulated study, photographed in Chromium, in a light and in a dark theme.

python docs/figures/jupyter.py docs/images
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image as Picture

import bolus
from bolus import io, notebook, pipeline, simulate

THEMES = {"light": ("#ffffff", "#1b1b1b"), "dark": ("#151515", "#e8e8e8")}


def photograph(value: object, path: Path, width: int) -> None:
    """The display in both themes, side by side, cut to what is drawn."""
    pictures = []
    with tempfile.TemporaryDirectory() as folder:
        for theme, (back, ink) in THEMES.items():
            page = Path(folder) / f"{theme}.html"
            page.write_text(
                f'<!doctype html><meta charset="utf-8"><body style="margin:14px;background:{back};color:{ink}">'
                f"{notebook.html(value)}",
                encoding="utf-8",
            )
            png = Path(folder) / f"{theme}.png"
            subprocess.run(
                ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                 f"--window-size={width},1400", f"--screenshot={png}", page.as_uri()],
                check=True, capture_output=True,
            )  # fmt: skip
            picture = np.array(Picture.open(png).convert("RGB"))
            drawn = np.flatnonzero((picture != picture[-1, -1]).any(axis=(1, 2)))
            pictures.append(picture[: drawn.max() + 14])
    height = max(len(picture) for picture in pictures)
    padded = [
        np.concatenate([picture, np.broadcast_to(picture[-1, -1], (height - len(picture), width, 3))])
        for picture in pictures
    ]
    Picture.fromarray(np.concatenate(padded, axis=1).astype(np.uint8)).save(path, optimize=True)


def main(folder: Path) -> None:
    head = simulate.HeadPhantom(seed=11, size=(96, 114, 90), spacing=(2, 2, 2))()
    grid = simulate.HeadPhantom.centred_grid((76, 92, 24), (2.5, 2.5, 6))
    series = simulate.PerfusionPhantom(seed=11, volumes=60)(head, grid).series
    study = io.StudyImages("p07", {"cet1": head.contrast_t1, "flair": head.flair}, series, head.labels)
    cohort = simulate.CohortSimulator(patients=120, seed=1)()
    data = cohort.dataset()
    classifier = bolus.IDHClassifier(max_epochs=25, random_state=0).fit(data)
    prediction = pipeline.PredictStudy().from_curves(cohort[3].curves, classifier.network_, "sim-0004")
    for name, value, width in (("study", study, 620), ("labels", study.labels, 680), ("prediction", prediction, 620)):
        photograph(value, folder / f"jupyter_{name}.png", width)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
