"""The estimator against scikit-learn's rules: all of its checks apply and pass."""

import inspect
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import bolus
from bolus import IDHClassifier
from bolus._core.model import IDHClassifier as Training

QUICK = dict(hidden_size=4, convolution_channels=4, kernel_size=3, max_epochs=6, learning_rate=0.02, batch_size=16)

# scikit-learn's checks train on a handful of samples; none are held out, so that the few there are can be learnt.
CHECKED = IDHClassifier(
    hidden_size=4,
    convolution_channels=8,
    kernel_size=3,
    max_epochs=25,
    learning_rate=0.03,
    batch_size=32,
    validation_fraction=0.0,
)


@parametrize_with_checks([CHECKED])
def test_scikit_learn_rules(estimator, check):
    check(estimator)


def easy_data(patients=40, windows=2, channels=3, steps=16, seed=0, noise=0.7):
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(patients) % 3 == 0, windows).astype(int)
    slope = np.linspace(-1.5, 1.5, steps)
    X = np.where(labels, -1, 1)[:, None, None] * slope + noise * generator.normal(size=(len(labels), channels, steps))
    return X.astype("f4"), labels, np.repeat(np.arange(patients), windows)


def test_same_names_defaults_and_order_as_in_cpp():
    cpp = Training().options()
    ours = {name: p.default for name, p in inspect.signature(IDHClassifier).parameters.items()}
    python_only = {"warm_start": False, "variable_length": False, "callbacks": None}
    assert list(ours) == [*list(cpp)[:-1], *python_only, "random_state"]
    assert ours == {"random_state": cpp.pop("seed")} | cpp | python_only
    assert IDHClassifier().get_params() == ours


def test_it_learns_and_gives_attention():
    X, y, patients = easy_data()
    fresh, truth, _ = easy_data(seed=1)
    classifier = IDHClassifier(**QUICK).fit(X, y, groups=patients)
    probability = classifier.predict_proba(fresh)
    assert probability.shape == (len(fresh), 2)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    assert roc_auc_score(truth, probability[:, 1]) > 0.99
    assert (classifier.predict(fresh) == (probability[:, 1] > 0.5)).all()
    decision = classifier.decision_function(fresh)
    np.testing.assert_allclose(1 / (1 + np.exp(-decision)), probability[:, 1])
    attention = classifier.attention(fresh)
    assert attention.shape == (len(fresh), 16)
    np.testing.assert_allclose(attention.sum(axis=1), 1, atol=1e-5)
    assert classifier.n_features_in_ == 3
    columns = ["epoch", "loss", "validation_loss", "validation_auc", "learning_rate", "seconds"]
    assert list(classifier.history_.to_frame().columns) == columns
    assert "IDHClassifier" in classifier._repr_html_()


def test_two_dimensions_are_one_channel():
    X, y, _ = easy_data(channels=1)
    flat = IDHClassifier(**QUICK).fit(X[:, 0], y)
    deep = IDHClassifier(**QUICK).fit(X, y)
    assert flat.n_features_in_ == 16 and deep.n_features_in_ == 1
    assert (flat.predict_proba(X[:, 0]) == deep.predict_proba(X)).all()


@pytest.mark.parametrize(
    "labels",
    [
        np.array([0, 1]),
        np.array(["mutant", "wildtype"]),
        np.array([False, True]),
        np.array([-1.0, 2.0]),
        np.array(["a", "b"], object),
        np.array(["0", "1"]),
    ],
)
def test_any_two_labels_survive_saving(labels, tmp_path):
    X, y, _ = easy_data()
    classifier = IDHClassifier(**QUICK).fit(X, labels[y])
    assert (classifier.classes_ == labels).all()
    assert (classifier.predict(X) == labels[y]).mean() > 0.9
    classifier.save(tmp_path / "weights.safetensors")
    loaded = IDHClassifier.load(tmp_path / "weights.safetensors")
    assert loaded.classes_.dtype == labels.dtype
    assert (loaded.classes_ == labels).all()
    assert loaded.hidden_size == 4
    assert loaded.n_features_in_ == 3
    assert (loaded.predict_proba(X) == classifier.predict_proba(X)).all()
    with pytest.raises(bolus.IoError, match="exists"):
        classifier.save(tmp_path / "weights.safetensors")
    classifier.save(tmp_path / "weights.safetensors", overwrite=True)


