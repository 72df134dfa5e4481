"""
From a DSC series to perfusion quantities, curves and the model's input.
"""
from __future__ import annotations
import bolus._core.core
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['AlignedCurves', 'ArterialCurve', 'ArterialInput', 'ArterialQuality', 'ArterialSearch', 'ArterialSelection', 'Baseline', 'BaselineWindow', 'BolusAlignment', 'BolusSegments', 'BolusTimes', 'BolusTiming', 'BrainMask', 'CurveMeasures', 'CurveQuantities', 'Deconvolution', 'DeconvolutionOperator', 'DeconvolutionResult', 'DeltaR2s', 'DualEcho', 'DualEchoCurves', 'DualEchoLeakage', 'DualEchoLeakageFit', 'FittedGammaVariate', 'FlowEstimates', 'FoundMaps', 'GammaVariate', 'GammaVariateFit', 'LeakageCorrection', 'LeakageFit', 'ParametricMaps', 'PerfusionMaps', 'PopulationInput', 'ProtocolCheck', 'ReferenceTissue', 'RegionCurves', 'RegionRow', 'RegionStatistics', 'RegionTable', 'RepairedCurves', 'RepairedSeries', 'Resampling', 'RescaledArterial', 'SegmentedSeries', 'SlidingWindows', 'SteadyCurves', 'SteadySeries', 'SteadyState', 'TissueMask', 'TransitTimePrior', 'VenousRescaling', 'VolumeOutliers', 'WhiteMatter', 'WindowMapping', 'ZNormalisation', 'delta_r2s', 'join_datasets', 'map_windows', 'maps', 'trapezoid']
class BaselineWindow:
    """
    The samples before the bolus arrives, and when it arrives.
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
    def arrival(self) -> int:
        """
        First sample of the drop; the number of samples when there is none.
        """
    @property
    def arrival_time(self) -> float:
        """
        Seconds (CAPLEX Q.BA1.001).
        """
    @property
    def bolus_found(self) -> bool:
        """
        Whether the signal falls by more than noise explains.
        """
    @property
    def first(self) -> int:
        """
        First sample of the window.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags dsc.baseline.no_bolus, .short, .none.
        """
    @property
    def last(self) -> int:
        """
        One past its last sample.
        """
    @property
    def mean(self) -> float:
        """
        S0, mean signal in the window (CAPLEX Q.MS1.002).
        """
    @property
    def noise(self) -> float:
        """
        Standard deviation of the noise used to find the drop.
        """
    @property
    def standard_deviation(self) -> float:
        """
        Of the samples in the window (n - 1).
        """
class Baseline:
    """
    Finds the pre-bolus window of a T2*-weighted signal curve from the curve itself.
    
    The steepest fall seeds the search, noise is estimated robustly from the samples before it, and a CUSUM finds where the fall
    starts. No fixed percentage of the series is used.
    
    Parameters
    ----------
    skip : int
        Volumes at the start that are not in steady state and never used.
    hold_back : int
        Samples before the arrival that are kept out of the window.
    threshold : float
        A bolus lowers the mean of three samples by more than this many standard errors.
    first, last : int, optional
        Window given by hand: first sample and one past the last; found automatically when None.
    """
    def __call__(self, signal: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> BaselineWindow:
        """
        Find the window.
        
        Parameters
        ----------
        signal : array (t,)
            T2*-weighted signal.
        times : array (t,)
            Seconds.
        
        Returns
        -------
        BaselineWindow
        
        Raises
        ------
        ShapeError, DataError, OptionError
            If lengths differ, a sample is not finite, there are too few samples, or a given window does not fit.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, skip: typing.SupportsInt | typing.SupportsIndex = 1, hold_back: typing.SupportsInt | typing.SupportsIndex = 1, threshold: typing.SupportsFloat | typing.SupportsIndex = 5.0, first: typing.SupportsInt | typing.SupportsIndex | None = None, last: typing.SupportsInt | typing.SupportsIndex | None = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def first(self) -> int | None:
        """
        Start of the window, or None.
        """
    @first.setter
    def first(self, arg0: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
    @property
    def hold_back(self) -> int:
        """
        Samples before the arrival that are kept out.
        """
    @hold_back.setter
    def hold_back(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def last(self) -> int | None:
        """
        One past its end, or None.
        """
    @last.setter
    def last(self, arg0: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
    @property
    def skip(self) -> int:
        """
        Volumes at the start that are never used.
        """
    @skip.setter
    def skip(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threshold(self) -> float:
        """
        Standard errors that a bolus lowers three samples by.
        """
    @threshold.setter
    def threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class BolusTimes:
    """
    When the bolus arrives, peaks and has passed in one curve.
    
    Samples are indices into the curve, times are seconds on its time axis. Without a bolus every index is the number of samples and
    every time that of the last sample.
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
    def arrival(self) -> int:
        """
        First sample of the drop.
        """
    @property
    def arrival_time(self) -> float:
        """
        Bolus arrival time in s, finer than the samples (CAPLEX Q.BA1.001).
        """
    @property
    def baseline(self) -> BaselineWindow:
        """
        BaselineWindow, the samples before the bolus.
        """
    @property
    def first_pass_end(self) -> int:
        """
        One past the last sample of the first pass.
        """
    @property
    def first_pass_end_time(self) -> float:
        """
        s.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags of the baseline, and dsc.timing.no_bolus, .at_start, .truncated, .no_plateau.
        """
    @property
    def found(self) -> bool:
        """
        Whether there is a bolus.
        """
    @property
    def peak(self) -> int:
        """
        Sample of the smallest signal of the first pass, where dR2* peaks.
        """
    @property
    def peak_time(self) -> float:
        """
        s, finer than the samples.
        """
    @property
    def plateau_first(self) -> int:
        """
        First sample of the window after the bolus.
        """
    @property
    def plateau_last(self) -> int:
        """
        One past its last; equal to plateau_first when there is none.
        """
class BolusTiming:
    """
    Times one bolus passage in a T2*-weighted signal curve.
    
    Parameters
    ----------
    baseline : Baseline
        How the pre-bolus window and the arrival are found.
    longest_rise : float
        s after the arrival within which the peak lies.
    tail : float
        Fraction of the peak at which the gamma variate ends the first pass.
    plateau_delay : float
        s from the end of the first pass to the plateau window.
    plateau_duration : float
        s, the longest plateau window.
    shortest_plateau : float
        s; a plateau window shorter than this is flagged.
    """
    def __call__(self, signal: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> BolusTimes:
        """
        Time the bolus.
        
        Parameters
        ----------
        signal : array (t,)
            T2*-weighted signal; for a dR2* or concentration curve its negative.
        times : array (t,)
            Seconds, increasing.
        
        Returns
        -------
        BolusTimes
        
        Raises
        ------
        ShapeError, DataError, OptionError
            If lengths differ, a sample is not finite, times do not increase, or there are too few samples.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, baseline: Baseline = ..., longest_rise: typing.SupportsFloat | typing.SupportsIndex = 25.0, tail: typing.SupportsFloat | typing.SupportsIndex = 0.1, plateau_delay: typing.SupportsFloat | typing.SupportsIndex = 5.0, plateau_duration: typing.SupportsFloat | typing.SupportsIndex = 30.0, shortest_plateau: typing.SupportsFloat | typing.SupportsIndex = 5.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> Baseline:
        """
        How the arrival is found.
        """
    @baseline.setter
    def baseline(self, arg0: Baseline) -> None:
        ...
    @property
    def longest_rise(self) -> float:
        """
        s after the arrival within which the peak lies.
        """
    @longest_rise.setter
    def longest_rise(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def plateau_delay(self) -> float:
        """
        s from the end of the first pass to the plateau.
        """
    @plateau_delay.setter
    def plateau_delay(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def plateau_duration(self) -> float:
        """
        s, the longest plateau window.
        """
    @plateau_duration.setter
    def plateau_duration(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def shortest_plateau(self) -> float:
        """
        s; a shorter plateau is flagged.
        """
    @shortest_plateau.setter
    def shortest_plateau(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def tail(self) -> float:
        """
        Fraction of the peak that ends the first pass.
        """
    @tail.setter
    def tail(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class DeltaR2s:
    """
    Turns signal curves into dR2* curves (CAPLEX Q.EL1.009), each with its own baseline.
    
    Parameters
    ----------
    echo_time : float
        TE in s; must be given.
    baseline : Baseline
        How S0 is found.
    non_positive : {'floor', 'error'}
        What a signal <= 0 becomes: the smallest positive sample of the curve (flagged), or an error.
    """
    def __call__(self, signal: bolus._core.core.CurveSet) -> bolus._core.core.CurveSet:
        """
        CurveSet of signal -> CurveSet of dR2* in 1/s.
        
        Raises
        ------
        DataError
            If TE is not given, S0 is not positive, or the curves are not signals.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, baseline: Baseline = ..., non_positive: typing.Literal['floor', 'error'] = 'floor') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> Baseline:
        """
        How S0 is found.
        """
    @baseline.setter
    def baseline(self, arg0: Baseline) -> None:
        ...
    @property
    def echo_time(self) -> float | None:
        """
        TE in s.
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def non_positive(self) -> typing.Literal['floor', 'error']:
        """
        'floor' or 'error'.
        """
    @non_positive.setter
    def non_positive(self, arg0: typing.Literal['floor', 'error']) -> None:
        ...
class RegionCurves:
    """
    Signal of each tumour region over time, and of arterial voxels as 'AIF'.
    
    Parameters
    ----------
    regions : sequence of {'ET', 'NET', 'ED', 'WT'}
        Channels, in this order.
    empty : {'whole_tumour', 'not_a_number', 'error'}
        What stands for a region without voxels; flagged dsc.region.empty. A curve that is not a number is missing: steps that need
        its values raise DataError.
    average : {'mean', 'robust_mean'}
        Over the voxels of a region: the arithmetic mean, or Huber's M-estimate in each volume.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, labels: bolus._core.core.LabelMap, arterial: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> bolus._core.core.CurveSet:
        """
        Read the curves.
        
        Parameters
        ----------
        series : PerfusionSeries
        labels : LabelMap
            On the grid of the series.
        arterial : Mask, optional
            Arterial voxels, on the grid of the series.
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        CurveSet
            With the number of voxels behind each curve, and flags.
        
        Raises
        ------
        GeometryError
            If the grids differ.
        DataError
            If there is no tumour or no arterial voxel.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, regions: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']] = ['ET', 'NET', 'ED', 'WT'], empty: typing.Literal['whole_tumour', 'not_a_number', 'error'] = 'whole_tumour', average: typing.Literal['mean', 'robust_mean'] = 'mean', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def average(self) -> typing.Literal['mean', 'robust_mean']:
        """
        Over the voxels of a region.
        """
    @average.setter
    def average(self, arg0: typing.Literal['mean', 'robust_mean']) -> None:
        ...
    @property
    def empty(self) -> typing.Literal['whole_tumour', 'not_a_number', 'error']:
        """
        What stands for a region without voxels.
        """
    @empty.setter
    def empty(self, arg0: typing.Literal['whole_tumour', 'not_a_number', 'error']) -> None:
        ...
    @property
    def regions(self) -> list[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']]:
        """
        Channels, in this order.
        """
    @regions.setter
    def regions(self, arg0: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']]) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class SteadyCurves:
    """
    Curves without the volumes before the steady state.
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
        Time and curves as a pandas DataFrame.
        """
    @property
    def curves(self) -> bolus._core.core.CurveSet:
        """
        The rest, at the times they had.
        """
    @property
    def dropped(self) -> int:
        """
        Volumes taken off the start.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags dsc.steady_state.dropped, .no_baseline, .long.
        """
class SteadySeries:
    """
    A series without the volumes before the steady state.
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
    def dropped(self) -> int:
        """
        Volumes taken off the start.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags dsc.steady_state.dropped, .no_baseline, .long.
        """
    @property
    def series(self) -> bolus._core.core.PerfusionSeries:
        """
        The rest, at the times they had; a view that shares memory with the series given.
        """
class SteadyState:
    """
    Drops the volumes at the start that are not in steady state.
    
    The run of samples from the first one on that lie further from the level of the later baseline than noise explains.
    
    Parameters
    ----------
    volumes : int, optional
        Dropped; found automatically when None.
    longest : int
        Volumes looked at; the level is that of the baseline after them.
    threshold : float
        Standard deviations of the noise that a volume may lie from the level.
    smallest : float
        Departure from the level that is let pass at any noise, fraction of it.
    """
    @typing.overload
    def __call__(self, curves: bolus._core.core.CurveSet) -> SteadyCurves:
        """
        CurveSet -> SteadyCurves, or PerfusionSeries -> SteadySeries.
        
        Raises
        ------
        ShapeError, DataError, OptionError
            If the curves are not valid, or nothing would be left.
        """
    @typing.overload
    def __call__(self, series: bolus._core.core.PerfusionSeries, threads: typing.SupportsInt | typing.SupportsIndex = 0, progress: typing.Any = None) -> SteadySeries:
        ...
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, volumes: typing.SupportsInt | typing.SupportsIndex | None = None, longest: typing.SupportsInt | typing.SupportsIndex = 5, threshold: typing.SupportsFloat | typing.SupportsIndex = 4.0, smallest: typing.SupportsFloat | typing.SupportsIndex = 0.005) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def longest(self) -> int:
        """
        Volumes looked at.
        """
    @longest.setter
    def longest(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def smallest(self) -> float:
        """
        Fraction of the level that is let pass.
        """
    @smallest.setter
    def smallest(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threshold(self) -> float:
        """
        Standard deviations of the noise.
        """
    @threshold.setter
    def threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def volumes(self) -> int | None:
        """
        Dropped; None: automatic.
        """
    @volumes.setter
    def volumes(self, arg0: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
class RepairedCurves:
    """
    Curves whose outlying volumes were replaced.
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
        Time and curves as a pandas DataFrame.
        """
    @property
    def curves(self) -> bolus._core.core.CurveSet:
        """
        With straight lines over the outliers.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags dsc.volume.outlier, .many.
        """
    @property
    def outliers(self) -> list[int]:
        """
        Samples that were replaced.
        """
class RepairedSeries:
    """
    A series whose outlying volumes were replaced.
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
        One row per replaced volume as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags dsc.volume.outlier, .many.
        """
    @property
    def outliers(self) -> list[int]:
        """
        Volumes that were replaced.
        """
    @property
    def series(self) -> bolus._core.core.PerfusionSeries:
        """
        A repaired copy; without outliers a view that shares memory with the series given.
        """
class VolumeOutliers:
    """
    Finds spikes and dropped volumes and bridges them in time.
    
    A sample is an outlier when it lies beyond both its neighbours by more than the noise and by several times the range of the samples
    around it. The passage of a bolus never does. The first sample is left to `SteadyState`.
    
    Parameters
    ----------
    threshold : float
        Standard deviations of the noise.
    isolation : float
        Times the range of the neighbours.
    smallest : float
        Departure that is let pass at any noise, fraction of the median signal.
    share : float
        Of the curves of a set that must show it.
    many : float
        Flagged when more than this share of the volumes are outliers.
    threads : int
        0: all cores. The result is the same for any number.
    """
    @typing.overload
    def __call__(self, curves: bolus._core.core.CurveSet) -> RepairedCurves:
        """
        CurveSet of signals -> RepairedCurves, or PerfusionSeries -> RepairedSeries.
        
        A series is judged by the mean curves of three thirds of its voxels, by how much their signal changes; `mask` says which voxels
        (None: those brighter than the background).
        
        Raises
        ------
        GeometryError, ShapeError, DataError, OptionError
            If the mask lies on another grid, the curves are not valid signals, or no voxel is finite and positive.
        """
    @typing.overload
    def __call__(self, series: bolus._core.core.PerfusionSeries, mask: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> RepairedSeries:
        ...
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, threshold: typing.SupportsFloat | typing.SupportsIndex = 6.0, isolation: typing.SupportsFloat | typing.SupportsIndex = 3.0, smallest: typing.SupportsFloat | typing.SupportsIndex = 0.01, share: typing.SupportsFloat | typing.SupportsIndex = 0.5, many: typing.SupportsFloat | typing.SupportsIndex = 0.1, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def isolation(self) -> float:
        """
        Times the range of the neighbours.
        """
    @isolation.setter
    def isolation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def many(self) -> float:
        """
        Share of the volumes that is flagged.
        """
    @many.setter
    def many(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def share(self) -> float:
        """
        Of the curves that must show it.
        """
    @share.setter
    def share(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def smallest(self) -> float:
        """
        Fraction of the median signal that is let pass.
        """
    @smallest.setter
    def smallest(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threshold(self) -> float:
        """
        Standard deviations of the noise.
        """
    @threshold.setter
    def threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class Resampling:
    """
    Brings curves to an even time axis.
    
    Where the new step is longer than the old one, the mean of the interpolated curve over each new step is taken (anti-aliasing).
    
    Parameters
    ----------
    time_step : float
        s between the new samples.
    interpolation : {'linear', 'monotone'}
        Between the old ones; 'monotone' cubics never overshoot (Fritsch and Butland 1984).
    anti_alias : bool
        Average over each new step where it is longer than the old one.
    outside : {'error', 'hold_edge'}
        Times that the series does not cover; a held edge is flagged dsc.resampling.extrapolated.
    """
    def __call__(self, curves: bolus._core.core.CurveSet) -> bolus._core.core.CurveSet:
        """
        From the first sample on as long as the series lasts.
        
        Returns
        -------
        CurveSet
            Flags dsc.resampling.uneven, .finer, .extrapolated.
        
        Raises
        ------
        ShapeError, DataError, OptionError
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, time_step: typing.SupportsFloat | typing.SupportsIndex = 1.5, interpolation: typing.Literal['linear', 'monotone'] = 'monotone', anti_alias: bool = True, outside: typing.Literal['error', 'hold_edge'] = 'error') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def at(self, curves: bolus._core.core.CurveSet, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> bolus._core.core.CurveSet:
        """
        At the given times (s, increasing).
        """
    @property
    def anti_alias(self) -> bool:
        """
        Average where the new step is longer.
        """
    @anti_alias.setter
    def anti_alias(self, arg0: bool) -> None:
        ...
    @property
    def interpolation(self) -> typing.Literal['linear', 'monotone']:
        """
        Between the old samples.
        """
    @interpolation.setter
    def interpolation(self, arg0: typing.Literal['linear', 'monotone']) -> None:
        ...
    @property
    def outside(self) -> typing.Literal['error', 'hold_edge']:
        """
        Times that the series does not cover.
        """
    @outside.setter
    def outside(self, arg0: typing.Literal['error', 'hold_edge']) -> None:
        ...
    @property
    def time_step(self) -> float:
        """
        s between the new samples.
        """
    @time_step.setter
    def time_step(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class AlignedCurves:
    """
    Curves on a time axis that counts from the arrival of the bolus.
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
        Time and curves as a pandas DataFrame.
        """
    @property
    def arrival_time(self) -> float:
        """
        s on the time axis of the series.
        """
    @property
    def curves(self) -> bolus._core.core.CurveSet:
        """
        Times in s from the arrival.
        """
    @property
    def timing(self) -> BolusTimes:
        """
        BolusTimes of the curve that was timed, on the time axis of the series.
        """
class BolusAlignment:
    """
    Brings a patient's curves to a common time axis around the arrival of the bolus.
    
    Patients of different protocols then have the same steps, and `join_datasets` accepts them together.
    
    Parameters
    ----------
    before, after : float
        s before and after the arrival.
    resampling : Resampling
        Time step, interpolation, and what stands where the series does not reach.
    timing : BolusTiming
        How the arrival is found.
    channel : str
        Curve that is timed; when empty AIF, else WT, else the mean of all.
    """
    def __call__(self, curves: bolus._core.core.CurveSet) -> AlignedCurves:
        """
        Align signal curves.
        
        Returns
        -------
        AlignedCurves
        
        Raises
        ------
        DataError
            Without a bolus, for curves that are not signals, and for a series that does not cover the window.
        ShapeError, OptionError
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, before: typing.SupportsFloat | typing.SupportsIndex = 12.0, after: typing.SupportsFloat | typing.SupportsIndex = 54.0, resampling: Resampling = ..., timing: BolusTiming = ..., channel: str = '') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def after(self) -> float:
        """
        s after the arrival.
        """
    @after.setter
    def after(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def before(self) -> float:
        """
        s before the arrival.
        """
    @before.setter
    def before(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def channel(self) -> str:
        """
        Curve that is timed.
        """
    @channel.setter
    def channel(self, arg0: str) -> None:
        ...
    @property
    def resampling(self) -> Resampling:
        """
        Time step and edges.
        """
    @resampling.setter
    def resampling(self, arg0: Resampling) -> None:
        ...
    @property
    def timing(self) -> BolusTiming:
        """
        How the arrival is found.
        """
    @timing.setter
    def timing(self, arg0: BolusTiming) -> None:
        ...
class ProtocolCheck:
    """
    Looks whether a protocol is known, plausible, and in keeping with the time stamps.
    
    Parameters
    ----------
    step_tolerance : float
        Relative difference of TR and the median time step that is let pass.
    longest_step : float
        s; a longer TR samples the first pass too coarsely.
    shortest_series : float
        s; a shorter series may end before the tail.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries) -> list[bolus._core.core.QcFlag]:
        """
        PerfusionSeries -> list of QcFlag.
        
        dsc.protocol.<what>_missing and <what>_implausible for echo_time, repetition_time, flip_angle, field_strength; .step_mismatch,
        .uneven, .gap, .slow, .short.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, step_tolerance: typing.SupportsFloat | typing.SupportsIndex = 0.02, longest_step: typing.SupportsFloat | typing.SupportsIndex = 2.5, shortest_series: typing.SupportsFloat | typing.SupportsIndex = 60.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def longest_step(self) -> float:
        """
        s
        """
    @longest_step.setter
    def longest_step(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def shortest_series(self) -> float:
        """
        s
        """
    @shortest_series.setter
    def shortest_series(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def step_tolerance(self) -> float:
        """
        Of TR and the median time step.
        """
    @step_tolerance.setter
    def step_tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class SegmentedSeries:
    """
    A series cut into baseline, downslope, upslope and plateau.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def at(self, sample: typing.SupportsInt | typing.SupportsIndex) -> typing.Literal['baseline', 'downslope', 'upslope', 'plateau']:
        """
        The segment of a sample.
        """
    def at_time(self, time: typing.SupportsFloat | typing.SupportsIndex) -> typing.Literal['baseline', 'downslope', 'upslope', 'plateau']:
        """
        The segment at a time in s.
        """
    def first(self, segment: typing.Literal['baseline', 'downslope', 'upslope', 'plateau']) -> int:
        """
        First sample of a segment.
        """
    def last(self, segment: typing.Literal['baseline', 'downslope', 'upslope', 'plateau']) -> int:
        """
        One past its last sample.
        """
    def missing(self, segment: typing.Literal['baseline', 'downslope', 'upslope', 'plateau']) -> bool:
        """
        Whether it has no sample.
        """
    def to_frame(self) -> typing.Any:
        """
        One row per segment as a pandas DataFrame.
        """
    @property
    def edges(self) -> typing.Annotated[list[int], "FixedSize(5)"]:
        """
        Segment k holds the samples edges[k] to edges[k + 1] - 1.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags of the timing, and dsc.segments.missing.
        """
    @property
    def times(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        s (t,).
        """
    @property
    def timing(self) -> BolusTimes:
        """
        BolusTimes they come from.
        """
class BolusSegments:
    """
    Cuts a series by the timing of one curve into four segments.
    
    Baseline up to the arrival, downslope to the lowest signal, upslope to the end of the first pass, plateau to the end of the series
    (Choi et al. 2019 number them from 1 to 4).
    
    Parameters
    ----------
    timing : BolusTiming
        How the curve is timed.
    channel : str
        Curve of a set that is timed.
    """
    @typing.overload
    def __call__(self, curves: bolus._core.core.CurveSet) -> SegmentedSeries:
        """
        CurveSet, or signal and times of one curve -> SegmentedSeries.
        
        Raises
        ------
        ShapeError, DataError, OptionError
            If there is no such curve, it is missing, or it is dR2*.
        """
    @typing.overload
    def __call__(self, signal: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> SegmentedSeries:
        ...
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, timing: BolusTiming = ..., channel: str = 'WT') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def channel(self) -> str:
        """
        Curve of a set that is timed.
        """
    @channel.setter
    def channel(self, arg0: str) -> None:
        ...
    @property
    def timing(self) -> BolusTiming:
        """
        How the curve is timed.
        """
    @timing.setter
    def timing(self, arg0: BolusTiming) -> None:
        ...
class ZNormalisation:
    """
    z-normalisation of each curve by its own mean and standard deviation.
    
    Parameters
    ----------
    window : {'curve', 'baseline'}
        Samples that give them: all (with n), as Choi et al. 2019, or those before the bolus (with n - 1), which keeps the depth of the
        drop in units of the noise.
    baseline : Baseline
        How the baseline of a signal curve is found.
    """
    def __call__(self, curves: bolus._core.core.CurveSet) -> bolus._core.core.CurveSet:
        """
        CurveSet -> normalised CurveSet.
        
        A constant curve becomes zeros and is flagged dsc.normalisation.constant; a missing one stays missing.
        
        Raises
        ------
        ShapeError, DataError
            If the curves are not valid, or a baseline has no noise to normalise by.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, window: typing.Literal['curve', 'baseline'] = 'curve', baseline: Baseline = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> Baseline:
        """
        How the baseline is found.
        """
    @baseline.setter
    def baseline(self, arg0: Baseline) -> None:
        ...
    @property
    def window(self) -> typing.Literal['curve', 'baseline']:
        """
        Samples that give mean and standard deviation.
        """
    @window.setter
    def window(self, arg0: typing.Literal['curve', 'baseline']) -> None:
        ...
class SlidingWindows:
    """
    Cuts a patient's curves into overlapping windows, the samples of the model.
    
    Parameters
    ----------
    count : int
        Windows per patient: always exactly this many.
    length : int
        Samples per window. 0: three quarters of the series, or what leaves `count` different starts.
    """
    def __call__(self, curves: bolus._core.core.CurveSet, patient: str = '', label: typing.SupportsInt | typing.SupportsIndex | None = None) -> bolus._core.core.Dataset:
        """
        Cut the curves.
        
        Parameters
        ----------
        curves : CurveSet
            On an even time axis (1 %).
        patient : str
            Written to every window.
        label : {0, 1}, optional
            1 = mutant, 0 = wildtype.
        
        Returns
        -------
        Dataset
            (count, channels, length)
        
        Raises
        ------
        DataError, OptionError
            If the series is too short for `count` different windows, or its time axis is not even.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, count: typing.SupportsInt | typing.SupportsIndex = 8, length: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def length_for(self, samples: typing.SupportsInt | typing.SupportsIndex) -> int:
        """
        Samples per window for a series of `samples`.
        """
    def starts_for(self, samples: typing.SupportsInt | typing.SupportsIndex) -> list[int]:
        """
        First sample of each window.
        """
    @property
    def count(self) -> int:
        """
        Windows per patient.
        """
    @count.setter
    def count(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def length(self) -> int:
        """
        Samples per window; 0: automatic.
        """
    @length.setter
    def length(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class WindowMapping:
    """
    Where the steps of one patient's windows lie in the series they were cut from.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def average(self, values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, n]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Values of each window's steps (windows, steps), averaged where windows overlap: (t,).
        """
    def segment_shares(self, course: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], segments: SegmentedSeries) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 1]"]:
        """
        Share of baseline, downslope, upslope and plateau in a course of non-negative values.
        
        Parameters
        ----------
        course : array (t,)
            At `times`, such as averaged attention.
        segments : SegmentedSeries
        
        Returns
        -------
        array (4,)
            They add up to 1, or are all 0 when the course is.
        """
    def to_frame(self) -> typing.Any:
        """
        Time and coverage as a pandas DataFrame.
        """
    def window_times(self, window: typing.SupportsInt | typing.SupportsIndex) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Seconds of a window's steps.
        """
    @property
    def coverage(self) -> typing.Annotated[numpy.typing.NDArray[numpy.int32], "[m, 1]"]:
        """
        Windows over each step (t,); 0 in a gap.
        """
    @property
    def length(self) -> int:
        """
        Steps of a window.
        """
    @property
    def starts(self) -> list[int]:
        """
        Of each window, as a step of that grid.
        """
    @property
    def times(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        s (t,), of every step that the windows span.
        """
class TissueMask:
    """
    Voxels of one tissue, found automatically, with what speaks for or against them.
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
    def coefficient_of_variation(self) -> float:
        """
        Standard deviation over mean of what the step measures in the mask.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags: reasons to doubt the mask.
        """
    @property
    def mask(self) -> bolus._core.core.Mask:
        """
        Mask on the grid of the series.
        """
    @property
    def voxel_count(self) -> int:
        """
        Voxels of the mask.
        """
class BrainMask:
    """
    Brain of a T2*-weighted series from its intensity alone.
    
    The mean baseline image is cut between its background and its tissue level (Otsu 1979), thin bridges are opened, the largest part
    is kept and the holes of its slices are filled. A skull strip of a structural image, brought to this grid, is better.
    
    Parameters
    ----------
    baseline : Baseline
        How the pre-bolus window of the whole series is found.
    fraction : float
        Threshold between the median of the background (0) and that of the tissue (1).
    opening : float
        mm eroded before the largest part is chosen, and grown back.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, progress: typing.Any = None) -> TissueMask:
        """
        Find the brain.
        
        Parameters
        ----------
        series : PerfusionSeries
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        TissueMask
            Its coefficient of variation is that of the baseline signal. Flags of the baseline, and dsc.brain.not_finite, .no_background,
            .small, .fragmented.
        
        Raises
        ------
        DataError
            If no voxel has signal.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, baseline: Baseline = ..., fraction: typing.SupportsFloat | typing.SupportsIndex = 0.5, opening: typing.SupportsFloat | typing.SupportsIndex = 6.0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> Baseline:
        """
        How the pre-bolus window is found.
        """
    @baseline.setter
    def baseline(self, arg0: Baseline) -> None:
        ...
    @property
    def fraction(self) -> float:
        """
        Threshold between background (0) and tissue (1).
        """
    @fraction.setter
    def fraction(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def opening(self) -> float:
        """
        mm eroded and grown back.
        """
    @opening.setter
    def opening(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class ReferenceTissue:
    """
    Brain tissue that does not enhance, the reference of leakage correction.
    
    Voxels whose signal comes back after the bolus: the mean of the last samples lies at most `above` baseline standard deviations over
    S0 (Boxerman et al., AJNR 2006), and their median dR2* within `within` of what is usual for a voxel with that blood volume.
    The tumour with a margin, vessels, voxels without a bolus and voxels with a signal <= 0 are left out.
    
    Parameters
    ----------
    timing : BolusTiming
        Of the mean curve of the brain.
    tail_samples : int
        Samples at the end of the series that are judged.
    above, within : float
        Standard deviations, see above.
    vessel_percentile : float
        Voxels above it in blood volume, or early and above it in peak, are vessels.
    tumour_margin : float
        mm around the tumour that are left out.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, brain: bolus._core.core.Mask, labels: bolus._core.core.LabelMap | None = None, vessels: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> TissueMask:
        """
        Find the reference.
        
        Parameters
        ----------
        series : PerfusionSeries
        brain : Mask
            On the grid of the series.
        labels : LabelMap, optional
            Tumour, on the grid of the series.
        vessels : Mask, optional
            Voxels to leave out, on the grid of the series.
        progress : callable, optional
        
        Returns
        -------
        TissueMask
            Its coefficient of variation is that of the relative blood volume. Flags of the timing, and dsc.reference.no_tail, .small,
            .few, .not_positive.
        
        Raises
        ------
        GeometryError, OptionError
        DataError
            If the mask is empty, there is no bolus, or no voxel is left.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, timing: BolusTiming = ..., tail_samples: typing.SupportsInt | typing.SupportsIndex = 10, above: typing.SupportsFloat | typing.SupportsIndex = 1.0, within: typing.SupportsFloat | typing.SupportsIndex = 2.0, vessel_percentile: typing.SupportsFloat | typing.SupportsIndex = 95.0, tumour_margin: typing.SupportsFloat | typing.SupportsIndex = 10.0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def above(self) -> float:
        """
        Standard deviations that the tail may lie over S0.
        """
    @above.setter
    def above(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def tail_samples(self) -> int:
        """
        Samples at the end that are judged.
        """
    @tail_samples.setter
    def tail_samples(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def timing(self) -> BolusTiming:
        """
        Of the mean curve of the brain.
        """
    @timing.setter
    def timing(self, arg0: BolusTiming) -> None:
        ...
    @property
    def tumour_margin(self) -> float:
        """
        mm around the tumour that are left out.
        """
    @tumour_margin.setter
    def tumour_margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def vessel_percentile(self) -> float:
        """
        Above it in blood volume, a voxel is a vessel.
        """
    @vessel_percentile.setter
    def vessel_percentile(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def within(self) -> float:
        """
        Standard deviations that its dR2* may lie from what is usual.
        """
    @within.setter
    def within(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class WhiteMatter:
    """
    Normal-appearing white matter for normalising blood volume.
    
    White matter of the half of the brain without the tumour. The halves are told apart by the plane about which the brain is most
    symmetric; white matter is the class of low blood volume and low T2*-weighted baseline signal (bright on T1 where that is given) in
    a mixture of three normal distributions, without its border. Nothing in it is random.
    
    Parameters
    ----------
    timing : BolusTiming
        Of the mean curve of the brain.
    tumour_margin : float
        mm around the tumour and around its mirror image that are left out.
    edge_margin, midline_margin : float
        mm of the brain's edge, and to each side of the mirror plane, that are left out.
    vessel_ratio, fluid_ratio : float
        A blood volume above or below this times the median is a vessel or fluid.
    certainty : float
        Least probability of the class.
    erosion : int
        Voxels taken off the class in its slice.
    min_voxels : int
        Flagged when fewer are found.
    max_variation : float
        Flagged when the coefficient of variation is larger.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, brain: bolus._core.core.Mask, labels: bolus._core.core.LabelMap | None = None, t1: bolus._core.core.Image | None = None, flair: bolus._core.core.Image | None = None, progress: typing.Any = None) -> TissueMask:
        """
        Find the white matter.
        
        Parameters
        ----------
        series : PerfusionSeries
        brain : Mask
            On the grid of the series.
        labels : LabelMap, optional
            Tumour, on the grid of the series; without one both halves are used.
        t1, flair : Image, optional
            On the grid of the series.
        progress : callable, optional
        
        Returns
        -------
        TissueMask
            Its coefficient of variation is that of the relative blood volume. Flags of the timing, and
            dsc.white_matter.crosses_midline, .not_symmetric, .not_eroded, .small, .heterogeneous.
        
        Raises
        ------
        GeometryError, OptionError
        DataError
            If the mask is empty, there is no bolus, or nothing is left.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, timing: BolusTiming = ..., tumour_margin: typing.SupportsFloat | typing.SupportsIndex = 10.0, edge_margin: typing.SupportsFloat | typing.SupportsIndex = 4.0, midline_margin: typing.SupportsFloat | typing.SupportsIndex = 3.0, vessel_ratio: typing.SupportsFloat | typing.SupportsIndex = 2.5, fluid_ratio: typing.SupportsFloat | typing.SupportsIndex = 0.25, certainty: typing.SupportsFloat | typing.SupportsIndex = 0.7, erosion: typing.SupportsInt | typing.SupportsIndex = 1, min_voxels: typing.SupportsInt | typing.SupportsIndex = 100, max_variation: typing.SupportsFloat | typing.SupportsIndex = 0.3, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def certainty(self) -> float:
        """
        Least probability of the class.
        """
    @certainty.setter
    def certainty(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def edge_margin(self) -> float:
        """
        mm of the brain's edge.
        """
    @edge_margin.setter
    def edge_margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def erosion(self) -> int:
        """
        Voxels taken off the class in its slice.
        """
    @erosion.setter
    def erosion(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def fluid_ratio(self) -> float:
        """
        Below this times the median, a voxel is fluid.
        """
    @fluid_ratio.setter
    def fluid_ratio(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def max_variation(self) -> float:
        """
        Flagged when the coefficient of variation is larger.
        """
    @max_variation.setter
    def max_variation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def midline_margin(self) -> float:
        """
        mm to each side of the mirror plane.
        """
    @midline_margin.setter
    def midline_margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def min_voxels(self) -> int:
        """
        Flagged when fewer are found.
        """
    @min_voxels.setter
    def min_voxels(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def timing(self) -> BolusTiming:
        """
        Of the mean curve of the brain.
        """
    @timing.setter
    def timing(self, arg0: BolusTiming) -> None:
        ...
    @property
    def tumour_margin(self) -> float:
        """
        mm around the tumour and its mirror image.
        """
    @tumour_margin.setter
    def tumour_margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def vessel_ratio(self) -> float:
        """
        Above this times the median, a voxel is a vessel.
        """
    @vessel_ratio.setter
    def vessel_ratio(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class GammaVariate:
    """
    Concentration of contrast agent in arterial blood over time.
    
    A gamma variate as first pass, a broader one as recirculation, and a tail.
    
    Parameters
    ----------
    arrival : float
        s.
    peak : float
        Concentration at the peak of the first pass, mM.
    alpha, beta : float
        Shape (no unit) and scale (s); the first pass peaks alpha * beta after the arrival.
    recirculation : float
        Area of the second pass over that of the first.
    recirculation_delay : float
        s.
    recirculation_width : float
        beta of the second pass over that of the first.
    equilibrium : float
        Height of the tail over the peak.
    clearance_time : float
        Time constant of the tail, s.
    """
    def __call__(self, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Concentration in mM at `times` (s). Raises OptionError for impossible parameters.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, arrival: typing.SupportsFloat | typing.SupportsIndex = 15.0, peak: typing.SupportsFloat | typing.SupportsIndex = 6.0, alpha: typing.SupportsFloat | typing.SupportsIndex = 3.0, beta: typing.SupportsFloat | typing.SupportsIndex = 1.5, recirculation: typing.SupportsFloat | typing.SupportsIndex = 0.2, recirculation_delay: typing.SupportsFloat | typing.SupportsIndex = 10.0, recirculation_width: typing.SupportsFloat | typing.SupportsIndex = 2.0, equilibrium: typing.SupportsFloat | typing.SupportsIndex = 0.1, clearance_time: typing.SupportsFloat | typing.SupportsIndex = 600.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def first_pass_integral(self) -> float:
        """
        Area of the first pass in mM s.
        """
    @property
    def alpha(self) -> float:
        """
        Shape.
        """
    @alpha.setter
    def alpha(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def arrival(self) -> float:
        """
        s
        """
    @arrival.setter
    def arrival(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def beta(self) -> float:
        """
        Scale, s.
        """
    @beta.setter
    def beta(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def clearance_time(self) -> float:
        """
        s
        """
    @clearance_time.setter
    def clearance_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def equilibrium(self) -> float:
        """
        Height of the tail over the peak.
        """
    @equilibrium.setter
    def equilibrium(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def peak(self) -> float:
        """
        mM
        """
    @peak.setter
    def peak(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def recirculation(self) -> float:
        """
        Area of the second pass over the first.
        """
    @recirculation.setter
    def recirculation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def recirculation_delay(self) -> float:
        """
        s
        """
    @recirculation_delay.setter
    def recirculation_delay(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def recirculation_width(self) -> float:
        """
        Over the first pass.
        """
    @recirculation_width.setter
    def recirculation_width(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class ArterialCurve:
    """
    An arterial input function as signal and, where TE is known, as dR2*, with what speaks for or against it.
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
        Time, signal and, where TE is known, dR2* as a pandas DataFrame.
        """
    @property
    def baseline(self) -> BaselineWindow:
        """
        BaselineWindow of the mean curve.
        """
    @property
    def contrast_to_noise(self) -> float:
        """
        (S0 - Smin) / noise.
        """
    @property
    def delta_r2s(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        dR2* in 1/s (t,); empty when TE is not known.
        """
    @property
    def echo_time(self) -> float | None:
        """
        TE in s, or None.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags of the baseline, dsc.aif.no_drop, .saturated, .population.
        """
    @property
    def peak(self) -> int:
        """
        Sample of the smallest signal.
        """
    @property
    def relative_drop(self) -> float:
        """
        (S0 - Smin) / S0.
        """
    @property
    def signal(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Mean signal of the voxels (t,).
        """
    @property
    def times(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Seconds.
        """
    @property
    def voxel_count(self) -> int:
        """
        Voxels averaged; 0 for a population's.
        """
class ArterialInput:
    """
    The arterial input function as the mean of the voxels of a mask.
    
    Parameters
    ----------
    baseline : Baseline
        How the pre-bolus window is found.
    saturation : float
        Flagged when the signal falls below this fraction of S0.
    echo_time : float, optional
        TE in s; that of the series when None.
    threads : int
        0: all cores.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, mask: bolus._core.core.Mask, progress: typing.Any = None) -> ArterialCurve:
        """
        Mean curve of the voxels of `mask`, as an ArterialCurve. Raises GeometryError, DataError.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, baseline: Baseline = ..., saturation: typing.SupportsFloat | typing.SupportsIndex = 0.1, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> Baseline:
        """
        How the pre-bolus window is found.
        """
    @baseline.setter
    def baseline(self, arg0: Baseline) -> None:
        ...
    @property
    def echo_time(self) -> float | None:
        """
        TE in s, or None.
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def saturation(self) -> float:
        """
        Fraction of S0.
        """
    @saturation.setter
    def saturation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class PopulationInput:
    """
    An arterial input function that was measured in nobody.
    
    For where the patient's own cannot be measured. Its shape is not the patient's: flow and transit times from it are no more than
    relative. dR2* = linear c + quadratic c^2.
    
    Parameters
    ----------
    arrival : float
        Of the bolus, s, e.g. BolusTimes.arrival_time.
    shape : GammaVariate
        Concentration in mM; its own arrival is not used. alpha 3 and beta 1.5 s as in Ostergaard et al. 1996; the peak of 6 mM is an
        assumption.
    linear, quadratic : float
        dR2* of blood per mM and per mM squared at 3 T; at 1.5 T take 7.62 and 0.574.
    baseline_signal : float
        S0 of the signal.
    echo_time : float
        TE in s.
    """
    def __call__(self, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> ArterialCurve:
        """
        The curve at the given times.
        
        Parameters
        ----------
        times : array (t,)
            Seconds.
        
        Returns
        -------
        ArterialCurve
            Flagged dsc.aif.population.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, arrival: typing.SupportsFloat | typing.SupportsIndex = 15.0, shape: GammaVariate = ..., linear: typing.SupportsFloat | typing.SupportsIndex = 2.62, quadratic: typing.SupportsFloat | typing.SupportsIndex = 0.49, baseline_signal: typing.SupportsFloat | typing.SupportsIndex = 100.0, echo_time: typing.SupportsFloat | typing.SupportsIndex = 0.03) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def concentration(self) -> GammaVariate:
        """
        The GammaVariate with its arrival, in mM.
        """
    @property
    def arrival(self) -> float:
        """
        s
        """
    @arrival.setter
    def arrival(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def baseline_signal(self) -> float:
        """
        S0.
        """
    @baseline_signal.setter
    def baseline_signal(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def echo_time(self) -> float:
        """
        TE in s.
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def linear(self) -> float:
        """
        1/(s mM)
        """
    @linear.setter
    def linear(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def quadratic(self) -> float:
        """
        1/(s mM^2)
        """
    @quadratic.setter
    def quadratic(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def shape(self) -> GammaVariate:
        """
        Concentration, mM.
        """
    @shape.setter
    def shape(self, arg0: GammaVariate) -> None:
        ...
class ArterialQuality:
    """
    How much an arterial input function looks like one, in parts from 0 (no) to 1.
    
    The features are those of the mean curve of the chosen voxels beside those of the mean curve of the searched brain.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def overall(self) -> float:
        """
        The smallest part.
        """
    def to_frame(self) -> typing.Any:
        """
        The parts as a pandas DataFrame.
        """
    @property
    def agreement(self) -> float:
        """
        Mean correlation with the mean curve: 0 at 0.8, 1 at 0.95.
        """
    @property
    def contrast(self) -> float:
        """
        Peak over noise: 0 at 5, 1 at 20.
        """
    @property
    def height(self) -> float:
        """
        Peak over the brain's: 0 at 1.25, 1 at 2.5.
        """
    @property
    def lead(self) -> float:
        """
        First moment before the brain's: 0 at 0 s, 1 at 1.5 s.
        """
    @property
    def narrowness(self) -> float:
        """
        Width over the brain's: 0 at 1, 1 at 0.75.
        """
    @property
    def unsaturated(self) -> float:
        """
        Smallest signal over the saturated level: 0 at 0.5, 1 at 1.
        """
class ArterialSelection:
    """
    The arterial input function that was found, and where.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per chosen voxel: index, and LPS position in mm, as a pandas DataFrame.
        """
    @property
    def brain(self) -> BolusTimes:
        """
        BolusTimes of the mean curve of the searched voxels.
        """
    @property
    def candidates(self) -> list[typing.Annotated[list[int], "FixedSize(3)"]]:
        """
        Indices of all voxels that could be an artery's.
        """
    @property
    def curve(self) -> ArterialCurve:
        """
        ArterialCurve, the mean of the chosen voxels.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags dsc.aif.not_arterial, .few_voxels, .voxels_saturated, .voxels_invalid, .low_quality.
        """
    @property
    def invalid_count(self) -> int:
        """
        Left out: NaN, a signal <= 0, or S0 too near the noise.
        """
    @property
    def mask(self) -> bolus._core.core.Mask:
        """
        Mask of the chosen voxels, on the grid of the series.
        """
    @property
    def parts(self) -> ArterialQuality:
        """
        ArterialQuality: what the quality is made of.
        """
    @property
    def quality(self) -> float:
        """
        In [0, 1], the smallest of the parts; below 0.3 flagged.
        """
    @property
    def saturated_count(self) -> int:
        """
        Candidates left out because their peak is cut off.
        """
    @property
    def searched_count(self) -> int:
        """
        Voxels of the brain outside the tumour and its margin.
        """
    @property
    def tumour_count(self) -> int:
        """
        Voxels of the brain left out for the tumour.
        """
    @property
    def voxels(self) -> list[typing.Annotated[list[int], "FixedSize(3)"]]:
        """
        Their indices (x, y, z), the fullest of blood first.
        """
class ArterialSearch:
    """
    Finds the arterial input function in the whole brain, with nothing clicked.
    
    Voxels that carry much agent until the brain's mean curve peaks, whose curves are smooth, and which arrive no later, run through
    sooner, rise higher and are no wider than the brain's mean are the candidates; the method chooses among them, and of its
    choice those fullest of blood are averaged. Nothing is random.
    
    Parameters
    ----------
    method : {'mouridsen', 'peruzzo'}
        k-means of curves of equal area, the earliest cluster (Mouridsen et al. 2006), or hierarchical clustering split towards the
        higher, narrower peak (Peruzzo et al. 2011).
    voxels : int
        At most this many are averaged.
    fullness : float
        A chosen voxel's height is at least this fraction of the mean of the five fullest.
    tumour_margin : float
        mm around the tumour that are left out.
    signal_to_noise : float
        Voxels with a smaller S0 over the noise are left out.
    saturation : float
        Fraction of S0 below which a voxel is saturated; below 3 noise it always is.
    area_percentile, irregularity_percentile : float
        Of Mouridsen's method: voxels with a smaller early area, and more irregular ones, are left out.
    clusters, rounds : int
        Of its k-means: how many, and how often the earliest cluster is clustered again.
    timing : BolusTiming
        Of the mean curve of the searched voxels.
    echo_time : float, optional
        TE in s; that of the series when None.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, brain: bolus._core.core.Mask, tumour: typing.Any = None, progress: typing.Any = None) -> ArterialSelection:
        """
        Find the arterial input.
        
        Parameters
        ----------
        series : PerfusionSeries
        brain : Mask
            On the grid of the series.
        tumour : Mask or LabelMap, optional
            Left out with its margin.
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        ArterialSelection
        
        Raises
        ------
        GeometryError
            If the grids differ.
        DataError
            If the brain is empty, the tumour leaves nothing, there is no bolus or no usable voxel.
        OptionError
            If an option is outside its range.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, method: typing.Literal['mouridsen', 'peruzzo'] = 'mouridsen', voxels: typing.SupportsInt | typing.SupportsIndex = 20, fullness: typing.SupportsFloat | typing.SupportsIndex = 0.8, tumour_margin: typing.SupportsFloat | typing.SupportsIndex = 10.0, signal_to_noise: typing.SupportsFloat | typing.SupportsIndex = 5.0, saturation: typing.SupportsFloat | typing.SupportsIndex = 0.1, area_percentile: typing.SupportsFloat | typing.SupportsIndex = 90.0, irregularity_percentile: typing.SupportsFloat | typing.SupportsIndex = 75.0, clusters: typing.SupportsInt | typing.SupportsIndex = 5, rounds: typing.SupportsInt | typing.SupportsIndex = 2, timing: BolusTiming = ..., echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def area_percentile(self) -> float:
        """
        Of the early area.
        """
    @area_percentile.setter
    def area_percentile(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def clusters(self) -> int:
        """
        Of the k-means.
        """
    @clusters.setter
    def clusters(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def echo_time(self) -> float | None:
        """
        TE in s, or None.
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def fullness(self) -> float:
        """
        Smallest height over that of the five fullest.
        """
    @fullness.setter
    def fullness(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def irregularity_percentile(self) -> float:
        """
        Of the irregularity.
        """
    @irregularity_percentile.setter
    def irregularity_percentile(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def method(self) -> typing.Literal['mouridsen', 'peruzzo']:
        """
        'mouridsen' or 'peruzzo'.
        """
    @method.setter
    def method(self, arg0: typing.Literal['mouridsen', 'peruzzo']) -> None:
        ...
    @property
    def rounds(self) -> int:
        """
        How often the earliest cluster is clustered.
        """
    @rounds.setter
    def rounds(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def saturation(self) -> float:
        """
        Fraction of S0.
        """
    @saturation.setter
    def saturation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def signal_to_noise(self) -> float:
        """
        Smallest S0 over the noise.
        """
    @signal_to_noise.setter
    def signal_to_noise(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def timing(self) -> BolusTiming:
        """
        Of the mean curve.
        """
    @timing.setter
    def timing(self, arg0: BolusTiming) -> None:
        ...
    @property
    def tumour_margin(self) -> float:
        """
        mm
        """
    @tumour_margin.setter
    def tumour_margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def voxels(self) -> int:
        """
        At most this many are averaged.
        """
    @voxels.setter
    def voxels(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class FittedGammaVariate:
    """
    A gamma variate through a measured curve, with the quality of the fit.
    
    Heights are in the unit of the curve: 1/s for dR2*, mM for a concentration.
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
        Parameters, values and standard errors as a pandas DataFrame.
        """
    @property
    def converged(self) -> bool:
        """
        Whether the iteration reached its end.
        """
    @property
    def curve(self) -> GammaVariate:
        """
        GammaVariate with the fitted parameters.
        """
    @property
    def first_pass_integral(self) -> float:
        """
        Area of the first pass alone, unit times s.
        """
    @property
    def fitted(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Its values at the samples (t,).
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags of the timing, dsc.gamma.not_converged, .at_bound, .poor, .truncated.
        """
    @property
    def integral_error(self) -> float:
        """
        Standard error of that area.
        """
    @property
    def iterations(self) -> int:
        """
        Steps in all.
        """
    @property
    def parameters(self) -> list[str]:
        """
        Names of the fitted parameters, as in GammaVariate.
        """
    @property
    def r_squared(self) -> float:
        """
        Share of the variance that is explained.
        """
    @property
    def residual_deviation(self) -> float:
        """
        Standard deviation of the residuals.
        """
    @property
    def standard_errors(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        One per name; 0 at a bound.
        """
class GammaVariateFit:
    """
    Fits a gamma variate with recirculation and tail to a curve that rises with the bolus.
    
    Robust least squares (Huber's weights) by Levenberg-Marquardt with bounds: first the first pass alone, then everything.
    
    Parameters
    ----------
    recirculation : bool
        Fit the second pass and the tail too; else only samples of the first pass are fitted.
    clearance_time : float
        Time constant of the tail's decay, s; not fitted.
    poor : float
        Flagged when less of the variance than this is explained.
    max_iterations : int
        Steps of each fit.
    timing : BolusTiming
        Where the first pass lies.
    """
    def __call__(self, curve: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> FittedGammaVariate:
        """
        Fit.
        
        Parameters
        ----------
        curve : array (t,)
            dR2* in 1/s, or a concentration.
        times : array (t,)
            Seconds.
        
        Returns
        -------
        FittedGammaVariate
        
        Raises
        ------
        ShapeError, DataError, OptionError
            If lengths differ, a sample is not finite, there is no bolus, or fewer than 6 samples follow its arrival.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, recirculation: bool = True, clearance_time: typing.SupportsFloat | typing.SupportsIndex = 600.0, poor: typing.SupportsFloat | typing.SupportsIndex = 0.9, max_iterations: typing.SupportsInt | typing.SupportsIndex = 200, timing: BolusTiming = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def clearance_time(self) -> float:
        """
        s
        """
    @clearance_time.setter
    def clearance_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def max_iterations(self) -> int:
        """
        Steps of each fit.
        """
    @max_iterations.setter
    def max_iterations(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def poor(self) -> float:
        """
        Share of the variance below which the fit is flagged.
        """
    @poor.setter
    def poor(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def recirculation(self) -> bool:
        """
        Fit the second pass too.
        """
    @recirculation.setter
    def recirculation(self, arg0: bool) -> None:
        ...
    @property
    def timing(self) -> BolusTiming:
        """
        Where the first pass lies.
        """
    @timing.setter
    def timing(self, arg0: BolusTiming) -> None:
        ...
class RescaledArterial:
    """
    An arterial input function scaled to the area of the venous output.
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
        Time, rescaled arterial and venous signal as a pandas DataFrame.
        """
    @property
    def arterial(self) -> ArterialCurve:
        """
        ArterialCurve, its dR2* times the factor.
        """
    @property
    def arterial_area(self) -> float:
        """
        Area of the first pass of -ln(S / S0), s.
        """
    @property
    def factor(self) -> float:
        """
        Venous over arterial area, at least 1.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags dsc.venous.not_larger, .few_voxels, .no_fit.
        """
    @property
    def mask(self) -> bolus._core.core.Mask:
        """
        Mask of the venous voxels.
        """
    @property
    def venous(self) -> ArterialCurve:
        """
        ArterialCurve of the venous voxels.
        """
    @property
    def venous_area(self) -> float:
        """
        The same of the venous output.
        """
class VenousRescaling:
    """
    Makes up for partial volume in an arterial input function.
    
    The area of its first pass is made that of a large vein's, where partial volume is small. Partial volume acts on the signal, not
    on its logarithm: a factor can mend the area but not the shape.
    
    Parameters
    ----------
    voxels : int
        Venous voxels averaged when they are found automatically, at most.
    area_percentile : float
        Venous voxels have an area above it.
    tumour_margin : float
        mm around the tumour that are left out.
    signal_to_noise, saturation : float
        As in ArterialSearch.
    timing : BolusTiming
        Of the mean curve of the searched voxels.
    threads : int
        0: all cores.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, brain: bolus._core.core.Mask, arterial: ArterialCurve, venous: bolus._core.core.Mask | None = None, tumour: typing.Any = None, progress: typing.Any = None) -> RescaledArterial:
        """
        Rescale.
        
        Parameters
        ----------
        series : PerfusionSeries
        brain : Mask
            On the grid of the series.
        arterial : ArterialCurve
            On the times of the series.
        venous : Mask, optional
            Venous voxels; found automatically when None.
        tumour : Mask or LabelMap, optional
            Left out of the automatic search with its margin.
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        RescaledArterial
        
        Raises
        ------
        GeometryError, ShapeError, DataError, OptionError
            If grids or times differ, or there is no venous voxel or no bolus.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, voxels: typing.SupportsInt | typing.SupportsIndex = 20, area_percentile: typing.SupportsFloat | typing.SupportsIndex = 99.0, tumour_margin: typing.SupportsFloat | typing.SupportsIndex = 10.0, signal_to_noise: typing.SupportsFloat | typing.SupportsIndex = 5.0, saturation: typing.SupportsFloat | typing.SupportsIndex = 0.1, timing: BolusTiming = ..., threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def area_percentile(self) -> float:
        """
        Of the area.
        """
    @area_percentile.setter
    def area_percentile(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def saturation(self) -> float:
        """
        Fraction of S0.
        """
    @saturation.setter
    def saturation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def signal_to_noise(self) -> float:
        """
        Smallest S0 over the noise.
        """
    @signal_to_noise.setter
    def signal_to_noise(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def timing(self) -> BolusTiming:
        """
        Of the mean curve.
        """
    @timing.setter
    def timing(self, arg0: BolusTiming) -> None:
        ...
    @property
    def tumour_margin(self) -> float:
        """
        mm
        """
    @tumour_margin.setter
    def tumour_margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def voxels(self) -> int:
        """
        At most this many.
        """
    @voxels.setter
    def voxels(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class LeakageFit:
    """
    What leakage did to each of n curves, and the curves without it.
    
    An error is a standard error; it takes the noise of the curve as white and the reference as exact, and leaves out the
    uncertainty of S0.
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
        One row per curve as a pandas DataFrame.
        """
    @property
    def blood_volume(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Integral of the corrected curve (n,), relative CBV.
        """
    @property
    def coefficient_of_variation(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Of K2 (n,) at the kep found, before it was taken as 0.
        """
    @property
    def corrected(self) -> bolus._core.core.CurveSet:
        """
        CurveSet of dR2* without leakage, 1/s.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags of the reference's timing, dsc.leakage.reference, .noise, .insignificant, .misfit, .kep_at_border, .kep_unidentifiable, .constant.
        """
    @property
    def k1(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        K1 (n,), scale of the reference curve in the curve.
        """
    @property
    def k1_error(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Standard error (n,).
        """
    @property
    def k2(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        K2 (n,), 1/s: positive where T1 rules, negative where T2* does.
        """
    @property
    def k2_error(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Standard error (n,), 1/s; with kep fitted, its uncertainty included.
        """
    @property
    def kep(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (n,), 1/s; 0 for the unidirectional model and where K2 is 0.
        """
    @property
    def kep_error(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Standard error (n,), 1/s; inf where the curve says nothing about kep.
        """
    @property
    def names(self) -> list[str]:
        """
        Of the curves (n).
        """
    @property
    def noise(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Standard deviation of each curve before the bolus (n,), 1/s.
        """
    @property
    def reference_blood_volume(self) -> float:
        """
        Integral of the reference over the same samples.
        """
    @property
    def residual(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Root mean square of what the model leaves (n,), 1/s.
        """
    @property
    def uncorrected_blood_volume(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Integral of the curve as it was (n,).
        """
class LeakageCorrection:
    """
    Corrects dR2* curves for contrast agent that leaks out of vessels.
    
    Each curve is fitted to the mean curve of tissue that does not enhance: dR2*(t) = K1 r(t) - K2 int r (Boxerman, Schmainda and
    Weisskoff, AJNR 2006; CAPLEX M.LC1.001), or with back-flux r(t') exp(-kep (t - t')) in the integral (Leu et al., AJNR 2016;
    M.LC1.002). What is taken away is the second term.
    
    Parameters
    ----------
    model : {'unidirectional', 'bidirectional'}
        Whether leaked agent flows back.
    max_coefficient_of_variation : float
        K2 is taken as 0 where its coefficient of variation exceeds this; inf: never.
    max_kep : float
        1/s; kep is sought from 0 to this.
    range : {'full', 'first_pass'}
        Samples that make the blood volume.
    integral : {'trapezoid', 'rectangle'}
        How int r is taken. 'rectangle' is a cumulative sum times the step.
    baseline : Baseline
        Finds the samples before the bolus in the reference curve.
    first, last : int, optional
        Samples that are fitted: the first and one past the last. From the baseline to the end when not given.
    threads : int
        0: all cores. The result is the same for any number.
    """
    @typing.overload
    def __call__(self, delta_r2s: bolus._core.core.CurveSet, reference: str | typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], progress: typing.Any = None) -> LeakageFit:
        """
        Correct curves.
        
        Parameters
        ----------
        delta_r2s : CurveSet
            Of dR2* in 1/s, n curves.
        reference : str or array (t,)
            Mean dR2* of tissue that does not enhance: the name of one of the curves, or its samples.
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        LeakageFit
        
        Raises
        ------
        ShapeError, DataError, OptionError
            If lengths differ; if the curves are not dR2* or not finite, times do not increase, there are too few samples or the
            reference is 0 or unknown; if an option is out of range.
        """
    @typing.overload
    def __call__(self, delta_r2s: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, n]"], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], reference: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], progress: typing.Any = None) -> LeakageFit:
        """
        Correct a matrix of curves.
        
        Parameters
        ----------
        delta_r2s : array (t, n)
            1/s.
        times : array (t,)
            Seconds.
        reference : array (t,)
            Mean dR2* of tissue that does not enhance.
        progress : callable, optional
        
        Returns
        -------
        LeakageFit
            Its curves are named by their numbers.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, model: typing.Literal['unidirectional', 'bidirectional'] = 'unidirectional', max_coefficient_of_variation: typing.SupportsFloat | typing.SupportsIndex = 1.0, max_kep: typing.SupportsFloat | typing.SupportsIndex = 0.05, range: typing.Literal['full', 'first_pass'] = 'full', integral: typing.Literal['trapezoid', 'rectangle'] = 'trapezoid', baseline: Baseline = ..., first: typing.SupportsInt | typing.SupportsIndex | None = None, last: typing.SupportsInt | typing.SupportsIndex | None = None, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> Baseline:
        """
        Of the reference curve.
        """
    @baseline.setter
    def baseline(self, arg0: Baseline) -> None:
        ...
    @property
    def first(self) -> int | None:
        """
        First sample fitted.
        """
    @first.setter
    def first(self, arg0: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
    @property
    def integral(self) -> typing.Literal['trapezoid', 'rectangle']:
        """
        'trapezoid' or 'rectangle'.
        """
    @integral.setter
    def integral(self, arg0: typing.Literal['trapezoid', 'rectangle']) -> None:
        ...
    @property
    def last(self) -> int | None:
        """
        One past the last.
        """
    @last.setter
    def last(self, arg0: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
    @property
    def max_coefficient_of_variation(self) -> float:
        """
        Above it K2 is taken as 0.
        """
    @max_coefficient_of_variation.setter
    def max_coefficient_of_variation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def max_kep(self) -> float:
        """
        1/s
        """
    @max_kep.setter
    def max_kep(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def model(self) -> typing.Literal['unidirectional', 'bidirectional']:
        """
        'unidirectional' or 'bidirectional'.
        """
    @model.setter
    def model(self, arg0: typing.Literal['unidirectional', 'bidirectional']) -> None:
        ...
    @property
    def range(self) -> typing.Literal['full', 'first_pass']:
        """
        'full' or 'first_pass'.
        """
    @range.setter
    def range(self, arg0: typing.Literal['full', 'first_pass']) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class DualEchoCurves:
    """
    What two echoes of one excitation tell apart: T2* and T1.
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
        Time and three columns per curve as a pandas DataFrame.
        """
    @property
    def baselines(self) -> list[BaselineWindow]:
        """
        BaselineWindow of each curve.
        """
    @property
    def delta_r2s(self) -> bolus._core.core.CurveSet:
        """
        CurveSet of dR2* free of T1, 1/s.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags of the baselines, and dsc.signal.not_positive.
        """
    @property
    def signal(self) -> bolus._core.core.CurveSet:
        """
        CurveSet of the signal extrapolated to TE = 0: what T1 makes of it.
        """
    @property
    def t1_delta_r2s(self) -> bolus._core.core.CurveSet:
        """
        CurveSet of what T1 adds to the dR2* of the second echo alone, 1/s: negative where T1 shortens.
        """
class DualEcho:
    """
    dR2* from two echoes, free of T1, and what T1 does.
    
    dR2*(t) = ln[(S1 / S1_0) / (S2 / S2_0)] / (TE2 - TE1) (Vonken et al., JMRI 1999; CAPLEX Q.EL1.009).
    
    Parameters
    ----------
    first_echo_time, second_echo_time : float
        TE1 < TE2 in s; must be given.
    baseline : Baseline
        How S0 is found, in the second echo and for both.
    non_positive : {'floor', 'error'}
        What a signal <= 0 becomes: the smallest positive sample of the curve (flagged), or an error.
    """
    def __call__(self, first: bolus._core.core.CurveSet, second: bolus._core.core.CurveSet) -> DualEchoCurves:
        """
        Combine two echoes.
        
        Parameters
        ----------
        first, second : CurveSet
            Signals with the same names and times.
        
        Returns
        -------
        DualEchoCurves
        
        Raises
        ------
        DataError, ShapeError
            If an echo time is missing or impossible, S0 is not positive, or the curves are not signals or do not belong together.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, first_echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, second_echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, baseline: Baseline = ..., non_positive: typing.Literal['floor', 'error'] = 'floor') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> Baseline:
        """
        How S0 is found.
        """
    @baseline.setter
    def baseline(self, arg0: Baseline) -> None:
        ...
    @property
    def first_echo_time(self) -> float | None:
        """
        TE1, s.
        """
    @first_echo_time.setter
    def first_echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def non_positive(self) -> typing.Literal['floor', 'error']:
        """
        'floor' or 'error'.
        """
    @non_positive.setter
    def non_positive(self, arg0: typing.Literal['floor', 'error']) -> None:
        ...
    @property
    def second_echo_time(self) -> float | None:
        """
        TE2, s.
        """
    @second_echo_time.setter
    def second_echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
class DualEchoLeakageFit:
    """
    Leakage in two echoes, by the part that acts through T2* and the part that acts through T1.
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
        The rows of both fits as a pandas DataFrame, by part.
        """
    @property
    def curves(self) -> DualEchoCurves:
        """
        DualEchoCurves that were fitted.
        """
    @property
    def t1(self) -> LeakageFit:
        """
        LeakageFit of what T1 adds to the second echo; both K2 sum to that echo's own.
        """
    @property
    def t2_star(self) -> LeakageFit:
        """
        LeakageFit of the dual-echo dR2*: free of either kind of leakage.
        """
class DualEchoLeakage:
    """
    Leakage correction with two echoes: T1 leakage falls out, T2* leakage is left and corrected.
    
    Parameters
    ----------
    echoes : DualEcho
        Echo times and baseline.
    correction : LeakageCorrection
        Model of the leakage.
    """
    def __call__(self, first: bolus._core.core.CurveSet, second: bolus._core.core.CurveSet, reference: str, progress: typing.Any = None) -> DualEchoLeakageFit:
        """
        Correct two echoes.
        
        Parameters
        ----------
        first, second : CurveSet
            Signals with the same names and times.
        reference : str
            Curve of tissue that does not enhance; its dual-echo dR2* is the reference.
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        DualEchoLeakageFit
        
        Raises
        ------
        DataError, ShapeError, OptionError
            As DualEcho and LeakageCorrection.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, echoes: DualEcho = ..., correction: LeakageCorrection = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def correction(self) -> LeakageCorrection:
        """
        Model of the leakage.
        """
    @correction.setter
    def correction(self, arg0: LeakageCorrection) -> None:
        ...
    @property
    def echoes(self) -> DualEcho:
        """
        Echo times and baseline.
        """
    @echoes.setter
    def echoes(self, arg0: DualEcho) -> None:
        ...
class TransitTimePrior:
    """
    What is believed about tissue before its curve is seen, for the default deconvolution.
    
    Parameters
    ----------
    transit_time : float
        Median of the mean transit time, s; its logarithm is normal.
    transit_time_spread : float
        Standard deviation of that logarithm.
    delay_spread : float
        Standard deviation of the arrival in tissue after that in the artery, s.
    earliest_delay, latest_delay : float
        Delays are sought from here to here, s.
    first_reading : float
        The residue function is read from here on, s; 0 or less.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, transit_time: typing.SupportsFloat | typing.SupportsIndex = 5.0, transit_time_spread: typing.SupportsFloat | typing.SupportsIndex = 0.7, delay_spread: typing.SupportsFloat | typing.SupportsIndex = 4.0, earliest_delay: typing.SupportsFloat | typing.SupportsIndex = -2.0, latest_delay: typing.SupportsFloat | typing.SupportsIndex = 12.0, first_reading: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def delay_spread(self) -> float:
        """
        Standard deviation, s.
        """
    @delay_spread.setter
    def delay_spread(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def earliest_delay(self) -> float:
        """
        s
        """
    @earliest_delay.setter
    def earliest_delay(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def first_reading(self) -> float:
        """
        s
        """
    @first_reading.setter
    def first_reading(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def latest_delay(self) -> float:
        """
        s
        """
    @latest_delay.setter
    def latest_delay(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def transit_time(self) -> float:
        """
        Median, s.
        """
    @transit_time.setter
    def transit_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def transit_time_spread(self) -> float:
        """
        Of its logarithm.
        """
    @transit_time_spread.setter
    def transit_time_spread(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class FlowEstimates:
    """
    What deconvolution finds in each of n curves.
    
    `states` holds sums of 1 (the curve is not finite), 2 (no bolus), 4 (the residue function oscillates) and 8 (the delay lies at
    the end of the range searched); 0 is fine.
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
        One row per curve, as a pandas DataFrame.
        """
    @property
    def blood_flow(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        CBF (n,), mL/100 mL/min.
        """
    @property
    def blood_flow_sd(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Posterior standard deviation of CBF (n,); 0: not given.
        """
    @property
    def blood_volume(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        CBV (n,), mL/100 mL.
        """
    @property
    def mean_transit_time(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        MTT = CBV / CBF (n,), s.
        """
    @property
    def oscillation(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Oscillation index of the residue function (n,).
        """
    @property
    def residues(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        CBF times residue function (samples, n), 1/s; empty unless asked for.
        """
    @property
    def states(self) -> list[int]:
        """
        Sum of what is doubtful (n,).
        """
    @property
    def time_to_maximum(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Tmax (n,), s; the delay with the default method.
        """
class DeconvolutionResult:
    """
    Blood volume, flow and transit times of named curves.
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
        One row per curve, as a pandas DataFrame.
        """
    @property
    def estimates(self) -> FlowEstimates:
        """
        FlowEstimates with the residue functions.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags.
        """
    @property
    def names(self) -> list[str]:
        """
        One per curve.
        """
    @property
    def times(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Times of the residue functions (samples,), s.
        """
class DeconvolutionOperator:
    """
    A deconvolution prepared for one arterial curve. Made by Deconvolution.prepare.
    """
    def __call__(self, curves: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, n]"], residues: bool = False) -> FlowEstimates:
        """
        Deconvolve many curves.
        
        Parameters
        ----------
        curves : array (samples, n)
            dR2* or concentration, in the unit of the arterial curve. A curve with NaN gives zeros and state 1.
        residues : bool
            Whether to return the residue functions.
        
        Returns
        -------
        FlowEstimates
        
        Raises
        ------
        ShapeError
            If the number of samples is not that of the arterial curve.
        """
    def __repr__(self) -> str:
        ...
    @property
    def samples(self) -> int:
        """
        Samples of a curve.
        """
class Deconvolution:
    """
    Blood volume, flow and transit times by deconvolution.
    
    Parameters
    ----------
    method : {'transit_times', 'ssvd', 'csvd', 'osvd', 'l_curve', 'gcv', 'osipi_l_curve'}
        How the residue function is found. The default is Bayesian, with gamma-distributed transit times and a delay.
    ssvd_threshold, csvd_threshold : float
        Share of the largest singular value below which it is left out.
    oscillation_index : float
        'osvd' raises its threshold until the residue function's index is below this.
    regularisation : float, optional
        mu of the Tikhonov methods, s times the arterial unit; chosen when not given.
    haematocrit_density_factor : float
        kH / rho; CBV and CBF are multiplied by it.
    oscillation_limit : float
        An oscillation index above this is flagged.
    prior : TransitTimePrior
        Of the method 'transit_times'.
    """
    def __call__(self, tissue: bolus._core.core.CurveSet, arterial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> DeconvolutionResult:
        """
        Deconvolve every curve of a CurveSet.
        
        Parameters
        ----------
        tissue : CurveSet
            dR2* or concentrations.
        arterial : array (samples,)
            Of the same times and unit.
        
        Returns
        -------
        DeconvolutionResult
        
        Raises
        ------
        ShapeError, DataError, OptionError
            As `prepare`, and if the curves are signals or z-scores.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, method: typing.Literal['transit_times', 'ssvd', 'csvd', 'osvd', 'l_curve', 'gcv', 'osipi_l_curve'] = 'transit_times', ssvd_threshold: typing.SupportsFloat | typing.SupportsIndex = 0.2, csvd_threshold: typing.SupportsFloat | typing.SupportsIndex = 0.1, oscillation_index: typing.SupportsFloat | typing.SupportsIndex = 0.035, regularisation: typing.SupportsFloat | typing.SupportsIndex | None = None, haematocrit_density_factor: typing.SupportsFloat | typing.SupportsIndex = 1.0, oscillation_limit: typing.SupportsFloat | typing.SupportsIndex = 0.2, prior: TransitTimePrior = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def prepare(self, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], arterial: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"]) -> DeconvolutionOperator:
        """
        Do all that depends on the arterial curve alone.
        
        Parameters
        ----------
        times : array (samples,)
            Seconds, even within 1 %.
        arterial : array (samples,)
            dR2* or concentration.
        
        Returns
        -------
        DeconvolutionOperator
        
        Raises
        ------
        ShapeError, DataError, OptionError
            If lengths differ, there are fewer than 8 samples or more than 2000, times are uneven or in another unit than seconds, or the
            curve is not finite or never positive.
        """
    @property
    def csvd_threshold(self) -> float:
        """
        Share of the largest singular value.
        """
    @csvd_threshold.setter
    def csvd_threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def haematocrit_density_factor(self) -> float:
        """
        kH / rho.
        """
    @haematocrit_density_factor.setter
    def haematocrit_density_factor(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def method(self) -> typing.Literal['transit_times', 'ssvd', 'csvd', 'osvd', 'l_curve', 'gcv', 'osipi_l_curve']:
        """
        How the residue function is found.
        """
    @method.setter
    def method(self, arg0: typing.Literal['transit_times', 'ssvd', 'csvd', 'osvd', 'l_curve', 'gcv', 'osipi_l_curve']) -> None:
        ...
    @property
    def oscillation_index(self) -> float:
        """
        Aim of 'osvd'.
        """
    @oscillation_index.setter
    def oscillation_index(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def oscillation_limit(self) -> float:
        """
        An index above this is flagged.
        """
    @oscillation_limit.setter
    def oscillation_limit(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def prior(self) -> TransitTimePrior:
        """
        Of the method 'transit_times'.
        """
    @prior.setter
    def prior(self, arg0: TransitTimePrior) -> None:
        ...
    @property
    def regularisation(self) -> float | None:
        """
        mu of the Tikhonov methods, or None.
        """
    @regularisation.setter
    def regularisation(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def ssvd_threshold(self) -> float:
        """
        Share of the largest singular value.
        """
    @ssvd_threshold.setter
    def ssvd_threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class CurveMeasures:
    """
    Perfusion quantities of each of n curves.
    
    What a curve does not have is 0 and flagged dsc.quantity.undefined; what was not asked for, or follows from a signal that was not
    given, is empty.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per curve as a pandas DataFrame, with the columns that there are.
        """
    @property
    def CBV(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        100 rCBV over that of the arterial curve, mL/100 mL (n,); empty without one.
        """
    @property
    def FWHM(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Full width of the first pass at half its largest dR2*, s (n,).
        """
    @property
    def PH(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Peak height S0 - Smin (n,); empty for dR2* curves.
        """
    @property
    def PSR(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        100 (Spost - Smin) / (S0 - Smin), never clipped (n,); empty for dR2* curves.
        """
    @property
    def auc(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Integral of dR2* over the first pass (n,) (CAPLEX Q.CD1.013).
        """
    @property
    def cnr(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        S0 - Smin over the same (n,); empty for dR2* curves.
        """
    @property
    def delay(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Arrival after that of the arterial, else the reference curve, s (n,).
        """
    @property
    def delta_r2s_max(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Largest dR2* of the first pass, 1/s (n,).
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags of the timing, and dsc.quantity.weak_drop, .undefined, dsc.signal.not_positive.
        """
    @property
    def log_PSR_ratio(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Natural logarithm of the same (n,).
        """
    @property
    def names(self) -> list[str]:
        """
        n names.
        """
    @property
    def normalised_PSR(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        PSR over that of the reference curve (n,); empty without one.
        """
    @property
    def nrCBV(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        rCBV over that of the reference curve (n,); empty without one.
        """
    @property
    def rCBV(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Integral of dR2* over the chosen range (n,).
        """
    @property
    def relative_PH(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        PH over that of the reference curve (n,); empty without one.
        """
    @property
    def snr(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        S0 over the standard deviation of the baseline (n,); empty for dR2* curves.
        """
    @property
    def time_to_peak(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Peak minus arrival, s (n,) (CAPLEX Q.CD1.010).
        """
    @property
    def timing(self) -> list[BolusTimes]:
        """
        n BolusTimes.
        """
    @property
    def wash_in(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Slope of dR2* between 20 and 80 % of its peak, 1/s^2 (n,) (CAPLEX Q.CD1.011).
        """
    @property
    def wash_out(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Slope of dR2* from 80 down to 50 % of its peak, 1/s^2 (n,) (CAPLEX Q.CD1.012).
        """
class CurveQuantities:
    """
    Perfusion quantities of signal or dR2* curves, each with the windows of its own timing.
    
    S0 is the mean before the bolus, Smin and dR2*max lie in the first pass, Spost is the mean of the plateau. PSR is
    100 (Spost - Smin) / (S0 - Smin) and never clipped.
    
    Parameters
    ----------
    echo_time : float, optional
        TE in s; must be given for signals.
    timing : BolusTiming
        Windows of each curve.
    range : {'full', 'first_pass'}
        Samples that make rCBV.
    reference_channel : str
        Curve that others are set in relation to, e.g. of normal white matter; '' for none.
    arterial_channel : str
        Curve that CBV and delay refer to; '' for none.
    contrast_threshold : float
        S0 - Smin below this many standard deviations of the baseline is flagged dsc.quantity.weak_drop.
    """
    def __call__(self, curves: bolus._core.core.CurveSet) -> CurveMeasures:
        """
        Measure each curve.
        
        Parameters
        ----------
        curves : CurveSet
            Signals, or dR2* curves, which may hold concentrations.
        
        Returns
        -------
        CurveMeasures
        
        Raises
        ------
        DataError
            If curves are normalised, TE is not given, S0 is not positive, there is no such channel, or what is divided by is not positive.
        ShapeError, OptionError
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, timing: BolusTiming = ..., range: typing.Literal['full', 'first_pass'] = 'full', reference_channel: str = '', arterial_channel: str = '', contrast_threshold: typing.SupportsFloat | typing.SupportsIndex = 3.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def arterial_channel(self) -> str:
        """
        Curve that CBV and delay refer to, or ''.
        """
    @arterial_channel.setter
    def arterial_channel(self, arg0: str) -> None:
        ...
    @property
    def contrast_threshold(self) -> float:
        """
        Standard deviations of the baseline.
        """
    @contrast_threshold.setter
    def contrast_threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def echo_time(self) -> float | None:
        """
        TE in s, or None.
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def range(self) -> typing.Literal['full', 'first_pass']:
        """
        'full' or 'first_pass'.
        """
    @range.setter
    def range(self, arg0: typing.Literal['full', 'first_pass']) -> None:
        ...
    @property
    def reference_channel(self) -> str:
        """
        Curve that others are set in relation to, or ''.
        """
    @reference_channel.setter
    def reference_channel(self, arg0: str) -> None:
        ...
    @property
    def timing(self) -> BolusTiming:
        """
        Windows of each curve.
        """
    @timing.setter
    def timing(self, arg0: BolusTiming) -> None:
        ...
class ParametricMaps:
    """
    Maps of perfusion quantities on the grid of a series.
    
    ``maps["rCBV"]`` is an Image. No map holds NaN.
    """
    def __contains__(self, quantity: typing.Literal['delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc', 'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH', 'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax']) -> bool:
        ...
    def __getitem__(self, quantity: typing.Literal['delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc', 'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH', 'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax']) -> typing.Any:
        """
        The Image of a quantity. Raises DataError when it was not asked for.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per map as a pandas DataFrame: unit, mean over the voxels with a value, and voxels without one.
        """
    @property
    def delta_r2s(self) -> bolus._core.core.PerfusionSeries | None:
        """
        PerfusionSeries of dR2* in 1/s, when asked for.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags of the timing and the leakage reference, and dsc.voxel.invalid, dsc.signal.not_positive, dsc.maps.no_bolus.
        """
    @property
    def floored_count(self) -> int:
        """
        Of those, with samples <= 0 that were taken as the smallest positive one.
        """
    @property
    def images(self) -> dict:
        """
        Image by the name of its quantity; the voxels are shared, not copied.
        """
    @property
    def invalid_count(self) -> int:
        """
        Of those, with NaN, infinity, S0 <= 0 or no positive sample; 0 in every map.
        """
    @property
    def mean_signal(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Mean curve of the mask (t,), from which the windows were found.
        """
    @property
    def no_bolus_count(self) -> int:
        """
        Of those, with a drop within the noise.
        """
    @property
    def reference(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Reference dR2* of the leakage correction (t,), 1/s; empty without one.
        """
    @property
    def states(self) -> typing.Any:
        """
        Mask of 0 outside, 1 valid, 2 samples <= 0 were floored, 3 no bolus, 4 invalid.
        """
    @property
    def times(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Seconds (t,).
        """
    @property
    def timing(self) -> BolusTimes:
        """
        BolusTimes of the mean curve.
        """
    @property
    def undefined_counts(self) -> dict[typing.Literal['delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc', 'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH', 'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax'], int]:
        """
        Usable voxels in which a quantity has no value and is 0, by quantity.
        """
    @property
    def voxel_count(self) -> int:
        """
        Voxels of the mask.
        """
    @property
    def white_matter_means(self) -> dict[typing.Literal['delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc', 'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH', 'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax'], float]:
        """
        What maps were divided by, by quantity.
        """
class FoundMaps(ParametricMaps):
    """
    Parametric maps, and what was found on the way to them.
    """
    def __getstate__(self) -> tuple[typing.Any, TissueMask, TissueMask, TissueMask, ArterialSelection | None]:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def arterial(self) -> typing.Any:
        """
        ArterialSelection, or None where it was given or not needed.
        """
    @property
    def brain(self) -> typing.Any:
        """
        TissueMask of the brain, or None where it was given.
        """
    @property
    def tissue(self) -> typing.Any:
        """
        TissueMask of the reference tissue, or None where it was given or not needed.
        """
    @property
    def white_matter(self) -> typing.Any:
        """
        TissueMask of normal-appearing white matter, or None where it was given or not needed.
        """
class PerfusionMaps:
    """
    Maps any set of perfusion quantities.
    
    The windows come from the timing of the mask's mean curve; then the series is read once, in blocks of voxels. What is not asked for
    is not computed. With two echoes dR2* is free of T1, and signal quantities and timing are those of the longer echo.
    
    Parameters
    ----------
    quantities : sequence of str
        What is mapped: 'delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc',
        'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH',
        'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax'.
    echo_time : float, optional
        TE of the series in s; that of its protocol when not given.
    timing : BolusTiming
        Of the mean curve.
    range : {'full', 'first_pass'}
        Samples that make rCBV, also the corrected one.
    leakage : LeakageCorrection
        Its model, max_kep and limit of K2; range, baseline and threads are those here.
    search_margin : float
        s that a voxel's pass may begin before or end after that of the mean curve.
    contrast_threshold : float
        S0 - Smin below this many standard deviations of the baseline is no bolus.
    timing_voxels : int
        About so many voxels, evenly spread, make the mean curve; 0 for all of the mask.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, mask: bolus._core.core.Mask, white_matter: bolus._core.core.Mask | None = None, tissue: bolus._core.core.Mask | None = None, arterial: typing.Any = None, deconvolution: DeconvolutionOperator | None = None, second_echo: bolus._core.core.PerfusionSeries | None = None, progress: typing.Any = None) -> ParametricMaps:
        """
        Map each voxel of `mask`.
        
        Parameters
        ----------
        series : PerfusionSeries
        mask : Mask
            On the grid of the series, as all other masks.
        white_matter : Mask, optional
            Normal-appearing: for nrCBV, corrected_nrCBV, relative_PH and normalised_PSR.
        tissue : Mask, optional
            Brain that does not enhance: the reference of the leakage correction.
        arterial : ArterialCurve or array (t,), optional
            Arterial signal that delays are counted from; the mean curve without it.
        deconvolution : DeconvolutionOperator, optional
            Prepared with the arterial dR2*: for CBF, CBV, MTT and Tmax.
        second_echo : PerfusionSeries, optional
            Another echo of the same volumes, with its TE.
        progress : callable, optional
            Called with (stage, done, total); returning False stops.
        
        Returns
        -------
        ParametricMaps
        
        Raises
        ------
        GeometryError, ShapeError
            If grids or lengths differ.
        DataError
            If the mask is empty, TE is not known, the mean curve has no bolus, or a reference is missing or of no use.
        OptionError
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, quantities: collections.abc.Sequence[typing.Literal['delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc', 'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH', 'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax']] = ['snr', 'arrival_time', 'time_to_peak', 'delta_r2s_max', 'rCBV', 'PH', 'PSR'], echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, timing: BolusTiming = ..., range: typing.Literal['full', 'first_pass'] = 'full', leakage: LeakageCorrection = ..., search_margin: typing.SupportsFloat | typing.SupportsIndex = 5.0, contrast_threshold: typing.SupportsFloat | typing.SupportsIndex = 3.0, timing_voxels: typing.SupportsInt | typing.SupportsIndex = 5000, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def contrast_threshold(self) -> float:
        """
        Standard deviations of the baseline.
        """
    @contrast_threshold.setter
    def contrast_threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def echo_time(self) -> float | None:
        """
        TE in s, or None.
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def leakage(self) -> LeakageCorrection:
        """
        Model and limits of the leakage correction.
        """
    @leakage.setter
    def leakage(self, arg0: LeakageCorrection) -> None:
        ...
    @property
    def quantities(self) -> list[typing.Literal['delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc', 'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH', 'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax']]:
        """
        What is mapped.
        """
    @quantities.setter
    def quantities(self, arg0: collections.abc.Sequence[typing.Literal['delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc', 'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH', 'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax']]) -> None:
        ...
    @property
    def range(self) -> typing.Literal['full', 'first_pass']:
        """
        'full' or 'first_pass'.
        """
    @range.setter
    def range(self, arg0: typing.Literal['full', 'first_pass']) -> None:
        ...
    @property
    def search_margin(self) -> float:
        """
        s before and after the mean curve's pass.
        """
    @search_margin.setter
    def search_margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def timing(self) -> BolusTiming:
        """
        Of the mean curve.
        """
    @timing.setter
    def timing(self, arg0: BolusTiming) -> None:
        ...
    @property
    def timing_voxels(self) -> int:
        """
        Voxels that make the mean curve; 0 for all.
        """
    @timing_voxels.setter
    def timing_voxels(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class RegionRow:
    """
    One map in one region.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def map(self) -> str:
        """
        Name of the quantity.
        """
    @property
    def mean(self) -> float:
        """
        0 without a value.
        """
    @property
    def median(self) -> float:
        ...
    @property
    def percentile_5(self) -> float:
        ...
    @property
    def percentile_95(self) -> float:
        ...
    @property
    def region(self) -> str:
        """
        Name of the region.
        """
    @property
    def standard_deviation(self) -> float:
        """
        n - 1; 0 for one voxel.
        """
    @property
    def valid_count(self) -> int:
        """
        Of those, with a value.
        """
    @property
    def voxel_count(self) -> int:
        """
        Voxels of the region.
        """
class RegionTable:
    """
    Every map in every region.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per region and map as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags dsc.region.empty, .small, .invalid.
        """
    @property
    def rows(self) -> list[RegionRow]:
        """
        RegionRow by region, then map.
        """
class RegionStatistics:
    """
    Statistics of maps over regions.
    
    Percentiles interpolate between voxels as numpy does. Left out are voxels outside the mask of the maps, invalid ones, and those in
    which a quantity is undefined.
    
    Parameters
    ----------
    regions : sequence of {'ET', 'NET', 'ED', 'WT'}
        Parts of the tumour, where labels are given.
    """
    @typing.overload
    def __call__(self, maps: ParametricMaps, labels: bolus._core.core.LabelMap | None = None, masks: dict = {}) -> RegionTable:
        """
        Of every map, over labels and masks.
        
        Parameters
        ----------
        maps : ParametricMaps
        labels : LabelMap, optional
            On the grid of the maps.
        masks : dict of str to Mask
            Further regions by name.
        
        Returns
        -------
        RegionTable
        
        Raises
        ------
        GeometryError, DataError
            If grids differ, or there is no map or no region.
        """
    @typing.overload
    def __call__(self, image: bolus._core.core.Image, name: str, labels: bolus._core.core.LabelMap | None = None, masks: dict = {}) -> RegionTable:
        """
        The same of any Image, called `name`; voxels that are not finite are left out.
        """
    def __getstate__(self) -> tuple[typing.Any]:
        ...
    def __init__(self, regions: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']] = ['ET', 'NET', 'ED', 'WT']) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def regions(self) -> list[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']]:
        """
        Parts of the tumour.
        """
    @regions.setter
    def regions(self, arg0: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']]) -> None:
        ...
def delta_r2s(signal: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], baseline: typing.SupportsFloat | typing.SupportsIndex, echo_time: typing.SupportsFloat | typing.SupportsIndex) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
    """
    dR2*(t) = -ln(S(t) / S0) / TE of one curve.
    
    Parameters
    ----------
    signal : array (t,)
    baseline : float
        S0.
    echo_time : float
        TE in s.
    
    Returns
    -------
    array (t,)
        1/s (CAPLEX Q.EL1.009). A signal <= 0 is taken as the smallest positive sample.
    """
def join_datasets(parts: collections.abc.Sequence[bolus._core.core.Dataset]) -> bolus._core.core.Dataset:
    """
    All samples of several datasets in one, in their order.
    
    Raises
    ------
    ShapeError, DataError
        If channels, steps or time steps differ, or only some have labels, patients or start times.
    """
def map_windows(windows: bolus._core.core.Dataset) -> WindowMapping:
    """
    Map the windows of one patient back to their series.
    
    Parameters
    ----------
    windows : Dataset
    
    Returns
    -------
    WindowMapping
    
    Raises
    ------
    DataError
        If they lack start times or a time step, belong to several patients, or do not start on one time grid.
    """
def maps(series: bolus._core.core.PerfusionSeries, quantities: collections.abc.Sequence[typing.Literal['delta_r2s', 'snr', 'cnr', 'arrival_time', 'peak_time', 'time_to_peak', 'delay', 'delta_r2s_max', 'auc', 'FWHM', 'wash_in', 'wash_out', 'rCBV', 'nrCBV', 'corrected_rCBV', 'corrected_nrCBV', 'K1', 'K2', 'K2_error', 'kep', 'PH', 'relative_PH', 'PSR', 'normalised_PSR', 'CBF', 'CBV', 'MTT', 'Tmax']] | None = None, brain: bolus._core.core.Mask | None = None, labels: bolus._core.core.LabelMap | None = None, white_matter: bolus._core.core.Mask | None = None, tissue: bolus._core.core.Mask | None = None, arterial: ArterialCurve | None = None, second_echo: bolus._core.core.PerfusionSeries | None = None, options: PerfusionMaps | None = None, deconvolution: Deconvolution = ..., progress: typing.Any = None) -> FoundMaps:
    """
    Map a series with nothing else at hand.
    
    Finds the brain, and as far as the quantities need them normal-appearing white matter, reference tissue and arterial input, with
    each step's defaults. What is given is used as it is.
    
    Parameters
    ----------
    series : PerfusionSeries
    quantities : sequence of str, optional
        As of PerfusionMaps; they replace those of `options`. The usual ones when neither is given.
    brain : Mask, optional
        Else BrainMask finds it.
    labels : LabelMap, optional
        The tumour, which the references keep away from.
    white_matter : Mask, optional
        Else WhiteMatter finds it.
    tissue : Mask, optional
        Else ReferenceTissue finds it.
    arterial : ArterialCurve, optional
        Else ArterialSearch finds it.
    second_echo : PerfusionSeries, optional
        Another echo of the same volumes, with its TE.
    options : PerfusionMaps, optional
    deconvolution : Deconvolution
        Method of CBF, CBV, MTT and Tmax.
    progress : callable, optional
        Called with (stage, done, total); returning False stops.
    
    Returns
    -------
    FoundMaps
        The maps, and what was found.
    
    Raises
    ------
    GeometryError, ShapeError, DataError, OptionError
        As the steps; the message says which could not find what.
    """
def trapezoid(times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], first: typing.SupportsInt | typing.SupportsIndex = 0, last: typing.SupportsInt | typing.SupportsIndex = -1) -> float:
    """
    Integral of a curve by the trapezoid rule.
    
    Parameters
    ----------
    times : array (t,)
        Seconds, increasing. They come first, in contrast to numpy.trapezoid.
    values : array (t,)
    first, last : int
        From sample `first` to one before `last`; -1: the end.
    
    Returns
    -------
    float
        Unit of the values times s.
    
    Raises
    ------
    ShapeError
        If lengths differ or there is no such sample.
    """
