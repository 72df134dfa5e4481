"""Explanation against PyTorch autograd, against networks whose answer is known, and against the paper's numbering."""

import pickle

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from scipy import stats

import bolus
from bolus.evaluate import pattern_frequencies, spearman_correlation, temporal_pattern
from bolus.model import (
    AttentionFaithfulness,
    AttentionLSTM,
    IntegratedGradients,
    NetworkShape,
    Occlusion,
    TemporalPatterns,
    random_network,
)
from bolus.plot import AttentionDisplay, CohortAttentionDisplay, FaithfulnessDisplay, PatternProfileDisplay


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


SEGMENTS = ("baseline", "downslope", "upslope", "plateau")


class Peer(torch.nn.Module):
    """The network in plain PyTorch, in double precision."""

    def __init__(self, network):
        super().__init__()
        shape = network.shape
        self.convolution = torch.nn.ModuleList(
            [torch.nn.Conv1d(shape.channels, shape.convolution_channels, shape.kernel_size, padding="same")]
        )
        self.lstm = torch.nn.LSTM(shape.convolution_channels, shape.hidden_size, batch_first=True, bidirectional=True)
        self.attention = torch.nn.Linear(2 * shape.hidden_size, 1)
        self.classifier = torch.nn.Linear(2 * shape.hidden_size, 1)
        self.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in network.weights.items()})
        self.double()

    def forward(self, curves):
        states = self.lstm(torch.relu(self.convolution[0](curves)).transpose(1, 2))[0]
        attention = torch.softmax(self.attention(states), dim=1)
        return self.classifier((attention * states).sum(1))[:, 0]


def peer_gradients(network, curves, baseline, steps):
    """Integrated gradients by numpy's Gauss-Legendre rule and PyTorch's autograd."""
    peer = Peer(network)
    x = torch.from_numpy(np.asarray(curves, dtype=float))
    b = torch.broadcast_to(torch.as_tensor(baseline, dtype=torch.float64), x.shape)
    places, weights = np.polynomial.legendre.leggauss(steps)
    total = torch.zeros_like(x)
    for place, weight in zip((places + 1) / 2, weights / 2, strict=True):
        point = (b + place * (x - b)).requires_grad_(True)
        total += weight * torch.autograd.grad(peer(point).sum(), point)[0]
    return (total * (x - b)).numpy()


def peer_occlusion(network, curves, window, fill):
    """Each window hidden by hand."""
    peer, x = Peer(network), np.asarray(curves, dtype=float)
    samples, _, steps = x.shape
    with torch.no_grad():
        logit = peer(torch.from_numpy(x)).numpy()
        sums, counts = np.zeros((samples, steps)), np.zeros(steps)
        for start in range(steps - window + 1):
            hidden = x.copy()
            inside = np.arange(start, start + window)
            kept = np.setdiff1d(np.arange(steps), inside)
            for row in hidden.reshape(-1, steps):
                row[inside] = 0.0 if fill == "baseline" else np.interp(inside, kept, row[kept])
            sums[:, inside] += (logit - peer(torch.from_numpy(hidden)).numpy())[:, None]
            counts[inside] += 1
    return sums / counts


@pytest.fixture(scope="module")
def network():
    return random_network(NetworkShape(channels=3, hidden_size=5, convolution_channels=4, kernel_size=3), seed=7)


@pytest.fixture(scope="module")
def curves():
    return (2 * np.random.default_rng(0).normal(size=(9, 3, 14))).astype(np.float32)


# Two networks with one LSTM state per use, whose answer is known ---------------------------------------------

OPEN, SHUT = 30.0, -30.0


