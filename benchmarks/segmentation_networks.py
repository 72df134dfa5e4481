"""All nine published networks on the inputs of their references: both engines beside a port in float64 PyTorch.

    python benchmarks/segmentation_networks.py model17 [--reference FOLDER]

The inputs are standard normal numbers of seeds 0 to 8, in the networks' order by name, in the shapes for which the checkpoints'
graphs were built. Prints the largest difference of any logit; where a reference holds values of the original's graph in float64
and float32 (msnet_*.npz), of these too.
"""

import argparse
import json
import time
from pathlib import Path

import eager_cascade
import numpy as np
import torch

from bolus.segment import read_brats17_network

NETWORKS = ("en32", "en32cr", "en32sg", "tc32", "tc32cr", "tc32sg", "wt32", "wt32cr", "wt32sg")
SHAPES = {"en": (1, 59, 64, 64, 4), "tc": (1, 59, 96, 96, 4), "wt": (5, 19, 144, 144, 4)}
ENGINES = ("fused", "libtorch")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model17", type=Path, help="the published checkpoints")
    parser.add_argument("--reference", type=Path, help="folder with msnet_*.npz")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    rows = []
    print(
        f"{'network':8} {'engine':9} {'port, float64':>14} {'probes, float64':>16} {'probes, TensorFlow':>19} {'s':>6}"
    )
    for name in arguments.networks:
        network = read_brats17_network(arguments.model17 / f"msnet_{name}_20000.ckpt")
        shape = (4, *SHAPES["wt"][1:]) if name == "wt32cr" else SHAPES[name[:2]]
        images = np.random.default_rng(NETWORKS.index(name)).standard_normal(shape).astype(np.float32)
        port = eager_cascade.EagerNetwork(network.weights, network.downsample_twice, torch.float64)
        with torch.inference_mode():
            expected = port(torch.from_numpy(images).double().permute(0, 4, 1, 2, 3)).permute(0, 2, 3, 4, 1).numpy()
        path = arguments.reference / f"msnet_{name}_20000.npz" if arguments.reference else None
        reference = np.load(path) if path is not None and path.exists() else None
        for engine in ENGINES:
            start = time.perf_counter()
            logits = network.logits(images, engine=engine)
            row = {"network": name, "engine": engine, "seconds": time.perf_counter() - start}
            row["port"] = float(np.abs(logits - expected).max())
            if reference is not None:
                assert tuple(reference["input_shape"]) == shape and int(reference["seed"]) == NETWORKS.index(name)
                probes = logits[tuple(reference["probe_idx"].T)]
                row["probes"] = float(np.abs(probes - reference["probe_val_f64"]).max())
                row["tensorflow"] = float(np.abs(probes - reference["probe_val"]).max())
            shown = [f"{row[key]:.1e}" if key in row else "-" for key in ("port", "probes", "tensorflow")]
            print(f"{name:8} {engine:9} {shown[0]:>14} {shown[1]:>16} {shown[2]:>19} {row['seconds']:6.1f}", flush=True)
            rows.append(row)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
