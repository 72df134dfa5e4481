"""The statistics of bolus.evaluate against scipy, statsmodels and scikit-learn, on random and on awkward data."""

import itertools
import pickle
import warnings
from fractions import Fraction
from math import comb, factorial

import numpy as np
import pandas as pd
import pytest
import scipy.optimize
import scipy.stats
from sklearn.calibration import calibration_curve as sklearn_calibration_curve
from sklearn.metrics import brier_score_loss

import bolus
from bolus import evaluate

GENERATOR = np.random.default_rng(7)
TOLERANCE = {"rel": 1e-8, "abs": 1e-300}


def groups():
    """Pairs of samples: plain, unequal, tied, tiny, far from 0, skewed, one constant, one value against many."""
    normal = GENERATOR.normal
    return [
        (normal(size=30), normal(0.5, 2, size=41)),
        (normal(size=9), normal(3, 1, size=300)),
        (GENERATOR.integers(0, 3, size=25).astype(float), GENERATOR.integers(1, 4, size=18).astype(float)),
        (1e8 + normal(size=12), 1e8 + 1 + normal(size=15)),
        (np.exp(4 * normal(size=20)), np.exp(4 * normal(size=20))),
        (np.full(5, 2.0), normal(size=7)),
        (np.array([1.0, 2.0]), np.array([4.0, 9.0])),
        (np.array([-1e-9, 2e-9, 3e-9]), np.array([1e-9, 7e-9])),
        (normal(size=2000), normal(1.0, 1, size=3000)),
    ]


def student_peer(a, b, equal_variances):
    result = scipy.stats.ttest_ind(a, b, equal_var=equal_variances)
    return result, result.confidence_interval(0.95)


@pytest.mark.parametrize("equal_variances", [True, False])
def test_t_tests_equal_scipy(equal_variances):
    test = evaluate.student_test if equal_variances else evaluate.welch_test
    for a, b in [*groups(), (np.array([3.0]), np.array([1.0, 2.0, 4.0]))][: None if equal_variances else -1]:
        peer, interval = student_peer(a, b, equal_variances)
        result = test(a, b)
        assert result.statistic == pytest.approx(peer.statistic, rel=1e-7)  # scipy's own rounding at 1e8
        assert result.degrees_of_freedom == pytest.approx(peer.df, rel=1e-7)
        assert result.p_value == pytest.approx(peer.pvalue, rel=2e-7)
        assert (result.low, result.high) == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-8)


def test_t_tests_equal_scipy_to_1e8_where_scipy_is_exact():
    for a, b in (pair for pair in groups() if np.abs(pair[0]).max() < 1e6):
        for test, equal in ((evaluate.student_test, True), (evaluate.welch_test, False)):
            peer, interval = student_peer(a, b, equal)
            result = test(a, b)
            assert result.statistic == pytest.approx(peer.statistic, **TOLERANCE)
            assert result.p_value == pytest.approx(peer.pvalue, **TOLERANCE)
            assert result.low == pytest.approx(interval.low, rel=1e-8, abs=1e-10)
    pooled = np.sqrt((np.var([1.0, 2, 4], ddof=1) * 2 + np.var([3.0, 5], ddof=1)) / 3)
    assert evaluate.welch_test([1, 2, 4], [3, 5]).cohens_d == pytest.approx((7 / 3 - 4) / pooled)


def test_anova_equals_scipy():
    for count in (2, 3, 6):
        samples = [GENERATOR.normal(0.3 * i, 1, size=4 + 5 * i) for i in range(count)]
        peer = scipy.stats.f_oneway(*samples)
        result = evaluate.one_way_anova(samples)
        assert result.statistic == pytest.approx(peer.statistic, **TOLERANCE)
        assert result.p_value == pytest.approx(peer.pvalue, **TOLERANCE)
    samples = [[1.0], [2.0, 3.0], [2.5]]
    assert evaluate.one_way_anova(samples).p_value == pytest.approx(scipy.stats.f_oneway(*samples).pvalue, **TOLERANCE)
    assert evaluate.one_way_anova(samples).degrees_within == 1