def handmade(kind):
    """Channel 0 carries the evidence of the positive class, channel 1 that of the negative one, channel 2 says nothing.

    'right': the states forget at once, and attention goes where either evidence is: what it shows is all that is used.
    'wrong': the states add up the evidence of the whole past, and attention goes where channel 2 says.
    """
    shape = NetworkShape(channels=3, hidden_size=3, convolution_channels=3, kernel_size=1)
    weights = {name: np.zeros(size, np.float32) for name, size in shape.weight_shapes().items()}
    weights["convolution.0.weight"][:, :, 0] = np.eye(3)
    for end in ("_l0", "_l0_reverse"):
        bias = weights[f"lstm.bias_ih{end}"]  # gates: input, forget, cell, output, three states each
        bias[0:3], bias[9:12] = OPEN, OPEN
        bias[3:6] = SHUT
        if kind == "wrong":
            bias[3:5] = OPEN  # states 0 and 1 never forget
        cell = weights[f"lstm.weight_ih{end}"][6:9]
        cell[:] = np.eye(3) * (0.5 if kind == "right" else 0.2)
    looked_at = [0, 1] if kind == "right" else [2]
    for state in looked_at:
        weights["attention.weight"][0, [state, state + 3]] = 6.0
    weights["classifier.weight"][0, [0, 3]] = 4.0
    weights["classifier.weight"][0, [1, 4]] = -4.0
    return AttentionLSTM(shape, weights)


def evidence(patients=24, windows=2, steps=30, seed=1):
    """Bumps of evidence in channel 0 or 1 at three steps, weak noise, and a far bump in channel 2."""
    random = np.random.default_rng(seed)
    curves = 0.1 * random.random((patients * windows, 3, steps))
    labels = np.repeat(np.arange(patients) % 2, windows)
    for i, label in enumerate(labels):
        start = random.integers(2, 11)
        curves[i, 1 - label, start : start + 3] += 2.0
        curves[i, 2, 26] += 3.0
    return bolus.Dataset(
        curves.astype(np.float32), labels=labels, patients=[f"P{i // windows:02d}" for i in range(len(labels))]
    )


# Temporal patterns ---------------------------------------------


def test_patterns_are_numbered_as_in_the_paper():
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    for number, (first, second) in enumerate(pairs, start=1):
        for high, low in ((0.4, 0.3), (0.3, 0.4)):
            shares = np.full(4, 0.15)
            shares[first], shares[second] = high, low
            pattern = temporal_pattern(shares)
            assert (pattern.number, list(pattern.segments), pattern.tied) == (number, [first, second], False)
            assert pattern.flags == []


@pytest.mark.parametrize("seed", range(5))
def test_patterns_do_not_depend_on_the_scale(seed):
    shares = np.random.default_rng(seed).random(4)
    assert temporal_pattern(shares).number == temporal_pattern(1000 * shares).number
    top = np.sort(np.argsort(shares)[2:])
    assert list(temporal_pattern(shares).segments) == list(top)


def test_ties_and_missing_segments_are_flagged():
    tied = temporal_pattern([0.4, 0.2, 0.2, 0.2])
    assert tied.tied and tied.number == 1  # the earlier of the equal ones
    assert [flag.code for flag in tied.flags] == ["evaluate.temporal_pattern.tied"]
    assert temporal_pattern([0.25, 0.25, 0.25, 0.25]).number == 1
    assert not temporal_pattern([0.4, 0.4, 0.1, 0.1]).tied  # the pair is clear, its order does not matter
    assert temporal_pattern([0.1, 0.3, 0.3 * (1 + 1e-12), 0.3]).number == 4  # equal but for rounding

    missing = temporal_pattern([0.5, 0.3, 0.2, np.nan])
    assert missing.number == 1
    assert [flag.code for flag in missing.flags] == ["evaluate.temporal_pattern.segment_missing"]
    for shares in ([1.0, np.nan, np.nan, np.nan], [0.0] * 4, [np.nan] * 4):
        assert temporal_pattern(shares).number == 0
        assert temporal_pattern(shares).flags[-1].code == "evaluate.temporal_pattern.undetermined"
    for shares in ([-0.1, 0.5, 0.3, 0.3], [np.inf, 0, 0, 0]):
        with pytest.raises(bolus.DataError, match="baseline"):
            temporal_pattern(shares)


