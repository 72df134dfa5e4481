"""From a study to a prediction, on a phantom and on real anatomy."""

import json
import shutil

import numpy as np
import pytest

import bolus
from bolus.pipeline import ExtractCurves, MakeWindows, PredictStudy, predictions_to_json, read_windows, score_patients

CHANNELS = ["ET", "NET", "ED", "WT", "AIF"]


@pytest.fixture(scope="module")
def network():
    shape = bolus.model.NetworkShape(channels=5)
    weights = bolus.model.random_network(shape, 1).weights
    return bolus.model.AttentionLSTM(shape, weights, CHANNELS, steps=45, time_step=1.5)


@pytest.fixture(scope="module")
def trained():
    cohort = bolus.simulate.CohortSimulator(patients=120, seed=2)()
    dataset = cohort.dataset()
    classifier = bolus.IDHClassifier(max_epochs=12, random_state=0).fit(dataset)
    return classifier, dataset


@pytest.fixture(scope="module")
def phantom():
    labels = np.zeros((20, 20, 12), np.uint8)
    labels[3:9, 7:13, 3:9] = 2
    labels[4:8, 8:12, 4:8] = 1
    labels[5:7, 9:11, 5:7] = 4
    affine = np.diag([4.0, 4.0, 5.0, 1.0])
    brain = bolus.Mask(np.ones(labels.shape, np.uint8), affine)
    return bolus.simulate.PerfusionPhantom(seed=1)(bolus.LabelMap(labels, affine), brain)


def study_of(phantom, **changes):
    parts = {"patient": "p1", "perfusion": phantom.series, "labels": phantom.labels, "arterial_mask": phantom.arterial}
    return bolus.io.StudyImages(**(parts | changes))


def test_a_study_folder_becomes_a_prediction(tmp_path, phantom, network):
    folder = tmp_path / "patient07"
    folder.mkdir()
    bolus.io.write_perfusion_series(folder / "dsc.nii.gz", phantom.series)
    bolus.io.write_label_map(folder / "labels.nii.gz", phantom.labels)
    bolus.io.write_mask(folder / "aif.nii.gz", phantom.arterial)
    images = bolus.io.read_study(bolus.io.find_study(folder))
    from_files = PredictStudy()(images, network)
    in_memory = PredictStudy()(study_of(phantom), network)
    assert from_files.patient == "patient07"
    assert from_files.probability == in_memory.probability
    assert from_files.provenance.simulated  # the sidecar remembers that no scanner made this series
    np.testing.assert_allclose(from_files.attention.attention.sum(), 1)
    assert from_files.attention.times[-1] == pytest.approx(phantom.series.times[-1])


def test_what_was_simulated_is_marked_all_the_way(phantom, trained):
    classifier, dataset = trained
    assert dataset.simulated
    assert classifier.network_.simulated
    prediction = PredictStudy()(study_of(phantom), classifier.network_)
    assert "model.simulated" in [flag.code for flag in prediction.flags]
    parsed = json.loads(predictions_to_json([prediction]))
    assert parsed[0]["provenance"]["simulated"] is True
    assert "not a medical device" in parsed[0]["notice"]


def test_curve_tables_give_the_same_samples_as_the_cohort(tmp_path):
    cohort = bolus.simulate.CohortSimulator(patients=12, seed=4)()
    path = tmp_path / "curves.csv"
    bolus.io.write_curves(path, bolus.io.curves_of(cohort))
    dataset, expected = read_windows(path), cohort.dataset()
    np.testing.assert_array_equal(dataset.curves, expected.curves)
    np.testing.assert_array_equal(dataset.labels, expected.labels)
    np.testing.assert_array_equal(dataset.patients, expected.patients)
    assert dataset.simulated


def test_scores_agree_with_scikit_learn(trained):
    from sklearn.metrics import accuracy_score, recall_score, roc_auc_score

    classifier, dataset = trained
    scores = score_patients(classifier.network_, dataset, replicates=100)
    probability = classifier.predict_proba(dataset)[:, 1]
    assert scores["samples"]["auc"] == pytest.approx(roc_auc_score(dataset.labels, probability), abs=1e-12)
    assert scores["samples"]["accuracy"] == accuracy_score(dataset.labels, probability >= 0.5)
    assert scores["samples"]["sensitivity"] == recall_score(dataset.labels, probability >= 0.5)
    by_patient = [probability[dataset.patients == patient].mean() for patient in np.unique(dataset.patients)]
    labels = [dataset.labels[dataset.patients == patient][0] for patient in np.unique(dataset.patients)]
    assert scores["patients"]["auc"] == pytest.approx(roc_auc_score(labels, by_patient), abs=1e-12)
    assert scores["patients"]["n"] == 120


