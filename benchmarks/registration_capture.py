"""Rigid registration: how far away it still finds home, and whether it knows when there is none.

Capture: random rigid perturbations of up to 25 mm and 25 degrees (the header of the moving image is moved), of the phantom
(other contrast, bias field, noise, thick slices in a third of the cases; truth known) and of a real patient's T1, T2 and FLAIR
(truth: the registration of the unperturbed pair). Mean displacement over the brain, and the verdict. Hopeless: other patients,
other simulated heads, and heads half of which is missing; none may be called good. Prints tables and writes JSON.

The real images are those of tcga-fg-6692 and mni152 in the folder that BOLUS_TEST_DATA names.
"""

import argparse
import json
import os
import platform
import time
from collections import Counter
from pathlib import Path

import numpy as np

import bolus
from bolus.io import read_image, read_mask
from bolus.preprocess import RigidRegistration, RigidTransform
from bolus.simulate import HeadPhantom

MODALITIES = ("t1", "t2", "flair")
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def random_move(seed: int, centre, millimetres: float = 25.0, degrees: float = 25.0) -> RigidTransform:
    """A rotation about a random axis through `centre` and a shift in a random direction, both up to the given size."""
    draw = np.random.default_rng([20, seed])
    axis, direction = (vector / np.linalg.norm(vector) for vector in draw.normal(size=(2, 3)))
    angle = np.radians(draw.uniform(0, degrees))
    cross = np.cross(np.eye(3), -axis)
    turn = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = centre - turn @ centre + direction * draw.uniform(0, millimetres)
    return RigidTransform(matrix)


def moved(image: bolus.Image, move: RigidTransform) -> bolus.Image:
    """The same voxels with a header that puts every point where `move` takes it."""
    return bolus.Image(np.array(image.array), LPS @ move.matrix @ LPS @ np.array(image.affine))