def test_mann_whitney_equals_scipy():
    for a, b in [*groups(), (np.array([1.0]), np.array([2.0])), (np.array([2.0]), GENERATOR.normal(size=400))]:
        for method in ("automatic", "exact", "asymptotic"):
            tied = np.unique(np.r_[a, b]).size < a.size + b.size
            if method == "exact" and (tied or a.size * b.size > 5e4):
                continue
            peer = scipy.stats.mannwhitneyu(a, b, method="auto" if method == "automatic" else method)
            result = evaluate.mann_whitney_test(a, b, method=method)
            assert result.statistic == peer.statistic
            assert result.p_value == pytest.approx(peer.pvalue, rel=1e-8, abs=1e-290), (a.size, b.size, method)
    a, b = groups()[0]
    labels = np.r_[np.ones(a.size), np.zeros(b.size)].astype(int)
    area = evaluate.roc_auc(labels, np.r_[a, b])
    assert evaluate.mann_whitney_test(a, b).probability_of_superiority == pytest.approx(area)


def test_exact_mann_whitney_equals_all_orders():
    for m, n in ((3, 4), (8, 30), (40, 50)):
        ways = [1]  # of each U, by whole numbers: the Gaussian binomial
        for i in range(1, m + 1):
            ways = ways + [0] * n
            top = [0] * (len(ways) + 1)
            for k, value in enumerate(ways):
                top[k] += value
                if k + n + i < len(top):
                    top[k + n + i] -= value
            for k in range(i, len(top)):
                top[k] += top[k - i]
            ways = top[: i * n + 1]
        assert sum(ways) == comb(m + n, m)
        b = np.arange(n) + 0.5
        a = np.arange(m) * 0.71 + 0.1003
        result = evaluate.mann_whitney_test(a, b, method="exact")
        u = int(min(result.statistic, m * n - result.statistic))
        expected = min(1.0, float(Fraction(2 * sum(ways[: u + 1]), comb(m + n, m))))
        assert result.p_value == pytest.approx(expected, rel=1e-10)


def tables():
    yield from (np.array(t) for t in ([[3, 1], [1, 3]], [[0, 5], [7, 0]], [[0, 9], [8, 120]], [[1, 0], [0, 1]]))
    yield from (
        np.array(t) for t in ([[103, 20], [1, 377]], [[2, 0], [3, 4]], [[10, 10], [10, 10]], [[1000, 2], [900, 9]])
    )
    yield np.array([[12, 0, 3], [4, 8, 1]])
    yield np.array([[0, 3], [4, 1], [2, 2]])
    for shape in ((2, 2), (2, 2), (2, 6), (3, 3), (4, 3)):
        table = GENERATOR.integers(0, 9, size=shape)
        yield table + (table.sum(axis=0, keepdims=True) == 0) + (table.sum(axis=1, keepdims=True) == 0)


