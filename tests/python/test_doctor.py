"""What is wrong is found before the work, and every finding that is not good ends with what to do."""

import numpy as np
import pytest
from test_predict import command, network_of

import bolus
from bolus import doctor, io


def by_what(findings):
    return {finding.what: finding for finding in findings}


def test_this_installation_is_sound():
    findings = doctor.check_installation()
    assert {
        "bolus",
        "Python",
        "LibTorch",
        "ITK parts",
        "LibTorch parts",
        "threads",
        "memory",
        "GPU",
        "self-test",
    } <= set(by_what(findings))
    assert not [finding for finding in findings if finding.verdict == "failed"]
    assert by_what(findings)["bolus"].message == bolus.__version__
    said = command("doctor")
    assert "0 failed" in said and "self-test" in said


def test_what_is_amiss_comes_with_what_to_do(monkeypatch):
    import torch

    from bolus import _build_info, _core

    monkeypatch.setattr(_build_info, "torch_version", "1.13.0")
    assert by_what([doctor._torch()])["LibTorch"].advice == "pip install torch==1.13.0"
    monkeypatch.setattr(_build_info, "torch_version", "")
    assert "without it" in doctor._torch().message
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda k: "Some GPU")
    assert "Some GPU" in doctor._graphics().message
    monkeypatch.setattr("platform.python_version", lambda: "3.20.1")
    assert doctor._python().verdict == "doubtful"
    monkeypatch.setattr(_core.core, "resolve_threads", lambda count: 10**6)
    assert "--threads" in doctor._threads().advice
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "--no-report" in doctor._extras()[0].advice


@pytest.fixture
def studies(tmp_path):
    """One good study, and some that are not."""
    labels = np.zeros((10, 10, 6), np.uint8)
    labels[3:6, 3:6, 2:4] = 2
    affine = np.diag([4.0, 4.0, 5.0, 1.0])
    phantom = bolus.simulate.PerfusionPhantom(seed=1, volumes=60)(
        bolus.LabelMap(labels, affine), bolus.Mask(np.ones(labels.shape, np.uint8), affine)
    )
    series = phantom.series
    for name in ("good", "slow", "short", "no_series", "broken", "unknown"):
        (tmp_path / name).mkdir()
        if name in ("unknown", "no_series"):
            continue
        io.write_label_map(tmp_path / name / "labels.nii.gz", phantom.labels)
        step = 2.0 if name == "slow" else 1.5
        volumes = 20 if name == "short" else 60
        io.write_perfusion_series(
            tmp_path / name / "dsc.nii.gz",
            bolus.PerfusionSeries(
                np.asfortranarray(series.array[..., :volumes]), np.arange(volumes) * step, affine, echo_time=0.03,
                repetition_time=step, flip_angle=35, field_strength=3,
            ),
        )  # fmt: skip
    (tmp_path / "broken" / "labels.nii.gz").write_bytes(b"no image")
    io.write_image(tmp_path / "no_series" / "t1.nii.gz", bolus.Image(np.ones((4, 4, 4), np.float32)))
    bolus.model.save_checkpoint(network_of(), tmp_path / "net.safetensors")
    return tmp_path


def test_studies_are_looked_at_before_the_work(studies):
    found = doctor.check_data(studies, studies / "net.safetensors")
    assert all(finding.advice for finding in found if finding.verdict != "good")
    failed = {finding.what: finding.message for finding in found if finding.verdict == "failed"}
    assert "the weights look at 45" in failed["short"]
    assert "labels.nii.gz" in failed["broken"]
    assert "no file of a study was recognised" in failed["unknown"]
    assert "no_series" in failed and "good" not in failed and "slow" not in failed
    doubts = [finding for finding in found if finding.what == "slow" and finding.verdict == "doubtful"]
    assert any("trained on 1.5 s" in finding.message for finding in doubts)
    assert [finding.message for finding in found if finding.what == "good" and finding.verdict == "good"] == [
        "dsc, labels"
    ]
    said = command("doctor", studies, "-w", studies / "net.safetensors", "-o", studies / "out", code=1)
    assert "failed" in said and "can be written to" in said
    assert "0 failed" in command("doctor", studies / "good")
    said = command("doctor", studies / "good", "-w", studies / "net.safetensors", "-o", studies / "out")
    assert "0 failed" in said and "can be written to" in said
    assert doctor.check_data(studies / "nowhere")[0].verdict == "failed"
    wrong = doctor.check_data(studies / "good", studies / "good" / "dsc.json")
    assert by_what(wrong)["weights"].verdict == "failed"


def test_a_place_for_results(tmp_path, monkeypatch):
    import shutil
    from collections import namedtuple

    assert {finding.verdict for finding in doctor.check_output(tmp_path / "a" / "b")} == {"good"}
    (tmp_path / "file").write_text("")
    assert "another folder" in doctor.check_output(tmp_path / "file" / "out")[0].advice
    (tmp_path / ".bolus.lock").write_text("{}")
    assert "locked by a run" in by_what(doctor.check_output(tmp_path))["output"].message
    monkeypatch.setattr(shutil, "disk_usage", lambda place: namedtuple("Usage", "total used free")(1, 1, 2**20))
    assert by_what(doctor.check_output(tmp_path))["space"].verdict == "doubtful"
    monkeypatch.setattr("os.access", lambda *arguments: False)
    assert doctor.check_output(tmp_path)[0].verdict == "failed"