def test_frequencies_count_the_papers_table():
    """Figure 4B and the text of Choi et al.: TP6 127 and TP4 107 of 338 wildtype, TP1 79 and TP4 17 of 125 mutant."""
    wildtype = [6] * 127 + [4] * 107 + [1] * 104
    mutant = [1] * 79 + [4] * 17 + [6] * 29
    groups = ["wildtype"] * 338 + ["mutant"] * 125
    found = pattern_frequencies(wildtype + mutant, groups)
    assert found.groups == ["mutant", "wildtype"]
    assert found.counts.tolist() == [[79, 0, 0, 17, 0, 29], [104, 0, 0, 107, 0, 127]]
    assert found.occurring().tolist() == [[79, 17, 29], [104, 107, 127]]
    np.testing.assert_allclose(found.shares()[1, 5], 127 / 338)
    frame = found.to_frame()
    assert frame.query("group == 'mutant' and pattern == 'TP1'")["share"].item() == pytest.approx(0.632)

    grades = ["II-III"] * 77 + ["IV"] * 261 + ["II-III"] * 97 + ["IV"] * 28
    low, high = pattern_frequencies(wildtype + mutant, groups, grades)
    assert (low.stratum, high.stratum) == ("II-III", "IV")
    np.testing.assert_array_equal(low.counts + high.counts, found.counts)
    assert pickle.loads(pickle.dumps(low)).counts.tolist() == low.counts.tolist()


def test_frequencies_say_what_they_leave_out():
    found = pattern_frequencies([0, 1, 6], ["a", "a", "a"])
    assert found.undetermined == [1] and found.counts.sum() == 2
    assert {flag.code.rsplit(".")[-1] for flag in found.flags} == {"undetermined", "one_group"}
    for patterns, groups, error in (
        ([], [], bolus.DataError),
        ([7], ["a"], bolus.DataError),
        ([1.5], ["a"], bolus.DataError),
        ([1], ["a", "b"], bolus.ShapeError),
        ([1], [""], bolus.DataError),
        ([1], [None], bolus.DataError),
    ):
        with pytest.raises(error):
            pattern_frequencies(patterns, groups)


@pytest.fixture(scope="module")
def cohort():
    return bolus.simulate.CohortSimulator(patients=12, seed=3)()


@pytest.fixture(scope="module")
def windows(cohort):
    return cohort.dataset()


@pytest.fixture(scope="module")
def segments(cohort):
    return {patient.id: bolus.dsc.BolusSegments()(patient.curves) for patient in cohort.patients}


class Given:
    """A prediction with known attention."""

    def __init__(self, attention):
        self.attention = attention
        self.probability = np.full(len(attention), 0.5)


def attention_on(windows, segments, names):
    """All attention of every window on the named segments, evenly."""
    attention = np.zeros((len(windows), windows.curves.shape[2]))
    for i, (patient, start) in enumerate(zip(windows.patients, windows.start_times, strict=True)):
        edges = segments[patient].edges
        steps = np.round((start + windows.time_step * np.arange(attention.shape[1])) / windows.time_step).astype(int)
        wanted = [np.isin(steps, np.arange(edges[k], edges[k + 1])) for k in map(SEGMENTS.index, names)]
        attention[i] = np.logical_or.reduce(wanted) + 1e-9
    return attention / attention.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("measure", ["mean", "sum"])
def test_known_attention_gives_its_pattern(windows, segments, measure):
    for number, names in ((4, SEGMENTS[1:3]), (6, SEGMENTS[2:])):
        table = TemporalPatterns(measure=measure)(windows, Given(attention_on(windows, segments, names)), segments)
        assert (table.patterns == number).all()
        np.testing.assert_allclose(table.shares.sum(axis=1), 1)
        named = [SEGMENTS.index(name) for name in names]
        assert (table.shares[:, named].sum(axis=1) > 0.99).all()


def test_even_attention_has_no_favourite_by_mean_and_the_longest_by_sum(windows, segments):
    even = Given(np.full((len(windows), windows.curves.shape[2]), 1 / windows.curves.shape[2]))
    by_mean = TemporalPatterns(measure="mean", tie=1e-6)(windows, even, segments)
    assert [flag.code for flag in by_mean.flags] == ["model.temporal_patterns.tied"]
    course = by_mean.courses[0]
    spread = by_mean.density[0] / (1 / (len(course.times) * windows.time_step))
    np.testing.assert_allclose(spread, 1)  # the same attention in every second
    by_sum = TemporalPatterns(measure="sum")(windows, even, segments)
    assert (by_sum.patterns == 3).mean() > 0.8  # baseline + plateau, the longest two


