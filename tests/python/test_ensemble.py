"""Ensembles, patient-level aggregation, voxel-wise probability maps."""

import pickle

import numpy as np
import pytest

import bolus
from bolus.model import (
    CrossValidation,
    Ensemble,
    NetworkShape,
    SeedEnsemble,
    aggregate_patients,
    fold_ensemble,
    load_checkpoint,
    load_ensemble,
    random_network,
    save_checkpoint,
    save_ensemble,
)


def easy_data(patients=18, windows=2, channels=2, steps=16, seed=0, noise=1.0):
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(patients) % 3 == 0, windows).astype(int)
    slope = np.linspace(-1.5, 1.5, steps)
    curves = np.where(labels, -1, 1)[:, None, None] * slope + noise * generator.normal(
        size=(len(labels), channels, steps)
    )
    names = [f"patient {i // windows}" for i in range(len(labels))]
    return bolus.Dataset(curves.astype("f4"), labels=labels, patients=names, time_step=1.5)


QUICK = dict(hidden_size=4, convolution_channels=4, kernel_size=3, max_epochs=3, learning_rate=0.02, batch_size=16)


def test_ensembles_of_seeds_and_of_folds():
    data = easy_data()
    clf = bolus.IDHClassifier(**QUICK)
    ensemble = SeedEnsemble(members=3)(clf, data)
    assert ensemble == SeedEnsemble(members=3, threads=1)(clf, data)
    alone = bolus.IDHClassifier(**QUICK, random_state=2).fit(data).network_
    assert all(np.array_equal(alone.weights[name], values) for name, values in ensemble.networks[2].weights.items())

    prediction = ensemble.predict(data.curves)
    each = np.array([network.predict(data.curves).probability for network in ensemble.networks])
    np.testing.assert_allclose(prediction.probability, each.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(prediction.standard_deviation, each.std(axis=0, ddof=1), atol=1e-14)
    np.testing.assert_array_equal(prediction.members, each.T)
    attention = np.mean([network.predict(data.curves).attention for network in ensemble.networks], axis=0)
    np.testing.assert_allclose(prediction.attention, attention, atol=1e-14)
    patients = ensemble.predict_patients(data, aggregation="maximum")
    np.testing.assert_allclose(patients.members, each.reshape(3, -1, 2).max(axis=2).T, atol=1e-14)
    assert patients.to_frame().columns.tolist() == ["patient", "probability", "standard_deviation", "samples"]

    folds = CrossValidation(folds=3)(clf, data)
    assert fold_ensemble(folds).networks == [model.network for model in folds.models]
    for result in (ensemble, prediction, patients):
        assert "<table" in result._repr_html_()
        assert repr(pickle.loads(pickle.dumps(result))) == repr(result)
    with pytest.raises(bolus.OptionError, match="members"):
        SeedEnsemble(members=0)(clf, data)
    with pytest.raises(bolus.DataError, match="no network"):
        Ensemble([])
    with pytest.raises(bolus.ShapeError, match="other channels"):
        Ensemble([random_network(NetworkShape(channels=2), 0), random_network(NetworkShape(channels=3), 0)])


def test_an_ensemble_is_saved_as_one_file(tmp_path):
    ensemble = Ensemble([random_network(NetworkShape(channels=2, hidden_size=h), h) for h in (3, 4)])
    path = tmp_path / "ensemble.safetensors"
    save_ensemble(ensemble, path)
    assert load_ensemble(path) == ensemble
    with pytest.raises(bolus.IoError, match="exists"):
        save_ensemble(ensemble, path)
    save_ensemble(ensemble, path, overwrite=True)

    numpy_file = pytest.importorskip("safetensors.numpy").load_file(path)
    (tmp_path / "one.safetensors").write_bytes(numpy_file["network.1"].tobytes())
    assert load_checkpoint(tmp_path / "one.safetensors") == ensemble.networks[1]

    save_checkpoint(ensemble.networks[0], tmp_path / "network.safetensors")
    with pytest.raises(bolus.FormatError, match="load_checkpoint"):
        load_ensemble(tmp_path / "network.safetensors")
    with pytest.raises(bolus.FormatError, match=r"bolus\.ensemble"):
        load_checkpoint(path)
    with pytest.raises(bolus.IoError):
        load_ensemble(tmp_path / "nothing")
    content = path.read_bytes()
    for size in (0, 5, 8, 60, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:size])
        with pytest.raises(bolus.FormatError):
            load_ensemble(path)