def points_of(mask: bolus.Mask, most: int = 20000) -> np.ndarray:
    """LPS points of a mask, mm, thinned out evenly."""
    index = np.argwhere(np.asarray(mask.array) != 0)
    index = index[:: max(1, len(index) // most)]
    return (np.c_[index, np.ones(len(index))] @ np.array(mask.affine).T)[:, :3] * [-1, -1, 1]


def distance(one: RigidTransform, other: RigidTransform, points: np.ndarray) -> float:
    """Mean distance between where two transforms take the points, mm."""
    matrix = one.matrix - other.matrix
    return float(np.linalg.norm(points @ matrix[:3, :3].T + matrix[:3, 3], axis=1).mean())


def thick(size=(200, 224, 26), spacing=(0.9, 0.9, 5.5)):
    return HeadPhantom.centred_grid(list(size), list(spacing))


def simulated_pair(seed: int):
    """A head with its own anatomy, bias field and noise: CET1, another contrast, the true transform, points of the brain."""
    modality = MODALITIES[seed % 3]
    grids = {modality: thick()} if seed % 9 >= 6 else {}
    head = HeadPhantom(seed=seed // 3, grids=grids, bias=0.3, signal_to_noise=25.0)()
    image = {"t1": head.t1, "t2": head.t2, "flair": head.flair}[modality]
    return head.contrast_t1, image, RigidTransform(head.misalignment[modality]), points_of(head.brain)


def half_missing(image: bolus.Image, axis: int, upper: bool, crop: bool) -> bolus.Image:
    """Without one side of its centre of mass: set to 0, or cut away."""
    array, affine = np.array(image.array), np.array(image.affine)
    profile = array.clip(0).sum(tuple(i for i in range(3) if i != axis))
    middle = int(np.average(np.arange(len(profile)), weights=profile))
    gone = [slice(None)] * 3
    gone[axis] = slice(middle, None) if upper else slice(0, middle)
    if not crop:
        array[tuple(gone)] = 0
        return bolus.Image(array, affine)
    kept = [slice(None)] * 3
    kept[axis] = slice(0, middle) if upper else slice(middle, None)
    first = np.zeros(3)
    first[axis] = 0 if upper else middle
    affine[:3, 3] += affine[:3, :3] @ first
    return bolus.Image(np.ascontiguousarray(array[tuple(kept)]), affine)


def hopeless_pairs(data: Path | None):
    """Twenty pairs that no rigid transform can bring together, as (name, fixed, moving); only the simulated without data."""
    heads = [HeadPhantom(seed=seed)() for seed in range(100, 104)]
    for k in range(4):
        fixed, other = heads[k].contrast_t1, heads[(k + 1) % 4]
        yield f"another simulated head, {MODALITIES[k % 3]}", fixed, getattr(other, MODALITIES[k % 3])
    yield "simulated, left half 0", heads[0].contrast_t1, half_missing(heads[0].t1, 0, True, False)
    yield "simulated, back half 0", heads[1].contrast_t1, half_missing(heads[1].flair, 1, True, False)
    yield "simulated, lower half cut away", heads[2].contrast_t1, half_missing(heads[2].t2, 2, False, True)
    if data is None:
        return
    case = {name: read_image(data / "tcga-fg-6692" / f"{name}.nii.gz") for name in ("t1c", *MODALITIES)}
    mni = read_image(data / "mni152" / "head_2mm.nii.gz")
    for name in MODALITIES:
        yield f"MNI152, patient's {name}", mni, case[name]
    yield "patient's T1c, MNI152", case["t1c"], mni
    yield "patient's T1c, simulated T1", case["t1c"], heads[0].t1
    yield "MNI152, simulated T2", mni, heads[1].t2
    cases = [
        read_image(data / "brats-cases" / folder / name)
        for folder, name in (("tcga-du-7294", "t1ce.nii.gz"), ("tcga-fg-6692", "flair.nii.gz"))
    ]
    yield "two skull-stripped patients", *cases
    yield "patient's T1, left half 0", case["t1c"], half_missing(case["t1"], 0, True, False)
    yield "patient's T2, front half 0", case["t1c"], half_missing(case["t2"], 1, False, False)
    yield "patient's FLAIR, upper half 0", case["t1c"], half_missing(case["flair"], 2, True, False)
    yield "patient's T1, back half cut away", case["t1c"], half_missing(case["t1"], 1, True, True)
    yield "patient's FLAIR, right half cut away", case["t1c"], half_missing(case["flair"], 0, False, True)
    yield "half of the patient's T1c is 0", half_missing(case["t1c"], 0, True, False), case["t1"]


def summary(name: str, errors, verdicts, limit: float) -> dict:
    errors = np.array(errors)
    row = {
        "what": name,
        "cases": len(errors),
        "found": int((errors < limit).sum()),
        "limit_mm": limit,
        "median_mm": float(np.median(errors)),
        "largest_mm": float(errors.max()),
        "verdicts": dict(Counter(verdicts)),
        "good_of_found": int(sum(v == "good" for v, e in zip(verdicts, errors, strict=True) if e < limit)),
    }
    print(
        f"{name:22s} {row['found']:4d} of {row['cases']:4d} below {limit} mm; median {row['median_mm']:.3f}, "
        f"largest {row['largest_mm']:.3f} mm; {row['verdicts']}",
        flush=True,
    )
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--parts", nargs="+", choices=("phantom", "patient", "hopeless"))
    parser.add_argument("--json", type=Path, default=Path("registration_capture.json"))
    options = parser.parse_args()
    parts = options.parts or ["phantom", "patient", "hopeless"]
    register = RigidRegistration(threads=options.threads)
    folder = os.environ.get("BOLUS_TEST_DATA")
    data = Path(folder) if folder else None
    rows, started = [], time.perf_counter()

    errors, verdicts, worst = [], [], []
    for seed in range(options.cases if "phantom" in parts else 0):
        fixed, moving, truth, points = simulated_pair(seed)
        move = random_move(seed, points.mean(axis=0))
        result = register(fixed, moved(moving, move))
        errors.append(distance(result.transform, move.compose(truth), points))
        verdicts.append(result.verdict)
        worst.append((errors[-1], seed, result.verdict, round(result.agreement, 2)))
    if errors:
        rows.append(summary("phantom", errors, verdicts, 0.5))
        print("  farthest:", sorted(worst, reverse=True)[:3])

    if data is None:
        print("BOLUS_TEST_DATA is not set: the real patient is left out")
    elif "patient" in parts:
        case = {name: read_image(data / "tcga-fg-6692" / f"{name}.nii.gz") for name in ("t1c", *MODALITIES)}
        points = points_of(read_mask(data / "tcga-fg-6692" / "t1c_brain_mask.nii.gz"))
        home = {name: register(case["t1c"], case[name]) for name in MODALITIES}
        print("  unperturbed:", {name: (found.verdict, round(found.agreement, 2)) for name, found in home.items()})
        errors, verdicts, worst = [], [], []
        for seed in range(options.cases):
            name = MODALITIES[seed % 3]
            move = random_move(1000 + seed, points.mean(axis=0))
            result = register(case["t1c"], moved(case[name], move))
            errors.append(distance(result.transform, move.compose(home[name].transform), points))
            verdicts.append(result.verdict)
            worst.append((errors[-1], seed, name, result.verdict, round(result.agreement, 2)))
        rows.append(summary("real patient", errors, verdicts, 1.0))
        print("  farthest:", sorted(worst, reverse=True)[:3])

    hopeless = []
    for name, fixed, moving in hopeless_pairs(data) if "hopeless" in parts else ():
        result = register(fixed, moving)
        codes = [flag.code.rsplit(".", 1)[1] for flag in result.flags]
        hopeless.append({"pair": name, "verdict": result.verdict, "agreement": result.agreement, "reasons": codes})
        print(f"  {name:38s} {result.verdict:9s} agreement {result.agreement:.2f} {codes}", flush=True)
    good = sum(row["verdict"] == "good" for row in hopeless)
    print(f"hopeless pairs called good: {good} of {len(hopeless)}; {time.perf_counter() - started:.0f} s in all")
    options.json.write_text(
        json.dumps(
            {"machine": platform.platform(), "bolus": bolus.__version__, "capture": rows, "hopeless": hopeless},
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
