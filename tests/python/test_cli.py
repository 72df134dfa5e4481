"""The command line as a person uses it: in a process of its own, judged by exit code and what is printed."""

import json

import numpy as np
import pytest
from command_line import command_process as run

import bolus


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort")
    run("simulate", "-o", folder, "--patients", 80, "--seed", 1)
    return folder


@pytest.fixture(scope="module")
def weights(simulated):
    path = simulated / "weights.safetensors"
    output = run("train", simulated / "curves.csv", "-o", path)
    assert "simulated patients" in output
    return path


def test_help_names_every_command():
    output = run("--help")
    for command in ("info", "simulate", "preprocess", "curves", "train", "evaluate", "predict", "demo"):
        assert command in output
        assert "--help" in run(command, "--help")
    assert "not a medical device" in output


def test_info_describes_installation_and_files(simulated, weights):
    assert bolus.__version__ in run("info")
    assert "ET, NET, ED, WT, AIF" in run("info", simulated / "curves.csv")
    assert "simulated patients" in run("info", weights)


def test_simulated_cohort_is_the_same_every_time(simulated, tmp_path):
    run("simulate", "-o", tmp_path, "--patients", 80, "--seed", 1, "--threads", 1)
    for name in ("curves.csv", "patients.csv"):
        assert (tmp_path / name).read_bytes() == (simulated / name).read_bytes()


def test_evaluate_and_predict(simulated, weights, tmp_path):
    output = run("evaluate", simulated / "curves.csv", "-w", weights, "-o", tmp_path / "scores.json")
    assert "samples" in output
    assert "patients" in output
    assert "simulated patients" in output
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores["patients"]["n"] == 80
    run("predict", simulated / "curves.csv", "-w", weights, "-o", tmp_path / "predictions.json")
    predictions = json.loads((tmp_path / "predictions.json").read_text())
    assert len(predictions) == 80
    assert np.isfinite(predictions[0]["probability_idh_mutant"])


def test_a_study_folder_through_curves_preprocess_and_predict(weights, tmp_path):
    labels = np.zeros((20, 20, 12), np.uint8)
    labels[4:10, 7:13, 3:9] = 2
    labels[5:8, 9:12, 4:8] = 4
    affine = np.diag([4.0, 4.0, 5.0, 1.0])
    phantom = bolus.simulate.PerfusionPhantom()(
        bolus.LabelMap(labels, affine), bolus.Mask(np.ones_like(labels), affine)
    )
    study = tmp_path / "p1"
    study.mkdir()
    bolus.io.write_perfusion_series(study / "dsc.nii.gz", phantom.series)
    bolus.io.write_label_map(study / "labels.nii.gz", phantom.labels)
    bolus.io.write_mask(study / "aif.nii.gz", phantom.arterial)
    assert "NET has no voxel" in run("curves", study, "-o", tmp_path / "p1.csv")
    assert bolus.io.read_curves(tmp_path / "p1.csv")[0].curves.names == ["ET", "NET", "ED", "WT", "AIF"]
    output = run("predict", study, "-w", weights)
    assert "probability of an IDH mutation" in output
    assert "most attention at" in output
    (study / "aif.nii.gz").unlink()  # then an artery is searched
    run("curves", study, "-o", tmp_path / "p2.csv")
    assert bolus.io.read_curves(tmp_path / "p2.csv")[0].curves.names == ["ET", "NET", "ED", "WT", "AIF"]
    output = run("maps", study, "-o", tmp_path / "maps", "--quantity", "rCBV", "--quantity", "K2")
    assert "rCBV.nii.gz" in output
    assert "regions.csv" in output
    assert bolus.io.read_image(tmp_path / "maps" / "K2.nii.gz").array.shape == labels.shape
    assert "exists already" in run("maps", study, "-o", tmp_path / "maps", "--quantity", "rCBV", code=1)
    assert "expected one of" in run("maps", study, "-o", tmp_path / "other", "--quantity", "rcbv", code=2)
    bolus.io.write_image(study / "cet1.nii.gz", bolus.Image(phantom.series.array[..., 0].copy(order="F"), affine))
    assert "cet1.nii.gz" in run("preprocess", study, "-o", tmp_path / "aligned")
    assert json.loads((tmp_path / "aligned" / "provenance.json").read_text())["step"] == "preprocess"
    assert "exists already" in run("preprocess", study, "-o", tmp_path / "aligned", code=1)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["predict"], 2, "Missing argument"),
        (["no-such-command"], 2, "No such command"),
        (["simulate", "-o", "{tmp}", "--patients", "many"], 2, "Invalid value"),
        (["simulate", "-o", "{tmp}", "--patients", "2"], 2, "Invalid value"),
        (["info", "{tmp}/none.nii"], 1, "there is no file or folder"),
        (["info", "{tmp}"], 1, "no file of a study was recognised"),
        (["train", "{tmp}/none.csv", "-o", "{tmp}/w.safetensors"], 1, "none.csv"),
        (["train", "{curves}", "-o", "{tmp}/no/folder/w.safetensors"], 1, "there is no folder"),
        (["train", "{curves}", "-o", "{curves}"], 1, "exists already"),
        (["evaluate", "{curves}", "-w", "{curves}"], 1, "curves.csv"),
        (["predict", "{tmp}", "-w", "{tmp}/w.safetensors"], 1, "w.safetensors"),
        (["simulate", "-o", "{curves}/folder"], 1, "cannot make the folder"),
    ],
)
def test_mistakes_get_one_clear_message(arguments, code, says, simulated, tmp_path):
    filled = [word.format(tmp=tmp_path, curves=simulated / "curves.csv") for word in arguments]
    output = run(*filled, code=code)
    assert says in output
    assert not list(tmp_path.iterdir())  # nothing half done is left


