"""A whole study through Preprocess: simulated heads with known truth, the cache, bad input, the quality page."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

import bolus
from bolus import io, preprocess


@pytest.fixture(scope="module")
def head():
    return bolus.simulate.HeadPhantom(seed=4, size=(64, 76, 60), spacing=(3, 3, 3))()


@pytest.fixture(scope="module")
def images(head):
    grid = bolus.simulate.HeadPhantom.centred_grid((48, 58, 26), (4, 4, 5))
    series = bolus.simulate.PerfusionPhantom(seed=4, volumes=30)(head, grid).series
    structural = {"t1": head.t1, "t2": head.t2, "flair": head.flair, "cet1": head.contrast_t1}
    return io.StudyImages("made", structural, series, head.labels)


@pytest.fixture(scope="module")
def step():
    return preprocess.Preprocess(spacing=3.0)


@pytest.fixture(scope="module")
def result(step, images):
    return step(images)


def dice(a, b):
    a, b = np.asarray(a) != 0, np.asarray(b) != 0
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def same(one, other):
    """Whether two results hold the same bits."""
    a, b = one.study, other.study
    assert a.structural.keys() == b.structural.keys()
    for name, image in a.structural.items():
        assert np.array_equal(image.array, b.structural[name].array), name
    for name in ("brain", "white_matter"):
        assert np.array_equal(getattr(a, name).array, getattr(b, name).array), name
    assert np.array_equal(a.perfusion.array, b.perfusion.array)
    assert np.array_equal(a.perfusion_to_structural, b.perfusion_to_structural)
    assert np.array_equal(one.tissue.labels.array, other.tissue.labels.array)
    assert np.array_equal(one.motion.parameters, other.motion.parameters)
    for name, field in one.bias_fields.items():
        assert np.array_equal(field.array, other.bias_fields[name].array), name
    for name, found in one.registrations.items():
        assert repr(found) == repr(other.registrations[name])
    assert np.array_equal(one.mirror.normal, other.mirror.normal)
    assert a.flags == b.flags


def test_every_stage_finds_the_truth(result, head, images):
    study = result.study
    inside = np.argwhere(np.asarray(head.brain.array) != 0) * 3.0 + np.asarray(head.brain.geometry.origin)
    for name, found in result.registrations.items():
        truth = preprocess.RigidTransform(head.misalignment[name])
        assert np.mean([np.linalg.norm(found.transform(p) - truth(p)) for p in inside[::200]]) < 1.0, name
        assert found.verdict == "good", (name, found)
    assert dice(study.brain.array, head.brain.array) > 0.9
    assert study.structural["t1"].geometry == study.structural["cet1"].geometry == study.brain.geometry
    white = np.asarray(study.white_matter.array) != 0
    assert white.sum() > 100
    truth = np.asarray(head.tissue.array)[white]
    assert np.mean(truth == 5) > 0.9  # TissueClass::white_matter
    assert not (np.asarray(head.labels.array)[white] != 0).any()
    # A still series stays as it is, to the bit.
    assert np.array_equal(study.perfusion.array, images.perfusion.array)
    assert not result.motion.resampled
    assert set(result.to_frame()["stage"]) == {"registration", "motion", "brain"}
    assert (result.times["seconds"] >= 0).all()


SAME_BITS = """
import hashlib, json, sys
import numpy as np
import bolus
from bolus import io, preprocess

images = io.read_study(io.find_study(sys.argv[1]))
threads = int(sys.argv[2])
quick = preprocess.BrainExtraction(resolution=3.5)
always = preprocess.MotionCorrection(resampling="always")
step = preprocess.Preprocess(spacing=3.5, threads=threads, brain_extraction=quick, motion_correction=always)
result = step(images)
study, found = result.study, {}

def keep(name, value):
    array = np.asarray(value)
    assert array.size and np.isfinite(array).all(), name
    found[name] = hashlib.sha256(array.tobytes(order="F") + str((array.shape, array.dtype)).encode()).hexdigest()

for name, image in study.structural.items():
    keep(name, image.array)
    keep(name + " place", image.affine)
    keep("bias of " + name, result.bias_fields[name].array)
    keep("brain of " + name, result.brain_masks[name].array)
for name in ("brain", "white_matter", "labels", "perfusion"):
    keep(name, getattr(study, name).array)
keep("perfusion_to_structural", study.perfusion_to_structural)
for name, registration in {**result.registrations, "dsc": result.perfusion_registration}.items():
    keep("transform of " + name, registration.transform.matrix)
    keep("metric of " + name, [registration.metric, registration.initial_metric, registration.overlap])
for name in ("csf", "grey_matter", "white_matter", "labels"):
    keep("tissue " + name, getattr(result.tissue, name).array)
motion = result.motion
assert motion.resampled
for name in ("parameters", "framewise_displacement"):
    keep("motion " + name, getattr(motion, name))
