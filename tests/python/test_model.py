"""The network against PyTorch, training steps against PyTorch, weight files against the safetensors package."""

import pickle
import struct
import threading

import numpy as np
import pytest
import torch
from torch import nn

import bolus
from bolus._core.model import IDHClassifier as Training
from bolus.model import (
    AttentionLSTM,
    CrossValidation,
    NetworkShape,
    attention_course,
    load_checkpoint,
    random_network,
    save_checkpoint,
)


class TorchAttentionLSTM(nn.Module):
    """The published network in plain PyTorch."""

    def __init__(self, shape):
        super().__init__()
        convolution = nn.Conv1d(
            shape.channels, shape.convolution_channels, shape.kernel_size, padding=shape.kernel_size // 2
        )
        self.convolution = nn.ModuleList([convolution])
        self.lstm = nn.LSTM(shape.convolution_channels, shape.hidden_size, bidirectional=True, batch_first=True)
        self.attention = nn.Linear(2 * shape.hidden_size, 1)
        self.classifier = nn.Linear(2 * shape.hidden_size, 1)
        self.tanh = shape.attention_activation == "tanh"

    def forward(self, x):
        states, _ = self.lstm(torch.relu(self.convolution[0](x)).transpose(1, 2))
        scores = self.attention(states).squeeze(-1)
        weights = torch.softmax(torch.tanh(scores) if self.tanh else scores, dim=1)
        context = (weights.unsqueeze(-1) * states).sum(dim=1)
        return self.classifier(context).squeeze(-1), weights


def as_torch(network):
    module = TorchAttentionLSTM(network.shape)
    module.load_state_dict({name: torch.from_numpy(array) for name, array in network.weights.items()})
    return module


def easy_data(patients=30, windows=2, channels=3, steps=20, seed=0, noise=0.7):
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(patients) % 3 == 0, windows).astype(int)
    slope = np.linspace(-1.5, 1.5, steps)
    curves = np.where(labels, -1, 1)[:, None, None] * slope + noise * generator.normal(
        size=(len(labels), channels, steps)
    )
    names = [f"patient {i // windows}" for i in range(len(labels))]
    return bolus.Dataset(curves.astype("f4"), labels=labels, patients=names, time_step=1.5)


QUICK = dict(hidden_size=4, convolution_channels=4, kernel_size=3, max_epochs=5, learning_rate=0.02, batch_size=16)


@pytest.mark.parametrize("activation", ["none", "tanh"])
def test_prediction_equals_pytorch(activation):
    network = random_network(NetworkShape(attention_activation=activation), 5)
    X = np.random.default_rng(0).normal(size=(200, 5, 45)).astype("f4")
    prediction = network.predict(X)
    with torch.no_grad():
        logit, attention = as_torch(network)(torch.from_numpy(X))
    np.testing.assert_allclose(prediction.logit, logit, atol=1e-6)
    np.testing.assert_allclose(prediction.probability, torch.sigmoid(logit), atol=1e-6)
    np.testing.assert_allclose(prediction.attention, attention, atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"gradient_clip": 0.0},
        {"gradient_clip": 0.01, "weight_decay": 0.1, "attention_activation": "tanh"},
        {"class_weights": "none"},
    ],
)
def test_training_steps_equal_pytorch(options):
    """Three full-batch steps of Adam, so that the order of samples does not matter."""
    data = easy_data()
    options = {
        "hidden_size": 8,
        "max_epochs": 3,
        "batch_size": len(data),
        "validation_fraction": 0.0,
        "gradient_clip": 1.0,
        "seed": 7,
    } | options
    fitted = Training(**options).fit(data)

    shape = fitted.network.shape
    module = as_torch(random_network(shape, 7))
    options = Training(**options).options()
    optimiser = torch.optim.Adam(module.parameters(), lr=options["learning_rate"], weight_decay=options["weight_decay"])
    X, y = torch.from_numpy(data.curves.copy()), torch.from_numpy(data.labels).float()
    positives = y.sum()
    weights = torch.ones_like(y)
    if options["class_weights"] == "balanced":
        weights = torch.where(y == 1, len(y) / (2 * positives), len(y) / (2 * (len(y) - positives)))
    losses = []
    for _ in range(3):
        optimiser.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(module(X)[0], y, weight=weights)
        loss.backward()
        if options["gradient_clip"] > 0:
            nn.utils.clip_grad_norm_(module.parameters(), options["gradient_clip"])
        optimiser.step()
        losses.append(loss.item())
    np.testing.assert_allclose(fitted.history.loss, losses, rtol=1e-5)
    # The attention bias shifts all scores alike, so without tanh its gradient is rounding noise, which Adam scales up.
    skip = {"attention.bias"} if shape.attention_activation == "none" else set()
    for name, parameter in module.named_parameters():
        if name not in skip:
            np.testing.assert_allclose(fitted.network.weights[name], parameter.detach(), atol=2e-5, err_msg=name)