@pytest.mark.parametrize("table", tables(), ids=lambda t: str(t.tolist()))
def test_chi_square_equals_scipy(table):
    peer = scipy.stats.chi2_contingency(table, correction=False)
    result = evaluate.chi_square_test(table)
    assert result.statistic == pytest.approx(peer.statistic, rel=1e-8, abs=1e-12)
    assert result.p_value == pytest.approx(peer.pvalue, **TOLERANCE)
    assert result.degrees_of_freedom == peer.dof
    np.testing.assert_allclose(result.expected, peer.expected_freq, rtol=1e-12)
    cramer = scipy.stats.contingency.association(table, method="cramer")
    assert result.cramers_v == pytest.approx(cramer, rel=1e-8, abs=1e-8)
    assert bool(result.flags) == (peer.expected_freq.min() < 5)
    if table.shape == (2, 2):
        peer = scipy.stats.chi2_contingency(table, correction=True)
        corrected = evaluate.chi_square_test(table, yates=True)
        assert corrected.statistic == pytest.approx(peer.statistic, rel=1e-8, abs=1e-12)
        assert corrected.p_value == pytest.approx(peer.pvalue, **TOLERANCE)
    residuals = pytest.importorskip("statsmodels.api").stats.Table(table, shift_zeros=False).standardized_resids
    np.testing.assert_allclose(result.residuals, residuals, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("table", [t for t in tables() if t.shape == (2, 2)], ids=lambda t: str(t.tolist()))
def test_fisher_equals_scipy(table):
    result = evaluate.fisher_exact_test(table)
    peer = scipy.stats.fisher_exact(table)
    assert result.p_value == pytest.approx(peer.pvalue, rel=1e-8)
    assert result.odds_ratio == pytest.approx(peer.statistic, rel=1e-12)
    conditional = scipy.stats.contingency.odds_ratio(table, kind="conditional")
    assert result.conditional_odds_ratio == pytest.approx(conditional.statistic, rel=1e-8)
    # scipy's root search stops early: 1e-5 is its own accuracy; the definition is checked below to 1e-8.
    assert (result.low, result.high) == pytest.approx(tuple(conditional.confidence_interval(0.95)), rel=1e-4)
    row, column, total, x = table[0].sum(), table[:, 0].sum(), table.sum(), table[0, 0]
    if result.low > 0:
        tail = scipy.stats.nchypergeom_fisher(total, row, column, result.low).sf(x - 1)
        assert tail == pytest.approx(0.025, rel=1e-8)
    if np.isfinite(result.high):
        tail = scipy.stats.nchypergeom_fisher(total, row, column, result.high).cdf(x)
        assert tail == pytest.approx(0.025, rel=1e-8)


def all_tables(rows, columns):
    """Every table with these margins, by brute force."""
    if len(rows) == 1:
        yield [list(columns)]
        return
    for first in itertools.product(*(range(min(rows[0], c) + 1) for c in columns)):
        if sum(first) == rows[0]:
            rest = [c - f for c, f in zip(columns, first, strict=True)]
            for others in all_tables(rows[1:], rest):
                yield [list(first), *others]


@pytest.mark.parametrize(
    "table",
    [[[3, 0, 2], [1, 4, 1]], [[0, 3], [4, 1], [2, 2]], [[2, 1, 0], [0, 2, 2], [1, 0, 3]], [[5, 0, 1, 2], [0, 4, 2, 1]]],
)
def test_larger_tables_equal_every_table_in_fractions(table):
    rows, columns = [sum(r) for r in table], [sum(c) for c in zip(*table, strict=True)]
    constant = Fraction(1, factorial(sum(rows)))
    for margin in (*rows, *columns):
        constant *= factorial(margin)

    def probability(counts):
        weight = constant
        for count in itertools.chain.from_iterable(counts):
            weight /= factorial(count)
        return weight

    seen = probability(table)
    expected = sum(p for p in map(probability, all_tables(rows, columns)) if p <= seen)
    assert evaluate.fisher_exact_test(table).p_value == pytest.approx(float(expected), rel=1e-10)
    assert evaluate.fisher_exact_test(np.transpose(table)).p_value == pytest.approx(float(expected), rel=1e-10)
    drawn = evaluate.FisherExactTest(method="monte_carlo", replicates=20000, seed=1)(table)
    low, high = drawn.p_interval
    assert low <= float(expected) <= high
    assert drawn.method == "monte_carlo" and drawn.replicates == 20000


def test_a_table_too_large_is_an_error_not_a_guess():
    table = GENERATOR.integers(20, 60, size=(5, 7))
    with pytest.raises(bolus.DataError, match="monte_carlo"):
        evaluate.FisherExactTest(budget=200_000)(table)
    first, second = (
        evaluate.FisherExactTest(method="monte_carlo", replicates=3000, threads=t)(table).p_value for t in (1, 3)
    )
    assert first == second


def test_intervals_equal_statsmodels():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for trials in (1, 2, 7, 60, 5000):
        for successes in {0, 1, trials // 3, trials - 1, trials}:
            for confidence in (0.8, 0.95, 0.999):
                for method, function in (
                    ("wilson", evaluate.wilson_interval),
                    ("beta", evaluate.clopper_pearson_interval),
                ):
                    low, high = proportion.proportion_confint(successes, trials, alpha=1 - confidence, method=method)
                    result = function(successes, trials, confidence)
                    assert tuple(result) == pytest.approx((low, high), rel=1e-8, abs=1e-14)
                    assert 0 <= result.low <= result.estimate <= result.high <= 1


def test_holm_equals_statsmodels():
    multipletests = pytest.importorskip("statsmodels.stats.multitest").multipletests
    for p_values in (GENERATOR.uniform(size=20) ** 3, [0.5], [0.01, 0.01, 0.01], [0.0, 1.0, 0.2]):
        np.testing.assert_allclose(evaluate.holm(p_values), multipletests(p_values, method="holm")[1], rtol=1e-12)


def regression_data(rows=150, seed=3):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(rows, 3)) * [15, 0.4, 1] + [55, 2.0, 0]
    odds = -0.08 * (x[:, 0] - 50) - 2 * (x[:, 1] - 2) + 0.3 * x[:, 2]
    return x, (generator.uniform(size=rows) < 1 / (1 + np.exp(-odds))).astype(int)


def test_logistic_regression_equals_statsmodels_to_1e8():
    api = pytest.importorskip("statsmodels.api")
    for seed in range(3):
        x, y = regression_data(seed=seed)
        peer = api.GLM(y, api.add_constant(x), api.families.Binomial()).fit(tol=1e-14, maxiter=200)
        fit = evaluate.LogisticRegression(confidence=0.9).fit(x, y)
        np.testing.assert_allclose(np.append(fit.intercept, fit.coefficients), peer.params, rtol=1e-8)
        np.testing.assert_allclose(fit.standard_errors, peer.bse, rtol=1e-8)
        np.testing.assert_allclose(fit.p_values, peer.pvalues, rtol=1e-7)
        np.testing.assert_allclose(np.c_[fit.low, fit.high], peer.conf_int(alpha=0.1), rtol=1e-7, atol=1e-9)
        null = api.Logit(y, api.add_constant(x)).fit(disp=0, tol=1e-12, maxiter=200)
        assert fit.likelihood_ratio.statistic == pytest.approx(null.llr, rel=1e-8)
        assert fit.likelihood_ratio.p_value == pytest.approx(null.llr_pvalue, rel=1e-7)
        smaller = evaluate.LogisticRegression().fit(x[:, :1], y)
        nested = evaluate.likelihood_ratio_test(fit, smaller)
        statistic = 2 * (null.llf - api.Logit(y, api.add_constant(x[:, :1])).fit(disp=0, tol=1e-12).llf)
        assert nested.statistic == pytest.approx(statistic, rel=1e-8)
        assert nested.p_value == pytest.approx(scipy.stats.chi2.sf(statistic, 2), rel=1e-7)


def objective(beta, x, y, firth):
    design = np.c_[np.ones(len(x)), x]
    odds = design @ beta
    value = np.sum(np.where(y == 1, -np.logaddexp(0, -odds), -np.logaddexp(0, odds)))
    if firth:
        p = 1 / (1 + np.exp(-odds))
        value += 0.5 * np.linalg.slogdet((design * (p * (1 - p))[:, None]).T @ design)[1]
    return value


@pytest.mark.parametrize("firth", [False, True])
def test_profile_intervals_equal_an_independent_search(firth):
    x, y = regression_data(rows=60)
    x = (x[:, :2] - [55, 2]) / [15, 0.4]  # so that the general search converges
    fit = evaluate.LogisticRegression(penalty="firth" if firth else "none", interval="profile").fit(x, y)
    estimates = np.append(fit.intercept, fit.coefficients)
    found = scipy.optimize.minimize(lambda b: -objective(b, x, y, firth), np.zeros(3), tol=1e-12)
    np.testing.assert_allclose(estimates, found.x, atol=2e-5)
    top = objective(estimates, x, y, firth)
    assert top >= -found.fun - 1e-10

    def deviance(place, value):
        others = [i for i in range(3) if i != place]

        def held(rest):
            beta = np.empty(3)
            beta[place], beta[others] = value, rest
            return -objective(beta, x, y, firth)

        best = scipy.optimize.minimize(
            held, estimates[others], method="Nelder-Mead", tol=1e-10, options={"maxiter": 4000}
        )
        return 2 * (top + best.fun)

    for place in range(3):
        assert deviance(place, fit.low[place]) == pytest.approx(scipy.stats.chi2.ppf(0.95, 1), abs=1e-6)
        assert deviance(place, fit.high[place]) == pytest.approx(scipy.stats.chi2.ppf(0.95, 1), abs=1e-6)
        assert fit.p_values[place] == pytest.approx(scipy.stats.chi2.sf(deviance(place, 0.0), 1), rel=1e-5)


def test_firth_is_finite_and_right_where_classes_are_separated():
    x = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, 1.5], [3.0, 0.2], [4.0, 1.1], [5.0, 0.7], [6.0, 0.1], [7.0, 1.3]])
    y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    fit = evaluate.LogisticRegression(penalty="firth", interval="profile").fit(x, y, names=["age", "noise"])
    found = scipy.optimize.minimize(lambda b: -objective(b, x, y, True), np.zeros(3), method="BFGS", tol=1e-11)
    np.testing.assert_allclose(np.append(fit.intercept, fit.coefficients), found.x, rtol=1e-4)
    assert np.isfinite(fit.low).all() and np.isfinite(fit.high).all()
    # With all coefficients 0 the penalised score vanishes where p = (n1 + k / 2) / (n + k).
    assert fit.likelihood_ratio.statistic == pytest.approx(
        2 * (-found.fun - objective(np.zeros(3), x, y, True)), rel=1e-6
    )
    with pytest.raises(bolus.ConvergenceError, match="'age' by itself"):
        evaluate.LogisticRegression().fit(x, y, names=["age", "noise"])
    rotated = np.c_[x[:, 0] + 3 * x[:, 1], x[:, 0] - 40 * x[:, 1]]
    with pytest.raises(bolus.ConvergenceError, match="'a', 'b' together"):
        evaluate.LogisticRegression().fit(rotated, y, names=["a", "b"])


