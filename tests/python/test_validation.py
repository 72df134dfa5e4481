"""Cross-validation, plain and nested, on threads and on executors; targets."""

import pickle
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import bolus
from bolus.model import (
    CrossValidation,
    NestedCrossValidation,
    OptunaSearch,
    ParameterRange,
    fold_seeds,
    parameter_grid,
    random_parameters,
    require_folds,
)

QUICK = dict(hidden_size=4, convolution_channels=4, kernel_size=3, max_epochs=3, learning_rate=0.02, batch_size=16)


def easy_data(patients=24, windows=2, channels=2, steps=16, seed=0, noise=1.5):
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(patients) % 3 == 0, windows).astype(int)
    slope = np.linspace(-1.5, 1.5, steps)
    curves = np.where(labels, -1, 1)[:, None, None] * slope + noise * generator.normal(
        size=(len(labels), channels, steps)
    )
    names = [f"patient {i // windows}" for i in range(len(labels))]
    return bolus.Dataset(curves.astype("f4"), labels=labels, patients=names, time_step=1.5)


@pytest.fixture(scope="module")
def data():
    return easy_data()


@pytest.fixture(scope="module")
def expected(data):
    return CrossValidation(folds=3, seed=1, threads=1)(bolus.IDHClassifier(**QUICK), data)


def same(a, b):
    return (
        np.array_equal(a.prediction.logit, b.prediction.logit)
        and np.array_equal(a.prediction.attention, b.prediction.attention)
        and np.array_equal(a.auc, b.auc)
        and a.pooled_auc == b.pooled_auc
        and all(x.network == y.network for x, y in zip(a.models, b.models, strict=True))
    )


class LastFirst:
    """An executor that runs the jobs in reverse order, when the last is asked for."""

    def __init__(self, jobs):
        self.jobs, self.waiting = jobs, []

    def submit(self, call, *arguments):
        future = Future()
        self.waiting.append((future, call, arguments))
        if len(self.waiting) == self.jobs:
            for one, run, given in reversed(self.waiting):
                one.set_result(run(*given))
        return future


@pytest.mark.parametrize(
    "executor", [lambda: ThreadPoolExecutor(2), lambda: ThreadPoolExecutor(1), lambda: LastFirst(3)]
)
def test_executors_give_the_numbers_of_threads(data, expected, executor):
    stages = []
    result = CrossValidation(folds=3, seed=1)(
        bolus.IDHClassifier(**QUICK), data, executor=executor(), progress=lambda *event: stages.append(event)
    )
    assert same(result, expected)
    assert stages[-1] == ("cross-validation", 3, 3)


def test_processes_give_the_numbers_of_threads(data, expected):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        assert same(CrossValidation(folds=3, seed=1)(bolus.IDHClassifier(**QUICK), data, executor=executor), expected)


def test_dask_gives_the_numbers_of_threads(data, expected):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert same(CrossValidation(folds=3, seed=1)(bolus.IDHClassifier(**QUICK), data, executor=client), expected)


def test_folds_in_another_order_give_the_same(data, expected):
    step = CrossValidation(folds=3, seed=1)
    folds = step.make_folds(data)
    turned = step(bolus.IDHClassifier(**QUICK), data, folds=folds[::-1])
    np.testing.assert_array_equal(turned.prediction.logit, expected.prediction.logit)
    np.testing.assert_array_equal(turned.auc, expected.auc[::-1])
    assert turned.seeds == expected.seeds[::-1]
    assert sorted(fold_seeds(10, folds, data)) == [10, 11, 12]


def test_folds_of_scikit_learn_are_taken(data):
    from sklearn.model_selection import StratifiedGroupKFold

    folds = list(StratifiedGroupKFold(3).split(data.curves, data.labels, data.patients))
    result = CrossValidation()(bolus.IDHClassifier(**QUICK), data, folds=folds)
    for k, (_, held_out) in enumerate(folds):
        assert (result.fold[held_out] == k).all()


def test_pooled_and_per_fold_auc_are_scikit_learns(data, expected):
    from sklearn.metrics import roc_auc_score

    assert expected.pooled_auc == pytest.approx(roc_auc_score(data.labels, expected.prediction.logit), abs=1e-12)
    for k in range(3):
        part = expected.fold == k
        assert expected.auc[k] == pytest.approx(
            roc_auc_score(data.labels[part], expected.prediction.logit[part]), abs=1e-12
        )
    assert expected.mean_auc == pytest.approx(expected.auc.mean())
    assert "pooled" in repr(expected)
    copy = pickle.loads(pickle.dumps(expected))
    assert same(copy, expected) and copy.seeds == expected.seeds


