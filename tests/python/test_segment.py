import numpy as np
import pytest

import bolus
from bolus.segment import CascadeSegmenter, GivenLabels, Segmenter, check_labels, random_cascade


def labels(value=4, size=4):
    array = np.zeros((size, size, size), np.uint8)
    array[1, 1, 1] = value
    return bolus.LabelMap(array)


def study(size=4):
    return bolus.AlignedStudy({"cet1": bolus.Image(np.ones((size, size, size), np.float32))}, labels=labels(2, size))


def test_given_labels_are_handed_on():
    assert GivenLabels(labels(1))(study()).voxel_count("NET") == 1
    assert GivenLabels()(study()).voxel_count("ED") == 1
    assert GivenLabels().name() == "given labels"


def test_given_labels_refuse_what_does_not_fit():
    with pytest.raises(bolus.GeometryError, match="grid"):
        GivenLabels(labels(size=5))(study())
    with pytest.raises(bolus.DataError, match="no tumour"):
        GivenLabels(labels(0))(study())
    with pytest.raises(bolus.DataError, match="no label map"):
        GivenLabels()(bolus.AlignedStudy({}))


def test_labels_outside_the_brain_are_flagged():
    brain = np.zeros((4, 4, 4), np.uint8)
    with pytest.raises(bolus.DataError, match="outside the brain"):
        check_labels(labels(), bolus.Mask(brain))
    brain[1, 1, 1] = 1
    assert [flag.code for flag in check_labels(labels(), bolus.Mask(brain))] == ["segment.region.empty"] * 2


class Threshold(Segmenter):
    """A user's segmenter."""

    def __init__(self, level):
        super().__init__()
        self.level = level

    def __call__(self, study, progress=None):
        return bolus.LabelMap((np.asarray(study.structural["cet1"].array) > self.level).astype(np.uint8) * 4)

    def name(self):
        return "threshold"


class Nothing(Segmenter):
    pass


class Wrong(Threshold):
    def __call__(self, study, progress=None):
        return "no labels"


class Failing(Threshold):
    def __call__(self, study, progress=None):
        raise KeyError("flair")


def through_cpp(segmenter, *arguments, **keywords):
    """Calls the C++ interface, which calls the Python class."""
    return Segmenter.__call__(segmenter, *arguments, **keywords)


def test_a_segmenter_can_be_written_in_python():
    seen = []
    result = through_cpp(Threshold(0.5), study(), progress=lambda *event: seen.append(event))
    assert result.voxel_count("ET") == 64
    assert Segmenter.name(Threshold(0.5)) == "threshold"
    assert Threshold(0.5).wants_bias_correction()
    assert not CascadeSegmenter(random_cascade(0)).wants_bias_correction()


def test_a_wrong_segmenter_is_told_so():
    with pytest.raises(bolus.OptionError, match="__call__"):
        through_cpp(Nothing(), study())
    with pytest.raises(bolus.DataError, match="expected a LabelMap"):
        through_cpp(Wrong(0.5), study())
    with pytest.raises(KeyError, match="flair"):
        through_cpp(Failing(0.5), study())
