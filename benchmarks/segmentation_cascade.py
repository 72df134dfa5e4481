"""Speed of the cascade: bolus beside the original's structure in plain eager PyTorch, same case, same process, in turns.

The eager port (eager_cascade.py) does what the original program does, noise stream and all; bolus's published mode gives
the same labels, its stable mode is what users get. Also prints the arithmetic rate of bolus's engine on the whole tumour's
network, that of the eager port's and that of the machine's matrix product, and the peak memory of each side (of a process of
its own).

    python benchmarks/segmentation_cascade.py CASE_FOLDER cascade.safetensors
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

import bolus
from bolus import io
from bolus.segment import SegmentTumour, load_cascade

FILES = {"flair": "flair", "t1": "t1", "cet1": "t1ce", "t2": "t2"}


def read_images(folder: Path) -> dict[str, bolus.Image]:
    return {name: io.read_image(folder / f"{file}.nii.gz") for name, file in FILES.items()}


def make_eager(cascade):
    import eager_cascade

    return {key: eager_cascade.EagerNetwork(net.weights, net.downsample_twice) for key, net in cascade.networks.items()}


def run_side(side: str, images, cascade, networks, threads: int) -> np.ndarray:
    """Labels (x, y, z)."""
    if side == "eager":
        import eager_cascade

        torch.set_num_threads(threads)
        return eager_cascade.segment([images[name].array.T for name in FILES], networks).T
    options = {"mode": "published", "noise": "numpy"} if side == "published" else {}
    return SegmentTumour(threads=threads, **options)(bolus.AlignedStudy(images), cascade).labels.array


def operations(network, shape) -> float:
    """Multiplications and additions of a network for an input (items, slices, rows, columns)."""
    items, slices, rows, columns = shape
    pixels = items * rows * columns
    total = 0.0
    for name, array in network.weights.items():
        if array.ndim != 5:
            continue
        layer = name.split(".")[0]
        level = int(next(c for c in layer if c.isdigit())) if layer != "final_pred" else 4
        depth = slices - 2 * (level - 1) if layer.startswith(("block", "pred")) else slices - 2 * level
        if layer.startswith(("pred", "final")):
            depth = slices - 8
        scale = 1.0  # in-plane size of the output, or for transposed convolutions of the input
        if layer.startswith(("block", "fuse")):
            halvings = {1: 0, 2: 1, 3: 2, 4: 2}[level]
        elif layer.startswith("downsample"):
            halvings = level
        elif layer.endswith("_2") or layer == "pred_up1":
            halvings = 1
        elif layer.startswith("pred_up"):
            halvings = 2
        else:
            halvings = 0
        if not network.downsample_twice and halvings > 0:
            halvings -= 1
        scale /= 4**halvings
        total += 2.0 * array.size * pixels * scale * depth
    return total


def rates(cascade, threads: int, repeats: int) -> dict[str, float]:
    """GFLOP/s of the two engines on a batch of the whole tumour's network, and of a matrix product."""
    network = cascade.network("WT", "axial")
    shape = (1, 31, 180, 160)
    images = np.random.default_rng(0).standard_normal((*shape, 4)).astype(np.float32)
    work = operations(network, shape)
    import eager_cascade

    torch.set_num_threads(threads)
    eager = eager_cascade.EagerNetwork(network.weights, True)
    tensor = torch.from_numpy(images).permute(0, 4, 1, 2, 3).contiguous()
    a, b = torch.randn(2048, 2048), torch.randn(2048, 2048)

    def best(action) -> float:
        seconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            action()
            seconds.append(time.perf_counter() - start)
        return min(seconds)

    def forward():
        with torch.inference_mode():
            eager(tensor)

    return {
        "bolus": work / best(lambda: network.logits(images, threads=threads)) / 1e9,
        "eager": work / best(forward) / 1e9,
        "matrix product": 2 * 2048**3 / best(lambda: torch.mm(a, b)) / 1e9,
    }


def peak_memory(side: str, arguments) -> float:
    """GB of a process that does nothing else."""
    command = [
        sys.executable,
        __file__,
        str(arguments.case),
        str(arguments.weights),
        "--only",
        side,
        "--threads",
        str(arguments.threads),
    ]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("case", type=Path, help="folder with flair, t1, t1ce, t2 (.nii.gz), axes L, P, S")
    parser.add_argument("weights", type=Path, help="from 'bolus weights convert'")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--memory", action=argparse.BooleanOptionalAction, default=True, help="measure peak memory, too"
    )
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--only", choices=["stable", "published", "eager"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    images, cascade = read_images(arguments.case), load_cascade(arguments.weights)
    networks = make_eager(cascade) if arguments.only in (None, "eager") else None
    if arguments.only:
        run_side(arguments.only, images, cascade, networks, arguments.threads)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
        return

    seconds = {"eager": [], "published": [], "stable": []}
    processor = {side: [] for side in seconds}  # of all threads: what a busy machine leaves comparable
    labels = {}
    for _ in range(arguments.repeats):
        for side, times in seconds.items():
            start, start_processor = time.perf_counter(), time.process_time()
            labels[side] = run_side(side, images, cascade, networks, arguments.threads)
            times.append(time.perf_counter() - start)
            processor[side].append(time.process_time() - start_processor)
    different = int(np.count_nonzero(labels["eager"] != labels["published"]))
    rate = rates(cascade, arguments.threads, max(3, arguments.repeats))
    memory = {side: peak_memory(side, arguments) if arguments.memory else float("nan") for side in seconds}
    median = {side: statistics.median(times) for side, times in seconds.items()}
    used = {side: statistics.median(times) for side, times in processor.items()}

    print(
        f"{arguments.case.name}, {arguments.threads} threads, {platform.processor() or platform.machine()}, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':12}{'median s':>10}{'times faster':>14}{'processor s':>13}{'times less':>12}{'peak GB':>10}")
    for side, value in median.items():
        faster, less = median["eager"] / value, used["eager"] / used[side]
        print(f"{side:12}{value:10.1f}{faster:14.2f}{used[side]:13.1f}{less:12.2f}{memory[side]:10.2f}")
    print(f"voxels that published mode and the eager port label differently: {different}")
    for name, value in rate.items():
        print(f"{name:16}{value:8.0f} GFLOP/s ({100 * value / rate['matrix product']:.0f} % of the matrix product)")
    if arguments.json:
        result = {
            "case": arguments.case.name,
            "threads": arguments.threads,
            "seconds": seconds,
            "processor_seconds": processor,
            "median_seconds": median,
            "peak_gb": memory if arguments.memory else None,
            "different_voxels": different,
            "gflops": rate,
        }
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
