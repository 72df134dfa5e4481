"""Training against PyTorch, after a kill, on any number of threads, and with callbacks."""

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import bolus
from bolus import IDHClassifier
from bolus._core.model import IDHClassifier as Training
from bolus.callbacks import Callback, EarlyStopping, EpochScoring, PrintLog, ProgressBar, StopTraining

QUICK = dict(hidden_size=4, convolution_channels=4, kernel_size=3, max_epochs=6, learning_rate=0.02, batch_size=16)


def easy_data(patients=40, windows=2, channels=3, steps=16, seed=0, noise=0.7):
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(patients) % 3 == 0, windows).astype(int)
    slope = np.linspace(-1.5, 1.5, steps)
    X = np.where(labels, -1, 1)[:, None, None] * slope + noise * generator.normal(size=(len(labels), channels, steps))
    return X.astype("f4"), labels, np.repeat(np.arange(patients), windows)


def dataset(suffix="", **options):
    X, y, patients = easy_data(**options)
    return bolus.Dataset(X, labels=y, patients=[f"{p}{suffix}" for p in patients])


class PeerNetwork(torch.nn.Module):
    """The same network from PyTorch's own modules."""

    def __init__(self, network):
        super().__init__()
        shape = network.shape
        self.convolution = torch.nn.ModuleList(
            [torch.nn.Conv1d(shape.channels, shape.convolution_channels, shape.kernel_size, padding="same")]
        )
        self.lstm = torch.nn.LSTM(shape.convolution_channels, shape.hidden_size, bidirectional=True, batch_first=True)
        self.attention = torch.nn.Linear(2 * shape.hidden_size, 1)
        self.classifier = torch.nn.Linear(2 * shape.hidden_size, 1)
        self.load_state_dict({name: torch.tensor(value) for name, value in network.weights.items()})

    def forward(self, x):
        states, _ = self.lstm(torch.relu(self.convolution[0](x)).transpose(1, 2))
        weight = torch.softmax(self.attention(states), 1)
        return self.classifier((weight * states).sum(1))[:, 0]


def peer_focal(logit, label, weight, gamma):
    """Lin et al. 2017, equation 5, from PyTorch's cross-entropy."""
    cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits(logit, label, reduction="none")
    return (weight * (1 - torch.exp(-cross_entropy)) ** gamma * cross_entropy).mean()