def test_table_holds_what_it_comes_from(windows, segments, cohort):
    network = random_network(NetworkShape(), seed=0)
    prediction = network.predict(windows.curves)
    table = TemporalPatterns()(windows, prediction, segments)
    assert table.patients == [patient.id for patient in cohort.patients]
    assert table.labels.tolist() == [int(patient.demographics.idh_mutant) for patient in cohort.patients]
    chosen = np.flatnonzero(np.asarray(windows.patients) == table.patients[3])
    course = bolus.model.attention_course(windows.select(chosen), prediction.attention[chosen])
    np.testing.assert_array_equal(table.courses[3].attention, course.attention)
    series = segments[table.patients[3]]
    of_step = np.searchsorted(np.asarray(series.edges)[1:], np.round(course.times / windows.time_step), side="right")
    shares = [course.attention[of_step == k].sum() for k in range(4)]
    np.testing.assert_allclose(table.shares[3], shares, atol=1e-12)
    seconds = np.array([(of_step == k).sum() for k in range(4)]) * windows.time_step
    np.testing.assert_allclose(table.density[3], shares / seconds, atol=1e-12)
    assert table.arrival_times[3] == series.timing.arrival_time
    np.testing.assert_allclose(table.probability[3], prediction.probability[chosen].mean())
    frame = table.to_frame()
    assert len(frame) == len(table) == 12 and "density_upslope" in frame
    assert "TemporalPatternTable(12 patients" in repr(table) and "<table" in table._repr_html_()
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(table)).shares, table.shares)


def test_table_refuses_what_does_not_fit(windows, segments):
    attention = np.full((len(windows), windows.curves.shape[2]), 1 / windows.curves.shape[2])
    first = windows.patients[0]
    with pytest.raises(bolus.DataError, match=first):
        TemporalPatterns()(windows, Given(attention), {k: v for k, v in segments.items() if k != first})
    with pytest.raises(bolus.ShapeError, match="windows"):
        TemporalPatterns()(windows, Given(attention[1:]), segments)
    with pytest.raises(bolus.DataError, match="not finite"):
        TemporalPatterns()(windows, Given(attention * np.nan), segments)


def test_a_series_without_a_bolus_has_no_pattern(windows, segments):
    times = segments[windows.patients[0]].times
    flat = bolus.dsc.BolusSegments()(np.full(len(times), 100.0), times)
    attention = np.full((len(windows), windows.curves.shape[2]), 1 / windows.curves.shape[2])
    table = TemporalPatterns()(windows, Given(attention), segments | {windows.patients[0]: flat})
    assert table.patterns[0] == 0 and np.isnan(table.arrival_times[0]) and np.isnan(table.density[0, 1:]).all()
    codes = {flag.code for flag in table.patient_flags[0]}
    assert {"evaluate.temporal_pattern.undetermined", "dsc.segments.missing"} <= codes


# Attributions ---------------------------------------------


@pytest.mark.parametrize("baseline", [0.0, -0.7])
def test_integrated_gradients_are_those_of_pytorch(network, curves, baseline):
    found = IntegratedGradients(steps=20, baseline=baseline)(network, curves)
    expected = peer_gradients(network, curves, baseline, 20)
    np.testing.assert_allclose(found.values, expected, atol=3e-6)
    np.testing.assert_allclose(found.steps, expected.sum(axis=1), atol=1e-5)


def test_integrated_gradients_take_given_baselines(network, curves):
    one = curves.mean(axis=0, keepdims=True)
    found = IntegratedGradients(steps=20)(network, curves, baselines=one)
    np.testing.assert_allclose(found.values, peer_gradients(network, curves, one, 20), atol=3e-6)
    each = curves[::-1].copy()
    found = IntegratedGradients(steps=20)(network, curves, baselines=each)
    np.testing.assert_allclose(found.values, peer_gradients(network, curves, each, 20), atol=3e-6)
    with pytest.raises(bolus.ShapeError, match="baselines"):
        IntegratedGradients()(network, curves, baselines=curves[:2])


