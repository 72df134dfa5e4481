"""Training of the cascade at its published sizes: how long a step takes, and what comes out of it.

Steps: batches of five patches (WT 19 x 144 x 144, TC 19 x 96 x 96, ET 19 x 64 x 64), on the devices asked for. Run: the whole
cascade is trained on simulated heads of 1 mm without skull and judged on others it has not seen, Dice of the whole chain
(`SegmentTumour` with default options). The published run is 20,000 steps for each of nine networks on 285 patients; this one is
short, and simulated heads are easier than patients. Prints tables and writes JSON.
"""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np
import torch

import bolus
from bolus.segment import PatchAugmentation, SegmentationMetrics, SegmentTumour, TrainCascade, TrainingCase
from bolus.simulate import HeadPhantom

VOXELS = (192, 232, 192)


def head(seed: int) -> TrainingCase:
    """A simulated head of 1 mm, aligned and without its skull."""
    made = HeadPhantom(seed=seed, size=VOXELS, spacing=(1, 1, 1), rotation=0, translation=0)()
    brain = np.asarray(made.brain.array) != 0
    images = {
        name: bolus.Image(np.where(brain, np.asarray(image.array), 0).astype(np.float32))
        for name, image in (("t1", made.t1), ("t2", made.t2), ("flair", made.flair), ("cet1", made.contrast_t1))
    }
    labels = bolus.LabelMap(np.asarray(made.labels.array))
    return TrainingCase(f"head {seed}", bolus.AlignedStudy(images, labels=labels), simulated=True)


def step_times(cases: list[TrainingCase], device: str, batches: int) -> dict[str, float]:
    """Seconds of a step of each stage's axial network: an epoch's time less the first one's share."""
    seconds = {}
    for stage in ("WT", "TC", "ET"):
        step = TrainCascade(stages=[stage], views=["axial"], epochs=2, epoch_batches=batches, device=device, threads=1)
        course = step(cases[:1]).histories[stage, "axial"]
        seconds[stage] = course.seconds[-1] / batches
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", nargs="+", default=["cpu"], help="devices of the steps")
    parser.add_argument("--batches", type=int, default=2, help="steps of an epoch that are timed")
    parser.add_argument("--train", default="", help="device of the whole run; none without it")
    parser.add_argument("--cases", type=int, default=12)
    parser.add_argument("--held-out", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--view-epochs", type=int, default=2)
    parser.add_argument("--epoch-batches", type=int, default=100)
    parser.add_argument("--json", type=Path, default=Path("segmentation_training.json"))
    options = parser.parse_args()

    result = {"machine": platform.machine(), "bolus": bolus.__version__, "torch": torch.__version__, "steps": {}}
    if torch.cuda.is_available():
        result["gpu"] = torch.cuda.get_device_name()
    began = time.perf_counter()
    cases = [head(seed) for seed in range(options.cases if options.train else 1)]
    print(f"{len(cases)} heads simulated in {time.perf_counter() - began:.0f} s")
    print(f"{'device':8} {'WT':>8} {'TC':>8} {'ET':>8}   seconds a step of five patches")
    for device in options.devices:
        seconds = step_times(cases, device, options.batches if device == "cpu" else 20)
        result["steps"][device] = seconds
        print(f"{device:8} {seconds['WT']:8.3f} {seconds['TC']:8.3f} {seconds['ET']:8.3f}", flush=True)

    if options.train:
        unseen = [head(1000 + seed) for seed in range(options.held_out)]
        step = TrainCascade(
            epochs=options.epochs,
            view_epochs=options.view_epochs,
            epoch_batches=options.epoch_batches,
            device=options.train,
            loss="dice_cross_entropy",
            augmentation=PatchAugmentation(flip=True),
        )
        began = time.perf_counter()
        trained = step(cases, unseen[:1])
        seconds = time.perf_counter() - began
        print(trained.to_frame().groupby(["stage", "view"], sort=False).last().round(3).to_string())
        scores = []
        for one in unseen[1:]:
            study = one.load()
            found = SegmentTumour(device=options.train)(study, trained.weights)
            scores.append(SegmentationMetrics(regions=["WT", "TC", "ET"])(found.labels, study.labels))
        dice = {region: [round(score[region].dice, 4) for score in scores] for region in ("WT", "TC", "ET")}
        print(f"trained in {seconds:.0f} s; Dice of the whole cascade on {len(scores)} unseen heads: {dice}")
        result["run"] = {"seconds": seconds, "dice": dice, "options": repr(step)}
    options.json.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