@pytest.mark.parametrize("engine", ["fused", "libtorch"])
@pytest.mark.parametrize(
    "options",
    [
        dict(),
        dict(weight_decay=0.05),
        dict(optimizer="adamw", weight_decay=0.3),
        dict(gradient_clip=0.05),
        dict(loss="focal", focal_gamma=1.5, gradient_clip=0.0),
        dict(loss="focal", class_weights="none"),
        dict(schedule="cosine", warmup_epochs=3),
        dict(schedule="plateau", patience=4, learning_rate=0.3, max_epochs=60),
    ],
    ids=str,
)
def test_every_step_is_that_of_torch_optim(options, engine):
    """All samples in one batch, so that an epoch is a step and their order does not matter."""
    training, validation = dataset(noise=1.5), dataset(" elsewhere", seed=1, noise=1.5)
    epochs = 12
    options = dict(
        hidden_size=4, convolution_channels=4, kernel_size=3, batch_size=1000, learning_rate=0.02, patience=100,
        gradient_clip=1.0, max_epochs=epochs, engine=engine,
    ) | options  # fmt: skip
    # The history is compared rather than the weights kept, which are those of the best epoch; the last ones come by callback.
    seen = []
    start = bolus.model.random_network(bolus.model.NetworkShape(3, 4, 4, 3), 5)
    fitted = Training(**options).fit(
        training, validation, initial=start, callback=lambda m, h, network, b, loss: seen.append(network)
    )
    ours = seen[-1].weights
    epochs = len(fitted.history)

    peer = PeerNetwork(start)
    x, label = torch.tensor(np.array(training.curves)), torch.tensor(training.labels, dtype=torch.float32)
    held_out = torch.tensor(np.array(validation.curves)), torch.tensor(validation.labels, dtype=torch.float32)
    positives, count = label.sum(), len(label)
    balance = (
        [1.0, 1.0]
        if options.get("class_weights") == "none"
        else [count / 2 / (count - positives), count / 2 / positives]
    )
    kind = torch.optim.AdamW if options.get("optimizer") == "adamw" else torch.optim.Adam
    optimizer = kind(peer.parameters(), lr=options["learning_rate"], weight_decay=options.get("weight_decay", 0.0))
    schedule = None
    if options.get("schedule") == "cosine":
        warm = options["warmup_epochs"]
        schedule = torch.optim.lr_scheduler.SequentialLR(
            optimizer,
            [
                torch.optim.lr_scheduler.LinearLR(optimizer, 1 / warm, total_iters=warm - 1),
                torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options["max_epochs"] - warm),
            ],
            [warm],
        )
    elif options.get("schedule") == "plateau":
        schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1, threshold=0.0)
    gamma = options.get("focal_gamma", 2.0) if options.get("loss") == "focal" else 0.0

    def loss_of(data, labels):
        weight = torch.where(labels == 1, torch.as_tensor(balance[1]), torch.as_tensor(balance[0]))
        return peer_focal(peer(data), labels, weight, gamma)

    if options.get("schedule") == "plateau":  # such rates make a course chaotic: the schedule is shown our losses
        rates = []
        for loss in fitted.history.validation_loss:
            rates.append(optimizer.param_groups[0]["lr"])
            schedule.step(loss)
        assert len(set(rates)) > 1
        np.testing.assert_allclose(fitted.history.learning_rate, rates, rtol=1e-12)
        return

    losses, validation_losses, rates = [], [], []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = loss_of(x, label)
        loss.backward()
        if options["gradient_clip"]:
            torch.nn.utils.clip_grad_norm_(peer.parameters(), options["gradient_clip"])
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        losses.append(loss.item())
        with torch.no_grad():
            validation_losses.append(float(loss_of(*held_out)))
        if schedule is not None:
            schedule.step()

    np.testing.assert_allclose(fitted.history.learning_rate, rates, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(fitted.history.loss, losses, rtol=2e-5)
    np.testing.assert_allclose(fitted.history.validation_loss, validation_losses, rtol=2e-5)
    for name, value in peer.state_dict().items():
        if (
            name == "attention.bias"
        ):  # the softmax does not depend on it: its gradient is rounding noise, scaled up by Adam
            continue
        np.testing.assert_allclose(ours[name], value.numpy(), rtol=1e-3, atol=2e-5, err_msg=name)


@pytest.mark.parametrize("engine", ["fused", "libtorch"])
def test_threads_do_not_change_a_bit(engine):
    data = dataset(patients=60)
    options = QUICK | dict(
        dropout=0.2, batches="mixed", augment_shift=2, augment_noise=0.3, augment_scale=0.1, engine=engine
    )
    options["batch_size"] = 100
    one = Training(**options, threads=1).fit(data)
    for threads in (2, 4):
        other = Training(**options, threads=threads).fit(data)
        assert other.network == one.network
        assert other.history == one.history


@pytest.mark.parametrize(
    "options",
    [
        dict(batches="mixed"),
        dict(optimizer="adamw", weight_decay=0.01),
        dict(loss="focal"),
        dict(schedule="cosine", warmup_epochs=1),
        dict(schedule="plateau"),
        dict(early_stopping="auc"),
        dict(augment_shift=2, augment_noise=0.3, augment_scale=0.2),
        dict(lstm_layers=2, convolution_layers=2, attention_hidden_size=3, dropout=0.2),
    ],
    ids=str,
)
def test_every_option_learns(options):
    X, y, patients = easy_data()
    fresh, truth, _ = easy_data(seed=1)
    classifier = IDHClassifier(**QUICK | dict(max_epochs=12) | options).fit(X, y, groups=patients)
    assert roc_auc_score(truth, classifier.decision_function(fresh)) > 0.97


def test_early_stopping_on_auc_keeps_the_epoch_with_the_largest():
    training, validation = dataset(noise=3.0), dataset(" elsewhere", seed=1, noise=3.0)
    options = QUICK | dict(max_epochs=60, patience=4, early_stopping="auc", learning_rate=0.05)
    fitted = Training(**options).fit(training, validation)
    history = fitted.history
    best = max(range(len(history)), key=lambda i: (history.validation_auc[i], -history.validation_loss[i]))
    assert history.best_epoch == best
    assert history.stopped_early and len(history) == best + 1 + 4
    auc = roc_auc_score(validation.labels, fitted.network.predict(validation.curves).logit)
    assert auc == pytest.approx(history.validation_auc[best], abs=1e-12)


class Batches(Callback):
    def __init__(self):
        self.seen = []

    def on_batch_begin(self, net, batch=None, training=None, **kwargs):
        assert training
        self.seen.append(("begin", batch))

    def on_batch_end(self, net, batch=None, training=None, loss=None, **kwargs):
        assert loss > 0
        self.seen.append(("end", batch))


def test_callbacks_are_called_as_skorch_calls_them():
    X, y, patients = easy_data()
    calls = []

    class Recorder(Callback):
        def initialize(self):
            calls.append("initialize")
            return self

        def on_train_begin(self, net, X=None, y=None, **kwargs):
            assert X is not None and len(y) == 80
            calls.append("train_begin")

        def on_epoch_begin(self, net, dataset_train=None, dataset_valid=None, **kwargs):
            calls.append(("epoch_begin", len(net.history_)))

        def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **kwargs):
            calls.append(("epoch_end", len(net.history_), net.predict(X[:3]).shape))
            assert len(dataset_train[1]) + len(dataset_valid[1]) == 80

        def on_train_end(self, net, X=None, y=None, **kwargs):
            calls.append("train_end")

    batches, lines = Batches(), []
    scoring = EpochScoring("roc_auc")
    classifier = IDHClassifier(
        **QUICK | dict(max_epochs=2),
        callbacks=[("mine", Recorder), batches, scoring, PrintLog(sink=lines.append), ProgressBar(disable=True)],
    ).fit(X, y, groups=patients)
    epochs = [call for e in (0, 1) for call in (("epoch_begin", e), ("epoch_end", e + 1, (3,)))]
    assert calls == ["initialize", "train_begin", *epochs, "train_end"]
    assert batches.seen == [(kind, b) for _ in range(2) for b in range(5) for kind in ("begin", "end")]
    np.testing.assert_allclose(classifier.scores_["validation_roc_auc"], classifier.history_.validation_auc)
    assert len(lines) == 3 and "validation_roc_auc" in lines[0]
    assert [name for name, _ in classifier.callbacks_][:2] == ["mine", "Batches"]
    # Looking on changes nothing.
    alone = IDHClassifier(**QUICK | dict(max_epochs=2)).fit(X, y, groups=patients)
    assert alone.network_ == classifier.network_ and alone.history_ == classifier.history_