def test_results_do_not_depend_on_torch_threads_or_neighbours():
    data = easy_data()
    classifier = Training(**QUICK, dropout=0.2, seed=3)
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            torch.set_num_threads(threads)
            results.append(classifier.fit(data).network)
            assert torch.get_num_threads() == threads
            found = []
            thread = threading.Thread(target=lambda found=found: found.append(torch.get_num_threads()))
            thread.start()
            thread.join()
            assert found == [threads], "threads that start after a training must find what the user set"
        together = [None] * 4

        def train(place):
            together[place] = classifier.fit(data).network

        threads = [threading.Thread(target=train, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        torch.set_num_threads(before)
    assert all(network == results[0] for network in results + together)


def test_training_leaves_torchs_random_numbers_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    Training(**QUICK).fit(easy_data())
    assert torch.equal(torch.rand(3), expected)


def test_cross_validation_is_by_patient_and_independent_of_threads():
    data = easy_data(36)
    stages = []
    result = CrossValidation(folds=3, seed=1, threads=1)(
        Training(**QUICK), data, progress=lambda stage, done, total: stages.append((stage, done, total))
    )
    assert stages[-1] == ("cross-validation", 15, 15)
    assert result.mean_auc > 0.9
    for patient in set(data.patients):
        assert len(set(result.fold[data.patients == patient])) == 1
    for k in range(3):
        assert set(data.labels[result.fold == k]) == {0, 1}
    for threads in (2, 4):
        other = CrossValidation(folds=3, seed=1, threads=threads)(Training(**QUICK), data)
        assert (other.prediction.probability == result.prediction.probability).all()
        assert (other.prediction.attention == result.prediction.attention).all()
        assert [m.network for m in other.models] == [m.network for m in result.models]
    frame = result.to_frame()
    assert list(frame.columns) == ["fold", "samples", "best_epoch", "auc"]
    assert frame["samples"].sum() == len(data)
    copy = pickle.loads(pickle.dumps(result))
    assert (copy.fold == result.fold).all() and (copy.auc == result.auc).all()
    assert "<table" in result._repr_html_() and "3 folds" in repr(result)


def test_cross_validation_takes_the_estimator():
    data = easy_data(36)
    estimator = bolus.IDHClassifier(**QUICK, random_state=5)
    ours = CrossValidation(folds=3)(estimator, data)
    assert ours.models[0].network == CrossValidation(folds=3)(Training(**QUICK, seed=5), data).models[0].network
    assert not hasattr(estimator, "network_")
    with pytest.raises(bolus.OptionError, match="expected a bolus.IDHClassifier"):
        CrossValidation()("svm", data)


def test_cancelling():
    endless = Training(**QUICK | {"max_epochs": 10**6, "patience": 10**6})
    for work in (
        lambda p: endless.fit(easy_data(), progress=p),
        lambda p: CrossValidation(3)(endless, easy_data(), progress=p),
    ):
        with pytest.raises(bolus.Cancelled):
            work(lambda stage, done, total: False)
        with pytest.raises(ZeroDivisionError):
            work(lambda stage, done, total: 1 / 0)


def test_patients_get_the_mean_of_their_samples():
    data = easy_data(4, windows=3)
    network = random_network(NetworkShape(channels=3), 0)
    result = network.predict_patients(data)
    samples = network.predict(data.curves)
    np.testing.assert_allclose(result.probability, samples.probability.reshape(4, 3).mean(axis=1))
    np.testing.assert_allclose(result.attention, samples.attention.reshape(4, 3, -1).mean(axis=1))
    assert list(result.to_frame()["samples"]) == [3] * 4
    assert "<table" in result._repr_html_()
    assert (pickle.loads(pickle.dumps(result)).probability == result.probability).all()


def test_attention_is_mapped_back_to_seconds():
    windows = bolus.Dataset(np.zeros((2, 1, 3), "f4"), patients=["a", "a"], start_times=[0.0, 2.0], time_step=2.0)
    course = attention_course(windows, np.array([[0.5, 0.25, 0.25], [0.75, 0.25, 0.0]]))
    np.testing.assert_allclose(course.times, [0, 2, 4, 6])
    np.testing.assert_allclose(course.attention, np.array([0.5, 0.5, 0.25, 0.0]) / 1.25)


def test_results_show_themselves():
    fitted = Training(**QUICK).fit(easy_data())
    columns = ["epoch", "loss", "validation_loss", "validation_auc", "learning_rate", "seconds"]
    assert list(fitted.history.to_frame().columns) == columns
    prediction = fitted.network.predict(easy_data().curves)
    assert list(prediction.to_frame().columns) == ["probability", "logit", "attention_peak"]
    for result in (fitted, fitted.history, prediction):
        assert "<table" in result._repr_html_()
        assert repr(result).startswith(type(result).__name__)
        pickle.loads(pickle.dumps(result))
    assert "hidden_size=4" in repr(Training(**QUICK))
    assert repr(fitted.network).startswith("AttentionLSTM(3 channels")


def test_network_survives_pickle():
    network = Training(**QUICK).fit(easy_data()).network
    network.notes = {"by": "test"}
    assert pickle.loads(pickle.dumps(network)) == network


def test_the_safetensors_package_reads_our_file(tmp_path):
    safetensors = pytest.importorskip("safetensors")
    network = random_network(NetworkShape(), 2)
    network.channel_names = ["ET", "NET", "ED", "WT", "AIF"]
    path = tmp_path / "weights.safetensors"
    save_checkpoint(network, path)
    with safetensors.safe_open(path, framework="np") as file:
        assert set(file.keys()) == set(network.weights)
        for name, array in network.weights.items():
            np.testing.assert_array_equal(file.get_tensor(name), array)
        metadata = file.metadata()
    assert metadata["schema_version"] == "2"
    assert metadata["bolus_version"] == bolus.__version__
    assert metadata["simulated"] == "false"
    assert metadata["channel_names"] == '["ET","NET","ED","WT","AIF"]'


def test_we_read_a_file_of_the_safetensors_package(tmp_path):
    numpy_format = pytest.importorskip("safetensors.numpy")
    safetensors = pytest.importorskip("safetensors")
    network = random_network(NetworkShape(), 2)
    save_checkpoint(network, tmp_path / "ours.safetensors")
    with safetensors.safe_open(tmp_path / "ours.safetensors", framework="np") as file:
        metadata = file.metadata()
    numpy_format.save_file(network.weights, tmp_path / "theirs.safetensors", metadata=metadata)
    assert load_checkpoint(tmp_path / "theirs.safetensors") == network

    with pytest.raises(bolus.FormatError, match="metadata"):
        numpy_format.save_file(network.weights, tmp_path / "bare.safetensors")
        load_checkpoint(tmp_path / "bare.safetensors")
    with pytest.raises(bolus.VersionError, match="schema version 3"):
        numpy_format.save_file(
            network.weights, tmp_path / "new.safetensors", metadata=metadata | {"schema_version": "3"}
        )
        load_checkpoint(tmp_path / "new.safetensors")
    with pytest.raises(bolus.FormatError, match="attention.weight.*F64"):
        doubles = network.weights | {"attention.weight": network.weights["attention.weight"].astype("f8")}
        numpy_format.save_file(doubles, tmp_path / "double.safetensors", metadata=metadata)
        load_checkpoint(tmp_path / "double.safetensors")


def test_bad_weight_files(tmp_path):
    path = tmp_path / "weights.safetensors"
    save_checkpoint(random_network(NetworkShape(), 0), path)
    content = path.read_bytes()
    with pytest.raises(bolus.IoError, match="exists"):
        save_checkpoint(random_network(NetworkShape(), 1), path)
    assert path.read_bytes() == content
    save_checkpoint(random_network(NetworkShape(), 1), path, overwrite=True)
    assert [p.name for p in tmp_path.iterdir()] == ["weights.safetensors"]
    for damaged in (b"", b"abc", content[: len(content) // 2], struct.pack("<Q", 2**63) + content[8:], content[8:]):
        path.write_bytes(damaged)
        with pytest.raises(bolus.FormatError, match="weights.safetensors"):
            load_checkpoint(path)
    for missing in (tmp_path, tmp_path / "none.safetensors"):
        with pytest.raises(bolus.IoError):
            load_checkpoint(missing)
    with pytest.raises(bolus.IoError, match="folder"):
        save_checkpoint(random_network(NetworkShape(), 0), tmp_path / "no" / "weights.safetensors")


def test_networks_from_arrays_are_checked():
    shape = NetworkShape(channels=2, hidden_size=3)
    good = random_network(shape, 0)
    assert AttentionLSTM(shape, good.weights) == good
    assert shape.weight_shapes() == {name: array.shape for name, array in good.weights.items()}
    with pytest.raises(bolus.FormatError, match="lstm.bias_ih_l0"):
        AttentionLSTM(shape, {k: v for k, v in good.weights.items() if k != "lstm.bias_ih_l0"})
    with pytest.raises(bolus.FormatError, match="classifier.weight.*1 x 4.*1 x 6"):
        AttentionLSTM(shape, good.weights | {"classifier.weight": np.zeros((1, 4))})
    with pytest.raises(bolus.FormatError, match="NaN"):
        AttentionLSTM(shape, good.weights | {"classifier.bias": np.array([np.nan])})
    with pytest.raises(bolus.OptionError, match="kernel_size"):
        random_network(NetworkShape(kernel_size=4), 0)
    with pytest.raises(bolus.OptionError, match="'none', 'tanh'"):
        NetworkShape(attention_activation="relu")


@pytest.mark.parametrize(
    "X", [np.zeros((0, 3, 5)), np.zeros((2, 3, 0)), np.zeros(5), np.zeros((2, 4, 5)), np.full((2, 3, 5), np.nan)]
)
def test_unusable_samples(X):
    with pytest.raises((bolus.ShapeError, bolus.DataError)):
        random_network(NetworkShape(channels=3), 0).predict(X)
