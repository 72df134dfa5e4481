"""Metrics of a segmentation: bolus beside the same definitions by scipy, and its distance transform beside scipy and SimpleITK.

A tumour of BraTS size (240 x 240 x 155, 1 mm): an ellipsoid with a rough rim and satellites, against the same a few voxels
off; or the real case where BOLUS_TEST_DATA names the data. HD95 and surface Dice must agree; the script stops if they do not.
"""

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path

import numpy as np
import scipy
import SimpleITK as sitk
from scipy import ndimage

import bolus
from bolus.segment import SegmentationMetrics


def simulated():
    generator = np.random.default_rng(0)
    rough = ndimage.gaussian_filter(generator.standard_normal((240, 240, 155)).astype(np.float32), 3)
    rough /= rough.std()
    x, y, z = (axis.astype(np.float32) for axis in np.ogrid[:240, :240, :155])

    def tumour(centre, swelling):
        radius = np.sqrt(((x - centre[0]) / 34) ** 2 + ((y - centre[1]) / 26) ** 2 + ((z - centre[2]) / 28) ** 2)
        edge = radius + 0.12 * rough + swelling
        array = np.where(edge < 0.45, 4, np.where(edge < 0.65, 1, np.where(edge < 1, 2, 0)))
        array[(rough > 3.6) & (radius < 2)] = 2
        return array.astype(np.uint8)

    return tumour((90, 120, 80), 0.0), tumour((92, 119, 81), 0.04)


def cases():
    folder = os.environ.get("BOLUS_TEST_DATA")
    if not folder:
        return "simulated", *(bolus.LabelMap(array) for array in simulated())
    case = Path(folder) / "brats-cases" / "tcga-fg-6692"
    paths = case / "original" / "labels.nii.gz", case / "consensus.nii.gz"
    return "real", *(bolus.io.read_label_map(path) for path in paths)


def scipy_metrics(a, b, tolerance=1.0):
    """HD95 and surface Dice by the definitions of MONAI, on the box around both."""
    box = ndimage.find_objects((a | b).astype(np.uint8))[0]
    a, b = np.pad(a[box], 1), np.pad(b[box], 1)
    edges = [mask & ~ndimage.binary_erosion(mask) for mask in (a, b)]
    to_b = ndimage.distance_transform_edt(~edges[1])[edges[0]]
    to_a = ndimage.distance_transform_edt(~edges[0])[edges[1]]
    near = (to_a <= tolerance).sum() + (to_b <= tolerance).sum()
    return max(np.percentile(to_a, 95), np.percentile(to_b, 95)), near / (to_a.size + to_b.size)


def sitk_metrics(a, b):
    """The usual recipe with SimpleITK's Maurer distance map; HD95 alone."""
    box = ndimage.find_objects((a | b).astype(np.uint8))[0]
    images = [sitk.GetImageFromArray(np.pad(mask[box], 1).astype(np.uint8)) for mask in (a, b)]
    distances = []
    contours = [sitk.GetArrayViewFromImage(sitk.LabelContour(image, True)) != 0 for image in images]
    for k, image in enumerate(images):
        to = sitk.Abs(sitk.SignedMaurerDistanceMap(image, squaredDistance=False, useImageSpacing=True))
        distances.append(np.percentile(sitk.GetArrayViewFromImage(to)[contours[1 - k]], 95))
    return max(distances)


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="timed runs of each, alternating; the median counts")
    parser.add_argument("--output", help="write the figures here (.json)")
    options = parser.parse_args()

    name, predicted, reference = cases()
    masks = {region: [labels.mask(region) for labels in (predicted, reference)] for region in ("ET", "TC", "WT")}
    arrays = {region: [np.asarray(mask.array) != 0 for mask in pair] for region, pair in masks.items()}
    scores = SegmentationMetrics()(predicted, reference)
    for region, pair in arrays.items():
        distance, share = scipy_metrics(*pair)
        if abs(scores[region].hausdorff95 - distance) > 1e-4 or abs(scores[region].surface_dice - share) > 1e-9:
            raise SystemExit(f"{region}: bolus {scores[region]!r}, scipy {distance}, {share}")

    runs = {
        "bolus, HD95 and surface Dice": lambda: [
            SegmentationMetrics(lesion_dilation=0)(*pair) for pair in masks.values()
        ],
        "bolus, everything with lesions": lambda: [SegmentationMetrics()(*pair) for pair in masks.values()],
        "scipy, HD95 and surface Dice": lambda: [scipy_metrics(*pair) for pair in arrays.values()],
        "SimpleITK, HD95": lambda: [sitk_metrics(*pair) for pair in arrays.values()],
    }
    times = {key: [] for key in runs}
    for _ in range(options.rounds):
        for key, run in runs.items():
            times[key].append(seconds(run))
    medians = {key: statistics.median(values) for key, values in times.items()}
    print(f"{name} case, ET, TC and WT, {os.cpu_count()} cores, {platform.processor() or platform.machine()}")
    for key, value in medians.items():
        print(f"  {key:34s} {1000 * value:8.1f} ms   {value / medians['bolus, HD95 and surface Dice']:6.2f}")
    if options.output:
        figures = {"case": name, "cores": os.cpu_count(), "scipy": scipy.__version__, "seconds": medians}
        Path(options.output).write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