def test_callbacks_can_stop_and_fail():
    X, y, _ = easy_data()

    class Stop(Callback):
        def on_epoch_end(self, net, **kwargs):
            if len(net.history_) == 3:
                raise StopTraining

    class Fail(Callback):
        def on_epoch_end(self, net, **kwargs):
            raise ZeroDivisionError("in a callback")

    stopped = IDHClassifier(**QUICK, callbacks=[Stop]).fit(X, y)
    assert len(stopped.history_) == 3 and not stopped.history_.stopped_early
    assert stopped.predict(X).shape == y.shape
    failed = IDHClassifier(**QUICK, callbacks=[Fail()])
    with pytest.raises(ZeroDivisionError, match="in a callback"):
        failed.fit(X, y)
    assert not hasattr(failed, "network_") and not hasattr(failed, "history_")
    impatient = IDHClassifier(
        **QUICK | dict(max_epochs=50, learning_rate=1e-6),
        callbacks=[
            EpochScoring("accuracy", on_train=True),
            EarlyStopping("train_accuracy", patience=2, lower_is_better=False),
        ],
    ).fit(X, y)
    assert len(impatient.history_) < 50
    with pytest.raises(ValueError, match="monitor"):
        IDHClassifier(**QUICK, callbacks=[EarlyStopping("nothing")]).fit(X, y)
    with pytest.raises(ValueError, match="no validation samples"):
        IDHClassifier(**QUICK, validation_fraction=0.0, callbacks=[EpochScoring("accuracy")]).fit(X, y)


def test_warm_start_goes_on_from_the_last_weights():
    X, y, patients = easy_data(noise=1.5)
    classifier = IDHClassifier(**QUICK, warm_start=True, validation_fraction=0.0).fit(X, y, groups=patients)
    first, loss = classifier.network_, classifier.history_.loss
    classifier.fit(X, y, groups=patients)
    assert classifier.history_.loss[0] < 0.9 * loss[0]
    data = bolus.Dataset(X, labels=y, patients=[str(p) for p in patients])
    again = Training(**QUICK, validation_fraction=0.0).fit(data, initial=first)
    assert all((again.network.weights[name] == value).all() for name, value in classifier.network_.weights.items())
    with pytest.raises(bolus.ShapeError, match="hidden_size 4; this training asks for 5"):
        classifier.set_params(hidden_size=5).fit(X, y)
    with pytest.raises(bolus.DataError, match="two classes"):
        classifier.set_params(hidden_size=4).fit(X, y + 3)
    assert list(classifier.classes_) == [0, 1]
    cold = clone(classifier).fit(X, y, groups=patients)
    assert cold.history_.loss == loss