def test_folds_that_leak_are_refused(data):
    good = [(fold.training, fold.validation) for fold in CrossValidation(folds=3).make_folds(data)]
    require_folds(good, data)
    clf = bolus.IDHClassifier(**QUICK)

    def refused(folds, match, kind=bolus.DataError, **more):
        with pytest.raises(kind, match=match):
            CrossValidation()(clf, data, folds=folds, **more)

    leak = (np.append(good[0][0], good[0][1][-1]), good[0][1][:-1])
    refused([leak, *good[1:]], "fold 0 has patient 'patient")
    refused([leak, *good[1:]], "fold 0 has patient 'patient", executor=ThreadPoolExecutor(1))
    refused(good[:2], "held out by no fold")
    refused([good[0], good[0], good[2]], "held out by fold 0 and by fold 1")
    refused([(good[0][0], []), *good[1:]], "no sample")
    refused([(good[0][0], good[0][1][data.labels[good[0][1]] == 0]), *good[1:]], "only samples of class 0")
    refused([([-1], [2]), *good[1:]], "index -1")
    refused([(good[0][0],), *good[1:]], "1 parts", bolus.ShapeError)
    refused([("a", "b")], "pair", bolus.ShapeError)
    with pytest.raises(bolus.OptionError, match="executor is str"):
        CrossValidation(folds=3)(clf, data, executor="dask")
    with pytest.raises(bolus.OptionError):
        CrossValidation(folds=1)(clf, data)
    with pytest.raises(bolus.DataError, match="fewer than the 9 folds"):
        CrossValidation(folds=9)(clf, data)
    one_class = bolus.Dataset(data.curves, labels=np.zeros(len(data), int), patients=data.patients)
    with pytest.raises(bolus.DataError, match="both classes"):
        CrossValidation(folds=3)(clf, one_class)


def test_errors_and_stops_come_back_from_an_executor(data):
    clf = bolus.IDHClassifier(**QUICK)
    with pytest.raises(bolus.Cancelled):
        CrossValidation(folds=3)(clf, data, executor=ThreadPoolExecutor(1), progress=lambda *_: False)
    for executor in (None, ThreadPoolExecutor(2)):
        with pytest.raises(bolus.DataError, match="each class needs 2 patients"):
            CrossValidation(folds=2)(clf, easy_data(patients=6), executor=executor)


def test_nested_cross_validation(data):
    nested = NestedCrossValidation(outer_folds=3, inner_folds=2, seed=1)
    clf = bolus.IDHClassifier(**QUICK)
    candidates = parameter_grid({"learning_rate": [1e-7, 0.03], "hidden_size": [4]})
    result = nested(clf, data, candidates)
    assert [chosen["learning_rate"] for chosen in result.chosen] == [0.03] * 3
    plain = CrossValidation(folds=3, seed=1)(bolus.IDHClassifier(**{**QUICK, "learning_rate": 0.03}), data)
    assert same(result.outer, plain)
    table = result.to_frame()
    assert list(table.columns) == [
        "outer_fold", "hidden_size", "learning_rate", "mean_auc", "standard_deviation_auc", "chosen",
    ]  # fmt: skip
    assert len(table) == 6 and table.groupby("outer_fold").chosen.sum().tolist() == [1, 1, 1]

    with ThreadPoolExecutor(2) as executor:
        other = nested(clf, data, candidates, executor=executor)
    assert same(other.outer, result.outer)
    assert [trial.auc for trial in other.trials] == [trial.auc for trial in result.trials]
    copy = pickle.loads(pickle.dumps(result))
    assert same(copy.outer, result.outer) and copy.chosen == result.chosen
    assert "<table" in result._repr_html_() and "<table" in result.trials[0]._repr_html_()
    with pytest.raises(bolus.OptionError, match="no option 'trees'"):
        nested(clf, data, [{"trees": 100}])
    with pytest.raises(bolus.OptionError, match="no candidates"):
        nested(clf, data, [])


