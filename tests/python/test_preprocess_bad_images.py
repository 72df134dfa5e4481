"""Images that are no head, through every step of bolus.preprocess: a clear error, or flags; never a crash or a silent NaN."""

import numpy as np
import pytest

import bolus
from bolus import io, preprocess

AFFINE = np.diag([3.0, 3, 3, 1])


@pytest.fixture(scope="module")
def head():
    return bolus.simulate.HeadPhantom(seed=1, size=(48, 58, 48), spacing=(4, 4, 4), rotation=0, translation=0)()


def image(array):
    return bolus.Image(np.asarray(array, np.float32, order="F"), AFFINE)


def broken(head, kind):
    noise = np.random.default_rng(0)
    if kind in ("NaN", "infinite"):
        array = np.array(head.t1.array)
        array[20, 20, 20] = np.nan if kind == "NaN" else np.inf
        return bolus.Image(array, head.t1.affine)
    return image(
        {
            "constant": lambda: np.full((40, 40, 40), 5.0),
            "zero": lambda: np.zeros((40, 40, 40)),
            "negative": lambda: -np.abs(noise.normal(100, 20, (40, 40, 40))),
            "2-D": lambda: noise.normal(100, 20, (60, 60, 1)),
            "a row": lambda: noise.normal(100, 20, (60, 1, 1)),
            "two slices": lambda: noise.normal(100, 20, (60, 60, 2)),
            "tiny": lambda: noise.normal(100, 20, (2, 2, 2)),
        }[kind]()
    )


def series(image):
    volumes = np.asfortranarray(np.stack([np.array(image.array)] * 12, axis=-1))
    return bolus.PerfusionSeries(volumes, np.arange(12) * 1.5, image.affine, echo_time=0.03)


def everywhere(image):
    return bolus.Mask(np.ones(image.array.shape, np.uint8), image.affine)


STEPS = {
    "brain": lambda image, head: preprocess.BrainExtraction()(image),
    "bias": lambda image, head: preprocess.BiasCorrection()(image),
    "bias in a mask": lambda image, head: preprocess.BiasCorrection()(image, everywhere(image)),
    "tissue": lambda image, head: preprocess.TissueClassification()(image, everywhere(image)),
    "mirror": lambda image, head: preprocess.SymmetrySearch()(image),
    "to it": lambda image, head: preprocess.RigidRegistration()(image, head.t1),
    "of it": lambda image, head: preprocess.RigidRegistration()(head.t1, image),
    "B-spline": lambda image, head: preprocess.Resample("bspline")(image, head.t1.geometry),
    "foreground": lambda image, head: preprocess.foreground_mask(image),
    "motion": lambda image, head: preprocess.MotionCorrection()(series(image)),
    "study": lambda image, head: preprocess.Preprocess(spacing=4)(io.StudyImages("x", {"cet1": image})),
    "study, T1": lambda image, head: preprocess.Preprocess(spacing=4, extract_brain=False)(
        io.StudyImages("x", {"cet1": head.contrast_t1, "t1": image})
    ),
    "study, DSC": lambda image, head: preprocess.Preprocess(spacing=4, extract_brain=False)(
        io.StudyImages("x", {"cet1": head.contrast_t1}, series(image))
    ),
}