@pytest.mark.parametrize("aggregation", ["mean", "median", "maximum", "logit_mean"])
def test_windows_become_patients_as_declared(aggregation):
    data = easy_data(patients=5, windows=4)
    network = random_network(NetworkShape(channels=2, hidden_size=4), 3)
    samples = network.predict(data.curves)
    how = {
        "mean": lambda p, z: p.mean(axis=1),
        "median": lambda p, z: np.median(p, axis=1),
        "maximum": lambda p, z: p.max(axis=1),
        "logit_mean": lambda p, z: 1 / (1 + np.exp(-z.mean(axis=1))),
    }[aggregation]
    expected = how(samples.probability.reshape(5, 4), samples.logit.reshape(5, 4))
    found = network.predict_patients(data, aggregation=aggregation)
    np.testing.assert_allclose(found.probability, expected, rtol=1e-13)
    again = aggregate_patients(data.patients, samples, aggregation)
    np.testing.assert_array_equal(again.probability, found.probability)
    if aggregation == "mean":
        np.testing.assert_array_equal(network.predict_patients(data).probability, found.probability)
    with pytest.raises(bolus.OptionError, match="'median'"):
        network.predict_patients(data, aggregation="mode")


pipeline = pytest.importorskip("bolus._core.pipeline", reason="built without imaging")


@pytest.fixture(scope="module")
def phantom():
    head = bolus.simulate.HeadPhantom(seed=2, size=(48, 58, 48), spacing=(4, 4, 4))()
    study = bolus.simulate.PerfusionPhantom(seed=3, volumes=40)(head)
    signals = bolus.dsc.RegionCurves()(study.series, study.labels, study.arterial)
    network = random_network(NetworkShape(channels=5, hidden_size=4), 1)
    network.channel_names = signals.names
    return study, signals, network


def test_every_voxels_curve_goes_through_the_model(phantom):
    from bolus.pipeline import MakeWindows, ProbabilityMap

    study, signals, network = phantom
    result = ProbabilityMap()(study.series, study.labels, signals, network)
    labels = np.asarray(study.labels.array)
    image = np.asarray(result.probability.array)
    assert (np.isfinite(image) == (labels > 0)).all()
    assert result.voxel_count == (labels > 0).sum() and result.excluded_count == 0
    assert result.mean == pytest.approx(np.nanmean(image), abs=1e-6)
    assert (np.nanmin(np.asarray(result.standard_deviation.array))) >= 0

    # By hand: the voxel's curve as a CurveSet, through the steps of a patient.
    series = np.asarray(study.series.array)
    aif = signals.names.index("AIF")
    for place in np.argwhere(labels > 0)[[0, 20, -1]]:
        values = np.repeat(series[tuple(place)].astype(float)[:, None], 5, axis=1)
        values[:, aif] = signals.values[:, aif]
        dataset = MakeWindows()(bolus.CurveSet(signals.names, signals.times, values))
        expected = network.predict(dataset.curves)
        assert image[tuple(place)] == pytest.approx(expected.probability.mean(), abs=1e-6)
        found = np.asarray(result.standard_deviation.array)[tuple(place)]
        assert found == pytest.approx(expected.probability.std(), abs=1e-6)
    codes = {flag.code for flag in result.flags}
    assert "pipeline.voxel.noisy" in codes
    assert result.provenance.options["channels"] == "tissue" and result.provenance.simulated


def test_a_map_depends_on_neither_blocks_nor_threads(phantom):
    from bolus.pipeline import ProbabilityMap

    study, signals, network = phantom
    one = ProbabilityMap(channels="region", aggregation="logit_mean", threads=1)(
        study.series, study.labels, signals, network
    )
    other = ProbabilityMap(channels="region", aggregation="logit_mean", threads=2, block=37)(
        study.series, study.labels, signals, network
    )
    np.testing.assert_array_equal(np.asarray(one.probability.array), np.asarray(other.probability.array))
    tissue = ProbabilityMap(aggregation="logit_mean")(study.series, study.labels, signals, network)
    assert not np.array_equal(np.asarray(one.probability.array), np.asarray(tissue.probability.array))
    core = ProbabilityMap(region="ET")(study.series, study.labels, signals, network)
    labels = np.asarray(study.labels.array)
    assert (np.isfinite(np.asarray(core.probability.array)) == (labels == 4)).all()