keep("motion transforms", [transform.matrix for transform in motion.transforms])
keep("motion reference", motion.reference.array)
keep("mirror", [*result.mirror.normal, *result.mirror.point, result.mirror.score])
found["verdicts"] = result.to_frame().to_csv()
found["flags"] = str([(flag.code, flag.message) for flag in study.flags])
print(json.dumps(found))
"""


def test_same_bits_on_any_number_of_threads_and_in_another_process(images, tmp_path):
    for name, image in images.structural.items():
        io.write_image(tmp_path / f"{name}.nii.gz", image)
    io.write_perfusion_series(tmp_path / "dsc.nii.gz", images.perfusion)
    io.write_label_map(tmp_path / "labels.nii.gz", images.labels)
    runs = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", SAME_BITS, str(tmp_path), threads], stdout=subprocess.PIPE, check=True
            ).stdout
        )
        for threads in ("1", "2", "4", "2")
    ]
    assert len(runs[0]) > 35
    for run in runs[1:]:
        assert {name for name in runs[0] if run[name] != runs[0][name]} == set()


def test_finished_stages_are_found_again_and_changed_ones_are_not(result, images, tmp_path):
    cache = tmp_path / "cache"
    first = preprocess.Preprocess(spacing=3.0, cache=cache)(images)
    same(first, result)
    kept = sorted(cache.glob("*.stage"))
    second = preprocess.Preprocess(spacing=3.0, cache=cache)(images)
    same(second, result)
    stages = second.times[~second.times["stage"].str.startswith("resampling")]
    assert stages["cached"].all()
    # Other options: only what depends on them is made again.
    other = preprocess.Preprocess(
        spacing=3.0, cache=cache, motion_correction=preprocess.MotionCorrection(displacement_threshold=0.7)
    )(images)
    table = other.times.set_index("stage")["cached"]
    assert not table["motion, dsc"]
    assert table["registration, flair"]
    # A damaged record is made again.
    for path in kept:
        path.write_bytes(path.read_bytes()[:-7] + b"damaged")
    same(preprocess.Preprocess(spacing=3.0, cache=cache)(images), result)


def test_a_cache_that_cannot_be_written_is_said_before_the_work(images, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(bolus.IoError, match="cache"):
        preprocess.Preprocess(cache=tmp_path / "file")(images)


def test_a_given_brain_mask_is_used_as_it_is(head, images):
    quick = preprocess.Preprocess(
        spacing=3.0, register_images=False, correct_bias=False, correct_motion=False, classify_tissue=False
    )
    found = quick(images, preprocess.GivenBrainMask(head.brain))
    assert np.array_equal(found.study.brain.array, head.brain.array)
    with pytest.raises(bolus.GeometryError):
        quick(images, preprocess.GivenBrainMask(bolus.Mask(np.ones((9, 9, 9), np.uint8))))


def test_a_network_finds_the_brain_of_a_study(head, images, tmp_path):
    torch = pytest.importorskip("torch")
    from bolus import segment

    class TwoLogits(torch.nn.Module):  # of the kind of HD-BET: rest and brain
        def forward(self, x):
            return torch.cat((torch.zeros_like(x), 8.0 * (x - 0.5)), 1)

    torch.jit.script(TwoLogits()).save(str(tmp_path / "network.pt"))
    description = segment.BrainNetworkDescription(
        name="two logits",
        orientation="SPL",
        spacing=[3, 3, 3],
        multiple=32,
        scaling="zscore",
        output="logit",
        channel=1,
        threshold=0.5,
    )
    network = segment.TorchScriptBrainExtractor(tmp_path / "network.pt", description)
    quick = preprocess.Preprocess(
        spacing=3.0, register_images=False, correct_bias=False, correct_motion=False, classify_tissue=False
    )
    found = quick(images, network)
    expected = preprocess.Resample()(network(head.contrast_t1), found.study.brain.geometry)
    assert np.array_equal(found.study.brain.array, expected.array) and expected.array.any()
    assert "brain, two logits" in set(found.times["stage"])


def test_bad_input(images):
    holes = np.array(images.structural["t2"].array)
    holes[3, 4, 5] = np.nan
    broken = io.StudyImages(
        "x", {"cet1": images.structural["cet1"], "t2": bolus.Image(holes, images.structural["t2"].affine)}
    )
    with pytest.raises(bolus.DataError, match="t2: 1 of .* NaN"):
        preprocess.Preprocess()(broken)
    with pytest.raises(bolus.OptionError, match="baseline_volumes"):
        preprocess.Preprocess(baseline_volumes=0)(images)
    with pytest.raises(bolus.Cancelled):
        preprocess.Preprocess()(images, progress=lambda *event: False)


def test_files_and_quality_page(result, images, step, tmp_path):
    from bolus import pipeline
    from bolus.quality_page import write_quality_page

    files = pipeline.write_aligned(result, images, tmp_path, preprocess=step)
    names = {path.name for path in files}
    assert {
        "flair.nii.gz",
        "bias_t2.nii.gz",
        "cet1_to_t1.tfm",
        "dsc_to_cet1.tfm",
        "brain.nii.gz",
        "motion.csv",
    } <= names
    assert "dsc.nii.gz" not in names  # nothing was realigned: the series is as it was
    with pytest.raises(bolus.IoError, match="exists already"):
        pipeline.write_aligned(result, images, tmp_path)
    assert np.array_equal(io.read_mask(tmp_path / "brain.nii.gz").array, result.study.brain.array)

    page, *pictures = write_quality_page(result, images, tmp_path)
    text = page.read_text()
    assert {path.name for path in pictures} >= {"quality_alignment.png", "quality_masks.png", "quality_motion.png"}
    assert not re.search(r'(src|href)="(?!data:)', text)  # nothing is loaded from elsewhere
    assert "good" in text
    with pytest.raises(bolus.IoError, match="exists already"):
        write_quality_page(result, images, tmp_path)
