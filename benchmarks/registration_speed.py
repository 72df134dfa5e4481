"""Rigid registration of one modality: time and agreement, beside SimpleITK and ANTsPy, by turns in one run.

T1, T2 and FLAIR of a real patient (tcga-fg-6692 in the folder that BOLUS_TEST_DATA names) to the contrast-enhanced T1, 0.9 x
0.9 x 5.5 mm. SimpleITK: Mattes, 32 bins, regular sampling of 25 %, three levels, regular step gradient descent. ANTsPy: type
"Rigid" with its defaults. Each with as many threads. Apart: mean distance over the brain between the transforms, mm. Peers that
are not installed are left out. Prints a table and writes JSON.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import bolus
from bolus.io import read_image, read_mask
from bolus.preprocess import RigidRegistration, RigidTransform

MODALITIES = ("t1", "t2", "flair")


def sitk_register(fixed, moving, threads: int):
    import SimpleITK as sitk

    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
    fixed, moving = fixed.to_sitk(), moving.to_sitk()

    def run():
        method = sitk.ImageRegistrationMethod()
        method.SetMetricAsMattesMutualInformation(32)
        method.SetMetricSamplingStrategy(method.REGULAR)
        method.SetMetricSamplingPercentage(0.25, 1)
        method.SetInterpolator(sitk.sitkLinear)
        method.SetOptimizerAsRegularStepGradientDescent(1.0, 1e-3, 200)
        method.SetOptimizerScalesFromPhysicalShift()
        method.SetShrinkFactorsPerLevel([4, 2, 1])
        method.SetSmoothingSigmasPerLevel([4, 2, 1])
        method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
        start = sitk.CenteredTransformInitializer(
            fixed, moving, sitk.Euler3DTransform(), sitk.CenteredTransformInitializerFilter.MOMENTS
        )
        method.SetInitialTransform(start, inPlace=False)
        found = method.Execute(fixed, moving)
        origin = np.array(found.TransformPoint((0, 0, 0)))
        matrix = np.eye(4)
        matrix[:3, 3] = origin
        matrix[:3, :3] = np.array([np.array(found.TransformPoint(axis.tolist())) - origin for axis in np.eye(3)]).T
        return RigidTransform(matrix)

    return run


def ants_register(fixed, moving, threads: int):
    os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = str(threads)
    import ants

    folder = Path(tempfile.mkdtemp())
    images = []
    for name, image in (("fixed", fixed), ("moving", moving)):
        bolus.io.write_image(folder / f"{name}.nii.gz", image)
        images.append(ants.image_read(str(folder / f"{name}.nii.gz")))

    def run():
        found = ants.registration(images[0], images[1], type_of_transform="Rigid")
        parameters = ants.read_transform(found["fwdtransforms"][0])
        matrix, offset = parameters.parameters[:9].reshape(3, 3), parameters.parameters[9:]
        centre = np.array(parameters.fixed_parameters)
        whole = np.eye(4)
        # Single precision in the file: back to the nearest rotation.
        left, _, right = np.linalg.svd(matrix)
        whole[:3, :3] = left @ right
        whole[:3, 3] = offset + centre - whole[:3, :3] @ centre
        return RigidTransform(whole)

    return run


def points_of(mask) -> np.ndarray:
    index = np.argwhere(np.asarray(mask.array) != 0)[::20]
    return (np.c_[index, np.ones(len(index))] @ np.array(mask.affine).T)[:, :3] * [-1, -1, 1]


def distance(one, other, points) -> float:
    matrix = one.matrix - other.matrix
    return float(np.linalg.norm(points @ matrix[:3, :3].T + matrix[:3, 3], axis=1).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, default=Path("registration_speed.json"))
    options = parser.parse_args()
    if not os.environ.get("BOLUS_TEST_DATA"):
        sys.exit("BOLUS_TEST_DATA is not set: this benchmark needs the real patient")
    folder = Path(os.environ["BOLUS_TEST_DATA"]) / "tcga-fg-6692"
    fixed = read_image(folder / "t1c.nii.gz")
    points = points_of(read_mask(folder / "t1c_brain_mask.nii.gz"))
    own = RigidRegistration(threads=options.threads)
    rows = []
    for name in MODALITIES:
        moving = read_image(folder / f"{name}.nii.gz")
        runs = {"bolus": lambda moving=moving: own(fixed, moving).transform}
        for peer, make in (("SimpleITK", sitk_register), ("ANTsPy", ants_register)):
            try:
                runs[peer] = make(fixed, moving, options.threads)
            except ImportError:
                print(f"{peer} is not installed and left out")
        seconds = {peer: [] for peer in runs}
        processor = {peer: [] for peer in runs}
        found = {}
        for _ in range(options.repeats):
            for peer, run in runs.items():
                began, used = time.perf_counter(), time.process_time()
                found[peer] = run()
                seconds[peer].append(time.perf_counter() - began)
                processor[peer].append(time.process_time() - used)
        for peer in runs:
            row = {
                "modality": name,
                "library": peer,
                "seconds": statistics.median(seconds[peer]),
                "processor_seconds": statistics.median(processor[peer]),
                "apart_from_bolus_mm": distance(found[peer], found["bolus"], points),
            }
            row["times_bolus"] = row["seconds"] / statistics.median(seconds["bolus"])
            rows.append(row)
            print(
                f"{name:6s} {peer:10s} {row['seconds']:7.2f} s ({row['processor_seconds']:6.2f} s of processor), "
                f"{row['times_bolus']:5.1f} x bolus, {row['apart_from_bolus_mm']:.2f} mm apart",
                flush=True,
            )
    options.json.write_text(
        json.dumps(
            {"machine": platform.platform(), "threads": options.threads, "bolus": bolus.__version__, "rows": rows},
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
