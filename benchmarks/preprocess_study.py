"""A whole study from files to the 1 mm grid: wall time, peak memory, time of each stage.

A simulated study of 256 x 256 x 176 voxels of 1 mm (T1, T2, FLAIR, CET1, each but CET1 misplaced, with bias fields and noise)
with a DSC series of 128 x 128 x 20 x 60 that moves, and, with BOLUS_TEST_DATA, a real patient (tcga-fg-6692). Each is read and
preprocessed by a process of its own, whose peak is that of its whole life; the cache is off. Prints a table, writes JSON.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODALITIES = ("t1", "t2", "flair", "cet1")


def simulate(folder: Path, size, spacing, series_size, series_spacing, volumes: int) -> None:
    from bolus import io
    from bolus.simulate import HeadPhantom, PerfusionPhantom

    head = HeadPhantom(seed=1, size=size, spacing=spacing, rotation=8, translation=8, bias=0.3)()
    for name in MODALITIES:
        io.write_image(folder / f"{name}.nii.gz", head.contrast_t1 if name == "cet1" else getattr(head, name))
    phantom = PerfusionPhantom(seed=1, volumes=volumes, motion_translation=3.0, motion_rotation=3.0)
    study = phantom(head, HeadPhantom.centred_grid(series_size, series_spacing))
    io.write_perfusion_series(folder / "dsc.nii.gz", study.series)


def run(folder: Path, threads: int) -> None:
    """In a process of its own."""
    import bolus
    from bolus import io, preprocess

    begin = time.perf_counter()
    images = io.read_study(io.find_study(folder))
    read = time.perf_counter()
    result = preprocess.Preprocess(threads=threads)(images)
    end = time.perf_counter()
    # Not ru_maxrss, which starts from that of the process that started this one.
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    print(
        json.dumps(
            {
                "version": bolus.__version__,
                "read_seconds": read - begin,
                "preprocess_seconds": end - read,
                "peak_megabytes": peak,
                "stages": result.times.to_dict("records"),
                "verdicts": result.to_frame()[["image", "stage", "verdict"]].to_dict("records"),
                "structural": {name: list(image.array.shape) for name, image in images.structural.items()},
                "series": list(images.perfusion.array.shape) if images.perfusion is not None else None,
            }
        )
    )


def measured(name: str, folder: Path, threads: int) -> dict:
    done = subprocess.run(
        [sys.executable, __file__, "--run", str(folder), "--threads", str(threads)],
        check=True,
        capture_output=True,
        text=True,
    )
    row = {"study": name, **json.loads(done.stdout.splitlines()[-1])}
    print(f"\n{name}: {row['structural']['cet1']}, DSC {row['series']}")
    for stage in row["stages"]:
        print(f"  {stage['stage']:28s}{stage['seconds']:8.2f} s")
    print(
        f"  {'reading':28s}{row['read_seconds']:8.2f} s\n  {'preprocessing':28s}{row['preprocess_seconds']:8.2f} s, "
        f"peak {row['peak_megabytes']:.0f} MB"
    )
    print("  " + ", ".join(f"{v['image']} {v['stage']} {v['verdict']}" for v in row["verdicts"]), flush=True)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--studies", nargs="+", choices=("simulated", "real"), default=("simulated", "real"))
    parser.add_argument("--quick", action="store_true", help="a small study")
    parser.add_argument("--keep", type=Path, help="folder for the simulated study; used again when it is there")
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, default=Path("preprocess_study.json"))
    options = parser.parse_args()
    if options.run:
        run(options.run, options.threads)
        return
    rows = []
    if "simulated" in options.studies:
        with tempfile.TemporaryDirectory() as temporary:
            folder = options.keep or Path(temporary) / "study"
            if not folder.exists():
                folder.mkdir(parents=True)
                if options.quick:
                    simulate(folder, (64, 78, 60), (3, 3, 3), (48, 58, 20), (4, 4, 6), 20)
                else:
                    simulate(folder, (256, 256, 176), (1, 1, 1), (128, 128, 20), (1.8, 1.8, 6.0), 60)
            rows.append(measured("simulated", folder, options.threads))
    if "real" in options.studies and (data := os.environ.get("BOLUS_TEST_DATA")):
        rows.append(measured("tcga-fg-6692", Path(data) / "tcga-fg-6692", options.threads))
    options.output.write_text(
        json.dumps(
            {
                "claim": "preprocess_study",
                "machine": platform.processor() or platform.machine(),
                "threads": options.threads,
                "rows": rows,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