def test_integrated_gradients_are_complete(network, curves):
    """Attributions add up to the difference of the logits; the gap closes with the number of path steps."""
    found = IntegratedGradients(steps=256)(network, curves)
    peer = Peer(network)
    with torch.no_grad():
        difference = peer(torch.from_numpy(curves).double()) - peer(torch.zeros(curves.shape).double())
    np.testing.assert_allclose(found.steps.sum(axis=1), difference.numpy(), atol=2e-4)
    np.testing.assert_allclose(found.logit - found.baseline_logit, difference.numpy(), atol=2e-6)
    assert np.abs(found.gap()).max() < 2e-4 and not found.flags
    rough = IntegratedGradients(steps=1, tolerance=1e-3)(network, curves)
    assert np.abs(rough.gap()).max() > 10 * np.abs(found.gap()).max()
    assert [flag.code for flag in rough.flags] == ["model.attribution.incomplete"]


@pytest.mark.parametrize(
    ("window", "fill"), [(1, "baseline"), (3, "baseline"), (4, "interpolate"), (13, "interpolate")]
)
def test_occlusion_is_that_of_pytorch(network, curves, window, fill):
    found = Occlusion(window=window, fill=fill)(network, curves)
    np.testing.assert_allclose(found.steps, peer_occlusion(network, curves, window, fill), atol=3e-6)
    with pytest.raises(bolus.DataError, match="occlusion"):
        found.gap()


def test_padding_gets_nothing_and_changes_nothing(network, curves):
    padded = np.full((len(curves), 3, 20), np.nan, np.float32)
    padded[:, :, :14] = curves
    data = bolus.Dataset(padded, lengths=[14] * len(curves))
    for step in (IntegratedGradients(steps=8), Occlusion(window=3), Occlusion(window=3, fill="interpolate")):
        plain, other = step(network, curves), step(network, data)
        np.testing.assert_allclose(other.steps[:, :14], plain.steps, atol=2e-6)
        assert (other.steps[:, 14:] == 0).all()


def test_padding_does_not_thin_out_the_attention_of_a_series():
    """A step covered by one window in use and by another's padding has the attention of the first."""
    values = np.ones((2, 1, 4), np.float32)
    windows = bolus.Dataset(values, patients=["a", "a"], start_times=[0.0, 2.0], time_step=1.0, lengths=[2, 4])
    course = bolus.model.attention_course(windows, [[0.7, 0.3, 0, 0], [0.4, 0.3, 0.2, 0.1]])
    np.testing.assert_allclose(course.times, np.arange(6))
    np.testing.assert_allclose(course.attention, np.array([0.7, 0.3, 0.4, 0.3, 0.2, 0.1]) / 2)


def test_attributions_do_not_depend_on_threads(network, curves):
    many = np.concatenate([curves] * 20)
    for step in (IntegratedGradients(steps=4, batch_size=16), Occlusion(batch_size=16)):
        results = []
        for threads in (1, 2, 4):
            step.threads = threads
            results.append(step(network, many).steps)
        assert (results[0] == results[1]).all() and (results[0] == results[2]).all()


@pytest.mark.parametrize(
    "shape",
    [
        NetworkShape(channels=3, hidden_size=5, convolution_channels=4, kernel_size=3),
        NetworkShape(channels=3, hidden_size=4, lstm_layers=2, convolution_layers=2, attention_hidden_size=3),
    ],
)
def test_engines_agree(shape, curves):
    model = random_network(shape, seed=11)
    for step in (IntegratedGradients(steps=8), Occlusion()):
        step.engine = "fused"
        fused = step(model, curves).steps
        step.engine = "libtorch"
        np.testing.assert_allclose(fused, step(model, curves).steps, atol=3e-6)


def test_a_gpu_is_used_or_missed_aloud(network, curves):
    if torch.cuda.is_available():
        for step in (IntegratedGradients(steps=8), Occlusion()):
            expected = step(network, curves).steps
            step.device = "cuda"
            np.testing.assert_allclose(step(network, curves).steps, expected, atol=1e-4)
    else:
        for step in (IntegratedGradients(device="cuda"), Occlusion(device="cuda")):
            with pytest.raises(bolus.OptionError, match=r"cuda|CUDA"):
                step(network, curves)