def test_variable_length_ignores_padding():
    X, y, patients = easy_data(steps=20)
    lengths = 12 + np.arange(len(X)) % 9
    padded = np.where(np.arange(20) < lengths[:, None, None], X, np.nan)
    options = dict(augment_shift=2, augment_noise=0.1, augment_scale=0.1)
    classifier = IDHClassifier(**QUICK, **options, variable_length=True).fit(padded, y, groups=patients)
    data = bolus.Dataset(np.nan_to_num(padded, nan=7.0), labels=y, patients=[str(p) for p in patients], lengths=lengths)
    same = Training(**QUICK, **options).fit(data)
    assert all((same.network.weights[name] == value).all() for name, value in classifier.network_.weights.items())
    assert (classifier.attention(padded)[np.arange(20) >= lengths[:, None]] == 0).all()
    short = np.where(lengths == 12)[0]
    np.testing.assert_allclose(
        classifier.predict_proba(padded)[short], classifier.predict_proba(X[short, :, :12]), atol=1e-6
    )
    for wrong in (np.where(np.arange(20) == 3, np.nan, X), np.full_like(X, np.nan)):
        with pytest.raises(bolus.DataError, match="NaN"):
            IDHClassifier(**QUICK, variable_length=True).fit(wrong, y)
    with pytest.raises(bolus.DataError, match="NaN"):
        IDHClassifier(**QUICK).fit(padded, y)


def test_pipeline_clone_pickle_with_the_new_options():
    X, y, patients = easy_data()
    options = dict(batches="mixed", schedule="cosine", callbacks=[PrintLog(sink=str)], early_stopping="auc")
    pipeline = make_pipeline(FunctionTransformer(lambda x: 2 * x), IDHClassifier(**QUICK, **options))
    probability = cross_val_predict(
        pipeline, X, y, groups=patients, cv=StratifiedGroupKFold(3), method="predict_proba",
        params={"idhclassifier__groups": patients},
    )  # fmt: skip
    assert roc_auc_score(y, probability[:, 1]) > 0.95
    fitted = IDHClassifier(**QUICK, **options).fit(X, y)
    copy = pickle.loads(pickle.dumps(fitted))
    assert copy.history_ == fitted.history_ and copy.network_ == fitted.network_


SCRIPT = """
    import sys, numpy as np, bolus
    from bolus._core.model import IDHClassifier as Training
    sys.path.insert(0, {tests!r})
    from test_training import dataset, RESUMED
    tell = lambda *event: print(event[0], flush=True)
    Training(**RESUMED, checkpoint=sys.argv[1]).fit(dataset(noise=2.0), callback=tell)
"""
RESUMED = QUICK | dict(
    max_epochs=25, learning_rate=0.01, dropout=0.2, optimizer="adamw", weight_decay=0.01, schedule="plateau", patience=4,
    warmup_epochs=2, early_stopping="auc", batches="mixed", augment_shift=1, augment_noise=0.2, augment_scale=0.1,
    lstm_layers=2,
)  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
@pytest.mark.parametrize("engine", ["fused", "libtorch"])
def test_a_killed_training_goes_on_with_the_same_bits(tmp_path, engine):
    state = tmp_path / "training.safetensors"
    script = textwrap.dedent(SCRIPT.format(tests=os.path.dirname(__file__)))
    script = script.replace("**RESUMED,", f"**RESUMED, engine={engine!r},")
    straight = Training(**RESUMED, engine=engine).fit(dataset(noise=2.0))
    assert len(straight.history) > 4
    for ends in (2, 1):  # killed twice, and in the midst of an epoch
        process = subprocess.Popen([sys.executable, "-c", script, state], stdout=subprocess.PIPE, text=True)
        seen = 0
        while seen < ends:
            line = process.stdout.readline()
            assert line, "the training ended before it was killed"
            seen += line == "epoch_end\n"
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    assert state.exists()
    resumed = Training(**RESUMED, engine=engine, checkpoint=str(state)).fit(dataset(noise=2.0))
    assert resumed.network == straight.network
    assert resumed.history == straight.history
    # Once more: all is there, nothing is left to do.
    epochs = []
    again = Training(**RESUMED, engine=engine, checkpoint=str(state)).fit(
        dataset(noise=2.0), callback=lambda *e: epochs.append(e)
    )
    assert again.network == straight.network and not epochs


def test_a_training_can_be_prolonged_from_its_state(tmp_path):
    state = str(tmp_path / "training.safetensors")
    data = dataset(noise=2.0)
    short = Training(**QUICK | dict(max_epochs=3), checkpoint=state).fit(data)
    longer = Training(**QUICK, checkpoint=state).fit(data)
    assert len(short.history) == 3
    assert longer.network == Training(**QUICK).fit(data).network
    with pytest.raises(bolus.DataError, match="max_epochs"):
        Training(**QUICK | dict(max_epochs=3), checkpoint=state).fit(data)