def test_a_uniform_tumour_has_the_patients_probability_everywhere(phantom):
    """Where every tumour voxel has the tumour's mean curve, the map is the prediction of the patient."""
    from bolus.pipeline import PredictStudy, ProbabilityMap

    study, _, network = phantom
    labels = np.asarray(study.labels.array)
    values = np.array(study.series.array)
    values[labels > 0] = values[labels > 0].mean(axis=0)
    series = bolus.PerfusionSeries(values, study.series.times, affine=study.series.affine)
    uniform = bolus.dsc.RegionCurves()(series, study.labels, study.arterial)
    patient = PredictStudy().from_curves(uniform, network)
    for channels in ("tissue", "region"):
        result = ProbabilityMap(channels=channels)(series, study.labels, uniform, network)
        image = np.asarray(result.probability.array)
        np.testing.assert_allclose(image[labels > 0], patient.probability, atol=2e-5)


def test_a_map_is_written_as_nifti(phantom, tmp_path):
    from bolus.pipeline import ProbabilityMap

    study, signals, network = phantom
    result = ProbabilityMap()(study.series, study.labels, signals, network)
    bolus.io.write_image(tmp_path / "probability.nii.gz", result.probability)
    nibabel = pytest.importorskip("nibabel")
    read = nibabel.load(tmp_path / "probability.nii.gz")
    np.testing.assert_array_equal(read.get_fdata(dtype="f4"), np.asarray(result.probability.array))
    np.testing.assert_allclose(read.affine, study.series.affine, atol=1e-4)
    copy = pickle.loads(pickle.dumps(result))
    np.testing.assert_array_equal(np.asarray(copy.probability.array), np.asarray(result.probability.array))
    shown = result._repr_html_()
    assert "<table" in shown and f"{result.voxel_count}</td>" in shown and shown.count("data:image/png") == 3


def test_voxels_that_say_nothing_are_nan_and_counted(phantom):
    from bolus.pipeline import ProbabilityMap

    study, signals, network = phantom
    labels = np.asarray(study.labels.array)
    places = np.argwhere(labels > 0)
    values = np.array(study.series.array)
    values[tuple(places[0])] = 0.0
    values[tuple(places[1])][3] = np.nan
    series = bolus.PerfusionSeries(values, study.series.times, affine=study.series.affine)
    result = ProbabilityMap()(series, study.labels, signals, network)
    image = np.asarray(result.probability.array)
    assert result.excluded_count == 2
    assert (
        np.isnan(image[tuple(places[0])]) and np.isnan(image[tuple(places[1])]) and np.isfinite(image[tuple(places[2])])
    )
    assert "pipeline.voxel.excluded" in {flag.code for flag in result.flags}


def test_what_a_map_cannot_be_made_of(phantom):
    from bolus.pipeline import ProbabilityMap

    study, signals, network = phantom
    empty = bolus.LabelMap(np.zeros(study.labels.array.shape, "u1"), affine=study.series.affine)
    with pytest.raises(bolus.DataError, match="no voxel"):
        ProbabilityMap()(study.series, empty, signals, network)
    short = bolus.CurveSet(signals.names, signals.times[:-1], signals.values[:-1])
    with pytest.raises(bolus.DataError, match="same series"):
        ProbabilityMap()(study.series, study.labels, short, network)
    lacking = bolus.CurveSet(signals.names[:4], signals.times, signals.values[:, :4])
    with pytest.raises(bolus.DataError, match="AIF"):
        ProbabilityMap()(study.series, study.labels, lacking, network)
    with pytest.raises(bolus.DataError, match="does not name"):
        ProbabilityMap()(study.series, study.labels, signals, random_network(NetworkShape(channels=5), 1))
    other = bolus.LabelMap(np.ones((3, 3, 3), "u1"), affine=np.eye(4))
    with pytest.raises(bolus.GeometryError):
        ProbabilityMap()(study.series, other, signals, network)
    with pytest.raises(bolus.OptionError):
        ProbabilityMap(channels="voxel")
    with pytest.raises(bolus.Cancelled):
        ProbabilityMap()(study.series, study.labels, signals, network, progress=lambda *_: False)