def test_attributions_refuse_bad_input(network, curves):
    for step, message in (
        (IntegratedGradients(steps=0), "steps"),
        (IntegratedGradients(batch_size=0), "batch_size"),
        (IntegratedGradients(baseline=np.nan), "baseline"),
        (Occlusion(window=0), "window"),
        (Occlusion(window=14), "window"),
        (Occlusion(baseline=np.inf), "baseline"),
        (Occlusion(threads=-1), "threads"),
    ):
        with pytest.raises(bolus.OptionError, match=message):
            step(network, curves)
    for step in (IntegratedGradients(), Occlusion()):
        with pytest.raises(bolus.DataError, match="NaN"):
            step(network, curves * np.nan)
        with pytest.raises(bolus.ShapeError, match="channels"):
            step(network, curves[:, :2])
        with pytest.raises(bolus.Cancelled):
            step(network, np.concatenate([curves] * 40), progress=lambda *_: False)
        with pytest.raises(bolus.OptionError, match="fitted"):
            step("network", curves)
    with pytest.raises(bolus.OptionError, match="interpolate"):
        Occlusion(fill="mean")


def test_attribution_travels(network, curves):
    found = IntegratedGradients(steps=4)(network, curves)
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.values, found.values)
    assert len(found.to_frame()) == 9 * 14 and "integrated gradients" in repr(again) and "<table" in found._repr_html_()
    assert repr(pickle.loads(pickle.dumps(Occlusion(window=5, fill="interpolate")))) == repr(
        Occlusion(window=5, fill="interpolate")
    )


# Rank correlation ---------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_rank_correlation_is_that_of_scipy(seed):
    random = np.random.default_rng(seed)
    a, b = random.integers(0, 6, 30), random.normal(size=30)
    assert spearman_correlation(a, b) == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-12)
    assert spearman_correlation(a, a**3) == pytest.approx(1)
    assert spearman_correlation(a, np.zeros(30)) is None
    with pytest.raises(bolus.DataError, match="NaN"):
        spearman_correlation(a, b * np.nan)
    with pytest.raises(bolus.ShapeError, match="2"):
        spearman_correlation([1.0], [1.0])


# Faithfulness ---------------------------------------------

QUICK = {"path_steps": 16, "random_orders": 4, "randomisations": 3, "points": 10, "replicates": 300}


@pytest.fixture(scope="module")
def verdicts():
    data = evidence()
    return {kind: AttentionFaithfulness(**QUICK)(handmade(kind), data) for kind in ("right", "wrong")}


def test_the_handmade_networks_classify(verdicts):
    data = evidence()
    for kind in verdicts:
        prediction = handmade(kind).predict(data.curves)
        assert ((prediction.logit > 0) == data.labels).all()
        peaks = prediction.attention.argmax(axis=1)
        assert (peaks == 26).all() if kind == "wrong" else (peaks < 14).all()


def test_attention_on_what_is_used_is_faithful(verdicts):
    result = verdicts["right"]
    assert result.verdict == "faithful", result.to_frame()
    assert all(check.outcome == "faithful" for check in result.checks) and not result.flags
    assert "can be read" in result.report()


def test_attention_on_what_is_not_used_is_unfaithful(verdicts):
    result = verdicts["wrong"]
    assert result.verdict == "unfaithful"
    (flag,) = [flag for flag in result.flags if flag.code == "model.attention.unfaithful"]
    failed = [check for check in result.checks if check.outcome == "unfaithful"]
    assert {"gradients", "occlusion"} <= {check.name for check in failed}
    assert all(check.meaning in flag.message for check in failed)
    assert result.report().startswith("Do not trust")