def test_a_network_from_cpp_becomes_an_estimator(tmp_path):
    X, y, patients = easy_data()
    data = bolus.Dataset(X, labels=y, patients=[str(p) for p in patients])
    bolus.model.save_checkpoint(Training(**QUICK).fit(data).network, tmp_path / "weights.safetensors")
    loaded = IDHClassifier.load(tmp_path / "weights.safetensors")
    assert (loaded.classes_ == [0, 1]).all()
    assert loaded.network_.classes == ["wildtype", "mutant"]
    assert (loaded.predict(X) == y).mean() > 0.9


def test_clone_pickle_and_set_params():
    X, y, _ = easy_data()
    classifier = IDHClassifier(**QUICK).fit(X, y)
    copy = pickle.loads(pickle.dumps(classifier))
    assert (copy.predict_proba(X) == classifier.predict_proba(X)).all()
    assert copy.history_.loss == classifier.history_.loss
    again = clone(classifier)
    assert not hasattr(again, "network_")
    assert again.fit(X, y).network_ == classifier.network_
    assert again.set_params(hidden_size=3).fit(X, y).network_.shape.hidden_size == 3


def test_random_state():
    X, y, _ = easy_data()

    def network(state):
        return IDHClassifier(**QUICK, random_state=state).fit(X, y).network_

    assert network(0) == network(0) == network(np.int64(0))
    assert network(0) != network(1)
    assert network(np.random.default_rng(3)) == network(np.random.default_rng(3))
    assert network(np.random.RandomState(3)) == network(np.random.RandomState(3))
    assert network(None) != network(None)
    with pytest.raises(bolus.OptionError, match="random_state"):
        network(-1)


def test_validation_set_is_used():
    X, y, patients = easy_data()
    held_out = easy_data(seed=4)
    classifier = IDHClassifier(**QUICK).fit(
        X, y, groups=patients, validation=(held_out[0], held_out[1], held_out[2] + 1000)
    )
    assert len(classifier.history_.validation_loss) == len(classifier.history_.loss)
    with pytest.raises(bolus.DataError, match="patient '3' is in the training and in the validation"):
        IDHClassifier(**QUICK).fit(X, y, groups=patients, validation=(X[6:8], y[6:8] * 0 + [0, 1], patients[6:8]))
    with pytest.raises(bolus.DataError, match="not among"):
        IDHClassifier(**QUICK).fit(X, y, validation=(X[:3], [0, 1, 7]))


def test_scikit_learn_composition():
    X, y, patients = easy_data()
    flat, _, _ = easy_data(channels=1)
    probability = cross_val_predict(
        IDHClassifier(**QUICK), X, y, groups=patients, cv=StratifiedGroupKFold(3), method="predict_proba",
        params={"groups": patients},
    )  # fmt: skip
    assert roc_auc_score(y, probability[:, 1]) > 0.95
    search = GridSearchCV(
        IDHClassifier(**QUICK), {"hidden_size": [2, 4]}, cv=GroupKFold(2), n_jobs=2, scoring="roc_auc"
    )
    search.fit(X, y, groups=patients)
    assert search.best_score_ > 0.9
    pipeline = make_pipeline(StandardScaler(), IDHClassifier(**QUICK)).fit(flat[:, 0], y)
    assert pipeline.predict_proba(flat[:, 0]).shape == (len(y), 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda X, y: (X[:0], y[:0]),
        lambda X, y: (X[:1], y[:1]),
        lambda X, y: (X, y * 0),
        lambda X, y: (X, np.arange(len(y)) % 3),
        lambda X, y: (X, y + 0.5 * np.random.default_rng(0).normal(size=len(y))),
        lambda X, y: (X, y[:-1]),
        lambda X, y: (np.where(X > 2, np.nan, X), y),
        lambda X, y: (X[..., None], y),
        lambda X, y: (X[:, :, :0], y),
        lambda X, y: (X[0, 0], y),
        lambda X, y: (X, np.where(y == 1, np.nan, 0.0)),
        lambda X, y: (X[:3], y[:3]),
    ],
)
def test_unusable_data_are_bolus_errors(change):
    with pytest.raises(bolus.Error):
        IDHClassifier(**QUICK).fit(*change(*easy_data()[:2]))


