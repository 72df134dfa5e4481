"""
How good predictions are, and splits by patient.
"""
from __future__ import annotations
import bolus._core.core
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['AnovaResult', 'AucComparison', 'AucEstimate', 'Bootstrap', 'BootstrapResult', 'BrierDecomposition', 'CalibrationCurve', 'CalibrationLine', 'ChiSquareResult', 'CompareAuc', 'CompareModels', 'CompareSubgroups', 'ConfusionMatrix', 'CrossValidatedAuc', 'DecisionCurve', 'DelongAuc', 'FisherExactTest', 'FisherResult', 'FoldIndices', 'GroupSummary', 'HosmerLemeshowResult', 'IsotonicCalibration', 'IsotonicFit', 'LikelihoodRatio', 'LogisticFit', 'LogisticRegression', 'MannWhitneyResult', 'MeanDifference', 'MeasurePerformance', 'ModelComparison', 'OperatingPoint', 'PartialAuc', 'PatientFolds', 'PatientSplit', 'PatternFrequencies', 'Performance', 'PlattCalibration', 'PlattFit', 'PrecisionRecallCurve', 'ProportionInterval', 'RateInterval', 'RateIntervals', 'RocBand', 'RocBandResult', 'RocCurve', 'SplitIndices', 'SubgroupAuc', 'SubgroupComparison', 'TemperatureCalibration', 'TemperatureFit', 'TemporalPattern', 'VarianceInflation', 'brier_decomposition', 'brier_score', 'calibration_curve', 'calibration_line', 'chi_square_test', 'clopper_pearson_interval', 'confusion_matrix', 'cross_validated_auc', 'decision_curve', 'delong_covariance', 'expected_calibration_error', 'fisher_exact_test', 'holm', 'hosmer_lemeshow_test', 'likelihood_ratio_test', 'mann_whitney_test', 'one_way_anova', 'partial_auc', 'pattern_frequencies', 'precision_recall_curve', 'roc_auc', 'roc_curve', 'spearman_correlation', 'student_test', 'temporal_pattern', 'variance_inflation', 'welch_test', 'wilson_interval', 'youden_threshold']
class ProportionInterval:
    """
    A proportion with its confidence interval. Unpacks into (low, high).
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __iter__(self) -> collections.abc.Iterator:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def confidence(self) -> float:
        """
        Of the interval.
        """
    @property
    def estimate(self) -> float:
        """
        successes / trials.
        """
    @property
    def high(self) -> float:
        """
        Upper end of the interval.
        """
    @property
    def low(self) -> float:
        """
        Lower end of the interval.
        """
    @property
    def successes(self) -> int:
        """
        Successes.
        """
    @property
    def trials(self) -> int:
        """
        Trials.
        """
class GroupSummary:
    """
    Size, mean and spread of a group of values.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def count(self) -> int:
        """
        Values.
        """
    @property
    def mean(self) -> float:
        """
        Mean.
        """
    @property
    def standard_deviation(self) -> float:
        """
        With count - 1; 0 for a single value.
        """
class MeanDifference:
    """
    Difference of the means of two groups, with its t test.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def a(self) -> GroupSummary:
        """
        Size, mean and spread of a.
        """
    @property
    def b(self) -> GroupSummary:
        """
        Size, mean and spread of b.
        """
    @property
    def cohens_d(self) -> float:
        """
        Difference / pooled standard deviation.
        """
    @property
    def confidence(self) -> float:
        """
        Of the interval.
        """
    @property
    def degrees_of_freedom(self) -> float:
        """
        Of t.
        """
    @property
    def difference(self) -> float:
        """
        Mean of a - mean of b.
        """
    @property
    def high(self) -> float:
        """
        Upper end of its confidence interval.
        """
    @property
    def low(self) -> float:
        """
        Lower end of its confidence interval.
        """
    @property
    def p_value(self) -> float:
        """
        Two-sided.
        """
    @property
    def standard_error(self) -> float:
        """
        Of the difference.
        """
    @property
    def statistic(self) -> float:
        """
        t.
        """
class AnovaResult:
    """
    One-way analysis of variance: whether the means of several groups differ.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        The table of the analysis as a pandas DataFrame.
        """
    @property
    def degrees_between(self) -> int:
        """
        Groups - 1.
        """
    @property
    def degrees_within(self) -> int:
        """
        Values - groups.
        """
    @property
    def eta_squared(self) -> float:
        """
        Share of the variance that the groups explain.
        """
    @property
    def groups(self) -> list[GroupSummary]:
        """
        Size, mean and spread of each group.
        """
    @property
    def p_value(self) -> float:
        """
        Of F.
        """
    @property
    def statistic(self) -> float:
        """
        F.
        """
    @property
    def sum_squares_between(self) -> float:
        """
        Between the groups.
        """
    @property
    def sum_squares_within(self) -> float:
        """
        In the groups.
        """
class MannWhitneyResult:
    """
    Whether values of one group tend to be larger than those of another.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def count_a(self) -> int:
        """
        Values of a.
        """
    @property
    def count_b(self) -> int:
        """
        Values of b.
        """
    @property
    def method(self) -> typing.Literal['automatic', 'exact', 'asymptotic']:
        """
        'exact' or 'asymptotic'.
        """
    @property
    def p_value(self) -> float:
        """
        Two-sided.
        """
    @property
    def probability_of_superiority(self) -> float:
        """
        U / pairs, which is the ROC area.
        """
    @property
    def rank_biserial(self) -> float:
        """
        Effect size, -1 to 1.
        """
    @property
    def statistic(self) -> float:
        """
        U of a: pairs in which a is larger, ties half.
        """
    @property
    def tied(self) -> int:
        """
        Values that equal another one.
        """