def test_checks_are_what_they_say(verdicts):
    """The figures again, from their definitions and plain numpy."""
    result, network, data = verdicts["wrong"], handmade("wrong"), evidence()
    X = np.asarray(data.curves)
    attention = network.predict(X).attention
    by_gradients = np.abs(peer_gradients(network, X, 0.0, 16).sum(axis=1))
    by_occlusion = np.abs(Occlusion()(network, data).steps)
    patient = np.repeat(np.arange(24), 2)

    def per_patient(values):
        return np.bincount(patient, values) / np.bincount(patient)

    def correlation(a, b):
        return np.array([stats.spearmanr(x, y).statistic for x, y in zip(a, b, strict=True)])

    assert result.patients == [f"P{i:02d}" for i in range(24)]
    np.testing.assert_allclose(
        result.per_patient[:, 1], per_patient(correlation(attention, by_occlusion)), atol=0.02
    )  # ranks of values that differ in the last bits of float32
    np.testing.assert_allclose(
        result.per_patient[:, 0].mean(), per_patient(correlation(attention, by_gradients)).mean(), atol=0.02
    )

    sign = np.where(network.predict(X).logit >= 0, 1, -1)
    order = np.argsort(-attention, axis=1, kind="stable")
    for curve, insert in ((result.deletion[:, 0], False), (result.insertion[:, 0], True)):
        for j in range(11):
            hidden = np.zeros_like(attention, dtype=bool)
            np.put_along_axis(hidden, order[:, : 3 * j], True, axis=1)
            changed = np.where((hidden == insert)[:, None], X, 0) if not insert else np.where(hidden[:, None], X, 0)
            probability = 1 / (1 + np.exp(-sign * network.predict(changed).logit))
            assert curve[j] == pytest.approx(per_patient(probability).mean(), abs=1e-6)
    np.testing.assert_allclose(result.areas[:, 0], np.trapezoid(result.deletion, dx=0.1, axis=0))
    np.testing.assert_allclose(result.areas[:, 1], np.trapezoid(result.insertion, dx=0.1, axis=0))
    for k, (areas, sign_of) in enumerate(((result.areas[:, 0], -1), (result.areas[:, 1], 1)), start=2):
        assert result.checks[k].value == pytest.approx(sign_of * (areas[0] - areas[3]))
    for k, check in enumerate(result.checks):
        assert check.value == pytest.approx(result.per_patient[:, k].mean())
        assert check.low <= check.value <= check.high


def test_new_weights_above_the_attention_leave_it_and_those_below_change_it(verdicts):
    result = verdicts["right"]
    assert result.randomised == ["classifier", "attention", "lstm 0", "convolution 0"]
    assert result.similarity[0] == pytest.approx(1)  # attention does not know the classifier
    assert abs(result.similarity[-1]) < 0.5
    assert result.checks[4].value == pytest.approx(result.similarity[-1])


def test_verdict_does_not_depend_on_threads_and_repeats():
    data = evidence(patients=12)
    results = [AttentionFaithfulness(**QUICK, threads=threads)(handmade("right"), data) for threads in (1, 2, 4)]
    for other in results[1:]:
        assert (results[0].per_patient == other.per_patient).all()
        assert (results[0].deletion == other.deletion).all() and (results[0].similarity == other.similarity).all()
        assert results[0].to_frame().equals(other.to_frame())
    another = AttentionFaithfulness(**QUICK, seed=1)(handmade("right"), data)
    assert (another.deletion[:, 3] != results[0].deletion[:, 3]).any()


def test_few_patients_give_no_verdict():
    for patients in (1, 2):
        result = AttentionFaithfulness(**QUICK)(handmade("wrong"), evidence(patients=patients))
        assert result.verdict == "undecided"
        assert [flag.code for flag in result.flags] == ["model.attention.undecided"]
        assert "at least 10" in result.flags[0].message and "undecided" in result.report()


def test_constant_attention_is_flagged():
    weights = handmade("wrong").weights
    weights["attention.weight"][:] = 0
    result = AttentionFaithfulness(**QUICK)(AttentionLSTM(handmade("wrong").shape, weights), evidence())
    assert result.verdict == "unfaithful" and result.checks[0].value == 0
    assert "model.attention.constant" in {flag.code for flag in result.flags}


def test_faithfulness_refuses_bad_input(network):
    data = evidence(patients=4)
    for options in (
        {"points": 0},
        {"random_orders": 0},
        {"randomisations": 0},
        {"replicates": 0},
        {"confidence": 1.0},
        {"window": 30},
        {"path_steps": 0},
        {"max_similarity": 2.0},
    ):
        with pytest.raises(bolus.OptionError, match=next(iter(options)) if "path_steps" not in options else "steps"):
            AttentionFaithfulness(**options)(handmade("right"), data)
    with pytest.raises(bolus.Cancelled):
        AttentionFaithfulness()(handmade("right"), data, progress=lambda *_: False)
    other = bolus.Dataset(np.asarray(data.curves), channel_names=["a", "b", "c"])
    known = handmade("right")
    known.channel_names = ["c", "b", "a"]
    with pytest.raises(bolus.DataError, match="channels"):
        AttentionFaithfulness(**QUICK)(known, other)