def test_a_segmenter_written_in_python_is_called(phantom, network):
    class EverythingIsOedema(bolus.segment.Segmenter):
        def __call__(self, study, progress=None):
            image = study.structural["cet1"]
            labels = np.zeros(image.array.shape, np.uint8)
            labels[4:12, 4:12, 4:8] = 2
            return bolus.LabelMap(labels, image.affine)

        def name(self):
            return "everything is oedema"

    cet1 = bolus.Image(np.full(phantom.labels.array.shape, 100, np.float32), phantom.labels.affine)
    align = bolus.preprocess.Preprocess(register_images=False, correct_bias=False, spacing=4.0)
    images = study_of(phantom, labels=None, structural={"cet1": cet1})
    prediction = PredictStudy(ExtractCurves(preprocess=align))(images, network, EverythingIsOedema())
    assert prediction.provenance.options["segmenter"] == "everything is oedema"


def test_labels_outside_the_brain_are_flagged_and_those_wholly_outside_refused(phantom, network):
    signal = phantom.series.array.copy(order="F")
    signal[:6] = 0  # the labelled part from x = 3 to 8 is now half outside
    series = bolus.PerfusionSeries(signal, phantom.series.times, phantom.series.affine, echo_time=0.03)
    prediction = PredictStudy()(study_of(phantom, perfusion=series), network)
    assert "segment.outside_brain" in [flag.code for flag in prediction.flags]
    signal[:9] = 0
    series = bolus.PerfusionSeries(signal, phantom.series.times, phantom.series.affine, echo_time=0.03)
    with pytest.raises(bolus.DataError, match="outside the brain"):
        PredictStudy()(study_of(phantom, perfusion=series), network)


def test_an_unsuitable_table_is_told_why(tmp_path, network):
    path = tmp_path / "curves.csv"
    path.write_text("patient,time,ET\na,0,1\na,1,2\n")
    with pytest.raises(bolus.DataError, match="no labels"):
        read_windows(path, require_labels=True)
    with pytest.raises(bolus.DataError, match="missing here: NET, ED, WT, AIF"):
        read_windows(path, network=network)
    with pytest.raises(bolus.IoError):
        read_windows(tmp_path / "none.csv")


def test_progress_can_stop_a_prediction(phantom, network):
    with pytest.raises(bolus.Cancelled):
        PredictStudy()(study_of(phantom), network, progress=lambda stage, done, total: False)


def test_steps_show_their_options():
    assert "SlidingWindows(count=8" in repr(MakeWindows())


def test_real_anatomy_with_a_simulated_bolus(real_data, tmp_path, trained):
    """A skull-stripped real glioma with its label map, a DSC series simulated on it, and the way to attention."""
    case = real_data / "brats-cases" / "tcga-fg-6692"
    folder = tmp_path / "tcga-fg-6692"
    folder.mkdir()
    shutil.copy(case / "t1ce.nii.gz", folder / "cet1.nii.gz")
    shutil.copy(case / "original" / "labels.nii.gz", folder / "labels.nii.gz")
    labels = bolus.io.read_label_map(folder / "labels.nii.gz")
    cet1 = bolus.io.read_image(folder / "cet1.nii.gz")
    brain = bolus.Mask((cet1.array > 0).astype(np.uint8), cet1.affine)
    phantom = bolus.simulate.PerfusionPhantom(shrink=(3, 3, 5), seed=1)(labels, brain)
    bolus.io.write_perfusion_series(folder / "dsc.nii.gz", phantom.series)
    bolus.io.write_mask(folder / "aif.nii.gz", phantom.arterial)

    # The series is on its own grid of 3 x 3 x 5 mm; the labels are carried there from the 1 mm grid of CET1.
    images = bolus.io.read_study(bolus.io.find_study(folder))
    align = bolus.preprocess.Preprocess(register_images=False, correct_bias=False)
    curves = ExtractCurves(preprocess=align)(images)
    expected = phantom.labels.voxel_count("WT")
    assert abs(curves.labels.voxel_count("WT") - expected) < 0.1 * expected
    truth = phantom.truth
    for name in ("ET", "NET", "ED", "AIF"):
        # Shape against truth: scale and the texture of single voxels do not matter to the model.
        assert np.corrcoef(curves.signals[name], truth[name])[0, 1] > 0.99, name

    classifier, _ = trained
    prediction = PredictStudy(ExtractCurves(preprocess=align))(images, classifier.network_)
    assert 0 <= prediction.probability <= 1
    assert prediction.attention.attention.argmax() > 0
    assert prediction.windows.probability.shape == (8,)
    assert np.isfinite(prediction.attention.attention).all()