class ChiSquareResult:
    """
    Pearson's chi-square test of independence.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def cramers_v(self) -> float:
        """
        Effect size, 0 to 1, without correction.
        """
    @property
    def degrees_of_freedom(self) -> int:
        """
        (rows - 1) (columns - 1).
        """
    @property
    def expected(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        Counts (rows, columns) if rows and columns were independent.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags: evaluate.chi_square.small_expected.
        """
    @property
    def p_value(self) -> float:
        """
        Of the chi-square distribution.
        """
    @property
    def residuals(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        Adjusted residuals (rows, columns).
        """
    @property
    def statistic(self) -> float:
        """
        Chi-square.
        """
    @property
    def yates_correction(self) -> bool:
        """
        Whether the statistic has it.
        """
class FisherResult:
    """
    Fisher's exact test of independence, two-sided.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def conditional_odds_ratio(self) -> float | None:
        """
        2 x 2: maximum likelihood given the margins.
        """
    @property
    def confidence(self) -> float:
        """
        Of the interval.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags: evaluate.fisher.empty_margin.
        """
    @property
    def high(self) -> float | None:
        """
        2 x 2: upper end of its exact interval.
        """
    @property
    def low(self) -> float | None:
        """
        2 x 2: lower end of its exact interval.
        """
    @property
    def method(self) -> typing.Literal['exact', 'monte_carlo']:
        """
        'exact' or 'monte_carlo'.
        """
    @property
    def odds_ratio(self) -> float | None:
        """
        2 x 2: ad / bc, may be infinite; None where it is 0 / 0.
        """
    @property
    def p_interval(self) -> ProportionInterval | None:
        """
        Monte Carlo: 99 % interval of the exact P value.
        """
    @property
    def p_value(self) -> float:
        """
        Two-sided.
        """
    @property
    def replicates(self) -> int:
        """
        Random tables; 0: exact.
        """
class FisherExactTest:
    """
    Fisher's exact test of independence with options, two-sided.
    
    Parameters
    ----------
    method : str
        "exact", or "monte_carlo": random tables with the same margins. A table too large for the exact method raises DataError.
    confidence : float
        Of the interval of the odds ratio (2 x 2).
    replicates, seed : int
        Of the Monte Carlo method.
    threads : int
        0: all cores. The result is the same for any number.
    budget : int
        Steps of the exact method before it gives up.
    """
    def __call__(self, table: typing.Any, progress: typing.Any = None) -> FisherResult:
        """
        Test.
        
        Parameters
        ----------
        table : array (rows, columns) of int, or DataFrame
            Counts.
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        FisherResult
        
        Raises
        ------
        OptionError, ShapeError
        DataError
            If a count is negative or no whole number, all are 0, or the table is too large for the exact method.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, method: typing.Literal['exact', 'monte_carlo'] = 'exact', confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, replicates: typing.SupportsInt | typing.SupportsIndex = 100000, seed: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 0, budget: typing.SupportsInt | typing.SupportsIndex = 20000000) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def budget(self) -> int:
        """
        Steps of the exact method.
        """
    @budget.setter
    def budget(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def confidence(self) -> float:
        """
        Of the interval of the odds ratio.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def method(self) -> typing.Literal['exact', 'monte_carlo']:
        """
        'exact' or 'monte_carlo'.
        """
    @method.setter
    def method(self, arg0: typing.Literal['exact', 'monte_carlo']) -> None:
        ...
    @property
    def replicates(self) -> int:
        """
        Random tables.
        """
    @replicates.setter
    def replicates(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of the random tables.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class RocCurve:
    """
    The receiver operating characteristic, from (0, 0) to (1, 1).
    
    Attributes
    ----------
    thresholds : array (points,)
        Falling; the first is infinity. A sample is called positive where its score is at least the threshold.
    false_positive_rate, true_positive_rate : array (points,)
        1 - specificity, and sensitivity, at each threshold.
    """
    def __getstate__(self) -> tuple[typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def auc(self) -> float:
        """
        Area under the curve by the trapezoidal rule.
        """
    def to_frame(self) -> typing.Any:
        """
        The points as a pandas DataFrame.
        """
    @property
    def false_positive_rate(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        ...
    @property
    def thresholds(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        ...
    @property
    def true_positive_rate(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        ...
class BootstrapResult:
    """
    A figure with its bootstrap interval.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame: the figure under its name, low, high, confidence, interval, replicates, skipped.
        """
    @property
    def _skipped_replicates(self) -> list[int]:
        """
        Their numbers.
        """
    @property
    def acceleration(self) -> float:
        """
        a of bca, else 0.
        """
    @property
    def bias(self) -> float:
        """
        z0 of bca, else 0.
        """
    @property
    def confidence(self) -> float:
        """
        Of the interval.
        """
    @property
    def estimate(self) -> float:
        """
        The figure on the samples themselves.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        List of QcFlag.
        """
    @property
    def high(self) -> float:
        """
        Upper end of the interval.
        """
    @property
    def interval(self) -> typing.Literal['percentile', 'bca']:
        """
        How the interval was made: percentile or bca.
        """
    @property
    def low(self) -> float:
        """
        Lower end of the interval.
        """
    @property
    def metric(self) -> typing.Literal['auc', 'sensitivity', 'specificity', 'accuracy', 'positive_predictive_value', 'negative_predictive_value', 'f1', 'brier']:
        """
        What the figure is: auc, sensitivity, ...
        """
    @property
    def skipped(self) -> int:
        """
        Replicates in which the figure does not exist.
        """
    @property
    def skipped_replicates(self) -> numpy.typing.NDArray[numpy.int64]:
        """
        Array of int: numbers of the replicates without a figure.
        """
    @property
    def standard_error(self) -> float:
        """
        Standard deviation of the replicates.
        """
    @property
    def values(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Array: figure of every replicate that has one, in their order.
        """
class Bootstrap:
    """
    Bootstrap interval of a figure of labels and scores.
    
    Replicate r depends on (seed, r) alone: the same on any number of threads, for any scores and for any figure.
    
    Parameters
    ----------
    replicates : int
        Resamples.
    confidence : float
        Of the interval, between 0 and 1.
    seed : int
        Of the random numbers.
    stratified : bool
        Draw each class (of samples, or of patients) by itself, so that its size stays.
    threads : int
        0: all cores.
    interval : {"percentile", "bca"}
        How its ends are made from the replicates.
    metric : {"auc", "sensitivity", "specificity", "accuracy", "positive_predictive_value", "negative_predictive_value", "f1", "brier"}
        The figure. "brier" needs probabilities as scores.
    threshold : float
        From which score on a sample counts as positive; all but auc and brier use it.
    """
    def __call__(self, labels: typing.Any, scores: typing.Any, patients: typing.Any = None, progress: typing.Any = None) -> BootstrapResult:
        """
        Bootstrap the figure.
        
        Parameters
        ----------
        labels : array (samples,) of bool or int
            1 is positive (IDH-mutant), 0 negative.
        scores : array (samples,)
            Finite; higher means positive.
        patients : sequence (samples,), optional
            Names or numbers. Samples of a patient are then drawn together; without that, several samples per patient give an
            interval that is too narrow.
        progress : callable ``(stage, done, total)``, optional
            Stops the work by returning False.
        
        Returns
        -------
        BootstrapResult
        
        Raises
        ------
        OptionError
            If an option is out of range.
        ShapeError
            If lengths differ.
        DataError
            If there are no samples, one class only, a score that is not finite, a patient of both classes (when stratified), or the
            figure does not exist in the samples or in any replicate.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, replicates: typing.SupportsInt | typing.SupportsIndex = 1000, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, seed: typing.SupportsInt | typing.SupportsIndex = 0, stratified: bool = True, threads: typing.SupportsInt | typing.SupportsIndex = 0, interval: typing.Literal['percentile', 'bca'] = 'percentile', metric: typing.Literal['auc', 'sensitivity', 'specificity', 'accuracy', 'positive_predictive_value', 'negative_predictive_value', 'f1', 'brier'] = 'auc', threshold: typing.SupportsFloat | typing.SupportsIndex = 0.5) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def difference(self, labels: typing.Any, first: typing.Any, second: typing.Any, patients: typing.Any = None, second_threshold: typing.SupportsFloat | typing.SupportsIndex | None = None, progress: typing.Any = None) -> BootstrapResult:
        """
        The figure of the first model minus that of the second, both on the same resamples.
        
        Parameters and errors as the call; `second_threshold` is the second model's, by default the same.
        
        Returns
        -------
        BootstrapResult
        """
    def resample(self, labels: typing.Any, replicate: typing.SupportsInt | typing.SupportsIndex, patients: typing.Any = None) -> numpy.typing.NDArray[numpy.int64]:
        """
        How often a replicate (counted from 0) draws each sample: array (samples,) of int, for np.repeat.
        """
    @property
    def confidence(self) -> float:
        """
        Of the interval.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def interval(self) -> typing.Literal['percentile', 'bca']:
        """
        percentile or bca.
        """
    @interval.setter
    def interval(self, arg0: typing.Literal['percentile', 'bca']) -> None:
        ...
    @property
    def metric(self) -> typing.Literal['auc', 'sensitivity', 'specificity', 'accuracy', 'positive_predictive_value', 'negative_predictive_value', 'f1', 'brier']:
        """
        The figure.
        """
    @metric.setter
    def metric(self, arg0: typing.Literal['auc', 'sensitivity', 'specificity', 'accuracy', 'positive_predictive_value', 'negative_predictive_value', 'f1', 'brier']) -> None:
        ...
    @property
    def replicates(self) -> int:
        """
        Resamples.
        """
    @replicates.setter
    def replicates(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of the random numbers.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def stratified(self) -> bool:
        """
        Draw each class by itself.
        """
    @stratified.setter
    def stratified(self, arg0: bool) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0: all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threshold(self) -> float:
        """
        From which score on a sample counts as positive.
        """
    @threshold.setter
    def threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class RocBandResult:
    """
    A ROC curve with a pointwise bootstrap band.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per point as a pandas DataFrame.
        """
    @property
    def confidence(self) -> float:
        """
        At each point, not of the whole curve.
        """
    @property
    def false_positive_rate(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Array (points,): even grid from 0 to 1.
        """
    @property
    def high(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Array (points,): upper end.
        """
    @property
    def low(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Array (points,): lower end of the sensitivity's interval.
        """
    @property
    def skipped(self) -> int:
        """
        Replicates of one class only.
        """
    @property
    def true_positive_rate(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Array (points,): the samples' own curve.
        """
class RocBand:
    """
    Pointwise bootstrap band of a ROC curve: intervals of sensitivity on a grid.
    
    Parameters
    ----------
    replicates, confidence, seed, stratified, threads
        As `Bootstrap`.
    points : int
        Of the even grid of false positive rates.
    """
    def __call__(self, labels: typing.Any, scores: typing.Any, patients: typing.Any = None, progress: typing.Any = None) -> RocBandResult:
        """
        The band as a RocBandResult. Parameters and errors as `Bootstrap`.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, replicates: typing.SupportsInt | typing.SupportsIndex = 1000, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, seed: typing.SupportsInt | typing.SupportsIndex = 0, stratified: bool = True, threads: typing.SupportsInt | typing.SupportsIndex = 0, points: typing.SupportsInt | typing.SupportsIndex = 101) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def confidence(self) -> float:
        """
        At each point.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def points(self) -> int:
        """
        Of the grid.
        """
    @points.setter
    def points(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def replicates(self) -> int:
        """
        Resamples.
        """
    @replicates.setter
    def replicates(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of the random numbers.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def stratified(self) -> bool:
        """
        Draw each class by itself.
        """
    @stratified.setter
    def stratified(self, arg0: bool) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0: all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class RateInterval:
    """
    A rate of a confusion matrix with its interval.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def interval(self) -> ProportionInterval:
        """
        ProportionInterval.
        """
    @property
    def name(self) -> str:
        """
        Such as sensitivity.
        """
class RateIntervals:
    """
    Rates of a confusion matrix with their intervals.
    
    They take the samples for independent; with several samples per patient use `Bootstrap`.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per rate as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        List of QcFlag, one for each rate that does not exist.
        """
    @property
    def method(self) -> typing.Literal['wilson', 'clopper_pearson']:
        """
        wilson or clopper_pearson.
        """
    @property
    def rates(self) -> list[RateInterval]:
        """
        List of RateInterval, those that exist.
        """
class ConfusionMatrix:
    """
    How predictions fell out against the truth; positive is class 1, IDH-mutant.
    
    A rate whose denominator is empty does not exist: asking for it raises DataError, never gives a NaN.
    
    Attributes
    ----------
    true_negative, false_positive, false_negative, true_positive : int
    """
    def __getstate__(self) -> tuple[int, int, int, int]:
        ...
    def __init__(self, true_negative: typing.SupportsInt | typing.SupportsIndex = 0, false_positive: typing.SupportsInt | typing.SupportsIndex = 0, false_negative: typing.SupportsInt | typing.SupportsIndex = 0, true_positive: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def accuracy(self) -> float:
        """
        Share of all samples predicted rightly.
        """
    def counts(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[2, 2]"]:
        """
        Counts (2, 2): row = true class, column = predicted class.
        """
    def f1(self) -> float:
        """
        Harmonic mean of sensitivity and positive predictive value.
        """
    def intervals(self, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, method: typing.Literal['wilson', 'clopper_pearson'] = 'wilson') -> RateIntervals:
        """
        The rates with their intervals, as RateIntervals.
        
        Parameters
        ----------
        confidence : float
        method : {"wilson", "clopper_pearson"}
        """
    def negative_predictive_value(self) -> float:
        """
        Share of the negative predictions that were right.
        """
    def normalised(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[2, 2]"]:
        """
        As `counts`, each row divided by its sum.
        """
    def positive_predictive_value(self) -> float:
        """
        Share of the positive predictions that were right.
        """
    def sensitivity(self) -> float:
        """
        Share of the positive samples predicted positive.
        """
    def specificity(self) -> float:
        """
        Share of the negative samples predicted negative.
        """
    def to_frame(self) -> typing.Any:
        """
        The counts as a pandas DataFrame, one row per true class.
        """
    def total(self) -> int:
        """
        Number of samples.
        """
    @property
    def false_negative(self) -> int:
        ...
    @false_negative.setter
    def false_negative(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def false_positive(self) -> int:
        ...
    @false_positive.setter
    def false_positive(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def true_negative(self) -> int:
        ...
    @true_negative.setter
    def true_negative(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def true_positive(self) -> int:
        ...
    @true_positive.setter
    def true_positive(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class PartialAuc:
    """
    A part of the area under the ROC curve.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        ...
    @property
    def area(self) -> float:
        """
        As it is, at most high - low.
        """
    @property
    def corrected(self) -> float:
        """
        McClish: 0.5 for no discrimination, 1 for perfect.
        """
    @property
    def high(self) -> float:
        """
        Upper end.
        """
    @property
    def low(self) -> float:
        """
        Lower end of the range.
        """
    @property
    def range(self) -> typing.Literal['specificity', 'sensitivity']:
        """
        specificity or sensitivity.
        """
class PrecisionRecallCurve:
    """
    Precision over recall, recall rising from 0 to 1.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        ...
    @property
    def auc(self) -> float:
        """
        Area without straight lines between the points (Davis and Goadrich).
        """
    @property
    def average_precision(self) -> float:
        """
        Sum of precision times gain in recall.
        """
    @property
    def precision(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Array (points,).
        """
    @property
    def prevalence(self) -> float:
        """
        Precision of a score without information.
        """
    @property
    def recall(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Array (points,): rising from 0 to 1.
        """
    @property
    def thresholds(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Array (points,): falling; the first is infinity.
        """
class OperatingPoint:
    """
    A threshold and where it comes from.
    
    Make it by one of `fixed`, `youden`, `at_sensitivity`, `at_specificity`, the last three from validation samples; call it with other
    samples. It refuses the samples it was chosen on, and patients among them.
    """
    @staticmethod
    def at_sensitivity(labels: typing.Any, scores: typing.Any, sensitivity: typing.SupportsFloat | typing.SupportsIndex = 0.9, patients: typing.Any = None) -> OperatingPoint:
        """
        The highest threshold with at least that sensitivity on validation samples.
        """
    @staticmethod
    def at_specificity(labels: typing.Any, scores: typing.Any, specificity: typing.SupportsFloat | typing.SupportsIndex = 0.9, patients: typing.Any = None) -> OperatingPoint:
        """
        The lowest threshold with at least that specificity on validation samples.
        """
    @staticmethod
    def fixed(threshold: typing.SupportsFloat | typing.SupportsIndex = 0.5) -> OperatingPoint:
        """
        A threshold set beforehand.
        """
    @staticmethod
    def youden(labels: typing.Any, scores: typing.Any, patients: typing.Any = None) -> OperatingPoint:
        """
        The largest sensitivity + specificity - 1 on validation samples.
        """
    def __call__(self, labels: typing.Any, scores: typing.Any, patients: typing.Any = None) -> ConfusionMatrix:
        """
        The ConfusionMatrix of other samples at this point.
        
        Raises
        ------
        DataError
            For the samples it was chosen on, or a patient among them.
        """
    def __getstate__(self) -> tuple[float, str, float, ConfusionMatrix, int, list[str]]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def predict(self, scores: typing.Any) -> numpy.typing.NDArray[numpy.int64]:
        """
        0 or 1 for each score.
        """
    def to_frame(self) -> typing.Any:
        ...
    @property
    def rule(self) -> str:
        """
        fixed, youden, sensitivity or specificity.
        """
    @property
    def target(self) -> float:
        """
        The rate asked for, else 0.
        """
    @property
    def threshold(self) -> float:
        """
        A sample is positive where its score is at least this.
        """
    @property
    def validation(self) -> ConfusionMatrix:
        """
        ConfusionMatrix of the samples it was chosen on.
        """
class AucEstimate:
    """
    An area under the ROC curve with its standard error and interval.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def confidence(self) -> float:
        """
        Of the interval.
        """
    @property
    def estimate(self) -> float:
        """
        The area.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        List of QcFlag: evaluate.delong.no_variance.
        """
    @property
    def high(self) -> float:
        """
        Upper end.
        """
    @property
    def low(self) -> float:
        """
        Lower end of the interval.
        """
    @property
    def negatives(self) -> int:
        """
        Negative samples, or patients that have any.
        """
    @property
    def positives(self) -> int:
        """
        Positive samples, or patients that have any.
        """
    @property
    def standard_error(self) -> float:
        """
        Its root.
        """
    @property
    def variance(self) -> float:
        """
        DeLong's, or with patients Obuchowski's.
        """
class DelongAuc:
    """
    Area under the ROC curve with DeLong's standard error and interval.
    
    Parameters
    ----------
    confidence : float
        Of the interval, between 0 and 1.
    interval : {"logit", "normal"}
        On the scale of the log odds, or estimate +- z standard errors cut off at 0 and 1.
    threads : int
        0: all cores.
    """
    def __call__(self, labels: typing.Any, scores: typing.Any, patients: typing.Any = None) -> AucEstimate:
        """
        Estimate the area.
        
        Parameters
        ----------
        labels : array (samples,) of bool or int
            1 is positive, 0 negative.
        scores : array (samples,)
            Finite; higher means positive.
        patients : sequence (samples,), optional
            Where samples share them: the variance is then Obuchowski's for clustered data.
        
        Returns
        -------
        AucEstimate
        
        Raises
        ------
        OptionError, ShapeError
        DataError
            If there are no samples, one class only, a score that is not finite, or a class with a single sample or patient.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, interval: typing.Literal['logit', 'normal'] = 'logit', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def confidence(self) -> float:
        """
        Of the interval.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def interval(self) -> typing.Literal['logit', 'normal']:
        """
        logit or normal.
        """
    @interval.setter
    def interval(self, arg0: typing.Literal['logit', 'normal']) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0: all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class AucComparison:
    """
    Two areas, their difference and its test.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def confidence(self) -> float:
        """
        Of the interval.
        """
    @property
    def difference(self) -> float:
        """
        First minus second.
        """
    @property
    def first(self) -> str:
        """
        Name of the first model.
        """
    @property
    def first_auc(self) -> float:
        """
        Area of the first.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        List of QcFlag.
        """
    @property
    def high(self) -> float:
        """
        Upper end.
        """
    @property
    def low(self) -> float:
        """
        Lower end of the difference's interval.
        """
    @property
    def method(self) -> typing.Literal['delong', 'bootstrap', 'permutation']:
        """
        That gave the p value: delong, bootstrap or permutation.
        """
    @property
    def p_adjusted(self) -> float:
        """
        By Holm over the pairs of a ModelComparison.
        """
    @property
    def p_value(self) -> float:
        """
        Two-sided.
        """
    @property
    def paired(self) -> bool:
        """
        Both on the same samples.
        """
    @property
    def second(self) -> str:
        """
        Name of the second.
        """
    @property
    def second_auc(self) -> float:
        """
        Area of the second.
        """
    @property
    def standard_error(self) -> float:
        """
        Of the difference.
        """
    @property
    def statistic(self) -> float:
        """
        z; for permutation the difference itself.
        """
class CompareAuc:
    """
    Tests whether two areas under the ROC curve differ.
    
    Parameters
    ----------
    method : {"delong", "bootstrap", "permutation"}
    confidence : float
        Of the interval of the difference.
    replicates : int
        Of bootstrap and permutation.
    seed : int
        Of their random numbers.
    threads : int
        0: all cores.
    """
    def __call__(self, labels: typing.Any, first: typing.Any, second: typing.Any, patients: typing.Any = None, progress: typing.Any = None) -> AucComparison:
        """
        Two models on the same samples (paired).
        
        Parameters
        ----------
        labels : array (samples,)
        first, second : array (samples,)
            Scores of the two models, higher means positive; their scales may differ.
        patients : sequence (samples,), optional
            Where samples share them.
        
        Returns
        -------
        AucComparison
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, method: typing.Literal['delong', 'bootstrap', 'permutation'] = 'delong', confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, replicates: typing.SupportsInt | typing.SupportsIndex = 2000, seed: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def unpaired(self, first_labels: typing.Any, first_scores: typing.Any, second_labels: typing.Any, second_scores: typing.Any, first_patients: typing.Any = None, second_patients: typing.Any = None, progress: typing.Any = None) -> AucComparison:
        """
        Areas on two sets of samples that share no sample and no patient. Not for permutation. Returns AucComparison.
        """
    @property
    def confidence(self) -> float:
        """
        Of the interval.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def method(self) -> typing.Literal['delong', 'bootstrap', 'permutation']:
        """
        delong, bootstrap or permutation.
        """
    @method.setter
    def method(self, arg0: typing.Literal['delong', 'bootstrap', 'permutation']) -> None:
        ...
    @property
    def replicates(self) -> int:
        """
        Of bootstrap and permutation.
        """
    @replicates.setter
    def replicates(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of their random numbers.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0: all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class ModelComparison:
    """
    Areas of k models on the same samples, and all pairs.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def models_frame(self) -> typing.Any:
        """
        One row per model as a pandas DataFrame.
        """
    def to_frame(self) -> typing.Any:
        """
        One row per pair as a pandas DataFrame.
        """
    @property
    def covariance(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        Array (models, models), of the areas.
        """
    @property
    def degrees_of_freedom(self) -> float:
        """
        0: no such test exists.
        """
    @property
    def models(self) -> list[AucEstimate]:
        """
        List of AucEstimate.
        """
    @property
    def names(self) -> list[str]:
        """
        Of the models.
        """
    @property
    def p_value(self) -> float:
        """
        Of the chi-square.
        """
    @property
    def pairs(self) -> list[AucComparison]:
        """
        List of AucComparison, p values adjusted by Holm.
        """
    @property
    def statistic(self) -> float:
        """
        Chi-square: all areas equal.
        """
class CompareModels:
    """
    Compares k models on the same samples: all pairs, Holm, and all equal.
    
    Parameters
    ----------
    method, confidence, replicates, seed, threads
        As `CompareAuc`.
    """
    def __call__(self, labels: typing.Any, scores: typing.Any, patients: typing.Any = None, progress: typing.Any = None) -> ModelComparison:
        """
        Compare.
        
        Parameters
        ----------
        labels : array (samples,)
        scores : mapping or DataFrame of name to scores, or array (samples, models)
        patients : sequence (samples,), optional
        
        Returns
        -------
        ModelComparison
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, method: typing.Literal['delong', 'bootstrap', 'permutation'] = 'delong', confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, replicates: typing.SupportsInt | typing.SupportsIndex = 2000, seed: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def confidence(self) -> float:
        """
        Of the intervals.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def method(self) -> typing.Literal['delong', 'bootstrap', 'permutation']:
        """
        delong, bootstrap or permutation.
        """
    @method.setter
    def method(self, arg0: typing.Literal['delong', 'bootstrap', 'permutation']) -> None:
        ...
    @property
    def replicates(self) -> int:
        """
        Of bootstrap and permutation.
        """
    @replicates.setter
    def replicates(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of their random numbers.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0: all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class SubgroupAuc:
    """
    One model, or two, in one subgroup.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def auc(self) -> AucEstimate:
        """
        AucEstimate of the (first) model.
        """
    @property
    def comparison(self) -> AucComparison | None:
        """
        AucComparison of the two models, or None.
        """
    @property
    def name(self) -> str:
        """
        Of the subgroup.
        """
    @property
    def positives(self) -> int:
        """
        Positive samples in it.
        """
    @property
    def samples(self) -> int:
        """
        Samples in it.
        """
class SubgroupComparison:
    """
    What subgroups show, and the test of interaction.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per subgroup as a pandas DataFrame.
        """
    @property
    def degrees_of_freedom(self) -> float:
        """
        0: no test.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        List of QcFlag: evaluate.subgroup.no_area, no_variance.
        """
    @property
    def groups(self) -> list[SubgroupAuc]:
        """
        List of SubgroupAuc.
        """
    @property
    def p_value(self) -> float:
        """
        Of the interaction.
        """
    @property
    def statistic(self) -> float:
        """
        Chi-square of the interaction.
        """
class CompareSubgroups:
    """
    Area in each subgroup and the test of interaction.
    
    Parameters
    ----------
    confidence : float
        Of the intervals.
    threads : int
        0: all cores.
    """
    def __call__(self, labels: typing.Any, scores: typing.Any, groups: typing.Any, patients: typing.Any = None, second: typing.Any = None) -> SubgroupComparison:
        """
        Compare.
        
        Parameters
        ----------
        labels, scores : array (samples,)
        groups : sequence (samples,)
            Such as grade, field strength or protocol.
        patients : sequence (samples,), optional
            Where samples share them; a patient may lie in one group only.
        second : array (samples,), optional
            Scores of another model: the interaction is then that of the difference of the two areas.
        
        Returns
        -------
        SubgroupComparison
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def confidence(self) -> float:
        """
        Of the intervals.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0: all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class CrossValidatedAuc:
    """
    Areas of each fold, and of all out-of-fold scores in one pool.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per fold, then mean and pooled, as a pandas DataFrame.
        """
    @property
    def areas(self) -> list[float]:
        """
        One per fold.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        List of QcFlag: evaluate.folds.no_area, evaluate.folds.shifted.
        """
    @property
    def folds(self) -> list[int]:
        """
        Numbers of the folds with an area.
        """
    @property
    def mean(self) -> float:
        """
        Of the folds' areas.
        """
    @property
    def pooled(self) -> AucEstimate:
        """
        AucEstimate of all scores together.
        """
    @property
    def standard_deviation(self) -> float:
        """
        Between folds; no standard error of the mean.
        """
    @property
    def without_area(self) -> list[int]:
        """
        Folds with one class only.
        """
class Performance:
    """
    How well scores tell the classes apart: what a paper's table holds.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_dict(self) -> dict:
        """
        n, threshold, accuracy, sensitivity, specificity, auc, auc_low, auc_high.
        """
    def to_frame(self) -> typing.Any:
        """
        The figures of `to_dict` as one row of a pandas DataFrame.
        """
    @property
    def auc(self) -> BootstrapResult:
        """
        BootstrapResult, the area under the ROC curve with its interval.
        """
    @property
    def confusion(self) -> ConfusionMatrix:
        """
        ConfusionMatrix at the threshold.
        """
    @property
    def samples(self) -> int:
        """
        Scores that were judged.
        """
    @property
    def threshold(self) -> float:
        """
        Score from which a sample counted as positive.
        """
class MeasurePerformance:
    """
    Judges scores: rates at a threshold, and the area under the ROC curve with its interval.
    
    Parameters
    ----------
    threshold : float
        A sample counts as positive where its score is at least this.
    bootstrap : Bootstrap
        Of the interval.
    """
    def __call__(self, labels: typing.Any, scores: typing.Any, patients: typing.Any = None, progress: typing.Any = None) -> Performance:
        """
        Judge scores against labels.
        
        Parameters
        ----------
        labels : array (samples,) of bool or int
            1 is positive (IDH-mutant), 0 negative.
        scores : array (samples,)
            Finite; higher means positive.
        patients : sequence (samples,), optional
            Names or numbers; the bootstrap then draws patients.
        progress : callable ``(stage, done, total)``, optional
            Stops the work by returning False.
        
        Returns
        -------
        Performance
        
        Raises
        ------
        OptionError, ShapeError, DataError
            As `Bootstrap`.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, threshold: typing.SupportsFloat | typing.SupportsIndex = 0.5, bootstrap: Bootstrap = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def bootstrap(self) -> Bootstrap:
        """
        Of the interval.
        """
    @bootstrap.setter
    def bootstrap(self, arg0: Bootstrap) -> None:
        ...
    @property
    def threshold(self) -> float:
        """
        Score from which positive.
        """
    @threshold.setter
    def threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class LikelihoodRatio:
    """
    A test that some coefficients are 0, by the likelihood.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def degrees_of_freedom(self) -> int:
        """
        Coefficients tested.
        """
    @property
    def p_value(self) -> float:
        """
        Of the chi-square distribution.
        """
    @property
    def statistic(self) -> float:
        """
        Twice the difference of the log likelihoods.
        """
class LogisticFit:
    """
    A fitted logistic regression. Arrays of length 1 + columns have the intercept first.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def predict_probability(self, x: typing.Any) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Probability of class 1 per row of `x` (rows, columns).
        """
    def to_frame(self) -> typing.Any:
        """
        One row per term as a pandas DataFrame, with the odds ratio and its interval.
        """
    @property
    def coefficients(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (columns,) change of the log odds per unit of the column.
        """
    @property
    def confidence(self) -> float:
        """
        Of the intervals.
        """
    @property
    def covariance(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (1 + columns, 1 + columns).
        """
    @property
    def high(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (1 + columns,) upper ends.
        """
    @property
    def intercept(self) -> float:
        """
        Log odds where every column is 0.
        """
    @property
    def interval(self) -> typing.Literal['wald', 'profile']:
        """
        'wald' or 'profile'.
        """
    @property
    def iterations(self) -> int:
        """
        Newton steps.
        """
    @property
    def likelihood_ratio(self) -> LikelihoodRatio:
        """
        Against the intercept alone.
        """
    @property
    def log_likelihood(self) -> float:
        """
        At the fit, without the penalty.
        """
    @property
    def low(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (1 + columns,) lower ends of the intervals of intercept and coefficients.
        """
    @property
    def names(self) -> list[str]:
        """
        Of the columns.
        """
    @property
    def null_log_likelihood(self) -> float:
        """
        Of the intercept alone.
        """
    @property
    def odds_ratios(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (columns,) factor of the odds per unit of the column.
        """
    @property
    def p_values(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (1 + columns,) two-sided; of Wald's test or the likelihood ratio, as `interval`.
        """
    @property
    def penalty(self) -> typing.Literal['none', 'ridge', 'firth']:
        """
        'none', 'ridge' or 'firth'.
        """
    @property
    def standard_errors(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (1 + columns,) from the inverse information.
        """
    @property
    def z_values(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (1 + columns,) Wald: estimate / standard error.
        """
class LogisticRegression:
    """
    Logistic regression by maximum likelihood (Newton's method).
    
    Parameters
    ----------
    max_iterations : int
        Newton steps before giving up.
    tolerance : float
        Stop when no coefficient of the standardised columns moves by more than this, relative to the largest.
    ridge : float
        The log likelihood loses ridge / 2 * the sum of squared coefficients, not the intercept: scikit-learn's C = 1 / ridge.
    penalty : str
        "none", "ridge" (needs ``ridge``; ``ridge`` > 0 alone means it too), or "firth": finite also where the classes are separated.
    interval : str
        "wald", or "profile": of the (penalised) likelihood; P values are then those of the likelihood ratio.
    confidence : float
        Of the intervals.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, max_iterations: typing.SupportsInt | typing.SupportsIndex = 100, tolerance: typing.SupportsFloat | typing.SupportsIndex = 1e-08, ridge: typing.SupportsFloat | typing.SupportsIndex = 0.0, penalty: typing.Literal['none', 'ridge', 'firth'] = 'none', interval: typing.Literal['wald', 'profile'] = 'wald', confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def fit(self, x: typing.Any, y: typing.Any, names: typing.Any = None) -> LogisticFit:
        """
        Fit.
        
        Parameters
        ----------
        x : array (rows, columns) or DataFrame
            Without a column of ones.
        y : array (rows,) of bool or int
            0 or 1.
        names : sequence of str, optional
            Of the columns; those of the DataFrame, or x0, x1, ... when not given.
        
        Returns
        -------
        LogisticFit
        
        Raises
        ------
        OptionError
            If an option is out of range.
        ShapeError
            If lengths differ.
        DataError
            If there is one class only, a value that is not finite, a constant column, or columns that determine each other.
        ConvergenceError
            If the columns separate the classes, so that no finite maximum exists (the message names the column), or the steps run out.
        """
    @property
    def confidence(self) -> float:
        """
        Of the intervals.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def interval(self) -> typing.Literal['wald', 'profile']:
        """
        'wald' or 'profile'.
        """
    @interval.setter
    def interval(self, arg0: typing.Literal['wald', 'profile']) -> None:
        ...
    @property
    def max_iterations(self) -> int:
        """
        Newton steps.
        """
    @max_iterations.setter
    def max_iterations(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def penalty(self) -> typing.Literal['none', 'ridge', 'firth']:
        """
        'none', 'ridge' or 'firth'.
        """
    @penalty.setter
    def penalty(self, arg0: typing.Literal['none', 'ridge', 'firth']) -> None:
        ...
    @property
    def ridge(self) -> float:
        """
        Penalty of the squares; 0: none.
        """
    @ridge.setter
    def ridge(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def tolerance(self) -> float:
        """
        Stop when no coefficient moves by more.
        """
    @tolerance.setter
    def tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class VarianceInflation:
    """
    How much the other columns inflate the variance of each coefficient.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per column as a pandas DataFrame.
        """
    @property
    def factors(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (columns,) 1 / (1 - R2), 1 or more.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags: evaluate.variance_inflation.high, above 10.
        """
    @property
    def names(self) -> list[str]:
        """
        Of the columns.
        """
class CalibrationCurve:
    """
    Predicted against observed shares of class 1; empty bins are left out.
    """
    def __getstate__(self) -> tuple[list[float], list[ProportionInterval], list[float], list[float], float, float, typing.Literal['uniform', 'quantile']]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per bin as a pandas DataFrame.
        """
    @property
    def edges_from(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Lower end of each bin.
        """
    @property
    def edges_to(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Upper end of each bin.
        """
    @property
    def expected_error(self) -> float:
        """
        ECE: mean of abs(observed - predicted) over the samples.
        """
    @property
    def intervals(self) -> list[ProportionInterval]:
        """
        ProportionInterval of each bin's share (Wilson).
        """
    @property
    def largest_error(self) -> float:
        """
        Largest abs(observed - predicted) of a bin.
        """
    @property
    def observed(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Share of class 1 of each bin.
        """
    @property
    def predicted(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Mean probability of each bin.
        """
    @property
    def strategy(self) -> typing.Literal['uniform', 'quantile']:
        """
        'uniform' or 'quantile'.
        """
class BrierDecomposition:
    """
    score = reliability - resolution + uncertainty + within_bins.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def reliability(self) -> float:
        """
        Squared difference of predicted and observed shares; 0 is best.
        """
    @property
    def resolution(self) -> float:
        """
        Squared difference of the bins' shares and that of all.
        """
    @property
    def scaled(self) -> float | None:
        """
        1 - score / uncertainty; None for one class.
        """
    @property
    def score(self) -> float:
        """
        Brier score.
        """
    @property
    def uncertainty(self) -> float:
        """
        Share of class 1 * share of class 0.
        """
    @property
    def within_bins(self) -> float:
        """
        What probabilities of one bin differ.
        """
class CalibrationLine:
    """
    Calibration in the large and calibration slope, with Wald intervals.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        Intercept and slope as a pandas DataFrame.
        """
    @property
    def confidence(self) -> float:
        """
        Of the intervals.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags: evaluate.calibration.clipped.
        """
    @property
    def intercept(self) -> float:
        """
        With the slope held at 1: 0 is best, below 0 the probabilities are too high.
        """
    @property
    def intercept_high(self) -> float:
        """
        Upper end.
        """
    @property
    def intercept_low(self) -> float:
        """
        Lower end.
        """
    @property
    def intercept_standard_error(self) -> float:
        """
        Of the intercept.
        """
    @property
    def slope(self) -> float:
        """
        Of the log odds: 1 is best, below 1 the probabilities are too extreme.
        """
    @property
    def slope_high(self) -> float:
        """
        Upper end.
        """
    @property
    def slope_low(self) -> float:
        """
        Lower end.
        """
    @property
    def slope_standard_error(self) -> float:
        """
        Of the slope.
        """
class HosmerLemeshowResult:
    """
    Hosmer and Lemeshow's test of calibration.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def degrees_of_freedom(self) -> int:
        """
        Groups - 2.
        """
    @property
    def groups(self) -> int:
        """
        That hold samples.
        """
    @property
    def p_value(self) -> float:
        """
        P value.
        """
    @property
    def statistic(self) -> float:
        """
        Chi-square.
        """
class DecisionCurve:
    """
    Net benefit of acting on a probability, over thresholds.
    """
    def __getstate__(self) -> tuple[list[float], list[float], list[float], float]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per threshold as a pandas DataFrame.
        """
    @property
    def net_benefit(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Of the model.
        """
    @property
    def prevalence(self) -> float:
        """
        Share of class 1, the largest net benefit there can be.
        """
    @property
    def thresholds(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Probability from which one acts.
        """
    @property
    def treat_all(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Of acting on everyone.
        """
class PlattFit:
    """
    A fitted Platt calibration: 1 / (1 + exp(-(slope * score + intercept))).
    """
    def __call__(self, scores: typing.Any) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        The calibrated probability (samples,) of each score.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        Slope and intercept as a pandas DataFrame of one row.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt the fit.
        """
    @property
    def intercept(self) -> float:
        """
        Log odds at a score of 0.
        """
    @property
    def iterations(self) -> int:
        """
        Newton steps.
        """
    @property
    def slope(self) -> float:
        """
        Per unit of the score.
        """
class PlattCalibration:
    """
    Platt scaling: a logistic curve through the scores.
    
    Targets are smoothed as Platt does, so the fit is finite where the classes are separated. As scikit-learn's method "sigmoid".
    
    Parameters
    ----------
    max_iterations : int
        Newton steps before giving up.
    tolerance : float
        Stop when no parameter moves by more.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, max_iterations: typing.SupportsInt | typing.SupportsIndex = 100, tolerance: typing.SupportsFloat | typing.SupportsIndex = 1e-10) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def fit(self, labels: typing.Any, scores: typing.Any) -> PlattFit:
        """
        Fit on samples that took no part in training.
        
        Parameters
        ----------
        labels : array (samples,) of bool or int
        scores : array (samples,)
            Logits, such as `Prediction.logit` or `decision_function`; a higher one means positive.
        
        Raises
        ------
        ShapeError, OptionError
        DataError
            For one class, scores that are not finite or all equal.
        ConvergenceError
        """
    @property
    def max_iterations(self) -> int:
        """
        Newton steps at most.
        """
    @max_iterations.setter
    def max_iterations(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def tolerance(self) -> float:
        """
        Of the parameters.
        """
    @tolerance.setter
    def tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class IsotonicFit:
    """
    A fitted isotonic calibration: a line that never falls.
    """
    def __call__(self, scores: typing.Any) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        The calibrated probability (samples,) of each score.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        The line's points as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt the fit.
        """
    @property
    def probabilities(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Never falling, 0 to 1.
        """
    @property
    def scores(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Rising, of the line's points.
        """
class IsotonicCalibration:
    """
    Isotonic calibration: the never-falling line nearest to the labels.
    
    As scikit-learn's IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip"). It wants some hundred samples.
    """
    def __getstate__(self) -> tuple[()]:
        ...
    def __init__(self) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def fit(self, labels: typing.Any, scores: typing.Any) -> IsotonicFit:
        """
        Fit on samples that took no part in training.
        
        Parameters
        ----------
        labels : array (samples,) of bool or int
        scores : array (samples,)
            Logits, such as `Prediction.logit` or `decision_function`; a higher one means positive.
        
        Raises
        ------
        ShapeError, OptionError
        DataError
            For one class, scores that are not finite or all equal.
        ConvergenceError
        """
class TemperatureFit:
    """
    A fitted temperature: 1 / (1 + exp(-logit / temperature)).
    """
    def __call__(self, scores: typing.Any) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        The calibrated probability (samples,) of each score.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        Temperature and losses as a pandas DataFrame of one row.
        """
    @property
    def log_loss_after(self) -> float:
        """
        And with it.
        """
    @property
    def log_loss_before(self) -> float:
        """
        Mean cross-entropy without calibration.
        """
    @property
    def temperature(self) -> float:
        """
        Above 1: the model was too sure of itself.
        """
class TemperatureCalibration:
    """
    Temperature scaling: logits are divided by one number (Guo et al. 2017).
    
    It moves no decision at 0.5 and changes no AUC.
    
    Parameters
    ----------
    tolerance : float
        Of the inverse temperature, relative.
    """
    def __getstate__(self) -> tuple[typing.Any]:
        ...
    def __init__(self, tolerance: typing.SupportsFloat | typing.SupportsIndex = 1e-12) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def fit(self, labels: typing.Any, scores: typing.Any) -> TemperatureFit:
        """
        Fit on samples that took no part in training.
        
        Parameters
        ----------
        labels : array (samples,) of bool or int
        scores : array (samples,)
            Logits, such as `Prediction.logit` or `decision_function`; a higher one means positive.
        
        Raises
        ------
        ShapeError, OptionError
        DataError
            For one class, scores that are not finite or all equal.
        ConvergenceError
        """
    @property
    def tolerance(self) -> float:
        """
        Relative.
        """
    @tolerance.setter
    def tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class SplitIndices:
    """
    Indices of samples, rising, of the three parts of a split.
    
    Attributes
    ----------
    training, validation, test : array of int
    """
    def __getstate__(self) -> tuple[list[int], list[int], list[int]]:
        ...
    def __iter__(self) -> collections.abc.Iterator:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per sample as a pandas DataFrame: sample, part.
        """
    @property
    def test(self) -> numpy.typing.NDArray[numpy.int64]:
        ...
    @property
    def training(self) -> numpy.typing.NDArray[numpy.int64]:
        ...
    @property
    def validation(self) -> numpy.typing.NDArray[numpy.int64]:
        ...
class FoldIndices:
    """
    Indices of samples, rising, of one fold. Unpacks into (training, validation).
    
    Attributes
    ----------
    training, validation : array of int
    """
    def __getstate__(self) -> tuple[list[int], list[int]]:
        ...
    def __iter__(self) -> collections.abc.Iterator:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per sample as a pandas DataFrame: sample, part.
        """
    @property
    def training(self) -> numpy.typing.NDArray[numpy.int64]:
        ...
    @property
    def validation(self) -> numpy.typing.NDArray[numpy.int64]:
        ...
class PatientSplit:
    """
    Random split by patient, stratified by class (largest remainder).
    
    All samples of a patient fall into one part; each part has both classes. Depends on the seed and the patients' names, not on
    the order of the samples.
    
    Parameters
    ----------
    training, validation, test : int
        Patients; together all of them. validation and test may be 0.
    seed : int
    """
    def __call__(self, patients: typing.Any, labels: typing.Any) -> SplitIndices:
        """
        Split.
        
        Parameters
        ----------
        patients : sequence (samples,)
            Names or numbers.
        labels : array (samples,) of bool or int
        
        Returns
        -------
        SplitIndices
        
        Raises
        ------
        OptionError
            If a count is negative.
        ShapeError
            If lengths differ.
        DataError
            If the counts do not sum to the number of patients, a patient has two classes, or a class has too few patients.
        """
    def __getstate__(self) -> tuple[int, int, int, int]:
        ...
    def __init__(self, training: typing.SupportsInt | typing.SupportsIndex = 395, validation: typing.SupportsInt | typing.SupportsIndex = 50, test: typing.SupportsInt | typing.SupportsIndex = 18, seed: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def seed(self) -> int:
        ...
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def test(self) -> int:
        ...
    @test.setter
    def test(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def training(self) -> int:
        ...
    @training.setter
    def training(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def validation(self) -> int:
        ...
    @validation.setter
    def validation(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class PatientFolds:
    """
    Folds for cross-validation, grouped by patient and stratified by class.
    
    The list it returns can be given to scikit-learn as ``cv``. Depends on the seed and the patients' names, not on the order of the
    samples.
    
    Parameters
    ----------
    folds : int
        At least 2.
    seed : int
    """
    def __call__(self, patients: typing.Any, labels: typing.Any) -> list[FoldIndices]:
        """
        Make the folds.
        
        Parameters
        ----------
        patients : sequence (samples,)
            Names or numbers.
        labels : array (samples,) of bool or int
        
        Returns
        -------
        list of FoldIndices
        
        Raises
        ------
        OptionError
            If there are fewer than 2 folds.
        ShapeError
            If lengths differ.
        DataError
            If a patient has two classes, or a class has fewer patients than there are folds.
        """
    def __getstate__(self) -> tuple[int, int]:
        ...
    def __init__(self, folds: typing.SupportsInt | typing.SupportsIndex = 5, seed: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def folds(self) -> int:
        ...
    @folds.setter
    def folds(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        ...
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class TemporalPattern:
    """
    The two segments of a bolus passage with the most attention.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        evaluate.temporal_pattern.tied, .segment_missing, .undetermined.
        """
    @property
    def number(self) -> int:
        """
        1 to 6; 0: not determined.
        """
    @property
    def segments(self) -> typing.Annotated[list[int], "FixedSize(2)"]:
        """
        The two, rising: 0 baseline, 1 downslope, 2 upslope, 3 plateau.
        """
    @property
    def tied(self) -> bool:
        """
        The second and the third are equal: the earlier one was taken.
        """
class PatternFrequencies:
    """
    How often each temporal pattern occurs in each group of patients.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def occurring(self) -> typing.Annotated[numpy.typing.NDArray[numpy.int32], "[m, n]"]:
        """
        `counts` without the patterns and groups that nobody has: what tests take.
        """
    def shares(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (groups, 6) share of each pattern among the group's patients that have one.
        """
    def to_frame(self) -> typing.Any:
        """
        One row per group and pattern as a pandas DataFrame: group, pattern, count, share.
        """
    @property
    def counts(self) -> typing.Annotated[numpy.typing.NDArray[numpy.int32], "[m, n]"]:
        """
        (groups, 6) patients with TP1 to TP6.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        evaluate.pattern_frequencies.undetermined, .one_group.
        """
    @property
    def groups(self) -> list[str]:
        """
        Sorted.
        """
    @property
    def stratum(self) -> str:
        """
        Part of the patients that was counted; empty: all of them.
        """
    @property
    def undetermined(self) -> list[int]:
        """
        Patients of each group without a pattern: not in `counts`.
        """
def brier_decomposition(labels: typing.Any, probabilities: typing.Any, bins: typing.SupportsInt | typing.SupportsIndex = 10, strategy: typing.Literal['uniform', 'quantile'] = 'uniform') -> BrierDecomposition:
    """
    Where a Brier score comes from: reliability, resolution and uncertainty (Murphy 1973) over bins of the probability.
    
    Parameters, raises: see calibration_curve.
    
    Returns
    -------
    BrierDecomposition
    """
def brier_score(labels: typing.Any, probabilities: typing.Any) -> float:
    """
    Brier score: mean squared difference of probability and label, 0 is best.
    
    Parameters
    ----------
    labels : array (samples,) of bool or int
    probabilities : array (samples,)
    
    Returns
    -------
    float
    
    Raises
    ------
    ShapeError
        If lengths differ.
    DataError
        If there are no samples, or a probability is not between 0 and 1.
    """
def calibration_curve(labels: typing.Any, probabilities: typing.Any, bins: typing.SupportsInt | typing.SupportsIndex = 10, strategy: typing.Literal['uniform', 'quantile'] = 'uniform', confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> CalibrationCurve:
    """
    Calibration curve: the bins of scikit-learn's calibration_curve, each with Wilson's interval.
    
    Parameters
    ----------
    labels : array (samples,) of bool or int
        0 or 1; one class alone will do.
    probabilities : array (samples,)
        Of class 1.
    bins : int
    strategy : str
        "uniform": bins of the same width. "quantile": of about as many samples.
    confidence : float
        Of the intervals.
    
    Returns
    -------
    CalibrationCurve
    
    Raises
    ------
    OptionError
        If there is not at least one bin, or the confidence is not between 0 and 1.
    ShapeError
        If lengths differ.
    DataError
        If there are no samples, or a probability is not between 0 and 1.
    """
def calibration_line(labels: typing.Any, probabilities: typing.Any, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, clip: typing.SupportsFloat | typing.SupportsIndex = 1e-09) -> CalibrationLine:
    """
    Calibration intercept (in the large) and slope: logistic regression of the labels on the log odds.
    
    Parameters
    ----------
    labels : array (samples,) of bool or int
    probabilities : array (samples,)
    confidence : float
    clip : float
        Probabilities nearer to 0 or 1 are set to this distance, with a flag.
    
    Returns
    -------
    CalibrationLine
    
    Raises
    ------
    OptionError
        If an option is out of range.
    ShapeError
        If lengths differ.
    DataError
        If there is one class only, a probability is not between 0 and 1, or all are the same.
    ConvergenceError
        If the probabilities separate the classes, so that the slope is infinite.
    """
def chi_square_test(table: typing.Any, yates: bool = False) -> ChiSquareResult:
    """
    Pearson's chi-square test of independence.
    
    Parameters
    ----------
    table : array (rows, columns) of int, or DataFrame
        Counts; pandas.crosstab makes them.
    yates : bool
        Continuity correction, 2 x 2 only; R's chisq.test and scipy's chi2_contingency have it on by default.
    
    Returns
    -------
    ChiSquareResult
        Flagged where an expected count is below 5: use fisher_exact_test.
    
    Raises
    ------
    ShapeError
        If the table is smaller than 2 x 2.
    OptionError
        If ``yates`` is asked for a larger table.
    DataError
        If a count is negative or no whole number, or a row or column is empty.
    """
def clopper_pearson_interval(successes: typing.SupportsInt | typing.SupportsIndex, trials: typing.SupportsInt | typing.SupportsIndex, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> ProportionInterval:
    """
    Clopper and Pearson's exact interval of a proportion: coverage never below the stated one, wider than Wilson's.
    
    Parameters, returns, raises: see wilson_interval.
    """
def confusion_matrix(labels: typing.Any, predictions: typing.Any) -> ConfusionMatrix:
    """
    Count predictions against labels.
    
    Parameters
    ----------
    labels, predictions : array (samples,) of bool or int
        0 or 1. One class only is allowed.
    
    Returns
    -------
    ConfusionMatrix
    
    Raises
    ------
    ShapeError
        If the lengths differ.
    DataError
        If there are no samples, or a value is neither 0 nor 1.
    """
def cross_validated_auc(labels: typing.Any, scores: typing.Any, folds: typing.Any, patients: typing.Any = None, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> CrossValidatedAuc:
    """
    Pooled and per-fold area of out-of-fold scores.
    
    Parameters
    ----------
    labels, scores : array (samples,)
    folds : array (samples,) of int
        Number of the fold that scored each sample.
    patients : sequence (samples,), optional
    
    Returns
    -------
    CrossValidatedAuc
    """
def decision_curve(labels: typing.Any, probabilities: typing.Any, thresholds: typing.Any = None) -> DecisionCurve:
    """
    Decision curve (Vickers and Elkin 2006).
    
    Parameters
    ----------
    labels : array (samples,) of bool or int
    probabilities : array (samples,)
    thresholds : array, optional
        Between 0 and 1; 0.01 to 0.99 when not given. A sample is positive where its probability is the threshold or more.
    
    Returns
    -------
    DecisionCurve
    
    Raises
    ------
    OptionError
        If a threshold is not between 0 and 1.
    ShapeError
        If lengths differ.
    DataError
        If there is one class only, or a probability is not between 0 and 1.
    """
def delong_covariance(labels: typing.Any, scores: typing.Any, patients: typing.Any = None, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> tuple[typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]]:
    """
    Areas of several models on the same samples, and their covariance.
    
    Parameters
    ----------
    labels : array (samples,)
    scores : array (samples, models), mapping or DataFrame of name to scores
    patients : sequence (samples,), optional
    threads : int
        0: all cores.
    
    Returns
    -------
    areas : array (models,)
    covariance : array (models, models)
    """
def expected_calibration_error(labels: typing.Any, probabilities: typing.Any, bins: typing.SupportsInt | typing.SupportsIndex = 10, strategy: typing.Literal['uniform', 'quantile'] = 'uniform') -> float:
    """
    Expected calibration error (ECE): mean of abs(observed - predicted) over the samples. See calibration_curve.
    """
def fisher_exact_test(table: typing.Any, method: typing.Literal['exact', 'monte_carlo'] = 'exact') -> FisherResult:
    """
    Fisher's exact test of independence with default options, 2 x 2 or larger: see FisherExactTest.
    
    Parameters
    ----------
    table : array (rows, columns) of int, or DataFrame
        Counts.
    method : str
        "exact" or "monte_carlo" (100,000 random tables, seed 0).
    
    Returns
    -------
    FisherResult
    """
def holm(p_values: typing.Any) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
    """
    P values adjusted for their number (Holm 1979), in the order given.
    
    Parameters
    ----------
    p_values : array (n,)
    
    Returns
    -------
    array (n,)
        Compare each with the level of the whole family.
    
    Raises
    ------
    DataError
        If there are none, or one is not between 0 and 1.
    """
def hosmer_lemeshow_test(labels: typing.Any, probabilities: typing.Any, groups: typing.SupportsInt | typing.SupportsIndex = 10) -> HosmerLemeshowResult:
    """
    Hosmer and Lemeshow's test over quantile groups, for probabilities of a model fitted to these samples.
    
    Parameters
    ----------
    labels : array (samples,) of bool or int
    probabilities : array (samples,)
    groups : int
    
    Returns
    -------
    HosmerLemeshowResult
    
    Raises
    ------
    DataError
        If there are fewer than three groups, or a group's probabilities are all 0 or all 1; else as calibration_curve.
    """
def likelihood_ratio_test(larger: LogisticFit, smaller: LogisticFit) -> LikelihoodRatio:
    """
    Likelihood ratio test of a fit against one on fewer of its columns and the same rows.
    
    Parameters
    ----------
    larger, smaller : LogisticFit
        Without a penalty.
    
    Returns
    -------
    LikelihoodRatio
    
    Raises
    ------
    OptionError
        If a fit has a penalty.
    DataError
        If the smaller has a column that the larger has not, as many columns, other rows, or a higher likelihood.
    """
def mann_whitney_test(a: typing.Any, b: typing.Any, method: typing.Literal['automatic', 'exact', 'asymptotic'] = 'automatic') -> MannWhitneyResult:
    """
    Mann and Whitney's U test of two independent groups, two-sided.
    
    Parameters
    ----------
    a, b : array (n,)
    method : str
        "automatic": exact where the smaller group has at most 8 values and none are tied, else asymptotic. "exact": over all orders,
        without ties. "asymptotic": normal approximation with correction for ties and continuity.
    
    Returns
    -------
    MannWhitneyResult
    
    Raises
    ------
    OptionError
        If the exact distribution is asked for and values are tied, or there are more than 1e7 pairs.
    DataError
        If a group is empty or a value is not finite.
    """
def one_way_anova(groups: collections.abc.Iterable) -> AnovaResult:
    """
    One-way analysis of variance.
    
    Parameters
    ----------
    groups : sequence of arrays
        Values of each group.
    
    Returns
    -------
    AnovaResult
    
    Raises
    ------
    DataError
        If there are fewer than two groups, one is empty, a value is not finite, each has a single value, or each is constant.
    """
def partial_auc(labels: typing.Any, scores: typing.Any, low: typing.SupportsFloat | typing.SupportsIndex = 0.8, high: typing.SupportsFloat | typing.SupportsIndex = 1.0, range: typing.Literal['specificity', 'sensitivity'] = 'specificity') -> PartialAuc:
    """
    The area under the ROC curve between two specificities, or between two sensitivities.
    
    Parameters
    ----------
    labels, scores
        As `roc_curve`.
    low, high : float
        The range.
    range : {"specificity", "sensitivity"}
        What the range is of.
    
    Returns
    -------
    PartialAuc
    
    Raises
    ------
    OptionError
        Unless 0 <= low < high <= 1.
    """
def pattern_frequencies(patterns: typing.Any, groups: typing.Any, strata: typing.Any = None) -> typing.Any:
    """
    Count temporal patterns by group, one of each per patient.
    
    Parameters
    ----------
    patterns : array (patients,) of int
        1 to 6; 0 where it is not determined.
    groups : sequence (patients,)
        E.g. 'mutant' and 'wildtype'.
    strata : sequence (patients,), optional
        E.g. the grade: counts each stratum by itself.
    
    Returns
    -------
    PatternFrequencies, or with strata a list of them, sorted
    
    Raises
    ------
    ShapeError, DataError
    """
def precision_recall_curve(labels: typing.Any, scores: typing.Any) -> PrecisionRecallCurve:
    """
    The precision-recall curve with its areas. Parameters and errors as `roc_curve`.
    """
def roc_auc(labels: typing.Any, scores: typing.Any) -> float:
    """
    Area under the ROC curve: the probability that a positive scores above a negative, ties counting half.
    
    The direction is fixed: scores that work the other way round give an area below 0.5. Parameters and errors as `roc_curve`.
    """
def roc_curve(labels: typing.Any, scores: typing.Any) -> RocCurve:
    """
    The ROC curve; the same points as sklearn.metrics.roc_curve(drop_intermediate=False).
    
    Parameters
    ----------
    labels : array (samples,) of bool or int
        1 is positive (IDH-mutant), 0 negative.
    scores : array (samples,)
        Finite; higher means positive.
    
    Returns
    -------
    RocCurve
    
    Raises
    ------
    ShapeError
        If the lengths differ.
    DataError
        If there are no samples, one class only, or a score that is not finite.
    """
def spearman_correlation(a: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], b: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> float | None:
    """
    Spearman's rank correlation, equal values sharing their rank.
    
    Parameters
    ----------
    a, b : array (n,)
    
    Returns
    -------
    float or None
        None where one side is constant.
    
    Raises
    ------
    ShapeError, DataError
    """
def student_test(a: typing.Any, b: typing.Any, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> MeanDifference:
    """
    Student's t test of two independent groups with equal variances, two-sided.
    
    Parameters
    ----------
    a, b : array (n,)
    confidence : float
        Of the interval of the difference of the means.
    
    Returns
    -------
    MeanDifference
    
    Raises
    ------
    OptionError
        If the confidence is not between 0 and 1.
    DataError
        If a group is empty, a value is not finite, each group has a single value, or both are constant.
    """
def temporal_pattern(shares: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[4, 1]"], tie: typing.SupportsFloat | typing.SupportsIndex = 1e-09) -> TemporalPattern:
    """
    The temporal pattern of Choi et al. 2019.
    
    TP1 = baseline + downslope, TP2 = baseline + upslope, TP3 = baseline + plateau, TP4 = downslope + upslope, TP5 = downslope + plateau,
    TP6 = upslope + plateau. The numbers are inferred: the paper names TP1 and TP6.
    
    Parameters
    ----------
    shares : array (4,)
        Attention of baseline, downslope, upslope and plateau, on any common scale; NaN is a segment that the series does not have.
    tie : float
        Where the second and third differ by at most this times the largest, they are tied, and the earlier one is taken.
    
    Returns
    -------
    TemporalPattern
        Its number is 0, not determined, where fewer than two segments are there or none has any attention.
    
    Raises
    ------
    DataError
        For a negative or infinite share.
    """
def variance_inflation(x: typing.Any, names: typing.Any = None) -> VarianceInflation:
    """
    Variance inflation factors.
    
    Parameters
    ----------
    x : array (rows, columns) or DataFrame
        Without a column of ones; an intercept is always in.
    names : sequence of str, optional
        Of the columns.
    
    Returns
    -------
    VarianceInflation
    
    Raises
    ------
    ShapeError
        If there are no columns, or another number of names.
    DataError
        If a value is not finite, a column is constant, or columns determine each other.
    """
def welch_test(a: typing.Any, b: typing.Any, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> MeanDifference:
    """
    Welch's t test of two independent groups whose variances may differ, two-sided.
    
    Parameters, returns: see student_test. A group with a single value raises DataError.
    """
def wilson_interval(successes: typing.SupportsInt | typing.SupportsIndex, trials: typing.SupportsInt | typing.SupportsIndex, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95) -> ProportionInterval:
    """
    Wilson's score interval of a proportion, without continuity correction.
    
    About the stated coverage on average, also near 0 and 1, and never outside them (Wilson, JASA 1927).
    
    Parameters
    ----------
    successes, trials : int
    confidence : float
    
    Returns
    -------
    ProportionInterval
    
    Raises
    ------
    OptionError
        If the confidence is not between 0 and 1.
    DataError
        If there are no trials, or successes out of 0 to trials.
    """
def youden_threshold(labels: typing.Any, scores: typing.Any) -> float:
    """
    The score with the largest sensitivity + specificity - 1 when used as threshold (score >= threshold is positive).
    
    Of several equally good ones the highest. Choose it on other samples than those it is judged on. Parameters and errors as
    `roc_curve`; also DataError where no threshold is better than chance.
    """
