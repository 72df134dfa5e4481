"""
How good predictions are, and splits by patient.
"""
from __future__ import annotations
import bolus._core.core
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['BootstrapAuc', 'BootstrapResult', 'ConfusionMatrix', 'FoldIndices', 'LogisticFit', 'LogisticRegression', 'MeasurePerformance', 'PatientFolds', 'PatientSplit', 'Performance', 'RocCurve', 'SplitIndices', 'confusion_matrix', 'roc_auc', 'roc_curve', 'youden_threshold']
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
    An area under the ROC curve with its bootstrap interval.
    
    Attributes
    ----------
    estimate : float
        Area on the samples themselves.
    low, high : float
        Ends of the percentile interval.
    confidence : float
        Of the interval.
    values : array
        Area of every replicate that has one, in the order of the replicates.
    skipped : int
        Replicates without an area, because they drew one class only.
    skipped_replicates : array of int
        Their numbers.
    flags : list of QcFlag
    """
    def __getstate__(self) -> tuple[float, float, float, float, typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], list[int], list[tuple[str, str]]]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame: auc, low, high, confidence, replicates, skipped.
        """
    @property
    def confidence(self) -> float:
        ...
    @property
    def estimate(self) -> float:
        ...
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        ...
    @property
    def high(self) -> float:
        ...
    @property
    def low(self) -> float:
        ...
    @property
    def skipped(self) -> int:
        ...
    @property
    def skipped_replicates(self) -> numpy.typing.NDArray[numpy.int64]:
        ...
    @property
    def values(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        ...
class BootstrapAuc:
    """
    Bootstrap percentile interval of the area under the ROC curve.
    
    Replicate r depends on (seed, r) alone: the same on any number of threads, and for any scores.
    
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
    """
    stratified: bool
    def __call__(self, labels: typing.Any, scores: typing.Any, patients: typing.Any = None, progress: typing.Any = None) -> BootstrapResult:
        """
        Bootstrap the area.
        
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
            If there are no samples, one class only, a score that is not finite, a patient of both classes (when stratified), or
            every replicate drew one class only.
        """
    def __getstate__(self) -> tuple[int, float, int, bool, int]:
        ...
    def __init__(self, replicates: typing.SupportsInt | typing.SupportsIndex = 1000, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, seed: typing.SupportsInt | typing.SupportsIndex = 0, stratified: bool = True, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def resample(self, labels: typing.Any, replicate: typing.SupportsInt | typing.SupportsIndex, patients: typing.Any = None) -> numpy.typing.NDArray[numpy.int64]:
        """
        How often a replicate (counted from 0) draws each sample: array (samples,) of int, for np.repeat.
        """
    @property
    def confidence(self) -> float:
        ...
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def replicates(self) -> int:
        ...
    @replicates.setter
    def replicates(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        ...
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        ...
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
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
    bootstrap : BootstrapAuc
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
            As `BootstrapAuc`.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, threshold: typing.SupportsFloat | typing.SupportsIndex = 0.5, bootstrap: BootstrapAuc = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def bootstrap(self) -> BootstrapAuc:
        """
        Of the interval.
        """
    @bootstrap.setter
    def bootstrap(self, arg0: BootstrapAuc) -> None:
        ...
    @property
    def threshold(self) -> float:
        """
        Score from which positive.
        """
    @threshold.setter
    def threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class LogisticFit:
    """
    A fitted logistic regression. Arrays of length 1 + columns have the intercept first.
    
    Attributes
    ----------
    intercept : float
    coefficients : array (columns,)
        Change of the log odds per unit of the column.
    standard_errors, z_values, p_values : array (1 + columns,)
        Wald; p two-sided.
    covariance : array (1 + columns, 1 + columns)
    log_likelihood, null_log_likelihood : float
        At the fit, and of the intercept alone; without the penalty.
    iterations : int
    names : list of str
    """
    def __getstate__(self) -> tuple[float, typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"], float, float, int, list[str]]:
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
        One row per term as a pandas DataFrame, with the odds ratio and its 95 % Wald interval.
        """
    @property
    def coefficients(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        ...
    @property
    def covariance(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        ...
    @property
    def intercept(self) -> float:
        ...
    @property
    def iterations(self) -> int:
        ...
    @property
    def log_likelihood(self) -> float:
        ...
    @property
    def names(self) -> list[str]:
        ...
    @property
    def null_log_likelihood(self) -> float:
        ...
    @property
    def p_values(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        ...
    @property
    def standard_errors(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        ...
    @property
    def z_values(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        ...
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
    """
    def __getstate__(self) -> tuple[int, float, float]:
        ...
    def __init__(self, max_iterations: typing.SupportsInt | typing.SupportsIndex = 100, tolerance: typing.SupportsFloat | typing.SupportsIndex = 1e-08, ridge: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None:
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
            If the columns separate the classes, so that no finite maximum exists, or the steps run out.
        """
    @property
    def max_iterations(self) -> int:
        ...
    @max_iterations.setter
    def max_iterations(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def ridge(self) -> float:
        ...
    @ridge.setter
    def ridge(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def tolerance(self) -> float:
        ...
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
def youden_threshold(labels: typing.Any, scores: typing.Any) -> float:
    """
    The score with the largest sensitivity + specificity - 1 when used as threshold (score >= threshold is positive).
    
    Of several equally good ones the highest. Choose it on other samples than those it is judged on. Parameters and errors as
    `roc_curve`; also DataError where no threshold is better than chance.
    """