def test_the_state_of_another_training_is_refused(tmp_path):
    state = str(tmp_path / "training.safetensors")
    data = dataset()
    Training(**QUICK, checkpoint=state).fit(data)
    for change, named in [
        ({"learning_rate": 0.01}, "options"),
        ({"seed": 1}, "seed"),
        ({"hidden_size": 3}, "architecture"),
        ({"engine": "libtorch"}, "engine"),
    ]:
        with pytest.raises(bolus.DataError, match=f"another training, which differs in.*{named}"):
            Training(**QUICK | change, checkpoint=state).fit(data)
    with pytest.raises(bolus.DataError, match="samples"):
        Training(**QUICK, checkpoint=state).fit(dataset(seed=3))
    with pytest.raises(bolus.DataError, match="first weights"):
        start = bolus.model.random_network(bolus.model.NetworkShape(3, 4, 4, 3), 5)
        Training(**QUICK, checkpoint=state).fit(data, initial=start)
    Training(**QUICK, threads=2, checkpoint=state).fit(data)


def test_damaged_states_are_errors_and_networks_are_no_states(tmp_path):
    path = tmp_path / "training.safetensors"
    data = dataset(patients=12)
    options = QUICK | dict(max_epochs=1, hidden_size=1, convolution_channels=1)

    def fit():
        return Training(**options, checkpoint=str(path)).fit(data)

    network = fit().network
    good = path.read_bytes()
    header = 8 + int.from_bytes(good[:8], "little")
    generator = np.random.default_rng(0)
    cases = [good[:n] for n in (0, 1, 8, 9, header, len(good) - 1)] + [good + b"\0" * 8]
    cases += [good.replace(b'"F32"', b'"F64"', 1), good.replace(b"history.loss", b"history.lost")]
    cases += [good.replace(b'"steps":"', b'"steps":"9'), good.replace(b'"best_epoch":"0"', b'"best_epoch":"7"')]
    cases += [b"\xff" * 8 + good[8:], good[:8] + b"[" * (header - 8) + good[header:]]
    nan = bytearray(good)
    nan[-4:] = np.float32(np.nan).tobytes()
    cases.append(bytes(nan))
    for case in cases:
        path.write_bytes(case)
        with pytest.raises((bolus.FormatError, bolus.DataError)):
            fit()
    for place in generator.integers(0, header, 150):  # damage is an error or harmless, never a crash
        damaged = bytearray(good)
        damaged[place] = generator.integers(256)
        path.write_bytes(bytes(damaged))
        try:
            fit()
        except bolus.Error:
            pass
    path.write_bytes(good.replace(b'"schema_version":"1"', b'"schema_version":"2"'))
    with pytest.raises(bolus.VersionError, match="update bolus"):
        fit()
    bolus.model.save_checkpoint(network, path, overwrite=True)
    with pytest.raises(bolus.FormatError, match="path of its own"):
        fit()
    path.write_bytes(good)
    with pytest.raises(bolus.FormatError, match="training_state"):
        bolus.model.load_checkpoint(path)
    for nowhere in (tmp_path, tmp_path / "no folder" / "state"):
        with pytest.raises(bolus.IoError):
            Training(**options, checkpoint=str(nowhere)).fit(data)


def test_estimator_takes_a_checkpoint_path(tmp_path):
    X, y, patients = easy_data()
    path = tmp_path / "state"
    first = IDHClassifier(**QUICK, checkpoint=path).fit(X, y, groups=patients)
    assert path.exists()
    assert IDHClassifier(**QUICK, checkpoint=str(path)).fit(X, y, groups=patients).network_ == first.network_


def test_ctrl_c_stops_within_a_second_with_callbacks():
    script = textwrap.dedent("""
        import signal, numpy as np, bolus
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background starts without it
        X = np.random.default_rng(0).normal(size=(4000, 5, 60)).astype("f4")
        y = np.arange(4000) % 2
        class Begin(bolus.callbacks.Callback):
            def on_batch_begin(self, net, **kwargs):
                print("ready", flush=True)
        fit = bolus.IDHClassifier(max_epochs=10**6, patience=10**6, batch_size=4000, callbacks=[Begin]).fit
        try:
            fit(X, y)
        except KeyboardInterrupt:
            print("stopped", flush=True)
    """)
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        while (line := process.stdout.readline()) == "ready\n":
            pass
        assert line == "stopped\n"
        assert time.monotonic() - begin < 1.5
        process.wait(10)
    finally:
        process.kill()