def test_variance_inflation_equals_statsmodels():
    api = pytest.importorskip("statsmodels.api")
    outliers = pytest.importorskip("statsmodels.stats.outliers_influence")
    x, _ = regression_data()
    x = np.c_[x, x[:, 0] + 40 * x[:, 1] + GENERATOR.normal(size=len(x))]
    frame = pd.DataFrame(x, columns=["age", "rCBV", "noise", "mix"])
    result = evaluate.variance_inflation(frame)
    design = api.add_constant(x)
    expected = [outliers.variance_inflation_factor(design, i) for i in range(1, 5)]
    np.testing.assert_allclose(result.factors, expected, rtol=1e-8)
    assert result.names == list(frame.columns)
    assert [f.code for f in result.flags] == ["evaluate.variance_inflation.high"] * sum(v > 10 for v in expected)
    with pytest.raises(bolus.DataError, match="determine each other"):
        evaluate.variance_inflation(np.c_[x, x[:, 0] - x[:, 1]])


def test_age_on_real_patients(real_data):
    api = pytest.importorskip("statsmodels.api")
    table = pd.read_csv(real_data / "clinical" / "ucsf_pdgm.csv")
    mutant = (table.idh != "wildtype").to_numpy().astype(int)
    age = table.age.to_numpy(dtype=float)
    assert evaluate.roc_auc(mutant, -age) == pytest.approx(0.9044372347, abs=5e-11)
    fit = evaluate.LogisticRegression(interval="profile").fit(table[["age"]], mutant)
    peer = api.Logit(mutant, api.add_constant(age)).fit(disp=0, tol=1e-13, maxiter=100)
    np.testing.assert_allclose([fit.intercept, *fit.coefficients], peer.params, rtol=1e-8)
    np.testing.assert_allclose(fit.standard_errors, peer.bse, rtol=1e-8)
    assert fit.log_likelihood == pytest.approx(peer.llf, rel=1e-10)
    line = evaluate.calibration_line(mutant, fit.predict_probability(table[["age"]]))
    assert (line.intercept, line.slope) == pytest.approx((0, 1), abs=1e-7)
    assert evaluate.mann_whitney_test(-age[mutant == 1], -age[mutant == 0]).probability_of_superiority == pytest.approx(
        0.9044372347, abs=5e-11
    )