# What every step says of an image, and where it says something else: an error's words, a flag's code, or None where the result
# is a proper one (a bias field of one slice, a constant image on another grid).
EXPECTED = {
    "NaN": ("NaN or infinite", {}),
    "infinite": ("NaN or infinite", {}),
    "constant": (
        "is constant",
        {"bias in a mask": None, "B-spline": None, "motion": "no motion can be seen"},
    ),
    "zero": (
        "is constant|no positive voxel",
        {"B-spline": None, "motion": "no voxel of the series has a positive signal"},
    ),
    "negative": (
        "positive",
        {
            "brain": "preprocess.brain.no_boundary",
            "mirror": "preprocess.mirror.asymmetric",
            "to it": "preprocess.registration.gain",
            "of it": "preprocess.registration.gain",
            "B-spline": None,
            "foreground": None,
            "study, DSC": "preprocess.motion.skipped",
        },
    ),
    "2-D": (
        "60 x 60 x 1|single slice",
        {
            "bias": None,
            "bias in a mask": None,
            "tissue": None,
            "mirror": "preprocess.mirror.asymmetric",
            "B-spline": None,
            "foreground": None,
            "study": "preprocess.brain.skipped",
        },
    ),
    "a row": (
        "60 x 1 x 1|single slice|expected at least",
        {
            "bias": None,
            "bias in a mask": None,
            "B-spline": None,
            "foreground": None,
            "study": "preprocess.brain.skipped",
        },
    ),
    "two slices": (
        "60 x 60 x 2|single slice",
        {
            "bias": None,
            "bias in a mask": None,
            "tissue": None,
            "mirror": "preprocess.mirror.asymmetric",
            "B-spline": None,
            "foreground": None,
            "study": "preprocess.brain.skipped",
        },
    ),
    "tiny": ("2 x 2 x 2|single slice|at least", {"B-spline": None, "foreground": None}),
}


def arrays_of(result):
    if isinstance(result, preprocess.PreprocessResult):
        return [image.array for image in result.study.structural.values()]
    names = ("array", "mask", "field", "corrected", "labels", "white_matter")
    found = [value for name in names if not callable(value := getattr(result, name, len))]
    return [getattr(value, "array", value) for value in found]


@pytest.mark.parametrize("kind", EXPECTED)
@pytest.mark.parametrize("step", STEPS)
def test_an_error_or_flags(head, step, kind, capfd):
    words, otherwise = EXPECTED[kind]
    expected = otherwise.get(step, words)
    if expected is None or expected.startswith("preprocess."):
        result = STEPS[step](broken(head, kind), head)
        for array in arrays_of(result):
            assert np.isfinite(array).all()
        if expected:
            flags = result.study.flags if isinstance(result, preprocess.PreprocessResult) else result.flags
            assert expected in {flag.code for flag in flags}
    else:
        with pytest.raises(bolus.DataError, match=expected):
            STEPS[step](broken(head, kind), head)
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err == ""


def test_nan_after_the_baseline_is_refused(head):
    array = np.array(series(head.t1).array)
    array[20, 20, 20, 9] = np.nan
    made = bolus.PerfusionSeries(array, np.arange(12) * 1.5, head.t1.affine, echo_time=0.03)
    with pytest.raises(bolus.DataError, match=r"dsc: 1 of 1603584 values are NaN"):
        preprocess.Preprocess(spacing=4)(io.StudyImages("x", {"cet1": head.contrast_t1}, made))


def test_masks_that_mark_nothing_or_lie_elsewhere(head):
    nothing = bolus.Mask(np.zeros(head.t1.array.shape, np.uint8), head.t1.affine)
    elsewhere = bolus.Mask(np.ones((9, 9, 9), np.uint8))
    assert preprocess.BrainMaskCheck()(nothing).verdict == "failed"
    for step in (
        lambda mask: preprocess.BiasCorrection()(head.t1, mask),
        lambda mask: preprocess.TissueClassification()(head.t1, mask),
        lambda mask: preprocess.RigidRegistration()(head.t1, head.t2, mask),
        lambda mask: preprocess.SymmetrySearch()(head.t1, mask),
        lambda mask: preprocess.Preprocess(spacing=4)(
            io.StudyImages("x", {"cet1": head.t1}), preprocess.GivenBrainMask(mask)
        ),
    ):
        with pytest.raises(bolus.DataError):
            step(nothing)
        with pytest.raises(bolus.GeometryError):
            step(elsewhere)
    with pytest.raises(bolus.DataError, match="marks no voxel"):
        preprocess.BrainConsensus()([nothing])
