"""One patient from raw images to the report: wall time, memory, and the second run, which finds everything again.

The structural images are those of a real glioma with skull (`tcga-fg-6692`); no measured DSC series of the patient is at
hand, so one is simulated on the aligned anatomy with the cascade's own labels and scaled voxel by voxel by its T2 image, so
that it shows that anatomy. The first run is a process of its own on two threads, as is the second; memory is the peak of
that process.

    python benchmarks/one_patient.py cascade.safetensors [--data FOLDER] [--output FOLDER]

`cascade.safetensors` comes from `bolus weights convert`; FOLDER is by default the one that BOLUS_TEST_DATA names.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import bolus
from bolus import io, preprocess, segment

NAMES = {"t1": "t1", "t2": "t2", "flair": "flair", "cet1": "t1c"}


def make_study(data: Path, cascade: Path, folder: Path) -> None:
    """The raw structural images, and a series simulated on them as they lie in CET1's space."""
    images = {}
    for name, file in NAMES.items():
        source = next(data.glob(f"{file}.nii*"))
        images[name] = io.read_image(source)
        io.write_image(folder / f"{name}.nii.gz", images[name])
    aligned = preprocess.Preprocess(correct_bias=False, classify_tissue=False, threads=2)(
        io.StudyImages("x", images)
    ).study
    found = segment.SegmentTumour(threads=2)(
        bolus.AlignedStudy(aligned.structural), segment.load_cascade(cascade), brain=aligned.brain
    )
    shrink = (2, 2, 5)
    phantom = bolus.simulate.PerfusionPhantom(seed=1, volumes=60, shrink=shrink, threads=2)(found.labels, aligned.brain)
    series = phantom.series
    t2 = preprocess.Resample()(aligned.structural["t2"], series.geometry)
    scale = np.clip(t2.array / t2.array[t2.array > 0].mean(), 0.02, 3)[..., None]
    io.write_perfusion_series(
        folder / "dsc.nii.gz",
        bolus.PerfusionSeries(
            np.asfortranarray(series.array * scale, np.float32), series.times, series.affine, echo_time=series.echo_time,
            repetition_time=series.repetition_time, flip_angle=series.flip_angle, field_strength=series.field_strength,
            simulated=True,
        ),
    )  # fmt: skip


def make_weights(path: Path) -> None:
    """Trained on simulated patients, as any weights that can be made here."""
    cohort = bolus.simulate.CohortSimulator(patients=120, seed=1)()
    bolus.IDHClassifier(max_epochs=10, random_state=0).fit(cohort.dataset()).save(path)


def run(study: Path, weights: Path, cascade: Path, out: Path) -> dict[str, float]:
    """One call in a process of its own."""
    program = (
        "import json, resource, sys, time\n"
        "begin = time.perf_counter()\n"
        "import bolus\n"
        "study, weights, cascade, out = sys.argv[1:]\n"
        "result = bolus.predict(study, weights, cascade=cascade, output=out, threads=2)\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20\n"
        "print(json.dumps({'seconds': time.perf_counter() - begin, 'peak_gb': peak, 'probability': result.probability,\n"
        "  'stages': dict(zip(result.stages.stage, result.stages.seconds.round(2))), 'cached': "
        "bool(result.stages.cached.all())}))"
    )
    begin = time.perf_counter()
    command = [sys.executable, "-c", program, str(study), str(weights), str(cascade), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {**json.loads(done.stdout), "process_seconds": round(time.perf_counter() - begin, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cascade", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("BOLUS_TEST_DATA"))
    parser.add_argument("--study", type=Path, help="keep the study here, and use the one that is there")
    parser.add_argument("--output", type=Path, help="keep the results here")
    parser.add_argument("--json", type=Path, default=Path("one_patient.json"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        study = arguments.study or Path(scratch) / "study"
        weights = Path(scratch) / "net.safetensors"
        if not (study / "dsc.nii.gz").exists():
            study.mkdir(parents=True, exist_ok=True)
            make_study(Path(arguments.data) / "tcga-fg-6692", arguments.cascade, study)
        make_weights(weights)
        out = arguments.output or Path(scratch) / "out"
        shutil.rmtree(out, ignore_errors=True)
        first = run(study, weights, arguments.cascade, out)
        second = run(study, weights, arguments.cascade, out)
        # A correction: the outer shell of the tumour taken off.
        labels = bolus.patient.PatientResult.open(out).labels
        array = np.array(labels.array)
        array[1:-1, 1:-1, 1:-1][array[2:, 1:-1, 1:-1] == 0] = 0
        io.write_label_map(Path(scratch) / "corrected.seg.nrrd", bolus.LabelMap(array, labels.affine))
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 2**20
        report = (out / "report.html").stat().st_size / 2**20
        begin = time.perf_counter()
        corrected = bolus.predict(
            study,
            weights,
            cascade=arguments.cascade,
            labels=Path(scratch) / "corrected.seg.nrrd",
            output=out,
            threads=2,
        )
        third = time.perf_counter() - begin
    print(f"first run    {first['process_seconds']:7.1f} s  peak {first['peak_gb']:.2f} GB  {first['stages']}")
    print(f"second run   {second['process_seconds']:7.1f} s  everything found again: {second['cached']}")
    print(
        f"correction   {third:7.1f} s  {dict(zip(corrected.stages.stage, corrected.stages.seconds.round(2), strict=True))}"
    )
    print(f"results {size:.0f} MB, report {report:.1f} MB")
    figures = {"first": first, "second": second, "correction_seconds": third, "results_mb": size, "report_mb": report}
    arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