def predictions(rows=400, seed=5, step=None):
    generator = np.random.default_rng(seed)
    odds = generator.normal(size=rows) * 2
    labels = (generator.uniform(size=rows) < 1 / (1 + np.exp(-0.7 * odds - 0.3))).astype(int)
    probabilities = 1 / (1 + np.exp(-odds))
    return labels, np.round(probabilities / step) * step if step else probabilities


@pytest.mark.parametrize("step", [None, 0.1, 0.05])
@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_calibration_curve_equals_sklearn(step, strategy):
    labels, probabilities = predictions(step=step)
    probabilities = np.clip(probabilities, 0, 1)
    for bins in (1, 5, 10, 13):
        observed, predicted = sklearn_calibration_curve(labels, probabilities, n_bins=bins, strategy=strategy)
        curve = evaluate.calibration_curve(labels, probabilities, bins=bins, strategy=strategy)
        np.testing.assert_allclose(curve.observed, observed, rtol=1e-12)
        np.testing.assert_allclose(curve.predicted, predicted, rtol=1e-12)
        counts = curve.to_frame()["count"]
        assert counts.sum() == labels.size
        error = np.sum(counts / labels.size * np.abs(observed - predicted))
        assert curve.expected_error == pytest.approx(error, rel=1e-12)
        parts = evaluate.brier_decomposition(labels, probabilities, bins=bins, strategy=strategy)
        assert parts.score == pytest.approx(brier_score_loss(labels, probabilities), rel=1e-12)
        total = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins
        assert total == pytest.approx(parts.score, rel=1e-12)