def test_messages_show_what_they_hold_as_it_is(tmp_path):
    name = "[bold] a name that is longer than the window is wide " * 4
    assert name in run("info", tmp_path / name, code=1)
    assert name in run("simulate", "-o", tmp_path / name, "--patients", 4)


def test_debug_shows_where(tmp_path):
    run("--debug", "info")
    assert "Traceback" in run("--debug", "info", tmp_path / "none", code=1)


def test_training_on_one_class_is_refused(simulated, tmp_path):
    lines = (simulated / "curves.csv").read_text().splitlines()
    only = [lines[0]] + [line for line in lines[1:] if line.split(",")[1] == "0"]
    path = tmp_path / "one_class.csv"
    path.write_text("\n".join(only) + "\n")
    assert "class" in run("train", path, "-o", tmp_path / "w.safetensors", code=1)
    assert not (tmp_path / "w.safetensors").exists()


def test_demo_writes_everything_and_repeats_itself(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    output = run("demo", "-o", first, "--patients", 120, "--threads", 1, OMP_NUM_THREADS="1")
    assert "simulated" in output
    assert "paper" in output
    second.mkdir()
    (second / "metrics.json").write_text("of before")
    run("demo", "-o", second, "--patients", 120, "--threads", 2, "--seed", 0, "--overwrite")
    names = sorted(path.name for path in first.iterdir())
    assert names == [
        "attention.png",
        "confusion_matrix.png",
        "metrics.json",
        "patients.csv",
        "roc.png",
        "weights.safetensors",
    ]
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    metrics = json.loads((first / "metrics.json").read_text())
    assert metrics["simulated"] is True
    assert metrics["cross-validation"]["auc"] > 0.8
    assert bolus.model.load_checkpoint(first / "weights.safetensors").simulated
    assert "exists already" in run("demo", "-o", first, "--patients", 120, code=1)


def test_demo_takes_a_patient_to_a_report(tmp_path, monkeypatch):
    from command_line import command

    monkeypatch.setattr("bolus.demo._HEAD", ((48, 57, 45), (4, 4, 4)))  # coarser than the demo's, to be quick
    monkeypatch.setattr("bolus.demo._SERIES", ((40, 48, 10), (5, 5, 13)))
    said = command("demo", "-o", tmp_path / "demo", "--patients", 60, "--patient")
    assert "To read:" in said
    result = bolus.patient.PatientResult.open(tmp_path / "demo" / "patient")
    assert 0 < result.probability < 1
    assert any(flag.code == "model.simulated" for flag in result.flags)
    assert "Trained on simulated patients" in result.report.read_text()
