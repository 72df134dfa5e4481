"""What each option of the smaller commands changes. Those of predict, cohort and segment have tests of their own."""

import json

import numpy as np
import pandas as pd
import pytest
from command_line import command

import bolus
from bolus import io
from bolus.model import load_checkpoint


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort")
    command("simulate", "-o", folder, "--patients", 24, "--seed", 2)
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A small series, whose files tell neither echo time nor time step, and images on its grid."""
    labels = np.zeros((20, 20, 12), np.uint8)
    labels[4:10, 7:13, 3:9] = 2
    labels[5:8, 9:12, 4:8] = 4
    affine = np.diag([4.0, 4.0, 5.0, 1.0])
    phantom = bolus.simulate.PerfusionPhantom()(
        bolus.LabelMap(labels, affine), bolus.Mask(np.ones_like(labels), affine)
    )
    folder = tmp_path_factory.mktemp("study")
    series = bolus.PerfusionSeries(np.asfortranarray(phantom.series.array), phantom.series.times, affine)
    io.write_perfusion_series(folder / "dsc.nii.gz", series)
    io.write_label_map(folder / "labels.nii.gz", phantom.labels)
    io.write_mask(folder / "aif.nii.gz", phantom.arterial)
    image = np.asfortranarray(phantom.series.array[..., 0])
    io.write_image(folder / "cet1.nii.gz", bolus.Image(image, affine))
    return folder


@pytest.fixture(scope="module")
def brain(study):
    path = study.parent / "brain_of_my_own.nii.gz"
    inside = np.zeros((20, 20, 12), np.uint8)
    inside[1:19, 1:19, 1:11] = 1
    io.write_mask(path, bolus.Mask(np.asfortranarray(inside), io.read_image(study / "cet1.nii.gz").affine))
    return path


def times_of(path):
    return np.asarray(io.read_curves(path)[0].curves.times)


def test_curves(study, tmp_path):
    given = ("--echo-time", 0.03, "--time-step")
    command("curves", study, "-o", tmp_path / "c.csv", *given, 2)
    assert np.allclose(np.diff(times_of(tmp_path / "c.csv")), 2)
    command("curves", study, "-o", tmp_path / "c.csv", *given, 1.25, "--overwrite")
    assert np.allclose(np.diff(times_of(tmp_path / "c.csv")), 1.25)


def test_maps(study, tmp_path):
    asked = ("maps", study, "-o", tmp_path / "m", "--quantity", "K2", "--echo-time", 0.03)
    command(*asked, "--time-step", 1.5)
    before = io.read_image(tmp_path / "m" / "K2.nii.gz").array.copy()
    assert "exists already" in command(*asked, code=1)
    command(*asked, "--time-step", 3, "--overwrite")
    slower = io.read_image(tmp_path / "m" / "K2.nii.gz").array.copy()
    inside = before != 0
    assert np.allclose(slower[inside], before[inside] / 2, rtol=0.05)  # per second
    command(*asked, "--time-step", 1.5, "--bidirectional", "--overwrite")
    assert not np.allclose(io.read_image(tmp_path / "m" / "K2.nii.gz").array, before)


def test_preprocess(study, brain, tmp_path):
    out, cache = tmp_path / "aligned", tmp_path / "cache"
    asked = ("preprocess", study, "-o", out, "--brain", brain, "--cache", cache, "--threads", 1)
    protocol = ("--echo-time", 0.03, "--time-step", 1.5)
    command(*asked, *protocol, "--no-bias", "--no-quality")
    assert list(cache.glob("*.stage")) and not (out / "quality.html").exists()
    assert not list(out.glob("*bias*"))
    # The series is at rest and is not written: that the reader got its protocol shows by what it refuses.
    for option in ("--echo-time", "--time-step"):
        assert "-1" in command(*asked, option, -1, "--overwrite", code=2)
    without = io.read_image(out / "cet1.nii.gz").array.copy()
    assert "exists already" in command(*asked, code=1)
    command(*asked, *protocol, "--bias", "--quality", "--overwrite")
    assert "<img" in (out / "quality.html").read_text()
    assert not np.array_equal(io.read_image(out / "cet1.nii.gz").array, without)


def test_simulate(cohort, tmp_path):
    command("simulate", "-o", tmp_path, "--patients", 24, "--seed", 3, "--threads", 2)
    other = (tmp_path / "curves.csv").read_bytes()
    assert other != (cohort / "curves.csv").read_bytes()
    assert "exists already" in command("simulate", "-o", tmp_path, "--patients", 24, "--seed", 2, code=1)
    command("simulate", "-o", tmp_path, "--patients", 24, "--seed", 2, "--overwrite")
    assert (tmp_path / "curves.csv").read_bytes() == (cohort / "curves.csv").read_bytes()


def test_train_and_evaluate(cohort, tmp_path):
    table, net = tmp_path / "curves.csv", tmp_path / "net.safetensors"
    curves = io.read_curves(cohort / "curves.csv")
    for one in curves[:6]:  # not to be told apart without a mistake
        one.label = 1 - one.label
    io.write_curves(table, curves)
    command("train", table, "-o", net, "--windows", 4, "--seed", 1)
    first = net.read_bytes()
    assert "exists already" in command("train", table, "-o", net, code=1)
    command("train", table, "-o", net, "--windows", 4, "--seed", 5, "--overwrite")
    assert net.read_bytes() != first
    scores, judged = tmp_path / "scores.json", tmp_path / "judged.safetensors"
    asked = ("evaluate", table, "-w", net, "-o", scores, "--record", judged, "--replicates", 50)
    command(*asked, "--threshold", 0)
    row = json.loads(scores.read_text())["patients"]
    assert (row["sensitivity"], row["specificity"]) == (1, 0)  # from 0 on all count as mutant
    assert json.loads(load_checkpoint(judged).notes["validation"])["threshold"] == 0
    assert "exists already" in command(*asked, code=1)
    command(*asked, "--threshold", 0.5, "--seed", 4, "--overwrite")
    other = json.loads(scores.read_text())["patients"]
    assert other["auc"] == row["auc"]
    assert other["auc_low"] != row["auc_low"]  # drawn by another seed


def test_labels(tmp_path):
    array = np.zeros((8, 8, 8), np.uint8)
    array[2:6, 2:6, 2:6] = 2
    array[3:5, 3:5, 3:5] = 4
    labels = bolus.LabelMap(array, np.eye(4))
    io.write_label_map(tmp_path / "a.nii.gz", labels)
    import nrrd

    # Two layers that overlap, under names that say nothing.
    layers = np.stack([(array != 0).astype(np.uint8), (array == 4).astype(np.uint8)])
    header = {
        "space": "left-posterior-superior", "kinds": ["list", "domain", "domain", "domain"],
        "space directions": [[np.nan] * 3, [-1, 0, 0], [0, -1, 0], [0, 0, 1]], "space origin": [0, 0, 0],
    }  # fmt: skip
    for place, name in enumerate(("first", "second")):
        header |= {f"Segment{place}_ID": f"S{place}", f"Segment{place}_Name": name, f"Segment{place}_LabelValue": "1",
                   f"Segment{place}_Layer": str(place)}  # fmt: skip
    nrrd.write(str(tmp_path / "two.seg.nrrd"), layers, header)
    regions = ("--region", "first=ED", "--region", "second=ET")
    assert "overlap" in command("labels", "convert", tmp_path / "two.seg.nrrd", tmp_path / "b.nii.gz", *regions, code=1)
    command("labels", "convert", tmp_path / "two.seg.nrrd", tmp_path / "b.nii.gz", *regions, "--resolve-overlap")
    assert np.array_equal(io.read_label_map(tmp_path / "b.nii.gz").array, array)
    assert "exists already" in command("labels", "convert", tmp_path / "a.nii.gz", tmp_path / "b.nii.gz", code=1)
    command("labels", "convert", tmp_path / "a.nii.gz", tmp_path / "b.nii.gz", "--overwrite")
    compare = ("labels", "compare", tmp_path / "a.nii.gz", tmp_path / "two.seg.nrrd", *regions, "--resolve-overlap",
               "-o", tmp_path / "audit.json")  # fmt: skip
    assert "0 voxels changed" in command(*compare)
    assert "exists already" in command(*compare, code=1)
    command(*compare, "--overwrite")


def test_study(tmp_path):
    made = bolus.simulate.CohortSimulator(patients=40, seed=2)()
    io.write_curves(tmp_path / "curves.csv", io.curves_of(made))
    made.to_frame().to_csv(tmp_path / "clinical.csv", index=False)
    asked = ("study", tmp_path / "curves.csv", "-c", tmp_path / "clinical.csv", "-o", tmp_path / "out", "--epochs", 2,
             "--replicates", 20, "--threads", 1)  # fmt: skip
    command(*asked, "--folds", 3, "--seed", 1)
    first = pd.read_csv(tmp_path / "out" / "results.csv")
    command(*asked, "--folds", 2, "--seed", 2, "--overwrite")
    assert not pd.read_csv(tmp_path / "out" / "results.csv").equals(first)