def test_within_bins_vanishes_where_a_bin_has_one_probability():
    labels, probabilities = predictions(step=0.1)
    probabilities = np.clip(probabilities - 0.05, 0.05, 0.95)
    assert evaluate.brier_decomposition(labels, probabilities).within_bins == pytest.approx(0, abs=1e-14)


def test_calibration_line_equals_statsmodels():
    api = pytest.importorskip("statsmodels.api")
    labels, probabilities = predictions()
    odds = np.log(probabilities / (1 - probabilities))
    line = evaluate.calibration_line(labels, probabilities)
    family = api.families.Binomial()
    slope = api.GLM(labels, api.add_constant(odds), family).fit(tol=1e-14)
    large = api.GLM(labels, np.ones((labels.size, 1)), family, offset=odds).fit(tol=1e-14)
    assert line.slope == pytest.approx(slope.params[1], rel=1e-8)
    assert line.slope_standard_error == pytest.approx(slope.bse[1], rel=1e-8)
    assert line.intercept == pytest.approx(large.params[0], rel=1e-8)
    assert line.intercept_standard_error == pytest.approx(large.bse[0], rel=1e-8)
    assert (line.intercept_low, line.intercept_high) == pytest.approx(tuple(large.conf_int()[0]), rel=1e-7)


def test_hosmer_lemeshow_equals_its_definition():
    labels, probabilities = predictions()
    result = evaluate.hosmer_lemeshow_test(labels, probabilities)
    group = pd.qcut(probabilities, 10, labels=False)
    statistic = 0.0
    for g in range(10):
        inside = group == g
        expected = probabilities[inside].sum()
        statistic += (labels[inside].sum() - expected) ** 2 / (expected * (1 - expected / inside.sum()))
    assert result.statistic == pytest.approx(statistic, rel=1e-10)
    assert result.p_value == pytest.approx(scipy.stats.chi2.sf(statistic, 8), rel=1e-8)


def test_decision_curve_equals_its_definition():
    labels, probabilities = predictions(step=0.05)
    thresholds = np.r_[np.arange(1, 20) * 0.05, probabilities[(probabilities > 0) & (probabilities < 1)][:20]]
    curve = evaluate.decision_curve(labels, probabilities, thresholds)
    for threshold, benefit, everyone in zip(thresholds, curve.net_benefit, curve.treat_all, strict=True):
        positive = probabilities >= threshold
        odds = threshold / (1 - threshold)
        expected = (np.sum(positive & (labels == 1)) - np.sum(positive & (labels == 0)) * odds) / labels.size
        assert benefit == pytest.approx(expected, rel=1e-12, abs=1e-15)
        assert everyone == pytest.approx(labels.mean() - (1 - labels.mean()) * odds)
    assert evaluate.decision_curve(labels, probabilities).thresholds.size == 99