def test_faithfulness_result_travels(verdicts):
    result = verdicts["right"]
    again = pickle.loads(pickle.dumps(result))
    assert again.report() == result.report() and again.to_frame().equals(result.to_frame())
    assert "faithful, 24 patients" in repr(result) and "<table" in result._repr_html_()
    step = AttentionFaithfulness(fill="interpolate", seed=5)
    assert repr(pickle.loads(pickle.dumps(step))) == repr(step)


def test_a_fitted_classifier_can_be_given():
    data = evidence(patients=16)
    classifier = bolus.IDHClassifier(hidden_size=3, convolution_channels=3, max_epochs=2).fit(data)
    found = Occlusion()(classifier, data)
    np.testing.assert_array_equal(found.steps, Occlusion()(classifier.network_, np.asarray(data.curves)).steps)


# Figures ---------------------------------------------


@pytest.fixture
def table(windows, segments):
    return TemporalPatterns()(windows, random_network(NetworkShape(), seed=0).predict(windows.curves), segments)


def test_cohort_heat_map_is_aligned_to_the_bolus_and_sorted(table):
    display = CohortAttentionDisplay.from_table(table)
    assert [table.labels[i] for i in display.order_] == [1] * sum(table.labels) + [0] * (12 - sum(table.labels))
    for label in (0, 1):
        inside = [table.probability[i] for i in display.order_ if table.labels[i] == label]
        assert inside == sorted(inside)
    seconds, rows = display.density()
    for row, course, arrival in zip(rows, table.courses, table.arrival_times, strict=True):
        known = np.isfinite(row)
        assert known.sum() == len(course.times)
        np.testing.assert_allclose(np.nansum(row) * 1.5, 1)  # all the attention is there, per second
        peak = course.times[course.attention.argmax()] - arrival
        assert abs(seconds[np.nanargmax(row)] - peak) <= 0.75 + 1e-9
    assert display.image_.get_array().shape == rows.shape


def test_cohort_heat_map_shows_patients_without_a_bolus_as_unknown(table):
    arrival = np.array(table.arrival_times)
    arrival[2] = np.nan
    parts = {"times": [c.times for c in table.courses], "attention": [c.attention for c in table.courses]}
    assert np.isnan(CohortAttentionDisplay(**parts, arrival=arrival).density()[1][2]).all()
    with pytest.raises(bolus.DataError, match="bolus"):
        CohortAttentionDisplay(**parts, arrival=np.full(12, np.nan))
    with pytest.raises(bolus.ShapeError, match="12 patients"):
        CohortAttentionDisplay(**parts, arrival=arrival[1:])


def test_pattern_profile_shows_shares_and_counts():
    found = pattern_frequencies([6] * 3 + [4] + [1] * 2, ["wildtype"] * 4 + ["mutant"] * 2)
    display = PatternProfileDisplay.from_frequencies(found, p_value=0.04)
    assert [bar.get_height() for bar in display.bars_[1]] == [0, 0, 0, 25, 0, 75]
    texts = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert sorted(texts) == ["P = .040", "mutant (2)", "wildtype (4)"]


def test_faithfulness_figure_names_the_verdict(verdicts):
    display = FaithfulnessDisplay.from_result(verdicts["wrong"])
    assert display.axes_[2].get_title(loc="left") == "Verdict: unfaithful"
    np.testing.assert_array_equal(display.axes_[0].lines[0].get_ydata(), verdicts["wrong"].deletion[:, 0])


def test_one_patients_figure_marks_the_segments(cohort, segments, table):
    patient = cohort.patients[0]
    course = table.courses[0]
    display = AttentionDisplay.from_predictions(
        patient.curves.values.T, course.attention, time=course.times, segments=segments[patient.id], title="one"
    )
    assert [text.get_text() for text in display.ax_.texts] == list(SEGMENTS)