def test_unusable_groups_and_samples_are_bolus_errors():
    X, y, patients = easy_data()
    with pytest.raises(bolus.ShapeError, match="groups"):
        IDHClassifier(**QUICK).fit(X, y, groups=patients[:-1])
    with pytest.raises(bolus.DataError, match="both classes"):
        IDHClassifier(**QUICK).fit(X, y, groups=patients // 2)
    classifier = IDHClassifier(**QUICK).fit(X, y)
    for wrong in (X[:, :2], np.full_like(X, np.nan), X[:0], X[0]):
        with pytest.raises(bolus.Error):
            classifier.predict_proba(wrong)


@pytest.mark.parametrize(
    "options",
    [
        {"hidden_size": -1},
        {"hidden_size": "many"},
        {"class_weights": "heavy"},
        {"kernel_size": 2},
        {"dropout": 1.5},
        {"optimizer": "sgd"},
        {"loss": "hinge"},
        {"focal_gamma": -1.0},
        {"schedule": "step"},
        {"warmup_epochs": 6},
        {"early_stopping": "accuracy"},
        {"batches": "sorted"},
        {"augment_shift": -1},
        {"augment_noise": float("nan")},
        {"augment_scale": 5.0},
        {"engine": "jax"},
        {"device": "tpu"},
        {"threads": -1},
        {"lstm_layers": 0},
    ],
)
def test_unusable_options_are_named_in_fit_not_before(options):
    classifier = IDHClassifier(**QUICK | options)
    with pytest.raises(bolus.OptionError, match=next(iter(options))):
        classifier.fit(*easy_data()[:2])


def test_progress_and_cancelling():
    X, y, _ = easy_data()
    events = []
    IDHClassifier(**QUICK).fit(X, y, progress=lambda *event: events.append(event))
    assert events[0][0] == "training" and events[-1][1:] == (6, 6)
    with pytest.raises(bolus.Cancelled):
        IDHClassifier(**QUICK).fit(X, y, progress=lambda *event: False)


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_stops_within_a_second():
    script = textwrap.dedent("""
        import signal, numpy as np, bolus
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background starts without it
        X = np.random.default_rng(0).normal(size=(4000, 5, 60)).astype("f4")
        y = np.arange(4000) % 2
        fit = bolus.IDHClassifier(max_epochs=10**6, patience=10**6, batch_size=1000).fit
        print("ready", flush=True)
        try:
            fit(X, y)
        except KeyboardInterrupt:
            print("stopped", flush=True)
    """)
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.0)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        assert time.monotonic() - begin < 1.0
        process.wait(10)
    finally:
        process.kill()


def test_importing_bolus_does_not_import_scikit_learn():
    code = "import bolus, bolus.model, sys; assert not {'sklearn', 'pandas', 'matplotlib'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_dataset_brings_labels_patients_and_names_along(tmp_path):
    cohort = bolus.simulate.CohortSimulator(patients=40, seed=3)()
    dataset = cohort.dataset()
    clf = bolus.IDHClassifier(max_epochs=2).fit(dataset)
    arrays = bolus.IDHClassifier(max_epochs=2).fit(dataset.curves, dataset.labels, groups=dataset.patients)
    np.testing.assert_array_equal(clf.predict_proba(dataset), arrays.predict_proba(dataset.curves))
    assert clf.network_.channel_names == ["ET", "NET", "ED", "WT", "AIF"]
    assert clf.network_.time_step == 1.5
    assert clf.network_.simulated
    assert not arrays.network_.simulated
    clf.save(tmp_path / "w.safetensors")
    again = bolus.IDHClassifier.load(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(again.classes_, [0, 1])
    np.testing.assert_array_equal(again.predict_proba(dataset), clf.predict_proba(dataset))
    with pytest.raises(bolus.OptionError, match="leave out y"):
        clf.fit(dataset, dataset.labels)
    with pytest.raises(bolus.OptionError, match="expected a Dataset"):
        clf.fit(dataset, validation=(dataset.curves, dataset.labels))
    with pytest.raises(bolus.OptionError, match="expected a tuple"):
        clf.fit(dataset.curves, dataset.labels, validation=dataset)