NAN = float("nan")


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: evaluate.student_test([], [1, 2]), bolus.DataError, "group a is empty"),
        (lambda: evaluate.student_test([1, NAN], [1, 2]), bolus.DataError, "value 1 of group a"),
        (lambda: evaluate.student_test([1], [2]), bolus.DataError, "single value"),
        (lambda: evaluate.student_test([1, 1], [2, 2]), bolus.DataError, "constant"),
        (lambda: evaluate.student_test([1, 2], [2, 3], confidence=1), bolus.OptionError, "confidence"),
        (lambda: evaluate.student_test([[1, 2]], [2, 3]), bolus.ShapeError, "one-dimensional"),
        (lambda: evaluate.student_test(["a"], [2, 3]), bolus.DataError, "not numbers"),
        (lambda: evaluate.student_test([1e200, -1e200], [0, 1]), bolus.DataError, "too large"),
        (lambda: evaluate.welch_test([1], [2, 3]), bolus.DataError, "group a"),
        (lambda: evaluate.one_way_anova([[1, 2]]), bolus.DataError, "at least two"),
        (lambda: evaluate.one_way_anova([[1, 2], []]), bolus.DataError, "group 1 is empty"),
        (lambda: evaluate.one_way_anova([[1], [2]]), bolus.DataError, "single value"),
        (lambda: evaluate.one_way_anova([[1, 1], [2, 2]]), bolus.DataError, "constant"),
        (lambda: evaluate.mann_whitney_test([], [1]), bolus.DataError, "group a is empty"),
        (lambda: evaluate.mann_whitney_test([1], [NAN]), bolus.DataError, "group b"),
        (lambda: evaluate.mann_whitney_test([1], [1], method="exact"), bolus.OptionError, "tied"),
        (lambda: evaluate.mann_whitney_test([1], [1], method="quick"), bolus.OptionError, "expected one of"),
        (lambda: evaluate.chi_square_test([[1, 0], [2, 0]]), bolus.DataError, "column 1 of the table is empty"),
        (lambda: evaluate.chi_square_test([[1, 2]]), bolus.ShapeError, "at least 2 rows"),
        (lambda: evaluate.chi_square_test([[1, 2], [3, -1]]), bolus.DataError, "row 1, column 1"),
        (lambda: evaluate.chi_square_test([[0.5, 2], [3, 1]]), bolus.DataError, "whole number"),
        (lambda: evaluate.chi_square_test([[NAN, 2], [3, 1]]), bolus.DataError, "row 0, column 0"),
        (lambda: evaluate.chi_square_test([[1, 2, 3], [3, 2, 1]], yates=True), bolus.OptionError, "2 x 2"),
        (lambda: evaluate.fisher_exact_test([[0, 0], [0, 0]]), bolus.DataError, "counts nobody"),
        (lambda: evaluate.fisher_exact_test([[2e9, 2e9], [2, 3]]), bolus.DataError, "expected fewer"),
        (lambda: evaluate.wilson_interval(1, 0), bolus.DataError, "at least one trial"),
        (lambda: evaluate.wilson_interval(-1, 3), bolus.DataError, "expected 0 to 3"),
        (lambda: evaluate.clopper_pearson_interval(1, 3, 0), bolus.OptionError, "confidence"),
        (lambda: evaluate.holm([0.2, NAN]), bolus.DataError, "p value 1"),
        (lambda: evaluate.holm([]), bolus.DataError, "no p values"),
        (lambda: evaluate.brier_score([0, 1], [0.5, 1.2]), bolus.DataError, "probability 1"),
        (lambda: evaluate.brier_score([0, 1], [0.5]), bolus.ShapeError, "1 probabilities"),
        (lambda: evaluate.calibration_curve([], []), bolus.DataError, "no labels"),
        (lambda: evaluate.calibration_curve([0, 1], [0, NAN]), bolus.DataError, "probability 1"),
        (lambda: evaluate.calibration_curve([0, 1], [0, 1], bins=0), bolus.OptionError, "bins"),
        (lambda: evaluate.calibration_line([0, 1, 0], [0.5, 0.5, 0.5]), bolus.DataError, "constant"),
        (lambda: evaluate.calibration_line([1, 1], [0.5, 0.6]), bolus.DataError, "both classes"),
        (lambda: evaluate.calibration_line([0, 1], [0.4, 0.6]), bolus.ConvergenceError, "separate"),
        (lambda: evaluate.hosmer_lemeshow_test([0, 1], [0.5, 0.5]), bolus.DataError, "at least 3"),
        (lambda: evaluate.decision_curve([0, 1], [0.5, 0.5], [1.0]), bolus.OptionError, "threshold"),
        (lambda: evaluate.decision_curve([1, 1], [0.5, 0.5]), bolus.DataError, "both classes"),
        (lambda: evaluate.variance_inflation(np.ones((4, 2))), bolus.DataError, "constant"),
        (lambda: evaluate.variance_inflation(np.zeros((4, 0))), bolus.ShapeError, "no columns"),
        (lambda: evaluate.LogisticRegression(penalty="lasso"), bolus.OptionError, "expected one of"),
        (
            lambda: evaluate.LogisticRegression(ridge=1, interval="profile").fit(*regression_data()),
            bolus.OptionError,
            "no profile",
        ),
    ],
)
def test_bad_input_is_an_error(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_where_the_peers_give_nan_there_is_a_result_or_an_error():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isnan(scipy.stats.ttest_ind([1.0, 1.0], [1.0, 1.0]).pvalue)
        assert np.isnan(scipy.stats.fisher_exact([[3, 4], [0, 0]]).statistic)
    with pytest.raises(bolus.DataError, match="constant"):
        evaluate.student_test([1, 1], [1, 1])
    result = evaluate.fisher_exact_test([[3, 4], [0, 0]])
    assert result.p_value == 1 and result.odds_ratio is None and result.conditional_odds_ratio is None
    assert (result.low, result.high) == (0, np.inf)
    assert [flag.code for flag in result.flags] == ["evaluate.fisher.empty_margin"]
    assert evaluate.mann_whitney_test([1, 1, 1], [1, 1]).p_value == 1


def results():
    labels, probabilities = predictions()
    x, y = regression_data()
    table = [[8, 3], [2, 7]]
    return [
        evaluate.student_test([1, 2, 3], [2, 4]),
        evaluate.student_test([1, 2, 3], [2, 4]).a,
        evaluate.one_way_anova([[1, 2, 3], [2, 4]]),
        evaluate.mann_whitney_test([1, 2, 3], [2, 4]),
        evaluate.chi_square_test(table),
        evaluate.fisher_exact_test(table),
        evaluate.fisher_exact_test([[8, 3, 1], [2, 7, 4]]),
        evaluate.FisherExactTest(method="monte_carlo", replicates=100)(table),
        evaluate.wilson_interval(3, 7),
        evaluate.calibration_curve(labels, probabilities),
        evaluate.brier_decomposition(labels, probabilities),
        evaluate.calibration_line(labels, probabilities),
        evaluate.hosmer_lemeshow_test(labels, probabilities),
        evaluate.decision_curve(labels, probabilities),
        evaluate.variance_inflation(x),
        evaluate.LogisticRegression(penalty="firth", interval="profile").fit(x, y),
        evaluate.LogisticRegression().fit(x, y).likelihood_ratio,
    ]


@pytest.mark.parametrize("result", results(), ids=lambda r: type(r).__name__)
def test_results_show_themselves_and_pickle(result):
    assert repr(result).startswith(type(result).__name__ + "(")
    frame = result.to_frame()
    assert isinstance(frame, pd.DataFrame) and len(frame)
    assert "<table" in result._repr_html_()
    copy = pickle.loads(pickle.dumps(result))
    assert repr(copy) == repr(result)
    pd.testing.assert_frame_equal(copy.to_frame(), frame)


def test_options_pickle_and_show_themselves():
    for options in (
        evaluate.FisherExactTest(method="monte_carlo", seed=5),
        evaluate.LogisticRegression(penalty="firth", interval="profile", confidence=0.9),
    ):
        assert repr(pickle.loads(pickle.dumps(options))) == repr(options)
    assert "penalty='none'" in repr(evaluate.LogisticRegression(ridge=2.0))
    x, y = regression_data()
    assert evaluate.LogisticRegression(ridge=2.0).fit(x, y).penalty == "ridge"


def test_figures(tmp_path):
    pytest.importorskip("matplotlib").use("Agg")
    import matplotlib.pyplot as plt

    from bolus.plot import CalibrationDisplay, DecisionCurveDisplay, GroupBoxDisplay

    labels, probabilities = predictions()
    display = CalibrationDisplay.from_predictions(labels, probabilities, name="model")
    np.testing.assert_allclose(display.line_.get_ydata(), display.curve.observed)
    curve = DecisionCurveDisplay.from_predictions(labels, probabilities, name="model")
    second = DecisionCurveDisplay.from_predictions(labels, probabilities**2, name="other", ax=curve.ax_)
    assert len(second.ax_.lines) == 4
    values = pd.DataFrame({"rCBV": GENERATOR.normal(size=60), "idh": ["mutant", "wildtype", "none"] * 20})
    boxes = GroupBoxDisplay.from_frame(values, value="rCBV", group="idh")
    assert boxes.result_.p_value == evaluate.one_way_anova([v for _, v in values.groupby("idh").rCBV]).p_value
    assert [t.get_text().split("\n")[0] for t in boxes.ax_.get_xticklabels()] == ["mutant", "none", "wildtype"]
    assert len(boxes.points_) == 3
    pair = GroupBoxDisplay.from_values({"a": [1, 2, 3], "b": [2.0, 5, 6]}, test="mann_whitney")
    assert any("Mann-Whitney" in text.get_text() for text in pair.ax_.texts)
    assert GroupBoxDisplay.from_values({"a": [1.0, 2]}).result_ is None
    for call in (
        lambda: GroupBoxDisplay({}),
        lambda: GroupBoxDisplay({"a": [], "b": [1.0]}),
        lambda: GroupBoxDisplay({"a": [1.0, 2], "b": [1.0, 3]}, test="sign"),
        lambda: GroupBoxDisplay({"a": [1.0, 2], "b": [1.0, 3], "c": [1.0, 3]}, test="welch"),
    ):
        with pytest.raises(ValueError):
            call()
    for shown in (display, curve, boxes):
        shown.figure_.savefig(tmp_path / "figure.png")
    plt.close("all")