def test_optuna_proposes(data):
    pytest.importorskip("optuna")
    nested = NestedCrossValidation(outer_folds=2, inner_folds=2)
    space = {"learning_rate": ParameterRange(1e-3, 1e-1, logarithmic=True), "hidden_size": [2, 4]}
    clf = bolus.IDHClassifier(**QUICK)
    search = OptunaSearch(space, trials=3, seed=5)
    result = nested(clf, data, search)
    assert len(result.trials) == 6 and len(search.studies_) == 2
    for trial in result.trials:
        assert 1e-3 <= trial.parameters["learning_rate"] <= 1e-1 and trial.parameters["hidden_size"] in (2, 4)
    for k, study in enumerate(search.studies_):
        assert study.best_value == pytest.approx(max(t.mean_auc for t in result.trials if t.outer_fold == k))
    again = nested(clf, data, OptunaSearch(space, trials=3, seed=5), executor=ThreadPoolExecutor(2))
    assert same(again.outer, result.outer)
    with pytest.raises(bolus.Cancelled):
        nested(clf, data, search, progress=lambda *_: False)


def test_without_optuna_the_error_says_how_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(ImportError, match=r"bolus\[optuna\]"):
        OptunaSearch({"dropout": [0.0]})


def test_grid_and_random_parameters():
    from sklearn.model_selection import ParameterGrid

    values = {"hidden_size": [4, 8], "dropout": [0.0, 0.5], "loss": ["focal", "cross_entropy"]}
    assert parameter_grid(values) == list(ParameterGrid(values))
    drawn = random_parameters(
        {"learning_rate": ParameterRange(1e-4, 1e-1, logarithmic=True), "loss": ["focal"]}, 500, 3
    )
    rates = np.log10([parameters["learning_rate"] for parameters in drawn])
    assert rates.min() >= -4 and rates.max() <= -1 and abs(rates.mean() + 2.5) < 0.15
    alone = random_parameters({"learning_rate": ParameterRange(1e-4, 1e-1, logarithmic=True)}, 20, 3)
    assert [p["learning_rate"] for p in alone] == [p["learning_rate"] for p in drawn[:20]]
    with pytest.raises(bolus.OptionError):
        random_parameters({"dropout": ParameterRange(0.5, 0.1)}, 3)
    assert pickle.loads(pickle.dumps(ParameterRange(1, 2))).high == 2


def test_codeletion_has_its_own_classifier_and_target():
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV

    cohort = bolus.simulate.CohortSimulator(patients=60, seed=1, codeletion_rcbv_correlation=0.6)()
    data = cohort.dataset(target="codeletion")
    table = cohort.to_frame()
    mutants = table[table.idh_mutant]
    assert sorted(set(data.patients)) == sorted(mutants.patient)
    labels = dict(zip(mutants.patient, mutants.codeleted, strict=True))
    assert all(labels[patient] == label for patient, label in zip(data.patients, data.labels, strict=True))
    with pytest.raises(bolus.OptionError, match="'codeletion'"):
        cohort.dataset(target="mgmt")

    clf = bolus.CodeletionClassifier(max_epochs=2)
    assert (
        clf.hidden_size
        == bolus.model.codeletion_classifier().options()["hidden_size"]
        != bolus.IDHClassifier().hidden_size
    )
    assert set(clf.get_params()) == set(bolus.IDHClassifier().get_params())
    assert clone(clf).get_params() == clf.get_params()
    clf.fit(data)
    assert clf.network_.classes == ["intact", "codeleted"]
    assert clf.predict_proba(data.curves).shape == (len(data), 2)
    copy = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(copy.predict_proba(data.curves), clf.predict_proba(data.curves))
    result = CrossValidation(folds=3)(clf, data)
    assert result.models[0].network.shape.hidden_size == clf.hidden_size
    search = GridSearchCV(bolus.CodeletionClassifier(max_epochs=1), {"hidden_size": [2, 3]}, cv=2)
    search.fit(data.curves, data.labels, groups=data.patients)
    assert search.best_params_["hidden_size"] in (2, 3)
    with pytest.raises(TypeError, match="no option depth"):
        bolus.CodeletionClassifier(depth=3)


def test_the_default_cohort_does_not_know_the_new_option():
    plain = bolus.simulate.CohortSimulator(patients=30, seed=4)()
    same_again = bolus.simulate.CohortSimulator(patients=30, seed=4, codeletion_rcbv_correlation=0.0)()
    for a, b in zip(plain.patients, same_again.patients, strict=True):
        np.testing.assert_array_equal(a.curves.values, b.curves.values)
    assert "codeletion_rcbv_correlation" not in plain.provenance.options
