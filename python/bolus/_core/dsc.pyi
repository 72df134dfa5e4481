"""
From a DSC series to curves, blood volume and the model's input.
"""
from __future__ import annotations
import bolus._core.core
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['ArterialCurve', 'ArterialInput', 'Baseline', 'BaselineWindow', 'BloodVolumeMap', 'BloodVolumes', 'DeltaR2s', 'RegionCurves', 'RelativeBloodVolume', 'SlidingWindows', 'ZNormalisation', 'delta_r2s', 'join_datasets', 'trapezoid']
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
    Mean signal of each tumour region over time, and of arterial voxels as 'AIF'.
    
    Parameters
    ----------
    regions : sequence of {'ET', 'NET', 'ED', 'WT'}
        Channels, in this order.
    empty : {'whole_tumour', 'zeros', 'error'}
        What stands for a region without voxels; flagged dsc.region.empty.
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
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, regions: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT']] = ['ET', 'NET', 'ED', 'WT'], empty: typing.Literal['whole_tumour', 'zeros', 'error'] = 'whole_tumour', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def empty(self) -> typing.Literal['whole_tumour', 'zeros', 'error']:
        """
        What stands for a region without voxels.
        """
    @empty.setter
    def empty(self, arg0: typing.Literal['whole_tumour', 'zeros', 'error']) -> None:
        ...
    @property
    def regions(self) -> list[typing.Literal['ET', 'NET', 'ED', 'WT']]:
        """
        Channels, in this order.
        """
    @regions.setter
    def regions(self, arg0: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT']]) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class ArterialCurve:
    """
    An arterial input function as signal, with what speaks for or against it.
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
        Time and signal as a pandas DataFrame.
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
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags of the baseline, dsc.aif.no_drop, .saturated.
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
        Voxels averaged.
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
    threads : int
        0: all cores.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, mask: bolus._core.core.Mask, progress: typing.Any = None) -> ArterialCurve:
        """
        Mean curve of the voxels of `mask`, as an ArterialCurve. Raises GeometryError, DataError.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, baseline: Baseline = ..., saturation: typing.SupportsFloat | typing.SupportsIndex = 0.1, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
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
class BloodVolumes:
    """
    Blood volume of each curve.
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
        Curves and volumes as a pandas DataFrame.
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
    def values(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Integral of dR2*, or mL/100 mL when divided by an arterial integral.
        """
class BloodVolumeMap:
    """
    Blood volume of each voxel.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> BaselineWindow:
        """
        BaselineWindow of the mean curve, used for every voxel.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        QC flags.
        """
    @property
    def floored_count(self) -> int:
        """
        Voxels with samples <= 0 that were replaced.
        """
    @property
    def image(self) -> bolus._core.core.Image:
        """
        Image on the grid of the series.
        """
    @property
    def invalid_count(self) -> int:
        """
        Voxels with NaN or S0 <= 0; 0 in the map.
        """
    @property
    def reference_mean(self) -> float:
        """
        Mean of the reference voxels; 0 without a reference.
        """
class RelativeBloodVolume:
    """
    Relative blood volume (rCBV) without leakage correction.
    
    The integral of dR2* by the trapezoid rule. Where contrast agent leaks it is wrong in either direction.
    
    Parameters
    ----------
    echo_time : float, optional
        TE in s; for a series that of its protocol when not given.
    baseline : Baseline
        How S0 and the arrival are found.
    range : {'full', 'first_pass'}
        Samples that are integrated.
    arterial_channel : str
        When not empty, curves are divided by this one's integral, times 100 (mL/100 mL).
    threads : int
        0: all cores.
    """
    @typing.overload
    def __call__(self, curves: bolus._core.core.CurveSet) -> BloodVolumes:
        """
        Blood volume of each curve (signals, or dR2* or concentrations as they are), as BloodVolumes. Raises DataError.
        """
    @typing.overload
    def __call__(self, series: bolus._core.core.PerfusionSeries, mask: bolus._core.core.Mask, reference: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> BloodVolumeMap:
        """
        Blood volume of each voxel of `mask`, divided by the mean of `reference` (nrCBV) where given.
        
        Returns
        -------
        BloodVolumeMap
        
        Raises
        ------
        GeometryError, DataError
            If grids differ, a mask is empty, or TE is not known.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, baseline: Baseline = ..., range: typing.Literal['full', 'first_pass'] = 'full', arterial_channel: str = '', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def arterial_channel(self) -> str:
        """
        Curve to divide by, or ''.
        """
    @arterial_channel.setter
    def arterial_channel(self, arg0: str) -> None:
        ...
    @property
    def baseline(self) -> Baseline:
        """
        How S0 and the arrival are found.
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
class ZNormalisation:
    """
    z-normalisation of each curve by its own mean and standard deviation (n). A constant curve becomes zeros and is flagged dsc.normalisation.constant.
    """
    def __call__(self, curves: bolus._core.core.CurveSet) -> bolus._core.core.CurveSet:
        """
        CurveSet -> normalised CurveSet.
        """
    def __getstate__(self) -> tuple[()]:
        ...
    def __init__(self) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
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
def trapezoid(times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], first: typing.SupportsInt | typing.SupportsIndex = 0, last: typing.SupportsInt | typing.SupportsIndex = -1) -> float:
    """
    Integral of values over times (s) by the trapezoid rule, from sample `first` to `last` (exclusive; -1: the end).
    """
